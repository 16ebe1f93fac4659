from decimal import Decimal

import pytest

from metalsbook.ledger.units import CONVERSIONS, conversion_factor, printed_factor
from metalsbook.ledger.vocabulary import UNITS


def test_same_unit_needs_no_factor():
    assert conversion_factor("t", "t") == 1.0


@pytest.mark.parametrize(
    ("unit", "target", "factor"),
    [
        ("CNY/kg", "CNY/t", 1000),
        ("USD/lb", "USD/kg", 2.2046226218),
        ("USD/lb", "USD/t", 2204.6226218),
        ("kg", "t", 0.001),
        ("%", "ratio", 0.01),
        ("t", "t/year", 1),
    ],
)
def test_known_conversions(unit, target, factor):
    assert conversion_factor(unit, target) == pytest.approx(factor)


def test_unknown_conversion_is_none():
    assert conversion_factor("CNY/t", "USD/t") is None


def test_conversions_are_proportional_between_known_units():
    for (unit, target), convert in CONVERSIONS.items():
        assert {unit, target} <= set(UNITS)
        assert convert(0.0) == 0
        assert convert(20.0) == pytest.approx(20 * convert(1.0))


def test_there_and_back_is_one():
    for unit, target in CONVERSIONS:
        if (target, unit) in CONVERSIONS:
            assert conversion_factor(unit, target) * conversion_factor(target, unit) == pytest.approx(1)


@pytest.mark.parametrize(
    ("unit", "text", "factor"),
    [
        ("CNY/t", "405 yuan/kg", 1000),
        ("CNY/t", "405 yuan/mt", 1),
        ("USD/kg", "850美元/吨", Decimal("0.001")),
        ("USD/kg", "每公斤850美元", 1),
        ("kg/vehicle", " pounds", Decimal("0.45359237")),
        ("t", " kg", Decimal("0.001")),
        ("t", " kilotonnes", 1),
    ],
)
def test_printed_units(unit, text, factor):
    assert printed_factor(unit, text, text) == factor
