"""Findings: what the ledger says of a figure, as an interval with the statements that it rests on and the sum in words.

Arithmetic on findings is interval arithmetic: an input known between two bounds gives a result between two bounds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import ceil, floor, inf, isinf, log10
from typing import Any, TypeVar

Found = TypeVar("Found")

REPORTED = "reported"
"""A source printed this very figure."""
COMPUTED = "computed"
"""A sum of printed figures."""
BETWEEN = "between quotes"
"""A price of a day without quote: it lies between the quotes before and after it, if nothing odd happened."""
PACED = "even pace"
"""A cumulated figure between two others, if no month lies far from their mean: it can agree, not contradict."""
ESTIMATED = "estimated"
"""What reconciliation leaves open."""
MOST_WORDS = 4
"""A sum of more figures than this is told as one number."""
BOUND_WORDS = {"over": "more than", "below": "less than", "up_to": "up to", "about": "about", "nearly": "nearly"}
"""What a print says of its figure -> the word that goes with the figure wherever it is shown."""
WIDE_PP = 0.5
"""A computed rate or share that may be off by more, in points, is shown as a range."""
WIDE_PCT = 1.0
"""The same for levels, in per cent."""
_MEASURES = {
    "level": "figure",
    "ytd": "figure since January",
    "mom": "change on the month",
    "yoy": "change on the year",
    "ytd_yoy": "change on the year since January",
    "dod": "change on the day",
    "mean3": "three-month mean",
}
_WEAKEST_LAST = (REPORTED, COMPUTED, BETWEEN, ESTIMATED, PACED)
SOUND = (REPORTED, COMPUTED)


class NoFigure(LookupError):
    """The statements at hand do not say it; the message tells what is missing."""


def if_known(ask: Callable[..., Found], *of: Any) -> Found | None:
    """Return what a way to a figure leads to, None where it leads to none."""
    try:
        return ask(*of)
    except NoFigure:
        return None


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure as the ledger has it."""

    low: float  # Least value that the statements allow
    high: float
    best: float  # The value as printed or computed from printed values
    statements: tuple[str, ...]  # Ids of the statements (or claims) used
    words: str  # The figure or sum in words, with who printed it
    basis: str = REPORTED  # `REPORTED`, `COMPUTED`, `BETWEEN`, `ESTIMATED` or `PACED`, the weakest that went in
    rivals: tuple["Finding", ...] = ()  # Other prints of the same figure that this one does not agree with

    def said(self, words: str, basis: str | None = None) -> "Finding":
        """Return the same figure with other words (and basis)."""
        return replace(self, words=words, basis=basis or self.basis)

    def __sub__(self, other: "Finding") -> "Finding":
        words = f"{self.words} less {other.words}"
        return _derived(self.low - other.high, self.high - other.low, self.best - other.best, (self, other), words)

    def times(self, factor: float, words: str) -> "Finding":
        """Return a finding times a positive factor."""
        return _derived(factor * self.low, factor * self.high, factor * self.best, (self,), words)

    def over(self, below: "Finding", times: float = 1.0) -> "Finding":
        """Return times * this / below, both positive; raises NoFigure if `below` may be zero."""
        if below.low <= 0:
            raise NoFigure(f"no narrower figure to compare with than {below.words}, which may be zero")
        words = f"{_grouped(self.words)} / {_grouped(below.words)}"
        corners = times * self.low / below.high, times * self.high / below.low
        return _derived(min(corners), max(corners), times * self.best / below.best, (self, below), words)

    def growth_on(self, earlier: "Finding") -> "Finding":
        """Return the change from `earlier` to this in per cent; raises NoFigure if `earlier` may be zero."""
        ratio, words = self.over(earlier, 100), f"{self.words} against {earlier.words}"
        return _derived(ratio.low - 100, ratio.high - 100, ratio.best - 100, (self, earlier), words)

    def before_growth(self, rate: "Finding", unit: str, told: str) -> "Finding":
        """Return what this was before it grew by a rate in per cent; `told` stands behind it in brackets."""
        low, high = self.low / (1 + rate.high / 100), self.high / (1 + rate.low / 100)
        words = f"{show_interval(low, high, unit)} ({told})"
        return _derived(low, high, self.best / (1 + rate.best / 100), (self, rate), words)


