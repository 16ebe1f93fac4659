"""Words for levels that only a forecast gives away: always named as implied by a forecast, never as printed."""

from metalsbook.analysis.exports import LEVEL, ImpliedLevel, level_behind_forecast
from metalsbook.analysis.intervals import Interval
from metalsbook.analysis.sources import agreed_prints
from metalsbook.months import step_month
from metalsbook.page.narrative import number, percent, period_name
from metalsbook.page.sentences import printed_interval, rounded
from metalsbook.page.tables import with_publisher

_STEP_T = 100
"""What a level behind a forecast is rounded to: forecasts are printed to thousands."""


def implied_level(edition, series: str) -> ImpliedLevel | None:
    """Return the level of the edition's month that a forecast for the next month implies, or None."""
    return level_behind_forecast(edition.rows_of(series), series, edition.month)


def implied_words(figure: Interval, unit: str) -> str:
    """Return an implied level as two rounded ends: "99,900 to 100,900 t"."""
    return f"{rounded(figure.low, '', _STEP_T)} to {rounded(figure.high, unit, _STEP_T)}"


def implied_basis(edition, implied: ImpliedLevel) -> str:
    """Return what an implied level rests on, for a key figure."""
    ahead = period_name(implied.level["period"])
    return f"implied by {_who(edition, implied.level)}'s forecast for {ahead}, not printed"


def forecast_sentence(edition, series: str) -> str | None:
    """Return what forecasts say of a month that nobody prints: the level that the next month's implies, or its own.

    Args:
        edition: The edition.
        series: A flow whose level of the edition's month is not known.

    Returns:
        None where no forecast speaks of the month.
    """
    implied = implied_level(edition, series)
    if implied is None:
        return _own_forecast(edition, series)
    level, unit, month = implied.level, edition.spec(series)["unit"], period_name(edition.month)
    said = (
        f"{_who(edition, level)}'s forecast for {period_name(level['period'])}, "
        f"{number(level['value'], unit, level['resolution'])} or {_percent(implied.change)} on the month, implies "
        f"{implied_words(implied.figure, unit)} for {month}: implied by a forecast{_when(edition, level)}, not "
        "printed"
    )
    changes = agreed_prints(edition.prints(series, "mom", edition.month), ["period"])
    if changes.empty:
        return f"{said}."
    base = printed_interval(changes.iloc[-1]).scaled(0.01) + Interval(1.0, 1.0, 1.0)
    before = implied_words(implied.figure / base, unit)
    return f"{said}; with the printed change, {period_name(step_month(edition.month, -1))} comes to {before}."


def _own_forecast(edition, series: str) -> str | None:
    rows = edition.prints(series, LEVEL, edition.month)
    if rows.empty:
        return None
    row = rows.iloc[-1]
    day = f" on {period_name(row['published'])}" if row["published_basis"] == "stated" else ""
    return f"{_who(edition, row)} had forecast {number(row['value'], row['unit'], row['resolution'])} for it{day}."


def _when(edition, row) -> str:
    """Return the day of a forecast where its page is dated, and whether the edition's month was not yet over."""
    if row["published_basis"] != "stated":
        return ""
    early = " before the month was over" if row["published"][:7] <= edition.month else ""
    return f" of {period_name(row['published'])},{early}" if early else f" of {period_name(row['published'])}"


def _percent(row) -> str:
    return percent(row["value"], 2 if row["resolution"] < 0.1 else 1)


def _who(edition, row) -> str:
    return with_publisher(edition, row.to_frame().T).iloc[0]["who"]
