import shutil

import pandas as pd
import pytest

from metalsbook.analysis.answers import (
    AGREE,
    APART,
    LOOSE,
    OVERLAP,
    Answer,
    forgive,
    relate_band,
    relate_figure,
    tax_hint,
)
from metalsbook.analysis.checks import Outcome
from metalsbook.analysis.claims import VERDICTS, check_claims, judge_claims
from metalsbook.analysis.evidence import Estimates
from metalsbook.analysis.findings import BETWEEN, COMPUTED, Finding
from metalsbook.analysis.reconcile import Months as solve_all
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import read_figure
from metalsbook.ledger.reading import read_ledger
from metalsbook.paths import ledger_folder
from metalsbook.snapshots.asof import select_as_of
from tests.analysis import frames


def outcome(low, high, best=None, basis="reported", unit="t", rivals=(), capped=False):
    middle = (low + high) / 2 if best is None else best
    return Outcome(Finding(low, high, middle, ("st-1",), "words", basis, rivals), unit, capped=capped)


@pytest.mark.parametrize(
    ("found", "expected", "relation"),
    [
        (outcome(22_217.5, 22_218.5), (22_150, 22_250), AGREE),
        (outcome(22_260, 22_270), (22_150, 22_250), APART),
        (outcome(22_250, 22_350), (22_150, 22_250), APART),
        (outcome(22_240, 22_300), (22_150, 22_250), OVERLAP),
        (outcome(22_100, 22_300), (22_199.5, 22_200.5), OVERLAP),
        (outcome(22_100, 22_300, basis=BETWEEN), (22_150, 22_250), OVERLAP),
        (outcome(10_000, 30_000), (22_150, 22_250), LOOSE),
        (outcome(-14, 25, unit="%"), (5.35, 5.45), LOOSE),
    ],
)
def test_a_recomputed_interval_beside_a_printed_figure(found, expected, relation):
    assert relate_figure(found, expected) == relation


@pytest.mark.parametrize(
    ("found", "relation"),
    [
        (outcome(0.5, 2), AGREE),
        (outcome(-2, -1), APART),
        (outcome(-1, 3), LOOSE),
        (outcome(-3, 1), LOOSE),
        (outcome(0.5, 2, basis=BETWEEN), OVERLAP),
        (outcome(-1, 3, basis=BETWEEN), LOOSE),
    ],
)
def test_a_recomputed_interval_beside_a_band(found, relation):
    assert relate_band(found, (0, 5)) == relation


def answer(found, printed, unit="t"):
    figure = read_figure(printed, unit)
    return Answer(found, (figure.bound_low, figure.bound_high), APART, figure)


def test_digits_cut_off_are_forgiven_upwards_only():
    assert forgive(answer(outcome(20_886, 20_895), "20,800 tons"), "stock").relation == OVERLAP
    assert "it would be 20,900" in forgive(answer(outcome(20_886, 20_895), "20,800 tons"), "stock").remark
    assert forgive(answer(outcome(20_705, 20_715), "20,800 tons"), "stock").relation == APART


def test_a_revision_is_forgiven_for_flows_only():
    found = outcome(-5.125, -5.115, unit="%", basis=COMPUTED)
    assert forgive(answer(found, "-5.15%", "%"), "flow").relation == OVERLAP
    assert forgive(answer(found, "-5.15%", "%"), "ratio").relation == APART
    assert forgive(answer(found, "-5.35%", "%"), "flow").relation == APART
    printed = forgive(answer(outcome(-5.125, -5.115, unit="%"), "-5.15%", "%"), "flow")
    assert printed.relation == APART, "no revision lies between two prints of one figure"


def test_a_rival_print_that_agrees_makes_it_a_dispute():
    rival = Finding(99, 101, 100, ("st-2",), "100 t (House B)")
    forgiven = forgive(answer(outcome(119, 121, rivals=(rival,)), "100 t"), "flow")
    assert forgiven.relation == OVERLAP
    assert "Disputed: 100 t (House B)" in forgiven.remark


def test_a_ratio_that_fits_without_tax_says_so():
    assert "denominator" in tax_hint(answer(outcome(0.8337, 0.85, unit="ratio"), "about 0.95", "ratio"))
    assert "numerator" in tax_hint(answer(outcome(0.95, 0.96, unit="ratio"), "0.84", "ratio"))
    assert tax_hint(answer(outcome(0.70, 0.71, unit="ratio"), "about 0.95", "ratio")) == ""


