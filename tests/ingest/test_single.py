"""A single figure: given or asked for, checked, appended."""

import pytest

from metalsbook.errors import BookError
from metalsbook.ingest.files import Details
from metalsbook.ingest.single import add_figure
from metalsbook.ledger import read_ledger
from tests.ingest.conftest import ledger_bytes

GIVEN = {
    "series": "mg.price.ingot.fugu",
    "period": "2025-12-05",
    "stated": "11,100-11,300 yuan/mt",
    "source": None,
    "publisher": "Made-up publisher",
    "title": "Made-up page",
    "url": "https://example.org/a",
    "licence": None,
    "origin": "made up",
    "unit": None,
}


def add(told=None, ask=None, dry_run=False, **changes):
    said, told = [], told or Details(published="2025-12-06")
    add_figure(GIVEN | changes, told, dry_run=dry_run, ask=ask, say=said.append)
    return said


def test_the_number_is_read_from_the_printed_text(book):
    add()
    row = read_ledger().statements.query("series == 'mg.price.ingot.fugu'").iloc[0]
    assert (row["value"], row["low"], row["high"], row["published"]) == (11200, 11100, 11300, "2025-12-06")
    assert row["source"].startswith("made-up-publisher-2025-12-06-")


def test_the_same_figure_twice_adds_nothing(book):
    add()
    before = ledger_bytes(book)
    assert add()[-1] == "Nothing new: the ledger is as it was"
    assert ledger_bytes(book) == before


def test_what_is_not_given_is_asked_for(book):
    asked = []

    def answer(question):
        asked.append(question)
        return "2025-12-05" if question.startswith("Period") else ""

    add(ask=answer, period=None)
    assert any(question.startswith("Period") for question in asked)
    assert "2025-12-05" in set(read_ledger().statements["period"])


def test_a_known_page_needs_no_description(book):
    add(source="smm-2025-11-22-aaaaaa", publisher=None, title=None, url=None, origin=None, told=Details())
    assert len(read_ledger().sources) == 1


def test_a_change_is_in_per_cent(book):
    add(series="mg.export.ingot", period="2025-12", stated="down 2.6%", told=Details(measure="mom"))
    row = read_ledger().statements.query("measure == 'mom'").iloc[0]
    assert (row["value"], row["unit"]) == (-2.6, "%")


def test_a_dry_run_changes_nothing(book):
    before = ledger_bytes(book)
    assert add(dry_run=True)[-1] == "Nothing was written: this was a dry run"
    assert ledger_bytes(book) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"series": "mg.price.ingot.fugo"}, r"is not in series\.csv.*mg\.price\.ingot\.fugu"),
        ({"period": "December"}, "column 'period'"),
        ({"stated": "cheap"}, "'cheap' in 'cheap' is not known"),
        ({"url": "javascript:alert(1)"}, "column 'url'"),
        ({"publisher": None}, "needs its publisher"),
        ({"title": "[a](https://example.org)"}, "column 'title'"),
        ({"unit": "t"}, "'CNY' does not fit a figure in t"),
    ],
)
def test_bad_answers_are_refused_and_nothing_is_added(book, changes, said):
    before = ledger_bytes(book)
    with pytest.raises(BookError, match=said):
        add(**changes)
    assert ledger_bytes(book) == before
