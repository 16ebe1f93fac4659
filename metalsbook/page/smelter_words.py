"""Sentences, frames and tables on smelters: regions, companies, operating rates, balance, events."""

from dataclasses import replace

import pandas as pd

from metalsbook.analysis.capacity import concentration, hhi_from_ratios
from metalsbook.months import period_end, step_month
from metalsbook.page.capacity_words import CAPACITY, OUTPUT
from metalsbook.page.figures import KeyFigure
from metalsbook.page.flows import flow_figure
from metalsbook.page.html import Html, link
from metalsbook.page.narrative import as_printed, count_of, gap, join_words, number, percent, period_name
from metalsbook.page.sentences import rounded
from metalsbook.page.tables import origin, table, with_publisher

REGIONS = {
    "Shaanxi": "mg.output.cn.shaanxi", "of which Fugu": "mg.output.cn.fugu", "Shanxi": "mg.output.cn.shanxi",
    "Ningxia": "mg.output.cn.ningxia", "Xinjiang": "mg.output.cn.xinjiang",
    "Inner Mongolia": "mg.output.cn.inner_mongolia",
}
NATIONAL = ("alloy", "approved", "range10y", "year_inferred", "yuncheng", "fugu", "ningxia", "new", "effective")
"""Parts of a capacity's series id that make it something else than the capacity of one company or plant."""
OPERATING = {
    "mg.operating_rate.primary": "Operating rate, primary", "mg.operating_rate.primary.weekly": "The same, of a week",
    "mg.smelters.operating": "Smelters working", "mg.smelters.sample": "Smelters asked",
    "mg.smelters.yulin.operating": "Smelters working in Yulin", "mg.output.cn.daily": "Output a day, China",
    "mg.output.cn.yulin.daily": "Output a day, Yulin", "mg.output.daily.fugu_shenmu": "Output a day, Fugu and Shenmu",
}
SCATTERED_HHI = 1000
"""Below this index a market counts as unconcentrated (US Department of Justice and FTC, Merger Guidelines 2023)."""


def region_shares(edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the statements of regions (with `name`) and of China as a whole: levels of years and months, and sums."""
    rows = edition.statements
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


def company_capacities(edition) -> pd.DataFrame:
    """Return the latest stated primary capacity of each company or plant with its share of China's.

    Returns:
        Columns name, series, period, value (t/year), who, share (% of the latest stated capacity of China).
    """
    prefix = f"{CAPACITY}."
    series = [name for name in edition.series["series"] if name.startswith(prefix)
              and not any(part in NATIONAL for part in name[len(prefix):].split("."))]
    rows = [edition.years(name).iloc[-1] for name in series if len(edition.years(name))]
    whole = edition.years(CAPACITY)
    if not rows or whole.empty:
        return pd.DataFrame(columns=["name", "series", "period", "value", "who", "share"])
    found = with_publisher(edition, pd.DataFrame(rows))
    titles = edition.series.set_index("series")["title"]
    names = [titles[name].split(", ", 1)[-1] for name in found["series"]]
    share = 100 * found["value"] / whole.iloc[-1]["value"]
    return found.assign(name=names, share=share).sort_values("value", ascending=False, ignore_index=True)


def concentration_sentences(edition, companies: pd.DataFrame) -> list[str]:
    """Return what known capacities and stated ratios say of concentration, with the bounds that they leave."""
    if companies.empty:
        return ["No capacity of a company or plant is known to this edition."]
    known = concentration(companies["share"].tolist())
    years = companies["period"]
    said = [
        f"The {len(companies)} companies and plants with a stated capacity (figures of {years.min()} to {years.max()}) "
        f"make {percent(known['covered_pct'], 0, False)} of China's; the five largest of them "
        f"{percent(known['cr5_pct'], 0, False)}, about the least that the true top five can have."
    ]
    three, five = edition.years("mg.concentration.cr3"), edition.years("mg.concentration.cr5")
    if len(three) and len(five):
        first, last = three.iloc[-1]["value"], five.iloc[-1]["value"]
        low, high = hhi_from_ratios(first, last)
        said.append(
            f"For {five.iloc[-1]['period']} a source states {percent(first, 0, False)} for the three and "
            f"{percent(last, 1, False)} for the five largest: a Herfindahl-Hirschman index between "
            f"{number(low, '', 1)} and {number(high, '', 1)} of ten thousand, {_concentration_word(high)}."
        )
    return said


def _concentration_word(index: float) -> str:
    return "a scattered industry" if index < SCATTERED_HHI else "not scattered at the upper end"


def world_share_sentence(shares: pd.DataFrame) -> str:
    """Return the spread of China's share of the world in the last year that has any."""
    if shares.empty:
        return "No share of China in the world's primary magnesium is known to this edition."
    year = shares["period"].max()
    own = shares[shares["period"] == year]
    return (f"For {year}, {count_of(len(own), 'figure')} of China's share of the world's primary magnesium "
            f"{'lies' if len(own) == 1 else 'lie'} between {percent(own['value'].min(), 0, False)} and "
            f"{percent(own['value'].max(), 0, False)}.")


def balance_table(balance: pd.DataFrame) -> Html:
    """Return output less exports beside stated consumption, by year."""
    if balance.empty:
        return gap("No year known to this edition has China's output, exports and consumption.")
    shown = pd.DataFrame({
        "Year": balance["period"],
        "Output less exports, kt": [_kt_span(row["low"], row["high"]) for _, row in balance.iterrows()],
        "Consumption as stated, kt": [_kt_span(row["stated_low"], row["stated_high"]) for _, row in balance.iterrows()],
        "Left over, kt": [_kt_span(row["gap_low"], row["gap_high"]) for _, row in balance.iterrows()],
    })
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
        figure, value=f"{percent(change['value'], 2)} on the month", period=period_name(edition.month),
        change="the level is not printed", origin=origin(edition, change),
    )


