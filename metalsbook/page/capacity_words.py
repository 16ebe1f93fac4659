"""Sentences and frames on magnesium capacity: what is stated, whose output over whose capacity, what retiring does."""

import pandas as pd

from metalsbook.analysis.capacity import (
    distinct_figures,
    utilisation_matrix,
    years_with_both,
)
from metalsbook.page.cited import without_copies
from metalsbook.page.figures import KeyFigure
from metalsbook.page.html import Html
from metalsbook.page.narrative import as_printed, count_of, gap, join_words, number, percent, rate_as_printed
from metalsbook.page.tables import origin, table, with_publisher
from metalsbook.page.verdicts import recomputed

CAPACITY, OUTPUT, OUTPUT_SMM = "mg.capacity.cn", "mg.output.cn", "mg.output.cn.smm"
WORLD_CAPACITY, WORLD_OUTPUT = "mg.capacity.world", "mg.output.world"
RATE, WORLD_RATE, WORLD_SHARE = "mg.utilisation.cn", "mg.utilisation.world", "mg.output.cn.share_world"
TEN_YEARS = "mg.utilisation.cn.avg10y"
COMPUTED, STATED, TEN_YEAR_MEAN = "computed", "stated", "stated, mean of ten years"
LINE = "\n"
"""Ends the first line of a label of a chart."""


def stated_years(edition, series: str | list[str], kind: str = "") -> pd.DataFrame:
    """Return every print of yearly levels with `who`, `house` and `kind`; several series may go into one kind.

    A page that repeats another is left out; `house` is who produced a figure, as the table of sources has it.

    Args:
        edition: The edition.
        series: One series or several.
        kind: What they are, as shown.
    """
    names = [series] if isinstance(series, str) else series
    rows = pd.concat([edition.prints(name) for name in names])
    rows = with_publisher(edition, without_copies(rows[rows["period"].str.len() == 4], edition.sources))
    origins = rows["source"].map(edition.sources.set_index("source")["origin"]).fillna("")
    houses = origins.where(~origins.isin(["", "unknown"]), rows["who"])
    # One page's figure may stand under two names.
    rows = rows.assign(kind=kind, house=houses).drop_duplicates(["period", "value", "source"])
    return rows.reset_index(drop=True)


def most_printed(edition, label: str, series: str) -> KeyFigure:
    """Return the key figure of a yearly series with rival prints: the figure of the last year that most houses print.

    The change is the one that a source prints; a rival's figure of the year before is never set against it.

    Args:
        edition: The edition.
        label: What it is called.
        series: A series with yearly levels.
    """
    spec, row = edition.spec(series), most_printed_row(edition, series)
    if row is None:
        return KeyFigure(label, basis=spec["place"])
    rows = stated_years(edition, series)
    rows = rows[rows["period"] == row["period"]]
    growth = edition.prints(series, "yoy", row["period"])
    own = growth[growth["source"].isin(rows.loc[rows["value"] == row["value"], "source"])]
    growth = own if len(own) else growth
    change = f"{rate_as_printed(growth.iloc[-1])} on the year, as printed" if len(growth) else ""
    # A finer print of the same figure is no rival.
    rivals = [one for one in distinct_figures(rows) if not row["bound_low"] <= one.figure.best <= row["bound_high"]]
    told = join_words([f"{number(one.figure.best, row['unit'], 1)} ({_short(one.who)})" for one in rivals])
    basis = f"{spec['place']}; {'rival' if len(rivals) == 1 else 'rivals'}: {told}" if rivals else spec["place"]
    return KeyFigure(label, _figure(row), row["period"], change, "", basis, origin(edition, row))


def most_printed_row(edition, series: str) -> pd.Series | None:
    """Return the statement of the figure that most houses print for the last year that has any, or None."""
    rows = stated_years(edition, series)
    if rows.empty:
        return None
    rows = rows[rows["period"] == rows["period"].max()]
    houses = rows.groupby("value")["house"].nunique()
    return rows[rows["value"] == max(houses.index, key=lambda value: (houses[value], value))].iloc[-1]


