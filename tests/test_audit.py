"""Verdicts straight from the ledger: those of a claim just written, and what is refused."""

import shutil

import pytest

from metalsbook.audit import describe_verdicts
from metalsbook.cli import main
from metalsbook.errors import LedgerError, UsageError
from metalsbook.paths import ledger_folder

OWN = (
    "cl-own-01,china-ferroalloy-2025-10-31-d6646e,1,magnesium_exports,Ingot exports of September 2025.,,"
    "mg.export.ingot,level,2025-09,{printed},t,{check},\n"
)


@pytest.fixture
def own_ledger(tmp_path, monkeypatch):
    """A copy of the ledger to which a test adds a claim."""
    shutil.copytree(ledger_folder(), tmp_path / "data" / "ledger")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    return tmp_path / "data" / "ledger" / "claims.csv"


def add(path, printed="2.77万吨", check="level"):
    with path.open("a", encoding="utf-8") as file:
        file.write(OWN.format(printed=printed, check=check))


def test_a_claim_of_ones_own_is_judged_by_what_others_print(own_ledger, capsys):
    add(own_ledger)
    assert main(["audit", "--month", "2025-11", "--claim", "cl-own-01"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "cl-own-01: confirmed"
    assert "27,717 t" in " ".join(said)


def test_a_wrong_figure_is_contradicted(own_ledger):
    add(own_ledger, printed="3.77万吨")
    assert next(iter(describe_verdicts("2025-11", ["cl-own-01"]))) == "cl-own-01: contradicted"


def test_a_check_that_is_none_is_refused_by_name(own_ledger):
    add(own_ledger, check="levl")
    with pytest.raises(LedgerError, match=r"levl"):
        list(describe_verdicts("2025-11", ["cl-own-01"]))


def test_a_claim_that_nobody_made_is_refused():
    with pytest.raises(UsageError, match="knows no claim cl-none-01"):
        list(describe_verdicts("2025-11", ["cl-none-01", "cl-smm-54"]))


def test_a_note_of_a_later_month_is_not_known_yet():
    with pytest.raises(UsageError, match="2025-08 knows no claim cl-smm-54"):
        list(describe_verdicts("2025-08", ["cl-smm-54"]))
