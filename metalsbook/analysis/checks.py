"""Checks: the named sums that recompute a claim. A row of claims.csv names one and gives its arguments.

First the register and the strict reading of arguments; then checks of levels, changes, ratios, means and paths; then
those of order: extremes, counts, ranks, dates.

Arguments are written `name=value; name=value`; a list is separated by `+`. Four names go with every check:
`at_least` and `at_most` bound the recomputed value where the note prints a comparison instead of a figure ("slightly
higher": more than 0, at most 5), and `resolution` says to what the note rounded where its last digit does not; a
claim that is read so kindly is never more than `consistent`. `loose=1` says that the note's words leave room and the
row says how they are read ("strong": the highest of the year): such a claim is neither confirmed nor contradicted.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from typing import Any

import pandas as pd

from metalsbook.analysis.evidence import BRACKET_DAYS, Evidence
from metalsbook.analysis.findings import (
    BETWEEN,
    COMPUTED,
    REPORTED,
    Finding,
    NoFigure,
    add_up,
    counted,
    if_known,
    show_found,
    show_interval,
    show_measure,
    show_number,
    show_printed,
    weakest,
)
from metalsbook.analysis.scenarios import growth_path
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import Figure, read_figure
from metalsbook.months import days_between, earlier_period, month_range, period_end, step_month

COMMON = ("at_least", "at_most", "resolution", "loose")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a check needs of a claim's row: text as in claims.csv, and all printed figures of the same note.

    `said` is the figure that the claim's own sentence repeats from another claim ("about 0.95, is low"): what is said
    of it is judged of this figure, and not of another one that stands in its place.
    """

    claim: str
    series: str
    measure: str
    period: str
    printed: str
    unit: str
    siblings: dict[str, Figure] = field(default_factory=dict)
    said: Figure | None = None
    events: pd.DataFrame = field(default_factory=pd.DataFrame)

    def sibling(self, claim: str) -> Figure:
        """Return the figure that another claim of the same note prints; raises LedgerError if none does."""
        if claim not in self.siblings:
            raise LedgerError(f"claims.csv, claim {self.claim}: its note has no claim '{claim}' that prints a figure")
        return self.siblings[claim]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found."""

    finding: Finding
    unit: str  # Unit of the recomputed value
    # The interval that the claim stands for, where it is not the printed figure's own
    expected: tuple[float, float] | None = None
    capped: bool = False  # Agreement is never more than `consistent`, since it leans on another figure of the note
    shown: str = ""  # The result in words, where its number says nothing to a reader ("none of 9 lies below")
    wanted: str = ""  # The figures that are not known and would decide, in words; "" where it is the claim's own
    as_printed: bool = False  # Judged is the figure that the note prints with its words


Check = Callable[..., Outcome]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check under its name: called with the claim, the evidence and its named arguments."""
    CHECKS[function.__name__] = function
    return function


def run_check(name: str, arguments: str, claim: Claim, evidence: Evidence) -> Outcome:
    """Run the check of a claim; raises NoFigure if the evidence lacks what it needs, else as `read_arguments`."""
    given, band = read_arguments(name, arguments, claim.claim)
    outcome = CHECKS[name](claim, evidence, **given)
    outcome = replace(outcome, capped=outcome.capped or "resolution" in band)
    ends = band.get("at_least", -inf), band.get("at_most", inf)
    return outcome if ends == (-inf, inf) else replace(outcome, expected=ends)


