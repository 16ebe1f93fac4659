"""Sentences and tables on the moves of prices: how closely two move together, the largest steps, what lay near."""

import math

import pandas as pd

from metalsbook.analysis.prices import (
    LONGEST_STEP_DAYS,
    Together,
    events_near,
    largest_moves,
    move_together,
    moves,
    volatility_pct,
)
from metalsbook.months import step_month
from metalsbook.page.html import Html, escape, link
from metalsbook.page.narrative import count_of, gap, join_words, number, percent, period_name
from metalsbook.page.sentences import signed
from metalsbook.page.tables import table

_STRONG, _WEAK = 0.7, 0.3
NOT_OF_THE_DAY = ("new capacity", "statistics", "world supply")
"""Topics of events that move no Fugu quote of a week: plants of later years or of other countries, counts."""


def bearing_on_prices(events: pd.DataFrame) -> pd.DataFrame:
    """Return the events of magnesium that can bear on a quote of their days: all but those `NOT_OF_THE_DAY`."""
    own = events["chapter"].isin(["magnesium_prices", "magnesium_capacity"])
    return events[own & ~events["topic"].isin(NOT_OF_THE_DAY)]


def together_sentence(edition, first: str, second: str, names: str) -> str:
    """Return how closely two prices moved together between the days that have both, and what it is worth.

    Args:
        edition: The edition.
        first: A price.
        second: Another price.
        names: What they are, e.g. "Fugu and FOB".
    """
    found = move_together(edition.quotes(first), edition.quotes(second))
    if math.isnan(found.correlation):
        return f"{names} have too few days in common to say whether they move together."
    span = f"from {period_name(found.first)} to {period_name(found.last)}"
    return (
        f"{names} move together {_closeness(found)}: over {count_of(found.steps, 'step')} between days with both "
        f"quotes, {span}, the correlation of their changes is {found.correlation:.2f}{_robust(found)}."
    )


def _closeness(found: Together) -> str:
    """Return a word for the correlation; one step must not make it, so that the one without the largest decides."""
    least = found.correlation if math.isnan(found.without_largest) else min(found.correlation, found.without_largest)
    return "closely" if least >= _STRONG else "loosely" if least >= _WEAK else "hardly"


def _robust(found: Together) -> str:
    if math.isnan(found.without_largest):
        return ""
    return f", and {found.without_largest:.2f} without the largest (into {period_name(found.largest)})"


def volatility_sentences(edition, first: str, second: str) -> list[str]:
    """Return the yearly volatility of two prices over the last six months of the edition, from their uneven quotes."""
    start, said = step_month(edition.month, -5), []
    for name, series in (("the Fugu price", first), ("the FOB price", second)):
        steps = moves(edition.quotes(series))
        steps = steps[steps["before"] >= start]
        if len(steps) >= 3:
            still = int((steps["change"] == 0).sum())
            said.append(
                f"{name} moved with a yearly volatility of {percent(volatility_pct(steps), 0, False)} "
                f"({count_of(len(steps), 'step')} from quote to quote, {still or 'none'} without a change)"
            )
    if not said:
        return ["Too few quotes lie close together to speak of volatility."]
    return [f"From {period_name(start)} to {period_name(edition.month)}, {join_words(said)}."]


def month_move_sentence(steps: pd.DataFrame, events: pd.DataFrame, month: str) -> str:
    """Return the largest step within a month and the events near it.

    Args:
        steps: Rows of `prices.moves`.
        events: Events to set against it.
        month: The month.
    """
    own = steps[steps["period"].str.startswith(month)]
    if own.empty:
        return f"No quote of {period_name(month)} lies near enough to the one before to show a move."
    own = own[own["change_pct"] != 0]
    if own.empty:
        return f"Within {period_name(month)} no quote differs from the one before."
    top = own.loc[own["change_pct"].abs().idxmax()]
    near = events_near(own.loc[[top.name]], events)
    found = " ".join(f"{period_name(row['event_date'])}: {row['what']}" for _, row in near.iterrows())
    told = (
        f"in those days or the week before, the calendar of events has {found}"
        if found
        else ("the calendar of events has nothing for those days or the week before.")
    )
    return (
        f"The largest step of {period_name(month)} was {percent(top['change_pct'], 2)}, from "
        f"{period_name(top['before'])} to {period_name(top['period'])}; {told}"
    )


def largest_known_sentence(quotes: pd.DataFrame, shown: pd.DataFrame) -> str | None:
    """Return the largest step of all quotes where it lies before those shown; None where it is among them.

    Args:
        quotes: All quotes of a price.
        shown: Rows of `prices.moves` that a chart or table shows.
    """
    top = largest_moves(moves(quotes), 1)
    if top.empty or top.iloc[0]["period"] in set(shown["period"]):
        return None
    row = top.iloc[0]
    return (
        f"Steps before are not shown; the largest in this ledger is {percent(row['change_pct'])}, from "
        f"{period_name(row['before'])} to {period_name(row['period'])}."
    )


def moves_text(steps: pd.DataFrame) -> str:
    """Return the text alternative of the moves: how many, how many up, and the largest."""
    if steps.empty:
        return "No moves."
    ups = int((steps["change_pct"] > 0).sum())
    flat = int((steps["change_pct"] == 0).sum())
    top = steps.loc[steps["change_pct"].abs().idxmax()]
    return (
        f"{count_of(len(steps), 'move')} from quote to quote: {ups} up, {len(steps) - ups - flat} down, {flat} "
        f"flat; the largest {percent(top['change_pct'], 2)} into {period_name(top['period'])}."
    )


def moves_table(largest: pd.DataFrame, events: pd.DataFrame, first: str) -> Html:
    """Return the largest moves with the events of their days or the week before: near in time, not proven.

    Args:
        largest: Rows of `prices.moves`.
        events: Events to set against them; one dated by its month stands by the moves of that month.
        first: First day that the moves were looked for.
    """
    if largest.empty:
        return gap("Fewer than two quotes lie close enough to make a move.")
    near = events_near(largest, events)
    shown = []
    for _, step in largest.iterrows():
        found = near[near["period"] == step["period"]]
        notes = "".join(f"{link(row['url'], row['event_date'])} {escape(row['what'])} " for _, row in found.iterrows())
        shown.append(
            {
                "To the day": step["period"],
                "From the day": step["before"],
                "Change, %": percent(step["change_pct"], 2),
                "Change, CNY/t": signed(step["change"], "", 1),
                "To, CNY/t": number(step["value"], "", 1),
                "Events near": Html(notes.strip()) if notes else "",
            }
        )
    caption = (
        f"Largest moves of the Fugu price since {period_name(first)} between quotes at most {LONGEST_STEP_DAYS} "
        "days apart, with the events of those days, of the week before, or (where only the month is known) of "
        "the month: near in time, which does not make them the cause"
    )
    return table(pd.DataFrame(shown), caption)
