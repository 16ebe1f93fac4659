import shutil

import numpy as np
import pandas as pd
import pytest

from metalsbook.analysis.outlooks import (
    BAND_PCT,
    WEEK_BAND_PCT,
    WORDED,
    Said,
    band_pct,
    class_of,
    is_hit,
    naive_hit,
    read_as,
    score_outlooks,
)
from metalsbook.analysis.scores import overall_score, score_table
from metalsbook.ledger.reading import read_ledger
from metalsbook.paths import ledger_folder
from metalsbook.snapshots.asof import select_as_of
from tests.analysis import frames


def said(direction, low=None, high=None, is_rate=False, also=""):
    return Said(direction, low, high, is_rate, also)


@pytest.mark.parametrize("change", [-5.0, -1.01, -1.0, 0.0, 0.99, 1.01, 7.0])
def test_whatever_happens_exactly_one_direction_is_right(change):
    right = [direction for direction in ("up", "down", "flat") if is_hit(said(direction), 100, change, 1.0)]
    assert right == [class_of(change, 1.0)]


def test_the_band_is_narrower_within_a_week_but_not_for_flows():
    assert band_pct("flow", 3) == BAND_PCT
    assert band_pct("price", 7) == WEEK_BAND_PCT
    assert band_pct("price", 8) == BAND_PCT


def test_flat_to_up_and_not_up_are_open_on_one_side():
    firm = said("flat", also="up")
    assert is_hit(firm, 100, 9, 1) and is_hit(firm, 100, 0, 1) and not is_hit(firm, 100, -3, 1)
    soft = said("down", also="flat")
    assert is_hit(soft, 100, -9, 1) and is_hit(soft, 100, 0, 1) and not is_hit(soft, 100, 3, 1)
    assert is_hit(soft, 100, 0.04, 1) and not is_hit(soft, 100, 0.3, 1)
    capped = said("flat", also="down")
    assert is_hit(capped, 100, -9, 1) and is_hit(capped, 100, 0, 1) and not is_hit(capped, 100, 3, 1)


def test_a_value_is_hit_within_the_tolerance_and_a_lower_bound_from_there_on():
    assert is_hit(said("level", 100, 100), 102.4, 0, 1) and not is_hit(said("level", 100, 100), 102.6, 0, 1)
    assert is_hit(said("level", 100, None), 300, 0, 1) and not is_hit(said("level", 100, None), 99, 0, 1)


def test_a_stated_range_of_movement_is_not_widened():
    assert is_hit(said("flat", 100, 110), 110, 5, 1) and not is_hit(said("flat", 100, 110), 110.1, 0, 1)


def test_a_rate_must_be_met_and_not_its_direction_only():
    rate = said("down", -7.4, -7.4, is_rate=True)
    assert is_hit(rate, 100, -6, 2) and not is_hit(rate, 100, -4.6, 2)


def test_a_direction_with_a_value_needs_both():
    target = said("down", 500_000, 500_000)
    assert is_hit(target, 511_250, -9, 1)
    assert not is_hit(target, 511_250, 0.5, 1) and not is_hit(target, 530_000, -9, 1)
    support = said("down", 16_000, None)
    assert is_hit(support, 16_000, -2, 1) and not is_hit(support, 15_900, -2, 1)


def test_naive_forecasts_follow_the_same_rules():
    assert naive_hit(said("up"), 0.0, 100, 100.5, 0.5, 1) and not naive_hit(said("up"), 0.0, 100, 105, 5, 1)
    assert naive_hit(said("up"), 3.0, 100, 105, 5, 1)
    assert naive_hit(said("level", 120, 120), 0.0, 100, 102, 2, 1)
    assert not naive_hit(said("level", 120, 120), 0.0, 100, 104, 4, 1)
    assert naive_hit(said("level", 110, 130), 0.0, 100, 112, 12, 1)
    assert naive_hit(said("down", -5, -5, is_rate=True), -4.0, 100, 95, -5, 2)


