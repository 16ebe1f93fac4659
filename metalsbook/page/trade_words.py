"""Sentences and tables on where exports went and what a tonne was worth."""

import pandas as pd

from metalsbook.analysis.intervals import growth_of_quotient
from metalsbook.months import step_month
from metalsbook.page.cited import caution
from metalsbook.page.html import Html
from metalsbook.page.narrative import count_of, gap, join_words, number, percent, period_name, rate_as_printed
from metalsbook.page.quotes import months_of
from metalsbook.page.sentences import change_words, interval_of, interval_words, printed_interval, rounded
from metalsbook.page.tables import table, with_publisher

VALUES = {
    name: (f"mg.export.value.{key}", f"mg.export.{key}", f"mg.export.unit_value.{key}")
    for name, key in (
        ("All products", "total"),
        ("Ingot", "ingot"),
        ("Alloy", "alloy"),
        ("Powder", "powder"),
        ("Scrap", "scrap"),
    )
}
_PLACES = {
    "NLD": "Netherlands",
    "CAN": "Canada",
    "TUR": "Türkiye",
    "IND": "India",
    "JPN": "Japan",
    "KOR": "South Korea",
    "ARE": "United Arab Emirates",
    "CZE": "Czechia",
    "BHR": "Bahrain",
    "IDN": "Indonesia",
    "USA": "United States",
    "DEU": "Germany",
    "europe": "Europe",
}
_WITH_ARTICLE = ("Netherlands", "United Arab Emirates", "United States")
FOB = "mg.price.ingot.fob_china"
# Shares that differ by less say the same.
_SHARE_NOISE_PP = 1.0
_HALF_PP = 0.5
"""What the rounding of a share in whole per cent leaves."""


def with_names(places: pd.DataFrame) -> pd.DataFrame:
    """Return destinations with the column `name`: the country's name where it is known."""
    return places.assign(name=[_PLACES.get(place, place) for place in places["place"]])


def place_in_sentence(name: str) -> str:
    """Return a country as it stands within a sentence: "the Netherlands"."""
    return f"the {name}" if name in _WITH_ARTICLE else name


def destination_series(edition, prefix: str = "mg.export.ingot.to.") -> list[str]:
    """Return the series of destinations that the edition has."""
    return [series for series in edition.series["series"] if series.startswith(prefix)]


def totals_for_shares(edition, series: str) -> pd.DataFrame:
    """Return the months of a total that shares are taken of: as printed where it is, else as reconciliation implies.

    Returns:
        Columns period, low, high, best, basis.
    """
    implied = edition.estimated(series)
    printed = edition.printed_months(series)
    rows = pd.DataFrame(
        {
            "period": printed["period"],
            "low": printed["bound_low"],
            "high": printed["bound_high"],
            "best": printed["value"],
            "basis": "reported",
        }
    )
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
    who, amount = place_in_sentence(top["name"]), f"{number(top['value'], 't', 1)}{share}"
    if len(own) == 1:
        said = [f"{lead}For {period_name(period)} one destination of ingot is printed: {who} with {amount}."]
    else:
        said = [
            f"{lead}Of {len(own)} printed destinations of ingot in {period_name(period)} the largest is {who} with "
            f"{amount}."
        ]
    before = with_names(places[(places["place"] == top["place"]) & (places["period"] < period)])
    if len(before):
        last = before.iloc[-1]
        change = percent(100 * (top["value"] / last["value"] - 1))
        said.append(
            f"The last month printed for {who} before it is {period_name(last['period'])}, with "
            f"{number(last['value'], 't', 1)} ({change} to {period_name(period)})."
        )
    said += [_odd_sentence(rows) for _, rows in _odd_shares(places).groupby("period")]
    return said


def _odd_shares(places: pd.DataFrame) -> pd.DataFrame:
    """Return destinations whose printed share, with its rounding, cannot be one of the printed total."""
    return places[(places["share"] - places["printed_share"]).abs() > _SHARE_NOISE_PP]


def _odd_sentence(rows: pd.DataFrame) -> str:
    """Return which totals the printed tonnes and shares of a month mean, as far as the shares' rounding leaves it."""
    names = join_words(with_names(rows)["name"].map(place_in_sentence).tolist())
    low = (100 * rows["value"] / (rows["printed_share"] + _HALF_PP)).max()
    high = (100 * rows["value"] / (rows["printed_share"] - _HALF_PP)).min()
    month = period_name(rows.iloc[0]["period"])
    if low <= high:
        span = f"one total of {rounded(low, '', 100)} to {rounded(high, 't', 100)} would fit them all"
    else:
        span = "no one total fits them all"
    return (
        f"The printed shares of {names} in {month} do not fit the printed tonnes of ingot; {span}. They may be of "
        "another total, or a figure is wrong: the page does not say."
    )


