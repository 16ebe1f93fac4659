"""What a machine does to a command: full and read-only disks, missing folders, odd names, other places and days."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from metalsbook.store import hold_build_lock
from tests.slow.faults.scratch import Scratch, hash_tree, make_scratch

MONTH = ("book", "--month", "2025-11")


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
def test_a_full_disk_leaves_the_last_good_site(tmp_path):
    """The file system has room for ever more of a build, and at last for all of it."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=80m", "tmpfs") as disk:
        scratch = make_scratch(disk / "book")
        scratch.must(*MONTH)
        wanted = hash_tree(scratch.root / "_build" / "site")
        for spare in (0, 100_000, 700_000, 3_000_000):
            scratch.retitle(f"Full at {spare}")
            (disk / "ballast").write_bytes(bytes(max(shutil.disk_usage(disk).free - spare, 0)))
            assert "No space left" in scratch.says_any(*MONTH)
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
        complaint = scratch.says_any("ingest")
        assert "No space left" in complaint
        assert scratch.state("data/ledger") == before
        complaint = scratch.says_any("snapshot", "--month", "2025-09", "--allow-gaps")
        assert "No space left" in complaint
        assert not (scratch.root / "data" / "snapshots" / "2025-09").exists()
        (disk / "ballast").unlink()
        scratch.must("ingest")
        assert scratch.state("data/ledger") != before


@needs_mount
def test_a_read_only_book_says_so(scratch):
    with mounted(scratch.root, "--bind", scratch.root), remounted_read_only(scratch.root):
        assert "Read-only" in scratch.says_any(*MONTH)
        assert "Read-only" in scratch.says_any(
            "ingest",
            "--add",
            "--series",
            "mg.export.total",
            "--period",
            "2025-12",
            "--stated",
            "30,000 tons",
            "--source",
            "x",
        )
        scratch.must("verify")
    scratch.must(*MONTH)


@contextmanager
def remounted_read_only(folder: Path):
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    yield


FEBRUARY = Path(__file__).resolve().parents[3] / "chapters" / "guide" / "february" / "made-up-statements.csv"
# Each makes several things odd at once; none may show in what is built.
SURROUNDINGS = {
    "Chinese, west of the date line, no home": {
        "LC_ALL": "zh_CN.GB18030",
        "PYTHONUTF8": "0",
        "TZ": "Etc/GMT+12",
        "HOME": None,
        "USER": None,
        "LOGNAME": None,
    },
    "Turkish, summer time, a home that is not there": {
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "America/Los_Angeles",
        "HOME": "/nonexistent",
        "XDG_CACHE_HOME": "/nonexistent/cache",
        "PYTHONHASHSEED": "4321",
    },
    "no language, no temporary folder, bytecode forbidden": {
        "LC_ALL": "C",
        "LANG": None,
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": None,
        "PYTHONCOERCECLOCALE": "0",
        "TMPDIR": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
    },
}


@pytest.mark.parametrize("changes", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_the_site_is_the_same_wherever_it_is_built(scratch, changes):
    scratch.retitle("The same everywhere")
    if not hasattr(scratch, "usual"):
        scratch.must(*MONTH)
        scratch.usual = hash_tree(scratch.root / "_build" / "site")
    for name in ("chapters", "cache", "site"):
        shutil.rmtree(scratch.root / "_build" / name)
    scratch.must(*MONTH, **changes)
    assert hash_tree(scratch.root / "_build" / "site") == scratch.usual


def test_a_folder_with_an_odd_name_builds_the_same_site(scratch, tmp_path):
    scratch.retitle("The same everywhere")
    scratch.must(*MONTH)
    odd = Scratch(tmp_path / 'the book\'s 镁 & "é" %s {{ x }} $HOME')
    shutil.copytree(scratch.root, odd.root, ignore=shutil.ignore_patterns("site", "cache", "chapters.*"))
    shutil.rmtree(odd.root / "_build" / "chapters", ignore_errors=True)
    odd.must(*MONTH)
    assert hash_tree(odd.root / "_build" / "site") == hash_tree(scratch.root / "_build" / "site")


def test_one_build_at_a_time(scratch, monkeypatch):
    """Every command is told who is building; a builder that was killed stands in nobody's way."""
    with monkeypatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(scratch.root))
        with hold_build_lock("book --month 2025-11"):
            for words in (MONTH, ("site",), ("ingest",), ("chapters",), ("snapshot", "--month", "2025-11")):
                assert f"book --month 2025-11 (process {os.getpid()} on " in scratch.says(8, *words)
    scratch.retitle("Busy")
    first = scratch.start(*MONTH)
    while not (scratch.root / "_build" / "lock.holder").is_file() and first.poll() is None:
        time.sleep(0.01)
    first.kill()
    first.wait()
    scratch.must(*MONTH)
