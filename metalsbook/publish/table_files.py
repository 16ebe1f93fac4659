"""Tables of an edition as files: Parquet without traces of its writer, CSV that a spreadsheet reads as it is meant."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from metalsbook.publish.chart_files import safe_cell

_SERIES_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet; the file depends on the table and on pyarrow's version alone."""
    _write_table(_arrow(frame), path)


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def _write_table(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", store_schema=False)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that Excel reads as UTF-8 and none of whose cells it takes for a formula."""
    _write_rows(list(frame.columns), csv_rows(frame), path)


def write_series(statements: pd.DataFrame, folder: Path) -> None:
    """Write the statements of each series into `<series>.csv` and `<series>.parquet` in a new folder."""
    folder.mkdir()
    ordered = statements.sort_values("series", kind="stable", ignore_index=True)
    rows, table = csv_rows(ordered), _arrow(ordered)
    for series, places in ordered.groupby("series", sort=False).indices.items():
        # Names come from the ledger: one that could leave the folder is none of ours.
        if _SERIES_NAME.fullmatch(str(series)):
            first, count = int(places[0]), len(places)
            _write_rows(list(ordered.columns), rows[first : first + count], folder / f"{series}.csv")
            _write_table(table.slice(first, count), folder / f"{series}.parquet")


def csv_rows(frame: pd.DataFrame) -> list[tuple]:
    """Return the rows of a table as they are written: figures with up to 15 digits, a missing value empty."""
    return list(zip(*(_cells(frame[column]) for column in frame), strict=True))


def _cells(values: pd.Series) -> list[object]:
    if values.dtype.kind == "f":
        return ["" if value != value else f"{value:.15g}" for value in values.tolist()]
    if values.dtype.kind in "iub":
        return values.tolist()
    return ["" if missing else safe_cell(str(value)) for value, missing in zip(values, values.isna(), strict=True)]


def _write_rows(columns: list[str], rows: list[tuple], path: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path.write_text("\ufeff" + out.getvalue(), "utf-8", newline="")
