"""Tables by country keep what USGS withholds; coverage counts; one month can tell many."""

import pandas as pd

from metalsbook.page.catalogue import coverage, most_wanted
from metalsbook.page.facts import world
from tests.page.editions import edition, month, printed

PLACES = {"chn": "China", "usa": "United States", "rus": "Russia"}


def made():
    catalogue = {f"mg.output.world.{one}": {"place": place, "kind": "flow"} for one, place in PLACES.items()}
    catalogue |= {f"mg.capacity.world.{one}": {"place": place, "kind": "stock"} for one, place in PLACES.items()}
    catalogue |= {"mg.capacity.cn.usgs": {"place": "China"}, "mg.output.world": {"place": "world"}}
    rows = [printed(f"mg.output.world.{one}", year, 1000.0 * len(one) * int(year[-1]), resolution=1000.0)
            for one in PLACES for year in ("2024", "2025")]  # fmt: skip
    rows += [printed(f"mg.capacity.world.{one}", "2025", 64000) for one in ("usa", "rus")]
    rows += [printed("mg.capacity.cn.usgs", "2025", 1480000), printed("mg.output.world", "2025", 1100000)]
    rows += [printed("mg.output.world.usa", "2023", float("nan"), stated="W")]
    shown = edition(rows, catalogue=catalogue)
    shown.sources["origin"] = "usgs"
    return shown


def test_two_years_of_output_beside_the_capacity_of_one():
    table = world.by_country(made(), "magnesium")
    assert list(table) == ["Country", "Capacity 2025, t", "Output 2024, t", "Output 2025, t"]
    china = table[table["Country"] == "China"].iloc[0]
    assert china["Capacity 2025, t"] == "1,480,000" and table["Country"].iloc[-1] == "World"


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
