import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.errors import ChapterError
from metalsbook.page import key_figures
from metalsbook.page.words import FILTERS, say, say_line
from tests.page.editions import edition, month

SURE, LOOSE = Interval(22217.5, 22218.5, 22218.0), Interval(92700, 95900, 94300)
RISE, OPEN = Interval(61.205, 61.215, 61.21), Interval(-1, 3, 1)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("t", (LOOSE,), "about 94,300 t (92,700–95,900)"),
        ("t", (Interval(72000, 72100, 72000, "over"),), "over 72,000 t"),
        ("t", (Interval(9900, 10000, 10000, "below"),), "below 10,000 t"),
        ("price", (-9.62, "USD/kg"), "USD \u22129.6/kg"),
        ("rate", (-2.65,), "−2.7%"),
        ("rate", (0.01,), "0.0%"),
        ("rate", (Interval(24, 26, 25, "over"),), "over +25%"),
        ("rate", (Interval(-3.1, -0.3, -1.7),), "about −1.7% (−3.1 to −0.3)"),
        ("up", (Interval(-3.1, -0.3, -1.7),), "down about 1.7%"),
        ("up", (OPEN,), "little changed"),
        ("moved", (OPEN, "gained", "lost", "was flat"), "was flat"),
        ("the", ("Netherlands",), "the Netherlands"),
    ],
)
def test_a_filter_writes_a_figure_as_the_trade_does(name, arguments, said):
    assert FILTERS[name](*arguments) == said


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("exports/ingot_title", "'exports/ingot_title'.*'together' is undefined"),
        ("exports/nothing", "no block 'nothing'"),
        ("nowhere/nothing", "nowhere"),
    ],
)
def test_a_missing_fact_block_or_file_fails_with_its_name(block, said):
    with pytest.raises(ChapterError, match=said):
        say_line(block, month="2025-11")


def test_lines_with_a_dash_become_a_list_and_text_is_escaped():
    facts = {"month": "2025-11", "months": ["2025-10"], "ruled": False, "headings": []}
    said = say("exports/reasons", **facts, events=[("2025-10-30", "a <b> & c.", "SMM")])
    assert "<ul" in said.markup and "a &lt;b&gt; &amp; c." in said.markup
    assert said.text.splitlines()[-1] == "- 30 October: a <b> & c. (SMM)"


def test_key_figures_show_a_gap_where_there_is_none():
    months = [month("mg.export.ingot", f"2025-{number:02d}", 100.0 * number) for number in range(8, 12)]
    strip = key_figures(edition([], months), {"Ingot": "mg.export.ingot", "Alloy": "mg.export.alloy"})
    assert strip.text.splitlines() == ["Ingot: 1,100 t +10% m/m", "Alloy: no figure for November"]
    assert strip.markup.count("<svg") == 1 and strip.markup.count("mb-missing") == 1
