"""Sentences, frames and tables on smelters: regions, companies, operating rates, balance, events."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd

from metalsbook.months import period_end, step_month
from metalsbook.names import base_name, in_english
from metalsbook.page.capacity_words import OUTPUT
from metalsbook.page.figures import KeyFigure
from metalsbook.page.flows import flow_figure, level_words
from metalsbook.page.html import Html, link
from metalsbook.page.narrative import count_of, gap, join_words, percent, period_name
from metalsbook.page.sentences import rounded
from metalsbook.page.tables import origin, table

REGIONS = {
    "Shaanxi": "mg.output.cn.shaanxi",
    "of which Fugu": "mg.output.cn.fugu",
    "Shanxi": "mg.output.cn.shanxi",
    "Ningxia": "mg.output.cn.ningxia",
    "Xinjiang": "mg.output.cn.xinjiang",
    "Inner Mongolia": "mg.output.cn.inner_mongolia",
}
_LATELY_MONTHS = 6


def region_shares(edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the statements of regions (with `name`) and of China as a whole: levels of years and months, and sums."""
    rows = edition.rows_of(*REGIONS.values(), OUTPUT)
    rows = rows[rows["measure"].isin(["level", "ytd"])]
    names = {series: name for name, series in REGIONS.items()}
    parts = rows[rows["series"].isin(names)]
    return parts.assign(name=parts["series"].map(names)), rows[rows["series"] == OUTPUT]


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows with `date`: the last day of their period."""
    return frame.assign(date=pd.to_datetime([period_end(period) for period in frame["period"]]))


def region_sentence(edition, shares: pd.DataFrame) -> str:
    """Return the newest known share of Shaanxi and of Fugu, and the first one known, to compare."""
    said = []
    for name in ("Shaanxi", "of which Fugu"):
        rows = dated(shares[shares["name"] == name]).sort_values("date", kind="stable")
        if len(rows):
            last, first = rows.iloc[-1], rows.iloc[0]
            ends = percent(last["low"], 0, False), percent(last["high"], 0, False)
            known = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
            label = "Shaanxi" if name == "Shaanxi" else "the county of Fugu alone"
            then = f" (against {percent(first['value'], 0, False)} in {_span_name(first)})" if len(rows) > 1 else ""
            said.append(f"{label} {known} of China's primary magnesium in {_span_name(last)}{then}")
    return f"Latest known: {join_words(said)}." if said else "No region's output can be set against China's here."


def _span_name(row: pd.Series) -> str:
    return f"January to {period_name(row['period'])}" if row["measure"] == "ytd" else period_name(row["period"])


def world_share_sentence(shares: pd.DataFrame) -> str:
    """Return the spread of China's share of the world in the last year that has any."""
    if shares.empty:
        return "No share of China in the world's primary magnesium is known to this edition."
    year = shares["period"].max()
    own = shares[shares["period"] == year]
    low, high = own.loc[own["value"].idxmin()], own.loc[own["value"].idxmax()]
    ends = list(dict.fromkeys(f"{percent(row['value'], 0, False)} ({row['who']})" for row in (low, high)))
    span = ends[0] if percent(low["value"], 0) == percent(high["value"], 0) else " to ".join(ends)
    return (
        f"For {year}, China's share of the world's primary magnesium is {span}, by "
        f"{count_of(own['who'].nunique(), 'house that states', 'houses that state')} it or both outputs."
    )


def balance_sentences(balance: pd.DataFrame) -> list[str]:
    """Return whether the balance closes: what is left over in the last year, and in which years it may be nothing."""
    if balance.empty:
        return []
    last = balance.iloc[-1]
    closed = balance[(balance["gap_low"] <= 0) & (balance["gap_high"] >= 0)]["period"].tolist()
    part = [100 * last[end] / last["made"] for end in ("gap_low", "gap_high")]
    shares = " to ".join(dict.fromkeys(percent(share, 0, False) for share in part))
    said = [
        f"{'It may close' if last['period'] in closed else 'It does not close'} for {last['period']}: "
        f"{_kt_span(last['gap_low'], last['gap_high'])} thousand t, {shares} of the output, are neither exported "
        "nor said to be used."
    ]
    others = [year for year in closed if year != last["period"]]
    if others:
        said.append(f"For {join_words(others)} it closes within what rival figures leave.")
    spans = [(row["stated_low"], row["stated_high"]) for _, row in balance.iterrows()]
    said += [
        f"The consumption printed for {later} is that of {earlier} to the last digit: one may repeat the other."
        for (earlier, later), (first, second) in zip(pairwise(balance["period"]), pairwise(spans), strict=True)
        if first == second
    ]
    return said


