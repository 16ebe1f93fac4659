import re

import pandas as pd
import pytest

from metalsbook.names import base_name, told_name
from metalsbook.page.facts.series import without_copies
from metalsbook.page.tables import who_printed
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.package import published_months
from metalsbook.snapshots.snapshot import open_snapshot
from tests.page.editions import edition, printed


@pytest.mark.parametrize(
    ("publisher", "told"),
    [
        ("IMA (Reuters)", "IMA"),
        ("SMM (Shanghai Metals Market)", "SMM"),
        ("Mg Net (magnesium.com.cn)", "Mg Net"),
        ("x.com (SMM copy) [undated page, year nominal]", "x.com (SMM copy, undated page, year assumed)"),
        ("y.com (source not named)", "y.com (source not named)"),
        ("A (B; C) [undated page, year nominal]", "A (undated page, year assumed)"),
    ],
)
def test_what_speaks_against_a_page_stays_with_its_name(publisher, told):
    assert told_name(publisher) == told
    assert base_name(publisher) == publisher.split(" (")[0]


def test_the_line_of_sources_tells_copies():
    ed = edition([printed("x", "2025-11", 1.0)])
    ed.sources.loc[0, "publisher"] = "z.com (SMM copy)"
    assert who_printed(ed, ed.statements) == "z.com (SMM copy)"


def test_a_copy_of_a_print_at_hand_is_left_out():
    prints = [("2030", "argus"), ("2030", "copy"), ("2031", "copy")]
    rows = pd.DataFrame([printed("x", period, 3.0, "forecast", source=source) for period, source in prints])
    sources = pd.DataFrame({"source": ["argus", "copy"], "repeats": ["", "argus"]})
    kept = without_copies(rows, sources)
    assert [*zip(kept["period"], kept["source"], strict=True)] == [("2030", "argus"), ("2031", "copy")]


def test_one_house_has_one_english_name():
    names = ("府谷镁协 (zgylmy.cn)", "府谷县镁工业协会 (zgylmy.cn)", "榆林镁业/府谷镁协 (zgylmy.cn)")
    assert {base_name(name) for name in names} == {"Fugu Magnesium Association"}
    assert told_name("东方财富股吧 (镁协文章转载)") == "Eastmoney guba (repost of the magnesium association)"


@pytest.mark.parametrize("month", published_months(snapshots_folder()))
def test_every_publisher_of_an_edition_has_an_english_name(month):
    sources = open_snapshot(snapshots_folder() / month).tables["sources"]
    chinese = [name for name in sources["publisher"] if re.search("[\u4e00-\u9fff]", told_name(name))]
    assert chinese == []
