"""Sentences and frames on magnesium capacity: what is stated, whose output over whose capacity, what retiring does."""

import pandas as pd

from metalsbook.analysis.capacity import (
    capacity_to_retire,
    utilisation_matrix,
    years_with_both,
)
from metalsbook.page.figures import KeyFigure
from metalsbook.page.html import Html
from metalsbook.page.narrative import as_printed, count_of, gap, join_words, number, percent
from metalsbook.page.sentences import rounded
from metalsbook.page.tables import origin, table, with_publisher

CAPACITY, OUTPUT, OUTPUT_SMM = "mg.capacity.cn", "mg.output.cn", "mg.output.cn.smm"
WORLD_CAPACITY, WORLD_OUTPUT = "mg.capacity.world", "mg.output.world"
RATE, WORLD_RATE, WORLD_SHARE = "mg.utilisation.cn", "mg.utilisation.world", "mg.output.cn.share_world"
GOOD_RATE_PCT = 85
"""Assumption: the share of capacity that a smelter runs at in good years, to see how far the industry is from it."""
COMPUTED, STATED = "computed", "stated"


def stated_years(edition, series: str | list[str], kind: str = "") -> pd.DataFrame:
    """Return every print of yearly levels with `who` and `kind`; several series may go into one kind.

    Args:
        edition: The edition.
        series: One series or several.
        kind: What they are, as shown.
    """
    names = [series] if isinstance(series, str) else series
    rows = pd.concat([edition.prints(name) for name in names])
    rows = rows[rows["period"].str.len() == 4]
    return with_publisher(edition, rows).assign(kind=kind).reset_index(drop=True)


def most_printed(edition, label: str, series: str) -> KeyFigure:
    """Return the key figure of a yearly series with rival prints: the figure of the last year that most houses print.

    The change is the one that a source prints; a rival's figure of the year before is never set against it.

    Args:
        edition: The edition.
        label: What it is called.
        series: A series with yearly levels.
    """
    rows = stated_years(edition, series)
    spec = edition.spec(series)
    if rows.empty:
        return KeyFigure(label, basis=spec["place"])
    rows = rows[rows["period"] == rows["period"].max()]
    houses = rows.groupby("value")["who"].nunique()
    row = rows[rows["value"] == max(houses.index, key=lambda value: (houses[value], value))].iloc[-1]
    growth = edition.prints(series, "yoy", row["period"])
    own = growth[growth["source"].isin(rows.loc[rows["value"] == row["value"], "source"])]
    growth = own if len(own) else growth
    change = f"{percent(growth.iloc[-1]['value'])} on the year, as printed" if len(growth) else ""
    rivals = "" if rows["value"].nunique() == 1 else f"; {rows['value'].nunique()} rival figures"
    return KeyFigure(label, _figure(row), row["period"], change, "", f"{spec['place']}{rivals}", origin(edition, row))


def rates_of_year(edition, year: str) -> pd.DataFrame:
    """Return every utilisation of a year: each stated output over each stated capacity, and rates as stated.

    Args:
        edition: The edition.
        year: The year.

    Returns:
        Columns label, region, low, high, value (%), kind, output_t, capacity_t; largest first within China and world.
    """
    frames = []
    for region, outputs, capacity, rate in (
        ("China", [OUTPUT, OUTPUT_SMM], CAPACITY, RATE), ("World", [WORLD_OUTPUT], WORLD_CAPACITY, WORLD_RATE),
    ):
        made, room = stated_years(edition, outputs), stated_years(edition, capacity)
        rows = utilisation_matrix(made, room, year).sort_values("value", ascending=False)
        labels = [f"{region}: {number(row['output_t'] / 1000, '', 0.1)} / {number(row['capacity_t'] / 1000, 'kt', 0.1)}"
                  for _, row in rows.iterrows()]
        frames.append(rows.assign(label=labels, region=region, kind=COMPUTED))
        said = stated_years(edition, rate)
        said = said[said["period"] == year]
        frames.append(pd.DataFrame({
            "label": [f"{region}: stated, {_short(who)}" for who in said["who"]], "region": region,
            "low": said["bound_low"], "high": said["bound_high"], "value": said["value"], "kind": STATED,
        }))
    return pd.concat(frames, ignore_index=True)


def _short(names: str) -> str:
    first, *others = names.split(", ")
    return f"{first} +{len(others)}" if others else first


def _houses(row: pd.Series) -> str:
    """Return whose output over whose capacity a rate is."""
    named = [_short(row[name]).replace(" +", " and ") for name in ("output_by", "capacity_by")]
    return " over ".join(f"{name} more" if " and " in name else name for name in named)


def last_year_with_rate(edition) -> str:
    """Return the last year for which China's output and capacity are both stated; "" where there is none."""
    years = years_with_both(stated_years(edition, [OUTPUT, OUTPUT_SMM]), stated_years(edition, CAPACITY))
    return years[-1] if years else ""


