"""Sources: who is the same house, who prints whose figures, and which of several prints counts.

**A day of a price.** Of several prints of one day a publisher's own page goes before a page that repeats another, and
both before a post of a user; then a page that states when it was published, even one that cites another publisher,
before an undated one, whose date is only assumed; then the later print; then the finer figure. What does not count
stays in the ledger, shown as a rival.

**A month.** The mean of its days counts where three or more of them have a quote (each day the middle of its range).
With fewer, what a publisher printed for the month as a whole goes before the mean of one or two quotes, and that before
a figure out of a user's post.

**Two months** are compared on one basis only: both by such means, else both as printed for the month. Where they share
neither, no change is given, and a month of one or two quotes is called thin.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

_ASIDE = re.compile(r"\s*[(\[（,].*$")


def publisher_key(publisher: str) -> str:
    """Return a publisher's name without asides: "SMM (CAAM)" and "SMM (Shanghai Metals Market)" are one house."""
    return _ASIDE.sub("", publisher).split(" / ")[0].strip().lower()


def origins(sources: pd.DataFrame) -> dict[str, str]:
    """Return who produced the figures of each source: its origin, else the house that published it."""
    named = zip(sources["source"], sources["origin"], sources["publisher"], strict=True)
    return {
        source: origin if origin not in ("", "unknown") else publisher_key(house) for source, origin, house in named
    }


def sources_of_house(house: str, sources: pd.DataFrame) -> frozenset[str]:
    """Return the sources that a house published, and those that pass its figures on."""
    own = publisher_key(house)
    keys = sources["publisher"].map(publisher_key)
    passed_on = sources["origin"].map(lambda origin: origin != "" and own.startswith(origin))
    return frozenset(sources.loc[(keys == own) | passed_on, "source"])


def linked(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, set[Any]]:
    """Return for each name all names tied to it by pairs through any number of steps, itself included."""
    groups: dict[Any, set[Any]] = {}
    for pair in pairs:
        group = set().union(*(groups.get(name, {name}) for name in pair))
        groups |= dict.fromkeys(group, group)
    return groups


def same_source(source: str, sources: pd.DataFrame) -> frozenset[str]:
    """Return a source with all that it repeats and all that repeat it, through any number of steps."""
    pairs = sources.loc[sources["repeats"] != "", ["source", "repeats"]].itertuples(index=False)
    return frozenset(linked(pairs).get(source, {source}))


def agreed_prints(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one print for each key: of the value that most sources print, the latest; ties go to the later print.

    Fit for changes and for figures that are not revised; of levels that are, the latest print is the one to show.
    """
    if len(rows) < 2:
        return rows
    support = rows.groupby([*keys, "value"])["source"].transform("nunique")
    ordered = rows.assign(support=support).sort_values(["support", "published", "statement"], kind="stable")
    return ordered.drop_duplicates(keys, keep="last").drop(columns="support")


OWN, COPY, POST = 0, 1, 2
"""Standing of a source: a publisher's page, a page that repeats another, a post of a user."""
_POST_LICENCE = "post \u00a9"
ENOUGH_QUOTES = 3
"""Days with a quote from which on their mean stands for a month."""


def standings(sources: pd.DataFrame) -> pd.Series:
    """Return the standing of each source (`OWN`, `COPY`, `POST`), indexed by its id; its licence names a post."""
    known = sources.set_index("source").reindex(columns=["repeats", "licence"], fill_value="").fillna("")
    standing = known["repeats"].ne("").map({True: COPY, False: OWN})
    return standing.mask(known["licence"].str.contains(_POST_LICENCE, regex=False), POST)


def in_order(prints: pd.DataFrame, standing: pd.Series) -> pd.DataFrame:
    """Return prints of one price by period, oldest first, and within each the one that counts last.

    All count as stated where `published_basis` is missing; a source that `standing` does not know, as a publisher's own
    page.
    """
    keys = [key_of(row, standing) for row in prints.itertuples()]
    return prints.iloc[sorted(range(len(prints)), key=keys.__getitem__)]


def latest_last(prints: pd.DataFrame) -> pd.DataFrame:
    """Return prints of anything but prices by series and period, oldest first, within each the one that counts last.

    That is the one published last; on the same day, the finer figure. Prices have a rule of their own: an undated page
    is given a late date, and would win by it.
    """
    columns = [prints[name].to_numpy() for name in ("series", "period", "published", "statement")]
    keys = list(zip(*columns[:3], -prints["resolution"].fillna(0).to_numpy(), columns[3], strict=True))
    return prints.take(sorted(range(len(prints)), key=keys.__getitem__))


def key_of(row, standing: Mapping[str, int]) -> tuple:
    """Return what prints of a price are ordered by: a row of the columns of `in_order`, the one that counts last."""
    stated = getattr(row, "published_basis", "stated") == "stated"
    fine = 0.0 if row.resolution != row.resolution else -row.resolution
    return row.period, -standing.get(row.source, OWN), stated, row.published, fine, row.statement
