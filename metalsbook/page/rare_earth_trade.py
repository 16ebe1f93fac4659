"""Sentences on the trade in rare earths: what a tonne is worth, magnets through the controls, their destinations."""

import pandas as pd

from metalsbook.analysis import exports
from metalsbook.analysis.intervals import Interval, change_pct, growth_of_quotient
from metalsbook.page.flows import change_text
from metalsbook.page.narrative import join_words, number, percent, period_name, rate_as_printed, since_january
from metalsbook.page.sentences import change_words, extreme_words, interval_of, interval_words, printed_interval
from metalsbook.page.tables import who_printed

PLACES = {
    "USA": "United States",
    "DEU": "Germany",
    "JPN": "Japan",
    "KOR": "South Korea",
    "VNM": "Vietnam",
    "IND": "India",
    "EU": "European Union",
}


def share_of_output_sentence(edition) -> str | None:
    """Return what the month's magnet exports are of the month's output of sintered magnets; None where not printed."""
    made, sold = edition.figure("ndfeb.output.sintered.cn"), edition.figure("ree.export.magnet.cn")
    if made is None or sold is None:
        return None
    share = number(100 * sold["value"] / made["value"], "%", 1)
    return (
        f"{who_printed(edition, made.to_frame().T)} prints an output of {number(made['value'], 't', 1)} of "
        f"sintered magnet blanks for {period_name(edition.month)}; exports are {share} of it by weight, before "
        "losses in machining."
    )


