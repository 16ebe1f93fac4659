"""Sentences on the prices of rare earths: ratio test, premium abroad, guaranteed price, ore against oxide."""

import pandas as pd

from metalsbook.analysis import rare_earths
from metalsbook.months import step_month
from metalsbook.page.html import Html
from metalsbook.page.narrative import count_of, join_words, number, percent, period_name
from metalsbook.page.tables import origin

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
    outside = ratios[~ratios["inside"]]
    known = f"Of the {count_of(len(ratios), 'same-day pair')} known here {len(outside)} lie outside {inside}"
    last = f", the last of them on {period_name(outside.iloc[-1]['period'])}" if len(outside) else ""
    if own.empty:
        return f"No day of {period_name(month)} has a quote of both metal and oxide, so the test waits. {known}{last}."
    span = _span(own["value"], 0.001)
    verdict = "passes" if own["inside"].all() else "fails on " + join_words(
        [period_name(day) for day in own.loc[~own["inside"], "period"]])
    return (f"Metal over oxide was {span} on the {count_of(len(own), 'day')} of {period_name(month)} with a quote of "
            f"both: the test {verdict}. {known}{last}.")


def odd_rows(edition, ratios: pd.DataFrame, oxide: pd.DataFrame, metal: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs outside the band as rows of a table, with who printed either side.

    Args:
        edition: The edition.
        ratios: As of `rare_earths.mark_band`.
        oxide: Quotes of the oxide.
        metal: Quotes of the metal.
    """
    odd = ratios[~ratios["inside"]].sort_values("period", ascending=False)
    sides = {name: rows.set_index("period").loc[odd["period"]] for name, rows in (("Oxide", oxide), ("Metal", metal))}
    return pd.DataFrame({
        "Day": odd["period"], "Ratio": [number(value, "", 0.001) for value in odd["value"]],
        "Between": [_span(pd.Series([low, high]), 0.001) for low, high in zip(odd["low"], odd["high"], strict=True)],
        **{name: [Html(f"{number(row['value'], '', 1)} {origin(edition, row).markup}") for _, row in rows.iterrows()]
           for name, rows in sides.items()},
    })


def _span(values: pd.Series, resolution: float) -> str:
    low, high = number(values.min(), "", resolution), number(values.max(), "", resolution)
    return low if low == high else f"{low} to {high}"


def margin_sentence(oxide: pd.DataFrame, metal: pd.DataFrame, month: str) -> str | None:
    """Return what is left of the metal's price above the oxide in it, on the month's last day with both quotes."""
    both = oxide[["period", "value"]].merge(metal[["period", "value"]], on="period", suffixes=("", "_metal"))
    own = both[both["period"].str[:7] == month]
    if own.empty:
        return None
    last, needed = own.iloc[-1], rare_earths.oxide_per_metal()
    left = last["value_metal"] - needed * last["value"]
    return (f"By atomic weights a tonne of metal holds {number(needed, 't', 0.001)} of oxide; on "
            f"{period_name(last['period'])} that left {number(left, 'CNY', 1000)} a tonne for electrolysis and profit.")


def premium_sentence(name: str, premium: pd.DataFrame, month: str) -> str:
    """Return by how many times the price abroad exceeded that inside China in the last month that has both.

    Args:
        name: The element's oxide, to begin a sentence.
        premium: As of `rare_earths.premium_abroad`.
        month: The edition's month.
    """
    if premium.empty:
        return f"{name}: this edition knows no month with a quote both in Rotterdam and in China."
    last = premium.iloc[-1]
    first = "" if len(premium) == 1 else (
        f", after {number(premium.iloc[0]['value'], '', 0.1)} times in {period_name(premium.iloc[0]['period'])}")
    spread = "" if last["high"] - last["low"] < 0.05 else (
        f" (quotes of {number(last['low'], '', 0.1)} to {number(last['high'], '', 0.1)} times)")
    late = "" if last["period"] == month else f" No later quote abroad is known to the edition of {period_name(month)}."
    return (f"{name} cost {number(last['value'], '', 0.1)} times as much in Rotterdam as in China in "
            f"{period_name(last['period'])}{spread}{first}.{late}")


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
    return (f"The price that MP Materials is guaranteed for Pr-Nd ({number(price, 'USD/kg', 1)}, from "
            f"{period_name(floor.iloc[-1]['period'])}) is {number(price / inside, '', 0.1)} times the month's mean "
            f"inside China without tax ({number(inside, 'USD/kg', 1)} at the assumed rate).")


def abroad_rows(edition, quoted: pd.DataFrame) -> pd.DataFrame:
    """Return quotes outside China as rows of a table, one for each print, oldest first."""
    rows = quoted[quoted["measure"] == "level"].sort_values(["series", "period", "statement"])
    rows = rows.drop_duplicates(["series", "period", "value"])
    titles = edition.series.set_index("series")["title"]
    return pd.DataFrame({
        "What": rows["series"].map(titles), "Period": rows["period"],
        "Quote": [number(row["value"], "", row["resolution"]) for _, row in rows.iterrows()],
        "Range": ["" if pd.isna(row["low"]) else " \u2013 ".join(
            number(row[end], "", row["resolution"]) for end in ("low", "high")) for _, row in rows.iterrows()],
        "Source": [origin(edition, row) for _, row in rows.iterrows()],
    })


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
    for _, row in last.sort_values("value", ascending=False).iterrows():
        late = "" if row["period"][:7] == month else f" ({period_name(row['period'])})"
        told.append(f"{row['who']} {percent(row['value'] - 100)}{late}")
    return f"Since {period_name(indices['period'].min())} each by its last quote: {join_words(told)}."


def months_of_controls(events: pd.DataFrame) -> list[str]:
    """Return the months of the events on export controls, oldest first."""
    return sorted(set(events.loc[events["topic"] == CONTROLS, "date"].str[:7]))


def window(month: str, months: int) -> str:
    """Return the first month of a window of `months` that ends with `month`."""
    return step_month(month, 1 - months)
