import pandas as pd
import pytest

from metalsbook.analysis import downstream


def months(*rows):
    return pd.DataFrame(rows, columns=["period", "value", "bound_low", "bound_high"]).assign(source="s")


def test_a_share_needs_both_counts_and_keeps_their_rounding():
    parts = months(("2025-05", 1.0, 0.9, 1.1), ("2025-06", 1.268, 1.2675, 1.2685))
    found = downstream.shares(parts, months(("2025-06", 2.794, 2.7935, 2.7945)))
    assert found["period"].tolist() == ["2025-06"]
    row = found.iloc[0]
    assert row["value"] == pytest.approx(45.383, abs=1e-3)
    assert row["low"] == pytest.approx(100 * 1.2675 / 2.7945)
    assert row["high"] == pytest.approx(100 * 1.2685 / 2.7935)


def statement(series, measure, value, source="caam", half=0.05, period="2025-06", unit="%", published="2025-07-10"):
    return {
        "series": series,
        "measure": measure,
        "period": period,
        "value": value,
        "unit": unit,
        "source": source,
        "bound_low": value - half,
        "bound_high": value + half,
        "published": published,
        "statement": f"{series}{measure}{source}{period}",
    }


def test_the_change_of_the_month_goes_before_the_cumulated_one():
    rows = pd.DataFrame(
        [
            statement("a", "ytd_yoy", 35.6),
            statement("a", "yoy", 24.0),
            statement("b", "ytd_yoy", 4.0),
            statement("c", "yoy", 1.0, period="2024-01"),
        ]
    )
    grid = downstream.growth_grid(rows, {"b": "B", "a": "A", "c": "C"}, ["2025-06"], {"a": "comparable_sample"})
    assert grid["use"].tolist() == ["B", "A"]
    assert grid["value"].tolist() == [4.0, 24.0]
    assert grid["mark"].tolist() == ["c", "n"]
    assert grid["basis"].tolist() == [downstream.CAAM_BASIS, downstream.NBS_BASIS]


JUNE = pd.DataFrame(
    [
        statement("auto.output.cn", "level", 2_794_000.0, half=500, unit="unit"),
        statement("nev.output.cn", "level", 1_268_000.0, half=500, unit="unit"),
        statement("auto.output.cn", "yoy", 11.4),
        statement("nev.output.cn", "yoy", 26.4),
        statement("nev.output.cn", "yoy", 26.4, source="smm"),
        statement("nev.output.cn", "yoy", 45.4, source="copy", published="2025-08-31"),
        statement("nev.output.cn", "level", 1_000_000.0, half=50_000, unit="unit", period="2024-06"),
        statement("auto.output.cn", "level", 2_510_000.0, half=5_000, unit="unit", period="2024-06"),
    ]
)
SOURCES = pd.DataFrame({"source": ["caam", "smm", "copy"], "repeats": ["", "", "note"]})
SHARE = "part=nev.output.cn; total=auto.output.cn"


def claim(name, printed, check, series="auto.output.cn", measure="level", unit="unit", arguments=""):
    return {
        "claim": name,
        "note": "note",
        "statement": name,
        "series": series,
        "measure": measure,
        "period": "2025-06",
        "printed": printed,
        "unit": unit,
        "check": check,
        "arguments": arguments,
    }


def test_a_sentence_with_exchanged_names_is_taken_apart():
    claims = pd.DataFrame(
        [
            claim("count", "1.268 million", "level"),
            claim("growth", "45.4%", "change", measure="yoy", unit="%"),
            claim("share", "45.4%", "share", "nev.penetration.cn", unit="%", arguments=SHARE),
            claim("points", "5.4", "share_change", "nev.penetration.cn", unit="%", arguments=f"{SHARE}; since=2024-06"),
        ]
    )
    apart = downstream.take_apart(claims, JUNE, SOURCES).set_index("claim")
    assert apart["holds"].to_dict() == {"count": "no", "growth": "no", "share": "yes", "points": "yes"}
    assert apart.loc["count", "fits"] == ["new-energy vehicles made"]
    assert apart.loc["growth", "fits"] == ["share of new-energy vehicles in the vehicles made"]
    assert apart.loc["growth", "value"] == 11.4
    # The rounded count of the year before leaves thirty points; the printed growth of both leaves a few hundredths.
    assert apart.loc["points", "high"] - apart.loc["points", "low"] < 0.2


def test_what_the_ledger_is_too_coarse_for_stays_open():
    coarse = JUNE[~((JUNE["series"] == "nev.output.cn") & (JUNE["measure"] == "yoy"))]
    points = pd.DataFrame([claim("points", "5.4", "share_change", "nev.penetration.cn", unit="%", arguments=SHARE)])
    assert downstream.take_apart(points, coarse, SOURCES)["holds"].tolist() == ["open"]
    assert downstream.take_apart(points, JUNE.head(0), SOURCES)["holds"].tolist() == ["open"]


def test_figures_of_a_month_without_prints_are_none():
    assert downstream.vehicle_figures(JUNE, "2025-05").empty


def test_a_note_does_not_vouch_for_itself():
    own = pd.concat(
        [
            JUNE,
            pd.DataFrame(
                [
                    statement(
                        "auto.output.cn",
                        "level",
                        1_268_000.0,
                        source="copy",
                        half=500,
                        unit="unit",
                        published="2025-09-01",
                    ),
                    statement(
                        "auto.output.cn",
                        "level",
                        1_268_000.0,
                        source="note",
                        half=500,
                        unit="unit",
                        published="2025-09-01",
                    ),
                ]
            ),
        ]
    )
    count = pd.DataFrame([claim("count", "1.268 million", "level")])
    assert downstream.take_apart(count, own, SOURCES)["holds"].tolist() == ["no"]
