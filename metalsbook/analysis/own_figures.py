"""Own figures: what a note itself says beside a claim, for claims that nobody else settles."""

from math import nan

import pandas as pd

from metalsbook.ledger.figures import Figure

SIMPLE_CHECKS = ("level", "change")
"""Claims under these checks print a figure of their own series, measure and period."""
OWN_FIGURE_CHECKS = (*SIMPLE_CHECKS, "implied_base", "mean_of_months", "converted")
"""Under these the note's own print of the claim's series, measure and period is what is to be shown, so no witness."""
_KEYS = ["series", "measure", "period"]


def with_own_figures(
    row, rows: pd.DataFrame, siblings: dict[str, Figure], statements: pd.DataFrame, own: frozenset[str], published: str
) -> pd.DataFrame:
    """Return all statements with the note's own, but without the figure that a claim prints and is to be shown.

    A comparison ("declined slightly") is not the figure that it speaks of, so that this stays a witness.

    Args:
        row: The claim.
        rows: All claims of its note.
        siblings: The figures that they print, by claim.
        statements: The statements that the edition knows.
        own: The note with all sources that repeat it.
        published: Day the note was published.

    Returns:
        Columns of statements; the figures of claims that the ledger lacks as statement have the claim's id.
    """
    prints = row.claim in siblings
    rest = statements
    if prints and row.check in OWN_FIGURE_CHECKS:
        same = rest["source"].isin(own) & (rest["series"] == row.series) & (rest["period"] == row.period)
        rest = rest[~(same & (rest["measure"] == row.measure))]
    others = rows[rows["check"].isin(SIMPLE_CHECKS) & rows["claim"].isin(list(siblings)) & (rows["claim"] != row.claim)]
    held = statements[statements["source"].isin(own)]
    taken = {tuple(key) for key in held[_KEYS].to_numpy()}
    if prints:
        taken.add((row.series, row.measure, row.period))
    others = others[pd.Series([tuple(key) not in taken for key in others[_KEYS].to_numpy()], others.index, bool)]
    figures = [siblings[claim] for claim in others["claim"]]
    frame = others[[*_KEYS, "unit"]].assign(
        statement=others["claim"], stated=others["printed"], source=others["note"], low=nan, high=nan
    )
    for name in ("value", "qualifier", "resolution", "bound_low", "bound_high"):
        frame[name] = [getattr(figure, name) for figure in figures]
    frame = frame.assign(series_as_printed=frame["series"], published=published, published_basis="stated", factor=1.0)
    return pd.concat([rest, frame.reindex(columns=statements.columns)], ignore_index=True)
