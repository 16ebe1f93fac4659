"""Sentences and tables on where exports went and what a tonne was worth."""

import pandas as pd

from metalsbook.months import step_month
from metalsbook.page.html import Html
from metalsbook.page.narrative import count_of, gap, join_words, number, percent, period_name
from metalsbook.page.sentences import interval_of, interval_words, printed_interval, rounded
from metalsbook.page.tables import table, with_publisher

VALUES = {
    name: (f"mg.export.value.{key}", f"mg.export.{key}", f"mg.export.unit_value.{key}")
    for name, key in (("All products", "total"), ("Ingot", "ingot"), ("Alloy", "alloy"), ("Powder", "powder"),
                      ("Scrap", "scrap"))
}
_PLACES = {
    "NLD": "Netherlands", "CAN": "Canada", "TUR": "Türkiye", "IND": "India", "JPN": "Japan", "KOR": "South Korea",
    "ARE": "United Arab Emirates", "CZE": "Czechia", "BHR": "Bahrain", "IDN": "Indonesia", "USA": "United States",
    "DEU": "Germany", "europe": "Europe",
}
# Shares that differ by less say the same.
_SHARE_NOISE_PP = 1.0


def with_names(places: pd.DataFrame) -> pd.DataFrame:
    """Return destinations with the column `name`: the country's name where it is known."""
    return places.assign(name=[_PLACES.get(place, place) for place in places["place"]])


def destination_series(edition, prefix: str = "mg.export.ingot.to.") -> list[str]:
    """Return the series of destinations that the edition has."""
    return [series for series in edition.series["series"] if series.startswith(prefix)]


def totals_for_shares(edition, series: str) -> pd.DataFrame:
    """Return the months of a total that shares are taken of: as printed where it is, else as reconciliation implies.

    Returns:
        Columns period, low, high, best, basis.
    """
    implied = edition.estimated(series)
    printed = edition.months(series)
    rows = pd.DataFrame({"period": printed["period"], "low": printed["bound_low"], "high": printed["bound_high"],
                         "best": printed["value"], "basis": "reported"})
    implied = implied[(implied["basis"] == "implied") & ~implied["period"].isin(rows["period"])]
    return pd.concat([rows, implied[list(rows)]], ignore_index=True)


def destination_sentences(edition, places: pd.DataFrame) -> list[str]:
    """Return the largest known destination of the last month that has any, and printed shares that do not fit."""
    if places.empty:
        return ["No destination of ingot exports is known to this edition."]
    period = edition.month if (places["period"] == edition.month).any() else places["period"].max()
    own = with_names(places[places["period"] == period])
    top = own.iloc[0]
    lead = "" if period == edition.month else f"Nobody printed a destination for {period_name(edition.month)}. "
    share = "" if pd.isna(top["share"]) else f", {percent(top['share'], 1, False)} of the month's ingot"
    said = [f"{lead}In {period_name(period)} the largest destination that anyone printed was {top['name']} with "
            f"{number(top['value'], 't', 1)}{share}; {count_of(len(own), 'destination is', 'destinations are')} known."]
    odd = places[(places["share"] - places["printed_share"]).abs() > _SHARE_NOISE_PP]
    if len(odd):
        names = join_words(list(dict.fromkeys(with_names(odd)["name"])))
        months = join_words([period_name(period) for period in dict.fromkeys(odd["period"])])
        low, high = odd["implied_total"].min(), odd["implied_total"].max()
        said.append(f"Printed shares of {names} ({months}) do not fit the printed tonnes of ingot: tonnes and share "
                    f"together mean totals of {rounded(low, '', 100)} to {rounded(high, 't', 100)}, so that the shares "
                    "are of something else.")
    return said


def destinations_text(places: pd.DataFrame) -> str:
    """Return the text alternative of the destinations: for each month the tonnes by country."""
    said = []
    for period, rows in with_names(places).groupby("period"):
        names = join_words([f"{row['name']} {number(row['value'], 't', 1)}" for _, row in rows.iterrows()])
        said.append(f"{period_name(period)}: {names}")
    return f"{'; '.join(said)}." if said else "No destinations."


def destinations_table(places: pd.DataFrame) -> Html:
    """Return destinations with their share of the month's ingot, as computed and as printed."""
    if places.empty:
        return gap("No destination of ingot exports is known to this edition.")
    rows = with_names(places).sort_values(["period", "value"], ascending=[False, False])
    shown = pd.DataFrame({
        "Destination": rows["name"], "Month": rows["period"], "t": rows["value"],
        "Share of ingot, %": rows["share"], "Share as printed, %": rows["printed_share"],
    })
    caption = "Ingot exports by destination; shares of the month's total of ingot, where it is known"
    return table(shown, caption, {"t": lambda value: number(value, "", 1),
                                  "Share of ingot, %": lambda value: f"{value:.1f}",
                                  "Share as printed, %": lambda value: f"{value:g}"})


