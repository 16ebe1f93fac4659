"""The fuzzing itself: a reader that takes something wrong is caught, and so is one that breaks or hangs."""

import re
from decimal import Decimal

import pytest

from metalsbook.ingest import grid, terminal
from metalsbook.ledger import figures
from metalsbook.ledger.words import Numeral
from tests.slow.fuzz import targets
from tests.slow.fuzz.printed import FIGURE_UNITS, misread, unknown_words
from tests.slow.fuzz.targets import TARGETS
from tests.slow.fuzz.test_targets import limit


def seed(name):
    return TARGETS[name].seeds()[0]


def test_a_number_read_wrongly_is_caught(monkeypatch):
    read = grid.read_number
    monkeypatch.setattr(grid, "read_number", lambda *cell: read(*cell) + 1)
    with pytest.raises(AssertionError, match="instead of"):
        TARGETS["comtrade"].check(seed("comtrade"))


def test_a_figure_that_no_text_prints_is_caught(monkeypatch):
    read = figures.read_text

    def scaled(reading):
        return reading._replace(
            numerals=tuple(Numeral(one.value * 7, one.resolution, one.step) for one in reading.numerals)
        )

    monkeypatch.setattr(figures, "read_text", lambda *words: scaled(read(*words)))
    with pytest.raises(AssertionError, match="is not in '38,900 tons'"):
        TARGETS["figure"].check(bytes([FIGURE_UNITS.index("t"), 0]) + b"38,900 tons")


@pytest.mark.parametrize(
    ("told", "becomes", "printed", "unit", "measure", "why"),
    [
        ("read_text", {"sign": 1}, "slid 3.5%", "%", 1, "its words say a fall"),
        ("read_text", {"sign": -1}, "up 3.5%", "%", 1, "its words say a rise"),
        ("printed_factor", 1, "2,300 USD/t", "CNY/t", 0, "another currency"),
        ("printed_factor", 1, "20,000 short tons", "t", 0, "another number"),
        ("printed_factor", 1, "15,000 t/month", "t/year", 0, "another period"),
    ],
)
def test_a_sign_or_unit_passed_over_is_caught(monkeypatch, told, becomes, printed, unit, measure, why):
    read = getattr(figures, told)
    changed = (lambda *words: read(*words)._replace(**becomes)) if told == "read_text" else lambda *_: Decimal(becomes)
    monkeypatch.setattr(figures, told, changed)
    figures.read_text.cache_clear() if told != "read_text" else read.cache_clear()
    with pytest.raises(AssertionError, match=why):
        TARGETS["figure"].check(bytes([FIGURE_UNITS.index(unit), measure]) + printed.encode())
    read.cache_clear() if told == "read_text" else figures.read_text.cache_clear()


def test_a_word_passed_over_and_groups_added_wrongly_are_caught():
    assert unknown_words("38,900 tonnes") == ""
    assert unknown_words("38,900 斤") == "斤"
    assert misread(38_009, "3万8千9百吨", "t", "level") == "3万8千9百 is 38900"
    assert misread(38_900, "3万8千9百吨", "t", "level") == ""


def test_a_key_that_is_there_twice_is_caught(monkeypatch):
    monkeypatch.setattr("metalsbook.ingest.files._refuse_repeated_keys", lambda *_: None)
    with pytest.raises(AssertionError, match="a key twice"):
        TARGETS["profile"].check(seed("profile") + b"title: Another\n")


def test_what_is_made_up_by_a_reader_is_caught(monkeypatch):
    read = terminal.read_yaml
    monkeypatch.setattr(terminal, "read_yaml", lambda path: read(path) | {"publisher": "made up"})
    with pytest.raises(AssertionError, match="publisher"):
        TARGETS["profile"].check(seed("profile"))


def test_a_snapshot_whose_package_says_something_else_is_caught(monkeypatch):
    monkeypatch.setattr(targets, "verify_snapshot", lambda folder: None)
    with pytest.raises(AssertionError, match="cut_off"):
        TARGETS["datapackage.json"].check(
            re.sub(rb'"cut_off": "[^"]*"', b'"cut_off": "2025-12-31"', seed("datapackage.json"))
        )


def test_an_error_of_another_kind_is_caught(monkeypatch):
    monkeypatch.setattr(grid, "read_number", lambda *cell: {}["a"])
    with pytest.raises(KeyError):
        TARGETS["comtrade"].check(seed("comtrade"))


def test_a_hang_is_caught():
    with pytest.raises(AssertionError, match="not done"), limit(0.1):
        while True:
            pass
