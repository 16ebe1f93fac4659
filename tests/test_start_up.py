"""The command line answers at once, and later starts are quick even where a container forbids bytecode by habit."""

import os
import subprocess
import sys

import pytest

MOST_S = 0.3
STARTS = 5
HEAVY = ("altair", "jinja2", "nbformat", "numpy", "pandas", "papermill", "pyarrow", "scipy", "sphinx", "yaml")


def run(*options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "metalsbook.cli", *options],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=True,
    )


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell the processor time of one process")
@pytest.mark.parametrize("options", [("--help",), ("status",)], ids=" ".join)
def test_the_command_line_answers_within_a_third_of_a_second(options):
    """Processor time, the least of a few starts: what else runs on the machine is no part of it."""
    seconds = []
    for _ in range(STARTS):
        with subprocess.Popen([sys.executable, "-m", "metalsbook.cli", *options], stdout=subprocess.DEVNULL) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        seconds.append(used.ru_utime + used.ru_stime)
    assert min(seconds) < MOST_S


def test_help_needs_none_of_the_heavy_libraries():
    code = (
        "import sys; from metalsbook.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_bytecode_is_kept_where_the_environment_forbids_it_by_habit(tmp_path):
    run("status", "--month", "2025-11", PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX=str(tmp_path))
    kept = {path.name.split(".")[0] for path in tmp_path.rglob("metalsbook/*.pyc")}
    assert {"status", "coverage", "paths"} <= kept
