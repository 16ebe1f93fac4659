"""Sentences and frames on companies and plants: capacities, concentration, what is announced, what retiring does."""

import pandas as pd

from metalsbook.analysis.capacity import capacity_to_retire, concentration, hhi_from_ratios
from metalsbook.page.capacity_words import CAPACITY
from metalsbook.page.cited import caution
from metalsbook.page.narrative import as_printed, count_of, join_words, number, percent
from metalsbook.page.sentences import rounded
from metalsbook.page.tables import with_publisher

EFFECTIVE, NEW = "effective", "new"
NATIONAL = ("alloy", "approved", "range10y", "year_inferred", "yuncheng", "fugu", "ningxia", NEW, EFFECTIVE)
"""Parts of a capacity's series id that make it something else than the capacity of one company or plant."""
GOOD_RATE_PCT = 85
"""Assumption: the share of capacity that a smelter runs at in good years, to see how far the industry is from it."""
SCATTERED_HHI = 1000
"""Below this index a market counts as unconcentrated (US Department of Justice and FTC, Merger Guidelines 2023)."""
_COLUMNS = ["name", "series", "period", "value", "who", "share"]


def company_capacities(edition) -> pd.DataFrame:
    """Return the latest stated primary capacity of each company or plant with its share of China's.

    A plant whose catalogue has an effective figure beside its name-plate never ran near it: see `name_plates_only`.

    Returns:
        Columns name, series, period, value (t/year), who, share (% of the latest stated capacity of China).
    """
    found = _latest_of_plants(edition)
    return found[~found["series"].isin(_with_effective(edition))].reset_index(drop=True)


def name_plates_only(edition) -> pd.DataFrame:
    """Return the plants left out of `company_capacities`, with the same columns."""
    found = _latest_of_plants(edition)
    return found[found["series"].isin(_with_effective(edition))].reset_index(drop=True)


def _with_effective(edition) -> list[str]:
    ending = f".{EFFECTIVE}"
    return [name.removesuffix(ending) for name in edition.series["series"] if name.endswith(ending)]


def _latest_of_plants(edition) -> pd.DataFrame:
    prefix = f"{CAPACITY}."
    series = [
        name
        for name in edition.series["series"]
        if name.startswith(prefix) and not any(part in NATIONAL for part in name[len(prefix) :].split("."))
    ]
    rows = [edition.years(name).iloc[-1] for name in series if len(edition.years(name))]
    whole = edition.years(CAPACITY)
    if not rows or whole.empty:
        return pd.DataFrame(columns=_COLUMNS)
    found = with_publisher(edition, pd.DataFrame(rows))
    share = 100 * found["value"] / whole.iloc[-1]["value"]
    named = found.assign(name=[_plant(edition, name) for name in found["series"]], share=share)
    return named.sort_values("value", ascending=False, ignore_index=True, kind="stable")


def _plant(edition, series: str) -> str:
    return edition.spec(series)["title"].split(", ", 1)[-1]


def concentration_sentences(edition, companies: pd.DataFrame) -> list[str]:
    """Return what known capacities and stated ratios say of concentration, with the bounds that they leave."""
    if companies.empty:
        return ["No capacity of a company or plant is known to this edition."]
    known = concentration(companies["share"].tolist())
    years, whole = companies["period"], edition.years(CAPACITY).iloc[-1]
    plants = count_of(len(companies), "company or plant", "companies and plants")
    said = [
        f"The {plants} with a stated capacity (figures of {years.min()} to {years.max()}) could make "
        f"{percent(known['covered_pct'], 0, False)} of the {as_printed(whole)} that China could in {whole['period']}; "
        f"the five largest of them {percent(known['cr5_pct'], 0, False)}, about the least that the true top five can "
        "have. Capacity is what a plant could make, not what it made.",
    ]
    for _, row in name_plates_only(edition).iterrows():
        aimed = edition.prints(f"{row['series']}.{EFFECTIVE}", "forecast")
        goal = f", which aimed at {as_printed(aimed.iloc[-1])} when it started" if len(aimed) else ""
        said.append(
            f"Left out is the name-plate of {row['name']}, {as_printed(row)} of {row['period']}{goal}. "
            f"{caution(edition, row['series'])}".rstrip()
        )
    said += _ratio_sentences(edition)
    return said


def _ratio_sentences(edition) -> list[str]:
    three, five = edition.years("mg.concentration.cr3"), edition.years("mg.concentration.cr5")
    if three.empty or five.empty:
        return []
    first, row = three.iloc[-1]["value"], with_publisher(edition, five).iloc[-1]
    low, high = hhi_from_ratios(first, row["value"])
    return [
        f"For {row['period']}, {row['cited']} states {percent(first, 0, False)} for the three and "
        f"{percent(row['value'], 1, False)} for the five largest: a Herfindahl-Hirschman index between "
        f"{number(low, '', 1)} and {number(high, '', 1)} of ten thousand, {_concentration_word(high)}."
    ]


