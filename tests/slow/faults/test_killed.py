"""Commands killed at random moments: nothing published is lost or half-written, and the same command then succeeds.

A build is the same bytes whenever it is made, so that every state that a kill may leave is known beforehand. Two kills
of each command are usual, one of them near the end of its run; `benchmarks.faults` strikes hundreds of times.
"""

import contextlib
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from metalsbook.snapshots.snapshot import verify_snapshot
from tests.slow.faults.scratch import MONTHS, ROOT, TITLES, Scratch, hash_tree, make_scratch

KILLS = int(os.environ.get("METALSBOOK_KILLS", "2"))
# To build one edition is a part of building all, which is left to the long run.
BUILD = ("site",) if KILLS > 10 else ("book", "--month", "2025-11")
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


class Killer:
    """Kills a command at random moments of its run, and nothing else of it.

    How long a run takes changes with what else the machine does: a run that ended before its moment says how long.
    """

    def __init__(self, scratch: Scratch, seconds: float, *words: str, earliest: float = 0.0):
        self._scratch, self._seconds, self._words, self._earliest = scratch, seconds, words, earliest
        self._chance = random.Random(words[0])
        self.struck = self.tries = 0

    def goes_on(self) -> bool:
        return self.struck < KILLS and self.tries < 4 * KILLS

    def strike(self) -> None:
        process, started = self._scratch.start(*self._words), time.monotonic()
        # Late moments more often than early ones: what is published changes at the end of a run.
        share = ((self.struck % KILLS + self._chance.random()) / KILLS) ** (1 / 3)
        moment = self._seconds * (self._earliest + share * (1.02 - self._earliest))
        while process.poll() is None and time.monotonic() < started + moment:
            time.sleep(0.005)
        self.tries += 1
        if process.poll() is None:
            self.struck += 1
            process.kill()
            process.wait()
        else:
            self._seconds = time.monotonic() - started


def wait_for_children(scratch: Scratch) -> None:
    """Wait until the processes that a killed command had started have seen that it is gone."""
    mark = f"METALSBOOK_ROOT={scratch.root}".encode()
    if not Path("/proc/self/environ").is_file():
        return
    for _ in range(200):
        left = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                left += [environ.parent.name] if mark in environ.read_bytes().split(b"\0") else []
        if not left:
            return
        time.sleep(0.05)
    pytest.fail(f"processes {left} outlive the command that started them")


def timed(scratch: Scratch, *words: str) -> float:
    started = time.monotonic()
    scratch.must(*words)
    return time.monotonic() - started


def published(scratch: Scratch) -> dict[str, str]:
    """Return the hash of each edition of the site, by month."""
    site = scratch.root / "_build" / "site"
    return {path.name: scratch.state(f"_build/site/{path.name}") for path in site.glob("20*")}


def test_a_killed_build_leaves_whole_editions(scratch, record_property):
    states = []
    for title in TITLES:
        scratch.retitle(title)
        seconds = timed(scratch, *BUILD)
        states.append(published(scratch))
    assert all(states[0][month] != states[1][month] for month in states[0])
    inputs = scratch.state("data", hidden=True)
    killer = Killer(scratch, seconds, *BUILD)
    while killer.goes_on():
        # Never the title that stands there: there would be nothing to build.
        title = int(published(scratch)["2025-11"] == states[0]["2025-11"])
        scratch.retitle(TITLES[title])
        killer.strike()
        found = published(scratch)
        assert found.keys() == states[0].keys()
        for month in found:
            assert found[month] in (states[0][month], states[1][month]), f"{month} is half-written, kill {killer.tries}"
    wait_for_children(scratch)
    record_property("kills", killer.struck)
    assert killer.struck == KILLS
    assert scratch.state("data", hidden=True) == inputs
    scratch.must(*BUILD)
    assert published(scratch) == states[title]
    assert not list((scratch.root / "_build" / "site").glob(".old-*"))
    assert not (scratch.root / "_build" / "staging").exists() or not list((scratch.root / "_build/staging").iterdir())


def test_a_killed_freeze_leaves_the_old_snapshot_or_the_new_one(scratch, record_property):
    ledger, folder = scratch.state("data/ledger"), scratch.root / "data" / "snapshots"
    command = ("snapshot", "--month", "2025-10", "--replace", "--reason", "A kill in the middle")
    events = scratch.root / "data" / "ledger" / "events.csv"
    plain = events.read_bytes()
    row = (
        b"ev-made-up-%d,2025-10-01,policy,Made up for this test.,Made up,Made up,https://example.org/made-up,"
        b"magnesium_exports\n"
    )
    states, other = [], scratch.state("data/snapshots/2025-11")
    for number in range(2):
        events.write_bytes(plain + row % number)
        seconds = timed(scratch, *command)
        states.append(scratch.state("data/snapshots/2025-10"))
    killer, number = Killer(scratch, seconds, *command, earliest=0.3), 0
    while killer.goes_on():
        number = killer.tries % 2
        events.write_bytes(plain + row % number)
        killer.strike()
        assert scratch.state("data/snapshots/2025-10") in states
        verify_snapshot(folder / "2025-10")
        replaced = (scratch.root / "CHANGELOG.md").read_text("utf-8").count("A kill in the middle")
        assert replaced >= 1
    record_property("kills", killer.struck)
    assert killer.struck == KILLS
    scratch.must(*command)
    assert scratch.state("data/snapshots/2025-10") == states[number]
    assert sorted(path.name for path in folder.iterdir()) == list(MONTHS)
    assert scratch.state("data/snapshots/2025-11") == other
    events.write_bytes(plain)
    assert scratch.state("data/ledger") == ledger


def test_a_killed_ingest_leaves_the_old_ledger_or_the_new_one(tmp_path, record_property):
    scratch = make_scratch(tmp_path / "book")
    name = "made-up-statements.csv"
    dropped = scratch.root / "data" / "inbox" / name
    before = tmp_path / "before"
    shutil.copytree(scratch.root / "data", before)

    def restore() -> None:
        shutil.rmtree(scratch.root / "data")
        shutil.copytree(before, scratch.root / "data")
        shutil.copyfile(ROOT / "chapters" / "guide" / "february" / name, dropped)

    shutil.copyfile(ROOT / "chapters" / "guide" / "february" / name, dropped)
    command = ("ingest", str(dropped))
    seconds = timed(scratch, *command)
    states = [hash_tree(before / "ledger"), scratch.state("data/ledger")]
    assert states[0] != states[1]
    restore()
    killer, seen = Killer(scratch, seconds, *command, earliest=0.5), set()
    while killer.goes_on():
        killer.strike()
        found = scratch.state("data/ledger")
        assert found in states, f"the ledger is half-written, kill {killer.tries}"
        seen.add(found)
        if found == states[1] or killer.tries % 10 == 9:
            scratch.must(*command)
            assert scratch.state("data/ledger") == states[1]
            restore()
    record_property("kills", killer.struck)
    assert killer.struck == KILLS
    assert states[0] in seen