def weakest(bases: Iterable[str]) -> str:
    """Return the weakest of several bases; a sum of reported figures is computed."""
    worst = max(map(_WEAKEST_LAST.index, bases), default=0)
    return _WEAKEST_LAST[max(worst, _WEAKEST_LAST.index(COMPUTED))]


def _derived(low: float, high: float, best: float, inputs: tuple[Finding, ...], words: str) -> Finding:
    used = dict.fromkeys(identity for finding in inputs for identity in finding.statements)
    return Finding(low, high, best, tuple(used), words, weakest(finding.basis for finding in inputs))


def _grouped(words: str) -> str:
    """Return a sum or difference in brackets, so that what is divided is plain."""
    return f"({words})" if " + " in words or " less " in words else words


def add_up(findings: list[Finding]) -> Finding:
    """Return the sum of several findings."""
    lows, highs, bests = zip(*((one.low, one.high, one.best) for one in findings), strict=True)
    words = " + ".join(finding.words for finding in findings)
    if len(findings) > MOST_WORDS:
        words = f"{show_interval(sum(lows), sum(highs))} (sum of {len(findings)} figures)"
    return _derived(sum(lows), sum(highs), sum(bests), tuple(findings), words)


def counted(low: int, high: int, inputs: Iterable[Finding], words: str) -> Finding:
    """Return a count that lies between `low` and `high`, resting on `inputs`."""
    return _derived(low, high, (low + high) / 2, tuple(inputs), words)


def show_number(value: float, digits: int = 4) -> str:
    """Return a number for people: thousands separated, whole above 1,000, else up to `digits` significant digits."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def show_measure(measure: str) -> str:
    """Return a measure in words."""
    return _MEASURES.get(measure, measure.replace("_", " "))


def show_unit(unit: str) -> str:
    """Return a unit as it follows a number: "%" close to it, no word for a ratio."""
    return {"": "", "ratio": "", "%": "%", "unit": " units", "pp": " points"}.get(unit, f" {unit}")


def show_printed(value: float, resolution: float, qualifier: str = "") -> str:
    """Return a figure with the digits and in the words of its print: "4.0", "more than 50"."""
    decimals = max(0, -floor(log10(resolution) + 1e-9)) if resolution > 0 else 0
    return f"{BOUND_WORDS.get(qualifier, '')} {value:,.{decimals}f}".lstrip()


def show_interval(low: float, high: float, unit: str = "") -> str:
    """Return "a" or "a to b" with the unit; enough digits that both ends differ where they do."""
    for digits in (4, 5, 6, 7):
        ends = show_number(low, digits), show_number(high, digits)
        if ends[0] != ends[1] or abs(low) >= 1000 or low == high:
            break
    shown = ends[0] if ends[0] == ends[1] else " to ".join(ends)
    return f"rank {shown}" if unit == "rank" else f"{shown}{show_unit(unit)}"


def show_found(finding: Finding, unit: str) -> str:
    """Return a finding with the digits that its inputs support: one figure, or a range where they leave one open.

    A printed figure is shown as printed, not as the bounds of its rounding.
    """
    low, high, best = finding.low, finding.high, finding.best
    if finding.basis == REPORTED and " (" in finding.words:
        return finding.words.split(" (")[0]
    if isinf(low) and isinf(high):
        return "anything"
    if isinf(low) or isinf(high):
        known, word = (low, "more than") if high == inf else (high, "less than")
        return f"{word} {show_number(known, 3)}{show_unit(unit)}"
    half = (high - low) / 2
    if half == 0:
        return f"{show_number(best, 3)}{show_unit(unit)}"
    narrow = WIDE_PP if unit in ("%", "pp") else WIDE_PCT / 100 * abs(best)
    if finding.basis not in SOUND or half > narrow:
        step = 10.0 ** (floor(log10(2 * half)) - 1)
        ends = [_rounded(end, step) for end in (step * floor(low / step + 1e-6), step * ceil(high / step - 1e-6))]
        return f"{' to '.join(ends)}{show_unit(unit)}"
    # The step nearest to the width: 45.36 to 45.41 supports 45.4, 61.20 to 61.22 supports 61.21.
    return f"{_rounded(best, 10.0 ** round(log10(2 * half)))}{show_unit(unit)}"


def _rounded(value: float, step: float) -> str:
    return f"{step * round(value / step) + 0.0:,.{max(0, -floor(log10(step) + 1e-9))}f}"
