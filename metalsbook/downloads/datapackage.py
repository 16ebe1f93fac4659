"""The description of an edition's tables as a Data Package (version 2): types, keys, constraints and licences.

It describes the CSV files, which are its tables; the Parquet of each is named beside it. `frictionless` takes it so.
"""

import re

import pandas as pd

from metalsbook.analysis import METHOD_VERSION
from metalsbook.snapshots.snapshot import Snapshot, table_types

LICENCES = [
    {"name": "MIT", "path": "https://opensource.org/license/mit", "title": "Code, tables and their arrangement"}
]
FIGURES = (
    "Figures are facts cited from their publishers; the terms of each source stand in the column licence of sources."
)
_KEYS = {name: name.removesuffix("s") for name in ("statements", "sources", "claims", "outlooks", "corrections")}
_KEYS |= {"series": "series"}
_REFERENCES = {"series": "series", "source": "sources"}
"""Column -> table whose key it names."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def table_schema(name: str, frame: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> dict:
    """Return the Table Schema of a table: what each column holds in every row, its key, and what it refers to.

    A column refers to another one of the tables only where every row does.
    """
    fields = [_field(column, kind, frame[column]) for column, kind in table_types(frame).items()]
    schema: dict = {"fields": fields}
    key = _KEYS.get(name)
    if key in frame and frame[key].is_unique:
        schema["primaryKey"] = [key]
    links = [
        {"fields": [column], "reference": {"resource": table, "fields": [_KEYS[table]]}}
        for column, table in _REFERENCES.items()
        if table != name and column in frame and column in tables.get(table, ())
        if frame[column].isin(tables[table][_KEYS[table]]).all()
    ]
    return schema | ({"foreignKeys": links} if links else {})


def _field(name: str, kind: str, values: pd.Series) -> dict:
    if values.dtype.kind == "b":
        return {"name": name, "type": "boolean", "trueValues": ["True"], "falseValues": ["False"]}
    filled = values.notna() & values.astype(str).ne("")
    field: dict = {"name": name, "type": kind}
    if kind == "string" and filled.any() and all(map(_DAY.fullmatch, values[filled].astype(str))):
        field["type"] = "date"
    return field | ({"constraints": {"required": True}} if len(values) and filled.all() else {})


def data_package(snapshot: Snapshot, described: list[dict], tables: dict[str, pd.DataFrame]) -> dict:
    """Return the content of `datapackage.json`; `described` is what `index.json` says of each table."""
    resources = [
        {
            "name": table["name"],
            "title": table["title"],
            "path": table["csv"]["path"],
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": table["csv"]["bytes"],
            "hash": f"sha256:{table['csv']['sha256']}",
            "schema": table_schema(table["name"], tables[table["name"]], tables),
            "parquet": table["parquet"],
        }
        for table in described
    ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"strategic-metals-{snapshot.month}-edition",
        "title": f"Strategic Metals Book, edition {snapshot.month}",
        "description": FIGURES,
        "licenses": LICENCES,
        "month": snapshot.month,
        "cut_off": snapshot.cut_off,
        "content_hash": snapshot.content_hash,
        "method_version": METHOD_VERSION,
        "resources": resources,
    }
