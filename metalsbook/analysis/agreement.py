"""Agreement: which of several prints of one figure to show where sources differ."""

import pandas as pd


def agreed_prints(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one print for each key: of the value that most sources print, the latest; ties go to the later print.

    Fit for changes and for figures that are not revised; of levels that are, the latest print is the one to show.

    Args:
        rows: Statements: `value`, `source`, `published`, `statement` and the keys.
        keys: Columns that name a figure.
    """
    if len(rows) < 2:
        return rows
    support = rows.groupby([*keys, "value"])["source"].transform("nunique")
    ordered = rows.assign(support=support).sort_values(["support", "published", "statement"], kind="stable")
    return ordered.drop_duplicates(keys, keep="last").drop(columns="support")


def without_note(statements: pd.DataFrame, sources: pd.DataFrame, note: str) -> pd.DataFrame:
    """Return the statements that are neither the note's nor those of a page that repeats it.

    Args:
        statements: Statements.
        sources: Columns source, repeats.
        note: Source id of the note.
    """
    copies = set(sources.loc[sources["repeats"] == note, "source"]) | {note}
    return statements[~statements["source"].isin(copies)]
