"""Units: from the unit that a source prints to that of the row, and from that of the row to the one of its series.

A conversion is a named function with its source; `stated` is never converted.
"""

import re
from collections.abc import Callable
from decimal import Decimal

KG_PER_T = Decimal(1000)
KG_PER_LB = Decimal("0.45359237")
"""The international pound, exact by definition (1959 agreement of the standards laboratories)."""
LB_PER_T = KG_PER_T / KG_PER_LB
G_PER_KG = Decimal(1000)
KW_PER_GW = Decimal(1_000_000)
KWH_PER_MWH = Decimal(1000)


def cny_per_kg_to_cny_per_t(price: float) -> float:
    """Return a price in CNY/kg as CNY/t."""
    return price * float(KG_PER_T)


def usd_per_kg_to_usd_per_t(price: float) -> float:
    """Return a price in USD/kg as USD/t."""
    return price * float(KG_PER_T)


def usd_per_lb_to_usd_per_t(price: float) -> float:
    """Return a price in USD/lb as USD/t."""
    return price * float(LB_PER_T)


def usd_per_lb_to_usd_per_kg(price: float) -> float:
    """Return a price in USD/lb as USD/kg."""
    return price / float(KG_PER_LB)


def usd_per_t_to_usd_per_kg(price: float) -> float:
    """Return a price in USD/t as USD/kg."""
    return price / float(KG_PER_T)


def cny_per_t_to_cny_per_kg(price: float) -> float:
    """Return a price in CNY/t as CNY/kg."""
    return price / float(KG_PER_T)


def kg_to_t(mass: float) -> float:
    """Return a mass in kg as tonnes."""
    return mass / float(KG_PER_T)


def yearly_t_to_t_per_year(capacity: float) -> float:
    """Return a capacity that is printed in tonnes ("300,000 tonnes") as tonnes a year: what a plant can make in one."""
    return capacity


def kg_per_unit_to_kg_per_robot(content: float) -> float:
    """Return a content per piece as content per robot, for series whose piece is a robot."""
    return content


def percent_to_ratio(share_pct: float) -> float:
    """Return a share in per cent as a plain ratio."""
    return share_pct / 100


def ratio_to_percent(ratio: float) -> float:
    """Return a plain ratio in per cent."""
    return ratio * 100


CONVERSIONS: dict[tuple[str, str], Callable[[float], float]] = {
    ("CNY/kg", "CNY/t"): cny_per_kg_to_cny_per_t,
    ("CNY/t", "CNY/kg"): cny_per_t_to_cny_per_kg,
    ("USD/kg", "USD/t"): usd_per_kg_to_usd_per_t,
    ("USD/t", "USD/kg"): usd_per_t_to_usd_per_kg,
    ("USD/lb", "USD/t"): usd_per_lb_to_usd_per_t,
    ("USD/lb", "USD/kg"): usd_per_lb_to_usd_per_kg,
    ("kg", "t"): kg_to_t,
    ("t", "t/year"): yearly_t_to_t_per_year,
    ("kg/unit", "kg/robot"): kg_per_unit_to_kg_per_robot,
    ("%", "ratio"): percent_to_ratio,
    ("ratio", "%"): ratio_to_percent,
}
"""(unit of the row, unit of the series) -> the function that converts; all are proportional."""


def conversion_factor(unit: str, series_unit: str) -> float | None:
    """Return what a value in `unit` is multiplied by to be in `series_unit`; None where no conversion is known."""
    if unit == series_unit:
        return 1.0
    convert = CONVERSIONS.get((unit, series_unit))
    return None if convert is None else convert(1.0)


_PER_KG = re.compile(r"(?:/|per |a |每)\s?(?:kgs?\b|kilo|公斤|千克)", re.IGNORECASE)
_PER_LB = re.compile(r"(?:/|per |a )\s?(?:lb|pound)", re.IGNORECASE)
_PER_T = re.compile(r"(?:/|per |a )\s?(?:m?t\b|ton|metric ton|吨|噸)", re.IGNORECASE)
_KG = re.compile(r"^\s?(?:kgs?\b|kilos?\b|kilogram|公斤|千克)", re.IGNORECASE)
_LB = re.compile(r"^\s?(?:lbs?\b|pounds?\b|磅)", re.IGNORECASE)
_G = re.compile(r"^\s?(?:g\b|grams?\b|克)", re.IGNORECASE)
_KW = re.compile(r"^\s?(?:kilowatts?\b|kw\b|千瓦)", re.IGNORECASE)
_MWH = re.compile(r"^\s?(?:mwh\b|megawatt.hours?)", re.IGNORECASE)

_Rule = tuple[re.Pattern[str], str, Decimal]
_PRINTED: dict[str, tuple[_Rule, ...]] = {
    "t": ((_KG, "tail", 1 / KG_PER_T),),
    "CNY/t": ((_PER_KG, "text", KG_PER_T),),
    "USD/t": ((_PER_KG, "text", KG_PER_T), (_PER_LB, "text", LB_PER_T)),
    "CNY/kg": ((_PER_T, "text", 1 / KG_PER_T),),
    "USD/kg": ((_PER_T, "text", 1 / KG_PER_T), (_PER_LB, "text", 1 / KG_PER_LB)),
    "kWh/t": ((_MWH, "tail", KWH_PER_MWH), (_PER_KG, "text", KG_PER_T)),
    "GW": ((_KW, "tail", 1 / KW_PER_GW),),
    "kg/t": ((_G, "tail", 1 / G_PER_KG),),
} | {
    f"kg/{thing}": ((_LB, "tail", KG_PER_LB), (_G, "tail", 1 / G_PER_KG))
    for thing in ("vehicle", "robot", "unit", "part")
}
"""Unit of the row -> (what is printed, where it stands: right behind the number or anywhere, factor)."""


def printed_factor(unit: str, tail: str, text: str) -> Decimal:
    """Return the factor from the unit that is printed to the unit of the row.

    Args:
        unit: Unit of the row.
        tail: What follows the number.
        text: The whole printed text.
    """
    for pattern, where, factor in _PRINTED.get(unit, ()):
        if pattern.search(tail if where == "tail" else text):
            return factor
    return Decimal(1)
