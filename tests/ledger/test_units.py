from itertools import combinations

import pytest

from metalsbook.ledger.units import conversion_factor
from metalsbook.ledger.vocabulary import UNITS
from tests.cases import each


@each("""
    unit    | target   | factor
    CNY/kg  | CNY/t    | 1000
    USD/lb  | USD/kg   | 2.2046226218
    USD/lb  | USD/t    | 2204.6226218
    %       | ratio    | 0.01
    t       | t/year   | 1
    kg/unit | kg/robot | 1
    CNY/t   | USD/t    |
    t/year  | t        |
    t/day   | t/year   |
    unit    | t        |
    t       | t/t      |
""")
def test_conversions(unit, target, factor):
    assert conversion_factor(unit, target) == (pytest.approx(float(factor)) if factor else None)


def test_there_and_back_is_one():
    for unit, target in combinations(UNITS, 2):
        there, back = conversion_factor(unit, target), conversion_factor(target, unit)
        assert there is None or back is None or there * back == pytest.approx(1)
