"""What changed, as the page tells it."""

import pandas as pd
import pytest

from metalsbook.page import changed
from tests.page.editions import edition, printed

CATALOGUE = {"steel.output": {"title": "Steel output", "unit": "t"}}
EMPTY = dict.fromkeys(
    (
        "new_figures",
        "further_prints",
        "revised_figures",
        "implied_revisions",
        "corrections_of_ours",
        "method_changes",
        "new_conflicts",
        "gone_conflicts",
        "new_claims",
        "turned_verdicts",
        "resolved_outlooks",
        "turned_outlooks",
        "silent_series",
    ),
    pd.DataFrame(),
)


@pytest.fixture
def made(monkeypatch):
    rows = [
        printed("steel.output", "2025-10", 820, "ytd"),
        printed("steel.output", "2025-11", 70),
        printed("steel.output", "2025-11", 888, "ytd"),
    ]
    made = edition(rows, catalogue=CATALOGUE)
    monkeypatch.setattr(type(made), "compared_with", "2025-10")
    made.__dict__["changes"] = dict(EMPTY)
    return made


def test_a_revision_that_sums_give_away_names_months_size_and_figures(made):
    names = " ".join(made.statements["statement"])
    made.changes["implied_revisions"] = pd.DataFrame(
        [("steel.output", "2025-08/2025-10", "2025-11", "2025-12", -2.0, 0.25, "down", names)],
        columns=["series", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"],
    )
    table = changed.implied_revisions(made)
    assert "1 revision that no page announces" in table.markup
    told = ("Steel output", "August 2025 to October 2025", "2 t down", "0.25%", "figure since January 2025-10: 820")
    assert all(words in table.markup for words in told)
    assert "Sources revised 1 figure," in changed.summary(made).text


def test_each_list_says_when_it_is_empty(made):
    assert "No publisher printed a figure anew" in changed.revised(made).text
    assert "No reading of a printed figure was corrected" in changed.corrections(made).text
    assert "No claim was judged for the first time" in changed.claims_judged(made).text
    assert "No outlook resolved before turned" in changed.outlooks_turned(made).text


def test_the_method_is_told_with_its_versions(made):
    made.changes["method_changes"] = pd.DataFrame(columns=["old_version", "new_version"])
    told = changed.method(made, {"1.0": "First.", "1.1": "Second."})
    assert "derived by method" in told.text
    assert told.markup.index("Second.") < told.markup.index("First.")
    made.changes["method_changes"] = pd.DataFrame([("1.0", "1.1")], columns=["old_version", "new_version"])
    assert "from version 1.0 to 1.1" in changed.method(made, {}).text


def test_series_without_a_new_figure_are_named_by_title_and_last_period(made):
    made.changes["silent_series"] = pd.DataFrame(
        [("steel.output", "Steel output", "month", "2025-10")], columns=["series", "title", "frequency", "last_period"]
    )
    table = changed.silent(made).markup
    assert "1 series without a new figure; those silent for more than 12 months" in table
    assert "steel.output" not in table and "Last period" in table