def rates_of_year(edition, year: str) -> pd.DataFrame:
    """Return every utilisation of a year: each stated output over each stated capacity, and rates as stated.

    Args:
        edition: The edition.
        year: The year.

    Returns:
        Columns label (in lines: whose output, whose capacity, the figures), region, low, high, value (%), kind,
        output_t, capacity_t; largest first within China and world.
    """
    frames = []
    for region, outputs, capacity, rate in (
        ("China", [OUTPUT, OUTPUT_SMM], CAPACITY, RATE),
        ("World", [WORLD_OUTPUT], WORLD_CAPACITY, WORLD_RATE),
    ):
        made, room = stated_years(edition, outputs), stated_years(edition, capacity)
        rows = utilisation_matrix(made, room, year).sort_values("value", ascending=False, kind="stable")
        lead = "" if region == "China" else f"{region}: "
        labels = [
            f"{lead}{_short(row['output_by'])}{LINE}over {_short(row['capacity_by'])}{LINE}"
            f"{number(row['output_t'] / 1000, '', 0.1)} / {number(row['capacity_t'] / 1000, 'kt', 0.1)}"
            for _, row in rows.iterrows()
        ]
        frames.append(rows.assign(label=labels, region=region, kind=COMPUTED))
        said = stated_years(edition, rate)
        said = said[said["period"] == year]
        frames.append(
            pd.DataFrame(
                {
                    "label": [f"{lead}{_short(who)}{LINE}stated outright" for who in said["who"]],
                    "region": region,
                    "low": said["bound_low"],
                    "high": said["bound_high"],
                    "value": said["value"],
                    "kind": STATED,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _short(names: str) -> str:
    first, *others = names.split(", ")
    return f"{first} +{len(others)}" if others else first


def _houses(row: pd.Series) -> str:
    """Return whose output over whose capacity a rate is."""
    named = [_short(row[name]).replace(" +", " and ") for name in ("output_by", "capacity_by")]
    made, room = (f"{name} more" if " and " in name else name for name in named)
    return f"output as printed by {made} over capacity as printed by {room}"


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
    ends = list(dict.fromkeys(f"{percent(row['value'], 0, False)} ({_houses(row)})" for row in (bottom, top)))
    said = [
        f"For {year}, {count_of(len(own), 'pair')} of a printed output and a printed capacity "
        f"{'puts' if len(own) == 1 else 'put'} China's smelters at {' to '.join(ends)} of capacity."
    ]
    said += [_stated_sentence(edition, row, own) for _, row in _of_year(stated_years(edition, RATE), year).iterrows()]
    mean = edition.years(TEN_YEARS) if edition.has(TEN_YEARS) else pd.DataFrame()
    if len(mean):
        row = with_publisher(edition, mean).iloc[-1]
        said.append(f"A mean of ten years is put at {percent(row['value'], 0, False)} ({row['who']}).")
    world = rates[rates["region"] == "World"]
    if len(world):
        ends = list(dict.fromkeys(percent(end, 0, False) for end in (world["value"].min(), world["value"].max())))
        said.append(f"For the world, printed figures make {' to '.join(ends)}.")
    return said


def _of_year(rows: pd.DataFrame, year: str) -> pd.DataFrame:
    return rows[rows["period"] == year]


def _stated_sentence(edition, row: pd.Series, own: pd.DataFrame) -> str:
    """Return a rate stated outright, how it lies to the pairs, and what its own page's output and capacity make."""
    side = "above" if row["bound_low"] > own["high"].max() else "below" if row["bound_high"] < own["low"].min() else ""
    said = (
        f"{percent(row['value'], 0, False)} is stated outright by {row['who']}, "
        f"{f'{side} what any pair makes' if side else 'within what the pairs make'}"
    )
    page = [
        _of_year(rows[rows["source"] == row["source"]], row["period"])
        for rows in (stated_years(edition, OUTPUT), stated_years(edition, CAPACITY))
    ]
    if all(len(rows) for rows in page):
        made, room = (rows.iloc[-1] for rows in page)
        said += (
            f"; the same page prints {_figure(made)} made and a capacity of {_figure(room)}, which is "
            f"{percent(100 * made['value'] / room['value'], 0, False)}"
        )
    return f"{said}."


def judged_rate_sentence(edition, rates: pd.DataFrame, year: str) -> str | None:
    """Return what the notes say of the year's utilisation, the verdict, and what other figures would have made of it.

    Args:
        edition: The edition.
        rates: Result of `rates_of_year`.
        year: The year.
    """
    claims = edition.claims
    own = claims[(claims["series"] == RATE) & (claims["period"] == year)] if len(claims) else claims
    pairs = rates[(rates["region"] == "China") & (rates["kind"] == COMPUTED)]
    if own.empty or pairs.empty:
        return None
    claim, least = own.iloc[-1], pairs.iloc[-1]
    others = [f"{_short(least['output_by'])}'s output makes {percent(least['value'], 0, False)}"]
    others += [
        f"{row['who']} states {percent(row['value'], 0, False)} outright"
        for _, row in _of_year(stated_years(edition, RATE), year).iterrows()
    ]
    return (
        f"A note says: \u201c{claim['statement']}\u201d ({claim['claim']}). Verdict: {claim['verdict']}, since "
        f"{recomputed(claim)} follows from the capacity and the output that most houses print; "
        f"{join_words(others)}, so that the figure is one choice among rivals."
    )


def rates_table(rates: pd.DataFrame, year: str) -> Html:
    """Return whose output over whose capacity makes which rate, or a note that no year has both."""
    own = rates[rates["kind"] == COMPUTED]
    if own.empty:
        return gap("No year has a stated output and a stated capacity.")
    shown = pd.DataFrame(
        {
            "Whose output": own["output_by"],
            "t": own["output_t"],
            "Whose capacity": own["capacity_by"],
            "t a year": own["capacity_t"],
            "In use, %": own["value"],
            "Where": own["region"],
        }
    )
    whole = dict.fromkeys(["t", "t a year"], lambda value: number(value, "", 1))
    return table(
        shown,
        f"Utilisation of {year}: every stated output over every stated capacity",
        whole | {"In use, %": lambda value: f"{value:.1f}"},
    )


def rates_text(rates: pd.DataFrame) -> str:
    """Return the text alternative of rates in rows."""
    labels = rates["label"].str.replace(f"{LINE}over", " over").str.replace(LINE, ", ")
    said = [f"{label} {percent(value, 0, False)}" for label, value in zip(labels, rates["value"], strict=True)]
    return f"Utilisation: {'; '.join(said)}." if said else "No utilisation."


def range_text(frame: pd.DataFrame, what: str, unit: str) -> str:
    """Return the text alternative of stated figures: how many, from when to when, and the spread of the last year."""
    if frame.empty:
        return f"No {what}."
    last = frame["period"].max()
    said = []
    for kind, rows in frame[frame["period"] == last].groupby("kind", sort=False):
        least, most = (
            _with_its_digits(rows.loc[place], unit) for place in (rows["value"].idxmin(), rows["value"].idxmax())
        )
        said.append(f"{kind} {least}" if rows["value"].nunique() == 1 else f"{kind} {least} to {most}")
    return (
        f"{count_of(len(frame), 'figure')} from {frame['period'].min()} to {last}. {what.capitalize()} of {last}: "
        f"{join_words(said)}."
    )


def _with_its_digits(row: pd.Series, unit: str) -> str:
    """Return a figure with the digits of its print; a computed one has no print."""
    return number(row["value"], unit, row["resolution"] if pd.notna(row.get("resolution")) else None)


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
    distinct = distinct_figures(own)
    low, high = distinct[-1], distinct[0]
    if len(distinct) == 1:
        said = [f"China's output in {year} is printed as {_tonnes(high)}."]
    else:
        rough = any(
            one.figure.low <= other.figure.best <= one.figure.high
            for one in distinct
            for other in distinct
            if one is not other
        )
        said = [
            f"{len(distinct)} different figures of China's output in {year} are printed"
            f"{', some of which only round others' * rough}, from {_tonnes(low)} to "
            f"{_tonnes(high)}, {percent(100 * (high.figure.best / low.figure.best - 1), 0, False)} apart; they go "
            f"back to {count_of(own['house'].nunique(), 'house')}, reposts not counted."
        ]
    if len(room):
        last, first = room.iloc[-1], room.iloc[0]
        said.append(
            f"The latest stated capacity is {_figure(last)} for {last['period']}; for {first['period']} it was "
            f"{_figure(first)}."
        )
    return said


def named(frame: pd.DataFrame, most: int = 4) -> str:
    """Return whose figures a frame with the column `who` shows, the most frequent first."""
    names = frame["who"].value_counts(sort=False)
    ordered = sorted(names.index, key=lambda name: (-names[name], name))
    others = count_of(len(ordered) - most, "other") if len(ordered) > most else ""
    return ", ".join(ordered[:most]) + (f" and {others}" if others else "")


def _tonnes(one) -> str:
    return f"{number(one.figure.best, 't', 1)} ({_short(one.who)})"


def _figure(row: pd.Series) -> str:
    return as_printed(row)


def rates_by_year(edition) -> pd.DataFrame:
    """Return `rates_of_year` of every year that has one, for China: columns period, value, kind, who."""
    made, room = stated_years(edition, [OUTPUT, OUTPUT_SMM]), stated_years(edition, CAPACITY)
    frames = [
        utilisation_matrix(made, room, year).assign(period=year, kind=COMPUTED) for year in years_with_both(made, room)
    ]
    frames = [frame.assign(who=frame["output_by"] + " over " + frame["capacity_by"]) for frame in frames]
    said = [
        stated_years(edition, series, kind)
        for series, kind in ((RATE, STATED), (TEN_YEARS, TEN_YEAR_MEAN))
        if edition.has(series)
    ]
    return pd.concat([*frames, *said], ignore_index=True)[["period", "value", "kind", "who"]]
