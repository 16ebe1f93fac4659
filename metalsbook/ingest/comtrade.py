"""UN Comtrade: the web CSV `TradeData_*.csv` and frames of the API, which have the same columns.

Only totals are kept (all customs procedures, all transport, no second partner): else a flow is in the file twice. The
partner "World" is a total of its own and never added to the others. Net weights are kilograms, values US dollars. A
weight of 0 beside a value is a reporter's way to say that it gives none.
"""

import re
from collections import Counter
from decimal import Decimal

import pandas as pd

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import ABOUT, Batch, Row, print_t
from metalsbook.ingest.files import shown
from metalsbook.ingest.grid import Grid
from metalsbook.ingest.mappings import read_mapping

_ABOUT = ABOUT["comtrade"]
CUT_AT_ROWS = (500, 100_000, 250_000)
"""A result of exactly so many records is cut: the preview, and downloads with a free or paid key."""
_TOTALS = {"customsCode": "C00", "motCode": "0", "partner2Code": "0"}
_KEY = ("reporterCode", "flowCode", "cmdCode", "partnerCode", "period")
_NEEDED = (*_KEY, *_TOTALS, "freqCode", "netWgt", "primaryValue")
_IS_ESTIMATED = "isNetWgtEstimated"
_WORLD = "0"
_SUM_SLACK = Decimal("1.001")
_TRUE = ("true", "1", "1.0")
_DAY_IN_NAME = re.compile(r"TradeData_(1[0-2]|[1-9])_(3[01]|[12][0-9]|[1-9])_(20[0-9]{2})_")


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first line is that of a Comtrade table."""
    return {"typeCode", "refPeriodId", "cmdCode"} <= set(lines[0])


def read(batch: Batch) -> None:
    """Read what a Comtrade table says of the mapped reporters, flows and codes into the batch."""
    rows, grid = batch.read_rows(), batch.grid
    if absent := [name for name in _NEEDED if name not in rows]:
        raise IngestError(
            f"{grid.where(grid.rows[0][0])}: there is no column {', '.join(absent)}", "Download it again, whole"
        )
    if len(rows) in CUT_AT_ROWS:
        raise IngestError(
            f"{grid.file} has exactly {len(rows):,} records, where Comtrade cuts a result",
            "Ask for fewer periods or codes at a time",
        )
    batch.kind = f"{_ABOUT['title']}, {len(rows):,} records"
    # The day in the name that the site gives its downloads: what it showed was out by then.
    day = _DAY_IN_NAME.match(batch.file.path.name)
    batch.set_source(_ABOUT, "", f"{day[3]}-{int(day[1]):02d}-{int(day[2]):02d}" if day else "")
    # A data frame with gaps makes "276.0" of a code.
    rows = rows.reindex(columns=[*_NEEDED, _IS_ESTIMATED], fill_value="").replace(r"^([0-9]+)\.0$", r"\1", regex=True)
    totals = rows[(rows[list(_TOTALS)] == pd.Series(_TOTALS)).all(axis=1)]
    if len(totals) < len(rows):
        batch.notes.append(
            f"{len(rows) - len(totals):,} records of single procedures, transports or second partners left out: parts "
            "of the totals"
        )
    totals = batch.drop_repeats(totals, list(_KEY), "reporter, flow, code, partner and period")
    totals = totals.assign(kg=batch.numbers(totals["netWgt"]), usd=batch.numbers(totals["primaryValue"]))
    for key, of_key in totals.groupby([name for name in _KEY if name != "partnerCode"]):
        _check_world(", ".join(key), of_key, batch)
    mapping = {(row["reporter"], row["flow"], row["code"], row["partner"]): row for row in read_mapping("comtrade")}
    unmapped: Counter[str] = Counter()
    for number, record in totals.to_dict("index").items():
        reporter, flow, code, partner = (record[name] for name in _KEY[:4])
        row = mapping.get((reporter, flow, code, partner))
        if row is None:
            unmapped[f"reporter {shown(reporter)}, flow {shown(flow)}, code {shown(code)}"] += 1
            continue
        with batch.collect():
            period = _period(record, number, grid)
            status = "estimated" if record[_IS_ESTIMATED].casefold() in _TRUE else ""
            batch.state_trade(row, "level", period, record["kg"], record["usd"], grid.where(number), status)
    batch.unmapped += [f"{name}: {count:,} records" for name, count in sorted(unmapped.items())]


def _check_world(name: str, rows: pd.DataFrame, batch: Batch) -> None:
    """Set the sum over partners against the partner World."""
    is_world = rows["partnerCode"] == _WORLD
    parts = rows.loc[~is_world, "kg"].dropna()
    for number, whole in rows.loc[is_world, "kg"].dropna().items() if len(parts) else ():
        total = sum(parts)
        sums = f"{name}: partners add up to {print_t(total)}"
        batch.arithmetic.append(f"{sums}, World is {print_t(whole)}, difference {print_t(whole - total)}")
        if whole and total > whole * _SUM_SLACK:
            batch.problems.append(
                f"{batch.grid.where(number)}: {sums}, more than World with {print_t(whole)}. The file has records "
                "twice: download it again"
            )


def _period(record: Row, number: int, grid: Grid) -> str:
    text, frequency = record["period"], record["freqCode"]
    match = re.fullmatch(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])?", text)
    if match and frequency == ("M" if match[2] else "A"):
        return "-".join(filter(None, match.groups()))
    todo = "It looks like 202511 with M, or 2025 with A"
    raise grid.fault(number, "period", text, f"is no period of frequency '{shown(frequency)}'", todo)
