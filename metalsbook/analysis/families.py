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
