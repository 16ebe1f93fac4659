"""Sentences of the rare earths chapter: ratio test, premium abroad, value of a tonne, magnets through the controls."""

import pandas as pd

from metalsbook.analysis import rare_earths
from metalsbook.months import step_month
from metalsbook.page.narrative import count_of, join_words, number, percent, period_name
from metalsbook.page.sentences import extreme_words, went_to

CONTROLS = "rare earth export control"
PLACES = {
    "USA": "United States", "DEU": "Germany", "JPN": "Japan", "KOR": "South Korea", "VNM": "Vietnam", "IND": "India",
    "EU": "European Union",
}
PRODUCERS = {
    "chn": "China", "usa": "United States", "mmr": "Myanmar", "aus": "Australia", "nga": "Nigeria", "tha": "Thailand",
    "ind": "India", "rus": "Russia", "bra": "Brazil",
}


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


def worth_sentence(worth: pd.DataFrame) -> str | None:
    """Return what a tonne of magnets is worth against a tonne of all rare earths in the last year that has both.

    Args:
        worth: As of `exports.unit_values` for the products "rare earths" and "magnets".
    """
    figures = worth.assign(value=worth["best"].fillna(worth["printed"]))
    years = figures[(figures["period"].str.len() == 4) & (figures["measure"] == "level")]
    both = years.pivot_table(index="period", columns="product", values="value").reindex(
        columns=["magnets", "rare earths"]).dropna()
    if both.empty:
        return None
    year, row = both.index[-1], both.iloc[-1]
    times = number(row["magnets"] / row["rare earths"], "", 0.1)
    return (f"In {year} a tonne of exported magnets was worth {number(row['magnets'], 'USD', 10)}, a tonne of exported "
            f"rare earths {number(row['rare earths'], 'USD', 10)}: {times} times as much. Tonnes say little of "
            f"value, since cheap lanthanum and cerium make up most of them.")


def controls_sentences(known: pd.DataFrame, month: str, start: str) -> list[str]:
    """Return the course of magnet exports since the controls: level before, trough, when it was made good.

    Args:
        known: Reconciled months of the exports that are not open: period, best, low, high, basis; oldest first.
        month: The edition's month.
        start: Month in which the controls began.
    """
    before = known[known["period"] < start].tail(1)
    since = known[known["period"] >= start]
    if before.empty or since.empty:
        return ["This edition does not know the exports on both sides of the controls' start."]
    base, trough = before.iloc[0], since.loc[since["best"].idxmin()]
    said = [f"The controls of {period_name(start)} met exports of {number(base['best'], 't', 1)} in "
            f"{period_name(base['period'])}{_marked(base)}; the trough was {period_name(trough['period'])} with "
            f"{number(trough['best'], 't', 1)}, {percent(100 * (trough['best'] / base['best'] - 1))}."]
    regained = since[(since["period"] > trough["period"]) & (since["best"] >= base["best"])]
    if len(regained):
        said.append(f"The level before them was reached again in {period_name(regained.iloc[0]['period'])}.")
    else:
        said.append(f"Up to {period_name(since['period'].max())} no month has reached the level before them.")
    rank = extreme_words(known.rename(columns={"best": "value"}), month)
    if rank:
        said.append(f"The exports of {period_name(month)} are {rank}.")
    return said


def _marked(row: pd.Series) -> str:
    return f" ({row['basis']})" if row["basis"] != "reported" else ""


def destination_sentence(places: pd.DataFrame, month: str) -> str:
    """Return the largest destination that somebody printed for the month, its share, and who is missing.

    Args:
        places: As of `exports.destinations` with the column `name`.
        month: The edition's month.
    """
    own = places[(places["period"] == month) & (places["place"] != "EU")]
    missing = [name for code, name in PLACES.items() if code not in set(places.loc[places["period"] == month, "place"])]
    gap = f" Nobody known here prints {join_words(missing, 'or')} for that month." if missing else ""
    union = places[(places["period"] == month) & (places["place"] == "EU")]
    if own.empty and union.empty:
        return f"No destination is printed for {period_name(month)}.{gap}"
    told = [f"{row['name']} {number(row['value'], 't', 1)}{_share(row)}" for _, row in own.iterrows()]
    told += [f"the European Union as a whole {number(row['value'], 't', 1)}{_share(row)}"
             for _, row in union.iterrows()]
    return f"Printed for {period_name(month)}: {join_words(told)}.{gap}"


