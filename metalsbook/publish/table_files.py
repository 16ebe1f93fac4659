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
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", store_schema=False)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that Excel reads as UTF-8 and none of whose cells it takes for a formula."""
    _write_rows(list(frame.columns), csv_rows(frame), path)


def write_series(statements: pd.DataFrame, folder: Path) -> None:
    """Write the statements of each series into a file of its own, `<series>.csv`, in a new folder."""
    folder.mkdir()
    rows_of: dict[str, list[tuple]] = {}
    for series, row in zip(statements["series"], csv_rows(statements), strict=True):
        rows_of.setdefault(str(series), []).append(row)
    for series, rows in rows_of.items():
        # Names come from the ledger: one that could leave the folder is none of ours.
        if _SERIES_NAME.fullmatch(series):
            _write_rows(list(statements.columns), rows, folder / f"{series}.csv")


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
