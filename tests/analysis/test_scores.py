import pandas as pd
import pytest

from metalsbook.analysis.scores import band_curve, clustered_interval, overall_score

EMPTY = dict.fromkeys("naive_last_direction by_others reason target_low target_high unit also against".split(), "")
USUAL = {"house": "SMM", "series": "a", "made_on": "2025-01-01", "verdict": "hit", "naive_no_change": "miss"}
USUAL |= {"quotes_of": "own house", "too_easy": False, "direction": "up", "change_pct": 2.0}


def judged(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame([EMPTY | USUAL | row for row in rows])


def test_forecasts_that_fall_together_count_as_one():
    values = [1, 0, 1, 0, 0, 1, 1, 1]
    alone = clustered_interval(values, list("abcdefgh"))
    assert clustered_interval(values * 3, list("abcdefgh") * 3) == pytest.approx(alone)
    assert clustered_interval(values, list("aabbccdd"))[1:] == (float("-inf"), float("inf"))


def test_skill_is_the_difference_to_no_change_on_the_same_forecasts():
    pairs = "hit miss, hit hit, miss miss, hit miss, hit , miss hit, hit miss".split(", ")
    rows = [dict(zip(("verdict", "naive_no_change"), pair.split(" "), strict=True)) for pair in pairs]
    score = overall_score(judged(*(row | {"series": f"s{number}"} for number, row in enumerate(rows))))
    assert f"{score['resolved']} resolved" == "7 resolved", "a count is whole in a sentence"
    assert score["skill_pp"] == pytest.approx(100 * (4 - 2) / 6)
    assert score["skill_low_pp"] < 0 < score["skill_high_pp"]


def test_what_fell_due_and_was_not_measured_bounds_the_hit_rate():
    lost = {"verdict": "not measurable", "reason": "No quote in the horizon."}
    never = {"verdict": "not measurable", "reason": "The ledger has no series of it."}
    score = overall_score(judged({}, {"verdict": "miss"}, lost, lost, never))
    assert (score["unmeasured"], score["least_pct"], score["most_pct"]) == (2, 25, 75)


def test_the_order_hangs_on_the_width_of_the_band():
    curve = band_curve(judged(*({"change_pct": change} for change in (2.5, 0.4, 3.0))), widths=(1.0, 4.0))
    assert curve[["hit_rate_pct", "no_change_pct"]].round().to_numpy().tolist() == [[67, 33], [0, 100]]
