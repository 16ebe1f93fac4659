"""The same edition on another day, and by another user."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slow.faults.scratch import ROOT, Scratch, hash_tree

MONTH = ("book", "--month", "2025-11")
# Read by every Python that finds it on its path before anything of the book runs, chapters' processes among them.
CLOCK = """
import datetime, pathlib, sys
import time_machine
time_machine.travel(datetime.datetime.fromisoformat({start!r})).start()
with pathlib.Path({seen!r}).open("a") as seen:
    print(datetime.date.today(), getattr(sys, "orig_argv", []), file=seen)
"""
YEARS_AGO = "2003-02-28T12:00:00+00:00"


def under_clock(folder: Path, start: str) -> dict[str, str]:
    """Return what sets the clock of a command and of all Python processes that it starts.

    A copy of the package lies beside the clock: a chapter's process looks there and nowhere else.
    """
    folder.mkdir()
    shutil.copytree(ROOT / "metalsbook", folder / "metalsbook", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "chapters" / "words", folder / "chapters" / "words")
    seen = str(folder / "seen")
    (folder / "sitecustomize.py").write_text(CLOCK.format(start=start, seen=seen), "utf-8")
    return {"PYTHONPATH": str(folder)}


def forget(scratch: Scratch) -> None:
    for name in ("chapters", "cache", "site"):
        shutil.rmtree(scratch.root / "_build" / name, ignore_errors=True)


def built(scratch: Scratch) -> str:
    return hash_tree(scratch.root / "_build" / "site")


@pytest.fixture(scope="module")
def usual(scratch) -> str:
    scratch.retitle("The same on every day")
    forget(scratch)
    scratch.must(*MONTH)
    return built(scratch)


def test_the_site_is_the_same_on_every_day(scratch, usual, tmp_path):
    forget(scratch)
    clock = under_clock(tmp_path / "clock", YEARS_AGO)
    scratch.must(*MONTH, **clock)
    seen = (tmp_path / "clock" / "seen").read_text("utf-8").splitlines()
    assert len(seen) > 1 and all(line.startswith("2003") for line in seen), "the chapters had the machine's clock"
    assert built(scratch) == usual
    # The clock is really another one: a file with the day in it makes another site.
    module = tmp_path / "clock" / "metalsbook" / "publish" / "start.py"
    text, told = module.read_text("utf-8"), '".nojekyll", __import__("time").strftime("%F").encode()'
    assert '".nojekyll", b""' in text
    module.write_text(text.replace('".nojekyll", b""', told), "utf-8")
    forget(scratch)
    scratch.must(*MONTH, **clock)
    assert built(scratch) != usual


def test_the_site_is_the_same_whoever_builds_it(scratch, usual, tmp_path):
    """Another user with another home, folder, umask and hash seed."""
    other = Scratch(tmp_path / "of another user")
    shutil.copytree(scratch.root, other.root, ignore=shutil.ignore_patterns("site", "cache", "chapters.*"))
    forget(other)
    as_user = ["unshare", "--user", "--map-user=1234", "--map-group=1234"]
    who = (
        subprocess.run([*as_user, "id", "-u"], capture_output=True, text=True, check=False)
        if shutil.which("unshare")
        else None
    )
    if who is None or who.returncode:
        pytest.skip(f"this system lets nobody be another user: {who.stderr.strip() if who else 'there is no unshare'}")
    assert who.stdout.strip() == "1234"
    environment = other.environment(
        {"HOME": str(tmp_path), "USER": "somebody", "LOGNAME": "somebody", "PYTHONHASHSEED": "99"}
    )
    done = subprocess.run(
        [*as_user, sys.executable, "-m", "metalsbook.cli", *MONTH],
        env=environment,
        cwd=other.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        umask=0o077,
    )
    assert done.returncode == 0, done.stderr
    assert built(other) == usual
