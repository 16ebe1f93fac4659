"""Lists for a month's figures from pages: what usually has a figure, one line each, with sources, forecasts, events."""

import csv
from pathlib import Path

from metalsbook.errors import UsageError
from metalsbook.ingest.append import inbox_folder
from metalsbook.ingest.batch import COLUMNS, Row
from metalsbook.ledger.coverage import cover_ledger
from metalsbook.months import last_day, step_month


def write_template(month: str) -> list[Path]:
    """Write the lists for a month into the inbox and return where they are.

    What stands in them is taken by `metalsbook ingest`; lines without a figure and the example lines are left out.
    """
    folder = inbox_folder()
    paths = {table: folder / f"{month}-{table}.csv" for table in ("statements", "sources", "outlooks", "events")}
    if there := [path.name for path in paths.values() if path.exists()]:
        raise UsageError(f"{', '.join(there)} in data/inbox would be overwritten", "Take them over or move them first")
    folder.mkdir(parents=True, exist_ok=True)
    for table, path in paths.items():
        # Their source or id says that they are examples.
        example = (Path(__file__).parent / "examples" / f"{table}.csv").read_text("utf-8")
        filled = example.format(day=last_day(month), next_month=step_month(month, 1))
        rows = [*csv.DictReader(filled.splitlines()), *(_usual_series(month) if table == "statements" else [])]
        # With the mark by which a spreadsheet knows UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.DictWriter(handle, COLUMNS[table], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return list(paths.values())


def _usual_series(month: str) -> list[Row]:
    """Return a line for each series that usually has a figure by now, those that miss one first."""
    coverage = cover_ledger(month)
    names = [*coverage.names("missing"), *coverage.names("there")]
    return [{"series": name, "measure": "level", "period": month} for name in names]
