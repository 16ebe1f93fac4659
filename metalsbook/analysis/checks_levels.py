"""Checks of levels, changes, ratios, means and growth paths. See `checks` for how a claim names one."""

from dataclasses import replace
from math import inf

import pandas as pd

from metalsbook.analysis.checks import Claim, Outcome, check
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import (
    COMPUTED,
    Finding,
    NoFigure,
    difference,
    growth,
    quotient,
    scaled,
    show_found,
    show_interval,
    show_number,
    total,
    weakest,
)
from metalsbook.analysis.measures import growth_path
from metalsbook.analysis.periods import earlier_period


@check
def level(claim: Claim, evidence: Evidence, events: pd.DataFrame) -> Outcome:
    """The claim's series, measure and period: as printed elsewhere, else as a sum, else as reconciliation leaves it."""
    return Outcome(evidence.figure(claim.series, claim.measure, claim.period), claim.unit)


@check
def change(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, since: str = "", of: str = "level") -> Outcome:
    """The change in per cent: the claim's own measure, or, with `since`, from that period to the claim's.

    `of` says of which measure with `since`: `level` (default) or `ytd`.
    """
    if since:
        return Outcome(growth(*(evidence.figure(claim.series, of, when) for when in (claim.period, since))), "%")
    return Outcome(evidence.figure(claim.series, claim.measure, claim.period), "%")


@check
def ratio(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, numerator: str, denominator: str) -> Outcome:
    """The level of `numerator` over that of `denominator` in the claim's period."""
    above, below = (evidence.figure(name, "level", claim.period) for name in (numerator, denominator))
    return Outcome(quotient(above, below), claim.unit)


@check
def share(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, part: str, total: str, of: str = "level"
) -> Outcome:
    """What `part` is of `total` in the claim's period, in per cent; `of` names the measure, `level` or `ytd`."""
    above, below = (evidence.figure(name, of, claim.period) for name in (part, total))
    return Outcome(quotient(above, below, 100), "%")


@check
def share_change(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, part: str, total: str, since: str
) -> Outcome:
    """By how many percentage points the share of `part` in `total` has changed from `since` to the claim's period."""
    now, then = (
        quotient(evidence.figure(part, "level", period), evidence.figure(total, "level", period), 100)
        for period in (claim.period, since)
    )
    return Outcome(difference(now, then), "pp")


@check
def share_of_change(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, part: str, total: str, since: str
) -> Outcome:
    """How much of the change of `total` from `since` to the claim's period came from `part`, in per cent."""
    moves = [
        difference(evidence.figure(name, "level", claim.period), evidence.figure(name, "level", since))
        for name in (part, total)
    ]
    return Outcome(quotient(*moves, 100), "%")


@check
def mean_of_months(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, first: str, last: str) -> Outcome:
    """The mean of the claim's series over the months from `first` to `last`."""
    return Outcome(evidence.mean_of_months(claim.series, first, last), claim.unit)


@check
def mean_against_mean(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, first: str, last: str, base_first: str, base_last: str
) -> Outcome:
    """By how many per cent the mean of one run of months lies above that of another."""
    later = evidence.mean_of_months(claim.series, first, last)
    return Outcome(growth(later, evidence.mean_of_months(claim.series, base_first, base_last)), "%")


@check
def implied_base(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, level_claim: str, base: str = ""
) -> Outcome:
    """The growth from what others say of the base period to the note's own level, against the rate that it prints.

    The claim prints the rate; `level_claim` is the note's claim of the level; `base` is the base period where the
    measure does not give it (a day before). Agreement shows that level and rate fit the base, not that either is
    right: it is never more than `consistent`.
    """
    figure, rate = claim.sibling(level_claim), claim.sibling(claim.claim)
    before = base or earlier_period(claim.measure, claim.period)
    found = evidence.figure(claim.series, "ytd" if claim.measure == "ytd_yoy" else "level", before)
    implied = figure.bound_low / (1 + rate.bound_high / 100), figure.bound_high / (1 + rate.bound_low / 100)
    own = Finding(figure.bound_low, figure.bound_high, figure.value, (), "", COMPUTED)
    rise, unit = growth(own, found), evidence.unit(claim.series)
    words = (
        f"{claim.printed} and the note's {show_number(figure.value, 6)} imply {show_interval(*implied, unit)} "
        f"for {before}; the ledger has {found.words}, which makes it {show_found(rise, '%')}"
    )
    return Outcome(rise.said(words), "%", capped=True)


