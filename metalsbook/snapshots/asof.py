"""The as-of rule: which rows of the ledger an edition may know.

An edition holds the rows published by its cut-off whose period has begun by the end of its month; a day or a month
has to lie within it. Forecasts speak of periods to come, so that for them the publication alone decides.
"""

import pandas as pd

from metalsbook.ledger.reading import Ledger, with_wholes
from metalsbook.ledger.vocabulary import FIRST_UNDATED_FORECASTS
from metalsbook.months import cut_off, last_day, period_end, period_start


def select_as_of(ledger: Ledger, month: str) -> dict[str, pd.DataFrame]:
    """Return the tables of the edition `month` by name, with the rows of the ledger's that it may know."""
    end, limit = last_day(month), cut_off(month)
    statements = select_statements(ledger.statements, ledger.series, month)
    published = ledger.sources.set_index("source")["published"]
    claims = ledger.claims[_known_by(ledger.claims["note"].map(published).fillna(""), limit)]
    outlooks = ledger.outlooks[_known_by(ledger.outlooks["made_on"], limit)]
    cited = {*statements["source"], *claims["note"]}
    named = {*statements["series"], *claims["series"], *outlooks["series"]}
    return {
        "statements": statements,
        "series": ledger.series[ledger.series["series"].isin(with_wholes(named, ledger.series))],
        # The day on which a page was seen has gone into `published` of its statements.
        "sources": ledger.sources[ledger.sources["source"].isin(cited)].drop(columns="seen"),
        "claims": claims,
        "outlooks": outlooks,
        "events": ledger.events[ledger.events["date"].map(period_start) <= end],
        "corrections": ledger.corrections[ledger.corrections["correction"].isin(statements["corrected"])],
    }


def select_statements(statements: pd.DataFrame, series: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the statements that the edition `month` may know; of `series` the columns series and kind are asked.

    Returns:
        The rows kept. A flow stated for a year that is not over by the cut-off has become a forecast: its `measure`
        says so, and `measure_as_printed` keeps what it was called.
    """
    end, limit = last_day(month), cut_off(month)
    flows = set(series.loc[series["kind"] == "flow", "series"])
    rows = statements.assign(measure_as_printed=statements["measure"])
    unfinished = (rows["period"].str.len() == 4) & (rows["period"] + "-12-31" > limit) & rows["series"].isin(flows)
    rows["measure"] = rows["measure"].mask(unfinished & (rows["measure"] == "level"), "forecast")
    rows["measure"] = rows["measure"].mask(unfinished & (rows["measure"] == "yoy"), "forecast_yoy")
    is_forecast = rows["measure"].str.startswith("forecast")
    by_vintage = is_forecast & (rows["published_basis"] == "assumed")
    rows["vintage_from"] = rows["vintage_from"].replace("", FIRST_UNDATED_FORECASTS).where(by_vintage, "")
    known = (rows["published"] <= limit).where(~by_vintage, rows["vintage_from"] <= month)
    begun = rows["period"].map(period_start) <= end
    within = begun & ((rows["period"].str.len() == 4) | (rows["period"].map(period_end) <= end))
    return rows[known & (within | is_forecast)].reset_index(drop=True)


def _known_by(dates: pd.Series, limit: str) -> pd.Series:
    """Return whether each date is set and not after `limit`; a month or year counts with its last day."""
    return (dates != "") & (dates.map(period_end, na_action="ignore") <= limit)
