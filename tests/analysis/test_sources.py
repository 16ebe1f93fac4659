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
)
from metalsbook.paths import chapters_folder
from tests.analysis import frames
from tests.cases import each
from tests.page.editions import edition, printed


@each("""
    publisher                                | key
    SMM (Shanghai Metals Market)             | smm
    CITIC Securities (via GMT Eight)         | citic securities
    Fugu Magnesium Association (府谷镁协)    | fugu magnesium association
    智通财经 / reportify                     | 智通财经
""")
def test_a_house_is_one_under_all_its_asides(publisher, key):
    assert publisher_key(publisher) == key


def test_reposts_and_originals_are_one_source_through_any_number_of_steps():
    repeated = {"note": "", "copy": "note", "copy-of-copy": "copy", "other": "", "its": "other"}
    sources = frames.sources(*((name, name, whom) for name, whom in repeated.items()))
    assert same_source("note", sources) == same_source("copy-of-copy", sources) == {"note", "copy", "copy-of-copy"}
    assert same_source("other", sources) == {"other", "its"}


@pytest.mark.parametrize(
    ("known", "agreed"),
    [
        # The value of most sources stands against a later one.
        ((("a", 26.4, "10"), ("b", 26.4, "11"), ("note", 45.4, "31")), 26.4),
        # Two prints of one source count once, and ties go to the later.
        ((("a", 1.0, "10"), ("a", 1.0, "11"), ("b", 2.0, "12")), 2.0),
    ],
)
def test_the_value_of_most_sources_stands(known, agreed):
    rows = [printed("x", "2025-06", value, source=who, published=f"2025-07-{day}") for who, value, day in known]
    assert agreed_prints(pd.DataFrame(rows), ["period"])["value"].tolist() == [agreed]


LICENCES = [f"figures cited; {whose}" for whose in ("page © publisher", "page © publisher", "post © its author")]
SOURCES = frames.sources(("house", "House", ""), ("copy", "Copy", "house"), ("forum", "Forum", ""))
SOURCES = SOURCES.assign(licence=LICENCES)


def test_a_users_post_stands_below_a_copy_and_a_copy_below_a_page():
    assert standings(SOURCES).to_dict() == {"house": OWN, "copy": COPY, "forum": POST}
    assert set(standings(SOURCES[["source", "publisher"]])) == {OWN}


def test_a_dated_page_that_cites_a_house_goes_before_the_houses_own_undated_page_and_the_chapter_says_so():
    undated = {"source": "house", "published": "2026-02-28", "published_basis": "assumed"}
    dated = {"source": "cites", "published": "2026-01-30"}
    rows = [printed("x", "2026-01-30", value, **page) for value, page in ((16_700, dated), (16_600, undated))]
    assert in_order(pd.DataFrame(rows), standings(SOURCES))["value"].tolist() == [16_600, 16_700]
    said = "a dated page, even one that only cites the publisher, goes before the publisher's own undated page"
    assert said in (chapters_folder() / "magnesium_prices.ipynb").read_text("utf-8")


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
    usual = {"source": "house", "published": "2025-11-01"}
    pair = ((1.0, better), (2.0, worse))
    rows = pd.DataFrame([printed("mg", "2025-10-17", value, **(usual | more)) for value, more in pair])
    for turned in (rows, rows.iloc[::-1]):
        assert in_order(turned, standings(SOURCES))["value"].tolist() == [2.0, 1.0]


def test_an_undated_page_does_not_win_by_the_late_date_that_it_is_given_and_a_flow_keeps_its_latest_print():
    undated = {"source": "argus", "published": "2025-11-30", "published_basis": "assumed"}
    rows = [printed("fesi", "2025-10-17", 6050, published="2025-10-17"), printed("fesi", "2025-10-17", 5800, **undated)]
    rows += [printed("flow", "2025-10", 1), printed("flow", "2025-10", 2, published="2026-01-31", source="argus")]
    made = edition(rows, catalogue={"fesi": {"unit": "CNY/t", "kind": "price"}})
    assert made.quotes("fesi")["value"].tolist() == [6050] and made.figure("flow", period="2025-10")["value"] == 2
    assert made.prints("fesi")["value"].tolist() == [5800, 6050]


def test_chapters_and_claims_take_the_same_print_and_the_same_month():
    prints = (
        ("2025-08-28", "17,000 yuan", "house", "2025-08-28"),
        ("2025-08-29", "17,000 yuan", "house", "2025-09-01"),
        ("2025-08-29", "17,050-17,150 yuan", "copy", "2025-09-30"),
        ("2025-08-30", "17,300 yuan", "house", "2025-09-01"),
    )
    statements = frames.statements(*(("metal.price", "level", *one) for one in prints))
    found = Evidence(statements, frames.series(), SOURCES).mean_of_quotes("metal.price", "2025-08")
    of_day = in_order(statements, standings(SOURCES)).drop_duplicates("period", keep="last")
    assert found.best == pytest.approx(17_100) == of_day["value"].mean()
