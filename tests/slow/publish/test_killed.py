"""The runner killed at random moments: afterwards every notebook is whole or absent, and the same command succeeds."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from metalsbook.publish.execute import execute_chapters
from tests.publish.samples import files_below, make_book

MOMENTS = int(os.environ.get("METALSBOOK_KILLS", "8"))
PROGRAM = "from metalsbook.publish.execute import execute_chapters; execute_chapters('2025-10')"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_run_leaves_whole_notebooks_and_the_next_one_succeeds(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "sound", "environment_shown")
    out = book / "_build" / "chapters" / "2025-10"
    started = time.monotonic()
    wanted = {executed.path.name: executed.path.read_bytes() for executed in execute_chapters("2025-10")}
    whole_s = time.monotonic() - started
    moments = random.Random(7)
    for round_ in range(MOMENTS):
        for path in [*(book / "_build" / "cache").rglob("*.kept"), *out.glob("*.ipynb")][round_ % 2 :: 2]:
            path.unlink()
        command = [sys.executable, "-c", PROGRAM]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, whole_s))
        process.kill()
        process.wait()
        for path in out.glob("*.ipynb"):
            assert path.read_bytes() == wanted[path.name]
    execute_chapters("2025-10")
    assert {name: content for name, content in files_below(out).items() if not name.endswith(".tmp")} == wanted
    assert all(json.loads(content)["nbformat"] == 4 for content in wanted.values())
