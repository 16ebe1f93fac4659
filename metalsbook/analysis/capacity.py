"""Capacity: whose output over whose capacity, how concentrated the parts are, and what retiring plants would change."""

import pandas as pd

from metalsbook.analysis.intervals import Interval, exact


def utilisation_matrix(outputs: pd.DataFrame, capacities: pd.DataFrame, year: str) -> pd.DataFrame:
    """Return every stated output of a year over every stated capacity of it.

    Args:
        outputs: Statements of output (t) with `who`; columns period, value, bound_low, bound_high, who.
        capacities: Statements of capacity (t/year), the same columns.
        year: The year.

    Returns:
        Columns output_by, output_t, capacity_by, capacity_t, low, high, value (% of capacity). Sources that print the
        same figure stand once, with all their names.
    """
    rows = []
    for above in _distinct(outputs[outputs["period"] == year]):
        for below in _distinct(capacities[capacities["period"] == year]):
            rate = (above["figure"] / below["figure"]).scaled(100)
            rows.append((above["who"], above["figure"].best, below["who"], below["figure"].best, rate.low, rate.high,
                         rate.best))
    columns = ["output_by", "output_t", "capacity_by", "capacity_t", "low", "high", "value"]
    return pd.DataFrame(rows, columns=columns)


def _distinct(statements: pd.DataFrame) -> list[dict]:
    """Return the distinct figures, largest first, each with who printed it; bounds are those of the finest print."""
    found = []
    for value, group in statements.groupby("value", sort=True):
        finest = group.loc[(group["bound_high"] - group["bound_low"]).idxmin()]
        figure = Interval(float(finest["bound_low"]), float(finest["bound_high"]), float(value))
        found.append({"who": ", ".join(dict.fromkeys(group["who"])), "figure": figure})
    return found[::-1]


def years_with_both(outputs: pd.DataFrame, capacities: pd.DataFrame) -> list[str]:
    """Return the years for which an output and a capacity are stated, oldest first."""
    return sorted(set(outputs["period"]) & set(capacities["period"]))


def concentration(shares_pct: list[float]) -> dict[str, float]:
    """Return what known shares say of concentration.

    Args:
        shares_pct: Shares of the known parts, in per cent of the whole.

    Returns:
        `covered_pct` (their sum), `cr5_pct` (the five largest of the known: a lower bound of the true one) and
        `hhi_low`, `hhi_high`: the Herfindahl-Hirschman index (sum of squared shares in per cent, 0 to 10,000) where
        the unknown rest is split without end, and where it is made of firms as large as the largest known one.
    """
    known = sorted(shares_pct, reverse=True)
    squares, covered = sum(share**2 for share in known), sum(known)
    largest = known[0] if known else 0.0
    rest = max(0.0, 100 - covered)
    return {"covered_pct": covered, "cr5_pct": sum(known[:5]), "hhi_low": squares, "hhi_high": squares + rest * largest}


def hhi_from_ratios(cr3_pct: float, cr5_pct: float) -> tuple[float, float]:
    """Return the least and greatest Herfindahl-Hirschman index that two concentration ratios allow.

    Least: the first three alike, the next two alike, the rest split without end. Greatest: the second to fifth alike,
    the first as large as that leaves, the rest in firms as large as the fifth. (The index is convex in the shares, so
    that it is greatest at the most uneven split.)

    Args:
        cr3_pct: Share of the three largest, in per cent.
        cr5_pct: Share of the five largest.
    """
    fifth = (cr5_pct - cr3_pct) / 2
    least = 3 * (cr3_pct / 3) ** 2 + 2 * fifth**2
    first = cr3_pct - 2 * fifth
    greatest = first**2 + 4 * fifth**2 + (100 - cr5_pct) * fifth
    return least, greatest


def utilisation_after(output_t: float, capacity_t: float, retired_t: float) -> float:
    """Return output over what is left of capacity, in per cent; NaN where nothing is left."""
    left = capacity_t - retired_t
    return 100 * output_t / left if left > 0 else float("nan")


def capacity_to_retire(output_t: float, capacity_t: float, target_pct: float) -> float:
    """Return how much capacity would have to go for the same output to be `target_pct` of the rest; 0 where none."""
    return max(0.0, capacity_t - 100 * output_t / target_pct)


def world_shares(own: pd.DataFrame, world: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """Return a country's share of the world by year: as sources state it, and own over world output where both are.

    Args:
        own: Yearly output of the country, one row a source (period, value, bound_low, bound_high, who).
        world: Yearly output of the world, the same columns.
        stated: Stated shares in per cent, the same columns.

    Returns:
        Columns period, low, high, value (%), who, kind ("stated" or "computed: same house"). Only output figures of
        one house over one another: two houses draw different borders around an industry.
    """
    rows = [(row["period"], row["bound_low"], row["bound_high"], row["value"], row["who"], "stated")
            for _, row in stated.iterrows()]
    for _, row in own.merge(world, on=["period", "who"], suffixes=("", "_world")).iterrows():
        above = Interval(row["bound_low"], row["bound_high"], row["value"])
        below = Interval(row["bound_low_world"], row["bound_high_world"], row["value_world"])
        share = (above / below).scaled(100)
        rows.append((row["period"], share.low, share.high, share.best, row["who"], "computed: same house"))
    table = pd.DataFrame(rows, columns=["period", "low", "high", "value", "who", "kind"])
    return table.drop_duplicates().sort_values(["period", "who", "kind"], ignore_index=True)


def known_share_pct(part: Interval, whole: Interval) -> Interval:
    """Return a part of a whole in per cent, never above 100."""
    share = (part / whole).scaled(100)
    return Interval(min(share.low, 100), min(share.high, 100), min(share.best, 100)) if share.low < 100 else exact(100)
