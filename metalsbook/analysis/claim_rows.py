"""Rows of claims.csv: what kind of claim each is, which figure it prints, and whether its row can be judged at all."""

import pandas as pd

from metalsbook.analysis import checks_levels, checks_order  # noqa: F401  (they register the checks)
from metalsbook.analysis.checks import read_arguments, read_printed
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import Figure

WORD_CHECKS = ("extreme_since", "part_of", "rank_among_parts", "dated", "no_event", "needs_data", "count_of_changes")
"""These are of words (a low, a rank, a date); all other claims without a band print a figure."""
KINDS = ("figure", "comparison or date", "loose words")
"""What a claim is: a printed figure; words that can be true in one way only; words that the book has to read."""


def check_claims(claims: pd.DataFrame, series: pd.DataFrame) -> None:
    """Check the rows of claims.csv without judging them.

    Raises:
        LedgerError: If a check is unknown, arguments are wrong, a series is not in the catalogue, a claim without
            a band prints no figure, or one of loose words does not say how it is read. The message names the claim.
    """
    known = set(series["series"])
    for row in claims.itertuples():
        given, band = read_arguments(row.check, row.arguments, row.claim)
        if band.get("loose") and not row.meant:
            raise LedgerError(
                f"claims.csv, claim {row.claim}: loose words, but not how they are read", "Say it in the column meant"
            )
        figures = given["figures"] if isinstance(given.get("figures"), list) else []
        names = [given[key] for key in ("numerator", "denominator", "part", "total") if given.get(key)]
        parts = given["parts"] if isinstance(given.get("parts"), list) else []
        for name in [row.series, *names, *parts, *(figure.split()[0] for figure in figures)]:
            if name and name not in known:
                raise LedgerError(f"claims.csv, claim {row.claim}: series '{name}' is not in series.csv")
    read_figures(claims)


def read_figures(rows: pd.DataFrame) -> dict[str, Figure]:
    """Return the figures that claims print, by claim; those of words print none.

    Raises:
        LedgerError: If a claim that should print a figure prints none, or names no known check or argument.
    """
    figures = {}
    for row in rows.itertuples():
        _, band = read_arguments(row.check, row.arguments, row.claim)
        if row.check not in WORD_CHECKS and not {"at_least", "at_most"} & set(band):
            figures[row.claim] = read_printed(row.claim, row.printed, row.unit, row.measure, band.get("resolution"))
    return figures


def kind_of(row, figures: dict[str, Figure]) -> str:
    """Return which of `KINDS` a claim is; of what cannot be recomputed at all, by whether a figure is printed."""
    if row.claim in figures or (row.check == "needs_data" and any(sign.isdigit() for sign in row.printed)):
        return "figure"
    return "loose words" if is_loose(row) or row.check == "needs_data" else "comparison or date"


def is_loose(row) -> bool:
    """Return whether a claim is of words that the book has to read."""
    return bool(read_arguments(row.check, row.arguments, row.claim)[1].get("loose"))
