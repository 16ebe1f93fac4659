"""The tables of the speed benchmark: what is measured again replaces what was, ratios are for one edition."""

import subprocess
import sys

import psutil
import pytest

from benchmarks import speed
from benchmarks.measure import Contestant, ratio, run_rounds
from benchmarks.setting import add_statement, make_root
from metalsbook.ledger import read_ledger


def contestant(name, seconds, **options):
    return Contestant(name, [], seconds=seconds, peak_mb=[100.0] * len(seconds), **options)


@pytest.fixture
def several():
    return [
        contestant("1 edition", [10.0, 20.0, 10.0]),
        contestant("24 editions", [240.0, 240.0, 120.0], editions=24, ratio_at_most=0.75),
        contestant("on two workers", [200.0, 480.0, 120.0], editions=24, against="24 editions", ratio_at_most=1.2),
    ]


def test_ratios_are_for_one_edition_within_a_round(several):
    assert ratio(several[1], several[0]) == pytest.approx(0.5)
    rows = [speed.describe("editions", "Many.", one, several) for one in several]
    assert [(row["against"], row["ratio"]) for row in rows] == [
        ("1 edition", "1.000"),
        ("1 edition", "0.500"),
        ("24 editions", "1.000"),
    ]


def test_a_case_measured_again_replaces_its_rows_alone(several, tmp_path):
    rows = [speed.describe(case, f"Case {case}.", one, several) for case in ("month", "editions") for one in several]
    speed.merge(rows, ["editions", "month"], tmp_path)
    slow = contestant("slow", [9.0], seconds_at_most=1.0)
    speed.merge([speed.describe("month", "Case month.", slow, [slow])], ["editions", "month"], tmp_path)
    kept = speed.read_rows(tmp_path)
    assert [(row["case"], row["contestant"]) for row in kept] == [
        ("editions", "1 edition"),
        ("editions", "24 editions"),
        ("editions", "on two workers"),
        ("month", "slow"),
    ]
    text = (tmp_path / "speed.md").read_text("utf-8")
    assert "at most 1 s: NOT MET" in text and "at most 0.75: met" in text
    assert text.index("Case editions.") < text.index("Case month.")


def test_what_serves_a_command_is_watched_and_ended_with_it(tmp_path):
    started = []

    def prepare():
        started.append(
            subprocess.Popen([sys.executable, "-c", "held = bytearray(150_000_000); input()"], stdin=subprocess.PIPE)
        )
        return [started[-1]]

    served = Contestant("served", [[sys.executable, "-c", "import time; time.sleep(3)"]], prepare)
    run_rounds([served], 1, tmp_path, {}, warm_up=False)
    assert len(served.seconds) == 1 and served.peak_mb[0] > 100
    assert not psutil.pid_exists(started[0].pid)


def test_each_added_statement_is_one_that_the_ledger_takes(tmp_path):
    root = make_root(tmp_path / "book")
    before = len(read_ledger(root / "data" / "ledger").statements)
    for number in (0, 1, 29):
        add_statement(root, number)
    assert len(read_ledger(root / "data" / "ledger").statements) == before + 3
