import numpy as np
import pandas as pd
import pytest

from metalsbook.analysis import outlooks
from metalsbook.analysis.scores import overall_score, score_table
from tests.analysis import frames


def said(direction, low=None, high=None, is_rate=False, also=""):
    return outlooks.Said(direction, low, high, is_rate, also)


@pytest.mark.parametrize("change", [-5.0, -1.01, -1.0, 0.0, 0.99, 1.01, 7.0])
def test_whatever_happens_exactly_one_direction_is_right(change):
    right = [direction for direction in ("up", "down", "flat") if outlooks.is_hit(said(direction), 100, change, 1.0)]
    assert right == [outlooks.class_of(change, 1.0)]
    # The band is narrower within a week, but not for flows.
    usual, narrow = outlooks.BAND_PCT, outlooks.WEEK_BAND_PCT
    bands = {("flow", 3): usual, ("price", 7): narrow, ("price", 8): usual}
    assert {asked: outlooks.band_pct(*asked) for asked in bands} == bands


RATE, TARGET = said("down", -7.4, -7.4, is_rate=True), said("down", 500_000, 500_000)


# The level in the horizon and the change to it, of which the first ones are hits and the others misses.
@pytest.mark.parametrize(
    ("forecast", "band", "hits", "misses"),
    [
        (said("flat", also="up"), 1, [(100, 9), (100, 0)], [(100, -3)]),
        (said("flat", also="down"), 1, [(100, -9), (100, 0)], [(100, 3)]),
        (said("down", also="flat"), 1, [(100, -9), (100, 0), (100, 0.04)], [(100, 3), (100, 0.3)]),
        (said("level", 100, 100), 1, [(102.4, 0)], [(102.6, 0)]),
        (said("level", 100, None), 1, [(300, 0)], [(99, 0)]),
        # A stated range of movement is not widened.
        (said("flat", 100, 110), 1, [(110, 5)], [(110.1, 0)]),
        # A rate must be met, and not its direction only; a direction with a value needs both.
        (RATE, 2, [(100, -6)], [(100, -4.6)]),
        (TARGET, 1, [(511_250, -9)], [(511_250, 0.5), (530_000, -9)]),
        (said("down", 16_000, None), 1, [(16_000, -2)], [(15_900, -2)]),
    ],
)
def test_what_hits_a_forecast_and_what_does_not(forecast, band, hits, misses):
    assert [outlooks.is_hit(forecast, *came, band) for came in hits] == [True] * len(hits)
    assert [outlooks.is_hit(forecast, *came, band) for came in misses] == [False] * len(misses)


@pytest.mark.parametrize(
    ("forecast", "unit", "words"),
    [
        (said("flat"), "", "flat (within 1% either way)"),
        (said("down", also="flat"), "", "flat or down (no rise)"),
        (said("level", 8e6, None), "unit", "8,000,000 or more (within 2.5%)"),
        (said("flat", 17_500, 18_800), "CNY/t", "within 17,500 to 18,800 CNY/t"),
        (RATE, "% m/m", "\u22127.4% (within 2 points)"),
        (TARGET, "CNY/t", "down (by more than 1%), at 500,000 CNY/t (within 2.5%)"),
    ],
)
def test_how_a_forecast_is_read_is_told_in_words(forecast, unit, words):
    assert outlooks.read_as(forecast, 1, unit) == words


def quotes(*days: tuple[str, float], of="metal.price"):
    return [(of, "level", day, f"{value:,} yuan", "a", day) for day, value in days]


PRICES = [
    *quotes(("2025-08-22", 10_000), ("2025-09-05", 10_500), ("2025-09-08", 10_500), ("2025-09-10", 10_900)),
    *quotes(("2025-09-17", 11_100), ("2025-09-24", 9_000), ("2025-11-20", 9_000), ("2025-11-28", 9_020)),
]
EMPTY = dict.fromkeys(("unit", "also", "against", "stood_at", "stood_on", "horizon", "note"), "")
USUAL = {"publisher": "SMM", "subject": "metal", "series": "metal.price", "direction": "up", "says": "Up."}
USUAL |= {"made_on": "2025-09-08", "horizon_from": "2025-09-09", "horizon_to": "2025-09-22"}