def read_arguments(name: str, text: str, claim: str) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the arguments of a check, and those of `COMMON`.

    Raises:
        LedgerError: If the check is unknown, an argument is unknown, missing, doubled or not of its type.
    """
    where = f"claims.csv, claim {claim}"
    if name not in CHECKS:
        raise LedgerError(f"{where}: there is no check '{name}'", f"Use one of {', '.join(sorted(CHECKS))}")
    own = [one for one in inspect.signature(CHECKS[name]).parameters.values() if one.kind is one.KEYWORD_ONLY]
    kinds = {one.name: one.annotation for one in own} | dict.fromkeys(COMMON, float)
    takes = f"It takes {', '.join(kinds)}"
    read: dict[str, Any] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        key, _, value = (part.strip() for part in piece.partition("="))
        if not key or not value or key in read:
            raise LedgerError(f"{where}: '{piece}' is not an argument", "Write name=value; name=value, each name once")
        if key not in kinds:
            raise LedgerError(f"{where}: check '{name}' has no argument '{key}'", takes)
        try:
            read[key] = [part.strip() for part in value.split("+")] if kinds[key] is list else kinds[key](value)
        except ValueError:
            raise LedgerError(f"{where}: argument '{key}' is '{value}', not a {kinds[key].__name__}") from None
    if missing := [one.name for one in own if one.default is one.empty and one.name not in read]:
        raise LedgerError(f"{where}: check '{name}' needs the argument '{missing[0]}'", takes)
    band = {key: read.pop(key) for key in COMMON if key in read}
    return read, band


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
    return figure._replace(resolution=resolution, bound_low=low, bound_high=high)


@check
def level(claim: Claim, evidence: Evidence) -> Outcome:
    """The claim's series, measure and period: as printed elsewhere, else as a sum, else as reconciliation leaves it."""
    return Outcome(evidence.figure(claim.series, claim.measure, claim.period), claim.unit)


@check
def change(claim: Claim, evidence: Evidence, *, since: str = "") -> Outcome:
    """The change in per cent: the claim's own measure, or, with `since`, of the level since that period."""
    if since:
        now, then = (evidence.figure(claim.series, "level", when) for when in (claim.period, since))
        return Outcome(now.growth_on(then), "%")
    return Outcome(evidence.figure(claim.series, claim.measure, claim.period), "%")


@check
def ratio(claim: Claim, evidence: Evidence, *, numerator: str, denominator: str) -> Outcome:
    """The level of `numerator` over that of `denominator` in the claim's period."""
    return Outcome(_over(evidence, numerator, denominator, claim.period), claim.unit)


def _over(evidence: Evidence, above: str, below: str, period: str, times: float = 1.0) -> Finding:
    return evidence.figure(above, "level", period).over(evidence.figure(below, "level", period), times)


@check
def share(claim: Claim, evidence: Evidence, *, part: str, total: str) -> Outcome:
    """What `part` is of `total` in the claim's period, in per cent."""
    return Outcome(_over(evidence, part, total, claim.period, 100), "%")


@check
def share_change(claim: Claim, evidence: Evidence, *, part: str, total: str, since: str) -> Outcome:
    """By how many percentage points the share of `part` in `total` has changed from `since` to the claim's period."""
    now, then = (_over(evidence, part, total, period, 100) for period in (claim.period, since))
    return Outcome(now - then, "pp")


@check
def share_of_change(claim: Claim, evidence: Evidence, *, part: str, total: str, since: str) -> Outcome:
    """How much of the change of `total` from `since` to the claim's period came from `part`, in per cent."""
    moved, whole = (
        evidence.figure(name, "level", claim.period) - evidence.figure(name, "level", since) for name in (part, total)
    )
    return Outcome(moved.over(whole, 100), "%")


@check
def mean_of_months(claim: Claim, evidence: Evidence, *, first: str, last: str) -> Outcome:
    """The mean of the claim's series over the months from `first` to `last`."""
    return Outcome(evidence.mean_of_months(claim.series, first, last), claim.unit)


@check
def mean_against_mean(
    claim: Claim, evidence: Evidence, *, first: str, last: str, base_first: str, base_last: str
) -> Outcome:
    """By how many per cent the mean of one run of months lies above that of another."""
    later = evidence.mean_of_months(claim.series, first, last)
    wanted = f"monthly figures of '{evidence.title(claim.series)}' from {base_first} to {last}, or less rounded ones"
    return Outcome(later.growth_on(evidence.mean_of_months(claim.series, base_first, base_last)), "%", wanted=wanted)


