"""The downloads of an edition, under `<month>/data/`: tables as Parquet and CSV, notebooks, a zip that runs it.

Parquet carries no trace of its writer, CSV is for programs, the workbook for Excel; the lock file lists the packages.
`index.json` lists all of it: a script reads the site as an API through that one file.
"""

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

import pandas as pd

from metalsbook.addresses import GUIDE, ROOT_FILES
from metalsbook.derived import derive_tables
from metalsbook.downloads import explorer
from metalsbook.downloads.brief import write_brief
from metalsbook.downloads.datapackage import data_package
from metalsbook.downloads.figures import all_figures
from metalsbook.downloads.workbook import write_workbook
from metalsbook.edition import Edition, told_once
from metalsbook.months import step_month
from metalsbook.paths import chapters_folder, project_root, snapshots_folder
from metalsbook.snapshots.snapshot import Snapshot, open_snapshot, table_types, write_parquet
from metalsbook.store import find_files

INDEX_VERSION = 1
_TITLES = {
    "statements": "Every figure as one source printed it",
    "series": "Catalogue of the series: title, unit, kind, place, basis",
    "sources": "Publishers and pages, with date and address",
    "claims": "Claims of the source notes with their verdict",
    "outlooks": "Dated forecasts with their verdict",
    "events": "Dated events on supply, policy and demand",
    "corrections": "Known errors of sources, as data",
    "figures": "Every figure as the edition knows it: days, months and years, with unit, status and publisher",
    "estimates": "What reconciliation says that each month can be",
    "conflicts": "Smallest sets of statements that cannot all be true",
    "revisions": "Clashes that a later revision explains",
    "allowances": "How far each office revises and restates",
}
_COUNTED_VERDICTS = (("claims", "contradicted"), ("claims", "mislabelled"), ("outlooks", "hit"), ("outlooks", "miss"))
_SERIES_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
# What a spreadsheet would take for the start of a formula, also in the full width of Chinese type; "-5.1%" is a number.
_FORMULA = re.compile(r"[=@\t\r\uff1d\uff20]|[+\-\uff0b\uff0d](?![\d.,]+ ?%?$)")
_STAMP = (1980, 1, 1, 0, 0, 0)
_HIDDEN = re.compile(r"(^|/)\.")
_HOW = """Run the edition {month} of the Strategic Metals Book yourself (Python 3.11 or newer, make):

  1. Unpack this file and open a terminal in its folder.
  2. make book MONTH={month}
  3. Open the page whose path is printed last.

The snapshot in data/snapshots/{month} is what the edition was computed from; its content hash is
{snapshot}

One chapter or lesson alone, here or in a folder of your own:

  make setup
  .venv/bin/papermill chapters/NAME.ipynb out.ipynb

It shows {month}; `-p month YYYY-MM` shows another month whose snapshot is in data/snapshots. A lesson keeps the month
that it was written for. JupyterLab and VS Code run it too, with the interpreter .venv/bin/python.
"""


def write_downloads(month: str, executed: Path, folder: Path, lessons: set[str]) -> dict:
    """Write the downloads of an edition, from the folder of its executed chapters, into its `data/` folder.

    `lessons` are the months whose snapshots notebooks of the guide read in every edition.

    Returns:
        What `index.json` says of them:
        `counts` (`count_changes`), `corrections`, `tables` (name, title, rows, columns, files with bytes and sha256),
        `changes` (what changed since the edition before, as JSON), `notebooks`, `zip`, `materials` (the packages that
        built it), and what `write_takeaways` returns.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frozen = snapshots_folder() / month
    snapshot = open_snapshot(frozen)
    edition = Edition(snapshot)
    derived = {**derive_tables(snapshot), "figures": all_figures(edition)}
    every = {**snapshot.tables, **derived}
    tables = []
    for name, frame in every.items():
        path = folder / f"{name}.parquet"
        if name in derived:
            write_parquet(frame, path)
        else:
            shutil.copyfile(frozen / path.name, path)
        (folder / f"{name}.csv").write_text(csv_text(frame), "utf-8", newline="")
        tables.append(_describe(name, frame, folder, "derived" if name in derived else "snapshot"))
    write_json(data_package(snapshot, tables, every), folder / "datapackage.json")
    pages = snapshot.tables["sources"].filter(["source", "publisher", "url"])
    write_series(snapshot.tables["statements"].merge(pages, on="source", how="left"), folder / "series")
    write_json(edition.changes_as_dict(), folder / "changes.json")
    lock = folder / "requirements.txt"
    shutil.copyfile(project_root() / lock.name, lock)
    archive = folder / f"strategic-metals-{month}.zip"
    _write_zip(snapshot, executed, archive, lessons)
    return {
        "counts": count_changes(snapshot, derived),
        "corrections": snapshot.tables["corrections"].to_dict("records"),
        "tables": tables,
        "changes": describe_file(folder / "changes.json"),
        "notebooks": _copy_notebooks(executed, folder),
        "zip": describe_file(archive),
        "materials": describe_file(lock),
        **write_takeaways(edition, derived["figures"], folder),
    }


def write_takeaways(edition: Edition, figures: pd.DataFrame, folder: Path) -> dict[str, dict]:
    """Write workbook, brief and explorer data of an edition.

    Returns:
        What `index.json` says of each file, by its kind: `workbook`, `brief`, `brief_text`, `explorer` and
        `explorer_more`.
    """
    names = {"workbook": f"strategic-metals-{edition.month}.xlsx"}
    names |= {"explorer": explorer.FILE, "explorer_more": explorer.MORE}
    names |= {"brief": f"brief-{edition.month}.pdf", "brief_text": f"brief-{edition.month}.txt"}
    files = {kind: folder / name for kind, name in names.items()}
    write_workbook(edition, figures, files["workbook"])
    write_brief(edition, files["brief"], files["brief_text"])
    for name, script in explorer.explorer_scripts(edition, figures).items():
        (folder / name).write_text(script, "utf-8", newline="")
    return {kind: describe_file(path) for kind, path in files.items()}


def describe_file(path: Path) -> dict:
    """Return name, size and hash of a file as `index.json` lists it."""
    content = path.read_bytes()
    return {"path": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def write_json(content: dict, path: Path) -> None:
    """Write plain values as a file that people can read, too."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    path.write_text(text, "utf-8", newline="")


