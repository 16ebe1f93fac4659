"""Tables as the ledger has them, typed by an analyst: statements with their sources, forecasts, events and series.

A table is known by its header. What can be found out may be left empty: the number of a statement is read from its
printed text, ids of forecasts and events are made, licence and origin of a page follow from its publisher. Lines
without a figure, and the example lines of `metalsbook ingest --template`, are left out.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from math import isnan
from pathlib import Path

import pandas as pd

from metalsbook.errors import IngestError, LedgerError, UsageError
from metalsbook.ingest.append import inbox_folder, to_line
from metalsbook.ingest.batch import COLUMNS, TEXT, WHERE, Batch, Row, plain
from metalsbook.ingest.files import Details, shown
from metalsbook.ingest.grid import explain_date, is_missing
from metalsbook.ingest.mappings import Catalogue
from metalsbook.ledger.coverage import cover_ledger
from metalsbook.ledger.figures import read_figure, shows_sign
from metalsbook.ledger.schemas import FILE, LINE, TABLES, find_violations
from metalsbook.ledger.vocabulary import CHANGE_MEASURES, MEASURES, UNITS
from metalsbook.months import last_day, step_month
from metalsbook.store import hash_text

EXAMPLE = "example-"
"""What the source of an example line begins with."""
LICENCE = "figures cited; page © publisher"
_KEYS = {"statements": "stated", "outlooks": "made_on", "events": "what", "series": "definition", "sources": "source"}
"""Table -> column that tells it, the first that fits, and without which a line says nothing."""
_DAYS = ("period", "published", "seen", "made_on", "horizon_from", "horizon_to", "date")
_SLACK = 1e-9
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ADVICE = (
    "Give the figure as printed, with its unit: '1,480 thousand' where a table is in thousands, '16,300' where a dot "
    "marks thousands, a change with its measure"
)


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first line is the header of a table of the ledger."""
    return bool(_table(lines[0]))


def _table(header: list[str]) -> str:
    return next((name for name, key in _KEYS.items() if key in header), "")


def read(batch: Batch) -> None:
    """Read a table into the batch."""
    records, grid = batch.read_rows(), batch.grid
    table, number = _table(list(records)), grid.rows[0][0]
    known = [*COLUMNS.get(table, ()), *(COLUMNS["sources"][1:] if table == "statements" else ())]
    if not table:
        raise IngestError(f"{grid.where(number)}: the header is that of no table", "metalsbook ingest --template")
    for at, name in enumerate(records):
        if name not in known:
            raise IngestError(
                f"{grid.where(number, at)}: the header '{shown(name)}' is not known", f"There may be {','.join(known)}"
            )
    key, rows = _KEYS[table], []
    for place, record in records.to_dict("index").items():
        says = record.get(key) or (table == "statements" and record.get("value"))
        if says and not any(cell.startswith(EXAMPLE) for cell in record.values()):
            rows.append(dict.fromkeys(known, "") | record | {WHERE: grid.where(place)})
    batch.kind = f"{table}, {len(rows):,} rows"
    if len(rows) < len(records):
        batch.notes.append(f"{len(records) - len(rows)} lines without {key}, or with the example, left out")
    if table == "statements":
        batch.typed = rows
    else:
        take_rows(batch, table, rows)


def take_rows(batch: Batch, table: str, rows: list[Row]) -> None:
    """Complete rows of a table of the ledger, each with `WHERE`, and add them to the batch.

    What breaks a rule is noted as a problem.
    """
    told = batch.file.details if batch.file else Details()
    for row in rows:
        if table == "sources":
            row["published"] = row["published"] or told.published
            row["seen"] = "" if row["published"] else row.get("seen") or told.seen
            row["licence"], row["origin"] = row["licence"] or LICENCE, _as_id(row["origin"], "_")
        elif table == "series":
            unsaid = [name for name, cell in row.items() if cell == "?"]
            batch.problems += [f"{row[WHERE]}, column '{name}': say what is meant instead of '?'" for name in unsaid]
        elif table == "events":
            row["event"] = row["event"] or _as_id(f"ev-{row['date']}-{' '.join(row['what'].split()[:4])}", "-")
    getattr(batch, table).extend(_keep_good(batch, table, rows))


def _as_id(text: str, mark: str) -> str:
    return re.sub(r"[^a-z0-9]+", mark, text.lower()).strip(mark)


def _keep_good(batch: Batch, table: str, rows: list[Row]) -> list[Row]:
    """Return the rows that break no rule of a column; the others become problems."""
    # An outlook without an id gets the next one when it enters the ledger.
    named = [
        {"outlook": f"new-{at}"} | {name: text for name, text in row.items() if text} for at, row in enumerate(rows)
    ]
    frame = pd.DataFrame(named, columns=list(COLUMNS[table]), dtype="str").fillna("")
    broken = sorted(find_violations(table, frame.assign(**{FILE: "", LINE: range(len(rows))})))
    for found in broken:
        said = (explain_date(found.value) if found.column in _DAYS else "") or found.rule
        batch.problems.append(f"{rows[found.row][WHERE]}, column '{found.column}': '{shown(found.value)}' - {said}")
    bad = {found.row for found in broken}
    return [row for at, row in enumerate(rows) if at not in bad]