def value_table(edition, values: pd.DataFrame) -> Html:
    """Return unit values of the last years: value over quantity, and as printed."""
    rows = values[values["period"] >= f"{int(edition.month[:4]) - 1}"]
    if rows.empty:
        return gap("No value of exports is known to this edition for this year or the last.")
    spans = ["whole year" if measure == "level" else "since January" for measure in rows["measure"]]
    shown = pd.DataFrame({
        "Product": rows["product"], "To": rows["period"], "Span": spans,
        "Value over quantity, USD/t": [
            "" if pd.isna(row["best"]) else interval_words(interval_of(row)) for _, row in rows.iterrows()],
        "As printed, USD/t": rows["printed"],
    })
    return table(shown, "Unit values of exports: printed value over printed quantity, beside the printed unit value",
                 {"As printed, USD/t": lambda value: number(value, "", 1)})


def value_sentences(edition, values: pd.DataFrame) -> list[str]:
    """Return the newest unit value of ingot against the mean of the FOB quotes of the same months."""
    rows = values[(values["product"] == "Ingot") & (values["measure"] == "ytd") & values["printed"].notna()]
    if rows.empty:
        return ["No unit value of ingot is printed for this year."]
    row = rows.iloc[-1]
    quotes = edition.quotes("mg.price.ingot.fob_china")
    own = quotes[(quotes["period"] >= row["period"][:4]) & (quotes["period"].str[:7] <= row["period"])]
    said = (f"From January to {period_name(row['period'])} a tonne of ingot was declared at "
            f"{number(row['printed'], 'USD/t', 1)}")
    if own.empty:
        return [f"{said}; no FOB quote of these months is known."]
    mean = own.groupby(own["period"].str[:7])["value"].mean()
    verb = "above" if mean.mean() > row["printed"] else "below"
    return [f"{said}; FOB quotes known for {count_of(len(mean), 'month')} of the span average "
            f"{rounded(mean.mean(), 'USD/t', 1)}, {verb} it."]


def shares_table(edition, months: int = 12) -> Html:
    """Return printed shares of exports of the last months beside what the printed tonnes make of them.

    Args:
        edition: The edition.
        months: How many months up to the edition's.
    """
    named = edition.series[(edition.series["chapter"] == "magnesium_exports") & (edition.series["share_of"] != "")]
    parts = named.set_index("series")["share_of"].str.split("/")
    rows = edition.statements
    rows = rows[rows["series"].isin(parts.index) & (rows["period"] > step_month(edition.month, -months))]
    rows = with_publisher(edition, rows[rows["period"].str.len() == 7])
    rows = rows.sort_values(["period", "series"], ascending=[False, True])
    if rows.empty:
        return gap("No share of exports is printed for the last twelve months.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame({
        "Share": rows["series"].map(titles),
        "Of": ["January to " * (row["measure"] == "ytd") + row["period"] for _, row in rows.iterrows()],
        "As printed": [number(row["value"], "%", row["resolution"]) for _, row in rows.iterrows()],
        "From tonnes": [_share_words(edition, row, *parts[row["series"]]) for _, row in rows.iterrows()],
        "Who": rows["who"],
    })
    return table(shown, "Printed shares, and what the printed tonnes of part and whole make of them where both are")


def _share_words(edition, row: pd.Series, part: str, whole: str) -> str:
    """Return the share that the printed tonnes of a period make; "" where part or whole is not printed.

    Reconciled tonnes will not do: they may rest on this very share.
    """
    printed = [edition.figure(series, row["measure"], row["period"]) for series in (part, whole)]
    if any(one is None for one in printed):
        return ""
    above, below = (printed_interval(one) for one in printed)
    return interval_words((above / below).scaled(100), "%")


def other_destinations_table(edition) -> Html:
    """Return what is printed of destinations of other products than ingot within the last twelve months."""
    rows = edition.statements
    other = rows["series"].str.match(r"mg\.export\.(?!ingot)\w+\.to\.")
    rows = rows[other & (rows["period"] > step_month(edition.month, -12))]
    if rows.empty:
        return gap("No destination of alloy or powder is printed for the last twelve months.")
    titles = edition.series.set_index("series")["title"]
    rows = with_publisher(edition, rows.sort_values(["period", "series"], ascending=[False, True]))
    shown = pd.DataFrame({
        "Flow": rows["series"].map(titles), "Month": rows["period"],
        "t": [number(row["value"], "", row["resolution"]) for _, row in rows.iterrows()], "Who": rows["who"],
    })
    return table(shown, "Destinations of other magnesium products, as printed")
