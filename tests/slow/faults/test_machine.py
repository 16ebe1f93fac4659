"""What a machine does to a command: full and read-only disks; other places, days and users, odd names."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from metalsbook.store import hold_build_lock
from tests.slow.faults.scratch import ROOT, Scratch, hash_tree, make_scratch

MONTH = ("book", "--month", "2025-11")
FEBRUARY = ROOT / "chapters" / "guide" / "february" / "made-up-statements.csv"


@contextmanager
def mounted(folder: Path, *options: str):
    """Mount something on a folder; skip where that is not allowed."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, folder], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user cannot mount a file system: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


needs_mount = pytest.mark.skipif(
    not shutil.which("mount") or os.name != "posix" or os.geteuid() != 0, reason="only root can mount file systems"
)


@needs_mount
def test_a_full_disk_leaves_the_last_good_site(seed, tmp_path):
    """The file system has no room for a build, then for a part of it, and at last for all of it."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=80m", "tmpfs") as disk:
        scratch = seed.copied(disk / "book")
        wanted = hash_tree(scratch.root / "_build" / "site")
        for spare in (0, 3_000_000):
            scratch.retitle(f"Full at {spare}")
            (disk / "ballast").write_bytes(bytes(max(shutil.disk_usage(disk).free - spare, 0)))
            assert "No space left" in scratch.says(None, *MONTH)
            assert hash_tree(scratch.root / "_build" / "site") == wanted
            (disk / "ballast").unlink()
        scratch.must(*MONTH)
        assert hash_tree(scratch.root / "_build" / "site") != wanted


@needs_mount
def test_a_full_disk_leaves_the_ledger(tmp_path):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=8m", "tmpfs") as disk:
        scratch = make_scratch(disk / "book", derived=False)
        shutil.copyfile(FEBRUARY, scratch.root / "data" / "inbox" / FEBRUARY.name)
        room = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(bytes(max(room - 300_000, 0)))
        before = scratch.state("data/ledger")
        assert "No space left" in scratch.says(None, "ingest")
        assert scratch.state("data/ledger") == before
        assert "No space left" in scratch.says(None, "snapshot", "--month", "2025-09", "--allow-gaps")
        assert not (scratch.root / "data" / "snapshots" / "2025-09").exists()
        (disk / "ballast").unlink()
        scratch.must("ingest")
        assert scratch.state("data/ledger") != before


@needs_mount
def test_a_read_only_book_says_so(scratch):
    with mounted(scratch.root, "--bind", scratch.root):
        subprocess.run(["mount", "-o", "remount,bind,ro", scratch.root], check=True)
        added = "--series mg.export.total --period 2025-12 --source x --stated".split(" ")
        for words in (MONTH, ("ingest", "--add", *added, "30,000 tons")):
            assert "Read-only" in scratch.says(None, *words)
        scratch.must("verify")
    scratch.must(*MONTH)


# Each makes several things odd at once; none may show in what is built.
NO_HOME = {"LC_ALL": "tr_TR.UTF-8", "TZ": "Etc/GMT+12", "PYTHONHASHSEED": "4321"}
NO_HOME |= dict.fromkeys(("HOME", "USER", "LOGNAME"))
NO_LANGUAGE = {"LC_ALL": "C", "LANG": None, "PYTHONIOENCODING": None, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
NO_LANGUAGE |= {"TMPDIR": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1", "TZ": "America/Los_Angeles"}
NO_LANGUAGE |= {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent/cache", "USER": "somebody"}
# Read by every Python that finds it on its path before anything of the book runs, chapters' processes among them.
CLOCK = """
import datetime, pathlib, sys
import time_machine
time_machine.travel(datetime.datetime.fromisoformat({start!r})).start()
with pathlib.Path({seen!r}).open("a") as seen:
    print(datetime.date.today(), getattr(sys, "orig_argv", []), file=seen)
"""
YEARS_AGO = "2003-02-28T12:00:00+00:00"
ODD_NAME = 'the book\'s 镁 & "é" %s {{ x }} $HOME'


def under_clock(folder: Path, start: str) -> dict[str, str | None]:
    """Return what sets the clock of a command and of all Python processes that it starts.

    A copy of the package lies beside the clock: a chapter's process looks there and nowhere else.
    """
    folder.mkdir()
    shutil.copytree(ROOT / "metalsbook", folder / "metalsbook", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "chapters" / "words", folder / "chapters" / "words")
    seen = str(folder / "seen")
    (folder / "sitecustomize.py").write_text(CLOCK.format(start=start, seen=seen), "utf-8")
    return {"PYTHONPATH": str(folder)}


def built_elsewhere(seed: Scratch, other: Scratch, **changes: str | None) -> bool:
    """Build a copy in which nothing is built, and return whether its site is as usual."""
    for name in ("chapters", "cache/chapters", "cache/charts", "cache/figures", "cache/site", "site"):
        shutil.rmtree(other.root / "_build" / name, ignore_errors=True)
    other.must(*MONTH, **changes)
    return hash_tree(other.root / "_build" / "site") == hash_tree(seed.root / "_build" / "site")


def test_the_site_is_the_same_on_another_day_without_a_home_in_a_folder_with_an_odd_name(seed, tmp_path):
    other, clock = seed.copied(tmp_path / ODD_NAME), under_clock(tmp_path / "clock", YEARS_AGO)
    assert built_elsewhere(seed, other, **NO_HOME, **clock)
    seen = (tmp_path / "clock" / "seen").read_text("utf-8").splitlines()
    assert len(seen) > 1 and all(line.startswith("2003") for line in seen), "the chapters had the machine's clock"


def test_the_site_is_the_same_whoever_builds_it(seed, tmp_path):
    other = seed.copied(tmp_path / "of another user")
    other.prefix = ("unshare", "--user", "--map-user=1234", "--map-group=1234")
    other.umask = 0o077
    if not shutil.which("unshare"):
        pytest.skip("there is no unshare")
    who = subprocess.run([*other.prefix, "id", "-u"], capture_output=True, text=True, check=False)
    if who.returncode:
        pytest.skip(f"this system lets nobody be another user: {who.stderr.strip()}")
    assert who.stdout.strip() == "1234"
    assert built_elsewhere(seed, other, **NO_LANGUAGE)


def test_one_build_at_a_time(scratch, monkeypatch):
    """Every command is told who is building; that a killed builder stands in nobody's way: `test_killed`."""
    monkeypatch.setenv("METALSBOOK_ROOT", str(scratch.root))
    with hold_build_lock("book --month 2025-11"):
        for words in (MONTH, ("site",), ("ingest",), ("chapters",), ("snapshot", "--month", "2025-11")):
            assert f"book --month 2025-11 (process {os.getpid()} on " in scratch.says(8, *words)
