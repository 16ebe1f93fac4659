import json

from tests.audit import judge


def said(*packages):
    return json.dumps({"dependencies": list(packages), "fixes": []})


SOUND = {"name": "a", "version": "1", "vulns": []}
KNOWN = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


def test_a_known_vulnerability_fails():
    assert judge(said(SOUND, KNOWN, SKIPPED), "") == (1, "Known vulnerabilities:\n  b 2: PYSEC-1")


def test_what_could_not_be_asked_is_told():
    assert judge(said(SOUND), "") == (0, "No known vulnerability in 1 packages")
    assert judge(said(SOUND, SKIPPED), "")[1].endswith("; not audited: c")
    assert "none of the 1 packages could be reached" in judge(said(SKIPPED), "")[1]
    code, told = judge("", "error: no network")
    assert code == 0 and told.endswith("could not be run here (error: no network)")
