"""Reconciliation of two editions: every sum that a page shows arrives at the gap that it prints."""

import re
from itertools import combinations
from operator import attrgetter
from types import SimpleNamespace

import numpy as np
import pytest

from metalsbook.analysis.reconcile import Months
from metalsbook.analysis.reconcile.estimates import hide_months
from metalsbook.analysis.reconcile.facts import Fact, read_facts
from metalsbook.derived import derive_tables
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.snapshot import open_snapshot

NUMBER = r"-?[\d,]+(?:\.\d+)?"
INTERVAL = rf"({NUMBER}) (?:to ({NUMBER})|or more)"
APART = rf"\({INTERVAL}\).* ({NUMBER})(?: percentage points)? (above|below) ({NUMBER})$"
PRODUCT = rf"({NUMBER}) ([x/]) (?:\(1 ([+-]) ({NUMBER})%\)|({NUMBER})%)$"


@pytest.fixture(scope="module", params=["2025-08", "2025-11"])
def solved(request):
    snapshot = open_snapshot(snapshots_folder() / request.param)
    return snapshot.tables["statements"], snapshot.tables["series"], SimpleNamespace(**derive_tables(snapshot))


def value(text: str) -> float:
    return float(text.replace(",", ""))


def ends(text: str) -> tuple[float, float]:
    low, high = re.fullmatch(INTERVAL, text).groups()
    return value(low), value(high) if high else np.inf


def test_the_gap_is_what_the_last_line_leaves(solved):
    for row in solved[2].conflicts.drop_duplicates("conflict").itertuples():
        last = row.worked_sum.split("\n")[-1]
        if "meet only" in last:
            assert row.gap == 0, last
            continue
        if last.startswith("but"):
            low, high, gap, side, other = re.search(APART, last).groups()
            apart = value(low) - value(other) if side == "above" else value(other) - value(high)
        else:
            [gap] = re.findall(rf": ({NUMBER}) (?:percentage points )?apart", last)
            named = [found[0] for found in re.finditer(INTERVAL, last.split(":", 1)[1])]
            (a, b), (c, d) = map(ends, named[:2])
            apart = max(c - b, a - d)
        assert value(gap) == pytest.approx(row.gap), last
        assert apart == pytest.approx(row.gap, abs=1e-6), last


def test_every_line_can_be_redone_with_the_figures_that_it_shows(solved):
    redone = 0
    for text in solved[2].conflicts["worked_sum"].drop_duplicates():
        for line in text.split("\n")[:-1]:
            arithmetic, _, interval = line.split(": ", 1)[1].rpartition(" = ")
            low, high = ends(interval)
            result = redo(arithmetic)
            if result is not None:
                redone += 1
                room = 1e-4 * abs(result)
                assert low - room <= result <= high + room, line
    assert redone >= 10


def redo(arithmetic: str) -> float | None:
    """Return the result of a line's arithmetic, None where it only bounds a sum ("at least ...")."""
    arithmetic = arithmetic.split(", with ")[0]
    if found := re.match(PRODUCT, arithmetic):
        base, operation, sign, rate, share = found.groups()
        factor = value(share) / 100 if share else 1 + (1 if sign == "+" else -1) * value(rate) / 100
        return value(base) * factor if operation == "x" else value(base) / factor
    if re.fullmatch(rf"{NUMBER}(?: [+-] {NUMBER})+", arithmetic):
        return sum(value(term.replace(" ", "")) for term in re.findall(rf"(?:[+-] )?{NUMBER}", arithmetic))
    assert arithmetic.startswith(("at least", "at most", "the other")), arithmetic
    return None


def test_limits_are_known_or_capped(solved):
    rows = solved[2].allowances
    assert set(rows["basis"]) == {"estimated", "cap"}
    assert rows.loc[rows["kind"] == "revision", "limit_pct"].max() <= 3.0
    assert rows.loc[rows["kind"] == "base", "limit_pct"].max() <= 2.5
    customs = rows[(rows["family"] == "customs") & (rows["kind"] == "revision")]["limit_pct"].item()
    assert customs < 0.15


