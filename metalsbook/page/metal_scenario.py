"""Where the sliders of metal in a year's vehicles begin, and the printed totals that they are compared with."""

import pandas as pd

from metalsbook.analysis import scenarios
from metalsbook.page.cited import without_copies
from metalsbook.page.html import Html
from metalsbook.page.humanoids import kg_words
from metalsbook.page.narrative import gap, number, thousands
from metalsbook.page.tables import table, who_printed

ASSUMED_KG = {"mg_nev": 10.0, "mg_other": 5.0, "ndfeb": 4.0}
"""Assumption: kilograms in one vehicle where an edition knows no statement of it."""
_WEIGHTS = {"mg_nev": "mg.per_vehicle.nev.cn", "mg_other": "mg.per_vehicle.ice.cn", "ndfeb": "ndfeb.kg_per_nev"}
_NAMES = {
    "nev": "New-energy vehicles, million",
    "other": "Other vehicles, million",
    "mg_nev": "Magnesium in a new-energy vehicle, kg",
    "mg_other": "Magnesium in another vehicle, kg",
    "ndfeb": "NdFeB in a new-energy vehicle, kg",
}


def scenario_start(edition) -> pd.DataFrame:
    """Return where the sliders begin: the vehicles of the last full year and the latest stated weights.

    Returns:
        Index nev, other, mg_nev, mg_other, ndfeb; columns value, why, range (what all statements span, forecasts too).
        No row where no full year of vehicles is known.
    """
    made = {name: edition.years(f"{name}.output.cn").tail(1) for name in ("nev", "auto")}
    if any(rows.empty for rows in made.values()):
        return pd.DataFrame(columns=["value", "why", "range"])
    nev, auto = (float(rows.iloc[0]["value"]) for rows in made.values())
    why = f"made in {made['auto'].iloc[0]['period']}: {who_printed(edition, pd.concat(list(made.values())))}"
    rows = {"nev": (nev / 1e6, why, ""), "other": ((auto - nev) / 1e6, why, "")}
    for name, series in _WEIGHTS.items():
        stated = edition.latest(series)
        stated = stated if len(stated) else edition.latest(series, "forecast").head(1)
        if len(stated):
            last = stated.iloc[-1]
            why = f"stated for {last['period']}: {who_printed(edition, stated.tail(1))}"
            rows[name] = (float(last["value"]), why, _stated_ends(edition, series))
        else:
            rows[name] = (ASSUMED_KG[name], "assumption of this book: no statement known to this edition", "")
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "why", "range"])


def _stated_ends(edition, series: str) -> str:
    return kg_words(*scenarios.quoted_range(edition.rows_of(series)))


NO_YEAR = "This edition knows no full year of vehicles, so that there is nothing to begin a scenario with."


def start_table(start: pd.DataFrame) -> Html:
    """Return the start of the sliders as a table, or a note of what is missing."""
    if start.empty:
        return gap(NO_YEAR)
    rows = pd.DataFrame(
        {
            "Slider": [_NAMES[name] for name in start.index],
            "Begins at": [number(value, "", 0.1) for value in start["value"]],
            "Statements span": start["range"].tolist(),
            "Why it begins there": start["why"].tolist(),
        }
    )
    return table(rows, "Where the sliders begin, and why")


MARKS = {
    "mg.consumption.cn": ("magnesium", "all uses, China"),
    "mg.consumption.world": ("magnesium", "all uses, world"),
    "ndfeb.output.cn": ("NdFeB", "output, China"),
}


def scenario_marks(edition) -> pd.DataFrame:
    """Return printed totals that a scenario is compared with: metal, what, tonnes, source."""
    found = []
    for series, (metal, what) in MARKS.items():
        rows = edition.years(series)
        if rows.empty:
            continue
        prints = without_copies(edition.prints(series, "level", rows.iloc[-1]["period"]), edition.sources)
        kept = [row for _, row in prints.iterrows() if not _rounds_another(row, prints)]
        values = sorted({row["value"] for row in kept})
        for value in values:
            # The name stands once, at the greatest of rival prints.
            words = f"{what} {rows.iloc[-1]['period']}"
            source = next(row["source"] for row in kept if row["value"] == value)
            found.append((metal, words if value == values[-1] else "", value, source))
    return pd.DataFrame(found, columns=["metal", "what", "tonnes", "source"])


def _rounds_another(row: pd.Series, prints: pd.DataFrame) -> bool:
    """Return whether a finer print lies within what this one's digits leave."""
    finer = prints[prints["resolution"] < row["resolution"]]
    return bool(((finer["value"] >= row["bound_low"]) & (finer["value"] <= row["bound_high"])).any())


def scenario_alt(start: pd.DataFrame, marks: pd.DataFrame) -> str:
    """Return the text alternative of the scenario as it begins."""
    if start.empty:
        return NO_YEAR
    value = start["value"]
    magnesium = value["nev"] * value["mg_nev"] + value["other"] * value["mg_other"]
    # The marks of a metal end with the one that has their name.
    told, beside = [], []
    for _, row in marks.iterrows():
        beside.append(thousands(row["tonnes"], "t"))
        if row["what"]:
            told.append(f"{row['metal']}, {row['what']} {' or '.join(beside)}")
            beside = []
    return (
        f"To begin with: {number(magnesium, 'thousand t', 1)} of magnesium and "
        f"{number(value['nev'] * value['ndfeb'], 'thousand t', 1)} of NdFeB. Totals printed: {'; '.join(told)}."
    )