def test_how_a_forecast_is_read_is_told_in_words():
    assert read_as(said("flat"), 0.5, "") == "flat (within 0.5% either way)"
    assert read_as(said("down", also="flat"), 1, "") == "flat or down (no rise)"
    assert read_as(said("level", 105_000, 105_000), 1, "t") == "105,000 t (within 2.5%)"
    assert read_as(said("level", 8e6, None), 1, "unit") == "8,000,000 or more (within 2.5%)"
    assert read_as(said("flat", 17_500, 18_800), 1, "CNY/t") == "within 17,500 to 18,800 CNY/t"
    assert read_as(said("down", -5.6, -5.6, is_rate=True), 1, "% m/m") == "\u22125.6% (within 2 points)"
    assert read_as(said("down", 500_000, 500_000), 1, "CNY/t").startswith("down (by more than 1%), at 500,000 CNY/t")


PRICES = [
    ("metal.price", "level", day, f"{value:,} yuan", "a", day)
    for day, value in (
        ("2025-08-22", 10_000),
        ("2025-09-05", 10_500),
        ("2025-09-08", 10_500),
        ("2025-09-10", 10_900),
        ("2025-09-17", 11_100),
        ("2025-09-24", 9_000),
        ("2025-11-20", 9_000),
        ("2025-11-28", 9_020),
    )
]


def outlook(**row):
    given = dict(
        outlook="ol-1",
        publisher="SMM",
        made_on="2025-09-08",
        subject="metal",
        series="metal.price",
        horizon_from="2025-09-09",
        horizon_to="2025-09-22",
        direction="up",
        target_low=np.nan,
        target_high=np.nan,
        unit="",
        also="",
        against="",
        stood_at="",
        stood_on="",
        horizon="",
        note="",
        says="Up.",
    )
    return {**given, **row}


def score(rows, *outlooks, cut_off="2025-12-31", estimates=None):
    return score_outlooks(pd.DataFrame(outlooks), frames.statements(*rows), frames.series(), cut_off, estimates)


def test_a_price_outlook_is_scored_by_the_mean_of_the_quotes_after_it():
    judged = score(PRICES, outlook()).iloc[0]
    assert judged["verdict"] == "hit"
    assert (judged["level_then"], judged["level_then_period"]) == (10_500, "2025-09-08")
    assert judged["level_in_horizon"] == 11_000
    assert judged["change_pct"] == pytest.approx(100 * (11_000 / 10_500 - 1))
    assert judged["naive_no_change"] == "miss"
    assert judged["naive_last_direction"] == "hit"
    assert judged["resolved_on"] == "2025-09"
    assert judged["statements"] == "st-002 st-003 st-004"
    assert "+4.8%" in judged["reason"]


def test_the_quote_of_the_day_itself_is_no_part_of_the_horizon():
    judged = score(PRICES, outlook(horizon_from="2025-09-08", horizon_to="2025-09-10")).iloc[0]
    assert judged["level_in_horizon"] == 10_900


def test_a_price_forecast_without_a_horizon_gets_the_one_of_all():
    taken = outlook(horizon_to="2025-12-08", horizon="not stated")
    judged = score(PRICES, taken, outlook(horizon_to="2025-12-08")).iloc
    assert (judged[0]["verdict"], judged[0]["horizon_to"]) == ("hit", "2025-09-22")
    assert judged[1]["verdict"] == "open"


def test_the_level_then_may_be_quoted_days_after_the_forecast_but_before_its_horizon():
    row = dict(made_on="2025-09-01", horizon_from="2025-09-09")
    quotes = [
        ("metal.price", "level", day, f"{price} yuan", "a") for day, price in (("2025-09-04", 100), ("2025-09-15", 110))
    ]
    assert score(quotes, outlook(**row))["level_then_period"].tolist() == ["2025-09-04"]
    assert score(quotes, outlook(**row | {"horizon_from": "2025-09-04"}))["verdict"].tolist() == ["not measurable"]


