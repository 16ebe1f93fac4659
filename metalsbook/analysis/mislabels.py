"""Mislabels: whether a contradicted figure is the right figure under a wrong name.

The search is blind to the claim's wording: it compares the printed figure with what the evidence says, for the same
period, of the same series under other measures, of neighbouring series, and of the shares that these have in one
another; and of the claim's own series and measure for the periods beside it. The nearest name that fits wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import ESTIMATED, Finding, if_known, show_measure
from metalsbook.ledger.figures import Figure
from metalsbook.months import earlier_period, step_month

RATES = ("mom", "yoy", "ytd_yoy", "dod", "wow", "qoq")
AMOUNTS = ("level", "ytd", "mean3")
ENOUGH_DIGITS = 3
"""A figure of fewer digits fits too much by chance to be called mislabelled."""
MOST_WIDE = 3.0
"""A name fits only if it is known to within this many widths of the printed figure's own rounding."""
NEAR_NAMES = 0.5
"""Two series are neighbours if this share of the words in both ids is common, and the first word is."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Another name that the printed figure fits."""

    name: str  # What it is: "series measure period", or "part / total measure period" for a share
    distance: int  # How far the name is from the claimed one; 1 is nearest
    finding: Finding
    title: str  # The name for people


def find_fit(series: str, measure: str, period: str, unit: str, figure: Figure, evidence: Evidence) -> Fit | None:
    """Return the nearest other name in the same unit that a printed figure fits, or None."""
    digits = str(round(abs(figure.value) / figure.resolution)).lstrip("0") if figure.resolution > 0 else ""
    if len(digits) < ENOUGH_DIGITS:
        return None
    widest = MOST_WIDE * (figure.bound_high - figure.bound_low)
    fits = [
        fit
        for fit in _names(series, measure, period, unit, evidence)
        if fit.finding.basis != ESTIMATED
        and figure.bound_low <= fit.finding.best <= figure.bound_high
        and fit.finding.high - fit.finding.low <= widest
    ]
    return min(fits, key=lambda fit: (fit.distance, abs(fit.finding.best - figure.value), fit.name), default=None)


def _names(series: str, measure: str, period: str, unit: str, evidence: Evidence) -> Iterator[Fit]:
    near, beside = neighbours(series, evidence), []
    if len(period) == 7:
        beside = [step_month(period, -1), step_month(period, 1), earlier_period("yoy", period)]
    elif len(period) == 4:
        beside = [str(int(period) + step) for step in (-1, 1)]
    named = [(series, other, period, 1) for other in _measures(series, unit, evidence) if other != measure]
    for one in near:
        named += [(one, of, period, 1 if of == measure else 2) for of in _measures(one, unit, evidence)]
    named += [(series, measure, when, 2) for when in beside]
    for one, of, when, distance in named:
        if found := if_known(evidence.reported, one, of, when):
            title = f"the {show_measure(of)} of '{evidence.title(one)}' for {when}"
            yield Fit(f"{one} {of} {when}", distance, found, title)
    if unit == "%":
        yield from _shares([series, *near], period, evidence)


def _measures(series: str, unit: str, evidence: Evidence) -> tuple[str, ...]:
    if unit == "%":
        return ("level", "ytd", *RATES) if evidence.unit(series) == "%" else RATES
    return AMOUNTS if evidence.unit(series) == unit else ()


def neighbours(series: str, evidence: Evidence) -> list[str]:
    """Return the series that may be taken for this one.

    Its parts and its total, the other parts of that, the two sides of its share, and whose id begins alike and has most
    words in common.
    """
    catalogue = evidence.series
    if series not in catalogue.index:
        return []
    total, sides = catalogue.loc[series, ["part_of", "share_of"]]
    tied = {total, *sides.split("/")} - {""}
    linked = {
        row.Index
        for row in catalogue.itertuples()
        if row.Index in tied
        or series in (row.part_of, *row.share_of.split("/"))
        or (total and row.part_of == total)
        or _alike(row.Index, series)
    }
    return sorted(linked - {series})


def _alike(name: str, other: str) -> bool:
    words, others = name.split("."), other.split(".")
    common = len(set(words) & set(others))
    return words[0] == others[0] and common / len(set(words) | set(others)) >= NEAR_NAMES


def _shares(names: list[str], period: str, evidence: Evidence) -> Iterator[Fit]:
    """Yield the shares of those series that are parts of one of the others, month and to date."""
    for part in names:
        total = evidence.series["part_of"].get(part, "")
        for measure in ("level", "ytd") if total in names else ():
            if found := if_known(evidence.printed_share, part, total, measure, period):
                title = f"the share of '{evidence.title(part)}' in '{evidence.title(total)}' for {period}"
                yield Fit(f"{part} / {total} {measure} {period}", 2, found, title)
