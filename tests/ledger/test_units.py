from decimal import Decimal

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.units import conversion_factor, printed_factor
from metalsbook.ledger.vocabulary import UNITS
from tests.cases import cases


@pytest.mark.parametrize(
    ("unit", "target", "factor"),
    cases("""
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
    """),
)
def test_conversions(unit, target, factor):
    assert conversion_factor(unit, target) == (pytest.approx(float(factor)) if factor else None)


def test_there_and_back_is_one():
    for unit in UNITS:
        for target in UNITS:
            there, back = conversion_factor(unit, target), conversion_factor(target, unit)
            assert there is None or back is None or there * back == pytest.approx(1)


@pytest.mark.parametrize(
    ("unit", "counted", "per", "expected"),
    cases("""
        CNY/t      | CNY       | kg      | 1000
        CNY/t      | ¥         | t       | 1
        CNY/t      |           |         | 1
        USD/kg     | USD       | t       | 0.001
        kg/vehicle | lb        |         | 0.45359237
        kg/vehicle | g         | unit    | 0.001
        t          | short ton |         | 0.90718474
        t          | long ton  |         | 1.0160469088
        t/t        | kg        | kg      | 1
        t/t        | kg        |         | 1
        kWh/t      | kWh       | kg      | 1000
        unit       | vehicle   |         | 1
        %          | times     |         | 100
        CNY/t      | USD       | t       | 'USD'
        t          | kg+t      |         | 'kg and t'
        t/year     | t         | month   | 'per month'
        USD/t      | USD       | year    | 'per year'
        USD        | USD       | t       | 'per t'
        kg/robot   | kg        | vehicle | 'per vehicle'
        %          | pp        |         | 'pp'
    """),
)
def test_printed_units_fit_or_are_named(unit, counted, per, expected):
    counted, per = counted.split("+") if counted else [], [per] if per else []
    if expected.startswith("'"):
        with pytest.raises(LedgerError, match=f"{expected} does not fit a figure in {unit}"):
            printed_factor(unit, counted, per)
    else:
        assert printed_factor(unit, counted, per) == Decimal(expected)


def test_a_rate_fits_the_length_of_its_period():
    assert printed_factor("t", ["t"], ["month"], "2025-11") == 1
    with pytest.raises(LedgerError, match="'per month'"):
        printed_factor("t", ["t"], ["month"], "2025")
