import pandas as pd
import pytest

from metalsbook.analysis import answers
from metalsbook.analysis.checks import Outcome
from metalsbook.analysis.claims import check_claims, judge_claims
from metalsbook.analysis.evidence import Estimates
from metalsbook.analysis.findings import BETWEEN, COMPUTED, Finding
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import read_figure
from tests.analysis import frames


def outcome(low, high, basis="reported", unit="t", rivals=()):
    return Outcome(Finding(low, high, (low + high) / 2, ("st-1",), "words", basis, rivals), unit)


@pytest.mark.parametrize(
    ("found", "expected", "relation"),
    [
        (outcome(22_217.5, 22_218.5), (22_150, 22_250), "agree"),
        (outcome(22_260, 22_270), (22_150, 22_250), "apart"),
        (outcome(22_250, 22_350), (22_150, 22_250), "apart"),
        (outcome(22_240, 22_300), (22_150, 22_250), "overlap"),
        (outcome(22_100, 22_300), (22_199.5, 22_200.5), "overlap"),
        (outcome(22_100, 22_300, basis=BETWEEN), (22_150, 22_250), "overlap"),
        (outcome(10_000, 30_000), (22_150, 22_250), "loose"),
        (outcome(-14, 25, unit="%"), (5.35, 5.45), "loose"),
    ],
)
def test_a_recomputed_interval_beside_a_printed_figure(found, expected, relation):
    assert answers.relate(found, expected, is_band=False) == relation


@pytest.mark.parametrize(
    ("found", "relation"),
    [
        (outcome(0.5, 2), "agree"),
        (outcome(-2, -1), "apart"),
        (outcome(-1, 3), "loose"),
        (outcome(-3, 1), "loose"),
        (outcome(0.5, 2, basis=BETWEEN), "overlap"),
        (outcome(-1, 3, basis=BETWEEN), "loose"),
    ],
)
def test_a_recomputed_interval_beside_a_band(found, relation):
    assert answers.relate(found, (0, 5), is_band=True) == relation


RIVAL = Finding(99, 101, 100, ("st-2",), "100 t (House B)")
REVISED = outcome(-5.125, -5.115, COMPUTED, "%")


def answer(found, printed):
    figure = read_figure(printed, found.unit)
    return answers.Answer(found, (figure.bound_low, figure.bound_high), "apart", figure)


@pytest.mark.parametrize(
    ("found", "printed", "kind", "relation", "remark"),
    [
        # Digits cut off are forgiven upwards only.
        (outcome(20_886, 20_895), "20,800 tons", "stock", "overlap", "it would be 20,900"),
        (outcome(20_705, 20_715), "20,800 tons", "stock", "apart", ""),
        # A revision is forgiven for flows only, and none lies between two prints of one figure.
        (REVISED, "-5.15%", "flow", "overlap", ""),
        (REVISED, "-5.15%", "ratio", "apart", ""),
        (REVISED, "-5.35%", "flow", "apart", ""),
        (outcome(-5.125, -5.115, unit="%"), "-5.15%", "flow", "apart", ""),
        (outcome(119, 121, rivals=(RIVAL,)), "100 t", "flow", "overlap", "Disputed: 100 t (House B)"),
    ],
)
def test_what_is_forgiven_a_figure_that_lies_apart(found, printed, kind, relation, remark):
    forgiven = answers.forgive(answer(found, printed), kind)
    assert forgiven.relation == relation and remark in forgiven.remark


def test_a_ratio_that_fits_without_tax_says_so():
    ends = ((0.8337, 0.85, "about 0.95"), (0.95, 0.96, "0.84"), (0.70, 0.71, "about 0.95"))
    hints = [answers.tax_hint(answer(outcome(low, high, unit="ratio"), printed)) for low, high, printed in ends]
    assert "denominator" in hints[0] and "numerator" in hints[1] and hints[2] == ""


SOURCES = frames.sources(
    ("note", "SMM (Analysis)", ""),
    ("repost", "A Mirror", "note"),
    ("same-house", "SMM", ""),
    ("fugu", "Fugu Association", ""),
    ("steelorbis", "SteelOrbis (CAAM)", ""),
)


def judge(rows, *claims, reconcile=lambda *_: Estimates(frames.estimates())):
    given = frames.claims(*({"claim": f"cl-{n}", "note": "note"} | claim for n, claim in enumerate(claims, start=1)))
    tables = {"claims": given, "statements": frames.statements(*rows), "series": frames.series(), "sources": SOURCES}
    return judge_claims(tables | {"events": pd.DataFrame(columns=["date", "topic", "what"])}, reconcile)


def level(printed, series="exports.ingot", period="2025-11", measure="level", unit="t", **more):
    told = {"series": series, "period": period, "measure": measure, "printed": printed, "unit": unit}
    return told | {"check": "level" if measure in ("level", "forecast") else "change"} | more


def ingot(stated, source, measure="level", period="2025-11", series="exports.ingot"):
    return series, measure, period, stated, source