def _concentration_word(index: float) -> str:
    return "a scattered industry" if index < SCATTERED_HHI else "not scattered at the upper end"


def companies_text(companies: pd.DataFrame) -> str:
    """Return the text alternative of company capacities: the largest and the smallest."""
    if companies.empty:
        return "No capacities."
    top, least = companies.iloc[0], companies.iloc[-1]
    return (
        f"{count_of(len(companies), 'company or plant', 'companies and plants')}, from {top['name']} with "
        f"{number(top['value'], 't a year', 1)} to {least['name']} with {number(least['value'], 't a year', 1)}."
    )


def announced_additions(edition) -> pd.DataFrame:
    """Return capacity announced or expected for after the edition's year, largest addition first.

    Columns name, period, value (t/year), added_t, who, caution (what the catalogue says against the figure).
    A whole plant's forecast adds what it has above the latest stated capacity; a series of new capacity adds all of it.
    """
    rows = []
    for name in edition.series["series"]:
        if not name.startswith(f"{CAPACITY}.") or name.endswith((f".{EFFECTIVE}", ".share")):
            continue
        ahead = edition.latest(name, "forecast", 4)
        ahead = ahead[ahead["period"] > edition.month[:4]]
        if ahead.empty:
            continue
        row = with_publisher(edition, ahead).iloc[-1]
        stands = edition.years(name)
        base = 0.0 if name.endswith(f".{NEW}") else stands.iloc[-1]["value"] if len(stands) else float("nan")
        added = row["value"] - base
        rows.append((_plant(edition, name), row["period"], row["value"], added, row["cited"], caution(edition, name)))
    found = pd.DataFrame(rows, columns=["name", "period", "value", "added_t", "who", "caution"])
    return found.dropna(subset=["added_t"]).sort_values("added_t", ascending=False, ignore_index=True, kind="stable")


def additions_sentence(edition, pairs: pd.DataFrame) -> str:
    """Return what is announced to be built, and what utilisation it would leave if all came and output stayed.

    Args:
        edition: The edition.
        pairs: Rows of `capacity_words.rates_of_year` with an output and a capacity, largest rate first.
    """
    found = announced_additions(edition)
    if found.empty:
        return "No new capacity is announced in what this edition knows."
    listed = [
        f"{row['name']} {number(row['added_t'], 't a year', 1)} more by {row['period']} ({row['who']})"
        for _, row in found.iterrows()
    ]
    total = found["added_t"].sum()
    said = f"Announced or expected, not built: {join_words(listed)}; together {number(total, 't a year', 1)}"
    warned = "".join(f" {words}" for words in dict.fromkeys(found["caution"]) if words)
    if pairs.empty:
        return f"{said}.{warned}"
    ends = [100 * row["output_t"] / (row["capacity_t"] + total) for row in (pairs.iloc[-1], pairs.iloc[0])]
    shown = list(dict.fromkeys(percent(end, 0, False) for end in ends))
    return f"{said}.{warned} If all of it came and output stayed, {' to '.join(shown)} of capacity would be in use."


def retirement_sentences(china: pd.DataFrame, year: str) -> list[str]:
    """Return how much capacity would have to go for the least and the most output of a year to fill 85% of the rest.

    Args:
        china: Rows of `rates_of_year` with an output and a capacity, largest rate first.
        year: The year.
    """
    if china.empty:
        return ["No year has a stated output and a stated capacity, so that nothing can be retired on paper."]
    ends = [
        capacity_to_retire(row["output_t"], row["capacity_t"], GOOD_RATE_PCT) for row in (china.iloc[0], china.iloc[-1])
    ]
    share = [100 * end / row["capacity_t"] for end, row in zip(ends, (china.iloc[0], china.iloc[-1]), strict=True)]
    said = (
        f"For the output of {year} to fill {GOOD_RATE_PCT}% of capacity (an assumption of what a healthy smelter "
        "runs at), "
    )
    if len(china) == 1:
        return [
            f"{said}{rounded(ends[0] / 1000, 'thousand t', 10)} a year would have to go, "
            f"{percent(share[0], 0, False)} of what stands."
        ]
    return [
        f"{said}{rounded(ends[0] / 1000, '', 10)} to {rounded(ends[1] / 1000, 'thousand t', 10)} a year would have to "
        f"go, {percent(share[0], 0, False)} to {percent(share[1], 0, False)} of what stands, depending on whose output "
        "counts.",
    ]
