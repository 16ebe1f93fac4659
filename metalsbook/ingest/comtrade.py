"""UN Comtrade: the web CSV `TradeData_*.csv` and frames of the API, which have the same columns.

Only totals are kept (all customs procedures, all transport, no second partner): else a flow is in the file twice. The
partner "World" is a total of its own and never added to the others. Net weights are kilograms, values US dollars. A
weight of 0 beside a value is a reporter's way to say that it gives none.
"""

import re
from collections import Counter, defaultdict
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import Batch, Origin, Row, print_t, print_thousand_usd
from metalsbook.ingest.files import shown
from metalsbook.ingest.grid import Grid, is_missing, read_records
from metalsbook.ingest.mappings import read_mapping

KIND = "UN Comtrade"
ORIGIN = Origin(
    "comtrade", "UN Comtrade", "https://comtradeplus.un.org/TradeFlow", "UN Comtrade terms of use", "un_comtrade"
)
CUT_AT_ROWS = (500, 100_000, 250_000)
"""A result of exactly so many records is cut: the preview, and downloads with a free or paid key."""
_TOTALS = {"customsCode": "C00", "motCode": "0", "partner2Code": "0"}
_KEY = ("reporterCode", "flowCode", "cmdCode", "partnerCode", "period")
_NEEDED = (*_KEY, *_TOTALS, "freqCode", "netWgt", "primaryValue")
_WORLD = "0"
_SUM_SLACK = Decimal("1.001")
_TRUE = ("true", "1", "1.0")
_DAY_IN_NAME = re.compile(r"TradeData_(1[0-2]|[1-9])_(3[01]|[12][0-9]|[1-9])_(20[0-9]{2})_")
Kept = dict[tuple[str, ...], tuple[int, Row]]


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first line is that of a Comtrade table."""
    return {"typeCode", "refPeriodId", "cmdCode"} <= set(lines[0])


def read(grid: Grid, batch: Batch) -> None:
    """Read what a Comtrade table says of the mapped reporters, flows and codes into the batch."""
    header, records = read_records(grid, batch)
    if absent := [name for name in _NEEDED if name not in header]:
        raise IngestError(
            f"{grid.where(grid.rows[0][0])}: there is no column {', '.join(absent)}", "Download it again, whole"
        )
    if len(records) in CUT_AT_ROWS:
        raise IngestError(
            f"{grid.file} has exactly {len(records):,} records, where Comtrade cuts a result",
            "Ask for fewer periods or codes at a time",
        )
    batch.kind = f"{KIND}, {len(records):,} records"
    # The day in the name that the site gives its downloads: what it showed was out by then.
    day = _DAY_IN_NAME.match(batch.file.path.name)
    batch.set_source(ORIGIN, KIND, f"{day[3]}-{int(day[1]):02d}-{int(day[2]):02d}" if day else "")
    kept = _keep_totals(records, grid, batch)
    _check_world(kept, grid, batch)
    mapping = {(row["reporter"], row["flow"], row["code"], row["partner"]): row for row in read_mapping("comtrade")}
    unmapped: Counter[str] = Counter()
    for (reporter, flow, code, partner, _), (number, record) in kept.items():
        row = mapping.get((reporter, flow, code, partner))
        if row is None:
            unmapped[f"reporter {shown(reporter)}, flow {shown(flow)}, code {shown(code)}"] += 1
            continue
        with batch.collect():
            _state(row, record, number, grid, batch)
    batch.unmapped += [f"{name}: {count:,} records" for name, count in sorted(unmapped.items())]


def _keep_totals(records: list[tuple[int, Row]], grid: Grid, batch: Batch) -> Kept:
    """Return the records of totals by reporter, flow, code, partner and period."""
    kept: Kept = {}
    left = 0
    for number, record in records:
        # A data frame with gaps makes "276.0" of a code.
        record = {name: re.sub(r"^([0-9]+)\.0$", r"\1", cell) for name, cell in record.items()}
        if any(record[name] != wanted for name, wanted in _TOTALS.items()):
            left += 1
            continue
        key = tuple(record[name] for name in _KEY)
        if key in kept:
            batch.problems.append(
                f"{grid.where(number)} repeats row {kept[key][0]}: same reporter, flow, code, partner and period. Two "
                "downloads in one file? Download it again"
            )
        kept.setdefault(key, (number, record))
    if left:
        batch.notes.append(
            f"{left:,} records of single procedures, transports or second partners left out: parts of the totals"
        )
    return kept


def _check_world(kept: Kept, grid: Grid, batch: Batch) -> None:
    """Set the sum over partners against the partner World."""
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for key, (number, record) in kept.items():
        with batch.collect():
            if key[3] != _WORLD and not is_missing(record["netWgt"]):
                sums[(*key[:3], key[4])] += grid.number(record["netWgt"], number, "netWgt")
    for (reporter, flow, code, period), total in sums.items():
        number, world = kept.get((reporter, flow, code, _WORLD, period), (0, {}))
        if is_missing(world.get("netWgt", "")):
            continue
        with batch.collect():
            whole = grid.number(world["netWgt"], number, "netWgt")
            name = f"reporter {reporter}, {flow}, {code}, {period}"
            batch.arithmetic.append(
                f"{name}: partners add up to {print_t(total)}, World is {print_t(whole)}, difference "
                f"{print_t(whole - total)}"
            )
            if whole and total > whole * _SUM_SLACK:
                raise IngestError(
                    f"{grid.where(number)}: {name}: partners add up to {print_t(total)}, more than World with "
                    f"{print_t(whole)}",
                    "The file has records twice: download it again",
                )


def _state(row: Row, record: Row, number: int, grid: Grid, batch: Batch) -> None:
    """State weight and value of a record, each where it is given."""
    period, where = _period(record, grid.where(number, "period")), grid.where(number)
    kg, usd = (
        None if is_missing(record[name]) else grid.number(record[name], number, name)
        for name in ("netWgt", "primaryValue")
    )
    if row["series"] and not kg and (kg is None or usd):
        batch.notes.append(f"{row['series']} {period}: no weight ('{shown(record['netWgt'])}') in row {number}")
    elif row["series"]:
        status = "estimated, " if record.get("isNetWgtEstimated", "").casefold() in _TRUE else ""
        stated, text = f"{print_t(kg)} ({status}{record['netWgt']} kg)", f"{record['netWgt']} kg"
        batch.state(row["series"], "level", period, kg / 1000, "t", stated, where, text)
    if row["value_series"] and not usd and (usd is None or kg):
        batch.notes.append(f"{row['value_series']} {period}: no value ('{shown(record['primaryValue'])}')")
    elif row["value_series"]:
        stated = f"{print_thousand_usd(usd)} ({record['primaryValue']})"
        batch.state(row["value_series"], "level", period, usd, "USD", stated, where, record["primaryValue"])


def _period(record: Row, where: str) -> str:
    text = record["period"]
    if record["freqCode"] == "M" and re.fullmatch(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", text):
        return f"{text[:4]}-{text[4:]}"
    if record["freqCode"] == "A" and re.fullmatch(r"(?:19|20)[0-9]{2}", text):
        return text
    raise IngestError(
        f"{where}: '{shown(text)}' is no period of frequency '{shown(record['freqCode'])}'",
        "It looks like 202511 with M, or 2025 with A",
    )
