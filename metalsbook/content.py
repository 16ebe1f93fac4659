"""The content of tables: brought into one form, and hashed independently of file formats and library versions."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_SORT_KEYS = {"statements": ["series", "period", "measure", "published", "statement"]}


def table_types(frame: pd.DataFrame) -> dict[str, str]:
    """Return the Data Package type of each column: `string`, `number` or `integer`."""
    kinds = {"f": "number", "i": "integer", "u": "integer", "b": "integer"}
    return {str(name): kinds.get(dtype.kind, "string") for name, dtype in frame.dtypes.items()}


def normalise_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is frozen: text without nulls, numbers as float64 or int64, rows in a fixed order."""
    types = table_types(frame)
    columns = {}
    for column, kind in types.items():
        values = frame[column]
        columns[column] = (
            values.fillna("").astype(str)
            if kind == "string"
            else values.astype("float64" if kind == "number" else "int64")
        )
    table = pd.DataFrame(columns)
    return table.sort_values(sort_keys(name, table), kind="stable", ignore_index=True)


def sort_keys(name: str, columns: Iterable[str]) -> list[str]:
    """Return the columns that a table's rows are sorted by."""
    there = list(columns)
    return [key for key in _SORT_KEYS.get(name, []) if key in there] or there


class Columns(Protocol):
    """A normalised table whose columns are read one at a time, in pieces: for tables that do not fit into memory."""

    types: dict[str, str]
    """The Data Package type of each column."""

    def pieces(self, column: str) -> Iterator[pa.Array]:
        """Yield a column from its first row to its last."""


def hash_content(tables: Mapping[str, "pd.DataFrame | Columns"]) -> str:
    """Return the sha256 of the content of normalised tables.

    Text enters as UTF-8 with its lengths, numbers as little-endian 64-bit values, so that neither the version of a
    library nor the layout of a file plays a part.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(f"table:{name}\n".encode())
        table = tables[name]
        columns = _Framed(table) if isinstance(table, pd.DataFrame) else table
        for column, kind in columns.types.items():
            digest.update(f"column:{column}:{kind}\n".encode())
            for content in _column_bytes(columns, column, kind):
                digest.update(content)
    return digest.hexdigest()


class _Framed:
    """A frame as `Columns`."""

    def __init__(self, frame: pd.DataFrame):
        self._frame = frame
        self.types = table_types(frame)

    def pieces(self, column: str) -> Iterator[pa.Array]:
        array = pa.array(self._frame[column])
        yield from array.chunks if isinstance(array, pa.ChunkedArray) else [array]


def _column_bytes(columns: Columns, column: str, kind: str) -> Iterator[bytes | memoryview]:
    if kind == "number":
        for piece in columns.pieces(column):
            numbers = piece.to_numpy(zero_copy_only=False).astype("float64")
            # One bit pattern for "missing": NaN has many.
            yield np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes()
    elif kind == "integer":
        for piece in columns.pieces(column):
            yield piece.to_numpy(zero_copy_only=False).astype("<i8").tobytes()
    else:
        for piece in columns.pieces(column):
            yield pc.binary_length(piece).to_numpy(zero_copy_only=False).astype("<i8").tobytes()
        for piece in columns.pieces(column):
            yield _text_bytes(piece)


def _text_bytes(texts: pa.Array) -> bytes | memoryview:
    """Return all texts one behind the other, as they lie in the array: UTF-8 between its first and last offset."""
    _, offsets, content = texts.buffers()
    if content is None or not len(texts):
        return b""
    wide = np.frombuffer(offsets, dtype="i8" if pa.types.is_large_string(texts.type) else "i4")
    return memoryview(content)[wide[texts.offset] : wide[texts.offset + len(texts)]]
