"""The fuzzing itself: a reader that takes something wrong is caught, and so is one that breaks or hangs."""

import re
from decimal import Decimal

import pytest

from metalsbook.ingest import files, grid, terminal
from metalsbook.ledger import figures
from metalsbook.ledger.words import Numeral
from tests.slow.fuzz import targets
from tests.slow.fuzz.printed import FIGURE_UNITS, misread, unknown_words
from tests.slow.fuzz.targets import TARGETS
from tests.slow.fuzz.test_targets import limit


def silent(_):
    return lambda *_: None


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


def one_more(read):
    return lambda *cell: read(*cell) + 1


def made_up(read):
    return lambda path: read(path) | {"publisher": "made up"}


def twice(profile):
    return profile + b"title: Another\n"


def later(package):
    return re.sub(rb'"cut_off": "[^"]*"', b'"cut_off": "2025-12-31"', package)


@pytest.mark.parametrize(
    ("name", "room", "function", "becomes", "change", "error", "said"),
    [
        ("comtrade", grid, "read_number", one_more, bytes, AssertionError, "instead of"),
        ("comtrade", grid, "read_number", lambda _: lambda *cell: {}["a"], bytes, KeyError, "a"),
        # A key that is there twice, and what is made up by a reader.
        ("profile", files, "_refuse_repeated_keys", silent, twice, AssertionError, "a key twice"),
        ("profile", terminal, "read_yaml", made_up, bytes, AssertionError, "publisher"),
        ("datapackage.json", targets, "verify_snapshot", silent, later, AssertionError, "cut_off"),
    ],
)
def test_a_reader_that_takes_something_wrong_or_breaks_is_caught(
    monkeypatch, name, room, function, becomes, change, error, said
):
    monkeypatch.setattr(room, function, becomes(getattr(room, function)))
    with pytest.raises(error, match=said):
        TARGETS[name].check(change(TARGETS[name].seeds()[0]))


def test_a_hang_is_caught():
    with pytest.raises(AssertionError, match="not done"), limit(0.1):
        while True:
            pass
