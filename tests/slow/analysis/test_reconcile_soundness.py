"""Reconciliation on simulated markets: the truth lies within, clean markets raise nothing, planted errors are named.

A small, fixed number of markets runs here; `python benchmarks/reconcile.py` runs thousands and writes its report.
"""

import pytest

from tests.analysis.market_proofs import tally_markets
from tests.analysis.market_simulator import ERRORS, Ways

CLEAN = range(5000, 5080)
WITH_ERROR = range(6000, 6020)
LEAST_RECALL = {"digits swapped": 0.6, "wrong label": 0.55, "truncated": 0.0, "factor 10": 0.85}


@pytest.fixture(scope="module")
def clean():
    return tally_markets(CLEAN)


def test_every_month_of_a_clean_market_lies_within_its_interval(clean):
    assert clean.months > 3000
    assert clean.outside == []


def test_a_clean_market_raises_no_conflict(clean):
    assert clean.alarms == []


def test_intervals_say_something(clean):
    assert clean.bases["reported"] + clean.bases["implied"] > 0.7 * sum(clean.bases.values())
    assert clean.bases["implied"] > 0.1 * sum(clean.bases.values())


@pytest.mark.parametrize("error", ERRORS)
def test_a_planted_error_is_named_and_its_months_stay_covered(error):
    tally = tally_markets(WITH_ERROR, error)
    assert tally.planted >= 18
    assert tally.caught >= LEAST_RECALL[error] * tally.planted
    assert tally.touched_outside <= 0.01 * tally.touched


@pytest.mark.parametrize(
    ("ways", "outside", "alarms"),
    [
        (Ways(revision=0.025), 0.005, 3),
        (Ways(base=0.005), 0.005, 3),
        (Ways(base=0.02), 0.005, 3),
        (Ways(combined=True, falls=True, zeros=True, late=True), 0.005, 3),
        # Markets in which nothing beside a truncated print tells of it cannot be told from those that round.
        (Ways(cuts=True), 0.03, 11),
    ],
    ids=["revised", "re-based a little", "re-based", "odd months", "one house cuts"],
)
def test_bureaus_that_revise_and_restate_raise_no_false_alarm(ways, outside, alarms):
    tally = tally_markets(range(15), ways=ways)
    assert len(tally.outside) <= outside * tally.months
    assert tally.conflicts <= alarms
