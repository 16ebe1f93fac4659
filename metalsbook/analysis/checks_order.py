"""Checks of order: extremes, counts, ranks, dates and events. See `checks` for how a claim names one."""

import pandas as pd

from metalsbook.analysis.checks import Claim, Outcome, check
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import (
    COMPUTED,
    REPORTED,
    Finding,
    NoFigure,
    counted,
    growth,
    quotient,
    show_found,
    show_measure,
    show_number,
)
from metalsbook.months import month_range, period_end, step_month

KNOWN_PCT = 25.0
"""A month of a flow counts as a reading only if it is known to within this part of its level."""
_READINGS = {"year": "yearly readings", "all": "earlier readings"}


@check
def extreme_since(
    claim: Claim,
    evidence: Evidence,
    events: pd.DataFrame,
    *,
    since: str,
    kind: str,
    readings: str = "all",
    numerator: str = "",
    denominator: str = "",
) -> Outcome:
    """How many earlier periods from `since` on lie beyond the claim's (`kind`: low or high): none, if it is extreme.

    Compared are the claim's series' own readings: `all`, or only those of a `year`. With `numerator` and `denominator`
    the claim's period itself is their ratio. A month of a flow counts if it is known,
    printed or reconciled, to within `KNOWN_PCT`; while one is not, agreement is never more than `consistent`.
    """
    now = _now(claim, evidence, numerator, denominator)
    sign = 1 if kind == "high" else -1
    earlier, unknown = _earlier(claim, evidence, since, readings)
    if not earlier:
        raise NoFigure(f"no reading of '{evidence.title(claim.series)}' from {since} to before {claim.period}")
    surely = [one for one in earlier if min(sign * one.low, sign * one.high) > max(sign * now.low, sign * now.high)]
    maybe = [one for one in earlier if max(sign * one.low, sign * one.high) > min(sign * now.low, sign * now.high)]
    furthest = max(earlier, key=lambda one: sign * one.best)
    way, extreme = ("above", "highest") if kind == "high" else ("below", "lowest")
    among = f"{len(earlier)} {_READINGS.get(readings, 'readings')}"
    words = (
        f"{now.words}{'' if now.basis == REPORTED else f' = {show_found(now, evidence.unit(claim.series))}'}; "
        f"{len(surely) or 'none'} of {among} from {since} on lies {way} it, the {extreme} of them {furthest.words}"
        f"{f'; {unknown} months are not known' if unknown else ''}"
    )
    clear = sum(sign * one.best > sign * now.best for one in earlier)
    found = counted(len(surely), len(maybe), [now, furthest, *surely], words)
    best = clear if len(surely) <= clear <= len(maybe) else len(surely)
    finding = Finding(found.low, found.high, best, found.statements, words, found.basis)
    shown = f"{_span(len(surely), len(maybe)) or 'none'} of {len(earlier)} {way}"
    return Outcome(finding, "readings", (0, 0), capped=unknown > 0, shown=shown)


def _span(low: int, high: int) -> str:
    """Return a count, or the two that it lies between; "" for none."""
    return (f"{low}" if low == high else f"{low} to {high}") if high else ""


def _now(claim: Claim, evidence: Evidence, numerator: str, denominator: str) -> Finding:
    if not numerator:
        return evidence.figure(claim.series, "level", claim.period)
    return quotient(*(evidence.figure(name, "level", claim.period) for name in (numerator, denominator)))


def _earlier(claim: Claim, evidence: Evidence, since: str, readings: str) -> tuple[list[Finding], int]:
    """Return the readings before the claim's period, and how many months of a flow are not known."""
    if evidence.kind(claim.series) != "flow":
        rows = evidence.statements
        rows = rows[(rows["series"] == claim.series) & (rows["measure"] == "level") & (rows["period"] >= since)]
        if readings == "year":
            rows = rows[rows["period"].str.len() == 4]
        periods = sorted(set(rows.loc[rows["period"].map(period_end) < period_end(claim.period), "period"]))
        return [evidence.reported(claim.series, "level", period) for period in periods], 0
    found, months = [], month_range(since, step_month(claim.period, -1))
    for month in months:
        try:
            one = evidence.figure(claim.series, "level", month)
        except NoFigure:
            continue
        if one.high - one.low <= KNOWN_PCT / 100 * one.best:
            found.append(one)
    return found, len(months) - len(found)


@check
def change_from_extreme(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, since: str, kind: str) -> Outcome:
    """The change in per cent from the lowest (or highest) quote since a day to the claim's day."""
    now = evidence.figure(claim.series, "level", claim.period)
    quotes = evidence.quotes(claim.series, since, claim.period)
    if not quotes:
        raise NoFigure(f"no quote of '{evidence.title(claim.series)}' from {since} to {claim.period}")
    choose = min if kind == "low" else max
    extreme = choose((finding for _, finding in quotes), key=lambda finding: finding.best)
    return Outcome(growth(now, extreme), "%")


