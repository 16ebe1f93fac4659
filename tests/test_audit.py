"""Verdicts straight from the ledger, of a claim just written; and what `make audit` tells of the packages."""

import json
import shutil

import pytest

from metalsbook.audit import describe_verdicts
from metalsbook.cli import main
from metalsbook.errors import LedgerError, UsageError
from metalsbook.paths import ledger_folder
from tests.audit import judge

OWN = (
    "cl-own-0{0},china-ferroalloy-2025-10-31-d6646e,1,magnesium_exports,Ingot exports of September 2025.,,"
    "mg.export.ingot,level,2025-09,{1},t,{2},\n"
)


def test_a_claim_of_ones_own_is_judged_by_what_others_print_or_refused_by_name(tmp_path, monkeypatch, capsys):
    shutil.copytree(ledger_folder(), tmp_path / "data" / "ledger")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    with (tmp_path / "data" / "ledger" / "claims.csv").open("a", encoding="utf-8") as file:
        file.write(OWN.format(1, "2.77万吨", "level") + OWN.format(2, "3.77万吨", "level"))
        file.write(OWN.format(3, "2.77万吨", "levl"))
    assert main(["audit", "--month", "2025-11", "--claim", "cl-own-01", "--claim", "cl-own-02"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("cl-own-01: confirmed\n") and "27,717 t" in " ".join(said.split())
    assert "\ncl-own-02: contradicted\n" in said
    with pytest.raises(LedgerError, match="levl"):
        list(describe_verdicts("2025-11", ["cl-own-03"]))


@pytest.mark.parametrize(("month", "claim"), [("2025-11", "cl-none-01"), ("2025-08", "cl-smm-54")])
def test_a_claim_that_nobody_made_and_one_of_a_later_month_are_not_known(month, claim, real_ledger, monkeypatch):
    monkeypatch.setattr("metalsbook.ledger.reading.read_ledger", lambda: real_ledger)
    with pytest.raises(UsageError, match=f"{month} knows no claim {claim}"):
        list(describe_verdicts(month, [claim]))


SOUND = {"name": "a", "version": "1", "vulns": []}
KNOWN = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "told"),
    [
        ([SOUND, KNOWN, SKIPPED], 1, "Known vulnerabilities:\n  b 2: PYSEC-1"),
        ([SOUND], 0, "No known vulnerability in 1 packages"),
        ([SOUND, SKIPPED], 0, "No known vulnerability in 1 packages; not audited: c"),
        ([SKIPPED], 0, "Not audited: the advisories of none of the 1 packages could be reached from here"),
        (None, 0, "Not audited: pip-audit==2.10.1 could not be run here (error: no network)"),
    ],
)
def test_a_known_vulnerability_fails_and_what_could_not_be_asked_is_told(packages, code, told):
    said = "" if packages is None else json.dumps({"dependencies": packages, "fixes": []})
    assert judge(said, "error: no network") == (code, told)
