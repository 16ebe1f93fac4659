"""Sentences and tables of the chapter on magnesium prices: rivals, ratio, implied rate, premium, stocks, moves."""

import math

import pandas as pd

from metalsbook.analysis.prices import events_near, month_prices, move_together, moves, on_same_days, volatility_pct
from metalsbook.months import step_month
from metalsbook.page.html import Html, link
from metalsbook.page.narrative import as_printed, count_of, gap, join_words, number, percent, period_name
from metalsbook.page.sentences import extreme_words, signed, went_to
from metalsbook.page.tables import statements_table, table, with_publisher

_STRONG, _WEAK = 0.7, 0.3


def peak_sentence(edition, series: str, what: str) -> str | None:
    """Return the highest quote known, and how the last one compares; None without quotes."""
    quotes, unit = edition.quotes(series), edition.spec(series)["unit"]
    if quotes.empty:
        return None
    top, last = quotes.loc[quotes["value"].idxmax()], quotes.iloc[-1]
    share = 100 * last["value"] / top["value"]
    return (f"The highest quote of {what} known here is {number(top['value'], unit)} on {period_name(top['period'])}; "
            f"the last one is {percent(share, 0, False)} of it.")


def rival_months(edition, named: dict[str, str], months: int) -> pd.DataFrame:
    """Return the monthly prices of rival series for the last months of an edition.

    Args:
        edition: The edition.
        named: Name as shown -> series.
        months: How many months up to the edition's.

    Returns:
        Columns who (the name), series, period, date, value, basis ("as printed" or "mean of n quotes").
    """
    first, frames = step_month(edition.month, 1 - months), []
    for name, series in named.items():
        if edition.has(series):
            rows = month_prices(edition.months(series), edition.quotes(series))
            frames.append(rows[rows["period"] >= first].assign(who=name, series=series))
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["period", "who", "value"])
    return rows.assign(date=pd.to_datetime(rows["period"] + "-01") + pd.offsets.MonthEnd(0))


def rivals_table(edition, rivals: pd.DataFrame) -> Html:
    """Return the rival prices of the edition's month side by side with how each came about, or a note of their lack."""
    month = edition.month
    own = rivals[rivals["period"] == month]
    if own.empty:
        return gap(f"No source has a price for {period_name(month)} as a whole.")
    bases = edition.series.set_index("series")["basis"]
    shown = pd.DataFrame({
        "Price": own["who"], "CNY/t": own["value"].round(0), "How it came about": own["basis"],
        "Basis": own["series"].map(bases),
    })
    missing = sorted(set(rivals["who"]) - set(own["who"]))
    tail = f" Without a figure for this month: {join_words(missing)}." if missing else ""
    return table(shown, f"Monthly prices of magnesium ingot in {period_name(month)}.{tail}",
                 {"CNY/t": lambda value: number(value, "", 1)})


def rivals_text(rivals: pd.DataFrame, month: str) -> str:
    """Return the text alternative of rival prices: who has a figure for the month, and how far they lie apart."""
    own = rivals[rivals["period"] == month]
    if len(own) < 2:
        return f"{count_of(rivals['who'].nunique(), 'rival price')} by month; fewer than two have {period_name(month)}."
    spread = 100 * (own["value"].max() / own["value"].min() - 1)
    said = join_words([f"{row['who']} {number(row['value'], 'CNY/t', 1)}" for _, row in own.iterrows()])
    return f"In {period_name(month)}: {said}; highest over lowest {percent(spread)}."


def together_sentence(edition, first: str, second: str, names: str) -> str:
    """Return how closely two prices moved together between the days that have both.

    Args:
        edition: The edition.
        first: A price.
        second: Another price.
        names: What they are, e.g. "Fugu and FOB".
    """
    correlation, count = move_together(edition.quotes(first), edition.quotes(second))
    if math.isnan(correlation):
        return f"{names} have too few days in common to say whether they move together."
    how = "closely" if correlation >= _STRONG else "loosely" if correlation >= _WEAK else "hardly"
    return (f"{names} move together {how}: over {count_of(count, 'step')} between days with both quotes, the "
            f"correlation of their changes is {correlation:.2f}.")


