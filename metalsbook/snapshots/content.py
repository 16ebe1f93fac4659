"""The content of tables: brought into one form, hashed independently of file formats, and written as Parquet."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_SORT_KEYS = {"statements": ["series", "period", "measure", "published", "statement"]}
_ROWS_PER_GROUP = 8192


def table_types(frame: pd.DataFrame) -> dict[str, str]:
    """Return the Data Package type of each column: `string`, `number` or `integer`."""
    kinds = {"f": "number", "i": "integer", "u": "integer", "b": "integer"}
    return {str(name): kinds.get(dtype.kind, "string") for name, dtype in frame.dtypes.items()}


def normalise_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is frozen: text without nulls, numbers as float64 or int64, rows in a fixed order."""
    columns = {}
    for column, kind in table_types(frame).items():
        values = frame[column]
        if kind == "string":
            columns[column] = values.fillna("").astype(str)
        else:
            columns[column] = values.astype("float64" if kind == "number" else "int64")
    table = pd.DataFrame(columns)
    keys = [key for key in _SORT_KEYS.get(name, []) if key in table] or list(table)
    return table.sort_values(keys, kind="stable", ignore_index=True)


def hash_content(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the sha256 of the content of normalised tables.

    Text enters as UTF-8 with its lengths, numbers as little-endian 64-bit values, so that neither the version of a
    library nor the layout of a file plays a part.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(f"table:{name}\n".encode())
        for column, kind in table_types(tables[name]).items():
            digest.update(f"column:{column}:{kind}\n".encode())
            digest.update(_column_bytes(tables[name][column], kind))
    return digest.hexdigest()


def _column_bytes(values: pd.Series, kind: str) -> bytes:
    if kind == "number":
        numbers = values.to_numpy("float64")
        # One bit pattern for "missing": NaN has many.
        return np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes()
    if kind == "integer":
        return values.to_numpy("int64").astype("<i8").tobytes()
    texts = [text.encode() for text in values]
    return np.array([len(text) for text in texts], dtype="<i8").tobytes() + b"".join(texts)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet; the file depends on the table and on pyarrow's version alone."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", store_schema=False, row_group_size=_ROWS_PER_GROUP)