SOURCES = frames.sources(
    ("note", "SMM (Analysis)", ""),
    ("repost", "A Mirror", "note"),
    ("same-house", "SMM", ""),
    ("fugu", "Fugu Association", ""),
    ("steelorbis", "SteelOrbis (CAAM)", ""),
)


def nothing_reconciled(statements, series):
    columns = ["series", "period", "low", "high", "best", "basis"]
    return Estimates(pd.DataFrame(columns=columns))


NO_EVENTS = pd.DataFrame(columns=["date", "topic", "what"])


def judge(rows, *claims, reconcile=nothing_reconciled, events=None):
    given = [dict(claim=f"cl-{number}", note="note", **claim) for number, claim in enumerate(claims, start=1)]
    return judge_claims(
        frames.claims(*given),
        frames.statements(*rows),
        frames.series(),
        SOURCES,
        NO_EVENTS if events is None else events,
        reconcile,
    )


def level(
    printed, series="exports.ingot", period="2025-11", measure="level", unit="t", check="level", arguments="", meant=""
):
    return dict(
        series=series,
        measure=measure,
        period=period,
        printed=printed,
        unit=unit,
        check=check,
        arguments=arguments,
        meant=meant,
    )


OWN = ("exports.ingot", "level", "2025-11", "22,200 tons", "note")


def test_confirmed_by_another_house():
    judged = judge([OWN, ("exports.ingot", "level", "2025-11", "22,218 t", "fugu")], level("22,200 tons")).iloc[0]
    assert judged["verdict"] == "confirmed"
    assert (judged["recomputed_low"], judged["recomputed_high"]) == (22_217.5, 22_218.5)
    assert judged["evidence_statements"] == "st-001"
    assert "22,218 t (Fugu Association, 2025-11)" in judged["evidence"]


def test_what_only_the_same_house_says_elsewhere_is_own_arithmetic():
    judged = judge([OWN, ("exports.ingot", "level", "2025-11", "22,218 t", "same-house")], level("22,200 tons")).iloc[0]
    assert judged["verdict"] == "own arithmetic only"
    assert "same house" in judged["evidence"]


def test_what_does_not_come_out_without_the_same_house_is_no_more_than_consistent():
    rows = [("exports.ingot", "level", "2025-10", "13,782 t", "fugu")]
    now = ("exports.ingot", "level", "2025-11", "22,218 t")
    claim = level("61.21%", measure="mom", unit="%", check="change")
    assert judge([*rows, (*now, "fugu")], claim)["verdict"].tolist() == ["confirmed"]
    judged = judge([*rows, (*now, "same-house")], claim).iloc[0]
    assert judged["verdict"] == "consistent"
    assert "in part on other publications" in judged["evidence"]


def test_no_source_vouches_for_itself_nor_does_its_repost():
    rows = [OWN, ("exports.ingot", "level", "2025-11", "22,200 tons", "repost")]
    judged = judge(rows, level("22,200 tons")).iloc[0]
    assert judged["verdict"] == "not checkable"
    assert judged["evidence_statements"] == ""


def test_reconciliation_is_solved_without_the_note():
    seen = []

    def reconcile(statements, series):
        seen.append(set(statements["source"]))
        columns = ["series", "period", "low", "high", "best", "basis"]
        rows = [("exports.ingot", "2025-11", 22_100, 22_400, 22_250, "implied")]
        return Estimates(pd.DataFrame(rows, columns=columns))

    rows = [
        OWN,
        ("exports.ingot", "ytd", "2025-11", "229,800 t", "fugu"),
        ("exports.total", "mom", "2025-11", "3%", "repost"),
    ]
    judged = judge(rows, level("22,200 tons"), reconcile=reconcile).iloc[0]
    assert seen == [{"fugu"}]
    assert judged["verdict"] == "consistent"


def test_own_arithmetic_only():
    rows = [
        OWN,
        ("exports.ingot", "mom", "2025-11", "61.21%", "note"),
        ("exports.ingot", "level", "2025-10", "13,782 t", "fugu"),
    ]
    judged = judge(rows, level("61.21%", measure="mom", unit="%", check="change")).iloc[0]
    assert judged["verdict"] == "own arithmetic only"
    assert judged["evidence_statements"] == "st-000 st-002"


