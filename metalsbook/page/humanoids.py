"""Magnets in humanoid robots and in vehicles: what a stated path implies, and who contradicts it.

Robots are forecast by houses that count different things; each keeps its name, and no mean is taken.
"""

from math import floor, log10

import pandas as pd

from metalsbook.analysis import scenarios
from metalsbook.page import charts
from metalsbook.page.narrative import gap, join_words, number, period_name
from metalsbook.page.range_charts import labelled_spans
from metalsbook.page.scenario_charts import growth_path, units_times_weight
from metalsbook.page.tables import who_printed

DEMAND = "humanoid.ndfeb.demand"
WEIGHTS = ["humanoid.ndfeb.kg_per_robot", "ndfeb.per_humanoid"]
ROBOTS = {
    "humanoid.shipments.world.goldman": "Goldman Sachs", "humanoid.shipments.world.omdia": "Omdia",
    "humanoid.shipments.world.trendforce": "TrendForce", "humanoid.shipments.world.counterpoint": "Counterpoint",
    "humanoid.shipments.world.bofa": "Bank of America", "humanoid.output.world": "", "humanoid.shipments.world": "",
}
LAST_YEAR = 2035


def known_weights(edition) -> pd.DataFrame:
    """Return the statements of magnets in one robot that the edition knows, oldest first."""
    rows = edition.statements[edition.statements["series"].isin(WEIGHTS)]
    return rows.sort_values(["period", "series", "statement"], ignore_index=True)


def known_robots(edition) -> pd.DataFrame:
    """Return the forecasts of robots a year worldwide up to `LAST_YEAR`; columns as of `scenarios.forecasts`."""
    publishers = edition.sources.set_index("source")["publisher"].to_dict()
    rows = scenarios.forecasts(edition.statements, ROBOTS, publishers)
    return rows[rows["year"] <= LAST_YEAR].reset_index(drop=True)


def weight_range(weights: pd.DataFrame) -> tuple[float, float]:
    """Return the least and greatest stated weight, or the book's assumption where nobody states one."""
    return scenarios.quoted_range(weights) or scenarios.HUMANOID_NDFEB_KG


def sentences(edition, path, weights: pd.DataFrame, robots: pd.DataFrame) -> list[str | None]:
    """Return what the stated path implies and what others say of it.

    Args:
        edition: The edition.
        path: `scenarios.StatedPath` or None.
        weights: As of `known_weights`.
        robots: As of `known_robots`.
    """
    kg = weight_range(weights)
    missing = f"No note known to the edition of {period_name(edition.month)} states a path of their magnet demand."
    said = [_path_sentence(edition, path), _base_in_robots(edition, path, kg)] if path else [missing]
    said += _rivals(edition, path) if path else []
    return [*said, _robots_sentence(robots, kg, weights), _end_sentence(path, kg, robots) if path else None]


def _path_sentence(edition, path) -> str:
    base = path.unrolled().iloc[0]
    end, rate = number(path.end[0], "t", 100), number(path.rate_pct[0], "%", 0.1)
    reach = f"{number(base['low'], '', 1)} to {number(base['high'], 't', 1)} by its rounding"
    implied = f"{number(base['value'], 't', 1)} in {path.first} ({reach})"
    return (f"{_publisher(edition, path.note)} ends at {end} in {path.last} after growth of {rate} a year from "
            f"{path.first}. That implies a base that it does not print: {implied}.")


def _publisher(edition, source: str) -> str:
    found = edition.sources[edition.sources["source"] == source]
    return f"The note of {found.iloc[0]['publisher'].split(',')[0].split(' [')[0]}" if len(found) else "The note"


def _base_in_robots(edition, path, kg: tuple[float, float]) -> str:
    base = path.unrolled().iloc[0]
    least, most = scenarios.units_for(base["value"], kg)
    counted = edition.years("humanoid.shipments.cn")
    counted = counted[counted["period"] == str(path.first)]
    beside = "" if counted.empty else (
        f"; in China {number(counted.iloc[-1]['value'], '', 1)} were shipped that year "
        f"({who_printed(edition, counted.tail(1))})")
    return f"With {_kg(kg)} of magnets in each, that base is {_between(least, most, 'robots')} in {path.first}{beside}."