@check
def growth_of_path(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, end_claim: str, start: int, end: int, at: int
) -> Outcome:
    """The yearly growth from what others say of the year `at` to the note's end point, against the rate it prints.

    The claim prints the yearly rate; the path ends in `end` at the figure of `end_claim` and starts in `start`.
    """
    figure, rate = claim.sibling(end_claim), claim.sibling(claim.claim)
    found = evidence.figure(claim.series, "forecast", str(at))
    low, high = (_yearly(*pair, end - at) for pair in ((figure.bound_low, found.high), (figure.bound_high, found.low)))
    unit = evidence.unit(claim.series)
    base, passed = (show_number(growth_path(figure.value, rate.value, end - year), 2) for year in (start, at))
    words = (
        f"{claim.printed} a year to {show_number(figure.value)} {unit} in {end} starts from {base} {unit} in {start} "
        f"and passes {passed} {unit} in {at}; the ledger has {found.words}"
    )
    best = _yearly(figure.value, found.best, end - at)
    rise = Finding(low, high, best, found.statements, words, weakest([found.basis]))
    return Outcome(rise, "%", capped=True)


def _yearly(end: float, base: float, years: int) -> float:
    """Return the compound growth in per cent a year from a base, without limit where the base may be nothing."""
    return 100 * ((end / base) ** (1 / years) - 1) if base > 0 else inf


@check
def part_of(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, parts: list, total: str, of: str = "level"
) -> Outcome:
    """What the parts add up to, in per cent of their total: at most 100 if the figures are of one kind."""
    summed = _sum(evidence, parts, of, claim.period)
    found = quotient(summed, evidence.figure(total, of, claim.period), 100)
    return Outcome(found, "%", (0.0, 100.0))


def _sum(evidence: Evidence, names: list[str], of: str, period: str) -> Finding:
    return total([evidence.figure(name, of, period) for name in names])


@check
def converted(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, numerator: str, denominator: str, times: float
) -> Outcome:
    """`numerator` over `denominator` times a factor: for a rate of use, 100 * output / capacity."""
    above, below = (evidence.figure(name, "level", claim.period) for name in (numerator, denominator))
    found = quotient(above, below)
    found = scaled(found, times, f"{show_number(times)} x {found.words}")
    printed = evidence.prints(claim.series, claim.measure, claim.period)
    apart = tuple(one for one in printed if one.low > found.high or one.high < found.low)
    return Outcome(replace(found, rivals=apart), claim.unit)


@check
def needs_data(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, missing: str) -> Outcome:
    """The ledger holds no figures of this kind; `missing` says which would be needed."""
    raise NoFigure(f"no {missing}")


@check
def highest_share(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, part: str, total: str, first: int, last: int
) -> Outcome:
    """The highest share of `part` in `total` among the years from `first` to `last` in which both are known."""
    shares = {}
    for year in range(first, last + 1):
        try:
            above, below = (evidence.reported(name, "level", str(year)) for name in (part, total))
        except NoFigure:
            continue
        shares[year] = quotient(above, below, 100)
    if not shares:
        names = " and ".join(f"'{evidence.title(name)}'" for name in (part, total))
        raise NoFigure(f"no year from {first} to {last} with both {names}")
    highest = max(shares.values(), key=lambda one: one.best)
    listed = ", ".join(f"{year}: {show_number(one.best, 3)}%" for year, one in shares.items())
    used = tuple(dict.fromkeys(identity for one in shares.values() for identity in one.statements))
    return Outcome(Finding(highest.low, highest.high, highest.best, used, listed, COMPUTED), "%")
