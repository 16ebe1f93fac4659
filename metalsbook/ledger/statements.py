"""The columns of a statement that follow from its row: id, series, unit, figure, date of publication."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice

import numpy as np
import pandas as pd

from metalsbook.ledger.corrections import Corrections
from metalsbook.ledger.figures import read_figures
from metalsbook.ledger.published import assume_published
from metalsbook.ledger.references import check_statements, check_taken, violations_at
from metalsbook.ledger.units import conversion_factor
from metalsbook.ledger.violations import COUNTED, Violation, refuse
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


def derive_statements(pieces: Iterable[pd.DataFrame], tables: dict[str, pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the statements with their derived columns (`COLUMNS`), one row each, in the order of the files.

    Args:
        pieces: The rows of the statement files as text, with `topic`, `FILE` and `LINE`, some at a time.
        tables: The ledger's other tables by name, as text; `series`, `sources`, `aliases`, `corrections`, `taken` are
            used.

    Raises:
        LedgerError: If a correction fits no row, an id names nothing, or text and number disagree. It comes after the
            last piece.
    """
    numbering, corrections = Numbering(), Corrections(tables["corrections"])
    found: list[Violation] = []
    awaited = set(tables["taken"]["statement"])
    for printed in pieces:
        named = printed.assign(statement=statement_ids(printed, numbering), series_as_printed=printed["series"])
        awaited.difference_update(named["statement"])
        corrected, violations = corrections.apply(named)
        rows = apply_aliases(corrected, tables["aliases"])
        rows = rows.assign(**{name: to_number(rows[name]) for name in ("value", "low", "high")})
        rows = rows.join(read_figures(rows))
        found += islice(chain(violations, check_statements(rows, tables)), COUNTED - len(found))
        if not found:
            rows = convert_units(rows, tables["series"])
            rows = rows.join(assume_published(rows, tables["sources"]))
            yield rows[list(COLUMNS)]
    refuse([*found, *corrections.unmatched(), *check_taken(tables["taken"], awaited)])


class Numbering:
    """How often each id was given so far, in 8 bytes for each."""

    def __init__(self):
        self._given = np.empty(0, dtype="u8")

    def count(self, digests: np.ndarray) -> np.ndarray:
        """Return how often each digest was given before it, and note that these are given now."""
        before = np.searchsorted(self._given, digests, "right") - np.searchsorted(self._given, digests, "left")
        within = pd.Series(digests).groupby(digests).cumcount().to_numpy()
        self._given = np.concatenate([self._given, np.sort(digests)])
        # Two sorted stretches are merged, which a stable sort does in one go.
        self._given.sort(kind="stable")
        return before + within


def statement_ids(printed: pd.DataFrame, numbering: Numbering | None = None) -> list[str]:
    """Return "st-" and 10 hex digits of the hash of what the row says; exact repeats get "-2", "-3" behind it."""
    digests = [_digest(row) for row in zip(*(printed[name].tolist() for name in IDENTITY), strict=True)]
    numbers = (numbering or Numbering()).count(np.array([int(digest, 16) for digest in digests], dtype="u8"))
    return [
        f"st-{digest}-{number + 1}" if number else f"st-{digest}"
        for digest, number in zip(digests, numbers.tolist(), strict=True)
    ]


def _digest(row: Iterable[str]) -> str:
    return hashlib.sha256("|".join(row).encode()).hexdigest()[:10]


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
