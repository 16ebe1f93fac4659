"""The fuzzing itself: a reader that takes something wrong is caught, and so is one that breaks or hangs."""

import re

import pytest

from metalsbook.ingest import files, grid, terminal
from metalsbook.ledger import figures
from metalsbook.ledger.words import Numeral
from tests.slow.fuzz import targets
from tests.slow.fuzz.printed import FIGURE_UNITS, unknown_words
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


def one_more(read):
    return lambda *cell: read(*cell) + 1


def made_up(read):
    return lambda path: read(path) | {"publisher": "made up"}


def twice(profile):
    return profile + b"title: Another\n"


def later(package):
    return re.sub(rb'"cut_off": "[^"]*"', b'"cut_off": "2025-12-31"', package)


def test_a_word_passed_over_is_caught():
    assert (unknown_words("38,900 tonnes"), unknown_words("38,900 斤")) == ("", "斤")


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
