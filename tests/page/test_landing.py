"""The landing page: how far a month surprised, forecasts beside naive ones, claims with how they are read."""

import pandas as pd

from metalsbook.page.landing import (
    contradicted_table,
    edition_line,
    editions_sentence,
    in_two_lines,
    judged_sentences,
    resolved_sentence,
    resolved_table,
    surprise_sentence,
)
from metalsbook.page.verdicts import fits_words
from tests.page.editions import edition, printed


def with_tables(**tables):
    made = edition([printed("total", "2025-11", 38900)])
    made.__dict__["_derived"] |= {name: pd.DataFrame(rows) for name, rows in tables.items()}
    return made


def outlook(verdict: str, naive: str, last: str, change: float, **more) -> dict:
    row = {
        "publisher": "SMM",
        "says": "Prices should hold.",
        "made_on": "2025-11-03",
        "horizon_from": "2025-11-04",
        "horizon_to": "2025-11-17",
        "read_as": "flat or down",
        "outlook": "ol-1",
        "series": "price",
        "verdict": verdict,
        "level_then": 5800.0,
        "level_in_horizon": 5750.0,
        "level_unit": "CNY/t",
        "change_pct": change,
        "reason": "",
        "naive_no_change": naive,
        "naive_last_direction": last,
        "resolved_on": "2025-11",
    }
    return row | more


def test_only_sources_with_a_statement_are_counted():
    assert "1 statement from 1 source, published by" in edition_line(edition([printed("total", "2025-11", 1)])).text


def test_an_edition_knows_no_later_one(monkeypatch):
    monkeypatch.setattr("metalsbook.page.landing.published_months", lambda _: ["2025-06", "2025-07", "2025-08"])
    row = [printed("total", "2025-06", 1)]
    assert editions_sentence(edition(row, at="2025-06")).text == "It is the first edition."
    assert editions_sentence(edition(row, at="2025-07")).text.startswith("It is one of 2 editions, from June 2025 on")


def test_a_surprise_is_told_from_the_usual_change():
    row = {
        "title": "Ingot",
        "change_pct": 61.21,
        "usual_pct": 4.28,
        "spread_pct": 19.0,
        "score": 2.99,
        "n_changes": 20,
        "n_season": 0,
    }
    said = surprise_sentence(edition([printed("total", "2025-11", 1)]), pd.DataFrame([row])).text
    assert "Ingot: +61.2% on October 2025, where +4.3% is usual." in said
    assert "The distance of +56.9 pp is 2.99 times the usual spread of 19.0 points over 20 earlier changes" in said
    assert "the only series with enough history, and it has not moved further than 3 times" in said


def test_forecasts_stand_beside_the_naive_ones_with_band_unit_and_horizon():
    made = with_tables(
        outlooks=[
            outlook("miss", "hit", "hit", -0.86),
            outlook("hit", "hit", "", 0.0),
            outlook("hit", "miss", "miss", 2.0),
            outlook("open", "", "", 0.0),
            outlook("hit", "hit", "hit", 0.0, resolved_on="2025-10"),
        ]
    )
    said = resolved_sentence(made).text
    assert said.startswith(
        "2 hit and 1 miss on 1 series; of the same 3 cases, \u201cno change\u201d would have been right in 2 and "
        "\u201cthe last direction goes on\u201d in 1 of the 2 that have a last direction."
    )
    assert "1 of the 2 hits would have been right with \u201cno change\u201d too." in said
    assert "no more than 1% either way counts as flat" in said
    alone = resolved_sentence(with_tables(outlooks=[outlook("hit", "miss", "", 2.0)])).text
    assert alone.startswith("1 hit on 1 series; \u201cno change\u201d would have been wrong in this case. A change")
    markup = resolved_table(made).markup
    assert "5,800 \u2192 5,750 CNY/t" in markup
    assert "for 2025-11-04 to 2025-11-17" in markup
    assert "\u22120.9%" in markup
    assert "flat or down" in markup


def test_a_forecast_resolved_without_a_level_says_why():
    nothing = float("nan")
    made = with_tables(outlooks=[outlook("hit", "", "", nothing, level_in_horizon=nothing, reason="So it was.")])
    assert "So it was." in resolved_table(made).markup


def test_without_a_resolved_forecast_there_is_no_score():
    made = with_tables(outlooks=[outlook("open", "", "", 0.0)])
    assert resolved_sentence(made).text == ""
    assert "mb-gap" in resolved_table(made).markup


def claim(**more) -> dict:
    row = {
        "claim": "cl-1",
        "note": "n",
        "chapter": "c",
        "statement": "Never cheaper.",
        "meant": "read literally",
        "printed": "low",
        "verdict": "contradicted",
        "recomputed": "2 of 7",
        "kind": "figure",
        "fits": "",
        "evidence": "",
        "evidence_statements": "",
    }
    return row | more


def test_a_contradicted_claim_shows_how_it_is_read():
    made = with_tables(claims=[claim()])
    assert "Meant: read literally" in contradicted_table(made).markup
    assert judged_sentences(made).text.endswith("No printed figures exclude one another.")


def test_what_a_figure_fits_reads_as_words():
    made = edition([], catalogue={"nev.output.cn": {"title": "NEV output"}, "auto.output.cn": {"title": "Output"}})
    assert fits_words(made, "nev.output.cn / auto.output.cn level 2025-06") == (
        "\u201cNEV output\u201d over \u201cOutput\u201d of June 2025"
    )


def test_a_name_is_split_at_the_blank_nearest_to_its_middle():
    assert in_two_lines("Rare earth magnet exports, China") == "Rare earth magnet|exports, China"
    assert in_two_lines("Magnesium") == "Magnesium"