def destination_changes_sentence(edition, prefix: str = "mg.export.ingot.to.") -> str | None:
    """Return printed changes on the year before of the destinations of the last month with any; None without one."""
    rows = edition.rows_under(prefix)
    rows = rows[(rows["measure"] == "yoy") & (rows["period"] <= edition.month)]
    rows = rows[rows["period"] > step_month(edition.month, -12)]
    if rows.empty:
        return None
    own = with_publisher(edition, rows[rows["period"] == rows["period"].max()]).drop_duplicates("series", keep="last")
    own = with_names(own.assign(place=own["series"].str[len(prefix) :]))
    said = [f"{place_in_sentence(row['name'])} {rate_as_printed(row)}" for _, row in own.iterrows()]
    return (
        f"Printed changes on the year before by destination, the last for {period_name(own.iloc[0]['period'])} "
        f"({own.iloc[0]['who']}): {join_words(said)}."
    )


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
    shown = pd.DataFrame(
        {
            "Destination": rows["name"],
            "Month": rows["period"],
            "t": rows["value"],
            "Share of ingot, %": rows["share"],
            "Share as printed, %": rows["printed_share"],
        }
    )
    caption = "Ingot exports by destination; shares of the month's total of ingot, where it is known"
    return table(
        shown,
        caption,
        {
            "t": lambda value: number(value, "", 1),
            "Share of ingot, %": lambda value: f"{value:.1f}",
            "Share as printed, %": lambda value: f"{value:g}",
        },
    )


def value_table(edition, values: pd.DataFrame) -> Html:
    """Return unit values of the last years: value over quantity, and as printed."""
    rows = values[values["period"] >= f"{int(edition.month[:4]) - 1}"]
    if rows.empty:
        return gap("No value of exports is known to this edition for this year or the last.")
    spans = ["whole year" if measure == "level" else "since January" for measure in rows["measure"]]
    shown = pd.DataFrame(
        {
            "Product": rows["product"],
            "To": rows["period"],
            "Span": spans,
            "Value over quantity, USD/t": [
                "" if pd.isna(row["best"]) else interval_words(interval_of(row)) for _, row in rows.iterrows()
            ],
            "As printed, USD/t": rows["printed"],
        }
    )
    return table(
        shown,
        "Unit values of exports: printed value over printed quantity, beside the printed unit value",
        {"As printed, USD/t": lambda value: number(value, "", 1)},
    )


def value_sentences(edition, values: pd.DataFrame) -> list[str]:
    """Return the newest unit value of ingot against the mean of the FOB quotes of the same months."""
    rows = values[(values["product"] == "Ingot") & (values["measure"] == "ytd") & values["printed"].notna()]
    if rows.empty:
        return ["No unit value of ingot is printed for this year."]
    row = rows.iloc[-1]
    said = (
        f"From January to {period_name(row['period'])} a tonne of ingot was declared at "
        f"{number(row['printed'], 'USD/t', 1)}"
    )
    mean, months = fob_mean(edition, row["period"])
    if not months:
        return [f"{said}; no FOB price of these months is known."]
    apart = 100 * (row["printed"] / mean - 1)
    beside = "at" if abs(apart) < 0.5 else f"{percent(abs(apart), 0, False)} {'above' if apart > 0 else 'below'}"
    return [
        f"{said}; that is {beside} the {rounded(mean, 'USD/t', 1)} that FOB prices average over "
        f"{count_of(months, 'month')} of the span that {'is' if months == 1 else 'are'} known."
    ]


def fob_mean(edition, last: str) -> tuple[float, int]:
    """Return the mean FOB price from January to a month, and how many months of the span it covers.

    A mean printed since January stands for its months; after it each month counts by the book's one rule for prices.

    Args:
        edition: The edition.
        last: Last month of the span, "YYYY-MM".
    """
    printed = edition.latest(FOB, "ytd", 7)
    printed = printed[(printed["period"] >= last[:4]) & (printed["period"] <= last)]
    months = months_of(edition, FOB)
    months = months[(months["period"] >= last[:4]) & (months["period"] <= last)]
    total, count = 0.0, 0
    if len(printed):
        count = int(printed.iloc[-1]["period"][5:7])
        total = count * printed.iloc[-1]["value"]
        months = months[months["period"] > printed.iloc[-1]["period"]]
    total, count = total + months["value"].sum(), count + len(months)
    return (total / count if count else float("nan")), count


