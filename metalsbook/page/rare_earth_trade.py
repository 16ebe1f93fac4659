"""Sentences on trade, quotas and supply of rare earths: value of a tonne, magnets through the controls, who mines."""

import pandas as pd

from metalsbook.page.html import Html, link
from metalsbook.page.narrative import count_of, gap, join_words, number, percent, period_name
from metalsbook.page.sentences import extreme_words, went_to
from metalsbook.page.tables import table, who_printed

PLACES = {
    "USA": "United States", "DEU": "Germany", "JPN": "Japan", "KOR": "South Korea", "VNM": "Vietnam", "IND": "India",
    "EU": "European Union",
}
PRODUCERS = {
    "chn": "China", "usa": "United States", "mmr": "Myanmar", "aus": "Australia", "nga": "Nigeria", "tha": "Thailand",
    "ind": "India", "rus": "Russia", "bra": "Brazil",
}


def share_of_output_sentence(edition) -> str | None:
    """Return what the month's magnet exports are of the month's output of sintered magnets; None where not printed."""
    made, sold = edition.figure("ndfeb.output.sintered.cn"), edition.figure("ree.export.magnet.cn")
    if made is None or sold is None:
        return None
    share = number(100 * sold["value"] / made["value"], "%", 1)
    return (f"{who_printed(edition, made.to_frame().T)} prints an output of {number(made['value'], 't', 1)} of "
            f"sintered magnet blanks for {period_name(edition.month)}; exports are {share} of it by weight, before "
            "losses in machining.")


IMPORTS = {
    "ree.import.total.cn": "All rare earths", "ree.import.concentrate.cn": "Concentrate",
    "ree.import.metal_ore.cn": "Rare-earth metal ore", "ree.import.unlisted_reo.cn": "Oxides not listed by name",
    "ree.import.carbonate.cn": "Carbonate", "ree.import.from.mmr.cn": "From Myanmar",
}


def cheap_sentence(cheap: pd.DataFrame, dear: pd.DataFrame) -> str | None:
    """Return how many times the dear oxide costs the cheap one on the last day that has both; None without one.

    Args:
        cheap: Quotes of lanthanum oxide, CNY/t.
        dear: Quotes of Pr-Nd oxide, CNY/t.
    """
    both = dear[["period", "value"]].merge(cheap[["period", "value"]], on="period", suffixes=("", "_cheap"))
    if both.empty:
        return None
    last = both.iloc[-1]
    return (f"Tonnes say little of value: on {period_name(last['period'])} a tonne of Pr-Nd oxide cost "
            f"{number(last['value'] / last['value_cheap'], '', 1)} times as much as one of lanthanum oxide "
            f"({number(last['value'], '', 1)} against {number(last['value_cheap'], 'CNY', 1)}).")


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
            f"rare earths {number(row['rare earths'], 'USD', 10)}: {times} times as much.")


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
    silent = f" Nobody known here prints {join_words(missing, 'or')} for that month." if missing else ""
    union = places[(places["period"] == month) & (places["place"] == "EU")]
    if own.empty and union.empty:
        return f"No destination is printed for {period_name(month)}.{silent}"
    told = [f"{row['name']} {number(row['value'], 't', 1)}{_share(row)}" for _, row in own.iterrows()]
    told += [f"the European Union as a whole {number(row['value'], 't', 1)}{_share(row)}"
             for _, row in union.iterrows()]
    return f"Printed for {period_name(month)}: {join_words(told)}.{silent}"


def _share(row: pd.Series) -> str:
    return "" if pd.isna(row["share"]) else f" ({number(row['share'], '%', 0.1)} of all)"


def quota_pages(edition) -> Html:
    """Return the pages that statements on quotas come from and that appeared in the edition's year or are undated."""
    used = edition.statements[edition.statements["series"].str.startswith("ree.quota.")]["source"]
    pages = edition.sources[edition.sources["source"].isin(set(used))]
    year = edition.month[:4]
    pages = pages[(pages["published"] >= year) | pages["title"].str.contains(year, regex=False)]
    if pages.empty:
        return gap(f"No page known to this edition speaks of the quotas of {year}.")
    pages = pages.sort_values(["published", "source"], ascending=[False, True])
    return table(pd.DataFrame({
        "Page": [Html(link(row["url"], row["title"])) for _, row in pages.iterrows()],
        "Publisher": pages["publisher"], "Published": pages["published"].replace("", "undated"),
    }), f"Pages on quotas of {year} or named for it; their figures are those of earlier years")


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
