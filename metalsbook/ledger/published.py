"""When a statement counts as published, where its source bears no date."""

import numpy as np
import pandas as pd

from metalsbook.months import cut_off

FIRST_UNDATED_FORECASTS = "2025-11"
"""The first edition that holds forecasts without a date: they have no vintage, and no earlier edition may know them."""


def assume_published(statements: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return `published`, `published_basis` ("stated", "seen" or "assumed") and `vintage_from` of each statement.

    A dated source's date holds. An undated source counts from the day on which it was seen. Where that is not known
    either, an observed figure counts as published on the last day of the month after its period (a day counts as its
    month, a year as its December). A forecast of such a source gets no date and enters with the edition
    `FIRST_UNDATED_FORECASTS`, whose cut-off stands as its assumed date.

    Args:
        statements: Columns `measure`, `period`, `source`.
        sources: Columns `source`, `published`, `seen`.
    """
    by_source = sources.set_index("source")
    dates = statements["source"].map(by_source["published"]).fillna("")
    seen = statements["source"].map(by_source["seen"]).fillna("")
    undated = (dates == "") & (seen == "")
    forecast = undated & statements["measure"].str.startswith("forecast")
    months = statements["period"].str.slice(0, 7)
    months = months.where(months.str.len() == 7, months.str.slice(0, 4) + "-12").where(
        ~forecast, FIRST_UNDATED_FORECASTS
    )
    assumed = months.map({month: cut_off(month) for month in months.unique()})
    return pd.DataFrame(
        {
            "published": dates.where(dates != "", seen.where(~undated, assumed)).astype(str),
            "published_basis": np.select([undated, dates == ""], ["assumed", "seen"], "stated"),
            "vintage_from": np.where(forecast, FIRST_UNDATED_FORECASTS, ""),
        },
        index=statements.index,
    ).astype(str)