def test_the_figures_of_a_note_that_the_ledger_lacks_come_from_its_other_claims():
    rows = [("demand", "level", "2023", "1,000.0 t", "fugu")]
    judged = judge(
        rows,
        level("1,100.0 t", "demand", "2024"),
        level("10%", "demand", "2024", "yoy", "%", "change"),
    )
    assert judged["verdict"].tolist() == ["not checkable", "own arithmetic only"]
    assert judged["evidence_statements"].iloc[1] == "cl-1 st-000"


def test_contradicted_says_what_would_have_been_right():
    rows = [("cars.output", "yoy", "2025-06", "35.6%", "steelorbis")]
    judged = judge(rows, level("30.4%", "cars.output", "2025-06", "yoy", "%", "change")).iloc[0]
    assert judged["verdict"] == "contradicted"
    assert "Right would have been 35.6%." in judged["evidence"]
    assert judged["recomputed"] == "35.6%"
    assert "comparable sample" in judged["evidence"]


def test_contradicted_by_its_own_figures():
    rows = [
        ("exports.alloy", "level", "2025-11", "8,272 t", "note"),
        ("exports.ingot", "level", "2025-11", "1,783.9 t", "note"),
    ]
    arguments = "part=exports.ingot; total=exports.alloy; at_least=50"
    judged = judge(rows, level("mainly", unit="%", check="share", arguments=arguments)).iloc[0]
    assert judged["verdict"] == "contradicted"
    assert "note's own other figures" in judged["evidence"]


def test_loose_words_are_neither_confirmed_nor_contradicted():
    rows = [("exports.ingot", "mom", "2025-11", "-10.04%", "fugu")]
    claims = [
        level("declined", measure="mom", unit="%", check="change", arguments=f"{band}; loose=1", meant="By so much")
        for band in ("at_least=-20; at_most=0", "at_least=-5; at_most=0")
    ]
    judged = judge(rows, *claims)
    assert judged["verdict"].tolist() == ["consistent", "not checkable"]
    assert judged["kind"].tolist() == ["loose words"] * 2
    assert judged["evidence"].str.contains("leave room").all()


def test_a_comparison_is_judged_by_the_figure_that_it_speaks_of():
    rows = [("exports.ingot", "mom", "2025-11", "-10.04%", "note")]
    claim = level("declined", measure="mom", unit="%", check="change", arguments="at_most=0")
    judged = judge(rows, claim).iloc[0]
    assert (judged["verdict"], judged["kind"]) == ("own arithmetic only", "comparison or date")


def test_loose_words_say_how_they_are_read():
    claims = frames.claims(dict(claim="cl-1", note="note", **level("5 t", arguments="loose=1")))
    with pytest.raises(LedgerError, match=r"claim cl-1: loose words, but not how they are read"):
        check_claims(claims, frames.series())


def test_a_growth_rate_is_judged_as_a_rate():
    claims = (
        level("22,200 tons"),
        level("70.8%", measure="mom", unit="%", check="implied_base", arguments="level_claim=cl-1"),
    )
    known = judge([OWN, ("exports.ingot", "level", "2025-10", "13,000.0 t", "fugu")], *claims).iloc[1]
    assert (known["verdict"], known["recomputed_unit"]) == ("consistent", "%")
    rounded = judge([OWN, ("exports.ingot", "level", "2025-10", "13,000 t", "fugu")], *claims).iloc[1]
    assert (rounded["verdict"], rounded["recomputed"]) == ("not checkable", "")
    assert "leave too much open" in rounded["evidence"]


def test_mislabelled_is_found_by_search():
    rows = [
        ("cars.output", "level", "2025-06", "2.794 million", "steelorbis"),
        ("cars.output", "yoy", "2025-06", "11.4%", "steelorbis"),
        ("cars.electric.output", "level", "2025-06", "1.268 million", "steelorbis"),
    ]
    judged = judge(
        rows,
        level("1.268 million", "cars.output", "2025-06", unit="unit"),
        level("45.4%", "cars.output", "2025-06", "yoy", "%", "change"),
    )
    assert judged["verdict"].tolist() == ["mislabelled", "mislabelled"]
    assert judged["fits"].tolist() == [
        "cars.electric.output level 2025-06",
        "cars.electric.output / cars.output level 2025-06",
    ]
    assert "st-002" in judged["evidence_statements"].iloc[0]


def test_estimates_of_others_neither_confirm_nor_contradict():
    rows = [("demand", "forecast", "2035", "24,100 t", "fugu"), ("demand", "forecast", "2030", "3,200 t", "fugu")]
    judged = judge(
        rows,
        level("24,000 tons", "demand", "2035", "forecast"),
        level("5,000 tons", "demand", "2030", "forecast"),
    )
    assert judged["verdict"].tolist() == ["consistent", "not checkable"]
    assert "estimates" in judged["evidence"].iloc[0] and "they differ" in judged["evidence"].iloc[1]


