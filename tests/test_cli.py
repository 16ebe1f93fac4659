import errno
import os
import shlex
import subprocess
import sys

import pytest

from metalsbook import cli
from metalsbook.errors import BusyError
from metalsbook.publish import book


def run_with(error, monkeypatch, *options):
    monkeypatch.setattr(cli, "_verify", lambda options: (_ for _ in ()).throw(error))
    return cli.main(["verify", *options])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "a.parquet"),
            "No space left on device: a.parquet. Make room on",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "_build"), "Permission denied: _build. Check who may read"),
        (MemoryError(), "run out of memory. End other programs"),
    ],
)
def test_whatever_goes_wrong_is_one_line(error, said, monkeypatch, capsys):
    assert run_with(error, monkeypatch) == 1
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


def test_what_nobody_foresaw_is_one_line_too():
    program = (
        "import sys; from metalsbook import cli; cli._verify = lambda options: 1 / 0;"
        "sys.exit(cli.main(['verify'] + sys.argv[1:]))"
    )
    for options, lines in (((), 1), (("--debug",), 9)):
        done = subprocess.run([sys.executable, "-c", program, *options], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "ZeroDivisionError: division by zero" in done.stderr
        assert len(done.stderr.splitlines()) == 1 if lines == 1 else "Traceback" in done.stderr


def test_the_traceback_is_shown_when_asked_for(monkeypatch):
    with pytest.raises(ZeroDivisionError):
        run_with(ZeroDivisionError(), monkeypatch, "--debug")


def test_a_reader_who_has_seen_enough_is_no_error():
    program = f"{shlex.quote(sys.executable)} -m metalsbook.cli"
    command = f"{program} --version; {program} verify | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp1252:strict"])
def test_output_that_cannot_print_chinese_has_escapes(encoding):
    program = (
        "import sys; from metalsbook import cli; from metalsbook.errors import LedgerError\n"
        "def say(options):\n"
        "    print('原镁 – 3.87万吨')\n"
        "    if options.month == '2025-02': raise LedgerError('原镁')\n"
        "cli._status = say; sys.exit(cli.main(sys.argv[1:]))"
    )
    for month, code in (("2025-01", 0), ("2025-02", 3)):
        command = [sys.executable, "-c", program, "status", "--month", month]
        done = subprocess.run(
            command, env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True, check=False
        )
        assert (done.returncode, b"3.87\\u4e07\\u5428" in done.stdout) == (code, True)
        assert (b"metalsbook: \\u539f\\u9541" in done.stderr) == (code == 3)


def test_chapters_wait_for_no_other_build(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))

    def busy(what):
        raise BusyError("Another build is running: book", "Wait")

    monkeypatch.setattr(book, "hold_build_lock", busy)
    assert cli.main(["chapters"]) == BusyError.exit_code
    assert "Another build is running" in capsys.readouterr().err