IMPORTS = {
    "ree.import.total.cn": "All rare earths",
    "ree.import.concentrate.cn": "Concentrate",
    "ree.import.metal_ore.cn": "Rare-earth metal ore",
    "ree.import.unlisted_reo.cn": "Oxides not listed by name",
    "ree.import.carbonate.cn": "Carbonate",
    "ree.import.from.mmr.cn": "From Myanmar",
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
    return (
        f"Tonnes say little of value: on {period_name(last['period'])} a tonne of Pr-Nd oxide cost "
        f"{number(last['value'] / last['value_cheap'], '', 1)} times as much as one of lanthanum oxide "
        f"({number(last['value'], '', 1)} against {number(last['value_cheap'], 'CNY', 1)})."
    )


def worth_sentence(worth: pd.DataFrame) -> str | None:
    """Return what a tonne of magnets is worth against a tonne of all rare earths in the last year that has both.

    Args:
        worth: As of `exports.unit_values` for the products "rare earths" and "magnets".
    """
    figures = worth.assign(value=worth["best"].fillna(worth["printed"]))
    years = figures[(figures["period"].str.len() == 4) & (figures["measure"] == "level")]
    both = (
        years.pivot_table(index="period", columns="product", values="value")
        .reindex(columns=["magnets", "rare earths"])
        .dropna()
    )
    if both.empty:
        return None
    year, row = both.index[-1], both.iloc[-1]
    ends = years[years["period"] == year].set_index("product")
    magnets, earths = (_worth_words(ends.loc[name]) for name in ("magnets", "rare earths"))
    times = number(row["magnets"] / row["rare earths"], "", 0.1)
    return (
        f"In {year} a tonne of exported magnets was worth {magnets}, a tonne of exported rare earths {earths}: "
        f"{times} times as much."
    )


def _worth_words(row: pd.Series) -> str:
    """Return a unit value as far as its inputs tell it."""
    if pd.isna(row["best"]):
        return number(row["printed"], "USD", 1)
    return interval_words(Interval(row["low"], row["high"], row["best"]), "USD")


def latest_worth_sentences(worth: pd.DataFrame) -> list[str]:
    """Return what a tonne of each product was worth after its last full year, against that year.

    Args:
        worth: As of `exports.unit_values`.
    """
    said = []
    for product, rows in worth.groupby("product"):
        years = rows[rows["period"].str.len() == 4]
        later = rows[(rows["period"].str.len() == 7) & (rows["period"] > years["period"].max())]
        if years.empty or later.empty:
            continue
        year, last = years.iloc[-1], later.sort_values(["period", "measure"]).iloc[-1]
        before, now = (row["printed"] if pd.isna(row["best"]) else row["best"] for row in (year, last))
        when = (
            f"From {since_january(last['period'])}"
            if last["measure"] == "ytd"
            else (f"In {period_name(last['period'])}")
        )
        said.append(
            f"{when} a tonne of exported {product} was worth {_worth_words(last)}, "
            f"{_against(100 * (now / before - 1), year['period'])}."
        )
    return said


def _against(change: float, year: str) -> str:
    if abs(change) < 0.5:
        return f"as much as in the mean of {year}"
    return f"{percent(abs(change), 0, False)} {'more' if change > 0 else 'less'} than in the mean of {year}"


def worth_change_sentence(edition, what: str, value: str, tonnes: str) -> str | None:
    """Return by how much a tonne was worth more than a year before, by the printed growth of value and of tonnage.

    Args:
        edition: The edition.
        what: The product, to stand within a sentence.
        value: Series of the value.
        tonnes: Series of the quantity.
    """
    rates = [edition.figure(series, "yoy") if edition.has(series) else None for series in (value, tonnes)]
    if any(rate is None for rate in rates):
        return None
    change = growth_of_quotient(*map(printed_interval, rates))
    return (
        f"The value of {what} in {period_name(edition.month)} changed by {rate_as_printed(rates[0])} on the year, "
        f"their tonnage by {rate_as_printed(rates[1])}: the worth of a tonne by {change_words(change)}."
    )


def later_controls_sentence(edition, known: pd.DataFrame, months: list[str]) -> str | None:
    """Return the exports in the months of events on controls after the first, each with its change on the month before.

    Args:
        edition: The edition.
        known: As of `controls_sentences`.
        months: Months of the events, oldest first.
    """
    rows = known[known["period"].isin(months[1:])]
    if rows.empty:
        return None
    told = [
        f"{number(row['best'], 't', 1)} in {period_name(row['period'])}{_on_month_before(edition, row)}"
        for _, row in rows.iterrows()
    ]
    return f"In the months of later events on controls (listed below) exports were {join_words(told)}."


def _on_month_before(edition, row: pd.Series) -> str:
    text = change_text(edition, row["series"], "mom", row["period"], mark="")
    return f" ({text} on the month before)" if text else ""


def controls_sentences(known: pd.DataFrame, month: str, months: list[str]) -> list[str]:
    """Return the course of magnet exports since the controls: level before, trough, when it was made good.

    Nothing where no controls have begun.

    Args:
        known: Reconciled months of the exports that are not open: period, best, low, high, basis; oldest first.
        month: The edition's month.
        months: Months of the events on controls, oldest first.
    """
    if not months:
        return []
    start = months[0]
    before = known[known["period"] < start].tail(1)
    since = known[known["period"] >= start]
    if before.empty or since.empty:
        return ["This edition does not know the exports on both sides of the controls' start."]
    base, trough = before.iloc[0], since.loc[since["best"].idxmin()]
    fall = change_pct(interval_of(trough), interval_of(base))
    said = [
        f"Exports of {period_name(base['period'])}, before the controls of {period_name(start)}, were "
        f"{interval_words(interval_of(base), 't')}{_marked(base)}; the trough was {period_name(trough['period'])} "
        f"with {number(trough['best'], 't', 1)}, {change_words(fall)}."
    ]
    regained = since[(since["period"] > trough["period"]) & (since["low"] >= base["high"])]
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


PREFIX = "ree.export.magnet.cn.to."


def known_places(edition, totals: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return the destinations of magnets by month: as printed, and as other prints imply where nobody printed one.

    Args:
        edition: The edition.
        totals: Reconciled months of all exports of magnets.
        first: First month wanted.

    Returns:
        Columns of `exports.destinations`, name, and basis ("reported" or "implied").
    """
    printed = exports.destinations(edition.rows_under(PREFIX), PREFIX, totals).assign(basis="reported")
    rows = edition.estimates
    rows = rows[rows["series"].str.startswith(PREFIX) & (rows["basis"] == "implied")]
    rows = rows.assign(place=rows["series"].str[len(PREFIX) :], value=rows["best"])
    whole = totals[totals["basis"] != "open"].set_index("period")["best"]
    rows = rows.assign(share=100 * rows["value"] / rows["period"].map(whole).astype(float))
    both = rows.merge(printed[["place", "period"]], on=["place", "period"], how="left", indicator=True)
    implied = both[(both["_merge"] == "left_only") & both["place"].isin(PLACES)]
    places = pd.concat(
        [printed[printed["place"].isin(PLACES)], implied[["place", "period", "value", "share", "basis"]]],
        ignore_index=True,
    )
    places = places[places["period"] >= first].assign(name=lambda frame: frame["place"].map(PLACES))
    return places.sort_values(["period", "value", "place"], ascending=[True, False, True], ignore_index=True)


def rival_places_sentence(places: pd.DataFrame) -> str | None:
    """Return the printed destinations that differ from those shown; None where none does.

    Args:
        places: As of `known_places`.
    """
    rows = places[places["rivals"].map(lambda rivals: isinstance(rivals, list) and len(rivals) > 0)]
    told = [
        f"{row['name']} {join_words([number(value, '', 1) for value in row['rivals']])} in "
        f"{period_name(row['period'])} (shown: {number(row['value'], 't', 1)})"
        for _, row in rows.iterrows()
    ]
    return f"Other prints, not shown: {join_words(told)}." if told else None


def destination_sentence(edition, places: pd.DataFrame) -> str:
    """Return the destinations that somebody printed for the month, their shares and changes, and who is missing.

    Args:
        edition: The edition.
        places: As of `known_places`.
    """
    month = edition.month
    places = places[places["basis"] == "reported"]
    own = places[(places["period"] == month) & (places["place"] != "EU")]
    missing = [name for code, name in PLACES.items() if code not in set(places.loc[places["period"] == month, "place"])]
    silent = f" Nobody known here prints {join_words(missing, 'or')} for that month." if missing else ""
    union = places[(places["period"] == month) & (places["place"] == "EU")]
    if own.empty and union.empty:
        return f"No destination is printed for {period_name(month)}.{silent}"
    told = [f"{row['name']} {number(row['value'], 't', 1)}{_share(edition, row)}" for _, row in own.iterrows()]
    told += [
        f"the European Union as a whole {number(row['value'], 't', 1)}{_share(edition, row)}"
        for _, row in union.iterrows()
    ]
    return f"Printed for {period_name(month)}: {'; '.join(told)}.{silent}"


def _share(edition, row: pd.Series) -> str:
    """Return the share of a destination and its changes, as printed or as the known months give them."""
    parts = [] if pd.isna(row["share"]) else [f"{number(row['share'], '%', 0.1)} of all"]
    for measure, words in (("mom", "on the month"), ("yoy", "on the year")):
        text = change_text(edition, PREFIX + row["place"], measure, row["period"], mark="")
        parts += [f"{text} {words}"] if text else []
    return f" ({', '.join(parts)})" if parts else ""
