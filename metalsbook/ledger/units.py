"""Units: from the unit that a source prints to that of the row, and from that of the row to the one of its series.

`stated` is never converted. A unit is what is counted, per what: "CNY/t" is CNY per t.
"""

from collections.abc import Iterable
from decimal import Decimal

from metalsbook.errors import LedgerError

KG_PER_T = Decimal(1000)
KG_PER_LB = Decimal("0.45359237")
"""The international pound, exact by definition (1959 agreement of the standards laboratories)."""
_SIZES = {
    "t": ("mass", KG_PER_T),
    "kg": ("mass", Decimal(1)),
    "g": ("mass", Decimal("0.001")),
    "lb": ("mass", KG_PER_LB),
    "short ton": ("mass", 2000 * KG_PER_LB),
    "long ton": ("mass", 2240 * KG_PER_LB),
    "kWh": ("energy", Decimal(1)),
    "MWh": ("energy", Decimal(1000)),
    "kW": ("power", Decimal(1)),
    "MW": ("power", Decimal(1000)),
    "GW": ("power", Decimal(1_000_000)),
    "%": ("share", Decimal(1)),
    "ratio": ("share", Decimal(100)),
    "times": ("share", Decimal(100)),
}
"""Unit -> what it measures, and its size in the smallest unit of that kind; any other measures itself only."""
_SAME = {
    "CNY": {"CNY", "¥"},
    "JPY": {"JPY", "¥"},
    "unit": {"unit", "vehicle", "robot", "part"},
    "vehicle": {"vehicle", "unit"},
    "robot": {"robot", "unit"},
    "part": {"part", "unit"},
}
"""Unit -> the printed ones that can mean it."""
PERIODS = {"day": 10, "week": 10, "month": 7, "quarter": 7, "year": 4}
"""Period that a rate is stated for -> length of a `period` that it fits."""
_IMPLIED = {("t", "t/year"), ("kg/unit", "kg/robot")}
"""Units that mean the same for the series that have the second: what a plant can make is a year's, a piece a robot."""


def conversion_factor(unit: str, series_unit: str) -> float | None:
    """Return what a value in `unit` is multiplied by to be in `series_unit`; None where no conversion is known."""
    if unit == series_unit or (unit, series_unit) in _IMPLIED:
        return 1.0
    (counted, _, per), (wanted, _, wanted_per) = unit.partition("/"), series_unit.partition("/")
    if bool(per) != bool(wanted_per):
        return None
    above, below = _ratio(counted, wanted), _ratio(per, wanted_per) if per else Decimal(1)
    return None if above is None or below is None else float(above / below)


def _ratio(unit: str, other: str) -> Decimal | None:
    """Return how many `other` one `unit` is, None where the two do not measure the same."""
    if unit == other or unit in _SAME.get(other, ()):
        return Decimal(1)
    (kind, size), (other_kind, other_size) = (_SIZES.get(name, (name, Decimal(1))) for name in (unit, other))
    return size / other_size if kind == other_kind else None


def printed_factor(unit: str, counted: Iterable[str], per: Iterable[str], period: str = "") -> Decimal:
    """Return the factor from the units that are printed to the unit of the row; what is not printed is as in the row.

    Units beside the number are `counted`, those behind a "per" are `per`; "t a month" fits any row of no known period.

    Raises:
        LedgerError: If a printed unit does not fit; the message names it.
    """
    wanted, _, wanted_per = unit.partition("/")
    names = sorted(set(counted))
    factors = {_fitting(name, name, wanted, unit) for name in names}
    if len(factors) > 1:
        raise _unfit(" and ".join(names), unit)
    # A content of the product itself, its piece not printed: kilograms per kilogram, tonnes per tonne.
    factor = Decimal(1) if not factors or (unit == "t/t" and not per) else factors.pop()
    for name in sorted(set(per)):
        if wanted_per or name not in PERIODS:
            factor /= _fitting(name, f"per {name}", wanted_per, unit)
        elif len(period) not in (0, PERIODS[name]):
            raise _unfit(f"per {name}", unit)
    return factor


def _fitting(name: str, shown: str, wanted: str, unit: str) -> Decimal:
    ratio = _ratio(name, wanted)
    if ratio is None:
        raise _unfit(shown, unit)
    return ratio


def _unfit(shown: str, unit: str) -> LedgerError:
    change = "; a change has its measure: mom, yoy or ytd_yoy" if shown == "%" else ""
    return LedgerError(f"'{shown}' does not fit a figure in {unit}", f"Give it in {unit}{change}")
