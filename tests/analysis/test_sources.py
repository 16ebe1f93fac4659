import pandas as pd
import pytest

from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.sources import (
    COPY,
    OWN,
    POST,
    agreed_prints,
    in_order,
    publisher_key,
    same_source,
    standings,
    without_note,
)
from tests.analysis import frames
from tests.page.editions import edition, printed


@pytest.mark.parametrize(
    ("publisher", "key"),
    [
        ("SMM", "smm"),
        ("SMM (Shanghai Metals Market)", "smm"),
        ("SMM (CAAM)", "smm"),
        ("CITIC Securities (via GMT Eight)", "citic securities"),
        ("Fugu Magnesium Association (府谷镁协)", "fugu magnesium association"),
        ("智通财经 / reportify", "智通财经"),
    ],
)
def test_a_house_is_one_under_all_its_asides(publisher, key):
    assert publisher_key(publisher) == key


def test_reposts_and_originals_are_one_source_through_any_number_of_steps():
    sources = frames.sources(
        ("note", "A", ""),
        ("copy", "B", "note"),
        ("copy-of-copy", "C", "copy"),
        ("other", "D", ""),
        ("its", "E", "other"),
    )
    assert same_source("note", sources) == {"note", "copy", "copy-of-copy"}
    assert same_source("copy-of-copy", sources) == {"note", "copy", "copy-of-copy"}
    assert same_source("other", sources) == {"other", "its"}


def prints(*rows):
    columns = ["period", "value", "source", "published", "statement"]
    return pd.DataFrame(rows, columns=columns)


def test_the_value_of_most_sources_stands_against_a_later_one():
    rows = prints(
        ("2025-06", 26.4, "a", "2025-07-10", "1"),
        ("2025-06", 26.4, "b", "2025-07-11", "2"),
        ("2025-06", 45.4, "note", "2025-08-18", "3"),
    )
    assert agreed_prints(rows, ["period"])["value"].tolist() == [26.4]


def test_two_prints_of_one_source_count_once_and_ties_go_to_the_later():
    rows = prints(
        ("2025-06", 1.0, "a", "2025-07-10", "1"),
        ("2025-06", 1.0, "a", "2025-07-11", "2"),
        ("2025-06", 2.0, "b", "2025-07-12", "3"),
    )
    assert agreed_prints(rows, ["period"])["value"].tolist() == [2.0]


def test_a_note_and_its_copies_are_left_out():
    rows = prints(("2025-06", 1.0, "note", "", "1"), ("2025-06", 1.0, "copy", "", "2"), ("2025-06", 1.0, "a", "", "3"))
    sources = pd.DataFrame({"source": ["note", "copy", "a"], "repeats": ["", "note", ""]})
    assert without_note(rows, sources, "note")["source"].tolist() == ["a"]


SOURCES = pd.DataFrame(
    [
        {"source": "house", "publisher": "House", "repeats": "", "licence": "figures cited; page © publisher"},
        {"source": "copy", "publisher": "Copy", "repeats": "house", "licence": "figures cited; page © publisher"},
        {"source": "forum", "publisher": "Forum", "repeats": "", "licence": "figures cited; post © its author"},
    ]
)
PRICE = {"unit": "CNY/t", "kind": "price"}


def test_a_users_post_stands_below_a_copy_and_a_copy_below_a_page():
    assert standings(SOURCES).to_dict() == {"house": OWN, "copy": COPY, "forum": POST}
    assert set(standings(SOURCES[["source", "publisher"]])) == {OWN}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"source": "house"}, {"source": "copy", "published": "2025-12-31"}),
        ({"source": "copy"}, {"source": "forum", "published": "2025-12-31"}),
        ({"published_basis": "stated"}, {"published_basis": "assumed", "published": "2025-12-31"}),
        ({"published": "2025-11-02"}, {"published": "2025-11-01", "resolution": 0.1}),
        ({"resolution": 1.0}, {"resolution": 10.0}),
    ],
)
def test_of_two_prints_of_a_day_one_counts(better, worse):
    usual = {"source": "house", "published": "2025-11-01", "published_basis": "stated"}
    rows = pd.DataFrame(
        [printed("mg", "2025-10-17", value, **(usual | more)) for value, more in ((1.0, better), (2.0, worse))]
    )
    for each in (rows, rows.iloc[::-1]):
        assert in_order(each, standings(SOURCES))["value"].tolist() == [2.0, 1.0]


def test_an_undated_page_does_not_win_by_the_late_date_that_it_is_given():
    made = edition(
        [
            printed("fesi", "2025-10-17", 6050, published="2025-10-17"),
            printed("fesi", "2025-10-17", 5800, source="argus", published="2025-11-30", published_basis="assumed"),
        ],
        catalogue={"fesi": PRICE},
    )
    assert made.quotes("fesi")["value"].tolist() == [6050]
    assert made.prints("fesi")["value"].tolist() == [5800, 6050]


def test_a_flow_keeps_its_latest_print():
    rows = [printed("flow", "2025-10", 1), printed("flow", "2025-10", 2, published="2026-01-31", source="argus")]
    assert edition(rows).figure("flow", period="2025-10")["value"] == 2


def test_chapters_and_claims_take_the_same_print_and_the_same_month():
    rows = [
        ("metal.price", "level", "2025-08-28", "17,000 yuan", "house", "2025-08-28"),
        ("metal.price", "level", "2025-08-29", "17,000 yuan", "house", "2025-09-01"),
        ("metal.price", "level", "2025-08-29", "17,050-17,150 yuan", "copy", "2025-09-30"),
        ("metal.price", "level", "2025-08-30", "17,300 yuan", "house", "2025-09-01"),
    ]
    statements = frames.statements(*rows)
    book = Evidence(statements, frames.series(), SOURCES)
    found = book.mean_of_quotes("metal.price", "2025-08")
    assert found.best == pytest.approx(17_100)
    of_day = in_order(statements, standings(SOURCES)).drop_duplicates("period", keep="last")
    assert found.best == pytest.approx(of_day["value"].mean())


def test_enough_quotes_go_before_what_is_printed_for_a_month():
    days = [("metal.price", "level", f"2025-08-0{day}", f"{day},000 yuan", "house") for day in (1, 2, 3)]
    month = ("metal.price", "level", "2025-08", "9,000 yuan", "house")

    def ask(*rows):
        return Evidence(frames.statements(*rows), frames.series(), SOURCES).figure("metal.price", "level", "2025-08")

    assert ask(*days, month).best == 2000
    assert ask(*days[:2], month).best == 9000