def _rivals(edition, path) -> list[str]:
    """Return a sentence for each other figure of the path's demand: what the path gives for that year."""
    rows = edition.statements
    rows = rows[(rows["series"] == DEMAND) & (rows["measure"] == "forecast") & (rows["source"] != path.note)]
    years = path.unrolled().set_index("period")
    said = []
    for period, group in rows[rows["period"].isin(years.index)].groupby("period"):
        last, own = group.iloc[-1], years.loc[period, "value"]
        word = {"below": "less than ", "about": "about "}.get(last["qualifier"], "")
        said.append(f"For {period} the path gives {number(own, 't', 1)}, against {word}{number(last['value'], 't', 1)} "
                    f"by {who_printed(edition, group)}: {_times(own, last['value'])}.")
    return said


def _times(path_t: float, other_t: float) -> str:
    if path_t >= other_t:
        return f"the path is {number(path_t / other_t, '', 0.1)} times that"
    return f"that is {number(other_t / path_t, '', 0.1)} times the path"


def _robots_sentence(robots: pd.DataFrame, kg: tuple[float, float], weights: pd.DataFrame) -> str | None:
    if robots.empty:
        return "No forecast of humanoid robots a year is known to this edition."
    last = robots[robots["year"] == robots["year"].max()]
    least, most = last["low"].min(), last["high"].max()
    stated = "stated" if len(weights) else "assumed"
    return (f"Forecasts of robots for {last.iloc[0]['year']} ({join_words(sorted(set(last['who'])))}) run "
            f"{_span(least, most)}; with the {stated} {_kg(kg)} each they need "
            f"{_between(least * kg[0] / 1000, most * kg[1] / 1000, 't')} of magnets.")


def _end_sentence(path, kg: tuple[float, float], robots: pd.DataFrame) -> str:
    least, most = scenarios.units_for(path.end[0], kg)
    robots_words = _between(least / 1e6, most / 1e6, "million robots", 0.1)
    said = f"The path's end means {robots_words} in {path.last}"
    same = robots[robots["year"] == path.last]
    if same.empty:
        return f"{said}; no forecast of robots for that year is known here."
    most = same["high"].max()
    need = number(1000 * path.end[0] / most, "kg", 0.1)
    return (f"{said}, or {need} of magnets in each of the {number(most / 1e6, 'million', 0.1)} that the highest "
            "forecast known here sees.")


def _kg(kg: tuple[float, float]) -> str:
    return number(kg[0], "kg", 0.1) if kg[0] == kg[1] else f"{number(kg[0], '', 0.1)} to {number(kg[1], 'kg', 0.1)}"


def _between(low: float, high: float, unit: str, resolution: float = 1) -> str:
    first, last = (number(_three_digits(value) if resolution == 1 else value, "", resolution) for value in (low, high))
    last = f"{last} {unit}"
    return last if last.startswith(f"{first} ") else f"{first} to {last}"


def _three_digits(value: float) -> float:
    """Return a figure rounded to three significant digits: products of rough factors are no finer."""
    return round(value, 2 - floor(log10(value))) if value > 0 else value


def _span(low: float, high: float) -> str:
    return f"to {number(high, '', 1)}" if low == high else f"from {number(low, '', 1)} to {number(high, '', 1)}"


def path_chart(edition, path):
    """Return the stated path with sliders for its end and growth, beside other figures; a gap without a path."""
    if path is None:
        return gap("No note known to this edition states a path of magnet demand in humanoid robots to unroll.")
    years = path.unrolled()
    publishers = edition.sources.set_index("source")["publisher"].to_dict()
    rivals = scenarios.forecasts(edition.statements, {DEMAND: ""}, publishers)
    rivals = rivals[rivals["year"].between(path.first, path.last)]
    rivals = rivals.drop_duplicates(["year", "value"])[["who", "year", "low", "high"]]
    chart = growth_path(years, rivals, path.end[0], path.rate_pct[0], path.last, "t")
    note = pd.DataFrame({"source": [path.note]})
    printed = edition.statements[(edition.statements["series"] == DEMAND)][["source"]]
    return charts.present(
        chart, "Magnets in humanoid robots: a stated path, and yours",
        "t of NdFeB a year, logarithmic; shaded: the path as stated; line: your end and growth",
        who_printed(edition, pd.concat([note, printed])), charts.describe_course(years, "The stated path", "t"),
    )


def robots_chart(edition, robots: pd.DataFrame, weights: pd.DataFrame, path):
    """Return forecast robots times a weight set by a slider, beside the end of the stated path; a gap without them."""
    if robots.empty:
        return gap("No forecast of humanoid robots a year is known to this edition.")
    kg = weight_range(weights)
    marks = None if path is None else pd.DataFrame({"what": [f"the note's {path.last}"], "tonnes": [path.end[0]]})
    shown = robots[["who", "year", "low", "high"]]
    chart = units_times_weight(shown, round((kg[0] + kg[1]) / 2, 1), 20, "t", marks=marks)
    kind = "stated" if len(weights) else "assumed"
    unit = f"t of NdFeB a year, logarithmic; to begin with the middle of the {kind} weights"
    least, most = robots["low"].min(), robots["high"].max()
    text = f"Forecasts between {number(least, 'robots', 1)} and {number(most, 'robots', 1)} a year, times a weight."
    return charts.present(chart, "Forecast humanoid robots times a weight that you set", unit,
                          who_printed(edition, robots), text, height=None)


