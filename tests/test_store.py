import os
import signal
import subprocess
import sys

import pytest

from metalsbook import store
from metalsbook.errors import BusyError
from tests.publish.samples import files_below


def test_files_are_written_all_or_none_and_the_same_are_left_alone(tmp_path):
    (tmp_path / "taken").write_text("a file where a folder should be")
    (tmp_path / ".first.x1y2.tmp").write_bytes(b"half: a killed run had staged it")
    with pytest.raises(OSError, match="taken"):
        store.write_all_whole({tmp_path / "first": b"1", tmp_path / "taken" / "second": b"2"})
    assert files_below(tmp_path) == {"taken": b"a file where a folder should be"}
    store.write_whole(tmp_path / "first", b"1")
    before = (tmp_path / "first").stat().st_ino
    store.write_whole(tmp_path / "first", b"1")
    assert (tmp_path / "first").stat().st_ino == before


def make(folder, text):
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text)
    return folder


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_takes_the_place_of_another(tmp_path, monkeypatch, exchanges):
    if not exchanges:
        monkeypatch.setattr(store, "_exchange", lambda one, other: False)
    for text in ("old", "new"):
        store.put_in_place(make(tmp_path / "built", text), tmp_path / "site" / "2025-11")
        assert files_below(tmp_path) == {"site/2025-11/index.html": text.encode()}


def test_what_a_killed_build_left_is_brought_back(tmp_path):
    for name, text in ((".old-2025-11-0a1b2c3d", "last good"), (".old-2025-10-0a1b2c3d", "older"), ("2025-10", "good")):
        make(tmp_path / name, text)
    store.recover(tmp_path)
    assert files_below(tmp_path) == {"2025-11/index.html": b"last good", "2025-10/index.html": b"good"}
    store.recover(tmp_path / "nowhere")


HOLDER = (
    "import time; from metalsbook.store import hold_build_lock\n"
    "with hold_build_lock('book --month 2025-11'):\n    print('held', flush=True); time.sleep(60)\n"
)


def test_a_second_build_is_told_who_holds_the_lock_until_that_one_is_gone(tmp_path, monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    with pytest.raises(ZeroDivisionError), store.hold_build_lock("site"), store.hold_build_lock("book"):
        assert (tmp_path / "_build" / "lock.holder").read_text().startswith("site"), "its holder may take it again"
        raise ZeroDivisionError
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n", "an error has freed it"
        with pytest.raises(BusyError) as caught, store.hold_build_lock("site"):
            pass
        assert f"book --month 2025-11 (process {holder.pid} on " in str(caught.value)
        holder.send_signal(signal.SIGTERM)
    with store.hold_build_lock("site"):
        assert f"site (process {os.getpid()} on " in (tmp_path / "_build" / "lock.holder").read_text()


def test_processes_take_turns_and_nobody_waits_where_no_lock_can_be_written(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from metalsbook.store import take_turn\n"
        "with take_turn(Path(sys.argv[1]) / 'lock'):\n"
        "    found = Path(sys.argv[1]) / 'found'\n"
        "    before = found.read_text() if found.exists() else ''\n"
        "    time.sleep(0.05); found.write_text(before + 'x')\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(3)]
    assert [process.wait() for process in both] == [0] * 3
    assert (tmp_path / "found").read_text() == "xxx"
    lock = tmp_path / "found" / "lock"
    with store.take_turn(lock), store.take_turn(lock):
        pass


def test_every_flipped_byte_every_cut_and_another_name_is_found(tmp_path):
    path = tmp_path / "a.kept"
    store.keep(path, {"notebook": "1"}, b"one\ntwo")
    sound = path.read_bytes()
    flipped = [sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :] for place in range(len(sound))]
    cut = [sound[:end] for end in range(len(sound))]
    for content in (*flipped, *cut, sound + b"x", b"[]\n", b"null\nnull", b'{"made_from": 1}\n'):
        path.write_bytes(content)
        assert store.look_up(path, {"notebook": "1"}) == (None, "what was kept is damaged"), content
    (tmp_path / "b.kept").write_bytes(sound)
    assert store.look_up(tmp_path / "b.kept", {"notebook": "1"}).content is None


def test_what_is_kept_is_not_made_again_and_what_cannot_be_kept_is_made(tmp_path):
    path, made = tmp_path / "a.kept", iter([b"x", b"y", b"z"])
    assert store.kept_or_made(path, lambda: next(made)) == b"x"
    assert store.kept_or_made(path, lambda: next(made)) == b"x"
    path.write_bytes(b"damaged")
    assert store.kept_or_made(path, lambda: next(made)) == b"y"
    assert store.kept_or_made(path / "nowhere.kept", lambda: next(made)) == b"z"


def test_hashes_bind_names_and_bytes_and_the_versions_of_packages(tmp_path, monkeypatch):
    (tmp_path / "__pycache__").mkdir()
    for name, content in (("a.py", b"1"), ("b.css", b"2")):
        (tmp_path / name).write_bytes(content)
    before = store.hash_all([tmp_path], tmp_path)
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"3")
    assert store.hash_all([tmp_path], tmp_path) == before
    for name, content in (("a.py", b"2"), ("b.css", b"1")):
        (tmp_path / name).write_bytes(content)
    assert store.hash_all([tmp_path], tmp_path) != before
    monkeypatch.setattr(store.sysconfig, "get_path", lambda _name: str(tmp_path))
    installed = (tmp_path / "pandas-3.1.1.dist-info", tmp_path / "pandas-3.1.2.dist-info")
    installed[0].mkdir()
    before = store.describe_environment()
    installed[0].rename(installed[1])
    assert store.describe_environment() != before
