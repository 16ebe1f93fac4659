import pytest

from metalsbook.analysis.checks import Outcome
from metalsbook.analysis.findings import BETWEEN, Finding
from metalsbook.analysis.verdicts import (
    AGREE,
    APART,
    LOOSE,
    OVERLAP,
    Answer,
    forgive,
    relate_band,
    relate_figure,
    tax_hint,
)
from metalsbook.ledger.figures import read_figure


def outcome(low, high, best=None, basis="reported", unit="t", rivals=(), capped=False):
    middle = (low + high) / 2 if best is None else best
    return Outcome(Finding(low, high, middle, ("st-1",), "words", basis, rivals), unit, capped=capped)


@pytest.mark.parametrize(
    ("found", "expected", "relation"),
    [
        (outcome(22_217.5, 22_218.5), (22_150, 22_250), AGREE),
        (outcome(22_260, 22_270), (22_150, 22_250), APART),
        (outcome(22_250, 22_350), (22_150, 22_250), APART),
        (outcome(22_240, 22_300), (22_150, 22_250), OVERLAP),
        (outcome(22_100, 22_300), (22_199.5, 22_200.5), OVERLAP),
        (outcome(22_100, 22_300, basis=BETWEEN), (22_150, 22_250), OVERLAP),
        (outcome(10_000, 30_000), (22_150, 22_250), LOOSE),
        (outcome(-14, 25, unit="%"), (5.35, 5.45), LOOSE),
    ],
)
def test_a_recomputed_interval_beside_a_printed_figure(found, expected, relation):
    assert relate_figure(found, expected) == relation


@pytest.mark.parametrize(
    ("found", "relation"),
    [
        (outcome(0.5, 2), AGREE),
        (outcome(-2, -1), APART),
        (outcome(-1, 3), OVERLAP),
        (outcome(-3, 1), LOOSE),
        (outcome(0.5, 2, basis=BETWEEN), OVERLAP),
        (outcome(-1, 3, basis=BETWEEN), LOOSE),
    ],
)
def test_a_recomputed_interval_beside_a_band(found, relation):
    assert relate_band(found, (0, 5)) == relation


def answer(found, printed, unit="t"):
    figure = read_figure(printed, unit)
    return Answer(found, (figure.bound_low, figure.bound_high), APART, figure)


def test_digits_cut_off_are_forgiven_upwards_only():
    assert forgive(answer(outcome(20_886, 20_895), "20,800 tons"), "stock").relation == OVERLAP
    assert "it would be 20,900" in forgive(answer(outcome(20_886, 20_895), "20,800 tons"), "stock").remark
    assert forgive(answer(outcome(20_705, 20_715), "20,800 tons"), "stock").relation == APART


def test_a_revision_is_forgiven_for_flows_only():
    found = outcome(-5.125, -5.115, unit="%")
    assert forgive(answer(found, "-5.15%", "%"), "flow").relation == OVERLAP
    assert forgive(answer(found, "-5.15%", "%"), "ratio").relation == APART
    assert forgive(answer(found, "-5.35%", "%"), "flow").relation == APART


def test_a_rival_print_that_agrees_makes_it_a_dispute():
    rival = Finding(99, 101, 100, ("st-2",), "100 t (House B)")
    forgiven = forgive(answer(outcome(119, 121, rivals=(rival,)), "100 t"), "flow")
    assert forgiven.relation == OVERLAP
    assert "Disputed: 100 t (House B)" in forgiven.remark


def test_a_ratio_that_fits_without_tax_says_so():
    assert "denominator" in tax_hint(answer(outcome(0.8337, 0.85, unit="ratio"), "about 0.95", "ratio"))
    assert "numerator" in tax_hint(answer(outcome(0.95, 0.96, unit="ratio"), "0.84", "ratio"))
    assert tax_hint(answer(outcome(0.70, 0.71, unit="ratio"), "about 0.95", "ratio")) == ""