@check
def count_of_months_above(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, first: str, last: str, base_first: str, base_last: str
) -> Outcome:
    """In how many months from `first` to `last` the series lies above its own mean of the months of the base."""
    base = evidence.mean_of_months(claim.series, base_first, base_last)
    months = {month: evidence.figure(claim.series, "level", month) for month in month_range(first, last)}
    surely = [month for month, one in months.items() if one.low > base.high]
    maybe = [month for month, one in months.items() if one.high > base.low]
    listed = ", ".join(one.words for one in months.values())
    words = f"{listed}; mean of {base_first} to {base_last}: {show_number(base.best)} {evidence.unit(claim.series)}"
    found = counted(len(surely), len(maybe), [base, *months.values()], words)
    return Outcome(found, "months", shown=_of_months(len(surely), len(maybe), months))


@check
def count_of_months_rising(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, first: str, last: str) -> Outcome:
    """In how many months from `first` to `last` the claim's measure of growth is above zero."""
    months = {month: evidence.figure(claim.series, claim.measure, month) for month in month_range(first, last)}
    surely = sum(one.low > 0 for one in months.values())
    maybe = sum(one.high > 0 for one in months.values())
    words = ", ".join(one.words for one in months.values())
    return Outcome(counted(surely, maybe, months.values(), words), "months", shown=_of_months(surely, maybe, months))


def _of_months(surely: int, maybe: int, months: dict) -> str:
    return f"{_span(surely, maybe) or 'none'} of {len(months)} months"


@check
def count_of_changes(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, figures: list, direction: str
) -> Outcome:
    """How many of several printed changes go one way (`direction`: up or down); for words that no one series settles.

    Each of `figures` is a series, a measure of change and a period, parted by spaces. Figures that nobody prints are
    left out; where none is printed there is nothing to count.
    """
    found, lacks = [], []
    for figure in figures:
        series, measure, period = figure.split()
        try:
            found.append((evidence.title(series), measure, evidence.reported(series, measure, period)))
        except NoFigure as lack:
            lacks.append(lack)
    if not found:
        raise lacks[0]
    sign = 1 if direction == "up" else -1
    ends = [sorted((sign * one.low, sign * one.high)) for *_, one in found]
    surely, maybe = (sum(both[which] > 0 for both in ends) for which in (0, 1))
    words = "; ".join(f"{title}, {show_measure(measure)}: {one.words}" for title, measure, one in found)
    way = {"up": "rise", "down": "fall"}[direction]
    outcome = counted(surely, maybe, [one for *_, one in found], words)
    shown = f"{_span(surely, maybe) or 'none'} of {len(found)} {way}"
    return Outcome(outcome, "changes", (len(found), len(found)), shown=shown)


@check
def rank_among_parts(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, parts: str, total: str) -> Outcome:
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
    words = f"{own.words}; {len(others)} other parts are known; {show_number(room)} of {whole.words} is not told apart"
    last = 1 + larger + int(room // own.high)
    found = counted(1 + larger, last, [own, whole, *others], words)
    return Outcome(found, "rank", (1, 1), shown=f"rank {_span(1 + larger, last)}")


@check
def dated(claim: Claim, evidence: Evidence, events: pd.DataFrame) -> Outcome:
    """How many statements date what the claim's series says to the claim's period."""
    rows = evidence.statements[evidence.statements["series"] == claim.series]
    if rows.empty:
        raise NoFigure(f"nobody else prints '{evidence.title(claim.series)}'")
    fitting = rows[rows["period"].str.startswith(claim.period)]
    listed = ", ".join(sorted({f"{row.period} ({row.publisher})" for row in rows.itertuples()}))
    found = Finding(len(fitting), len(fitting), len(fitting), tuple(rows["statement"]), f"dated {listed}")
    shown = f"{len(fitting)} of {len(rows)} prints"
    return Outcome(found, "statements", (1, float("inf")), shown=shown)


@check
def no_event(
    claim: Claim, evidence: Evidence, events: pd.DataFrame, *, first: str, last: str, topic: str, word: str
) -> Outcome:
    """How many events of a topic, with a word in their text, the ledger has from `first` to `last`: none is claimed.

    Silence of the ledger is weak evidence: agreement is never more than `consistent`.
    """
    if events.empty:
        raise NoFigure("no events are at hand")
    within = events[(events["date"] >= first) & (events["date"] <= last)]
    found = within[within["topic"].str.contains(topic, case=False) & within["what"].str.contains(word, case=False)]
    listed = "; ".join(f"{row.date}: {row.what}" for row in found.itertuples()) or "none"
    words = f"events on {topic} that name {word}, {first} to {last}: {listed}"
    shown = f"{len(found) or 'no'} event{'' if len(found) == 1 else 's'}"
    finding = Finding(len(found), len(found), len(found), (), words, COMPUTED)
    return Outcome(finding, "events", (0, 0), capped=True, shown=shown)
