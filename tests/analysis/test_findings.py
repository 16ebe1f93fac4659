import pytest

from metalsbook.analysis import findings
from metalsbook.analysis.findings import BETWEEN, COMPUTED, Finding, NoFigure


def found(low, high, best, identity="st-1", basis="reported"):
    return Finding(low, high, best, (identity,), f"{best:g}", basis)


TEN, FOUR = found(9, 11, 10), found(4, 5, 4.5, "st-2")


def test_a_quotient_reaches_from_the_least_to_the_greatest_with_the_statements_and_the_weakest_basis_of_both():
    ratio = TEN.over(FOUR)
    assert (ratio.low, ratio.high, ratio.basis, ratio.statements) == (9 / 5, 11 / 4, COMPUTED, ("st-1", "st-2"))
    rise = found(110, 110, 110).growth_on(found(100, 100, 100, basis=BETWEEN))
    assert (rise.best, rise.basis) == (pytest.approx(10), BETWEEN)
    with pytest.raises(NoFigure, match="which may be zero"):
        TEN.over(found(0, 1, 0.5))


def test_intervals_are_shown_with_the_digits_that_tell_them_apart():
    ends = {"45.36 to 45.41%": (45.36, 45.41), "11.35%": (11.35, 11.35), "61.2 to 61.201%": (61.2001, 61.2012)}
    assert {shown: findings.show_interval(*each, "%") for shown, each in ends.items()} == {
        shown: shown for shown in ends
    }


@pytest.mark.parametrize(
    ("finding", "unit", "shown"),
    [
        (Finding(10.5, 11.5, 11, (), "11% (House A, 2024-12)"), "%", "11%"),
        (Finding(0, 35, 35, (), "less than 35 t (Argus, 2025)"), "t", "less than 35 t"),
        (Finding(45.36, 45.41, 45.383, (), "sum", COMPUTED), "%", "45.4%"),
        (Finding(408_712, 408_991, 408_850, (), "sum", COMPUTED), "t", "408,800 t"),
        (Finding(-0.97, 3.79, 1.38, (), "sum", COMPUTED), "%", "-1.0 to 3.8%"),
        (Finding(521_500, 625_618, 573_000, (), "between", BETWEEN), "CNY/t", "520,000 to 630,000 CNY/t"),
        (Finding(4.87, 5.92, 5.4, (), "sum", COMPUTED), "pp", "4.8 to 6.0 points"),
        (Finding(91.3, float("inf"), 92, (), "sum", COMPUTED), "%", "more than 91.3%"),
    ],
)
def test_a_finding_is_shown_with_the_digits_that_its_inputs_support(finding, unit, shown):
    assert findings.show_found(finding, unit) == shown
