"""Verdicts straight from the ledger, and what `make audit` tells of the packages."""

import json
import runpy

import pytest

from metalsbook.cli import main
from metalsbook.errors import UsageError
from tests.sample_book import ROOT

judge = runpy.run_path(str(ROOT / ".ci" / "audit.py"))["judge"]


def test_a_claim_is_judged_and_one_that_nobody_made_or_of_a_later_month_is_not_known(real_ledger, monkeypatch, capsys):
    monkeypatch.setattr("metalsbook.audit.read_ledger", lambda: real_ledger)
    assert main(["audit", "--month", "2025-11", "--claim", "cl-citic-24"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("cl-citic-24: contradicted\n  printed: ") and "35.6" in said
    for month, claim in (("2025-11", "cl-none-01"), ("2025-08", "cl-smm-54")):
        assert main(["audit", "--month", month, "--claim", claim]) == UsageError.exit_code
        assert f"{month} knows no claim {claim}" in capsys.readouterr().err


SOUND = {"name": "a", "version": "1", "vulns": []}
KNOWN = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "told"),
    [
        ([SOUND, KNOWN, SKIPPED], 1, "Known vulnerabilities:\n  b 2: PYSEC-1"),
        ([SOUND, SKIPPED], 0, "No known vulnerability in 1 packages; not audited: c"),
        ([SKIPPED], 0, "Not audited: the advisories of none of the 1 packages could be reached from here"),
        (None, 0, "Not audited: pip-audit==2.10.1 could not be run here (error: no network)"),
    ],
)
def test_a_known_vulnerability_fails_and_what_could_not_be_asked_is_told(packages, code, told):
    said = "" if packages is None else json.dumps({"dependencies": packages})
    assert judge(said, "error: no network") == (code, told)
