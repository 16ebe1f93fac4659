"""Magnets in humanoid robots: what a stated path implies, and who contradicts it.

Robots are forecast by houses that count different things; each keeps its name, and no mean is taken.
"""

from math import floor, log10

import pandas as pd

from metalsbook.analysis import scenarios
from metalsbook.analysis.intervals import Interval
from metalsbook.page import charts
from metalsbook.page.cited import without_copies
from metalsbook.page.html import Html
from metalsbook.page.narrative import as_printed, bound_word, gap, join_words, number, period_name
from metalsbook.page.scenario_charts import growth_path, units_times_weight
from metalsbook.page.sentences import interval_words
from metalsbook.page.tables import origin, table, who_printed

DEMAND = "humanoid.ndfeb.demand"
WEIGHTS = ["humanoid.ndfeb.kg_per_robot", "ndfeb.per_humanoid"]
ALONE = "humanoid.ndpr.kg_per_robot"
"""Neodymium and praseodymium in a robot: a part of its magnets, never their weight."""
MAGNETS, METAL = "magnets", "neodymium and praseodymium in them"
DOUBTFUL = "said of magnets, though others state as much of neodymium and praseodymium alone"
ROBOTS = {
    "humanoid.shipments.world.goldman": "Goldman Sachs",
    "humanoid.shipments.world.omdia": "Omdia",
    "humanoid.shipments.world.trendforce": "TrendForce",
    "humanoid.shipments.world.counterpoint": "Counterpoint",
    "humanoid.shipments.world.bofa": "Bank of America",
    "humanoid.output.world": "",
    "humanoid.shipments.world": "page of mixed sources",
}
ROBOTS_IN_CHINA = {
    "humanoid.shipments.cn.morgan_stanley": "Morgan Stanley, China",
    "humanoid.shipments.cn.ggii": "GGII, China",
    "humanoid.shipments.cn.kaiyuan": "Kaiyuan, China",
    "humanoid.shipments.cn": "unnamed, China",
}
LAST_YEAR = 2035


def known_weights(edition) -> pd.DataFrame:
    """Return the statements of magnets in one robot, and of the metal in them, with `kind`: what is weighed."""
    metal = scenarios.quoted_range(edition.rows_of(ALONE))
    rows = edition.rows_of(*WEIGHTS, ALONE).sort_values(["period", "series", "statement"])
    return rows.assign(kind=[_kind(row, metal) for _, row in rows.iterrows()]).reset_index(drop=True)


def _kind(row: pd.Series, metal: tuple[float, float] | None) -> str:
    if row["series"] == ALONE:
        return METAL
    low, high = (row["value"] if pd.isna(row[end]) else row[end] for end in ("low", "high"))
    return DOUBTFUL if metal and metal[0] <= low and high <= metal[1] else MAGNETS


def known_robots(edition, named: dict[str, str] = ROBOTS) -> pd.DataFrame:
    """Return the forecasts of robots a year up to `LAST_YEAR`; columns as of `scenarios.forecasts`.

    Args:
        edition: The edition.
        named: Series -> whose forecast it is, "" where the publisher says it; default those of the whole world.
    """
    publishers = edition.publishers.to_dict()
    rows = scenarios.forecasts(without_copies(edition.rows_of(*named), edition.sources), named, publishers)
    return rows[rows["year"] <= LAST_YEAR].reset_index(drop=True)


def weight_range(weights: pd.DataFrame) -> tuple[float, float]:
    """Return the least and greatest stated weight of magnets, or the book's assumption where nobody states one."""
    return scenarios.quoted_range(weights[weights["kind"] == MAGNETS] if len(weights) else weights) or (
        scenarios.HUMANOID_NDFEB_KG
    )


def sentences(edition, path, weights: pd.DataFrame, robots: pd.DataFrame) -> list[str | None]:
    """Return what the stated path implies and what others say of it.

    Args:
        edition: The edition.
        path: `scenarios.StatedPath` or None.
        weights: As of `known_weights`.
        robots: As of `known_robots`, of the whole world.
    """
    kg = weight_range(weights)
    missing = f"No note known to the edition of {period_name(edition.month)} states a path of their magnet demand."
    said = [_path_sentence(edition, path), _base_in_robots(edition, path, kg)] if path else [missing]
    said += _rivals(edition, path) if path else []
    said += [_doubt_sentence(weights), _robots_sentence(robots, kg, weights)]
    return [
        *said,
        _china_sentence(robots, known_robots(edition, ROBOTS_IN_CHINA)),
        _end_sentence(path, kg, robots) if path else None,
    ]