def implied_rate_sentence(implied: pd.DataFrame, month: str) -> str:
    """Return the implied CNY per USD of a month's days with both quotes, against the month before."""
    own = implied[implied["period"].str.startswith(month)]
    if own.empty:
        return f"No day of {period_name(month)} has both quotes, so that no rate is implied."
    said = (f"On {count_of(len(own), 'day')} of {period_name(month)} with both quotes, Fugu over FOB implies "
            f"{own['value'].mean():.2f} CNY per USD")
    before = implied[implied["period"].str.startswith(step_month(month, -1))]
    return f"{said} ({before['value'].mean():.2f} in the month before)." if len(before) else f"{said}."


def ratio_sentences(edition, ratio: pd.DataFrame, stated: pd.DataFrame) -> list[str | None]:
    """Return what the ratio of magnesium over aluminium is this month, what sources state, and the known threshold."""
    own = ratio[ratio["period"] == edition.month]
    if own.empty:
        first = f"{period_name(edition.month)} has no price of both metals."
    else:
        row = own.iloc[0]
        cheaper = "magnesium is the cheaper metal per tonne" if row["value"] < 1 else "magnesium is the dearer metal"
        first = (f"A tonne of magnesium cost {row['value']:.2f} times a tonne of aluminium in "
                 f"{period_name(edition.month)} (Fugu ingot, {row['basis_first']}, over A00 aluminium, "
                 f"{row['basis_second']}): {cheaper}.")
    record = extreme_words(ratio, edition.month)
    second = f"That is {record}." if record else None
    near = stated[stated["period"].str.startswith(edition.month)]
    said = [_stated(row) for _, row in near.iterrows()]
    third = f"Stated for the month: {join_words(said)}." if said else "No source states a ratio for this month."
    return [first, second, third, _threshold_sentence(edition)]


def _threshold_sentence(edition) -> str | None:
    thresholds = edition.latest("mg.ratio.mg_al.threshold") if edition.has("mg.ratio.mg_al.threshold") else None
    if thresholds is None or thresholds.empty:
        return None
    row = with_publisher(edition, thresholds).iloc[-1]
    return (f"The one threshold that a source of this ledger names, above which users would turn to aluminium, is "
            f"{_stated(row)}.")


def _stated(row: pd.Series) -> str:
    return f"{as_printed(row, '')} ({row['who']}, {period_name(row['period'])})"


def premium_table(edition, alloy: str, ingot: str) -> Html:
    """Return the premium of alloy over ingot on the days that have both, or a note that there is none."""
    both = on_same_days(edition.quotes(alloy), edition.quotes(ingot)) if edition.has(alloy) else pd.DataFrame()
    if both.empty:
        return gap("No day known to this edition has a quote of alloy and of ingot.")
    premium = both["value_first"] - both["value_second"]
    shown = pd.DataFrame({
        "Day": both["period"], "Alloy, China, CNY/t": both["value_first"], "Ingot, Fugu, CNY/t": both["value_second"],
        "Premium, CNY/t": premium, "Premium, % of ingot": 100 * premium / both["value_second"],
    })
    whole = {name: lambda value: number(value, "", 1) for name in shown if name.endswith("CNY/t")}
    return table(shown, "Alloy over ingot on days with both quotes; delivery terms of the two differ",
                 whole | {"Premium, % of ingot": lambda value: percent(value)})


def last_known_sentence(edition, series: str, what: str) -> str:
    """Return the last quote of a price that is quoted rarely, and how old it is."""
    quotes = edition.quotes(series) if edition.has(series) else pd.DataFrame()
    if quotes.empty:
        return f"No quote of {what} is known to this edition."
    last = quotes.iloc[-1]
    months = (pd.Timestamp(edition.cut_off) - last["date"]).days // 30
    shown = as_printed(last)
    return (f"{what} was last quoted at {shown} on {period_name(last['period'])}, "
            f"{count_of(months, 'month')} before this edition's cut-off.")


def stocks_table(edition, series: list[str]) -> Html:
    """Return every print of stocks of the last year with its origin: rival counts of one stock stand side by side."""
    rows = edition.statements
    rows = rows[rows["series"].isin(series) & (rows["period"] >= step_month(edition.month, -12))]
    if rows.empty:
        return gap("This edition has no figure of magnesium stocks of the last twelve months.")
    titles = edition.series.set_index("series")["title"]
    rows = rows.sort_values(["series", "period", "published", "statement"])
    parts = [
        statements_table(edition, group, f"{titles[name]}{'' if measure == 'level' else f', change ({measure})'}")
        for (name, measure), group in rows.groupby(["series", "measure"])
    ]
    return Html("\n".join(part.markup for part in parts), "\n".join(part.text for part in parts))