def scale_rows(edition, path) -> pd.DataFrame:
    """Return tonnages of magnet demand to compare: what, low, high, source; forecasts are marked so.

    Args:
        edition: The edition.
        path: `scenarios.StatedPath` or None.
    """
    named = {
        "ndfeb.output.world": "World output", "ndfeb.demand.nev.world": "New-energy vehicles, world",
        "ndfeb.demand.nev.cn": "New-energy vehicles, China", "ndfeb.demand.auto.cn": "Vehicles, China",
        "ndfeb.demand.wind": "Wind turbines", DEMAND: "Humanoid robots",
    }
    rows = edition.statements
    rows = rows[rows["series"].isin(named) & rows["measure"].isin(["level", "ytd", "forecast"])]
    rows = rows[(rows["period"].str.len() == 4) | (rows["measure"] == "ytd")]
    rows = rows[rows["period"] >= "2020"]
    found = rows.groupby(["series", "measure", "period"]).agg(
        low=("value", "min"), high=("value", "max"), source=("source", "first")).reset_index()
    found["what"] = [f"{named[row['series']]}, {_when(row)}" for _, row in found.iterrows()]
    if path is not None:
        end = {"what": f"Humanoid robots, {path.last} (the note)", "low": path.end[1], "high": path.end[2],
               "source": path.note}
        found = pd.concat([found, pd.DataFrame([end])])
    found = found.sort_values(["high", "what"], ascending=[False, True], ignore_index=True)
    return found[["what", "low", "high", "source"]]


def _when(row: pd.Series) -> str:
    if row["measure"] == "ytd":
        return f"Jan\u2013{row['period']}"
    return f"{row['period']} (forecast)" if row["measure"] == "forecast" else row["period"]


def draw_scale(frame: pd.DataFrame):
    """Return tonnages on one logarithmic scale."""
    return labelled_spans(frame, "what", "t", log=True)


def scale_alt(frame: pd.DataFrame) -> str:
    """Return the text alternative: the largest and the smallest tonnage."""
    if frame.empty:
        return ""
    first, last = frame.iloc[0], frame.iloc[-1]
    return (f"From {first['what']} with {number(first['high'], 't', 1)} down to {last['what']} with "
            f"{number(last['high'], 't', 1)}.")


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
        low, high = scenarios.kg_per_unit((row["bound_low"], row["bound_high"]),
                                          (vehicles["bound_low"], vehicles["bound_high"]))
        total, made_words = number(row["value"], "t", 100), number(vehicles["value"] / 1e6, "million", 0.01)
        told.append(f"{who_printed(edition, demand.tail(1))} puts the magnets in China's new-energy vehicles from "
                    f"January to {period_name(row['period'])} at {total}; over the {made_words} made (CAAM) that is "
                    f"{_between(low, high, 'kg each', 0.01)}{_stated_weight(edition, low, high)}.")
    if demand.empty:
        told.append(f"No source known to the edition of {period_name(edition.month)} prints the magnets in new-energy "
                    "vehicles since January.")
    return [*told, _path_beside(edition, path)]


def _stated_weight(edition, low: float, high: float) -> str:
    stated = scenarios.quoted_range(edition.statements[edition.statements["series"] == "ndfeb.kg_per_nev"])
    if stated is None:
        return ""
    meets = low <= stated[1] and high >= stated[0]
    return f", {'inside' if meets else 'outside'} the {_kg(stated)} that sources state"


def _path_beside(edition, path) -> str | None:
    world, china = edition.latest("ndfeb.demand.nev.world", "forecast"), edition.years("ndfeb.demand.auto.cn")
    if path is None or (world.empty and china.empty):
        return None
    rows = world.head(1) if len(world) else china.tail(1)
    vehicles = "new-energy vehicles worldwide are said to need" if len(world) else "vehicles in China are said to take"
    now = rows.iloc[0]
    share = number(100 * path.end[0] / now["value"], "%", 1)
    return (f"The path's end in {path.last} is {share} of what {vehicles} in {now['period']} "
            f"({number(now['value'], 't', 100)}, {who_printed(edition, rows)}).")