def _path_sentence(edition, path) -> str:
    base = path.unrolled().iloc[0]
    end, rate = number(path.end[0], "t", 100), number(path.rate_pct[0], "%", 0.1)
    return (
        f"{_publisher(edition, path.note)} ends at {end} in {path.last} after growth of {rate} a year from "
        f"{path.first}. That implies a base that it does not print: {_span_words(base)} in {path.first}."
    )


def _span_words(row: pd.Series) -> str:
    return interval_words(Interval(row["low"], row["high"], row["value"]), "t")


def _publisher(edition, source: str) -> str:
    found = edition.source(source)
    return f"The note of {found['publisher'].split(',')[0].split(' [')[0]}" if found else "The note"


def _base_in_robots(edition, path, kg: tuple[float, float]) -> str:
    base = path.unrolled().iloc[0]
    least, most = 1000 * base["low"] / kg[1], 1000 * base["high"] / kg[0]
    counted = edition.years("humanoid.shipments.cn")
    counted = counted[counted["period"] == str(path.first)]
    beside = (
        ""
        if counted.empty
        else (
            f"; for China {who_printed(edition, counted.tail(1))} prints "
            f"{as_printed(counted.iloc[-1])} shipped that year"
        )
    )
    return f"With {kg_words(*kg)} of magnets in each, that base is {_between(least, most, 'robots')}{beside}."


def _rivals(edition, path) -> list[str]:
    """Return a sentence for each other figure of the path's demand: what the path gives for that year."""
    rows = without_copies(edition.rows_of(DEMAND), edition.sources)
    rows = rows[(rows["measure"] == "forecast") & (rows["source"] != path.note)]
    years = path.unrolled().set_index("period")
    said = []
    for period, group in rows[rows["period"].isin(years.index)].groupby("period"):
        last, own = group.iloc[-1], years.loc[period]
        said.append(
            f"For {period} the path gives {_span_words(own)}, against {as_printed(last)} by "
            f"{who_printed(edition, group)}: {_times(own, last)}."
        )
    return said


def _times(own: pd.Series, other: pd.Series) -> str:
    """Return how the path compares with another figure; a bound stays a bound."""
    word = bound_word(other)
    if own["value"] >= other["value"]:
        if word == "less than":
            return f"the path is more than {number(own['low'] / other['value'], '', 0.1)} times that"
        return f"the path is about {number(own['value'] / other['value'], '', 0.1)} times that"
    if word in ("more than", "at least"):
        return f"that is {word} {number(other['value'] / own['high'], '', 0.1)} times the path"
    return f"that is about {number(other['value'] / own['value'], '', 0.1)} times the path"


def _doubt_sentence(weights: pd.DataFrame) -> str | None:
    doubtful = weights[weights["kind"] == DOUBTFUL] if len(weights) else weights
    if doubtful.empty:
        return None
    low, high = scenarios.quoted_range(doubtful)
    return f"Not used: {kg_words(low, high)} that are {DOUBTFUL}."


def _robots_sentence(robots: pd.DataFrame, kg: tuple[float, float], weights: pd.DataFrame) -> str | None:
    if robots.empty:
        return "No forecast of humanoid robots a year is known to this edition."
    last = robots[robots["year"] == robots["year"].max()]
    least, most = last["low"].min(), last["high"].max()
    stated = "stated" if len(weights) else "assumed"
    return (
        f"Forecasts of robots for {last.iloc[0]['year']} ({join_words(sorted(set(last['who'])))}) run "
        f"{_span(least, most)}; with the {stated} {kg_words(*kg)} each they need "
        f"{_between(least * kg[0] / 1000, most * kg[1] / 1000, 't')} of magnets."
    )


def _china_sentence(robots: pd.DataFrame, china: pd.DataFrame) -> str | None:
    """Return the highest forecast for China alone in the last year that it and the world's forecasts share."""
    china = china[china["year"].isin(robots["year"])]
    if china.empty:
        return None
    top = china[china["year"] == china["year"].max()].sort_values("high", kind="stable").iloc[-1]
    world = robots[robots["year"] == top["year"]].sort_values("high", kind="stable").iloc[-1]
    said = (
        f"For China alone {top['who'].split(',')[0]} forecasts {number(top['high'], '', 1)} in {top['year']}, "
        f"against {number(world['high'], '', 1)} for the whole world by {world['who']}"
    )
    return f"{said}: they cannot count alike." if top["high"] >= world["high"] else f"{said}."


