"""Sentences on the prices of rare earths: ratio test, premium abroad, guaranteed price, ore against oxide."""

import pandas as pd

from metalsbook.analysis import rare_earths
from metalsbook.months import step_month
from metalsbook.page.html import Html
from metalsbook.page.narrative import (
    as_printed,
    gap,
    join_words,
    number,
    percent,
    period_name,
    rate_as_printed,
)
from metalsbook.page.tables import origin, table

CONTROLS = "rare earth export control"


def ratio_sentence(ratios: pd.DataFrame, month: str, band: tuple[float, float] = rare_earths.RATIO_BAND) -> str:
    """Return what the same-day pairs of the month and of all known months say of metal over oxide.

    Args:
        ratios: As of `rare_earths.mark_band`.
        month: The edition's month.
        band: Where the ratio usually lies.
    """
    inside = f"{number(band[0], '', 0.01)} to {number(band[1], '', 0.01)}"
    own = ratios[ratios["period"].str[:7] == month]
    known = _known_pairs(ratios, inside)
    if own.empty:
        return f"No day of {period_name(month)} has a quote of both metal and oxide, so the test waits. {known}"
    span = _span(own["value"], 0.001)
    verdict = (
        "passes"
        if own["inside"].all()
        else "fails on " + join_words([period_name(day) for day in own.loc[~own["inside"], "period"]])
    )
    days = "only day" if len(own) == 1 else f"{len(own)} days"
    return (
        f"Metal over oxide was {span} on the {days} of {period_name(month)} with a quote of both: the test "
        f"{verdict}. {known}"
    )


def _known_pairs(ratios: pd.DataFrame, inside: str) -> str:
    """Return how many of all known pairs lie outside the band, and the last of them."""
    outside = ratios[~ratios["inside"]]
    if len(ratios) < 2:
        where = "outside" if len(outside) else "within"
        return (
            "No same-day pair is known here."
            if ratios.empty
            else (f"The only same-day pair known here lies {where} {inside}.")
        )
    last = f", the last of them on {period_name(outside.iloc[-1]['period'])}" if len(outside) else ""
    return f"Of the {len(ratios)} same-day pairs known here {len(outside) or 'none'} lie outside {inside}{last}."