def value_change_sentence(edition) -> str | None:
    """Return the last printed change since January of the value of all exports and of the unit value of ingot."""
    said, period, who, rates = [], "", "", {}
    for series, what in (
        (VALUES["All products"][0], "the value of all exports"),
        (VALUES["Ingot"][0], "that of ingot"),
        (VALUES["Ingot"][2], "the unit value of ingot"),
    ):
        rows = edition.latest(series, "ytd_yoy", 7)
        rows = rows[(rows["period"] >= edition.month[:4]) & (rows["period"] <= edition.month)]
        if len(rows) and rows.iloc[-1]["period"] >= period:
            row = with_publisher(edition, rows).iloc[-1]
            period, who = row["period"], row["who"]
            rates[series] = row
            said.append(f"{what} {rate_as_printed(row)}")
    if not said:
        return None
    head = f"From January to {period_name(period)}, on the year before, as printed by {who}: {join_words(said)}."
    return head + _worth_from_growth(edition, rates, period)


def _worth_from_growth(edition, rates: dict[str, pd.Series], period: str) -> str:
    """Return what the printed growth of value and tonnes makes of that of the unit value of ingot, also printed."""
    value, tonnes, unit_value = VALUES["Ingot"]
    quantity = edition.figure(tonnes, "ytd_yoy", period) if edition.has(tonnes) else None
    known = [rates.get(value), quantity, rates.get(unit_value)]
    if any(row is None or row["period"] != period for row in known):
        return ""
    above, below, printed = (printed_interval(row) for row in known)
    change = growth_of_quotient(above, below)
    fits = change.low <= printed.high and printed.low <= change.high
    return (
        f" The tonnes of ingot are printed at {rate_as_printed(quantity)}: value over tonnes makes "
        f"{change_words(change)} of the unit value, "
        f"{'which fits' if fits else 'so that the three cannot all be true'}."
    )


def shares_table(edition, months: int = 12) -> Html:
    """Return printed shares of exports of the last months beside what the printed tonnes make of them.

    Args:
        edition: The edition.
        months: How many months up to the edition's.
    """
    own = edition.series["chapter"] == "magnesium_exports"
    named = edition.series[own & ((edition.series["share_of"] != "") | edition.series["series"].str.endswith(".share"))]
    parts = named.set_index("series")["share_of"]
    rows = edition.rows_of(*parts.index)
    rows = rows[rows["period"] > step_month(edition.month, -months)]
    rows = with_publisher(edition, rows[rows["period"].str.len() == 7])
    rows = rows.sort_values(["period", "series"], ascending=[False, True])
    if rows.empty:
        return gap("No share of exports is printed for the last twelve months.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame(
        {
            "Share": rows["series"].map(titles),
            "Of": ["January to " * (row["measure"] == "ytd") + row["period"] for _, row in rows.iterrows()],
            "As printed": [number(row["value"], "%", row["resolution"]) for _, row in rows.iterrows()],
            "From tonnes": [_share_words(edition, row, parts[row["series"]]) for _, row in rows.iterrows()],
            "Who": rows["who"],
            "The catalogue's caution": [caution(edition, name) for name in rows["series"]],
        }
    )
    return table(shown, "Printed shares, and what the printed tonnes of part and whole make of them where both are")


def _share_words(edition, row: pd.Series, share_of: str) -> str:
    """Return the share that the printed tonnes of a period make; "" where part or whole is not printed.

    Reconciled tonnes will not do: they may rest on this very share.
    """
    printed = [edition.figure(series, row["measure"], row["period"]) for series in share_of.split("/") if series]
    if len(printed) < 2 or any(one is None for one in printed):
        return ""
    above, below = (printed_interval(one) for one in printed)
    return interval_words((above / below).scaled(100), "%")


def other_destinations_table(edition) -> Html:
    """Return what is printed of destinations of other products than ingot within the last twelve months."""
    rows = edition.rows_under("mg.export.")
    other = rows["series"].str.match(r"mg\.export\.(?!ingot)\w+\.to\.")
    rows = rows[other & (rows["period"] > step_month(edition.month, -12))]
    if rows.empty:
        return gap("No destination of alloy or powder is printed for the last twelve months.")
    titles = edition.series.set_index("series")["title"]
    rows = with_publisher(edition, rows.sort_values(["period", "series"], ascending=[False, True]))
    shown = pd.DataFrame(
        {
            "Flow": rows["series"].map(titles),
            "Month": rows["period"],
            "t": [number(row["value"], "", row["resolution"]) for _, row in rows.iterrows()],
            "Who": rows["who"],
        }
    )
    return table(shown, "Destinations of other magnesium products, or of none named, as printed")
