import pandas as pd
import pytest

from metalsbook.analysis.scores import band_curve, clustered_interval, overall_score


def judged(*rows: dict) -> pd.DataFrame:
    given = dict(
        house="SMM",
        series="a",
        made_on="2025-01-01",
        verdict="hit",
        naive_no_change="miss",
        naive_last_direction="",
        quotes_of="own house",
        by_others="",
        too_easy=False,
        reason="",
        direction="up",
        target_low="",
        target_high="",
        unit="",
        also="",
        against="",
        change_pct=2.0,
    )
    return pd.DataFrame([given | row for row in rows])


def test_forecasts_that_fall_together_count_as_one():
    values = [1, 0, 1, 0, 0, 1, 1, 1]
    alone = clustered_interval(values, list("abcdefgh"))
    together = clustered_interval(values * 3, list("abcdefgh") * 3)
    assert together == pytest.approx(alone)
    assert clustered_interval(values, list("aabbccdd"))[1:] == (float("-inf"), float("inf"))


def test_skill_is_the_difference_to_no_change_on_the_same_forecasts():
    rows = [
        dict(series=name, verdict=verdict, naive_no_change=naive)
        for name, verdict, naive in (
            ("a", "hit", "miss"),
            ("b", "hit", "hit"),
            ("c", "miss", "miss"),
            ("d", "hit", "miss"),
            ("e", "hit", ""),
            ("f", "miss", "hit"),
            ("g", "hit", "miss"),
        )
    ]
    score = overall_score(judged(*rows))
    assert f"{score['resolved']} resolved" == "7 resolved", "a count is whole in a sentence"
    assert score["skill_pp"] == pytest.approx(100 * (4 - 2) / 6)
    assert score["skill_low_pp"] < 0 < score["skill_high_pp"]


def test_what_fell_due_and_was_not_measured_bounds_the_hit_rate():
    lost = dict(verdict="not measurable", reason="No quote in the horizon.")
    never = dict(verdict="not measurable", reason="The ledger has no series of it.")
    score = overall_score(judged(dict(), dict(verdict="miss"), lost, lost, never))
    assert score["unmeasured"] == 2
    assert (score["least_pct"], score["most_pct"]) == (25, 75)


def test_the_order_hangs_on_the_width_of_the_band():
    curve = band_curve(judged(dict(change_pct=2.5), dict(change_pct=0.4), dict(change_pct=3.0)), widths=(1.0, 4.0))
    assert curve["hit_rate_pct"].round().tolist() == [67, 0]
    assert curve["no_change_pct"].round().tolist() == [33, 100]