def rates_sentences(edition, rates: pd.DataFrame, year: str) -> list[str]:
    """Return between what and what the utilisation of a year lies, and whose figures make the ends.

    Args:
        edition: The edition.
        rates: Result of `rates_of_year`.
        year: The year.
    """
    own = rates[(rates["region"] == "China") & (rates["kind"] == COMPUTED)]
    if own.empty:
        return ["No year known to this edition has a stated output and a stated capacity of China."]
    top, bottom = own.iloc[0], own.iloc[-1]
    said = [
        f"For {year}, whose output over whose capacity gives anything from {percent(bottom['value'], 0, False)} "
        f"({_houses(bottom)}) to {percent(top['value'], 0, False)} ({_houses(top)}) of China's capacity in use: "
        f"{count_of(len(own), 'pair')} of figures, all printed."
    ]
    stated = rates[(rates["kind"] == STATED) & (rates["region"] == "China")]
    if len(stated):
        rates_said = join_words([f"{percent(row['value'], 0, False)}" for _, row in stated.iterrows()])
        above = (stated["low"] > own["high"].max()).any()
        said.append(f"Stated outright is {rates_said}" + (
            ", which no pair of printed figures reaches." if above else ", within what the pairs allow."))
    world = rates[rates["region"] == "World"]
    if len(world):
        ends = list(dict.fromkeys(percent(end, 0, False) for end in (world["value"].min(), world["value"].max())))
        said.append(f"The world as a whole reads {' to '.join(ends)}.")
    return said


def rates_table(rates: pd.DataFrame, year: str) -> Html:
    """Return whose output over whose capacity makes which rate, or a note that no year has both."""
    own = rates[rates["kind"] == COMPUTED]
    if own.empty:
        return gap("No year has a stated output and a stated capacity.")
    shown = pd.DataFrame({
        "Whose output": own["output_by"], "t": own["output_t"], "Whose capacity": own["capacity_by"],
        "t a year": own["capacity_t"], "In use, %": own["value"], "Where": own["region"],
    })
    whole = dict.fromkeys(["t", "t a year"], lambda value: number(value, "", 1))
    return table(shown, f"Utilisation of {year}: every stated output over every stated capacity",
                 whole | {"In use, %": lambda value: f"{value:.1f}"})


def rates_text(rates: pd.DataFrame) -> str:
    """Return the text alternative of rates in rows."""
    said = [f"{row['label']} {percent(row['value'], 0, False)}" for _, row in rates.iterrows()]
    return f"Utilisation: {'; '.join(said)}." if said else "No utilisation."


def range_text(frame: pd.DataFrame, what: str, unit: str) -> str:
    """Return the text alternative of stated figures: how many, from when to when, and the spread of the last year."""
    if frame.empty:
        return f"No {what}."
    last = frame["period"].max()
    said = [f"{kind} {number(rows['value'].min(), unit)}" + (
        "" if rows["value"].nunique() == 1 else f" to {number(rows['value'].max(), unit)}")
        for kind, rows in frame[frame["period"] == last].groupby("kind", sort=False)]
    return (f"{count_of(len(frame), 'figure')} from {frame['period'].min()} to {last}. {what.capitalize()} of {last}: "
            f"{join_words(said)}.")


def levels(edition) -> pd.DataFrame:
    """Return every stated yearly capacity and output of China, by kind."""
    kinds = {CAPACITY: "capacity", OUTPUT: "output, association", OUTPUT_SMM: "output, SMM"}
    return pd.concat([stated_years(edition, series, kind) for series, kind in kinds.items()], ignore_index=True)


def level_sentences(edition) -> list[str]:
    """Return the spread of stated output in its last year, and the capacity beside it."""
    made = stated_years(edition, [OUTPUT, OUTPUT_SMM])
    if made.empty:
        return ["No yearly output of China is known to this edition."]
    year = made["period"].max()
    own = made[made["period"] == year]
    room = edition.years(CAPACITY)
    low, high = own.loc[own["value"].idxmin()], own.loc[own["value"].idxmax()]
    said = [f"{count_of(len(own), 'print')} of China's output in {year} lie between {_figure(low)} ({low['who']}) and "
            f"{_figure(high)} ({high['who']}), {percent(100 * (high['value'] / low['value'] - 1), 0, False)} apart."]
    if len(room):
        last, first = room.iloc[-1], room.iloc[0]
        said.append(f"The latest stated capacity is {_figure(last)} for {last['period']}; for {first['period']} it was "
                    f"{_figure(first)}.")
    return said


def _figure(row: pd.Series) -> str:
    return as_printed(row)


def rates_by_year(edition) -> pd.DataFrame:
    """Return `rates_of_year` of every year that has one, for China: columns period, value, kind, who."""
    made, room = stated_years(edition, [OUTPUT, OUTPUT_SMM]), stated_years(edition, CAPACITY)
    frames = [
        utilisation_matrix(made, room, year).assign(period=year, kind=COMPUTED) for year in years_with_both(made, room)
    ]
    frames = [frame.assign(who=frame["output_by"] + " over " + frame["capacity_by"]) for frame in frames]
    said = stated_years(edition, RATE, STATED)
    return pd.concat([*frames, said], ignore_index=True)[["period", "value", "kind", "who"]]


def retirement_sentences(china: pd.DataFrame, year: str) -> list[str]:
    """Return how much capacity would have to go for the least and the most output of a year to fill 85% of the rest.

    Args:
        china: Rows of `rates_of_year` with an output and a capacity, largest rate first.
        year: The year.
    """
    if china.empty:
        return ["No year has a stated output and a stated capacity, so that nothing can be retired on paper."]
    ends = [capacity_to_retire(row["output_t"], row["capacity_t"], GOOD_RATE_PCT) for row in
            (china.iloc[0], china.iloc[-1])]
    share = [100 * end / row["capacity_t"] for end, row in zip(ends, (china.iloc[0], china.iloc[-1]), strict=True)]
    return [
        f"For the output of {year} to fill {GOOD_RATE_PCT}% of capacity (an assumption of what a healthy smelter runs "
        f"at), {rounded(ends[0] / 1000, '', 10)} to {rounded(ends[1] / 1000, 'thousand t', 10)} a year would have to "
        f"go, {percent(share[0], 0, False)} to {percent(share[1], 0, False)} of what stands, depending on whose output "
        "counts.",
    ]