def take_statements(batch: Batch, catalogue: Catalogue) -> None:
    """Add the typed statements of a batch, with measure, unit and what the printed text says, and their pages.

    All that is wrong with a row is noted, also where nobody knows its series: that one is `batch.unknown` beside it.
    """
    complete: list[Row] = []
    for row in batch.typed:
        measure, series = row["measure"] or "level", catalogue.get(row["series"])
        unit = row["unit"] or ("%" if measure in CHANGE_MEASURES else series["unit"] if series else "")
        # A unit or measure that breaks the rule of its column is refused with the row's other cells; where only the
        # catalogue could tell the unit, any stands for it until the series is described.
        can_be_read = unit in UNITS and measure in MEASURES
        row |= {"measure": measure, "unit": unit if unit or series else "t", TEXT: row["stated"]}
        if series is None:
            batch.unknown[row["series"]].append(row[WHERE])
        with batch.collect():
            row |= _read_stated(row) if can_be_read else {"value": row["value"] or "0"}
            if not row["source"] and row["url"]:
                key = _as_id(row["publisher"], "-")[:18].strip("-") or "src"
                address = hash_text(row["url"])[:6]
                row["source"] = f"{key}-{row['published'] or 'undated'}-{address}"
            complete.append(row)
    take_rows(batch, "sources", _described_sources(batch, complete))
    take_rows(batch, "statements", complete)
    batch.statements = [row for row in batch.statements if row["series"] in catalogue]


def _read_stated(row: Row) -> Row:
    """Return `value`, `low` and `high` as the printed text says them; numbers that are given must agree."""
    where, text = row[WHERE], f"'{shown(row['stated'])}'"
    if is_missing(row["stated"]):
        raise IngestError(f"{where}, column 'stated': {text} is no figure", "Leave it empty")
    try:
        value = float(row["value"]) if _NUMBER.fullmatch(row["value"]) else None
        figure = read_figure(row["stated"], row["unit"], row["measure"], value, period=row["period"])
        if value is None and not shows_sign(row["stated"], row["unit"], row["measure"]):
            raise LedgerError(
                f"{text} does not say whether the figure rose or fell",
                f"Write it with its sign, +{figure.value:g}% or -{figure.value:g}%, or fill in the column 'value'",
            )
    except LedgerError as error:
        raise IngestError(f"{where}, column 'stated': {error.what}", error.todo or _ADVICE) from None
    said = {}
    for name, printed in (("value", figure.value), ("low", figure.low), ("high", figure.high)):
        given, slack = row[name], figure.resolution / 2 + _SLACK * abs(printed)
        if _NUMBER.fullmatch(given) and abs(float(given) - printed) > slack:
            raise IngestError(
                f"{where}, column '{name}': {given} is not what {text} says, {printed:.10g} {row['unit']}", _ADVICE
            )
        said[name] = given or ("" if isnan(printed) else plain(Decimal(repr(printed))))
    return said


def _described_sources(batch: Batch, rows: list[Row]) -> list[Row]:
    """Return the pages that statements describe; one id must always have the same words."""
    found: dict[str, Row] = {}
    for row in [row for row in rows if any(row.get(name) for name in COLUMNS["sources"][1:])]:
        page = {name: row[name] for name in (*COLUMNS["sources"], WHERE)}
        before = found.setdefault(row["source"], page)
        for name in [name for name in COLUMNS["sources"] if page[name] != before[name]]:
            batch.problems.append(
                f"{row[WHERE]}, column '{name}': '{shown(page[name])}' for the source {shown(row['source'])}, and "
                f"'{shown(before[name])}' in {before[WHERE].rpartition(', ')[2]}. One page has one description"
            )
    return list(found.values())


def guess_origin(publisher: str, pages: Iterable[Row]) -> str:
    """Return who has made the figures of a publisher, by the pages that are known.

    It is the origin of his other pages; else the known house that he names as where his figures are from, as in
    "Wedoany (citing SMM)" and "CAAM, via CnEVPost"; else his name as an id.
    """
    own = Counter(row["origin"] for row in pages if row["publisher"] == publisher)
    if own:
        return own.most_common(1)[0][0]
    named = [*re.findall(r"\(([^()]*)\)", publisher), *re.findall(r"^(.*?), via ", publisher)]
    words = {word for text in named for word in re.findall(r"[a-z0-9]+", text.lower())}
    houses = words & {row["origin"] for row in pages}
    return houses.pop() if len(houses) == 1 else _as_id(publisher, "_")


def propose_series(names: Iterable[str]) -> list[str]:
    """Return lines for a file of series that nobody knows; what a person must say is "?"."""
    blank = {name: "" if column.empty else "?" for name, column in TABLES["series"].cells.items()}
    return [to_line(blank), *(to_line((blank | {"series": name}).values()) for name in sorted(names))]


def write_template(month: str) -> list[Path]:
    """Write lists to fill in for a month into the inbox and return where they are.

    The list of statements has a line for each series that usually has a figure by now, those that miss one first.
    """
    paths = {
        table: inbox_folder() / f"{month}-{table}.csv" for table in ("statements", "sources", "outlooks", "events")
    }
    if there := [path.name for path in paths.values() if path.exists()]:
        raise UsageError(f"{', '.join(there)} in data/inbox would be overwritten", "Take them over or move them first")
    inbox_folder().mkdir(parents=True, exist_ok=True)
    coverage = cover_ledger(month)
    names = [*coverage.names("missing"), *coverage.names("there")]
    for table, path in paths.items():
        # Their source or id says that they are examples.
        example = (Path(__file__).parent / "examples" / f"{table}.csv").read_text("utf-8")
        rows = list(csv.DictReader(example.format(day=last_day(month), next_month=step_month(month, 1)).splitlines()))
        if table == "statements":
            rows += [{"series": name, "measure": "level", "period": month} for name in names]
        # With the mark by which a spreadsheet knows UTF-8.
        frame = pd.DataFrame(rows, columns=list(COLUMNS[table]))
        frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return list(paths.values())
