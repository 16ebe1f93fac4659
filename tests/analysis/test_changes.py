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


REVISION = ["series", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"]


def claim(name, verdict):
    return dict(claim=name, note="note", statement="Said.", verdict=verdict, evidence="Because.")


def outlook(name, verdict, horizon_to="2025-09"):
    return dict(outlook=name, says="Up.", verdict=verdict, reason="It rose.", horizon_to=horizon_to)


def tables(rows, month="2025-08", method="1", claims=(), outlooks=(), conflicts=(), sources=SOURCES, **more):
    return (
        {"revisions": pd.DataFrame(columns=REVISION)}
        | more
        | {
            "month": month,
            "method_version": method,
            "statements": frames.statements(*rows),
            "series": frames.series(),
            "sources": sources,
            "conflicts": pd.DataFrame(conflicts, columns=["conflict", "statement", "gap"]),
            "claims": pd.DataFrame(claims, columns=list(claim("", ""))),
            "outlooks": pd.DataFrame(outlooks, columns=list(outlook("", ""))),
        }
    )


def changed(name, rows, **new):
    return compare_editions(tables(ROWS), tables([*ROWS, *rows], "2025-09", **new))[name]


def total(stated, source="first", published="2025-10-23", period="2025-09", series="exports.total"):
    return series, "level", period, stated, source, published


NEW = total("43,500 t")


def test_the_largest_news_of_each_chapter_come_first():
    days = (("2025-09-20", "16,000 yuan"), ("2025-09-25", "17,170 yuan"))
    rows = [
        ("exports.ingot", "yoy", "2025-09", "90%", "first", "2025-10-23"),
        total("39,000 t"),
        total("10,500 t", series="exports.ingot"),
        total("900 t", series="exports.alloy"),
        *(total(price, "other", day, day, "metal.price") for day, price in days),
    ]
    new = changed("new_figures", rows)
    told = list(zip(new["series"], new["change_pct"].round(1).fillna(0), strict=True))
    assert told[:4] == [("exports.ingot", -50.0), ("metal.price", 1.0), ("exports.total", 1.0), ("exports.alloy", 0)]
    assert len(told) == len(rows)


def test_another_value_from_the_same_house_is_a_revision_by_a_source():
    row = changed("revised_figures", [total("38,900 t", "later", period="2025-08")]).iloc[0]
    values = row[["old_value", "new_value", "old_source", "new_source"]].tolist()
    assert values == [38_600, 38_900, "first", "later"]
    assert row["change_pct"] == pytest.approx(100 * (38_900 / 38_600 - 1))


RELAYED = frames.sources(("nbs-a", "Page A", ""), ("nbs-b", "Page B", "")).assign(origin="nbs")
"""Two pages that relay one bureau's figures."""


@pytest.mark.parametrize(
    ("sources", "before", "later"),
    [
        # The same value again, and that of another house.
        (SOURCES, [("38,600 t", "first", "2025-09-20")], [("38,570 t", "later"), ("39,900 t", "other")]),
        # Pages that relay one origin do not revise one another, nor with a value that the origin had before.
        (RELAYED, [("38,600 t", "nbs-a", "2025-09-20")], [("45,000 t", "nbs-b")]),
        (RELAYED, [("45,000 t", "nbs-b", "2025-09-19"), ("38,600 t", "nbs-a", "2025-09-20")], [("45,000 t", "nbs-a")]),
    ],
)
def test_a_further_print_is_no_revision(sources, before, later):
    old, new = ([total(*one, period="2025-08") for one in some] for some in (before, later))
    changes = compare_editions(tables(old, sources=sources), tables(old + new, "2025-09", sources=sources))
    assert changes["revised_figures"].empty and changes["new_figures"].empty
    assert len(changes["further_prints"]) == len(new)


def test_revisions_that_only_the_new_figures_give_away_are_told():
    known = ("exports.total", "2025-07", "2025-08", "2025-09", 5.0, 0.1, "up", "st-000 st-001")
    fresh = ("exports.ingot", "2025-08", "2025-09", "2025-10", -9.0, 0.2, "down", "st-001 st-003")
    old = tables(ROWS, revisions=pd.DataFrame([known], columns=REVISION))
    new = tables([*ROWS, NEW], "2025-09", revisions=pd.DataFrame([known, fresh], columns=REVISION))
    assert compare_editions(old, new)["implied_revisions"]["series"].tolist() == ["exports.ingot"]
    assert compare_editions(None, new)["implied_revisions"]["series"].tolist() == ["exports.total", "exports.ingot"]


def test_the_same_row_read_otherwise_is_a_correction_of_ours_and_one_that_is_gone_is_told():
    old, new = tables(ROWS), tables(ROWS, "2025-09")
    # That a year is over by now is no correction.
    old["statements"] = old["statements"].assign(measure="forecast", measure_as_printed="level")
    read = {"measure_as_printed": "level", "value": [38_600, 20_000, 17_000], "corrected": ["", "corr-1", ""]}
    new["statements"] = new["statements"].assign(**read)
    changes = compare_editions(old, new)
    [row] = changes["corrections_of_ours"].to_dict("records")
    told = {"statement": "st-001", "column": "value", "was": "21000", "becomes": "20000", "correction": "corr-1"}
    assert row | told == row and changes["revised_figures"].empty and changes["method_changes"].empty
    [row] = compare_editions(old, tables(ROWS[:2], "2025-09"))["corrections_of_ours"].to_dict("records")
    assert (row["column"], row["was"], row["becomes"]) == ("statement", "17,000 yuan", "")


def test_conflicts_are_known_by_their_statements_and_not_by_their_names():
    before = [("cf-1", "st-1", 3), ("cf-1", "st-2", 3), ("cf-2", "st-3", 1), ("cf-2", "st-4", 1)]
    after = [("cf-9", "st-2", 3), ("cf-9", "st-1", 3), ("cf-1", "st-5", 2), ("cf-1", "st-6", 2)]
    changes = compare_editions(tables(ROWS, conflicts=before), tables(ROWS, "2025-09", conflicts=after))
    assert changes["new_conflicts"]["statements"].tolist() == ["st-5 st-6"]
    assert changes["gone_conflicts"]["statements"].tolist() == ["st-3 st-4"]


def test_verdicts_and_outlooks_that_turned():
    judged, scored = [claim("cl-2", "confirmed")], [outlook("ol-3", "open")]
    before = [claim("cl-1", "not checkable")], [outlook("ol-1", "open"), outlook("ol-2", "hit", "2025-07")]
    claims = [claim("cl-1", "contradicted"), claim("cl-3", "consistent")]
    outlooks = [outlook("ol-1", "miss"), outlook("ol-2", "miss", "2025-07"), outlook("ol-4", "hit", "2025-10")]
    old = tables(ROWS, claims=judged + before[0], outlooks=scored + before[1])
    changes = compare_editions(old, tables(ROWS, "2025-09", claims=judged + claims, outlooks=scored + outlooks))
    turned = changes["turned_verdicts"][["claim", "old_verdict", "new_verdict"]].to_numpy().tolist()
    assert turned == [["cl-1", "not checkable", "contradicted"]]
    told = {"new_claims": ["cl-3"], "resolved_outlooks": ["ol-4", "ol-1"], "turned_outlooks": ["ol-2"]}
    assert {name: changes[name].iloc[:, 0].tolist() for name in told} == told


def test_regular_series_without_a_new_figure_are_silent_and_the_first_edition_is_all_new():
    silent = changed("silent_series", [NEW])[["series", "last_period"]].to_numpy().tolist()
    assert silent == [["exports.ingot", "2025-08"], ["metal.price", "2025-08-20"]]
    new = tables(ROWS, claims=[claim("cl-1", "confirmed")], outlooks=[outlook("ol-1", "hit")])
    counts = {name: len(frame) for name, frame in compare_editions(None, new).items() if len(frame)}
    assert counts == {"new_figures": 3, "new_claims": 1, "resolved_outlooks": 1}


def test_a_change_of_method_is_its_own_list_and_the_changes_are_plain_json():
    assert changed("method_changes", [], method="1").empty
    old, new = tables(ROWS), tables(ROWS, "2025-09", method="2")
    plain = json.loads(json.dumps(changes_as_dict(compare_editions(old, new), old, new), allow_nan=False))
    assert (plain["month"], plain["compared_with"]) == ("2025-09", "2025-08")
    assert plain["counts"]["method_changes"] == 1
    assert plain["method_changes"] == [{"old_version": "1", "new_version": "2"}]
