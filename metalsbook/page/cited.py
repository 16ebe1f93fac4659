"""What is said with caution: what the catalogue holds against a figure, and prints that repeat another."""

import pandas as pd


def caution(edition, series: str) -> str:
    """Return what the catalogue says of a series beyond what it is: its definition after the first sentence."""
    definition = str(edition.spec(series).get("definition", "")) if edition.has(series) else ""
    return definition.partition(". ")[2].strip()


def without_copies(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return prints without those of a page that repeats another print at hand, so that nobody counts twice.

    Args:
        rows: Statements: series, measure, period, source.
        sources: Columns source, repeats.
    """
    repeats = sources.set_index("source")["repeats"].to_dict() if "repeats" in sources else {}
    keys = ["series", "measure", "period"]
    prints = list(zip(*(rows[name].to_numpy() for name in (*keys, "source")), strict=True))
    at_hand = set(prints)
    copied = [(*key, repeats.get(source, "")) in at_hand for *key, source in prints]
    return rows[~pd.Series(copied, index=rows.index, dtype=bool)]