def outlook(name="ol-1", **row):
    return (
        EMPTY | USUAL | {"outlook": name, "url": f"https://{name}", "target_low": np.nan, "target_high": np.nan} | row
    )


def flow(**row):
    month = {"made_on": "2025-09-23", "horizon_from": "2025-09", "horizon_to": "2025-09"}
    return outlook(**{"series": "exports.total"} | month | row)


def total(measure, period, stated, published="2025-12-01"):
    return "exports.total", measure, period, stated, "a", published


SOURCES = frames.sources(("a", "SMM", ""), ("b", "Fugu", "")).assign(licence="")
NOTHING = frames.estimates()


def score(rows, *forecasts, cut_off="2025-12-31", estimates=NOTHING):
    tables = {"statements": frames.statements(*rows), "series": frames.series(), "sources": SOURCES}
    return outlooks.score_outlooks(tables | {"outlooks": pd.DataFrame(forecasts)}, estimates, cut_off)


def test_a_price_outlook_is_scored_by_the_mean_of_the_quotes_after_it():
    judged = score(PRICES, outlook()).iloc[0]
    wanted = {
        "verdict": "hit",
        "level_then": 10_500,
        "level_then_period": "2025-09-08",
        "level_in_horizon": 11_000,
        "change_pct": pytest.approx(100 * (11_000 / 10_500 - 1)),
        "naive_no_change": "miss",
        "naive_last_direction": "hit",
        "resolved_on": "2025-09",
        "statements": "st-002 st-003 st-004",
        "read_as": "up (by more than 1%)",
        "reason": "+4.8% from 2025-09-08 to 2025-09-09 \u2013 2025-09-22, which counts as up (band: 1%).",
    }
    assert judged[list(wanted)].to_dict() == wanted
    assert score(PRICES, outlook(also="flat"))["reason"].iloc[0].endswith("2025-09-22, which is no fall.")


def test_a_forecast_taken_down_twice_from_one_page_counts_once():
    page = {"url": "https://page", "direction": "level", "target_low": 10_500.0}
    twice = [outlook("ol-1", **page), outlook("ol-2", **page, publisher="SMM, via a page", says="At 10,500 or more.")]
    others = [outlook("ol-3", **page | {"target_low": 11_500.0}), outlook("ol-4", **page | {"url": "https://other"})]
    assert score(PRICES, *twice, *others)["outlook"].tolist() == ["ol-1", "ol-3", "ol-4"]


def ranging(low, high):
    return {"direction": "flat", "target_low": low, "target_high": high}


LONG = {"horizon_to": "2025-12-08"}
NOVEMBER = {"made_on": "2025-10-20", "horizon_from": "2025-11-01", "horizon_to": "2025-11-30", "direction": "down"}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        # The quote of the day itself is no part of the horizon. Without a stated horizon it is the one of all.
        ({"horizon_from": "2025-09-08", "horizon_to": "2025-09-10"}, {"level_in_horizon": 10_900}),
        (LONG | {"horizon": "not stated"}, {"verdict": "hit", "horizon_to": "2025-09-22"}),
        (LONG, {"verdict": "open", "resolved_on": ""}),
        # No change is given the range that the forecast is given.
        (ranging(10_400, 11_200), {"verdict": "hit", "naive_no_change": "miss"}),
        (ranging(10_000, 12_000), {"verdict": "hit", "naive_no_change": "hit"}),
        # Where nobody quotes the level then, the forecast's own stands in, if it is not too old.
        (NOVEMBER | {"stood_at": 9500, "stood_on": "2025-10-01"}, {"verdict": "not measurable"}),
        (NOVEMBER | {"stood_at": 9500, "stood_on": "2025-10-17"}, {"verdict": "hit", "level_then": 9_500}),
    ],
)
def test_what_becomes_of_a_price_outlook(row, found):
    assert score(PRICES, outlook(**row))[list(found)].iloc[0].to_dict() == found