def _end_sentence(path, kg: tuple[float, float], robots: pd.DataFrame) -> str:
    robots_words = _between(path.end[1] / kg[1] / 1000, path.end[2] / kg[0] / 1000, "million robots")
    said = f"The path's end means {robots_words} in {path.last}"
    same = robots[robots["year"] == path.last]
    if same.empty:
        return f"{said}; no forecast of robots for that year is known here."
    most = same["high"].max()
    return (
        f"{said}, or about {number(1000 * path.end[0] / most, 'kg', 1)} of magnets in each of the "
        f"{number(most / 1e6, 'million', 0.1)} that the highest forecast known here sees."
    )


def kg_words(low: float, high: float) -> str:
    """Return stated kilograms with no digit that nobody printed: "2 to 4 kg", "0.9 to 1.3 kg"."""
    first, last = (number(end, "", 1 if float(end).is_integer() else 0.1) for end in (low, high))
    return f"{first} kg" if low == high else f"{first} to {last} kg"


def _between(low: float, high: float, unit: str) -> str:
    """Return a range with two significant digits: a product of rough factors is no finer."""
    first, last = (number(end, "", 10 ** (floor(log10(end)) - 1)) for end in (low, high))
    return f"about {last} {unit}" if first == last else f"about {first} to {last} {unit}"


def _span(low: float, high: float) -> str:
    return f"to {number(high, '', 1)}" if low == high else f"from {number(low, '', 1)} to {number(high, '', 1)}"


def weights_table(edition, weights: pd.DataFrame) -> Html:
    """Return the stated weights in a robot: what is weighed, by whom; a gap without any."""
    if weights.empty:
        return gap("No source known to this edition states a weight of magnets in a humanoid robot.")
    return table(
        pd.DataFrame(
            {
                "Period": weights["period"],
                "kg": weights["stated"],
                "Of what": weights["kind"],
                "Origin": [origin(edition, row) for _, row in weights.iterrows()],
            }
        ),
        "Magnets in a humanoid robot, and the metal in them, as sources print them",
    )


def path_chart(edition, path):
    """Return the stated path with sliders for its end and growth, beside other figures; a gap without a path."""
    if path is None:
        return gap("No note known to this edition states a path of magnet demand in humanoid robots to unroll.")
    years = path.unrolled()
    publishers = edition.publishers.to_dict()
    rivals = scenarios.forecasts(without_copies(edition.rows_of(DEMAND), edition.sources), {DEMAND: ""}, publishers)
    rivals = rivals[rivals["year"].between(path.first, path.last)].drop_duplicates(["year", "value"])
    chart = growth_path(
        years, rivals[["who", "year", "low", "high", "qualifier"]], path.end[0], path.rate_pct[0], path.last, "t"
    )
    note = pd.DataFrame({"source": [path.note]})
    printed = edition.rows_of(DEMAND)[["source"]]
    return charts.present(
        chart,
        "Magnets in humanoid robots: a stated path, and yours",
        "t of NdFeB a year, logarithmic; shaded: the path as stated; line: your end and growth; triangle: less than",
        who_printed(edition, pd.concat([note, printed])),
        charts.describe_course(years, "The stated path", "t"),
    )


def robots_chart(edition, robots: pd.DataFrame, weights: pd.DataFrame, path):
    """Return forecast robots times a weight set by a slider, beside the end of the stated path; a gap without them."""
    robots = pd.concat([robots, known_robots(edition, ROBOTS_IN_CHINA)], ignore_index=True)
    if robots.empty:
        return gap("No forecast of humanoid robots a year is known to this edition.")
    kg = weight_range(weights)
    marks = None if path is None else pd.DataFrame({"what": [f"the note's {path.last}"], "tonnes": [path.end[0]]})
    shown = robots[["who", "year", "low", "high"]]
    chart = units_times_weight(shown, round((kg[0] + kg[1]) / 2, 1), 20, "t", marks=marks)
    kind = "stated" if len(weights) else "assumed"
    unit = f"t of NdFeB a year, logarithmic; the world, or China where said; begins with the middle of {kind} weights"
    least, most = robots["low"].min(), robots["high"].max()
    text = f"Forecasts between {number(least, 'robots', 1)} and {number(most, 'robots', 1)} a year, times a weight."
    return charts.present(
        chart,
        "Forecast humanoid robots times a weight that you set",
        unit,
        who_printed(edition, robots),
        text,
        height=None,
    )