@check
def implied_base(claim: Claim, evidence: Evidence, *, level_claim: str, base: str = "") -> Outcome:
    """The growth from what others say of the base period to the note's own level, against the rate that it prints.

    The claim prints the rate; `level_claim` is the note's claim of the level; `base` is the base period where the
    measure does not give it (a day before). Agreement shows that level and rate fit the base, not that either is
    right: it is never more than `consistent`.
    """
    figure, rate = claim.sibling(level_claim), claim.sibling(claim.claim)
    before = base or earlier_period(claim.measure, claim.period)
    found = evidence.figure(claim.series, "ytd" if claim.measure == "ytd_yoy" else "level", before)
    implied = figure.bound_low / (1 + rate.bound_high / 100), figure.bound_high / (1 + rate.bound_low / 100)
    is_price, unit = evidence.kind(claim.series) == "price", evidence.unit(claim.series)
    # A single price stands for a range: the usual one, or that of the quote beside it.
    beside = (found.high - found.low) / (2 * found.best) if found.basis != BETWEEN else 0.0
    half = max(evidence.usual_half_width(claim.series), beside) * figure.value if is_price else 0.0
    low, high = min(figure.bound_low, figure.value - half), max(figure.bound_high, figure.value + half)
    rise = Finding(low, high, figure.value, (), "", COMPUTED).growth_on(found)
    off = 100 * (figure.value / (1 + rate.value / 100) / found.best - 1)
    quoted = f", from which that is {off:+.1f}% (a quote is {200 * half / figure.value:.1f}% wide)" if half else ""
    words = (
        f"{claim.printed} and the note's {show_number(figure.value, 6)} imply {show_interval(*implied, unit)} "
        f"for {before}; the ledger has {found.words}{quoted}, which makes it {show_found(rise, '%')}"
    )
    wanted = f"the figure of '{evidence.title(claim.series)}' for {before}"
    return Outcome(rise.said(words), "%", capped=True, wanted=wanted)


@check
def growth_of_path(claim: Claim, evidence: Evidence, *, end_claim: str, start: int, end: int, at: int) -> Outcome:
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
    return Outcome(Finding(low, high, best, found.statements, words, weakest([found.basis])), "%", capped=True)


def _yearly(end: float, base: float, years: int) -> float:
    """Return the compound growth in per cent a year from a base, without limit where the base may be nothing."""
    return 100 * ((end / base) ** (1 / years) - 1) if base > 0 else inf


@check
def part_of(claim: Claim, evidence: Evidence, *, parts: list, total: str, of: str = "level") -> Outcome:
    """What the parts add up to, in per cent of their total: at most 100 if the figures are of one kind."""
    summed = add_up([evidence.figure(name, of, claim.period) for name in parts])
    return Outcome(summed.over(evidence.figure(total, of, claim.period), 100), "%", (0.0, 100.0))


@check
def converted(claim: Claim, evidence: Evidence, *, numerator: str, denominator: str, times: float) -> Outcome:
    """`numerator` over `denominator` times a factor: for a rate of use, 100 * output / capacity."""
    found = _over(evidence, numerator, denominator, claim.period)
    found = found.times(times, f"{show_number(times)} x {found.words}")
    printed = evidence.prints(claim.series, claim.measure, claim.period)
    apart = tuple(one for one in printed if one.low > found.high or one.high < found.low)
    return Outcome(replace(found, rivals=apart), claim.unit)


@check
def needs_data(claim: Claim, evidence: Evidence, *, missing: str) -> Outcome:
    """The ledger holds no figures of this kind; `missing` says which would be needed."""
    raise NoFigure(f"no {missing}")


@check
def highest_share(claim: Claim, evidence: Evidence, *, part: str, total: str, first: int, last: int) -> Outcome:
    """The highest share of `part` in `total` among the years from `first` to `last` in which both are known."""
    years = map(str, range(first, last + 1))
    shares = {year: if_known(evidence.printed_share, part, total, "level", year) for year in years}
    known = {year: share for year, share in shares.items() if share}
    if not known:
        names = " and ".join(f"'{evidence.title(name)}'" for name in (part, total))
        raise NoFigure(f"no year from {first} to {last} with both {names}")
    highest = max(known.values(), key=lambda one: one.best)
    listed = ", ".join(f"{year}: {show_number(one.best, 3)}%" for year, one in known.items())
    used = tuple(dict.fromkeys(identity for one in known.values() for identity in one.statements))
    return Outcome(Finding(highest.low, highest.high, highest.best, used, listed, COMPUTED), "%")


KNOWN_PCT = 25.0
"""A month of a flow counts as a reading only if it is known to within this part of its level."""