def _share(row: pd.Series) -> str:
    return "" if pd.isna(row["share"]) else f" ({number(row['share'], '%', 0.1)} of all)"


def quota_sentence(quotas: pd.DataFrame, month: str) -> str:
    """Return the growth of the mining quota and whether the edition's own year has one.

    Args:
        quotas: As of `rare_earths.settle_rivals`.
        month: The edition's month.
    """
    if quotas.empty:
        return "This edition knows no quota."
    first, last = quotas.iloc[0], quotas.iloc[-1]
    said = (f"The mining quota went from {number(first['value'], 't', 1)} in {first['period']} to "
            f"{number(last['value'], 't', 1)} in {last['period']}")
    if len(quotas) > 1:
        step = 100 * (last["value"] / quotas.iloc[-2]["value"] - 1)
        said += f"; in its last step it {went_to(step)}, against {_largest_step(quotas)} at the fastest"
    odd = quotas.dropna(subset=["rival"])
    if len(odd):
        row = odd.iloc[-1]
        said += (f". For {row['period']} another source prints {number(row['rival'], 't', 1)}, which the printed "
                 "growth does not fit")
    if last["period"] < month[:4]:
        return f"{said}. No source known to this edition prints a quota for {month[:4]}."
    return f"{said}."


def _largest_step(quotas: pd.DataFrame) -> str:
    steps = 100 * (quotas["value"] / quotas["value"].shift() - 1)
    consecutive = quotas["period"].astype(int).diff() == 1
    place = steps[consecutive].idxmax()
    return f"{percent(steps[place])} in {quotas.loc[place, 'period']}"


def supply_sentence(mined: pd.DataFrame, world: pd.DataFrame, quota: pd.DataFrame, year: str) -> str:
    """Return China's share of the world's mine output and what its figure is: the quota.

    Args:
        mined: Output by country, as of `rare_earths.rival_prints`.
        world: Prints of the world's output in the year.
        quota: The mining quota, as of `rare_earths.settle_rivals`.
        year: The year.
    """
    china = mined[mined["code"] == "chn"]
    if china.empty or world.empty:
        return f"China's share of the world's output in {year} cannot be told: one of the two is not printed."
    own, total = china.iloc[0], world["value"]
    shares = 100 * own["high"] / total.max(), 100 * own["high"] / total.min()
    low, high = number(shares[0], "", 1), number(shares[1], "%", 1)
    share = high if f"{low}%" == high else f"{low} to {high}"
    said = (f"By the greatest print China mined {number(own['high'], 't', 1)} in {year}, {share} of a world total that "
            f"{count_of(len(world), 'source')} put at {_ends(total)}.")
    same = quota[(quota["period"] == year) & (quota["value"] == own["high"])]
    rest = f" That figure equals the quota of {year}: it is permission, not a count." if len(same) else ""
    spread = f" The least print is {number(own['low'], 't', 1)}." if own["low"] < own["high"] else ""
    return said + rest + spread


def _ends(values: pd.Series) -> str:
    low, high = number(values.min(), "", 1), number(values.max(), "t", 1)
    return high if values.min() == values.max() else f"{low} to {high}"


def months_of_controls(events: pd.DataFrame) -> list[str]:
    """Return the months of the events on export controls, oldest first."""
    return sorted(set(events.loc[events["topic"] == CONTROLS, "date"].str[:7]))


def window(month: str, months: int) -> str:
    """Return the first month of a window of `months` that ends with `month`."""
    return step_month(month, 1 - months)