OWN, OTHER, LEVEL = ingot("22,200 tons", "note"), ingot("22,218 t", "fugu"), level("22,200 tons")
SAME_HOUSE = ingot("22,218 t", "same-house")
BEFORE = ingot("13,782 t", "fugu", period="2025-10")
RISE = level("61.21%", measure="mom", unit="%")
VEHICLES = ingot("35.6%", "steelorbis", "yoy", "2025-06", "cars.output")
CARS = [ingot("2.794 million", "steelorbis", "level", "2025-06", "cars.output")]
CARS += [ingot("1.268 million", "steelorbis", "level", "2025-06", "cars.electric.output")]
FELL = level("declined", measure="mom", unit="%", arguments="at_most=0")


@pytest.mark.parametrize(
    ("rows", "claim", "verdict", "words"),
    [
        ([OWN, OTHER], LEVEL, "confirmed", "22,218 t (Fugu Association, 2025-11)"),
        ([OWN], LEVEL, "not checkable", ""),
        # No source vouches for itself, nor does its repost; what its own house says elsewhere is its own arithmetic.
        ([OWN, ingot("22,200 tons", "repost")], LEVEL, "not checkable", ""),
        ([OWN, SAME_HOUSE], LEVEL, "own arithmetic only", "same house"),
        ([OWN, ingot("61.21%", "note", "mom"), BEFORE], RISE, "own arithmetic only", ""),
        # What does not come out without the same house is no more than consistent.
        ([BEFORE, OTHER], RISE, "confirmed", ""),
        ([BEFORE, SAME_HOUSE], RISE, "consistent", "in part on other publications"),
        ([VEHICLES], level("30.4%", "cars.output", "2025-06", "yoy", "%"), "contradicted", "comparable sample"),
        (CARS, level("1.268 million", "cars.output", "2025-06", unit="unit"), "mislabelled", "electric"),
        # A comparison is judged by the figure that it speaks of.
        ([ingot("-10.04%", "note", "mom")], FELL, "own arithmetic only", ""),
        ([OWN], level("x", check="needs_data", arguments="missing=orders"), "not checkable", "orders"),
    ],
)
def test_a_claim_is_judged_by_what_others_print(rows, claim, verdict, words):
    judged = judge(rows, claim).iloc[0]
    assert judged["verdict"] == verdict and words in judged["evidence"] and len(judged["evidence"]) > 20


def test_a_verdict_carries_what_was_recomputed_from_which_statements():
    columns = ["recomputed_low", "recomputed_high", "evidence_statements"]
    assert judge([OWN, OTHER], LEVEL)[columns].values.tolist() == [[22_217.5, 22_218.5, "st-001"]]


def test_reconciliation_is_solved_without_the_note():
    seen = []

    def reconcile(statements, series):
        seen.append(set(statements["source"]))
        return Estimates(frames.estimates(("exports.ingot", "2025-11", 22_100, 22_400, 22_250, "implied")))

    rows = [OWN, ingot("229,800 t", "fugu", "ytd"), ingot("3%", "repost", "mom", series="exports.total")]
    assert judge(rows, LEVEL, reconcile=reconcile)["verdict"].tolist() == ["consistent"]
    assert seen == [{"fugu"}]


def test_the_figures_of_a_note_that_the_ledger_lacks_come_from_its_other_claims():
    claims = level("1,100.0 t", "demand", "2024"), level("10%", "demand", "2024", "yoy", "%")
    judged = judge([ingot("1,000.0 t", "fugu", "level", "2023", "demand")], *claims)
    assert judged["verdict"].tolist() == ["not checkable", "own arithmetic only"]
    assert judged["evidence_statements"].iloc[1] == "cl-1 st-000"


def test_loose_words_are_neither_confirmed_nor_contradicted():
    bands = ("at_least=-20; at_most=0", "at_least=-5; at_most=0")
    claims = [FELL | {"arguments": f"{band}; loose=1", "meant": "By so much"} for band in bands]
    judged = judge([ingot("-10.04%", "fugu", "mom")], *claims, FELL)
    assert judged["verdict"].tolist() == ["consistent", "not checkable", "confirmed"]
    assert judged["kind"].tolist() == ["loose words", "loose words", "comparison or date"]
    assert judged["evidence"].iloc[:2].str.contains("leave room").all()


def test_estimates_of_others_neither_confirm_nor_contradict():
    known, printed = (("2035", "24,100 t"), ("2030", "3,200 t")), (("2035", "24,000 tons"), ("2030", "5,000 tons"))
    rows = [ingot(stated, "fugu", "forecast", year, "demand") for year, stated in known]
    judged = judge(rows, *(level(text, "demand", year, "forecast") for year, text in printed))
    assert judged["verdict"].tolist() == ["consistent", "not checkable"]
    assert "estimates" in judged["evidence"].iloc[0] and "they differ" in judged["evidence"].iloc[1]


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (level("about as before"), "claim cl-1"),
        (level("5 t", arguments="loose=1"), "claim cl-1: loose words, but not how they are read"),
        (level("5 t", "no.such.series"), r"claim cl-1: series 'no.such.series' is not in series.csv"),
        (LEVEL | {"note": "nobody"}, r"claim cl-1: note 'nobody' is not in sources.csv"),
    ],
)
def test_a_wrong_row_names_the_claim(claim, message):
    with pytest.raises(LedgerError, match=message):
        check_claims(frames.claims({"claim": "cl-1", "note": "note"} | claim), frames.series())
        judge([OWN], claim)


def test_the_rows_of_the_ledger_are_sound(real_ledger):
    check_claims(real_ledger.claims, real_ledger.series)
