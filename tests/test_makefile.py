"""What make is given as a month reaches the command as it was typed, and nothing of it runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from metalsbook.months import REFERENCE_MONTH
from tests.sample_book import ROOT

# The command notes its words in a file: make itself prints some of its own.
COMMAND = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >said
"""
MONTHS = [
    *('2025-11"; touch ran; "', "2025-11'; touch ran; '", "$(shell touch ran)2025-11", "$(touch ran)", "$$(touch ran)"),
    *("`touch ran`", "2025-11; touch ran", "2025-11 && touch ran", "2025-11\ntouch ran", "$(error x)"),
    *("$(value PATH) ${HOME} $HOME $@ $<", "2025-11 # x\\", "--allow-gaps", "镁"),
]


@pytest.fixture
def folder(tmp_path):
    """A folder in which the book's commands are stood in for; its name has a space, as a user's may."""
    place = tmp_path / "a book"
    (place / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copyfile(ROOT / name, place / name)
    command = place / ".venv" / "bin" / "metalsbook"
    command.write_text(COMMAND, "utf-8")
    command.chmod(0o755)
    (place / ".venv" / ".ready").touch()
    return place


def make(folder: Path, *words: str, **variables: str) -> list[str]:
    """Run make, and return the words of the command that it ran."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MONTH"))}
    done = subprocess.run(["make", *words], cwd=folder, env=inherited | variables, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (folder / "ran").exists()
    return (folder / "said").read_text("utf-8").split("\0")[:-1]


def test_a_month_is_text_and_without_one_it_is_the_reference_month(folder):
    for month in MONTHS:
        wanted = ["book", f"--month={month}"]
        assert make(folder, "book", f"MONTH={month}") == wanted
        assert make(folder, "book", MONTH=month) == wanted
    assert make(folder, "book") == ["book", f"--month={REFERENCE_MONTH}"]