@check
def extreme_since(
    claim: Claim,
    evidence: Evidence,
    *,
    since: str,
    kind: str,
    readings: str = "all",
    numerator: str = "",
    denominator: str = "",
) -> Outcome:
    """How many earlier periods from `since` on lie beyond the claim's (`kind`: low or high): none, if it is extreme.

    Compared are the claim's series' own readings: `all`, or only those of a `year`; shorter ones that lie beyond are
    told. With `numerator` and `denominator` the claim's period itself is their ratio. What is not known can lie beyond
    too: a month of a flow that is not known to within `KNOWN_PCT` and may reach so far, and days without a quote
    between two quotes so near to the claim's that the series' largest step would lead past it.
    """
    own, pair = (claim.series, "level", claim.period), (numerator, denominator, claim.period)
    now = _over(evidence, *pair) if numerator else evidence.figure(*own)
    sign = 1 if kind == "high" else -1
    earlier, unknown = _earlier(claim, evidence, since, readings, now, sign)
    if not earlier:
        raise NoFigure(f"no reading of '{evidence.title(claim.series)}' from {since} to before {claim.period}")
    way, extreme = ("above", "highest") if kind == "high" else ("below", "lowest")
    furthest = max(earlier, key=lambda one: sign * one.best)
    among = f"{len(earlier)} {'yearly' if readings == 'year' else 'earlier'} readings from {since} on"
    shown = show_found(now, evidence.unit(claim.series))
    told = now.words if now.basis == REPORTED or shown in now.words else f"{now.words} = {shown}"
    ends = f"the {extreme} of them {furthest.words}"
    words = f"{told}; {len(_beyond(now, earlier, sign)) or 'none'} of {among} lies {way} it, {ends}"
    months = [one for one in _periods(claim, evidence, since) if len(one) > 4] if readings == "year" else []
    shorter = _beyond(now, [evidence.reported(claim.series, "level", one) for one in months], sign)
    words += f"; of shorter time lie {way} it {', '.join(one.words for one in shorter)}" if shorter else ""
    if claim.said is not None:
        said = show_printed(claim.said.value, claim.said.resolution, claim.said.qualifier)
        now = Finding(claim.said.bound_low, claim.said.bound_high, claim.said.value, (), said, COMPUTED)
        count = len(_beyond(now, earlier, sign)) or "none"
        words = f"{said} as printed: {count} of {among} lies {way} it, {ends}. Recomputed it is {words}"
    surely, maybe = _beyond(now, earlier, sign), _beyond(now, earlier, sign, surely=False)
    words += f"; not known are {', '.join(unknown)}" if unknown else ""
    found = counted(len(surely), len(maybe) + len(unknown), [now, furthest, *surely], words)
    clear = sum(sign * one.best > sign * now.best for one in earlier)
    best = clear if len(surely) <= clear <= len(maybe) else len(surely)
    shown = f"{_span(len(surely), len(maybe))} of {len(earlier)} {way}"
    wanted = f"figures of '{evidence.title(claim.series)}' for {', '.join(unknown)}" if unknown else ""
    as_printed = claim.said is not None
    return Outcome(replace(found, best=best), "readings", (0, 0), shown=shown, wanted=wanted, as_printed=as_printed)


def _beyond(now: Finding, readings: list[Finding], sign: int, surely: bool = True) -> list[Finding]:
    """Return the readings that lie beyond `now`, surely or by what their bounds allow."""
    reach = min if surely else max
    end = max(sign * now.low, sign * now.high) if surely else min(sign * now.low, sign * now.high)
    return [one for one in readings if reach(sign * one.low, sign * one.high) > end]


def _periods(claim: Claim, evidence: Evidence, since: str) -> list[str]:
    """Return the periods before the claim's of which a level is printed, oldest first."""
    until = period_end(claim.period)
    return [one for one in evidence.periods(claim.series) if one >= since and period_end(one) < until]


def _span(low: int, high: int) -> str:
    """Return a count, or the two that it lies between."""
    return "none" if not high else f"{low}" if low == high else f"{low} to {high}"


