import os
import signal
import subprocess
import sys

import pytest

from metalsbook.errors import BookError, BusyError
from metalsbook.publish.locks import hold_build_lock, wait_turn

HOLDER = (
    "import sys, time; from pathlib import Path; from metalsbook.publish.locks import hold_build_lock\n"
    "with hold_build_lock('book --month 2025-11', Path(sys.argv[1])):\n"
    "    print('held', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "lock")], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()


def test_second_build_is_told_who_holds_the_lock(tmp_path, holder):
    with pytest.raises(BusyError) as caught, hold_build_lock("site", tmp_path / "lock"):
        pass
    assert f"book --month 2025-11 (process {holder.pid} on " in str(caught.value)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_lock_is_free_after_its_holder_has_crashed(tmp_path, holder, end):
    holder.send_signal(end)
    holder.wait()
    with hold_build_lock("site", tmp_path / "lock"):
        assert f'"process": {os.getpid()}' in (tmp_path / "lock").read_text()


def test_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), hold_build_lock("site", tmp_path / "lock"):
        raise ZeroDivisionError
    assert (
        subprocess.run(
            [sys.executable, "-c", HOLDER.replace("60", "0"), str(tmp_path / "lock")], stdout=subprocess.DEVNULL
        ).returncode
        == 0
    )


def test_holder_may_take_it_again(tmp_path):
    with hold_build_lock("site", tmp_path / "lock"), hold_build_lock("book", tmp_path / "lock"):
        assert '"what": "site"' in (tmp_path / "lock").read_text()


def test_damaged_lock_file_does_not_matter(tmp_path):
    (tmp_path / "lock").write_bytes(b"\xff\x00 not JSON")
    with hold_build_lock("site", tmp_path / "lock"):
        pass


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BookError, match=r"Cannot write .*lock"), hold_build_lock("site", tmp_path / "file" / "lock"):
        pass


def test_processes_take_turns(tmp_path):
    program = (
        "import sys; from pathlib import Path; from metalsbook.publish.locks import wait_turn\n"
        "with wait_turn(Path(sys.argv[1]) / 'lock'):\n"
        "    found = Path(sys.argv[1]) / 'found'\n"
        "    before = found.read_text() if found.exists() else ''\n"
        "    import time; time.sleep(0.05); found.write_text(before + 'x')\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(4)]
    assert [process.wait() for process in both] == [0] * 4
    assert (tmp_path / "found").read_text() == "xxxx"


def test_nobody_waits_where_no_lock_can_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with wait_turn(tmp_path / "file" / "lock"), wait_turn(tmp_path / "file" / "lock"):
        pass
