"""What the simulated markets prove: soundness, false alarms, recall. Used by the tests and by the benchmark."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from metalsbook.analysis.reconcile import Reconciliation, reconcile
from tests.analysis.market_simulator import USUAL, Market, Ways, simulate_market

GROSS = ("digits swapped", "wrong label", "factor 10")


@dataclass
class Tally:
    """Counts over many markets."""

    markets: int = 0
    months: int = 0  # With a known truth
    outside: list[tuple[int, str, str]] = field(default_factory=list)  # (seed, series, period) not in their interval
    conflicts: int = 0
    touched: int = 0  # Months that a conflict touches
    touched_outside: int = 0  # Those of them whose truth lies outside
    planted: int = 0  # Markets in which an error could be planted
    caught: int = 0  # Those of them where a conflict contains the planted statement
    suspected: int = 0  # Those of them where it is the suspect
    bases: Counter = field(default_factory=Counter)  # Months by basis


def tally_markets(seeds: range, error: str = "", ways: Ways = USUAL) -> Tally:
    """Return the counts over the markets of these seeds, with one error planted in each where named."""
    tally = Tally()
    for seed in seeds:
        market = simulate_market(seed, error, ways)
        if not market.statements.empty and (market.planted or not error):
            _count(tally, seed, market, reconcile(market.statements, market.series))
    return tally


def tally_planted(seeds: range, ways: Ways, markets: int) -> Tally:
    """Return the counts over the first markets in which one of the `GROSS` errors is planted."""
    tally = Tally()
    for seed in seeds:
        market = simulate_market(seed, GROSS[seed % len(GROSS)], ways)
        if market.planted and market.is_gross and tally.markets < markets:
            _count(tally, seed, market, reconcile(market.statements, market.series))
    return tally


def _count(tally: Tally, seed: int, market: Market, result: Reconciliation) -> None:
    outside = months_outside(market, result)
    rows = result.estimates
    keys = zip(rows["series"], rows["period"], rows["conflicts"], strict=True)
    touched = {(series, period) for series, period, names in keys if names}
    tally.markets += 1
    tally.months += len(market.truth)
    tally.bases.update(rows["basis"])
    tally.outside += [(seed, *key) for key in outside]
    tally.touched += len(touched & set(market.truth))
    tally.touched_outside += len(touched & set(outside))
    tally.conflicts += result.conflicts["conflict"].nunique()
    if market.planted:
        prints = result.conflicts["prints"].str.split().map(lambda names: market.planted in names).astype(bool)
        hits = result.conflicts[prints]
        tally.planted += 1
        tally.caught += not hits.empty
        tally.suspected += bool((hits["role"] == "suspect").any())


def months_outside(market: Market, result: Reconciliation) -> list[tuple[str, str]]:
    """Return the months whose truth lies outside their interval, or that have none."""
    rows = result.estimates
    known = {
        (series, period): (low, np.inf if np.isnan(high) else high)
        for series, period, low, high in zip(rows["series"], rows["period"], rows["low"], rows["high"], strict=True)
    }
    ends = {key: known.get(key, (np.inf, -np.inf)) for key in market.truth}
    leeway = 1 + 1e-9
    return [key for key, value in market.truth.items() if not ends[key][0] / leeway <= value <= ends[key][1] * leeway]
