import pandas as pd
import pytest

from metalsbook.analysis import scenarios
from metalsbook.analysis.intervals import Interval
from tests.analysis import frames
from tests.cases import each
from tests.page.editions import printed


def test_rounding_of_end_and_rate_leaves_an_interval_of_the_base():
    path = scenarios.StatedPath(Interval(23_000, 25_000, 24_000), Interval(99.5, 100.5, 100), 2022, 2025, "note")
    assert [path.at(year).best for year in range(2022, 2026)] == [3_000, 6_000, 12_000, 24_000]
    assert (path.at(2022).low, path.at(2022).high) == pytest.approx((23_000 / 2.005**3, 25_000 / 1.995**3))
    assert path.at(2025) == path.end


def test_forecasts_keep_their_house_and_count_a_figure_once():
    rows = [printed("robots.goldman", "2035", 1.4e6, "forecast", source=who) for who in ("copy", "own")]
    rows.append(printed("robots", "2026", 75e3, "forecast", source="argus", low=50e3, high=100e3))
    rows += [printed("robots", "2026-05", 1, "forecast", source="argus"), printed("robots", "2024", 2, source="argus")]
    named = {"robots.goldman": "Goldman Sachs", "robots": ""}
    found = scenarios.forecasts(pd.DataFrame(rows), named, {"argus": "A page (Argus, others)"})
    assert found[["who", "year", "low", "high"]].to_numpy().tolist() == [
        ["Argus", 2026, 50e3, 100e3],
        ["Goldman Sachs", 2035, 1.4e6, 1.4e6],
    ]


def test_a_forecast_that_rounds_a_finer_one_of_its_house_is_left_out():
    known = ((62_500, 100), (60_000, 10_000), (28_000, 1000))
    rows = pd.DataFrame([printed("robots.ggii", "2026", value, "forecast", size) for value, size in known])
    assert sorted(scenarios.forecasts(rows, {"robots.ggii": "GGII"}, {})["value"]) == [28_000, 62_500]


@each("""
    publisher                            | short
    SCMP (Morgan Stanley)                | Morgan Stanley
    IEEE Spectrum (BofA, Morgan Stanley) | BofA
    Argus                                | Argus
    Page (x) of y                        | Page (x) of y
""")
def test_who_a_publisher_cites(publisher, short):
    assert scenarios.short_name(publisher) == short


def test_a_stated_path_is_read_from_the_two_claims_that_make_it():
    of = {"note": "n", "series": "s", "period": "2035"}
    end = {"claim": "c-30", "measure": "forecast", "printed": "approximately 24,000 tons", "unit": "t"}
    rate = {"claim": "c-31", "measure": "forecast_yoy", "printed": "75.0%", "unit": "%"}
    rate["arguments"] = "end_claim=c-30; start=2024; end=2035; at=2025"
    claims = frames.claims(of | end, of | rate)
    path = scenarios.stated_path(claims, "s")
    assert (path.first, path.last, path.note) == (2024, 2035, "n")
    assert path.end.low < path.end.best == 24_000.0 < path.end.high
    assert (path.rate_pct.low, path.rate_pct.high) == pytest.approx((74.95, 75.05))
    assert scenarios.stated_path(claims, "other") is scenarios.stated_path(claims.head(1), "s") is None


def test_units_and_weights_turn_over_each_other():
    low, high = scenarios.kg_per_unit((40_000.0, 41_000.0), (9.6e6, 9.65e6))
    assert (low, high) == pytest.approx((1000 * 40_000 / 9.65e6, 1000 * 41_000 / 9.6e6))


def test_a_quoted_range_takes_in_ranges_and_single_figures():
    nan = float("nan")
    rows = pd.DataFrame({"value": [3.0, 3.5, 1.1], "low": [2.0, nan, 0.9], "high": [4.0, nan, 1.3]})
    assert scenarios.quoted_range(rows) == (0.9, 4.0) and scenarios.quoted_range(rows.head(0)) is None
