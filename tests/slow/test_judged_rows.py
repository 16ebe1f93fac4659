"""A claim and an outlook enter by a row of CSV alone, and stand judged in the tables of their pages."""

import shutil

import pandas as pd
import pytest

from metalsbook.analysis.claims import judge_claims
from metalsbook.analysis.outlooks import score_outlooks
from metalsbook.analysis.reconcile import Months
from metalsbook.edition import Edition, open_edition
from metalsbook.ledger.reading import read_ledger
from metalsbook.page import verdicts
from metalsbook.paths import ledger_folder
from metalsbook.snapshots.asof import select_as_of
from metalsbook.snapshots.snapshot import Snapshot

CLAIM = (
    "cl-new,smm-2025-12-22-44b724,2,magnesium_exports,Ingot exports of October.,,mg.export.ingot,level,2025-10,"
    '"13,800 tons",t,level,\n'
)
OUTLOOK = (
    "ol-new,A House,Outlook,https://example.org/outlook,2025-10-13,magnesium ingot price,mg.price.ingot.fugu,"
    "2025-10-14,2025-10-27,down,,,,,,,,,short term,Ingot should fall.\n"
)


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The edition 2025-11 from the ledger with a row more in each table, judged without the other rows."""
    folder = tmp_path_factory.mktemp("book") / "ledger"
    shutil.copytree(ledger_folder(), folder)
    for name, row in (("claims.csv", CLAIM), ("outlooks.csv", OUTLOOK)):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(row)
    tables = select_as_of(read_ledger(folder), "2025-11")
    claims = tables["claims"][tables["claims"]["claim"].isin(["cl-new", "cl-citic-02", "cl-citic-24"])]
    made = Edition(Snapshot("2025-11", "2025-12-31", "x", tables))
    statements, series, sources = tables["statements"], tables["series"], tables["sources"]
    solve = Months(statements, series).of
    made.__dict__["_derived"] = {
        "claims": judge_claims(claims, statements, series, sources, tables["events"], solve),
        "outlooks": score_outlooks(tables["outlooks"], statements, series, made.cut_off, None, sources),
        "conflicts": pd.DataFrame({"conflict": [], "statement": []}, dtype="str"),
    }
    return made


@pytest.mark.parametrize(
    ("name", "verdict", "recomputed", "words"),
    [
        ("cl-new", "confirmed", "13,782 t", "Ingot exports of October."),
        # A printed figure is recomputed as printed.
        ("cl-citic-24", "contradicted", "35.6%", "Right would have been 35.6%."),
        # A loose word says how it is read.
        ("cl-citic-02", "consistent", "", "Meant: Good value"),
    ],
)
def test_a_claim_stands_judged_in_the_audit(edition, name, verdict, recomputed, words):
    claim = edition.claims.set_index("claim", drop=False).loc[name]
    shown = verdicts.claim_cell(edition, claim).markup + verdicts.evidence_cell(edition, claim).markup
    assert claim["verdict"] == verdict and words in shown
    assert not recomputed or verdicts.recomputed(claim) == recomputed
    assert claim["kind"] != "loose words" or "read as meant they hold" in shown


def test_a_new_outlook_stands_judged(edition):
    row = edition.outlooks.set_index("outlook").loc["ol-new"]
    assert (row["verdict"], row["says"]) == ("hit", "Ingot should fall.")
    assert edition.outlooks["verdict"].isin(["hit", "miss"]).sum() >= 60


def test_no_figure_of_a_claim_that_holds_stands_in_a_contradiction():
    """Of the edition as it is built, with all that reconciliation leaves open."""
    edition = open_edition("2025-11")
    cells = {claim["claim"]: verdicts.evidence_cell(edition, claim).markup for _, claim in edition.claims.iterrows()}
    judged = edition.claims.set_index("claim")["verdict"]
    clashing = [name for name, cell in cells.items() if "contradicts others" in cell]
    assert judged[clashing].to_dict() == {"cl-smm-16": "contradicted"}
    assert judged[["cl-smm-03", "cl-smm-15"]].tolist() == ["consistent", "consistent"]
