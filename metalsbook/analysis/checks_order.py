"""Checks of order: extremes, counts, ranks, dates and events. See `checks` for how a claim names one."""

import pandas as pd

from metalsbook.analysis.checks import Claim, Outcome, check
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import COMPUTED, Finding, NoFigure, counted, growth, quotient, show_number
from metalsbook.months import month_range, period_end, step_month

KNOWN_PCT = 25.0
"""A month of a flow counts as a reading only if it is known to within this part of its level."""


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
    way = "above" if kind == "high" else "below"
    words = (
        f"{now.words} = {show_number(now.best)}; {len(surely)} of {len(earlier)} earlier readings since {since} lie "
        f"{way} it; furthest: {furthest.words}{f'; {unknown} months are not known' if unknown else ''}"
    )
    clear = sum(sign * one.best > sign * now.best for one in earlier)
    found = counted(len(surely), len(maybe), [now, furthest, *surely], words)
    best = clear if len(surely) <= clear <= len(maybe) else len(surely)
    finding = Finding(found.low, found.high, best, found.statements, words, found.basis)
    return Outcome(finding, "readings", (0, 0), capped=unknown > 0)


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
    return Outcome(found, "months")


@check
def count_of_months_rising(claim: Claim, evidence: Evidence, events: pd.DataFrame, *, first: str, last: str) -> Outcome:
    """In how many months from `first` to `last` the claim's measure of growth is above zero."""
    months = {month: evidence.figure(claim.series, claim.measure, month) for month in month_range(first, last)}
    surely = sum(one.low > 0 for one in months.values())
    maybe = sum(one.high > 0 for one in months.values())
    words = ", ".join(one.words for one in months.values())
    return Outcome(counted(surely, maybe, months.values(), words), "months")


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
    found = counted(1 + larger, 1 + larger + int(room // own.high), [own, whole, *others], words)
    return Outcome(found, "rank", (1, 1))


@check
def dated(claim: Claim, evidence: Evidence, events: pd.DataFrame) -> Outcome:
    """How many statements date what the claim's series says to the claim's period."""
    rows = evidence.statements[evidence.statements["series"] == claim.series]
    if rows.empty:
        raise NoFigure(f"nobody else prints '{evidence.title(claim.series)}'")
    fitting = rows[rows["period"].str.startswith(claim.period)]
    listed = ", ".join(sorted({f"{row.period} ({row.publisher})" for row in rows.itertuples()}))
    found = Finding(len(fitting), len(fitting), len(fitting), tuple(rows["statement"]), f"dated {listed}")
    return Outcome(found, "statements", (1, float("inf")))


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
    return Outcome(Finding(len(found), len(found), len(found), (), words, COMPUTED), "events", (0, 0), capped=True)