def changes_text(changes: pd.DataFrame) -> str:
    """Return the text alternative of printed monthly changes."""
    said = [f"{row['period']} {percent(row['value'])}" for _, row in changes.iterrows()]
    return f"Printed changes on the month before: {join_words(said)}." if said else "No changes."


def operating_table(edition) -> Html:
    """Return what is printed of operating rates and working smelters within the last twelve months."""
    rows = edition.statements
    rows = rows[rows["series"].isin(OPERATING) & (rows["period"] >= step_month(edition.month, -11))]
    if rows.empty:
        return gap("No operating rate of the last twelve months is known to this edition.")
    rows = with_publisher(edition, rows).sort_values(["period", "series"], ascending=[False, True])
    shown = pd.DataFrame({
        "Period": rows["period"], "Figure": rows["series"].map(OPERATING),
        "Value": [as_printed(row) for _, row in rows.iterrows()],
        "Who": rows["who"],
    })
    return table(shown, "Operating rates and working smelters of the last twelve months, as printed")


def events_frame(edition, months: int) -> pd.DataFrame:
    """Return the chapter's events of the last months: columns date, day, topic, what, publisher, url; newest first."""
    events = edition.events
    first = step_month(edition.month, 1 - months)
    own = events[(events["chapter"] == "magnesium_capacity") & (events["date"].str.len() >= 7)]
    own = own[own["date"] >= first]
    own = own.assign(day=own["date"], date=pd.to_datetime([period_end(date) for date in own["date"]]))
    return own.sort_values("day", ascending=False, ignore_index=True)


def events_table(events: pd.DataFrame) -> Html:
    """Return events as a table, newest first, each with its page."""
    if events.empty:
        return gap("The ledger's calendar has nothing on plants in these months.")
    shown = pd.DataFrame({
        "When": events["day"], "About": events["topic"], "What": events["what"],
        "Said by": [Html(link(row["url"], row["publisher"])) for _, row in events.iterrows()],
    })
    return table(shown, "Plants, rules and stocks: what the ledger's calendar has")


def shares_text(shares: pd.DataFrame) -> str:
    """Return the text alternative of shares over time: first and last of each part."""
    said = []
    for name, rows in shares.groupby("name", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        said.append(f"{name} {percent(first['value'], 0, False)} in {first['period']}" + (
            f" and {percent(last['value'], 0, False)} in {last['period']}" if len(rows) > 1 else ""))
    return f"Shares of China's output: {'; '.join(said)}." if said else "No shares."


def companies_text(companies: pd.DataFrame) -> str:
    """Return the text alternative of company capacities: the largest and the smallest."""
    if companies.empty:
        return "No capacities."
    top, least = companies.iloc[0], companies.iloc[-1]
    return (f"{count_of(len(companies), 'company or plant', 'companies and plants')}, from {top['name']} with "
            f"{number(top['value'], 't a year', 1)} to {least['name']} with {number(least['value'], 't a year', 1)}.")


def publishers_text(events: pd.DataFrame) -> str:
    """Return who reported the events, the most frequent first."""
    names = events["publisher"].str.split(r"\s*[(]", regex=True).str[0].value_counts(sort=False)
    ordered = sorted(names.index, key=lambda name: (-names[name], name))
    return ", ".join(ordered[:4]) + (f" and {count_of(len(ordered) - 4, 'other')}" if len(ordered) > 4 else "")


def events_text(events: pd.DataFrame) -> str:
    """Return the text alternative of the events: how many of each topic, and the newest."""
    if events.empty:
        return "No events."
    counts = events["topic"].value_counts()
    said = join_words([f"{count} on {topic}" for topic, count in counts.items()])
    return f"{count_of(len(events), 'event')}: {said}. The newest, {events.iloc[0]['day']}: {events.iloc[0]['what']}"