def test_the_level_then_may_be_quoted_days_after_the_forecast_but_before_its_horizon():
    rows = quotes(("2025-09-04", 100), ("2025-09-15", 110))
    early, late = (outlook(made_on="2025-09-01", horizon_from=f"2025-09-0{day}") for day in (9, 4))
    assert score(rows, early)["level_then_period"].tolist() == ["2025-09-04"]
    assert score(rows, late)["verdict"].tolist() == ["not measurable"]


VEHICLES = {"series": "cars.output", "unit": "unit"}
YEAR = {"made_on": "2024-01-10", "horizon_from": "2024-01", "horizon_to": "2024-12"}
HALF = {"made_on": "2025-05-31", "horizon_from": "2025-07", "horizon_to": "2025-12", "against": "2025-05:2025-06"}
TONNES = dict(zip(range(5, 13), (100, 200, *[180] * 6), strict=True))
MONTHS = [total("level", f"2025-{month:02d}", f"{value} tons", "2026-01-20") for month, value in TONNES.items()]
MONTH = [total("level", "2025-08", "38,600 t"), total("level", "2025-09", "43,500 t")]
# Nobody prints September.
AHEAD = [total("forecast", "2025-10", "85,000 t"), total("forecast_mom", "2025-10", "5.7%")]
RISE = [total("mom_change", "2025-09", "3,500 t"), total("level", "2025-03", "70,000 t")]
YEARS = [("cars.output", "level", year, f"{count} million", "a") for year, count in (("2023", 30.0), ("2024", 31.2))]
GROWTH = outlook(**VEHICLES | YEAR | {"unit": "% y/y", "target_low": 3.0, "target_high": 3.0})
VALUE, TONS = ({"direction": "level", "target_low": aim, "target_high": aim} for aim in (31e6, 80_000))
NONE = np.nan


AHEAD_OF_QUOTES = outlook(made_on="2025-08-30", direction="level", target_low=11_000, target_high=11_000)
IN_SEPTEMBER = AHEAD_OF_QUOTES | {"horizon_from": "2025-09", "horizon_to": "2025-09"}


# What the forecast starts from and what came; the change between them in per cent; whether no change would have hit.
@pytest.mark.parametrize(
    ("rows", "forecast", "then", "came", "change", "naive"),
    [
        (MONTH, flow(), 38_600, 43_500, 12.69, "miss"),
        ([total("mom", "2025-09", "-5.6%")], flow(direction="down"), NONE, NONE, -5.6, "miss"),
        (RISE, flow(), NONE, NONE, 5, "miss"),
        ([*AHEAD, total("mom", "2025-09", "-1.5%")], flow(**TONS), 81_640, 80_416, -1.5, "hit"),
        # The months that the forecast names, by the month; a year against the year before.
        (MONTHS, flow(**HALF), 150, 180, 20, "miss"),
        (YEARS, GROWTH, 30e6, 31.2e6, 4, "miss"),
        # A value needs no level to start from. Where nobody quotes a day, what is printed for the months counts.
        (YEARS[1:], outlook(**VEHICLES | YEAR | VALUE), NONE, 31.2e6, NONE, ""),
        (quotes(("2025-09-10", 11_000)), AHEAD_OF_QUOTES, NONE, 11_000, NONE, ""),
        (quotes(("2025-09", 11_000)), IN_SEPTEMBER, NONE, 11_000, NONE, ""),
    ],
)
def test_what_a_forecast_is_measured_by(rows, forecast, then, came, change, naive):
    judged = score(rows, forecast, cut_off="2026-01-31").iloc[0]
    assert (judged["verdict"], judged["naive_no_change"]) == ("hit", naive)
    found = judged[["level_then", "level_in_horizon", "change_pct"]].astype(float).tolist()
    assert found == pytest.approx([then, came, change], rel=1e-3, nan_ok=True)
    assert (naive == "") == ("what it was before is not known" in judged["reason"])


def test_the_last_direction_of_a_flow_is_its_move_before():
    rows = [total("mom", "2025-08", "3%"), total("mom", "2025-09", "-5.6%")]
    assert score(rows, flow(direction="down"))["naive_last_direction"].tolist() == ["miss"]