def test_a_value_needs_no_level_to_start_from():
    rows = [("cars.output", "level", "2022", "26.9 million", "a")]
    of = dict(series="cars.output", made_on="2022-12-12", horizon_from="2022-01", horizon_to="2022-12")
    judged = score(rows, outlook(**of, direction="level", target_low=26.8e6, target_high=26.8e6, unit="unit")).iloc[0]
    assert (judged["verdict"], judged["naive_no_change"]) == ("hit", "")
    assert "what it was before is not known" in judged["reason"]


def test_a_month_that_nobody_prints_is_what_the_next_forecast_starts_from():
    rows = [
        ("exports.total", "forecast", "2025-10", "85,000 t", "a"),
        ("exports.total", "forecast_mom", "2025-10", "5.7%", "a"),
        ("exports.total", "mom", "2025-09", "-1.5%", "a"),
    ]
    judged = score(rows, flow(direction="level", target_low=80_000, target_high=80_000)).iloc[0]
    assert (judged["verdict"], judged["naive_no_change"]) == ("hit", "hit")
    assert judged["level_in_horizon"] == pytest.approx(80_416, abs=1)


def test_a_flow_is_set_against_the_months_that_the_forecast_names_by_the_month():
    rows = [("exports.total", "level", f"2025-{m:02d}", f"{v} tons", "a", "2026-01-20") for m, v in enumerate(FLOW, 5)]
    row = dict(series="exports.total", made_on="2025-05-31", horizon_from="2025-07", horizon_to="2025-12")
    judged = score(rows, outlook(**row, against="2025-05:2025-06"), cut_off="2026-01-31").iloc[0]
    assert (judged["level_then"], judged["level_then_period"]) == (150, "2025-05 to 2025-06")
    assert judged["level_in_horizon"] == 180
    assert judged["change_pct"] == pytest.approx(20)


FLOW = (100, 200, 180, 180, 180, 180, 180, 180)


def test_a_change_in_tonnes_counts_against_the_highest_month():
    rows = [
        ("exports.total", "mom_change", "2025-09", "3,500 t", "a"),
        ("exports.total", "level", "2025-03", "70,000 t", "a"),
    ]
    judged = score(rows, flow()).iloc[0]
    assert (judged["verdict"], judged["change_pct"]) == ("hit", pytest.approx(5.0))


def test_no_change_is_given_the_range_that_the_forecast_is_given():
    still = outlook(direction="flat", target_low=10_400, target_high=11_200)
    assert score(PRICES, still)["naive_no_change"].tolist() == ["miss"]
    wide = outlook(direction="flat", target_low=10_000, target_high=12_000)
    assert score(PRICES, wide)["naive_no_change"].tolist() == ["hit"]


def test_a_house_is_judged_again_by_the_quotes_of_others():
    sources = frames.sources(("a", "SMM", ""), ("b", "Fugu", "")).assign(licence="")
    quotes = [(*row[:4], "a") for row in PRICES]
    both = [
        *quotes,
        ("metal.price", "level", "2025-09-05", "10,500 yuan", "b"),
        ("metal.price", "level", "2025-09-12", "10,400 yuan", "b"),
    ]
    for rows, expected in ((quotes, ("own house", "")), (both, ("both", "miss"))):
        judged = score_outlooks(
            pd.DataFrame([outlook()]), frames.statements(*rows), frames.series(), "2025-12-31", None, sources
        ).iloc[0]
        assert (judged["verdict"], judged["quotes_of"], judged["by_others"]) == ("hit", *expected)


def test_a_price_that_always_stands_still_is_too_easy():
    days = [f"2025-09-{day:02d}" for day in range(1, 29)]
    rows = [("metal.price", "level", day, "100 yuan", "a") for day in days]
    flat = [outlook(outlook=f"ol-{number}", direction="flat") for number in range(6)]
    assert score(rows, *flat, outlook(outlook="ol-up"))["too_easy"].tolist() == [True] * 6 + [False]