OF_NOVEMBER = pytest.mark.parametrize("solved", ["2025-11"], indirect=True)
CASES = {
    # Month: least, greatest value that it may be given; the print or truth that has to lie within.
    ("mg.export.ingot", "2024-05"): (20_835.5, 20_836.5),
    ("mg.export.ingot", "2024-04"): (23_166, 23_662),
    ("mg.export.total", "2025-06"): (35_100, 35_900),
    ("crude_steel.output.cn", "2025-11"): (69_865_000, 69_875_000),
    ("mg.export.alloy", "2024-01"): (0, 34_898),
    ("mg.export.alloy", "2024-02"): (0, 34_898),
    ("mg.export.total", "2025-09"): (43_434, 43_522),
}


@OF_NOVEMBER
def test_cases_of_the_ledger_are_as_narrow_as_their_evidence(solved):
    months = solved[2].estimates.set_index(["series", "period"])
    for key, (least, greatest) in CASES.items():
        row = months.loc[key]
        assert least <= row["low"] <= row["high"] <= greatest, key
    steel = months.loc["crude_steel.output.cn", "2025-11"]
    assert (steel["best"], steel["basis"]) == (69_870_000, "reported")
    assert steel["conflicts"], "the contradiction stands beside it"


@OF_NOVEMBER
def test_five_shares_of_one_wrong_base_are_one_contradiction_with_one_cause(solved):
    found = solved[2].conflicts
    own = found[found["series"].str.startswith("mg.export.ingot.to.") & (found["period"] == "2024-05")]
    assert own["conflict"].nunique() == 1
    assert own["explanation"].str.contains("5 figures of the page fit, multiplied by 1.18").any()


@OF_NOVEMBER
def test_years_that_exclude_each_other_are_contradicted(solved):
    statements, series, result = solved
    years: dict[tuple, list[Fact]] = {}
    for fact in read_facts(statements, series)[0]:
        if not fact.bottom and sum(cell.span for cell in fact.top) == 12:
            years.setdefault(fact.top, []).append(fact)
    told = {name for names in result.conflicts["prints"] for name in names.split()}
    pairs = [pair for prints in years.values() for pair in combinations(sorted(prints, key=attrgetter("low")), 2)]
    rivals = [pair for pair in pairs if pair[0].high < pair[1].low]
    assert len(rivals) >= 30
    assert [pair for pair in rivals if not told & {*pair[0].statements, *pair[1].statements}] == []
    named = set(zip(result.conflicts["series"], result.conflicts["period"], strict=True))
    assert {("ree.output.chn", "2023"), ("ree.output.world", "2024"), ("ndfeb.output.cn", "2023")} <= named


@OF_NOVEMBER
def test_the_likely_band_holds_four_of_five_hidden_prints(solved):
    band = solved[2].bands.set_index("family").loc["all families"]
    assert band["tested"] >= 80
    assert 0.7 <= band["covered"] / band["tested"] <= 0.92


@OF_NOVEMBER
def test_hidden_prints_come_back_narrow_and_right(solved):
    """Every printed month, not the sample that sets the band: that one takes as many months of small families."""
    months = Months(*solved[:2])
    months.solve()
    hidden = hide_months(months.components(), most=10_000)
    share = solved[2].bands.set_index("family").loc["all families", "share"]
    assert len(hidden) >= 200
    assert sum(month.distance <= 1 for month in hidden) >= 86 / 89 * len(hidden)
    assert np.median([month.width for month in hidden]) <= 0.006
    assert np.median([month.width for month in hidden]) * share <= 0.005
    assert np.median([month.error for month in hidden]) <= 0.0006


@OF_NOVEMBER
def test_what_was_revised_or_restated_is_told_as_such(solved):
    revisions, limits = solved[2].revisions, solved[2].allowances.set_index(["family", "kind"])["limit_pct"]
    year = revisions[revisions["period"].str.startswith("2023") & (revisions["series"] == "mg.output.cn")]
    assert year["period"].tolist() == ["2023"], "all months of a year are the year, not its January"
    # Chains of 6 to 15 figures with gaps of 0.02 to 0.29% are growth on a restated base.
    vehicles = r"^(?:auto|nev)\."
    bases = revisions[(revisions["kind"] == "base") & revisions["series"].str.contains(vehicles)]
    assert 0 < bases["gap_pct"].min() <= bases["gap_pct"].max() <= limits["CAAM", "base"]
    conflicts = solved[2].conflicts
    assert conflicts[conflicts["series"].str.contains(vehicles)].groupby("conflict").size().max() < 6


@OF_NOVEMBER
def test_no_swap_of_digits_is_offered_that_only_happens_to_fit(solved):
    assert not solved[2].conflicts["explanation"].str.contains("swapped").any()