def test_an_edition_knows_only_its_own_statements():
    claim = level("22,200 tons")
    later = ("exports.ingot", "level", "2025-11", "22,218 t", "fugu")
    assert judge([OWN], claim)["verdict"].tolist() == ["not checkable"]
    assert judge([OWN, later], claim)["verdict"].tolist() == ["confirmed"]


def test_a_ratio_of_a_taxed_and_an_untaxed_price_says_so():
    rows = [
        ("metal.price", "level", "2025-08-18", "17,300 yuan", "fugu"),
        ("rival.price", "level", "2025-08-18", "20,550 yuan", "fugu"),
    ]
    arguments = "numerator=metal.price; denominator=rival.price"
    claim = level("about 0.95", "metal.ratio", "2025-08-18", unit="ratio", check="ratio", arguments=arguments)
    judged = judge(rows, claim).iloc[0]
    assert judged["verdict"] == "contradicted"
    assert "value-added tax" in judged["evidence"]


def test_wide_open_figures_do_not_agree_with_anything():
    rows = [
        ("metal.price", "level", "2025-08-07", "10,000 yuan", "fugu"),
        ("metal.price", "level", "2025-08-17", "20,000 yuan", "fugu"),
    ]
    judged = judge(rows, level("15,000 yuan", "metal.price", "2025-08-10", unit="CNY/t")).iloc[0]
    assert judged["verdict"] == "not checkable"
    assert "leave too much open" in judged["evidence"]


def test_every_verdict_has_evidence():
    rows = [OWN, ("exports.ingot", "level", "2025-11", "22,218 t", "fugu")]
    claims = [level("22,200 tons"), level("30,000 tons"), level("5 t", "exports.alloy")]
    claims.append(level("x", check="needs_data", arguments="missing=orders"))
    judged = judge(rows, *claims)
    assert set(judged["verdict"]) <= set(VERDICTS)
    assert (judged["evidence"].str.len() > 20).all()


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (level("22,200 tons", check="guess"), "claim cl-1: there is no check 'guess'"),
        (level("about as before"), "claim cl-1"),
        (level("22,200 tons", arguments="at_leest=3"), "claim cl-1: check 'level' has no argument 'at_leest'"),
    ],
)
def test_a_wrong_row_names_the_claim(claim, message):
    with pytest.raises(LedgerError, match=message):
        judge([OWN], claim)


def test_a_claim_of_an_unknown_note_is_refused():
    claims = frames.claims(dict(claim="cl-9", note="nobody", check="level", printed="1 t", unit="t"))
    with pytest.raises(LedgerError, match=r"claim cl-9: note 'nobody' is not in sources.csv"):
        judge_claims(claims, frames.statements(OWN), frames.series(), SOURCES, NO_EVENTS, nothing_reconciled)


def test_the_rows_of_the_ledger_are_sound():
    ledger = read_ledger()
    check_claims(ledger.claims, ledger.series)
    assert ledger.claims["note"].value_counts().min() >= 30
    assert ledger.claims["claim"].is_unique


def test_a_row_of_claims_csv_alone_is_judged(tmp_path):
    shutil.copytree(ledger_folder(), tmp_path / "ledger")
    row = "cl-new,smm-2025-12-22-44b724,2,magnesium_exports,Ingot in October.,,mg.export.ingot,level,2025-10,"
    with (tmp_path / "ledger" / "claims.csv").open("a", encoding="utf-8") as claims:
        claims.write(f'{row}"13,800 tons",t,level,\n')
    tables = select_as_of(read_ledger(tmp_path / "ledger"), "2025-11")
    rows = tables["claims"][tables["claims"]["claim"] == "cl-new"]
    given = [tables[name] for name in ("statements", "series", "sources", "events")]
    judged = judge_claims(rows, *given, solve_all)
    assert judged["verdict"].tolist() == ["confirmed"]


def test_a_series_that_the_catalogue_lacks_names_the_claim():
    claims = frames.claims(dict(claim="cl-1", note="note", **level("5 t", "no.such.series")))
    with pytest.raises(LedgerError, match=r"claim cl-1: series 'no.such.series' is not in series.csv"):
        check_claims(claims, frames.series())