def odd_rows(edition, ratios: pd.DataFrame, oxide: pd.DataFrame, metal: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs outside the band as rows of a table, with who printed either side.

    Args:
        edition: The edition.
        ratios: As of `rare_earths.mark_band`.
        oxide: Quotes of the oxide.
        metal: Quotes of the metal.
    """
    odd = ratios[~ratios["inside"]].sort_values("period", ascending=False, kind="stable")
    sides = {name: rows.set_index("period").loc[odd["period"]] for name, rows in (("Oxide", oxide), ("Metal", metal))}
    return pd.DataFrame(
        {
            "Day": odd["period"],
            "Ratio": [number(value, "", 0.001) for value in odd["value"]],
            "Between": [
                _span(pd.Series([low, high]), 0.001) for low, high in zip(odd["low"], odd["high"], strict=True)
            ],
            **{
                name: [
                    Html(f"{number(row['value'], '', 1)} {origin(edition, row).markup}") for _, row in rows.iterrows()
                ]
                for name, rows in sides.items()
            },
        }
    )


def _span(values: pd.Series, resolution: float) -> str:
    low, high = number(values.min(), "", resolution), number(values.max(), "", resolution)
    return low if low == high else f"{low} to {high}"


def margin_sentence(oxide: pd.DataFrame, metal: pd.DataFrame, month: str) -> str | None:
    """Return what is left of the metal's price above the oxide that it takes, on the month's last day with both quotes.

    The ends of the quoted ranges bound what is left; tax is in both quotes and the yield is taken as whole.
    """
    names = ["period", "value", "low", "high"]
    both = oxide[names].merge(metal[names], on="period", suffixes=("", "_metal"))
    own = both[both["period"].str[:7] == month]
    if own.empty:
        return None
    last, needed = own.iloc[-1], rare_earths.oxide_per_metal()
    ends = {name: last["value"] if pd.isna(last[name]) else last[name] for name in ("low", "high")}
    of_metal = {name: last["value_metal"] if pd.isna(last[f"{name}_metal"]) else last[f"{name}_metal"] for name in ends}
    low, high = of_metal["low"] - needed * ends["high"], of_metal["high"] - needed * ends["low"]
    left = number(high, "CNY", 1000) if low == high else f"{number(low, '', 1000)} to {number(high, 'CNY', 1000)}"
    return (
        f"By atomic weights a tonne of metal takes {number(needed, 't', 0.001)} of oxide to make; on "
        f"{period_name(last['period'])} that left {left} a tonne, tax included, if no oxide is lost: for "
        "electrolysis, losses and profit."
    )


def premium_sentence(name: str, premium: pd.DataFrame, month: str) -> str:
    """Return by how many times the price abroad exceeded that inside China in the last month that has both.

    Args:
        name: The element's oxide, to begin a sentence.
        premium: As of `rare_earths.premium_abroad`.
        month: The edition's month.
    """
    if premium.empty:
        return f"{name}: this edition knows no month with a quote both in Europe and in China."
    last, before = premium.iloc[-1], premium.iloc[:-1]
    # A course of three or more is told with its peak, or a fall from it would read as a rise.
    peak = before[before["value"] >= last["value"]]
    kept = pd.concat([before.head(1), before.loc[[peak["value"].idxmax()]] if len(peak) else peak])
    told = [
        f"{number(row['value'], '', 0.1)} times in {period_name(row['period'])}"
        for _, row in kept.drop_duplicates("period").iterrows()
    ]
    first = f", after {join_words(told)}" if told else ""
    spread = (
        ""
        if last["high"] - last["low"] < 0.05
        else (f" (quotes of {number(last['low'], '', 0.1)} to {number(last['high'], '', 0.1)} times)")
    )
    late = "" if last["period"] == month else f" No later quote abroad is known to the edition of {period_name(month)}."
    return (
        f"{name} cost {number(last['value'], '', 0.1)} times as much in Europe as in China in "
        f"{period_name(last['period'])}{spread}{first}.{late}"
    )


def floor_sentence(oxide: pd.DataFrame, floor: pd.DataFrame, month: str) -> str | None:
    """Return the guaranteed price of MP Materials against the quotes of the month inside China; None without both.

    Args:
        oxide: Quotes of Pr-Nd oxide in CNY/t.
        floor: Latest prints of the guaranteed price in USD/kg.
        month: The edition's month.
    """
    own = oxide[oxide["period"].str[:7] == month]
    if floor.empty or own.empty:
        return None
    price = floor.iloc[-1]["value"]
    inside = own["value"].mean() / 1000 / rare_earths.CNY_PER_USD / (1 + rare_earths.VAT_PCT / 100)
    return (
        f"The price that MP Materials is guaranteed for Pr-Nd ({number(price, 'USD/kg', 1)}, as told in "
        f"{period_name(floor.iloc[-1]['period'])}) is {number(price / inside, '', 0.1)} times the month's mean "
        f"inside China without tax ({number(inside, 'USD/kg', 1)} at the assumed rate)."
    )


def same_day_sentence(name: str, inside: pd.DataFrame, outside: pd.DataFrame, where: str = "in Europe") -> str | None:
    """Return what an oxide cost abroad on the last day that has a quote of both sides, as times the price inside China.

    Args:
        name: The oxide, to begin a sentence.
        inside: Quotes in CNY/t, tax included.
        outside: Quotes in USD/kg, `period` a day.
        where: Where the dear quote is from.
    """
    days = outside[(outside["period"].str.len() == 10) & outside["period"].isin(inside["period"])]
    premium = rare_earths.premium_on_days(inside, days)
    if premium.empty:
        return None
    last = premium.iloc[-1]
    low, high = (number(last[end], "", 0.1 if last["high"] < 10 else 1) for end in ("low", "high"))
    times = low if low == high else f"{low} to {high}"
    return (
        f"{name} cost {times} times as much {where} as in China on {period_name(last['period'])}, the last day "
        f"with both ({number(last['outside_usd_kg'], '', 0.1)} against {number(last['inside_usd_kg'], '', 0.1)} "
        "USD/kg without tax, by the middles)."
    )


def licence_sentences(edition) -> list[str]:
    """Return the last printed exports of dysprosium and terbium, which need a licence; nothing where none is known."""
    told = []
    for series, name in (("ree.export.dy.cn", "dysprosium"), ("ree.export.tb.cn", "terbium")):
        rows = edition.printed_months(series)
        for _, row in rows.tail(1).iterrows():
            change = edition.figure(series, "mom", row["period"])
            moved = "" if change is None else f", {rate_as_printed(change)} on the month before"
            told.append((row["period"], f"{as_printed(row)} of {name}{moved}"))
    said = []
    for month in sorted({period for period, _ in told}):
        words = "; ".join(words for period, words in told if period == month)
        said.append(f"Printed exports of {period_name(month)}: {words}. Which compounds are counted is not stated.")
    return said


def abroad_table(edition, since: str) -> Html:
    """Return quotes outside China from a month on as a table, one row for each print, or a note of their lack."""
    rows = edition.rows_under("ree.price.")
    rows = rows[
        rows["series"].str.contains("rotterdam|fob_cn")
        & (rows["unit"] == "USD/kg")
        & (rows["period"] >= since)
        & (rows["measure"] == "level")
    ].sort_values(["series", "period", "statement"])
    rows = rows.drop_duplicates(["series", "period", "value"])
    if rows.empty:
        return gap(f"No quote outside China or FOB China since {period_name(since)} is known to this edition.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame(
        {
            "What": rows["series"].map(titles),
            "Period": rows["period"],
            "Quote": [as_printed(row, "") for _, row in rows.iterrows()],
            "Range": [
                ""
                if pd.isna(row["low"])
                else " \u2013 ".join(number(row[end], "", row["resolution"]) for end in ("low", "high"))
                for _, row in rows.iterrows()
            ],
            "Source": [origin(edition, row) for _, row in rows.iterrows()],
        }
    )
    return table(
        shown, f"Quotes outside China and FOB China since {period_name(since)}, USD/kg; older ones are in the downloads"
    )


def inputs_sentence(indices: pd.DataFrame, month: str) -> str | None:
    """Return how far each price has come since the common base, by its last quote up to the month.

    Args:
        indices: `rare_earths.index_of` of several prices with the column `who`.
        month: The edition's month.
    """
    last = indices.groupby("who", sort=False).tail(1)
    if last.empty:
        return None
    told = []
    for _, row in last.sort_values("value", ascending=False, kind="stable").iterrows():
        late = "" if row["period"][:7] == month else f" ({period_name(row['period'])})"
        told.append(f"{row['who']} {percent(row['value'] - 100)}{late}")
    return f"Since {period_name(indices['period'].min())} each by its last quote: {join_words(told)}."


def followed_sentence(indices: pd.DataFrame, listed: pd.DataFrame, oxide: str = "Pr-Nd oxide") -> str | None:
    """Return whether the raw materials rose as the oxide did, yes or no, and the last step of a contract price.

    Args:
        indices: `rare_earths.index_of` of several prices with the column `who`.
        listed: Contract prices of concentrate by the first month of their quarter: period, value; oldest first.
        oxide: Name of the oxide among `who`.
    """
    last = indices.groupby("who", sort=False).tail(1).set_index("who")["value"]
    if oxide not in last or len(last) < 2:
        return "Nobody knows: since the last year ended this edition has no quote of " + (
            "the oxide." if oxide not in last else "carbonate, monazite or ore."
        )
    ahead, behind = (
        [name for name, value in last.items() if name != oxide and _beside(value, last[oxide], side)]
        for side in (1, -1)
    )
    near = [name for name in last.index if name not in (oxide, *ahead, *behind)]
    answer = "Yes" if not behind else "No" if len(behind) == len(last) - 1 else "In part"
    parts = [
        f"{join_words(names)} {words}"
        for names, words in ((near, f"within {FOLLOWS_PP} points of it"), (ahead, "ahead of it"), (behind, "behind it"))
        if names
    ]
    said = f"{answer}: the oxide moved {percent(last[oxide] - 100)}, {join_words(parts)}."
    if len(listed) < 2:
        return said
    now, before = listed.iloc[-1], listed.iloc[-2]
    step = percent(100 * (now["value"] / before["value"] - 1))
    levels = f"{number(now['value'], '', 1)} after {number(before['value'], 'CNY/t', 1)}"
    return (
        f"{said} Northern Rare Earth's contract price of concentrate moved {step} for the quarter from "
        f"{period_name(now['period'])} ({levels})."
    )


FOLLOWS_PP = 5
"""A raw material follows the oxide where its index lies at most so many points from the oxide's."""


def _beside(value: float, oxide: float, side: int) -> bool:
    return side * (value - oxide) > FOLLOWS_PP


def months_of_controls(events: pd.DataFrame) -> list[str]:
    """Return the months of the events on export controls, oldest first."""
    return sorted(set(events.loc[events["topic"] == CONTROLS, "date"].str[:7]))


def window(month: str, months: int) -> str:
    """Return the first month of a window of `months` that ends with `month`."""
    return step_month(month, 1 - months)
