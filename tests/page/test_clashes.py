"""Where the figures clash, in words: which series, which months, by how much, what would explain it."""

import re

import pandas as pd

from metalsbook.analysis.reconcile import reconcile
from metalsbook.edition import told_once
from metalsbook.page import verdicts
from metalsbook.page.facts import checks
from tests.analysis.frames import SERIES_DEFAULTS
from tests.page.editions import edition, printed

TITLES = {
    "total": {"title": "Exports, all products"},
    "mg.b": {"title": "Exports to Japan", "part_of": "mg.a"},
    "mg.a": {"title": "Ingot exports of a country with a very long name indeed, by all means and all roads"},
    "mg.s": {"title": "Share of Japan", "unit": "%", "kind": "share", "share_of": "mg.b/mg.a"},
}


def solved(*statements: dict, at: str = "2025-11"):
    """An edition of statements with what reconciliation makes of them."""
    made = edition(list(statements), at=at, catalogue=TITLES)
    series = made.series.assign(**{name: made.series.get(name, value) for name, value in SERIES_DEFAULTS.items()})
    result = reconcile(made.statements, series)
    made.__dict__["_derived"] = {
        name: getattr(result, name) for name in ("estimates", "conflicts", "revisions", "allowances", "left_out")
    }
    return made


def rival(value: float, resolution: float = 100.0, source: str = "smm", period: str = "2025-09", **more) -> dict:
    return printed("total", period, value, resolution=resolution, source=source, published="2025-10-20") | more


def cells(made) -> tuple[str, str]:
    """How far the figures of the first contradiction lie apart, and the cell with the sum."""
    rows = made.conflicts[made.conflicts["conflict"] == made.conflicts["conflict"].iloc[0]]
    return verdicts.gap_words(made, rows.iloc[0]), verdicts.sum_cell(made, rows).markup


def test_the_gap_carries_unit_and_title_and_figures_of_a_sum_lead_to_their_pages_without_an_id():
    day, figures = "2024-06-25", (("mg.a", 20836, "t"), ("mg.b", 1578, "t"), ("mg.s", 6, "%"))
    shares = solved(*(printed(name, "2024-05", value, unit=unit, published=day) for name, value, unit in figures))
    gap, shown = cells(shares)
    assert gap == "223.1 t apart (15.22% of the level)"
    assert verdicts.place_words(shares, shares.conflicts.iloc[0]) == "Exports to Japan, May 2024"
    assert shown.count("<a href=") == 3
    text = re.sub(r"<[^>]+>", " ", shown)
    assert not re.search(r"(?<![-\w])mg\.[abs]\b|cf-|x 6%", text)
    assert "20,836 \u00d7 6%" in text


def test_an_explanation_says_of_which_figure_and_any_counts():
    made = solved(rival(99_980, 10), rival(99_900, source="argus"))
    assert "of the figure of Argus (99,900 t; level, September 2025): its digits are cut off" in cells(made)[1]
    assert made.conflicts["explanation"].iloc[-1] == "", "the other figure has none"
    assert checks.conflicts(made)["explained"] == 1


def test_rates_clash_in_percentage_points():
    made = solved(rival(9.4, 0.1, measure="yoy", unit="%"), rival(10.2, 0.1, "argus", measure="yoy", unit="%"))
    assert cells(made)[0] == "0.7 percentage points apart"
    assert "%%" not in cells(made)[1]


def test_a_conflict_of_figures_published_since_is_new():
    pairs = (("2025-07", "2025-08-20", 90000, 80000), ("2025-10", "2025-12-20", 500, 501.5))
    sides = (("smm", 2), ("argus", 3))
    made = solved(*(rival(pair[at], 1, who, pair[0], published=pair[1]) for pair in pairs for who, at in sides))
    new = verdicts.new_conflicts(made)
    assert set(made.conflicts.loc[made.conflicts["conflict"].isin(new), "period"]) == {"2025-10"}
    assert checks.conflicts(made)["fresh"] == 1


def test_a_contradiction_of_a_december_and_of_its_year_is_told_once():
    rows = [
        printed("mg.export.ingot", period, value, measure, source=source)
        for period, measure in (("2025-12", "ytd"), ("2025", "level"))
        for value, source in ((447_600, "smm"), (447_000, "argus"))
    ]
    rows.append(printed("mg.export.ingot", "2024", 1_000))
    ids = [row["statement"] for row in rows]
    pairs = [("cf-1", ids[0]), ("cf-1", ids[1]), ("cf-2", ids[2]), ("cf-2", ids[1]), ("cf-3", ids[4]), ("cf-3", ids[1])]
    conflicts = pd.DataFrame(pairs, columns=["conflict", "statement"])
    told = told_once(conflicts, pd.DataFrame(rows))
    assert told["conflict"].tolist() == ["cf-1", "cf-1", "cf-3", "cf-3"]
