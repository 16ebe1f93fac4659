"""UN Comtrade: the web CSV `TradeData_*.csv` and frames of the API, which have the same columns.

Only totals are kept (all customs procedures, all transport, no second partner): else a flow is in the file twice. The
partner "World" is a total of its own and never added to the others. Net weights are kilograms, values US dollars.
"""

import re
from collections import defaultdict
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import Batch, Origin, Row, print_t, print_thousand_usd, source_row, statement_row
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.mappings import read_mapping
from metalsbook.ingest.text import (
    is_missing,
    read_number,
    read_rows,
    read_text,
    refuse_repeated_columns,
    without_trailing_comma,
)

KIND = "UN Comtrade"
ORIGIN = Origin(
    "comtrade", "UN Comtrade", "https://comtradeplus.un.org/TradeFlow", "UN Comtrade terms of use", "un_comtrade"
)
CUT_AT_ROWS = (500, 100_000, 250_000)
"""A result of exactly so many records is cut: the preview, and downloads with a free or paid key."""
_NEEDED = (
    "freqCode",
    "period",
    "reporterCode",
    "flowCode",
    "partnerCode",
    "partner2Code",
    "cmdCode",
    "customsCode",
    "motCode",
    "netWgt",
    "primaryValue",
)
_TOTALS = {"customsCode": "C00", "motCode": "0", "partner2Code": "0"}
_WORLD = "0"
_SUM_SLACK = Decimal("1.001")
_TRUE = ("true", "1", "1.0")
_DAY_IN_NAME = re.compile(r"TradeData_(1[0-2]|[1-9])_(3[01]|[12][0-9]|[1-9])_(20[0-9]{2})_")


def recognise(header: list[str]) -> bool:
    """Return whether the first line is that of a Comtrade table."""
    return {"typeCode", "refPeriodId", "cmdCode"} <= set(header)


def read_comtrade(file: InboxFile) -> Batch:
    """Return what a Comtrade table says of the mapped reporters, flows and codes.

    Raises:
        IngestError: If a column is missing, the result is cut, or a row cannot be right.
    """
    # Users read the web file as latin-1; codes are ASCII, and names are taken from no cell.
    text, _ = read_text(file, ("utf-8-sig", "latin-1"))
    rows = without_trailing_comma(read_rows(text, file.name), file.name)
    header, body = rows[0][1], rows[1:]
    refuse_repeated_columns(header, file.name)
    absent = [name for name in _NEEDED if name not in header]
    if absent:
        raise IngestError(f"{file.name}, row 1: there is no column {', '.join(absent)}", "Download it again, whole")
    if len(body) in CUT_AT_ROWS:
        raise IngestError(
            f"{file.name} has exactly {len(body):,} records, where Comtrade cuts a result",
            "Ask for fewer periods or codes at a time",
        )
    records = [(line, dict(zip(header, cells, strict=True))) for line, cells in body]
    batch = Batch(file.name, f"{KIND}, {len(records):,} records")
    batch.source = source_row(file, ORIGIN, KIND, file.details.published or _day_of_download(file))
    batch.sources = [batch.source]
    kept = _keep_totals(records, batch, file)
    _check_world(kept, batch, file)
    _state(batch, kept, file)
    return batch


def _day_of_download(file: InboxFile) -> str:
    """Return the day in the name that the site gives its downloads: what it showed was out by then."""
    match = _DAY_IN_NAME.match(file.path.name)
    return f"{match[3]}-{int(match[1]):02d}-{int(match[2]):02d}" if match else ""


def _keep_totals(records: list[tuple[int, Row]], batch: Batch, file: InboxFile) -> dict[tuple, tuple[int, Row]]:
    """Return the records of totals by reporter, flow, code, partner and period."""
    kept: dict[tuple, tuple[int, Row]] = {}
    left = 0
    for line, record in records:
        record = {name: _bare(cell) for name, cell in record.items()}
        if any(record[name] != wanted for name, wanted in _TOTALS.items()):
            left += 1
            continue
        key = tuple(record[name] for name in ("reporterCode", "flowCode", "cmdCode", "partnerCode", "period"))
        if key in kept:
            raise IngestError(
                f"{file.name}, row {line} repeats row {kept[key][0]}: same reporter, flow, code, partner and period",
                "Two downloads in one file? Download it again",
            )
        kept[key] = (line, record)
    if left:
        batch.notes.append(
            f"{left:,} records of single procedures, transports or second partners left out: parts of the totals"
        )
    return kept


