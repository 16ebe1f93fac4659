"""Cards of the data catalogue: every statement of a series stands on its card, with the number of its source."""

import re

from metalsbook.page.catalogue import cards, source_numbers
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
