import pytest

from metalsbook.ledger.units import conversion_factor
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
    assert "/year" in target or not factor or conversion_factor(target, unit) == pytest.approx(1 / float(factor))
