"""Publishers and sources: who is the same house, and which sources print each other's figures."""

import re

import pandas as pd

_ASIDE = re.compile(r"\s*[(\[（,].*$")


def publisher_key(publisher: str) -> str:
    """Return a publisher's name without asides: "SMM (CAAM)" and "SMM (Shanghai Metals Market)" are one house."""
    return _ASIDE.sub("", publisher).split(" / ")[0].strip().lower()


def same_source(source: str, sources: pd.DataFrame) -> frozenset[str]:
    """Return a source with all that it repeats and all that repeat it, through any number of steps.

    Args:
        source: Id of a source.
        sources: Columns `source`, `repeats` (id of the source that a page copies, else "").
    """
    links = sources.loc[sources["repeats"] != "", ["source", "repeats"]].itertuples(index=False)
    neighbours: dict[str, set[str]] = {}
    for copy, original in links:
        neighbours.setdefault(copy, set()).add(original)
        neighbours.setdefault(original, set()).add(copy)
    found, queue = {source}, [source]
    while queue:
        new = neighbours.get(queue.pop(), set()) - found
        found |= new
        queue += new
    return frozenset(found)
