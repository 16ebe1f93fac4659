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


def test_the_premium_takes_tax_out(monkeypatch):
    monkeypatch.setattr(rare_earths, "CNY_T_PER_USD_KG", 1000 * 10.0 * 1.13)
    inside = quotes(("2025-05-06", 1_000_000.0, NAN, NAN), ("2025-05-20", 1_260_000.0, NAN, NAN))
    outside = quotes(("2025-05", 700.0, NAN, NAN), ("2025-05-01", 850.0, NAN, NAN), ("2025-07", 700.0, NAN, NAN))
    [found] = rare_earths.premium_abroad(inside, outside).to_dict("records")
    assert found["period"] == "2025-05" and found["inside_usd_kg"] == pytest.approx(100.0)
    assert found["value"] == pytest.approx(8.5)


GROWTH = pd.DataFrame({"period": ["2023"], "bound_low": [21.35], "bound_high": [21.45]})
BASE, LATE = ("2022", 210.0, "a"), ("2023", 270.0, "late")


@pytest.mark.parametrize(
    ("levels", "kept", "rival"),
    [
        ((BASE, ("2023", 255.0, "a"), LATE), [210.0, 255.0], 270.0),
        # Without growth that fits, the latest print stands.
        ((BASE, ("2023", 250.0, "a"), LATE), [210.0, 270.0], 250.0),
        ((("2023", 250.0, "a"), LATE), [270.0], 250.0),
        ((("2023", 255.0, "a"), ("2023", 255.0, "b")), [255.0], None),
    ],
)
def test_rivals_are_settled_by_the_printed_growth_of_their_year(levels, kept, rival):
    found = rare_earths.settle_rivals(pd.DataFrame(levels, columns=["period", "value", "source"]), GROWTH)
    assert found["value"].tolist() == kept
    assert found["rival"].dropna().tolist() == ([rival] if rival else [])


def test_an_index_starts_at_its_first_quote_from_the_base_on():
    rows = quotes(("2024-12-30", 50.0, NAN, NAN), ("2025-01-03", 200.0, NAN, NAN), ("2025-02-03", 210.0, NAN, NAN))
    assert rare_earths.index_of(rows, "2024-12-31")["value"].tolist() == pytest.approx([100.0, 105.0])
    assert rare_earths.index_of(rows, "2026").empty