def balance_table(balance: pd.DataFrame) -> Html:
    """Return output less exports beside stated consumption, by year."""
    if balance.empty:
        return gap("No year known to this edition has China's output, exports and consumption.")
    shown = pd.DataFrame(
        {
            "Year": balance["period"],
            "Output less exports, kt": [_kt_span(row["low"], row["high"]) for _, row in balance.iterrows()],
            "Consumption as stated, kt": [
                _kt_span(row["stated_low"], row["stated_high"]) for _, row in balance.iterrows()
            ],
            "Left over, kt": [_kt_span(row["gap_low"], row["gap_high"]) for _, row in balance.iterrows()],
        }
    )
    caption = "Does China's magnesium balance close? Spans over all rival prints; imports and stocks are left out"
    return table(shown, caption)


def _kt_span(low: float, high: float) -> str:
    ends = rounded(low / 1000, "", 1), rounded(high / 1000, "", 1)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def output_figure(edition, label: str, series: str, basis: str) -> KeyFigure:
    """Return the key figure of monthly output; where no level is known, the printed change stands for it.

    Args:
        edition: The edition.
        label: What it is called.
        series: A flow.
        basis: What it must not be compared across.
    """
    figure, change = flow_figure(edition, label, series, basis), edition.figure(series, "mom")
    if figure.value or change is None:
        return figure
    return replace(
        figure,
        value=f"{percent(change['value'], 2)} on the month",
        period=period_name(edition.month),
        change="the level is not printed",
        origin=origin(edition, change),
    )


def lately_sentence(edition, series: str, what: str) -> str | None:
    """Return the known months of the last six where the edition's own is not one of them; None where none is known.

    Args:
        edition: The edition.
        series: A flow.
        what: Whose count it is, to end a sentence: "the association's count".
    """
    known = edition.estimated(series)
    known = known[
        (known["basis"] != "open")
        & (known["period"] > step_month(edition.month, -_LATELY_MONTHS))
        & (known["period"] <= edition.month)
    ]
    if known.empty or edition.month in set(known["period"]):
        return None
    said = [
        f"{period_name(row['period'])} {level_words(edition, series, row)} ({row['basis']})"
        for _, row in known.iterrows()
    ]
    return f"The last months known on {what}: {join_words(said)}."


def changes_text(changes: pd.DataFrame) -> str:
    """Return the text alternative of printed monthly changes."""
    said = [f"{row['period']} {percent(row['value'])}" for _, row in changes.iterrows()]
    return f"Printed changes on the month before: {join_words(said)}." if said else "No changes."


def events_frame(edition, months: int) -> pd.DataFrame:
    """Return the chapter's events of the last months: columns date, day, topic, what, publisher, url; newest first."""
    events = edition.calendar
    first = step_month(edition.month, 1 - months)
    own = events[(events["chapter"] == "magnesium_capacity") & (events["date"].str.len() >= 7)]
    own = own[own["date"] >= first]
    own = own.assign(day=own["date"], date=pd.to_datetime([period_end(date) for date in own["date"]]))
    return own.sort_values("day", ascending=False, ignore_index=True, kind="stable")


def events_table(events: pd.DataFrame) -> Html:
    """Return events as a table, newest first, each with its page."""
    if events.empty:
        return gap("The ledger's calendar has nothing on plants in these months.")
    shown = pd.DataFrame(
        {
            "When": events["day"],
            "About": events["topic"],
            "What": events["what"],
            "Said by": [Html(link(row["url"], in_english(row["publisher"]))) for _, row in events.iterrows()],
        }
    )
    return table(shown, "Plants, rules and stocks: what the ledger's calendar has")


def shares_text(shares: pd.DataFrame) -> str:
    """Return the text alternative of shares over time: first and last of each part."""
    said = []
    for name, rows in shares.groupby("name", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        said.append(
            f"{name} {percent(first['value'], 0, False)} in {first['period']}"
            + (f" and {percent(last['value'], 0, False)} in {last['period']}" if len(rows) > 1 else "")
        )
    return f"Shares of China's output: {'; '.join(said)}." if said else "No shares."


def publishers_text(events: pd.DataFrame) -> str:
    """Return who reported the events, the most frequent first."""
    names = events["publisher"].map(base_name).value_counts(sort=False)
    ordered = sorted(names.index, key=lambda name: (-names[name], name))
    return ", ".join(ordered[:4]) + (f" and {count_of(len(ordered) - 4, 'other')}" if len(ordered) > 4 else "")


def events_text(events: pd.DataFrame) -> str:
    """Return the text alternative of the events: how many of each topic, and the newest."""
    if events.empty:
        return "No events."
    counts = events["topic"].value_counts()
    said = join_words([f"{count} on {topic}" for topic, count in counts.items()])
    return f"{count_of(len(events), 'event')}: {said}. The newest, {events.iloc[0]['day']}: {events.iloc[0]['what']}"
