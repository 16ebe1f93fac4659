"""The columns of a statement that follow from its row: id, series, unit, figure, date of publication."""

import hashlib

import pandas as pd

from metalsbook.ledger.corrections import apply_corrections
from metalsbook.ledger.figures import read_figures
from metalsbook.ledger.published import assume_published
from metalsbook.ledger.references import check_statements, check_taken, violations_at
from metalsbook.ledger.units import conversion_factor
from metalsbook.ledger.violations import refuse
from metalsbook.ledger.vocabulary import CHANGE_MEASURES

IDENTITY = ("series", "measure", "period", "value", "stated", "source")
COLUMNS = (
    "statement",
    "series",
    "series_as_printed",
    "topic",
    "measure",
    "period",
    "value",
    "low",
    "high",
    "unit",
    "stated",
    "qualifier",
    "resolution",
    "bound_low",
    "bound_high",
    "factor",
    "source",
    "published",
    "published_basis",
    "vintage_from",
    "corrected",
)

_SCALED = ("value", "low", "high", "resolution", "bound_low", "bound_high")


def derive_statements(printed: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the statements with their derived columns (`COLUMNS`), one row each, in the order of the files.

    Args:
        printed: The rows of the statement files as text, with `topic`, `FILE` and `LINE`.
        tables: The ledger's other tables by name, as text; `series`, `sources`, `aliases`, `corrections`, `taken` are
            used.

    Raises:
        LedgerError: If a correction fits no row, an id names nothing, or text and number disagree.
    """
    named = printed.assign(statement=statement_ids(printed), series_as_printed=printed["series"])
    corrected, violations = apply_corrections(named, tables["corrections"])
    rows = apply_aliases(corrected, tables["aliases"])
    rows = rows.assign(**{name: to_number(rows[name]) for name in ("value", "low", "high")})
    rows = rows.join(read_figures(rows))
    refuse([*violations, *check_statements(rows, tables), *check_taken(tables["taken"], named["statement"])])
    rows = convert_units(rows, tables["series"])
    return rows.join(assume_published(rows, tables["sources"]))[list(COLUMNS)]


def statement_ids(printed: pd.DataFrame) -> list[str]:
    """Return "st-" and 10 hex digits of the hash of what the row says; exact repeats get "-2", "-3" behind it."""
    texts = map("|".join, zip(*(printed[name].tolist() for name in IDENTITY), strict=True))
    digests = pd.Series([hashlib.sha256(text.encode()).hexdigest()[:10] for text in texts], dtype="str")
    numbers = digests.groupby(digests).cumcount()
    return [
        f"st-{digest}-{number + 1}" if number else f"st-{digest}"
        for digest, number in zip(digests, numbers, strict=True)
    ]


def apply_aliases(rows: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """Return the rows under the series that they mean, with `alias_factor`.

    Args:
        rows: Columns `series`, `measure`.
        aliases: Columns `alias`, `series`, `measure` ("" to keep the row's), `factor` ("" for 1).
    """
    known = aliases.set_index("alias")
    # An empty table maps to float NaN, which takes no text.
    measure = rows["series"].map(known["measure"]).astype("str").fillna("")
    factor = rows["series"].map(to_number(known["factor"])).fillna(1.0)
    series = rows["series"].map(known["series"]).astype("str").fillna(rows["series"])
    return rows.assign(series=series, measure=measure.where(measure != "", rows["measure"]), alias_factor=factor)


def to_number(text: pd.Series) -> pd.Series:
    """Return numbers as float; empty text is NaN."""
    return pd.to_numeric(text.where(text != "", None)).astype(float)


def convert_units(rows: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return levels in the one unit of their series, with `factor`: what value and bounds were multiplied by.

    Changes are in %, whatever the unit of the series.

    Raises:
        LedgerError: If a row's unit cannot be converted to that of its series.
    """
    units = rows["series"].map(series.set_index("series")["unit"])
    units = units.mask(rows["measure"].isin((*CHANGE_MEASURES, "set_aside")), rows["unit"])
    pairs = list(zip(rows["unit"].tolist(), units.tolist(), strict=True))
    factors = {pair: conversion_factor(*pair) for pair in set(pairs)}
    factor = pd.Series([factors[pair] for pair in pairs], index=rows.index, dtype=float)
    refuse(violations_at(rows, factor.isna(), "unit", "no conversion to the series' unit " + units))
    factor = factor * rows["alias_factor"]
    scaled = {name: rows[name] * factor for name in _SCALED}
    return rows.assign(unit=units, factor=factor, **scaled)
