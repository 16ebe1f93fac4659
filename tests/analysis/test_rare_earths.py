import pandas as pd
import pytest

from metalsbook.analysis import rare_earths

NAN = float("nan")


def quotes(*rows):
    frame = pd.DataFrame(rows, columns=["period", "value", "low", "high"])
    return frame.assign(date=pd.to_datetime(frame["period"].str.ljust(10, "-").str.replace("---", "-01")), source="s")


def test_oxide_in_a_tonne_of_metal_by_atomic_weights():
    assert rare_earths.oxide_per_metal(1.0) == pytest.approx((2 * 144.242 + 3 * 15.999) / (2 * 144.242))
    assert rare_earths.oxide_per_metal(0.0) == pytest.approx(1.2082, abs=1e-4)
    assert 1.166 < rare_earths.oxide_per_metal() < 1.208


def test_a_ratio_fails_only_where_no_quote_of_its_range_fits_the_band():
    ratios = pd.DataFrame({"value": [1.26, 1.26, 1.20], "low": [1.24, 1.26, 1.19], "high": [1.28, 1.26, 1.2099]})
    assert rare_earths.mark_band(ratios, (1.21, 1.25))["inside"].tolist() == [True, False, False]


def test_an_index_starts_at_its_first_quote_from_the_base_on():
    rows = quotes(("2024-12-30", 50.0, NAN, NAN), ("2025-01-03", 200.0, NAN, NAN), ("2025-02-03", 210.0, NAN, NAN))
    found = rare_earths.index_of(rows, "2024-12-31")
    assert found["value"].tolist() == [100.0, pytest.approx(105.0)]
    assert found["quote"].tolist() == [200.0, 210.0]
    assert rare_earths.index_of(rows, "2026").empty


def test_the_premium_takes_tax_out_and_keeps_the_whole_range_abroad(monkeypatch):
    monkeypatch.setattr(rare_earths, "CNY_T_PER_USD_KG", 1000 * 10.0 * 1.13)
    inside = quotes(("2025-05-06", 1_000_000.0, NAN, NAN), ("2025-05-20", 1_260_000.0, NAN, NAN))
    outside = quotes(("2025-05", 850.0, 700.0, 1000.0), ("2025-05-01", 850.0, NAN, NAN), ("2025-07", 700.0, NAN, NAN))
    found = rare_earths.premium_abroad(inside, outside)
    assert found["period"].tolist() == ["2025-05"]
    assert found["inside_usd_kg"].tolist() == [pytest.approx(100.0)]
    assert found.iloc[0][["low", "value", "high"]].tolist() == pytest.approx([7.0, 8.5, 10.0])


def test_rival_prints_span_least_to_greatest_of_a_year():
    rows = pd.DataFrame(
        {
            "series": ["x.chn", "x.chn", "x.usa", "x.chn"],
            "measure": ["level", "level", "level", "forecast"],
            "period": ["2024"] * 4,
            "value": [140.0, 270.0, 45.0, 900.0],
            "source": ["a", "b", "a", "c"],
        }
    )
    found = rare_earths.rival_prints(rows, "x.", {"usa": "United States", "chn": "China"}, "2024")
    assert found["place"].tolist() == ["China", "United States"]
    assert found.iloc[0][["low", "high"]].tolist() == [140.0, 270.0]


def levels(*rows):
    return pd.DataFrame(rows, columns=["period", "value", "source"])


GROWTH = pd.DataFrame({"period": ["2023"], "bound_low": [21.35], "bound_high": [21.45]})


def test_rivals_are_settled_by_the_printed_growth_of_their_year():
    found = rare_earths.settle_rivals(
        levels(("2022", 210.0, "a"), ("2023", 255.0, "a"), ("2023", 270.0, "late")), GROWTH
    )
    assert found["value"].tolist() == [210.0, 255.0]
    assert found["rival"].tolist()[1] == 270.0


def test_without_growth_that_fits_the_latest_print_stands():
    rows = levels(("2022", 210.0, "a"), ("2023", 250.0, "a"), ("2023", 270.0, "late"))
    assert rare_earths.settle_rivals(rows, GROWTH)["value"].tolist() == [210.0, 270.0]
    assert rare_earths.settle_rivals(rows.iloc[1:], GROWTH)["value"].tolist() == [270.0]
    agreeing = rare_earths.settle_rivals(levels(("2023", 255.0, "a"), ("2023", 255.0, "b")), GROWTH)
    assert agreeing["rival"].isna().all()
