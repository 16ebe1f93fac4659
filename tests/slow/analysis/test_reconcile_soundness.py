"""Reconciliation on simulated markets: the truth lies within, clean markets raise nothing, planted errors are named.

A small, fixed number of markets runs here; `python benchmarks/reconcile.py` runs thousands and writes its report.
"""

import pytest

from tests.analysis.market_proofs import tally_markets, tally_planted
from tests.analysis.market_simulator import Ways

CLEAN = range(5000, 5080)


@pytest.fixture(scope="module")
def clean():
    return tally_markets(CLEAN)


def test_every_month_of_a_clean_market_lies_within_its_interval_and_none_raises_a_conflict(clean):
    assert clean.months > 3000
    assert clean.outside == [] and clean.conflicts == 0


def test_intervals_say_something(clean):
    assert clean.bases["reported"] + clean.bases["implied"] > 0.7 * sum(clean.bases.values())
    assert clean.bases["implied"] > 0.1 * sum(clean.bases.values())


def test_one_planted_error_in_150_markets_is_found_and_rightly_suspected():
    tally = tally_planted(range(7000, 7170), Ways(density=0.7), markets=150)
    assert tally.planted == 150
    assert tally.caught >= 145
    assert tally.suspected >= 140
    assert tally.touched_outside == 0


@pytest.mark.parametrize(
    ("ways", "outside", "alarms"),
    [
        (Ways(revision=0.025), 0.005, 3),
        (Ways(base=0.005), 0.005, 3),
        (Ways(base=0.02), 0.005, 3),
        (Ways(combined=True, falls=True, zeros=True, late=True), 0.005, 3),
        (Ways(cuts=True, density=0.7), 0.005, 3),
        # Where few figures are printed, nothing beside a cut one may tell that it is not rounded.
        (Ways(cuts=True), 0.011, 3),
    ],
    ids=["revised", "re-based a little", "re-based", "odd months", "one house cuts", "one house cuts, few figures"],
)
def test_bureaus_that_revise_and_restate_raise_no_false_alarm(ways, outside, alarms):
    tally = tally_markets(range(15), ways=ways)
    assert len(tally.outside) <= outside * tally.months
    assert tally.conflicts <= alarms