def test_neither_an_even_pace_nor_a_forecast_of_others_is_an_outcome():
    sums = [total("ytd", "2025-02", "2,000 t"), total("ytd", "2025-04", "4,100 t")]
    spring = {"made_on": "2024-12-10", "horizon_from": "2025-01", "horizon_to": "2025-03"}
    paced = score(sums, flow(**spring, direction="level", target_low=3_000, target_high=3_000))
    others = score([total("forecast", "2025-09", "43,500 t")], flow(direction="level", target_low=43_500))
    for judged, why in ((paced, "only an even pace"), (others, "No figure of")):
        assert judged["verdict"].tolist() == ["not measurable"] and why in judged["reason"].iloc[0]


def test_a_house_is_judged_again_by_the_quotes_of_others():
    later = (("2025-09-05", "10,500 yuan"), ("2025-09-12", "10,400 yuan"))
    others = [("metal.price", "level", *quote, "b") for quote in later]
    for rows, expected in ((PRICES, ("own house", "")), (PRICES + others, ("both", "miss"))):
        judged = score([row[:5] for row in rows], outlook()).iloc[0]
        assert (judged["verdict"], judged["quotes_of"], judged["by_others"]) == ("hit", *expected)


def test_a_price_that_always_stands_still_is_too_easy():
    rows = [("metal.price", "level", f"2025-09-{day:02d}", "100 yuan", "a") for day in range(1, 29)]
    flat = [outlook(f"ol-{number}", direction="flat") for number in range(6)]
    assert score(rows, *flat, outlook("ol-up"))["too_easy"].tolist() == [True] * 6 + [False]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (NOVEMBER, "No quote of 'metal.price title' from"),
        ({"horizon_from": "2025-09-09", "horizon_to": "2025-09-09"}, "in the horizon"),
        ({"series": ""}, "no series"),
        ({"series": "no.such.price"}, "No quote"),
        ({"against": "not stated"}, "what it compares with"),
        ({"direction": "level"}, "names no value"),
    ],
)
def test_what_cannot_be_told_is_not_measurable_with_a_reason(row, reason):
    judged = score(PRICES, outlook(**row)).iloc[0]
    assert (judged["verdict"], judged["naive_no_change"]) == ("not measurable", "") and reason in judged["reason"]


def test_reconciled_months_decide_where_they_are_not_open():
    known = frames.estimates(("exports.total", "2025-09", 43_000, 43_200, 43_100, "implied"))
    rows = [total("level", "2025-08", "38,600 t")]
    judged = score(rows, flow(), estimates=known).iloc[0]
    assert judged["verdict"] == "hit" and "reconciled" in judged["reason"]
    assert score(rows, flow(), estimates=known.assign(basis="open"))["verdict"].tolist() == ["not measurable"]


def test_an_outlook_resolves_in_the_edition_that_first_has_its_figures():
    assert score([total("mom", "2025-09", "12.6%", "2025-11-15")], flow())["resolved_on"].tolist() == ["2025-10"]


def test_scores_carry_their_interval_and_the_naive_ones():
    hits = [outlook(f"ol-{number}") for number in range(6)]
    misses = [outlook(f"ol-m{number}", direction="down", publisher="SMM, via A Mirror") for number in range(4)]
    few = [outlook("ol-o", horizon_to="2026-01-31"), outlook("ol-f", publisher="Argus")]
    judged = score(PRICES, *hits, *misses, *few)
    table = score_table(judged)
    assert table["house"].tolist() == ["SMM", "Argus"]
    names = ["resolved", "hits", "hit_rate_pct", "open", "no_change_pct", "last_direction_pct", "last_direction_n"]
    assert table.iloc[0][names].tolist() == [10, 6, 60, 1, 0, 100, 10]
    assert score_table(judged, "direction")["direction"].tolist() == ["up", "down"]
    assert overall_score(judged)["resolved"] == 11
    nothing = judged.iloc[:0]
    assert score_table(nothing).empty and overall_score(nothing)["resolved"] == 0