def _earlier(
    claim: Claim, evidence: Evidence, since: str, readings: str, now: Finding, sign: int
) -> tuple[list[Finding], list[str]]:
    """Return the readings before the claim's period, and the times that are not known and may lie beyond it."""
    if evidence.kind(claim.series) != "flow":
        periods = [one for one in _periods(claim, evidence, since) if readings != "year" or len(one) == 4]
        known = [evidence.reported(claim.series, "level", period) for period in periods]
        quotes = [(day, one) for day, one in zip(periods, known, strict=True) if len(day) == 10]
        return known, _silent_days([*quotes, (claim.period, now)], now, sign) if len(claim.period) == 10 else []
    found, unknown = [], []
    for month in month_range(since, step_month(claim.period, -1)):
        one = if_known(evidence.figure, claim.series, "level", month)
        if one and one.high - one.low <= KNOWN_PCT / 100 * one.best:
            found.append(one)
        elif one is None or _beyond(now, [one], sign, surely=False):
            unknown.append(month)
    return found, unknown


def _silent_days(quotes: list[tuple[str, Finding]], now: Finding, sign: int) -> list[str]:
    """Return the spans of more than `BRACKET_DAYS` without a quote in which the price may have lain beyond `now`."""
    steps = list(pairwise(quotes))
    largest = max((abs(later.best / before.best - 1) for (_, before), (_, later) in steps), default=0.0)
    return [
        f"{first} to {last}"
        for (first, before), (last, later) in steps
        if days_between(first, last) > BRACKET_DAYS
        and max(sign * one.best * (1 + sign * largest) for one in (before, later)) > sign * now.best
    ]


@check
def change_from_extreme(claim: Claim, evidence: Evidence, *, since: str, kind: str) -> Outcome:
    """The change in per cent from the lowest (or highest) quote since a day to the claim's day."""
    now = evidence.figure(claim.series, "level", claim.period)
    quotes = evidence.quotes(claim.series, since, claim.period)
    if not quotes:
        raise NoFigure(f"no quote of '{evidence.title(claim.series)}' from {since} to {claim.period}")
    choose = min if kind == "low" else max
    extreme = choose((finding for _, finding in quotes), key=lambda finding: finding.best)
    return Outcome(now.growth_on(extreme), "%")


@check
def count_of_months_above(
    claim: Claim, evidence: Evidence, *, first: str, last: str, base_first: str, base_last: str
) -> Outcome:
    """In how many months from `first` to `last` the series lies above its own mean of the months of the base."""
    base = evidence.mean_of_months(claim.series, base_first, base_last)
    months = {month: evidence.figure(claim.series, "level", month) for month in month_range(first, last)}
    surely = [month for month, one in months.items() if one.low > base.high]
    maybe = [month for month, one in months.items() if one.high > base.low]
    listed = ", ".join(one.words for one in months.values())
    words = f"{listed}; mean of {base_first} to {base_last}: {show_number(base.best)} {evidence.unit(claim.series)}"
    found = counted(len(surely), len(maybe), [base, *months.values()], words)
    open_months = ", ".join(month for month in maybe if month not in surely)
    wanted = f"exact figures of '{evidence.title(claim.series)}' for {open_months}" if open_months else ""
    return Outcome(found, "months", shown=f"{_span(len(surely), len(maybe))} of {len(months)} months", wanted=wanted)


@check
def count_of_changes(claim: Claim, evidence: Evidence, *, figures: list, direction: str) -> Outcome:
    """How many of several printed changes go one way (`direction`: up or down); for words that no one series settles.

    Each of `figures` is a series, a measure of change and a period, parted by spaces. Figures that nobody prints are
    left out; where none is printed there is nothing to count. A change since January carries the whole year so far:
    which way things go now is told by whether it has risen since it was last printed.
    """
    named = [figure.split() for figure in figures]
    known = [(name, one) for name in named if (one := if_known(evidence.reported, *name))]
    if not known:
        # Tells what is missing.
        evidence.reported(*named[0])
    found = [(evidence.title(name[0]), name[1], _since_last(one, name, evidence)) for name, one in known]
    sign = 1 if direction == "up" else -1
    ends = [sorted((sign * one.low, sign * one.high)) for *_, one in found]
    surely, maybe = (sum(both[which] > 0 for both in ends) for which in (0, 1))
    words = "; ".join(f"{title}, {show_measure(measure)}: {one.words}" for title, measure, one in found)
    way = {"up": "rise", "down": "fall"}[direction]
    outcome = counted(surely, maybe, [one for *_, one in found], words)
    shown = f"{_span(surely, maybe)} of {len(found)} {way}"
    return Outcome(outcome, "changes", (len(found), len(found)), shown=shown)


