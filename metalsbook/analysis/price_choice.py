"""Which print of a price counts: one rule, for chapters, claims and outlooks alike.

**A day.** Of several prints of one day a publisher's own page goes before a page that repeats another, and both before
a post of a user; then a page that states when it was published before an undated one, whose date is only assumed; then
the later print; then the finer figure. What does not count stays in the ledger and is shown as a rival.

**A month.** The mean of its days counts where three or more of them have a quote (each day the middle of its range).
With fewer, what a publisher printed for the month as a whole goes before the mean of one or two quotes, and that before
a figure out of a user's post.

**Two months** are compared on one basis only: both by such means, else both as printed for the month, else both by the
quotes that there are, the few being named. Where they share no basis, no change is given.
"""

from collections.abc import Mapping

import pandas as pd

OWN, COPY, POST = 0, 1, 2
"""Standing of a source: a publisher's page, a page that repeats another, a post of a user."""
_POST_LICENCE = "post \u00a9"
ENOUGH_QUOTES = 3
"""Days with a quote from which on their mean stands for a month."""


def standings(sources: pd.DataFrame) -> pd.Series:
    """Return the standing of each source (`OWN`, `COPY`, `POST`), indexed by its id.

    Args:
        sources: Columns source; repeats and licence where they are at hand: whose licence names a post is a user's.
    """
    known = sources.set_index("source").reindex(columns=["repeats", "licence"], fill_value="").fillna("")
    standing = known["repeats"].ne("").map({True: COPY, False: OWN})
    return standing.mask(known["licence"].str.contains(_POST_LICENCE, regex=False), POST)


def in_order(prints: pd.DataFrame, standing: pd.Series) -> pd.DataFrame:
    """Return prints of one price by period, oldest first, and within each the one that counts last.

    Args:
        prints: Columns period, published, published_basis ("stated", "assumed"; all are stated where the column is
            missing), resolution, source, statement.
        standing: Result of `standings`; a source that it does not know counts as a publisher's own page.
    """
    keys = [key_of(row, standing) for row in prints.itertuples()]
    return prints.iloc[sorted(range(len(prints)), key=keys.__getitem__)]


def key_of(row, standing: Mapping[str, int]) -> tuple:
    """Return what prints of a price are ordered by: a row of the columns of `in_order`, the one that counts last."""
    stated = getattr(row, "published_basis", "stated") == "stated"
    fine = 0.0 if row.resolution != row.resolution else -row.resolution
    return row.period, -standing.get(row.source, OWN), stated, row.published, fine, row.statement
