import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.errors import ChapterError
from metalsbook.page import key_figures, words
from metalsbook.page.words import FILTERS, say, say_line
from tests.page.editions import edition, month

SURE, LOOSE = Interval(22217.5, 22218.5, 22218.0), Interval(92700, 95900, 94300)
RISE, OPEN = Interval(61.205, 61.215, 61.21), Interval(-1, 3, 1)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("t", (SURE,), "22,200 t"),
        ("t", (SURE, 4), "22,220 t"),
        ("t", (LOOSE,), "about 94,300 t (92,700–95,900)"),
        ("t", (Interval(72000, 72100, 72000, "over"),), "over 72,000 t"),
        ("t", (Interval(9900, 10000, 10000, "below"),), "below 10,000 t"),
        ("t", (0,), "0 t"),
        ("t", (-923.4,), "−923 t"),
        ("number", (9.625, "CNY/kg", 4), "9.625 CNY/kg"),
        ("price", (16094.6, "CNY/t"), "CNY 16,095/t"),
        ("price", (9.62, "USD/kg"), "USD 9.6/kg"),
        ("pct", (57.114, 3), "57.1%"),
        ("million", (3_432_000, "units"), "3.43 million units"),
        ("rate", (RISE,), "+61%"),
        ("rate", (-1.73,), "−1.7%"),
        ("rate", (-2.65,), "−2.7%"),
        ("rate", (0.01,), "0.0%"),
        ("rate", (Interval(24, 26, 25, "over"),), "over +25%"),
        ("rate", (Interval(-3.1, -0.3, -1.7),), "about −1.7% (−3.1 to −0.3)"),
        ("up", (RISE,), "up 61%"),
        ("up", (Interval(-3.1, -0.3, -1.7),), "down about 1.7%"),
        ("up", (OPEN,), "little changed"),
        ("moved", (RISE,), "rose"),
        ("moved", (OPEN, "gained", "lost", "was flat"), "was flat"),
        ("beside", (-37.4,), "37% below"),
        ("beside", (0.0,), "level with"),
        ("pp", (5.41,), "+5.4 pp"),
        ("range", (Interval(15950, 16200, 16095),), "15,950–16,200"),
        ("range", (Interval(15950, 15950, 15950),), "15,950"),
        ("count", (1, "quote"), "one quote"),
        ("count", (14, "month"), "14 months"),
        ("ordinal", (22,), "22nd"),
        ("capital", ("about",), "About"),
        ("the", ("Netherlands",), "the Netherlands"),
        ("small", ("Vehicles made",), "vehicles made"),
        ("small", ("NEVs made",), "NEVs made"),
    ],
)
def test_a_filter_writes_a_figure_as_the_trade_does(name, arguments, said):
    assert FILTERS[name](*arguments) == said


@pytest.mark.parametrize(
    ("figure", "said"),
    [(Interval(29706, 29797, 29751.4), "29,750"), (Interval(38850, 38950, 38900), "38,900"), (22218, "22,218")],
)
def test_a_table_writes_a_figure_no_finer_than_its_range(figure, said):
    assert words.whole(figure) == said


def test_a_month_bears_its_year_only_in_another_year():
    context = {"month": "2025-11"}
    assert words.month_words(context, "2025-10") == "October"
    assert words.month_words(context, "2024-11") == "November 2024"
    assert words.month_words(context, "2025-11-03") == "3 November"


def test_a_missing_fact_fails_with_its_name():
    with pytest.raises(ChapterError, match=r"exports/ingot_title.*'together' is undefined"):
        say_line("exports/ingot_title", month="2025-11")


def test_a_missing_block_or_file_fails():
    with pytest.raises(ChapterError, match="no block 'nothing'"):
        say_line("exports/nothing")
    with pytest.raises(ChapterError, match="nowhere"):
        say_line("nowhere/nothing")


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