def volatility_sentences(edition, first: str, second: str) -> list[str]:
    """Return the yearly volatility of two prices over the last six months of the edition, from their uneven quotes."""
    start, said = step_month(edition.month, -5), []
    for name, series in (("the Fugu price", first), ("the FOB price", second)):
        steps = moves(edition.quotes(series))
        steps = steps[steps["before"] >= start]
        if len(steps) >= 3:
            said.append(f"{name} moved with a yearly volatility of {percent(volatility_pct(steps), 0, False)} "
                        f"({count_of(len(steps), 'step')})")
    if not said:
        return ["Too few quotes lie close together to speak of volatility."]
    return [f"From {period_name(start)} to {period_name(edition.month)}, {join_words(said)}; most of it is quiet days "
            "and few steps."]


def month_move_sentence(steps: pd.DataFrame, events: pd.DataFrame, month: str) -> str:
    """Return the largest step within a month and the dated events near it.

    Args:
        steps: Rows of `prices.moves`.
        events: Events to set against it.
        month: The month.
    """
    own = steps[steps["period"].str.startswith(month) & (steps["change_pct"] != 0)]
    if own.empty:
        return f"Within {period_name(month)} no quote differs from the one before."
    top = own.loc[own["change_pct"].abs().idxmax()]
    near = events_near(own.loc[[top.name]], events)
    found = " ".join(f"{period_name(row['event_date'])}: {row['what']}" for _, row in near.iterrows())
    told = f"near it the calendar has: {found}" if found else "the ledger's calendar has nothing dated near it."
    return (f"The largest step of {period_name(month)} was {percent(top['change_pct'], 2)}, from "
            f"{period_name(top['before'])} to {period_name(top['period'])}; {told}")


def fee_sentence(edition, series: str) -> str | None:
    """Return what a source states as the fee for turning ingot into alloy in the edition's month, or None."""
    row = edition.figure(series) if edition.has(series) else None
    if row is None:
        return None
    return (f"For {period_name(row['period'])} a source states a fee for making alloy of ingot of "
            f"{as_printed(row)}.")


def moves_text(steps: pd.DataFrame) -> str:
    """Return the text alternative of the moves: how many, how many up, and the largest."""
    if steps.empty:
        return "No moves."
    ups = int((steps["change_pct"] > 0).sum())
    flat = int((steps["change_pct"] == 0).sum())
    top = steps.loc[steps["change_pct"].abs().idxmax()]
    return (f"{count_of(len(steps), 'move')} from quote to quote: {ups} up, {len(steps) - ups - flat} down, {flat} "
            f"flat; the largest {percent(top['change_pct'], 2)} into {period_name(top['period'])}.")


def moves_table(largest: pd.DataFrame, events: pd.DataFrame) -> Html:
    """Return the largest moves with the dated events on their days or in the week before: near in time, not proven.

    Args:
        largest: Rows of `prices.moves`.
        events: Events to set against them.
    """
    if largest.empty:
        return gap("Fewer than two quotes lie close enough to make a move.")
    near = events_near(largest, events)
    shown = []
    for _, step in largest.iterrows():
        found = near[near["period"] == step["period"]]
        notes = "".join(f"{link(row['url'], row['event_date'])} {row['what']} " for _, row in found.iterrows())
        shown.append({
            "To the day": step["period"], "From the day": step["before"], "Change, %": percent(step["change_pct"], 2),
            "Change, CNY/t": signed(step["change"], "", 1), "To, CNY/t": number(step["value"], "", 1),
            "Events near": Html(notes.strip()) if notes else "",
        })
    caption = ("Largest moves of the Fugu price and the events of their days and the week before: near in time, which "
               "does not make them the cause")
    return table(pd.DataFrame(shown), caption)


def course_words(first: float, last: float) -> str:
    """Return how a figure went from first to last as a verb."""
    return went_to(100 * (last / first - 1))
