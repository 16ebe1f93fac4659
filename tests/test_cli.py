"""The command line: it answers at once, and whatever goes wrong is one line."""

import os
import shlex
import subprocess
import sys

import pytest

HEAVY = ("altair", "jinja2", "nbformat", "numpy", "pandas", "papermill", "pyarrow", "scipy", "sphinx", "yaml")


def run(program: str, *arguments: str, text: bool = True, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=text, check=False)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("OSError(errno.ENOSPC, 'No space left', 'a.parquet')", "No space left: a.parquet. Make room on"),
        (
            "PermissionError(errno.EACCES, 'Permission denied', '_build')",
            "Permission denied: _build. Check who may read",
        ),
        ("MemoryError()", "run out of memory. End other programs"),
    ],
)
def test_what_goes_wrong_with_the_machine_is_one_line(error, said):
    done = run(
        f"import errno, sys; from metalsbook import cli\ndef fail(_):\n    raise {error}\n"
        "cli._verify = fail; sys.exit(cli.main(['verify']))"
    )
    assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("options", [[], ["--debug"]])
def test_what_nobody_foresaw_is_one_line_and_its_traceback_where_that_is_asked_for(options):
    done = run(
        "import sys; from metalsbook import cli; cli._verify = lambda options: 1 / 0;"
        "sys.exit(cli.main(['verify'] + sys.argv[1:]))",
        *options,
    )
    assert done.returncode == 1 and "ZeroDivisionError: division by zero" in done.stderr
    assert "Traceback" in done.stderr if options else done.stderr.count("\n") == 1


def test_a_reader_who_has_seen_enough_is_no_error():
    # More than a pipe holds.
    program = (
        "import sys; from metalsbook import cli; cli._status = lambda options: [print('x' * 9_999) for _ in range(99)];"
        "sys.exit(cli.main(['status']))"
    )
    command = f"({shlex.join([sys.executable, '-c', program])}; echo $? >&2) | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == "141\n"


def test_output_that_cannot_print_chinese_has_escapes():
    program = (
        "import sys; from metalsbook import cli; from metalsbook.errors import LedgerError\n"
        "def say(options):\n    print('原镁 – 3.87万吨')\n    raise LedgerError('原镁')\n"
        "cli._status = say; sys.exit(cli.main(['status']))"
    )
    done = run(program, text=False, PYTHONIOENCODING="cp1252:strict")
    assert done.returncode == 3
    assert b"3.87\\u4e07\\u5428" in done.stdout and b"metalsbook: \\u539f\\u9541" in done.stderr


def test_the_command_line_needs_none_of_the_heavy_libraries_and_keeps_bytecode(tmp_path):
    """Containers forbid bytecode by habit; without it every later start takes longer."""
    done = run(
        f"import sys; from metalsbook.cli import main; main(['status', '--month', '2025-11'])\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))",
        PYTHONDONTWRITEBYTECODE="1",
        PYTHONPYCACHEPREFIX=str(tmp_path),
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert list(tmp_path.rglob("metalsbook/status.*.pyc"))
