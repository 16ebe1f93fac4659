"""Magnets in vehicles beside those in robots: tonnages on one scale, with the bounds and cautions of their prints."""

import pandas as pd

from metalsbook.analysis import scenarios
from metalsbook.months import step_month
from metalsbook.page.cited import caution, without_copies
from metalsbook.page.humanoids import DEMAND, kg_words
from metalsbook.page.narrative import as_printed, bound_word, number, period_name, since_january
from metalsbook.page.range_charts import labelled_spans
from metalsbook.page.tables import who_printed

NAMED = {
    "ndfeb.output.world": "World output",
    "ndfeb.demand.world": "World demand",
    "ndfeb.output.cn": "China's output",
    "robot.ndfeb.demand.world": "Robots of all kinds, world",
    "ndfeb.demand.nev.world": "New-energy vehicles, world or China",
    "ndfeb.demand.nev.cn": "New-energy vehicles, China",
    "ndfeb.demand.auto.cn": "Vehicles, China",
    "ndfeb.demand.wind": "Wind turbines, area not stated",
    DEMAND: "Humanoid robots, world",
}
_FIRST = "2020"


def scale_rows(edition, path) -> pd.DataFrame:
    """Return tonnages of magnet demand to compare, largest first; forecasts and bounds are marked so.

    Args:
        edition: The edition.
        path: `scenarios.StatedPath` or None.

    Returns:
        Columns what, low, high (t: the span of rival prints), qualifier ("over", "below" or ""), source, series.
    """
    rows = without_copies(edition.rows_of(*NAMED), edition.sources)
    rows = rows[rows["measure"].isin(["level", "ytd", "forecast"])]
    rows = rows[((rows["period"].str.len() == 4) | (rows["measure"] == "ytd")) & (rows["period"] >= _FIRST)]
    found = [
        _row(series, measure, period, group)
        for (series, measure, period), group in rows.groupby(["series", "measure", "period"])
    ]
    if path is not None:
        found.append((f"Humanoid robots, {path.last} (the note)", path.end[1], path.end[2], "", path.note, DEMAND))
    frame = pd.DataFrame(found, columns=["what", "low", "high", "qualifier", "source", "series"])
    return frame.sort_values(["high", "what"], ascending=[False, True], ignore_index=True)


def _row(series: str, measure: str, period: str, group: pd.DataFrame) -> tuple:
    # A bound can only be told of a figure that stands alone.
    alone = group["value"].nunique() == 1
    words = {bound_word(row) for _, row in group.iterrows()} if alone else set()
    bound = "over" if words & {"more than", "at least"} else "below" if words & {"less than", "up to"} else ""
    when = since_january(period) if measure == "ytd" else f"{period} (forecast)" if measure == "forecast" else period
    word = {"over": ", more than", "below": ", less than"}.get(bound, "")
    return (
        f"{NAMED[series]}, {when}{word}",
        group["value"].min(),
        group["value"].max(),
        bound,
        group["source"].iloc[0],
        series,
    )


def draw_scale(frame: pd.DataFrame):
    """Return tonnages on one logarithmic scale; a triangle points to where a bound leaves the figure open."""
    return labelled_spans(frame, "what", "t", log=True)


def scale_alt(frame: pd.DataFrame) -> str:
    """Return the text alternative: the largest and the smallest tonnage."""
    if frame.empty:
        return ""
    first, last = frame.iloc[0], frame.iloc[-1]
    return (
        f"From {first['what']}: {number(first['high'], 't', 1)}, down to {last['what']}: "
        f"{number(last['high'], 't', 1)}."
    )


def vehicle_sentences(edition, path) -> list[str | None]:
    """Return what vehicles need: the weight per vehicle that a stated tonnage implies, and the path's end beside it.

    Args:
        edition: The edition.
        path: `scenarios.StatedPath` or None.
    """
    demand = edition.latest("ndfeb.demand.nev.cn", "ytd")
    made = edition.latest("nev.output.cn", "ytd").set_index("period")
    told = []
    for _, row in demand[demand["period"].isin(made.index)].tail(1).iterrows():
        vehicles = made.loc[row["period"]]
        low, high = scenarios.kg_per_unit(
            (row["bound_low"], row["bound_high"]), (vehicles["bound_low"], vehicles["bound_high"])
        )
        made_words = number(vehicles["value"] / 1e6, "million", 0.01)
        told.append(
            f"{who_printed(edition, demand.tail(1))} puts the magnets in China's new-energy vehicles from "
            f"January to {period_name(row['period'])} at {as_printed(row)}; over the {made_words} made (CAAM) "
            f"that is {_weight(low, high)} each{_stated_weight(edition, low, high)}{_next(edition, row)}."
        )
    if demand.empty:
        told.append(
            f"No source known to the edition of {period_name(edition.month)} prints the magnets in new-energy "
            "vehicles since January."
        )
    return [*told, _path_beside(edition, path)]


def _next(edition, row: pd.Series) -> str:
    """Return what a sum since January comes to with the next month as its own source expected it, "" without one."""
    following = step_month(row["period"], 1)
    ahead = edition.prints(row["series"], "forecast", following)
    ahead = ahead[ahead["source"].map(_house(edition)) == _house(edition)[row["source"]]]
    if ahead.empty:
        return ""
    total = row["value"] + ahead.iloc[-1]["value"]
    return (
        f"; with the {as_printed(ahead.iloc[-1])} that it expected for {period_name(following)} the sum is about "
        f"{number(total, 't', row['resolution'])}"
    )


def _house(edition) -> dict[str, str]:
    return edition.publishers.to_dict()


def _weight(low: float, high: float) -> str:
    first, last = number(low, "", 0.1), number(high, "kg", 0.1)
    return f"about {last}" if last == f"{first} kg" else f"{first} to {last}"


def _stated_weight(edition, low: float, high: float) -> str:
    stated = scenarios.quoted_range(edition.rows_of("ndfeb.kg_per_nev"))
    if stated is None:
        return ""
    meets = low <= stated[1] and high >= stated[0]
    return f", {'inside' if meets else 'outside'} the {kg_words(*stated)} that sources state"


def _path_beside(edition, path) -> str | None:
    """Return the path's end as a share of what vehicles take; a share of a lower bound is an upper one."""
    rows = without_copies(edition.rows_of("ndfeb.demand.nev.world"), edition.sources)
    rows = rows[rows["measure"] == "forecast"]
    # The year nearest to the edition's own is the one to compare with.
    rows = rows[rows["period"] == rows["period"].min()]
    series, vehicles = "ndfeb.demand.nev.world", "new-energy vehicles are said to need"
    if rows.empty:
        series, vehicles = "ndfeb.demand.auto.cn", "vehicles in China are said to take"
        rows = edition.years(series).tail(1)
    if path is None or rows.empty:
        return None
    now = rows.iloc[-1]
    least = "at most" if bound_word(now) in ("more than", "at least") else "about"
    share = number(100 * path.end[0] / now["value"], "%", 1)
    doubt = caution(edition, series)
    return (
        f"The path's end in {path.last} is {least} {share} of the {as_printed(now)} that {vehicles} in "
        f"{now['period']} ({who_printed(edition, rows)}).{f' Caution: {doubt}' if doubt else ''}"
    )
