"""Tables by country keep what USGS withholds; coverage counts; one month can tell many."""

import pandas as pd

from metalsbook.page.catalogue import coverage, most_wanted
from metalsbook.page.facts import world
from tests.page.editions import edition, month, printed

PLACES = {"chn": "China", "usa": "United States", "rus": "Russia"}


def test_a_page_of_usgs_and_another_house_does_not_stand_for_usgs():
    rows = [printed(f"mg.output.world.{one}", "2024", 31000, resolution=1000.0) for one in PLACES]
    rows += [printed("mg.output.world.rus", "2024", 36125, source="argus", published="2025-12-23")]
    shown = edition(rows, catalogue={f"mg.output.world.{one}": {"place": place} for one, place in PLACES.items()})
    shown.sources = shown.sources.assign(
        origin="usgs", publisher=["Upstox (USGS)", "Visual Capitalist (Benchmark/USGS)"]
    )
    table = world.by_country(shown, "magnesium").set_index("Country")
    assert table.loc["Russia", "Output 2024, t"] == "31,000"


def test_what_is_withheld_says_so_and_no_table_is_no_row():
    row = printed("x", "2025", float("nan"), stated="W")
    assert world._told(pd.Series(row)) == "withheld"
    assert world.by_country(edition([row]), "rare earths").empty


def test_coverage_counts_published_derived_and_unknown_months():
    ingot = "mg.export.ingot"
    known = [month(ingot, "2025-10", 13782, 10, "implied"), month(ingot, "2025-11", 22218)]
    row = coverage(edition([printed(ingot, "2025-11", 22218)], known)).iloc[0]
    assert row[["published", "derived", "unknown"]].tolist() == [1, 1, 22]


def test_months_tied_by_changes_are_told_by_one_figure():
    ingot = "mg.export.ingot"
    open_months = [month(ingot, f"2025-{number:02d}", 1000, 500, "open") for number in (3, 4, 5, 8)]
    changes = [printed(ingot, f"2025-{number:02d}", 5, "mom") for number in (4, 5)]
    found = most_wanted(edition(changes, open_months))
    assert found[["first", "last", "n"]].values.tolist() == [["2025-03", "2025-05", 3]]
