"""What make is given as a month reaches the command as it was typed, and nothing of it runs."""

import os
import shutil
import subprocess

from metalsbook.months import REFERENCE_MONTH
from tests.sample_book import ROOT

# The command notes its words in a file: make itself prints some of its own.
COMMAND = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >said
"""
MONTHS = [
    '2025-11"; touch ran; "',
    "2025-11'; touch ran; '",
    "$(shell touch ran)2025-11",
    "$$(touch ran)",
    "`touch ran`",
    "2025-11 && touch ran",
    "2025-11\ntouch ran",
    "$(error x)",
    "${HOME} $HOME $@ $< # x\\",
    "--allow-gaps",
]


def test_a_month_is_text_and_without_one_it_is_the_reference_month(tmp_path):
    # The name of the folder has a space, as a user's may.
    folder = tmp_path / "a book"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    command = folder / ".venv" / "bin" / "metalsbook"
    command.write_text(COMMAND, "utf-8")
    command.chmod(0o755)
    (folder / ".venv" / ".ready").touch()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MONTH"))}

    def make(*words: str, **variables: str) -> list[str]:
        done = subprocess.run(["make", *words], cwd=folder, env=inherited | variables, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return (folder / "said").read_text("utf-8").split("\0")[:-1]

    for month in MONTHS:
        assert make("book", f"MONTH={month}") == make("book", MONTH=month) == ["book", f"--month={month}"]
    assert make("book") == ["book", f"--month={REFERENCE_MONTH}"]
    assert not (folder / "ran").exists()
