"""The data catalogue: every statement stands on its series' card; sources, folded by letter, keep their numbers."""

import re

import pandas as pd
import pytest

from metalsbook.page.catalogue import MANY_SOURCES, cards, source_numbers, sources_list
from tests.page.editions import edition, printed

YEARS = [f"{year}-{number:02d}" for year in (2024, 2025) for number in range(1, 12)]


def test_a_card_shows_every_statement_with_its_source():
    ed = edition([printed("mg.export.total", period, 30_000 + place) for place, period in enumerate(YEARS)])
    card = cards(ed, "magnesium_exports").markup
    number = source_numbers(ed)["smm"]
    shown = re.findall(r'<li>(\S+) (\S+) <a href="#source-(\d+)">', card)
    wanted = [(period, f"{30_000 + place:g}", str(number)) for place, period in enumerate(YEARS)]
    assert sorted(shown) == sorted(wanted)
    assert shown[0][0] == "2025-11", "the latest first"


def test_measures_stand_apart_and_are_named():
    growth, ahead = ("2025-11", 34.5, "yoy"), ("2026", 50, "forecast")
    ed = edition([printed("mg.export.total", *growth), printed("mg.export.total", *ahead)])
    card = cards(ed, "magnesium_exports").markup
    assert "Printed: on the year before" in card
    assert "Printed as a forecast: level" in card
    assert card.count('<ul class="mb-values">') == 2


def test_text_of_a_source_stays_text():
    ed = edition([printed("mg.export.total", "2025-11", 1, stated="<b>1</b> {{ x }}")])
    assert "&lt;b&gt;1&lt;/b&gt; {{ x }}" in cards(ed, "magnesium_exports").markup


def test_the_strip_marks_the_months_with_a_figure():
    ed = edition([printed("mg.export.total", "2025-11", 1), printed("mg.export.total", "2025-09", 1)])
    card = cards(ed, "magnesium_exports").markup
    assert "2 of 36 months to November 2025 have a figure" in card
    assert card.count("h-6z") == 2


def with_publishers(publishers: dict[str, str], statements=()):
    """An edition with these publishers by the id of their one source."""
    ed = edition([printed("mg.export.total", period, 1, source=source) for source, period in statements])
    one = ed.sources.iloc[0]
    rows = [dict(one) | {"source": name, "publisher": publisher} for name, publisher in publishers.items()]
    ed.sources = pd.DataFrame(rows)
    return ed


def folds_of(ed) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """The start of each fold's list, and the number and own value of each source in it, by the fold's summary."""
    found = re.findall(
        r"<details class=\"mb-group\"><summary>(.*?)</summary>\s*(.*?)</details>", sources_list(ed).markup, re.DOTALL
    )
    return {
        summary: (
            re.search(r'<ol class="mb-list" start="(\d+)">', body)[1],
            re.findall(r'<li id="source-(\d+)"(?: value="(\d+)")?>', body),
        )
        for summary, body in found
    }


def test_sources_are_folded_by_letter_and_say_what_they_hold():
    publishers = {"4w": "4w.com", "a": "Argus", "b": "aluminium.org", "e": "\u00c9cole"}
    folds = folds_of(with_publishers(publishers, [("a", "2025-10"), ("b", "2025-10"), ("b", "2025-11")]))
    assert folds == {
        "0\u20139: 1 source, 0 statements": ("1", [("1", "")]),
        "A: 2 sources, 3 statements": ("2", [("2", ""), ("3", "")]),
        "E: 1 source, 0 statements": ("4", [("4", "")]),
    }


def test_a_source_keeps_its_number_where_its_group_skips_some():
    """Browsers number a list on from the source before."""
    folds = folds_of(with_publishers({"m1": "M", "m2": "\u5c1a\u9541\u7f51", "m3": "M", "m4": "M", "z": "\u65b0"}))
    (_, latin), (name, other) = folds.items()
    assert latin == ("1", [("1", ""), ("3", "3"), ("4", "")])
    assert name.startswith("\u4e2d\u6587, \u65e5\u672c\u8a9e and other scripts: 2 sources")
    assert other == ("2", [("2", ""), ("5", "5")])


@pytest.mark.parametrize(
    ("many", "wanted"),
    [
        (MANY_SOURCES, ["S without SMM: 1 source", f"SMM: {MANY_SOURCES} sources", "T: 1 source"]),
        (MANY_SOURCES - 1, [f"S: {MANY_SOURCES} sources", "T: 1 source"]),
    ],
)
def test_a_publisher_of_very_many_sources_is_a_group_of_its_own(many, wanted):
    publishers = {f"smm-{place:03d}": "SMM (a copy)" if place % 2 else "SMM" for place in range(many)}
    folds = folds_of(with_publishers(publishers | {"ss": "SunSirs", "t": "TBC"}))
    assert [name.partition(",")[0] for name in folds] == wanted


def test_every_source_that_a_card_leads_to_is_in_the_list():
    ed = edition([printed("mg.export.total", "2025-11", 1), printed("mg.export.total", "2025-10", 1, source="argus")])
    led_to = set(re.findall(r'href="#(source-\d+)"', cards(ed, "magnesium_exports").markup))
    assert len(led_to) == 2
    assert led_to <= set(re.findall(r'id="(source-\d+)"', sources_list(ed).markup))
