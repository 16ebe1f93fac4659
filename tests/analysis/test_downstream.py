import pandas as pd
import pytest

from metalsbook.analysis import downstream
from tests.analysis import frames
from tests.page.editions import printed


def test_a_share_needs_both_counts_and_keeps_their_rounding():
    parts = pd.DataFrame([printed("a", "2025-05", 1.0, "level", 0.2), printed("a", "2025-06", 1.268, "level", 0.001)])
    [row] = downstream.shares(parts, pd.DataFrame([printed("b", "2025-06", 2.794, "level", 0.001)])).to_dict("records")
    assert row["period"] == "2025-06" and row["value"] == pytest.approx(45.383, abs=1e-3)
    assert (row["low"], row["high"]) == pytest.approx((100 * 1.2675 / 2.7945, 100 * 1.2685 / 2.7935))


def statement(series, measure, value, resolution=0.1, period="2025-06", source="caam", published="2025-07-10"):
    unit = "unit" if measure == "level" else "%"
    return printed(series, period, value, measure, resolution, unit=unit, source=source, published=published)


MADE, NEV, SHARE = "auto.output.cn", "nev.output.cn", "part=nev.output.cn; total=auto.output.cn"
JUNE = [
    statement(MADE, "level", 2_794_000.0, 1000),
    statement(NEV, "level", 1_268_000.0, 1000),
    statement(MADE, "yoy", 11.4),
    statement(NEV, "yoy", 26.4),
    statement(NEV, "yoy", 26.4, source="smm"),
    statement(NEV, "yoy", 45.4, source="copy", published="2025-08-31"),
    statement(NEV, "level", 1_000_000.0, 100_000, period="2024-06"),
    statement(MADE, "level", 2_510_000.0, 10_000, period="2024-06"),
]
SOURCES = frames.sources(("caam", "", ""), ("smm", "", ""), ("copy", "", "note"))


def take_apart(claims: list[tuple], rows: list[dict] = JUNE) -> pd.DataFrame:
    """Judge claims of June 2025, each as (name, printed, check, series, measure, unit, arguments)."""
    names = ("claim", "printed", "check", "series", "measure", "unit", "arguments")
    told = [dict(zip(names, one, strict=True)) | {"note": "note", "period": "2025-06"} for one in claims]
    statements = pd.DataFrame(rows, columns=list(JUNE[0]))
    return downstream.take_apart(frames.claims(*told), statements, SOURCES).set_index("claim")


COUNT = ("count", "1.268 million", "level", MADE, "level", "unit", "")
POINTS = ("points", "5.4", "share_change", "nev.penetration.cn", "level", "%", f"{SHARE}; since=2024-06")


def test_a_sentence_with_exchanged_names_is_taken_apart():
    growth = ("growth", "45.4%", "change", MADE, "yoy", "%", "")
    share = ("share", "45.4%", "share", "nev.penetration.cn", "level", "%", SHARE)
    apart = take_apart([COUNT, growth, share, POINTS])
    assert apart["holds"].to_dict() == {"count": "no", "growth": "no", "share": "yes", "points": "yes"}
    assert apart.loc["count", "fits"] == ["new-energy vehicles made"]
    assert apart.loc["growth", "fits"] == ["share of new-energy vehicles in the vehicles made"]
    assert apart.loc["growth", "value"] == 11.4
    # The rounded count of the year before leaves thirty points; the printed growth of both leaves a few hundredths.
    assert apart.loc["points", "high"] - apart.loc["points", "low"] < 0.2


def test_what_the_ledger_is_too_coarse_for_stays_open_and_a_note_does_not_vouch_for_itself():
    coarse = [row for row in JUNE if (row["series"], row["measure"]) != (NEV, "yoy")]
    for rows in (coarse, []):
        assert take_apart([POINTS], rows)["holds"].tolist() == ["open"]
    own = [statement(MADE, "level", 1_268_000.0, 1000, source=who, published="2025-09-01") for who in ("copy", "note")]
    assert take_apart([COUNT], JUNE + own)["holds"].tolist() == ["no"]