def test_an_outlook_is_open_until_its_horizon_lies_in_the_data():
    late = outlook(made_on="2025-11-20", horizon_from="2025-11-21", horizon_to="2025-12-04", direction="flat")
    assert score(PRICES, late)["verdict"].tolist() == ["open"]
    assert score(PRICES, late)["resolved_on"].tolist() == [""]
    assert score(PRICES, late, cut_off="2026-01-31")["verdict"].tolist() == ["hit"]
    assert score(PRICES, outlook(), cut_off="2025-09-30")["verdict"].tolist() == ["open"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            dict(made_on="2025-10-20", horizon_from="2025-10-21", horizon_to="2025-10-31"),
            "No quote of 'metal.price title' from",
        ),
        (dict(horizon_from="2025-09-09", horizon_to="2025-09-09"), "in the horizon"),
        (dict(series=""), "no series"),
        (dict(series="no.such.price"), "No quote"),
        (dict(against="not stated"), "what it compares with"),
        (dict(direction="level"), "names no value"),
    ],
)
def test_what_cannot_be_told_is_not_measurable_with_a_reason(row, reason):
    judged = score(PRICES, outlook(**row)).iloc[0]
    assert judged["verdict"] == "not measurable"
    assert reason in judged["reason"]
    assert judged["naive_no_change"] == ""


def test_where_nobody_quotes_the_level_then_the_forecasts_own_stands_in():
    row = dict(made_on="2025-10-20", horizon_from="2025-11-01", horizon_to="2025-11-30", direction="down")
    assert score(PRICES, outlook(**row))["verdict"].tolist() == ["not measurable"]
    judged = score(PRICES, outlook(**row, stood_at=9500, stood_on="2025-10-17")).iloc[0]
    assert (judged["verdict"], judged["level_then"], judged["level_then_period"]) == ("hit", 9_500, "2025-10-17")
    assert "its own figure" in judged["reason"]
    old = outlook(**row, stood_at=9500, stood_on="2025-10-01")
    assert score(PRICES, old)["verdict"].tolist() == ["not measurable"]


def test_a_verdict_says_how_the_forecast_was_read():
    judged = score(PRICES, outlook(), outlook(also="flat"), outlook(horizon_to="2025-12-30"))
    assert judged["read_as"].tolist() == [
        "up (by more than 1%)",
        "flat or up (no fall)",
        "up (by more than 1%)",
    ]
    assert judged["reason"].iloc[0] == (
        "+4.8% from 2025-09-08 to 2025-09-09 \u2013 2025-09-22, which counts as up (band: 1%)."
    )
    assert "after this edition's month" in judged["reason"].iloc[2]


def flow(**row):
    return outlook(series="exports.total", made_on="2025-09-23", horizon_from="2025-09", horizon_to="2025-09", **row)


def test_a_month_of_a_flow_is_compared_with_the_month_before():
    rows = [
        ("exports.total", "level", "2025-08", "38,600 t", "a"),
        ("exports.total", "level", "2025-09", "43,500 t", "a"),
    ]
    judged = score(rows, flow()).iloc[0]
    assert (judged["verdict"], judged["level_then_period"]) == ("hit", "2025-08")
    assert judged["change_pct"] == pytest.approx(12.69, abs=0.01)


def test_a_printed_change_decides_where_no_level_is_known():
    judged = score([("exports.total", "mom", "2025-09", "-5.6%", "a")], flow(direction="down")).iloc[0]
    assert judged["verdict"] == "hit"
    assert judged["change_pct"] == -5.6
    assert np.isnan(judged["level_in_horizon"])


def test_a_forecast_of_others_is_no_outcome():
    judged = score(
        [("exports.total", "forecast", "2025-09", "43,500 t", "a")], flow(direction="level", target_low=43_500)
    )
    assert judged["verdict"].tolist() == ["not measurable"]


