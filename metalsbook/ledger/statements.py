"""The columns of a statement that follow from its row: id, series, unit, figure, date of publication."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from metalsbook.ledger.figures import read_figures
from metalsbook.ledger.published import assume_published
from metalsbook.ledger.units import conversion_factor
from metalsbook.ledger.wording import CHANGE_MEASURES

IDENTITY = ("series", "measure", "period", "value", "stated", "source")
COLUMNS = (
    "statement", "series", "series_as_printed", "topic", "measure", "period", "value", "low", "high", "unit", "stated",
    "qualifier", "resolution", "bound_low", "bound_high", "factor", "source", "published", "published_basis",
    "vintage_from", "corrected",
)  # fmt: skip


def derive_statements(printed: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the statements with their derived columns (`COLUMNS`), one row each, in the order of the files.

    Args:
        printed: The rows of the statement files as text, and their `topic`.
        tables: The ledger's other tables by name; `series`, `sources` and `aliases` are used.
    """
    frame = printed.assign(statement=statement_ids(printed), series_as_printed=printed["series"], corrected="")
    frame = apply_aliases(frame, tables["aliases"])
    frame = frame.assign(**{name: to_number(frame[name]) for name in ("value", "low", "high")})
    frame = frame.join(read_figures(frame))
    frame = convert_units(frame, tables["series"])
    frame = frame.join(assume_published(frame, tables["sources"]))
    return frame[list(COLUMNS)]


def statement_ids(printed: pd.DataFrame) -> list[str]:
    """Return "st-" and 10 hex digits of the hash of what the row says; exact repeats get "-2", "-3" behind it."""
    seen: dict[str, int] = {}
    return [_numbered(f"st-{_digest(row)}", seen) for row in zip(*(printed[name] for name in IDENTITY), strict=True)]


def _digest(row: Iterable[str]) -> str:
    return hashlib.sha256("|".join(row).encode()).hexdigest()[:10]


def _numbered(name: str, seen: dict[str, int]) -> str:
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def apply_aliases(frame: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """Return the rows under the series that they mean: `series`, `measure` and `value` as the alias table says."""
    if aliases.empty:
        return frame.assign(alias_factor=1.0)
    known = aliases.set_index("alias")
    found = frame["series"].isin(known.index)
    names = frame["series"].where(found)
    measure = names.map(known["measure"]).replace("", np.nan)
    factor = pd.to_numeric(names.map(known["factor"])).fillna(1.0)
    return frame.assign(
        series=names.map(known["series"]).fillna(frame["series"]),
        measure=measure.fillna(frame["measure"]),
        alias_factor=factor.to_numpy(),
    )


def to_number(text: pd.Series) -> pd.Series:
    """Return numbers as float; empty text is NaN."""
    return pd.to_numeric(text.where(text != "", None)).astype(float)


def convert_units(frame: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return levels in the one unit of their series, with `factor`: what value and bounds were multiplied by.

    A unit that cannot be converted stays as it is; the schema of the validated statements refuses it.
    """
    units = frame["series"].map(series.set_index("series")["unit"]).fillna(frame["unit"])
    units = units.where(~frame["measure"].isin(CHANGE_MEASURES), frame["unit"])
    pairs = pd.MultiIndex.from_arrays([frame["unit"], units])
    factors = {pair: conversion_factor(*pair) for pair in pairs.unique()}
    factor = np.array([factors[pair] or 1.0 for pair in pairs]) * frame["alias_factor"].to_numpy()
    known = np.array([factors[pair] is not None for pair in pairs])
    scaled = ["value", "low", "high", "resolution", "bound_low", "bound_high"]
    return frame.assign(
        unit=units.where(known, frame["unit"]), factor=factor, **{name: frame[name] * factor for name in scaled}
    )
