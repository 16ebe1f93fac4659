import json

import pandas as pd
import pytest

from metalsbook.analysis.changes import changes_as_dict, compare_editions
from tests.analysis import frames

SOURCES = frames.sources(("first", "House A", ""), ("later", "House A (copy)", ""), ("other", "House B", ""))
ROWS = [
    ("exports.total", "level", "2025-08", "38,600 t", "first", "2025-09-20"),
    ("exports.ingot", "level", "2025-08", "21,000 t", "first", "2025-09-20"),
    ("metal.price", "level", "2025-08-20", "17,000 yuan", "other", "2025-08-20"),
]


def claim(name, verdict):
    return dict(claim=name, note="note", statement="Said.", verdict=verdict, evidence="Because.")


def outlook(name, verdict, horizon_to="2025-09"):
    return dict(outlook=name, says="Up.", verdict=verdict, reason="It rose.", horizon_to=horizon_to)


def tables(rows, month="2025-08", method="1", claims=(), outlooks=(), conflicts=(), sources=SOURCES):
    return {
        "month": month,
        "method_version": method,
        "statements": frames.statements(*rows),
        "series": frames.series(),
        "sources": sources,
        "conflicts": pd.DataFrame(conflicts, columns=["conflict", "statement", "gap"]),
        "claims": pd.DataFrame(claims, columns=list(claim("", ""))),
        "outlooks": pd.DataFrame(outlooks, columns=list(outlook("", ""))),
    }


def changed(name, rows, **new):
    return compare_editions(tables(ROWS), tables([*ROWS, *rows], "2025-09", **new))[name]


def test_a_figure_that_nobody_had_printed_is_new():
    new = changed("new_figures", [("exports.total", "level", "2025-09", "43,500 t", "first", "2025-10-23")])
    assert new["period"].tolist() == ["2025-09"]


def test_the_largest_news_of_each_chapter_come_first():
    rows = [
        ("exports.ingot", "yoy", "2025-09", "90%", "first", "2025-10-23"),
        ("exports.total", "level", "2025-09", "39,000 t", "first", "2025-10-23"),
        ("exports.ingot", "level", "2025-09", "10,500 t", "first", "2025-10-23"),
        ("exports.alloy", "level", "2025-09", "900 t", "first", "2025-10-23"),
        ("metal.price", "level", "2025-09-20", "16,000 yuan", "other", "2025-09-20"),
        ("metal.price", "level", "2025-09-25", "17,170 yuan", "other", "2025-09-25"),
    ]
    new = changed("new_figures", rows)
    told = list(zip(new["series"], new["change_pct"].round(1).fillna(0), strict=True))
    assert told[:4] == [("exports.ingot", -50.0), ("metal.price", 1.0), ("exports.total", 1.0), ("exports.alloy", 0)]
    assert len(told) == len(rows)


def test_another_value_from_the_same_house_is_a_revision_by_a_source():
    revised = changed("revised_figures", [("exports.total", "level", "2025-08", "38,900 t", "later", "2025-10-23")])
    row = revised.iloc[0]
    assert (row["old_value"], row["new_value"], row["old_source"], row["new_source"]) == (
        38_600,
        38_900,
        "first",
        "later",
    )
    assert row["change_pct"] == pytest.approx(100 * (38_900 / 38_600 - 1))


def test_the_same_value_again_and_that_of_another_house_are_further_prints():
    rows = [
        ("exports.total", "level", "2025-08", "38,570 t", "later", "2025-10-23"),
        ("exports.total", "level", "2025-08", "39,900 t", "other", "2025-10-23"),
    ]
    assert len(changed("further_prints", rows)) == 2
    assert changed("revised_figures", rows).empty
    assert changed("new_figures", rows).empty


RELAYED = frames.sources(("nbs-a", "Page A", ""), ("nbs-b", "Page B", "")).assign(origin="nbs")
"""Two pages that relay one bureau's figures."""


def test_pages_that_relay_one_origin_do_not_revise_one_another():
    old = tables([("exports.total", "level", "2025-08", "38,600 t", "nbs-a", "2025-09-20")], sources=RELAYED)
    later = [("exports.total", "level", "2025-08", "45,000 t", "nbs-b", "2025-10-23")]
    rows = [("exports.total", "level", "2025-08", "38,600 t", "nbs-a", "2025-09-20"), *later]
    changes = compare_editions(old, tables(rows, "2025-09", sources=RELAYED))
    assert changes["revised_figures"].empty
    assert len(changes["further_prints"]) == 1


def test_a_value_that_the_origin_had_before_is_no_revision():
    before = [
        ("exports.total", "level", "2025-08", "45,000 t", "nbs-b", "2025-09-19"),
        ("exports.total", "level", "2025-08", "38,600 t", "nbs-a", "2025-09-20"),
    ]
    rows = [*before, ("exports.total", "level", "2025-08", "45,000 t", "nbs-a", "2025-10-23")]
    changes = compare_editions(tables(before, sources=RELAYED), tables(rows, "2025-09", sources=RELAYED))
    assert changes["revised_figures"].empty


