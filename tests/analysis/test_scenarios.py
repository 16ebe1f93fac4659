import pandas as pd
import pytest

from metalsbook.analysis import scenarios

NAN = float("nan")


def test_a_path_that_doubles_each_year_halves_backwards():
    path = scenarios.unroll_path((800.0, 800.0, 800.0), (100.0, 100.0, 100.0), range(2022, 2026))
    assert path["value"].tolist() == pytest.approx([100.0, 200.0, 400.0, 800.0])
    assert path["year"].tolist() == [2022, 2023, 2024, 2025]


def test_rounding_of_end_and_rate_leaves_an_interval_of_the_base():
    low, high = scenarios.implied_base((23_000.0, 25_000.0), (74.95, 75.05), 11)
    assert low == pytest.approx(23_000 / 1.7505**11)
    assert high == pytest.approx(25_000 / 1.7495**11)
    path = scenarios.unroll_path((24_000.0, 23_000.0, 25_000.0), (75.0, 74.95, 75.05), range(2024, 2036))
    assert path.iloc[0][["low", "high"]].tolist() == pytest.approx([low, high])
    assert path.iloc[-1][["low", "value", "high"]].tolist() == [23_000.0, 24_000.0, 25_000.0]


def test_a_quoted_range_takes_in_ranges_and_single_figures():
    rows = pd.DataFrame({"value": [3.0, 3.5, 1.1], "low": [2.0, NAN, 0.9], "high": [4.0, NAN, 1.3]})
    assert scenarios.quoted_range(rows) == (0.9, 4.0)
    assert scenarios.quoted_range(rows.head(0)) is None


def statement(series, period, value, source, measure="forecast", low=NAN, high=NAN, resolution=1.0):
    published = "2025-03-01"
    return {
        "series": series,
        "measure": measure,
        "period": period,
        "value": value,
        "low": low,
        "high": high,
        "source": source,
        "published": published,
        "published_basis": "stated",
        "statement": f"{source}{period}",
        "qualifier": "",
        "resolution": resolution,
        "bound_low": value - resolution / 2,
        "bound_high": value + resolution / 2,
    }


def test_forecasts_keep_their_house_and_count_a_figure_once():
    rows = pd.DataFrame(
        [
            statement("robots.goldman", "2035", 1.4e6, "copy"),
            statement("robots.goldman", "2035", 1.4e6, "own"),
            statement("robots", "2026", 75e3, "argus", low=50e3, high=100e3),
            statement("robots", "2026-05", 1.0, "argus"),
            statement("robots", "2024", 2.0, "argus", measure="level"),
        ]
    )
    named = {"robots.goldman": "Goldman Sachs", "robots": ""}
    found = scenarios.forecasts(rows, named, {"argus": "A page (Argus, others)"})
    assert found["who"].tolist() == ["Argus", "Goldman Sachs"]
    assert found["year"].tolist() == [2026, 2035]
    assert found.iloc[0][["low", "high"]].tolist() == [50e3, 100e3]
    assert found.iloc[1][["low", "high"]].tolist() == [1.4e6, 1.4e6]


def test_a_forecast_that_rounds_a_finer_one_of_its_house_is_left_out():
    rows = pd.DataFrame(
        [
            statement("robots.ggii", "2026", 62_500, "a", resolution=100),
            statement("robots.ggii", "2026", 60_000, "b", resolution=10_000),
            statement("robots.ggii", "2026", 28_000, "c", resolution=1000),
        ]
    )
    assert scenarios.forecasts(rows, {"robots.ggii": "GGII"}, {})["value"].tolist() == [62_500, 28_000]


@pytest.mark.parametrize(
    ("publisher", "short"),
    [
        ("SCMP (Morgan Stanley)", "Morgan Stanley"),
        ("IEEE Spectrum (BofA, Morgan Stanley)", "BofA"),
        ("Argus", "Argus"),
        ("Page (x) of y", "Page (x) of y"),
    ],
)
def test_who_a_publisher_cites(publisher, short):
    assert scenarios.short_name(publisher) == short


def claims(**changes):
    rows = pd.DataFrame(
        [
            {
                "claim": "c-30",
                "note": "n",
                "series": "s",
                "measure": "forecast",
                "period": "2035",
                "printed": "approximately 24,000 tons",
                "unit": "t",
                "arguments": "",
            },
            {
                "claim": "c-31",
                "note": "n",
                "series": "s",
                "measure": "forecast_yoy",
                "period": "2035",
                "printed": "75.0%",
                "unit": "%",
                "arguments": "end_claim=c-30; start=2024; end=2035; at=2025",
            },
        ]
    )
    return rows.assign(**changes)


def test_a_stated_path_is_read_from_the_claims():
    path = scenarios.stated_path(claims(), "s")
    assert (path.first, path.last, path.note) == (2024, 2035, "n")
    assert path.end[0] == 24_000.0
    assert path.end[1] < 24_000 < path.end[2]
    assert path.rate_pct == pytest.approx((75.0, 74.95, 75.05))
    assert path.unrolled().iloc[0]["value"] == pytest.approx(24_000 / 1.75**11)


def test_without_both_claims_there_is_no_path():
    assert scenarios.stated_path(claims(series="other"), "s") is None
    assert scenarios.stated_path(claims().head(1), "s") is None


def test_units_and_weights_turn_over_each_other():
    low, high = scenarios.kg_per_unit((40_000.0, 41_000.0), (9.6e6, 9.65e6))
    assert low == pytest.approx(1000 * 40_000 / 9.65e6)
    assert high == pytest.approx(1000 * 41_000 / 9.6e6)


def test_stated_weights_times_vehicles_are_tonnes():
    weights = pd.DataFrame(
        {
            "series": ["mg.cn", "mg.nev", "mg.eu"],
            "period": ["2024"] * 3,
            "value": [4.0, 10.0, 15.0],
            "low": [3.0, NAN, NAN],
            "high": [5.0, NAN, NAN],
            "source": ["a", "b", "c"],
        }
    )
    found = scenarios.vehicle_metal(weights, {"mg.cn": (30e6, "all"), "mg.nev": (12e6, "new-energy")})
    assert found["series"].tolist() == ["mg.cn", "mg.nev"]
    assert found[["low", "high"]].to_numpy().tolist() == [[90_000.0, 150_000.0], [120_000.0, 120_000.0]]
    assert found["counted"].tolist() == ["all", "new-energy"]