def test_a_year_is_compared_with_the_year_before():
    rows = [
        ("cars.output", "level", "2023", "30.0 million", "a"),
        ("cars.output", "level", "2024", "31.2 million", "a"),
    ]
    of = dict(series="cars.output", made_on="2024-01-10", horizon_from="2024-01", horizon_to="2024-12")
    judged = score(rows, outlook(**of, target_low=3.0, target_high=3.0, unit="% y/y")).iloc[0]
    assert judged["verdict"] == "hit"
    assert judged["change_pct"] == pytest.approx(4.0)
    assert judged["level_in_horizon"] == 31_200_000


def test_reconciled_months_decide_where_they_are_not_open():
    rows = [("exports.total", "level", "2025-08", "38,600 t", "a")]
    columns = ["series", "period", "low", "high", "best", "basis"]
    known = pd.DataFrame([("exports.total", "2025-09", 43_000, 43_200, 43_100, "implied")], columns=columns)
    judged = score(rows, flow(), estimates=known).iloc[0]
    assert judged["verdict"] == "hit"
    assert "reconciled" in judged["reason"]
    assert score(rows, flow(), estimates=known.assign(basis="open"))["verdict"].tolist() == ["not measurable"]


def test_an_outlook_resolves_in_the_edition_that_first_has_its_figures():
    rows = [("exports.total", "mom", "2025-09", "12.6%", "a", "2025-11-15")]
    assert score(rows, flow())["resolved_on"].tolist() == ["2025-10"]


def test_scores_carry_their_interval_and_the_naive_ones():
    hits = [outlook(outlook=f"ol-{number}") for number in range(6)]
    misses = [outlook(outlook=f"ol-m{number}", direction="down", publisher="SMM, via A Mirror") for number in range(4)]
    openly = [outlook(outlook="ol-o", horizon_to="2026-01-31")]
    few = [outlook(outlook="ol-f", publisher="Argus")]
    judged = score(PRICES, *hits, *misses, *openly, *few)
    table = score_table(judged)
    assert table["house"].tolist() == ["SMM", "Argus"]
    smm = table.iloc[0]
    assert (smm["resolved"], smm["hits"], smm["hit_rate_pct"], smm["open"]) == (10, 6, 60, 1)
    assert (smm["no_change_pct"], smm["last_direction_pct"], smm["last_direction_n"]) == (0, 100, 10)
    assert score_table(judged, "direction")["direction"].tolist() == ["up", "down"]
    assert overall_score(judged)["resolved"] == 11


def test_an_edition_without_outlooks_has_empty_tables():
    judged = score(PRICES, outlook()).iloc[:0]
    assert score_table(judged).empty
    assert overall_score(judged)["resolved"] == 0


def test_outlooks_of_a_snapshot_without_the_columns_of_reading_are_scored():
    old = {name: text for name, text in outlook().items() if name not in WORDED}
    assert score(PRICES, old)["verdict"].tolist() == ["hit"]


def test_a_row_of_outlooks_csv_alone_is_scored(tmp_path):
    shutil.copytree(ledger_folder(), tmp_path / "ledger")
    row = "ol-new,A House,Outlook,https://example.org/outlook,2025-10-13,magnesium ingot price,mg.price.ingot.fugu,"
    with (tmp_path / "ledger" / "outlooks.csv").open("a", encoding="utf-8") as outlooks:
        outlooks.write(f"{row}2025-10-14,2025-10-27,down,,,,,,,,,short term,Ingot should fall.\n")
    tables = select_as_of(read_ledger(tmp_path / "ledger"), "2025-11")
    judged = score_outlooks(tables["outlooks"], tables["statements"], tables["series"], "2025-12-31")
    new = judged[judged["outlook"] == "ol-new"].iloc[0]
    assert (new["verdict"], new["resolved_on"], new["house"]) == ("hit", "2025-10", "A House")
    assert judged["verdict"].isin(["hit", "miss"]).sum() >= 60