def count_changes(snapshot: Snapshot, derived: dict[str, pd.DataFrame]) -> dict[str, int]:
    """Return how large the edition is and what is new in it: statements, sources, new statements, verdicts."""
    statements = snapshot.tables["statements"]
    counts = {"statements": len(statements), "sources": int(statements["source"].nunique())}
    before = snapshots_folder() / step_month(snapshot.month, -1)
    if before.is_dir():
        known = open_snapshot(before).tables["statements"]["statement"]
        counts["new_statements"] = int((~statements["statement"].isin(known)).sum())
    for table, verdict in _COUNTED_VERDICTS:
        if table in derived:
            counts[f"{table}_{verdict}"] = int((derived[table]["verdict"] == verdict).sum())
    if "conflicts" in derived:
        counts["conflicts"] = int(told_once(derived["conflicts"], statements)["conflict"].nunique())
    return counts


def _describe(name: str, frame: pd.DataFrame, folder: Path, kind: str) -> dict:
    return {
        "name": name,
        "title": _TITLES.get(name, name),
        "kind": kind,
        "rows": len(frame),
        "columns": [{"name": column, "type": kind_of} for column, kind_of in table_types(frame).items()],
        "parquet": describe_file(folder / f"{name}.parquet"),
        "csv": describe_file(folder / f"{name}.csv"),
    }


def _copy_notebooks(executed: Path, folder: Path) -> list[dict]:
    """Copy the executed chapters to the edition's downloads and list them; those of the guide stand with it."""
    listed = []
    for path in sorted(executed.rglob("*.ipynb")):
        name = f"notebooks/{path.relative_to(executed).as_posix()}"
        if not name.startswith(f"notebooks/{GUIDE}/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
            listed.append({**describe_file(path), "path": name})
    return listed


def _write_zip(snapshot: Snapshot, executed: Path, path: Path, lessons: set[str]) -> None:
    """Write what runs the edition elsewhere: package, chapters, snapshots, locked requirements.

    The snapshots are the edition's, the one before and those of lessons; its notebooks show its month. Names, order and
    stamps of the entries depend on their content alone.
    """
    root, package = project_root(), Path(__file__).parent.parent
    months = {snapshot.month, step_month(snapshot.month, -1), *lessons}
    places = [root / name for name in ROOT_FILES] + [chapters_folder(), *(snapshots_folder() / each for each in months)]
    # The package counts as a part of the book wherever it is installed.
    files = find_files(places, root) | find_files([package], package.parent)
    ran = {f"chapters/{name}": path for name, path in find_files([executed], executed).items()}
    files |= {name: path for name, path in ran.items() if name in files}
    how = _HOW.format(month=snapshot.month, snapshot=snapshot.content_hash).encode()
    shown = {name: file.read_bytes() for name, file in sorted(files.items()) if not _HIDDEN.search(name)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {"RUN.txt": how, **shown}.items():
            # It has no time of its own.
            entry = zipfile.ZipInfo(f"strategic-metals-{snapshot.month}/{name}")
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def write_series(statements: pd.DataFrame, folder: Path) -> None:
    """Write the statements of each series into `<series>.csv` in a new folder."""
    folder.mkdir()
    head, *lines = csv_text(statements).splitlines(keepends=True)
    for series, places in statements.groupby("series").indices.items():
        # Names come from the ledger: one that could leave the folder is none of ours.
        if _SERIES_NAME.fullmatch(str(series)):
            text = head + "".join(lines[place] for place in places)
            (folder / f"{series}.csv").write_text(text, "utf-8", newline="")


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV for programs: figures as the Parquet has them, missing ones empty, no formula."""
    texts = frame.select_dtypes(exclude=["number", "bool"])
    safe = {name: cells.map(lambda cell: safe_cell(str(cell)), na_action="ignore") for name, cells in texts.items()}
    return frame.assign(**safe).to_csv(index=False, lineterminator="\n", float_format=_digits)


def _digits(value: float) -> str:
    short = f"{value:.15g}"
    return short if float(short) == value else f"{value:.17g}"


def safe_cell(value: object) -> object:
    """Return a cell that a spreadsheet takes for text or number, never for a formula."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return "" if value is None else value