def test_revisions_that_only_the_new_figures_give_away_are_told():
    columns = ["series", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"]
    known = ("exports.total", "2025-07", "2025-08", "2025-09", 5.0, 0.1, "up", "st-000 st-001")
    fresh = ("exports.ingot", "2025-08", "2025-09", "2025-10", -9.0, 0.2, "down", "st-001 st-003")
    old = tables(ROWS) | {"revisions": pd.DataFrame([known], columns=columns)}
    rows = [*ROWS, ("exports.total", "level", "2025-09", "43,500 t", "first", "2025-10-23")]
    new = tables(rows, "2025-09") | {"revisions": pd.DataFrame([known, fresh], columns=columns)}
    assert compare_editions(old, new)["implied_revisions"]["series"].tolist() == ["exports.ingot"]
    assert compare_editions(None, new)["implied_revisions"]["series"].tolist() == ["exports.total", "exports.ingot"]


def test_the_same_row_read_otherwise_is_a_correction_of_ours():
    old, new = tables(ROWS), tables(ROWS, "2025-09")
    new["statements"] = new["statements"].assign(value=[38_600, 20_000, 17_000], corrected=["", "corr-1", ""])
    changes = compare_editions(old, new)
    row = changes["corrections_of_ours"].iloc[0]
    assert (row["statement"], row["column"], row["was"], row["becomes"]) == ("st-001", "value", "21000", "20000")
    assert row["correction"] == "corr-1"
    assert len(changes["corrections_of_ours"]) == 1
    assert changes["revised_figures"].empty and changes["method_changes"].empty


def test_a_row_that_is_gone_is_told():
    changes = compare_editions(tables(ROWS), tables(ROWS[:2], "2025-09"))
    row = changes["corrections_of_ours"].iloc[0]
    assert (row["column"], row["was"], row["becomes"]) == ("statement", "17,000 yuan", "")


def test_a_finished_year_is_no_correction():
    old, new = tables(ROWS), tables(ROWS, "2025-09")
    old["statements"] = old["statements"].assign(measure="forecast", measure_as_printed="level")
    new["statements"] = new["statements"].assign(measure_as_printed="level")
    assert compare_editions(old, new)["corrections_of_ours"].empty


def test_a_change_of_method_is_its_own_list():
    assert changed("method_changes", [], method="2").to_dict("records") == [{"old_version": "1", "new_version": "2"}]
    assert changed("method_changes", [], method="1").empty


def test_conflicts_are_known_by_their_statements_and_not_by_their_names():
    old = tables(ROWS, conflicts=[("cf-1", "st-1", 3), ("cf-1", "st-2", 3), ("cf-2", "st-3", 1), ("cf-2", "st-4", 1)])
    new = tables(
        ROWS, "2025-09", conflicts=[("cf-9", "st-2", 3), ("cf-9", "st-1", 3), ("cf-1", "st-5", 2), ("cf-1", "st-6", 2)]
    )
    changes = compare_editions(old, new)
    assert changes["new_conflicts"]["statements"].tolist() == ["st-5 st-6"]
    assert changes["gone_conflicts"]["statements"].tolist() == ["st-3 st-4"]


def test_verdicts_and_outlooks_that_turned():
    old = tables(
        ROWS,
        claims=[claim("cl-1", "not checkable"), claim("cl-2", "confirmed")],
        outlooks=[outlook("ol-1", "open"), outlook("ol-2", "hit", "2025-07"), outlook("ol-3", "open")],
    )
    new = tables(
        ROWS,
        "2025-09",
        claims=[claim("cl-1", "contradicted"), claim("cl-2", "confirmed"), claim("cl-3", "consistent")],
        outlooks=[
            outlook("ol-1", "miss"),
            outlook("ol-2", "miss", "2025-07"),
            outlook("ol-3", "open"),
            outlook("ol-4", "hit", "2025-10"),
        ],
    )
    changes = compare_editions(old, new)
    assert changes["turned_verdicts"][["claim", "old_verdict", "new_verdict"]].to_numpy().tolist() == [
        ["cl-1", "not checkable", "contradicted"]
    ]
    assert changes["new_claims"]["claim"].tolist() == ["cl-3"]
    assert changes["resolved_outlooks"]["outlook"].tolist() == ["ol-4", "ol-1"]
    assert changes["turned_outlooks"]["outlook"].tolist() == ["ol-2"]


def test_regular_series_without_a_new_figure_are_silent():
    rows = [("exports.total", "level", "2025-09", "43,500 t", "first", "2025-10-23")]
    silent = changed("silent_series", rows)
    assert silent[["series", "last_period"]].to_numpy().tolist() == [
        ["exports.ingot", "2025-08"],
        ["metal.price", "2025-08-20"],
    ]


def test_the_first_edition_is_all_new():
    new = tables(ROWS, claims=[claim("cl-1", "confirmed")], outlooks=[outlook("ol-1", "hit")])
    changes = compare_editions(None, new)
    assert len(changes["new_figures"]) == 3
    assert {name: len(frame) for name, frame in changes.items() if "new" not in name and "resolved" not in name} == {
        "further_prints": 0,
        "revised_figures": 0,
        "implied_revisions": 0,
        "corrections_of_ours": 0,
        "method_changes": 0,
        "gone_conflicts": 0,
        "turned_verdicts": 0,
        "turned_outlooks": 0,
        "silent_series": 0,
    }


def test_the_changes_are_plain_json():
    old, new = tables(ROWS), tables(ROWS, "2025-09", method="2")
    plain = json.loads(json.dumps(changes_as_dict(compare_editions(old, new), old, new), allow_nan=False))
    assert (plain["month"], plain["compared_with"]) == ("2025-09", "2025-08")
    assert plain["counts"]["method_changes"] == 1
    assert plain["method_changes"] == [{"old_version": "1", "new_version": "2"}]