def _bare(cell: str) -> str:
    """Return a code without the ".0" that a data frame with gaps gives it."""
    return re.sub(r"^([0-9]+)\.0$", r"\1", cell)


def _period(record: Row, where: str) -> str:
    text = record["period"]
    if record["freqCode"] == "M" and re.fullmatch(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", text):
        return f"{text[:4]}-{text[4:]}"
    if record["freqCode"] == "A" and re.fullmatch(r"(?:19|20)[0-9]{2}", text):
        return text
    raise IngestError(
        f"{where}, column 'period': '{shown(text)}' is no period of frequency '{shown(record['freqCode'])}'",
        "It looks like 202511 with M, or 2025 with A",
    )


def _check_world(kept: dict[tuple, tuple[int, Row]], batch: Batch, file: InboxFile) -> None:
    """Set the sum over partners against the partner World."""
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for key, (line, record) in kept.items():
        if key[3] != _WORLD and not is_missing(record["netWgt"]):
            sums[(*key[:3], key[4])] += read_number(record["netWgt"], f"{file.name}, row {line}, column 'netWgt'")
    for (reporter, flow, code, period), total in sums.items():
        world = kept.get((reporter, flow, code, _WORLD, period))
        if world is None or is_missing(world[1]["netWgt"]):
            continue
        whole = read_number(world[1]["netWgt"], f"{file.name}, row {world[0]}, column 'netWgt'")
        name = f"reporter {reporter}, {flow}, {code}, {period}"
        batch.arithmetic.append(
            f"{name}: partners add up to {print_t(total)}, World is {print_t(whole)}, difference "
            f"{print_t(whole - total)}"
        )
        if total > whole * _SUM_SLACK:
            raise IngestError(
                f"{file.name}, row {world[0]}: {name}: partners add up to {print_t(total)}, more than "
                f"World with {print_t(whole)}",
                "The file has records twice: download it again",
            )


def _state(batch: Batch, kept: dict[tuple, tuple[int, Row]], file: InboxFile) -> None:
    from metalsbook.ingest.plain import needed_series

    mapping = {(row["reporter"], row["flow"], row["code"], row["partner"]): row for row in read_mapping("comtrade")}
    unmapped: dict[str, int] = defaultdict(int)
    for (reporter, flow, code, partner, _), (line, record) in kept.items():
        row = mapping.get((reporter, flow, code, partner))
        if row is None:
            unmapped[f"reporter {shown(reporter)}, flow {shown(flow)}, code {shown(code)}"] += 1
            continue
        _state_record(batch, row, record, f"{file.name}, row {line}")
    batch.unmapped += [f"{name}: {count:,} records" for name, count in sorted(unmapped.items())]
    batch.series = needed_series({row["series"] for row in batch.statements})


def _state_record(batch: Batch, row: Row, record: Row, where: str) -> None:
    period, source = _period(record, where), batch.source["source"]
    if row["series"] and not is_missing(record["netWgt"]):
        kg = _positive(record["netWgt"], f"{where}, column 'netWgt'")
        status = "estimated, " if record.get("isNetWgtEstimated", "").casefold() in _TRUE else ""
        stated = f"{print_t(kg)} ({status}{record['netWgt']} kg)"
        batch.arithmetic.append(f"{row['series']} {period} = {record['netWgt']} kg / 1000 = {print_t(kg)}")
        batch.statements.append(statement_row(row["series"], "level", period, kg / 1000, "t", stated, source))
    if row["value_series"] and not is_missing(record["primaryValue"]):
        usd = _positive(record["primaryValue"], f"{where}, column 'primaryValue'")
        stated = f"{print_thousand_usd(usd)} ({record['primaryValue']})"
        batch.statements.append(statement_row(row["value_series"], "level", period, usd, "USD", stated, source))


def _positive(text: str, where: str) -> Decimal:
    number = read_number(text, where)
    if number < 0:
        raise IngestError(f"{where}: '{shown(text)}' is negative", "Download it again")
    return number
