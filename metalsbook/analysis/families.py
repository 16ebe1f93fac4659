"""Families: which series parts, totals and shares tie together, so that one cannot be reconciled without the others."""

import pandas as pd


def find_families(catalogue: pd.DataFrame) -> dict[str, set[str]]:
    """Return for each series all series tied to it through any number of steps, itself included.

    Args:
        catalogue: Columns `series`, `part_of` (a series, or "") and `share_of` ("part/total", or "").
    """
    families = {name: {name} for name in catalogue["series"]}
    for row in catalogue.itertuples():
        for other in [row.part_of, *str(row.share_of).split("/")]:
            if other in families and families[other] is not families[row.series]:
                families[row.series] |= families[other]
                for member in families[row.series]:
                    families[member] = families[row.series]
    return families


def find_beside(catalogue: pd.DataFrame, series: str) -> set[str]:
    """Return a series with its total, its parts or the other parts of its total, and the shares between them.

    Args:
        catalogue: Columns `series`, `part_of` and `share_of`.
        series: The series to start from.
    """
    totals = catalogue.loc[catalogue["series"] == series, "part_of"]
    total = next((name for name in totals if name), series)
    beside = {series, total} | set(catalogue.loc[catalogue["part_of"] == total, "series"])
    tied = catalogue["share_of"].map(lambda sides: bool(sides) and set(sides.split("/")) <= beside)
    return beside | set(catalogue.loc[tied, "series"])
