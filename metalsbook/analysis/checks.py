"""Checks: the named sums that recompute a claim. A row of claims.csv names one and gives its arguments.

What belongs here: the register, the strict reading of arguments, and running a check. The checks themselves are in
`checks_levels` (levels, changes, ratios, means, paths) and `checks_order` (extremes, counts, ranks, dates).

Arguments are written `name=value; name=value`; a list is separated by `+`. Four names go with every check:
`at_least` and `at_most` bound the recomputed value where the note prints a comparison instead of a figure ("slightly
higher": more than 0, at most 5), and `resolution` says to what the note rounded where its last digit does not; a
claim that is read so kindly is never more than `consistent`. `loose=1` says that the note's words leave room and the
row says how they are read ("strong": the highest of the year): such a claim is neither confirmed nor contradicted.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

import pandas as pd

from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import Finding
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import Figure, read_figure

COMMON = ("at_least", "at_most", "resolution", "loose")
SERIES_NAMES = ("numerator", "denominator", "part", "total", "of", "parts")
"""Arguments that name series."""
_READERS: dict[type, Callable[[str], object]] = {
    str: str,
    int: int,
    float: float,
    list: lambda text: [part.strip() for part in text.split("+")],
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a check needs of a claim's row: text as in claims.csv, and all printed figures of the same note."""

    claim: str
    series: str
    measure: str
    period: str
    printed: str
    unit: str
    siblings: dict[str, Figure] = field(default_factory=dict)

    def sibling(self, claim: str) -> Figure:
        """Return the figure that another claim of the same note prints.

        Raises:
            LedgerError: If there is no such claim, or it prints no figure.
        """
        if claim not in self.siblings:
            raise LedgerError(f"claims.csv, claim {self.claim}: its note has no claim '{claim}' that prints a figure")
        return self.siblings[claim]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found.

    Attributes:
        finding: The recomputed value.
        unit: Unit of the recomputed value.
        expected: The interval that the claim stands for, where it is not the printed figure's own.
        capped: Agreement is never more than `consistent` (it leans on another figure of the note, or on silence).
        shown: The result in words, where its number says nothing to a reader ("none of 9 lies below").
    """

    finding: Finding
    unit: str
    expected: tuple[float, float] | None = None
    capped: bool = False
    shown: str = ""


Check = Callable[..., Outcome]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check under its name: called with the claim, the evidence, the events, and its named arguments."""
    CHECKS[function.__name__] = function
    return function


def run_check(name: str, arguments: str, claim: Claim, evidence: Evidence, events: pd.DataFrame) -> Outcome:
    """Run the check of a claim.

    Raises:
        LedgerError: If the check is unknown or its arguments are wrong; the message names the claim.
        NoFigure: If the evidence does not hold what the check needs.
    """
    given, band = read_arguments(name, arguments, claim.claim)
    outcome = CHECKS[name](claim, evidence, events, **given)
    if "resolution" in band:
        outcome = replace(outcome, capped=True)
    if "at_least" not in band and "at_most" not in band:
        return outcome
    expected = band.get("at_least", -inf), band.get("at_most", inf)
    return replace(outcome, expected=expected)


def read_arguments(name: str, text: str, claim: str) -> tuple[dict[str, object], dict[str, float]]:
    """Return the arguments of a check, and those of `COMMON`.

    Args:
        name: The check.
        text: `name=value; name=value`, as in claims.csv.
        claim: Id of the claim, for messages.

    Raises:
        LedgerError: If the check is unknown, an argument is unknown, missing, doubled or not of its type.
    """
    where = f"claims.csv, claim {claim}"
    if name not in CHECKS:
        raise LedgerError(f"{where}: there is no check '{name}'", f"Use one of {', '.join(sorted(CHECKS))}")
    wanted = {
        parameter.name: parameter
        for parameter in inspect.signature(CHECKS[name]).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    pairs = _split(text, where)
    given = {key: _read(value, wanted[key].annotation, key, where) for key, value in pairs.items() if key in wanted}
    band = {key: _read(value, float, key, where) for key, value in pairs.items() if key in COMMON}
    unknown = sorted(set(pairs) - set(given) - set(band))
    if unknown:
        raise LedgerError(f"{where}: check '{name}' has no argument '{unknown[0]}'", f"It takes {_names(wanted)}")
    missing = [key for key, one in wanted.items() if one.default is inspect.Parameter.empty and key not in given]
    if missing:
        raise LedgerError(f"{where}: check '{name}' needs the argument '{missing[0]}'", f"It takes {_names(wanted)}")
    return given, band


def _names(wanted: dict[str, inspect.Parameter]) -> str:
    return ", ".join([*wanted, *COMMON])


def _split(text: str, where: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        key, sign, value = (part.strip() for part in piece.partition("="))
        if not sign or not key or not value or key in pairs:
            raise LedgerError(f"{where}: '{piece}' is not an argument", "Write name=value; name=value, each name once")
        pairs[key] = value
    return pairs


def _read(value: str, kind: type, key: str, where: str) -> object:
    try:
        return _READERS[kind](value)
    except ValueError:
        raise LedgerError(f"{where}: argument '{key}' is '{value}', not a {kind.__name__}") from None


def read_printed(claim: str, printed: str, unit: str, measure: str, resolution: float | None = None) -> Figure:
    """Return the figure that a claim prints; `resolution` overrides what its last digit says.

    Raises:
        LedgerError: If the text holds no figure in this unit; the message names the claim.
    """
    try:
        figure = read_figure(printed, unit, measure)
    except LedgerError as error:
        raise LedgerError(f"claims.csv, claim {claim}: {error.what}", "Give at_least or at_most, or mend it") from None
    if resolution is None:
        return figure
    low, high = figure.value - resolution / 2, figure.value + resolution / 2
    return Figure(figure.value, resolution, figure.qualifier, figure.low, figure.high, low, high)