def _since_last(found: Finding, name: list[str], evidence: Evidence) -> Finding:
    """Return by how much a change since January has risen since an earlier month of the year; others as they are."""
    series, measure, period = name
    months = [] if measure != "ytd_yoy" else month_range(f"{period[:4]}-01", step_month(period, -1))
    for month in reversed(months):
        if before := if_known(evidence.reported, series, measure, month):
            return (found - before).said(f"{found.words} after {before.words}")
    return found


@check
def rank_among_parts(claim: Claim, evidence: Evidence, *, parts: str, total: str) -> Outcome:
    """The rank of the claim's series among the parts of a total whose ids begin with `parts`; 1 is the largest.

    A part that nobody prints can still be larger, as long as what is left of the total has room for it.
    """
    own = evidence.figure(claim.series, "level", claim.period)
    whole = evidence.figure(total, "level", claim.period)
    rows = evidence.statements
    named = rows["series"].str.startswith(parts) & (rows["measure"] == "level") & (rows["period"] == claim.period)
    names = [name for name in sorted(set(rows.loc[named, "series"])) if evidence.kind(name) == "flow"]
    others = [evidence.reported(name, "level", claim.period) for name in names if name != claim.series]
    larger = sum(one.best > own.best for one in others)
    room = max(0.0, whole.high - own.low - sum(one.low for one in others))
    known = f"{len(others)} other part{'s are' if len(others) != 1 else ' is'}" if others else "no other part is"
    words = f"{own.words}; {known} known, which leaves {show_number(room)} of {whole.words} without a place"
    last = 1 + larger + int(room // own.high)
    found = counted(1 + larger, last, [own, whole, *others], words)
    wanted = f"figures of '{evidence.title(total)}' by country for {claim.period}, of all countries"
    return Outcome(found, "rank", (1, 1), shown=f"rank {_span(1 + larger, last)}", wanted=wanted)


@check
def dated(claim: Claim, evidence: Evidence) -> Outcome:
    """How many statements date what the claim's series says to the claim's period; other dates are its rivals.

    A date that is only coarser, the year of the claim's month, is neither.
    """
    rows = evidence.rows_of(claim.series)
    if not rows:
        raise NoFigure(f"no figure of '{evidence.title(claim.series)}' from anybody else")
    told = {row.statement: f"{row.period} ({row.publisher})" for row in rows}
    fits = [row.statement for row in rows if row.period.startswith(claim.period)]
    others = [row.statement for row in rows if row.statement not in fits and not claim.period.startswith(row.period)]
    rivals, count = tuple(Finding(1, 1, 1, (one,), told[one]) for one in others), len(fits)
    words = f"dated {', '.join(sorted(set(told.values())))}"
    found = Finding(count, count, count, tuple(fits or others), words, rivals=rivals)
    return Outcome(found, "statements", (1, float("inf")), shown=f"{count} of {len(rows)} prints")


@check
def no_event(claim: Claim, evidence: Evidence, *, first: str, last: str, topic: str, word: str) -> Outcome:
    """How many events of a topic, with a word in their text, the ledger has from `first` to `last`: none is claimed.

    A calendar that need not be complete can only contradict: its silence says nothing (NoFigure).
    """
    within = claim.events[claim.events["date"].between(first, last)]
    found = within[within["topic"].str.contains(topic, case=False) & within["what"].str.contains(word, case=False)]
    if found.empty:
        raise NoFigure(f"no complete list of announcements on {topic} that name {word}, {first} to {last}")
    listed = "; ".join(f"{row.date}: {row.what}" for row in found.itertuples())
    words = f"events on {topic} that name {word}, {first} to {last}: {listed}"
    shown = f"{len(found)} event{'' if len(found) == 1 else 's'}"
    finding = Finding(len(found), len(found), len(found), (), words, COMPUTED)
    return Outcome(finding, "events", (0, 0), shown=shown)
