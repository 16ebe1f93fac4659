"""When a statement counts as published, where its source bears no date."""

import numpy as np
import pandas as pd

from metalsbook.months import cut_off

FIRST_UNDATED_FORECASTS = "2025-11"
"""The first edition that holds forecasts without a date: they have no vintage, and no earlier edition may know them."""


def assume_published(statements: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return `published`, `published_basis` ("stated" or "assumed") and `vintage_from` of each statement.

    A dated source's date holds. An observed figure of an undated source counts as published on the last day of the
    month after its period: a day counts as its month, a year as its December. A forecast of an undated source gets no
    date and enters with the edition `FIRST_UNDATED_FORECASTS`, whose cut-off stands as its assumed date.

    Args:
        statements: Columns `measure`, `period`, `source`.
        sources: Columns `source`, `published`.
    """
    dates = statements["source"].map(sources.set_index("source")["published"]).fillna("")
    undated = dates == ""
    forecast = undated & statements["measure"].str.startswith("forecast")
    months = statements["period"].str.slice(0, 7)
    months = months.where(months.str.len() == 7, months.str.slice(0, 4) + "-12").where(
        ~forecast, FIRST_UNDATED_FORECASTS
    )
    assumed = months.map({month: cut_off(month) for month in months.unique()})
    return pd.DataFrame(
        {
            "published": dates.where(~undated, assumed).astype(str),
            "published_basis": np.where(undated, "assumed", "stated"),
            "vintage_from": np.where(forecast, FIRST_UNDATED_FORECASTS, ""),
        },
        index=statements.index,
    ).astype(str)
