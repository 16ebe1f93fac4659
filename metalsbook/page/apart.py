"""A broker's sentence on a month's vehicles taken apart: what each of its figures is, and what it leaves out."""

import pandas as pd

from metalsbook.analysis import downstream
from metalsbook.analysis.sources import without_note
from metalsbook.page.html import Html
from metalsbook.page.narrative import gap, join_words, number, percent, period_name
from metalsbook.page.tables import table, who_printed


def vehicle_claims(edition) -> pd.DataFrame:
    """Return the claims on a month's vehicles made: the sentence that `downstream.take_apart` takes apart."""
    claims = edition.claims
    monthly = claims[(claims["chapter"] == "downstream_demand") & (claims["period"].str.len() == 7)]
    about = monthly["series"].isin(["auto.output.cn", "nev.penetration.cn"])
    return monthly[about & monthly["check"].isin(["level", "change", "share", "share_change"])].reset_index(drop=True)


def apart_table(edition, apart: pd.DataFrame) -> Html:
    """Return the parts of the sentence: printed figure, what it is said to be, what the ledger has, what it fits."""
    if apart.empty:
        return gap(f"No note known to the edition of {period_name(edition.month)} says anything of a month's vehicles.")
    return table(
        pd.DataFrame(
            {
                "It says": apart["statement"],
                "Printed": apart["printed"],
                "The ledger has for that": [_interval(row) for _, row in apart.iterrows()],
                "Right?": apart["holds"],
                "What the printed figure is": [join_words(fits, "or") for fits in apart["fits"]],
            }
        ),
        "The sentence in its parts; printed digits leave an interval where two ends stand. Shares a year before are "
        "taken by levels or by printed growth, whichever tells them more finely",
    )


def _interval(row: pd.Series) -> str:
    unit = {"level": "", "share_change": "pp"}.get(row["key"].split(":")[0], "%")
    if pd.isna(row["value"]):
        return ""
    if not unit:
        return number(row["value"], "", 1000)
    if row["high"] - row["low"] < 0.11:
        return number(row["value"], unit, 0.1)
    return f"{number(row['low'], '', 0.1)} to {number(row['high'], unit, 0.1)}"


def apart_sentences(apart: pd.DataFrame, period: str) -> list[str]:
    """Return what is right and what is exchanged in the sentence.

    Args:
        apart: As of `downstream.take_apart`.
        period: Month that the sentence speaks of.
    """
    said = []
    for _, row in apart[apart["holds"] == "no"].iterrows():
        names = join_words(row["fits"], "or the")
        fits = f"it is the {names}" if names else "no figure known here fits"
        said.append(
            f"\u201c{row['printed']}\u201d as the {_said_of(row)}: the ledger has {_interval(row)} for that; {fits}."
        )
    if said:
        said.insert(0, f"The sentence on the vehicles of {period_name(period)} gives a wrong name to some figures.")
    for held, words in (("yes", "Right as they stand"), ("open", "Not to be told by this edition")):
        figures = [
            f"\u201c{row['printed']}\u201d as the {_said_of(row)}"
            for _, row in apart[apart["holds"] == held].iterrows()
        ]
        said += [f"{words}: {join_words(figures)}."] if figures else []
    return said


def _said_of(row: pd.Series) -> str:
    """Return what a figure is said to be, from its key: "vehicles made", "growth on the year of the vehicles made"."""
    kind, _, name = row["key"].partition(":")
    of = downstream.COUNTED.get(name.split("/")[-1], name)
    return {
        "level": of,
        "yoy": f"growth on the year of the {of}",
        "share": f"share of new-energy vehicles in the {of}",
        "share_change": f"change on the year of the share of new-energy vehicles in the {of}",
    }.get(kind, of)


def belonging_sentences(edition, claims: pd.DataFrame, apart: pd.DataFrame) -> list[str]:
    """Return what the sentence leaves out: the growth that belongs to a misnamed count, and CAAM's own rate of sales.

    Args:
        edition: The edition.
        claims: As of `vehicle_claims`.
        apart: As of `downstream.take_apart`.
    """
    if apart.empty:
        return []
    period, note = claims["period"].max(), claims["note"].iloc[0]
    rows = without_note(edition.rows_of(*downstream.COUNTED, "nev.penetration.cn"), edition.sources, note)
    figures = downstream.vehicle_figures(rows[rows["series"].isin(downstream.COUNTED)], period).set_index("key")
    told = []
    for _, row in apart[(apart["holds"] == "no") & apart["key"].str.startswith("level:")].iterrows():
        names = [series for series, name in downstream.COUNTED.items() if name in row["fits"]]
        told += [
            f"The growth that belongs to \u201c{row['printed']}\u201d, the {downstream.COUNTED[name]}, is "
            f"{percent(figures.loc[f'yoy:{name}', 'value'])}."
            for name in names
            if f"yoy:{name}" in figures.index
        ]
    sales, rates = "share:nev.sales.cn/auto.sales.cn", rows[rows["series"] == "nev.penetration.cn"]
    rates = rates[(rates["period"] == period) & (rates["measure"] == "level")]
    if sales in figures.index:
        own = figures.loc[sales]
        printed = rates[(rates["bound_low"] <= own["high"]) & (rates["bound_high"] >= own["low"])]
        words = f" ({who_printed(edition, printed)})" if len(printed) else ""
        told.append(f"CAAM's own rate is of sales: {number(own['value'], '%', 0.1)} in {period_name(period)}{words}.")
    return told
