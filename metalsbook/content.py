"""The content of tables: brought into one form, and hashed independently of file formats and library versions."""

import hashlib

import numpy as np
import pandas as pd

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
        columns[column] = values.fillna("").astype(str) if kind == "string" else values.astype(
            "float64" if kind == "number" else "int64"
        )
    table = pd.DataFrame(columns)
    keys = [key for key in _SORT_KEYS.get(name, []) if key in table] or list(table.columns)
    return table.sort_values(keys, kind="stable", ignore_index=True)


def hash_content(tables: dict[str, pd.DataFrame]) -> str:
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
