import shutil

import pytest

from metalsbook.publish import cache
from metalsbook.publish.cache import ChapterCache, describe_environment, hash_files, hash_package
from metalsbook.publish.notebooks import read_chapter
from metalsbook.publish.run import Ran, prepare_job
from tests.publish.samples import make_book, sample

RAN = Ran("{}\n", 3, 1.25)


@pytest.fixture
def book(tmp_path, monkeypatch):
    # Whoever works on the package while the tests run must not change what they see.
    monkeypatch.setattr(cache, "hash_package", lambda: "package")
    return make_book(tmp_path, monkeypatch, "sound")


def job(month="2025-11", name="sound"):
    return prepare_job(read_chapter(sample(name)), {"month": month}, limit_s=60)


def keep(engine="inprocess", month="2025-11"):
    ChapterCache(engine).keep(job(month), RAN)


def kept_file(book):
    return book / "_build" / "cache" / "chapters" / "2025-11" / "sound.inprocess.kept"


def test_unchanged_chapter_is_kept(book):
    assert ChapterCache("inprocess").look_up(job()).why == "never run before"
    keep()
    found = ChapterCache("inprocess").look_up(job())
    assert (found.ran, found.why) == (RAN, "nothing changed")


def change_notebook(book, monkeypatch):
    return prepare_job(read_chapter(sample("marks_of_a_run")), {"month": "2025-11"}, limit_s=60)


def change_snapshot(book, monkeypatch):
    (book / "data/snapshots/2025-11/statements.parquet").write_bytes(b"other")


def change_snapshot_before(book, monkeypatch):
    (book / "data/snapshots/2025-10/statements.parquet").write_bytes(b"other")


def add_file_to_snapshot(book, monkeypatch):
    (book / "data/snapshots/2025-11/more.parquet").write_bytes(b"")


def change_lock_file(book, monkeypatch):
    (book / "requirements.txt").write_text("pandas==3.1.2\n")


def change_package(book, monkeypatch):
    monkeypatch.setattr(cache, "hash_package", lambda: "other")


def change_environment(book, monkeypatch):
    monkeypatch.setattr(cache, "describe_environment", lambda: "other")


def change_format(book, monkeypatch):
    monkeypatch.setattr(cache, "FORMAT", 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (change_snapshot, "changed: snapshots"),
        (change_snapshot_before, "changed: snapshots"),
        (add_file_to_snapshot, "changed: snapshots"),
        (change_lock_file, "changed: lock file"),
        (change_package, "changed: package"),
        (change_environment, "changed: environment"),
        (change_format, "changed: format"),
    ],
)
def test_change_is_found_and_named(book, monkeypatch, change, said):
    keep()
    change(book, monkeypatch)
    found = ChapterCache("inprocess").look_up(job())
    assert (found.ran, found.why) == (None, said)


def test_changed_notebook_is_found_and_its_outputs_do_not_count(book):
    keep()
    path = book / "chapters" / "sound.ipynb"
    path.write_text(path.read_text("utf-8").replace('"outputs": []', '"outputs": [{}]'), "utf-8")
    assert ChapterCache("inprocess").look_up(prepare_job(read_chapter(path), {"month": "2025-11"}, limit_s=60)).ran
    path.write_text(path.read_text("utf-8").replace("1 / 3", "1 / 4"), "utf-8")
    found = ChapterCache("inprocess").look_up(prepare_job(read_chapter(path), {"month": "2025-11"}, limit_s=60))
    assert found.why == "changed: notebook"


def test_later_snapshot_changes_nothing(book):
    keep(month="2025-10")
    shutil.rmtree(book / "data/snapshots/2025-11")
    assert ChapterCache("inprocess").look_up(job("2025-10")).ran == RAN


def test_other_month_and_other_engine_have_runs_of_their_own(book):
    keep()
    assert ChapterCache("inprocess").look_up(job("2025-10")).why == "never run before"
    assert ChapterCache("kernel").look_up(job()).why == "never run before"


def test_swapped_entries_are_not_used(book):
    keep()
    keep(month="2025-10")
    other = kept_file(book).parent.parent / "2025-10" / kept_file(book).name
    kept_file(book).replace(other)
    assert ChapterCache("inprocess").look_up(job("2025-10")).ran is None


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_every_flipped_byte_and_every_cut_is_found(book):
    keep()
    sound = kept_file(book).read_bytes()
    damaged = [flipped(sound, place) for place in range(len(sound))] + [sound[:end] for end in range(len(sound))]
    for content in damaged:
        kept_file(book).write_bytes(content)
        assert ChapterCache("inprocess").look_up(job()).ran is None, content
    kept_file(book).write_bytes(sound)
    assert ChapterCache("inprocess").look_up(job()).ran == RAN


@pytest.mark.parametrize("content", [b"", b"\n", b"[]\n", b"{}\n", b'{"inputs": 1}\n', b"\xff\xfe\n", b"null\nnull"])
def test_foreign_file_is_not_used(book, content):
    keep()
    kept_file(book).write_bytes(content)
    assert ChapterCache("inprocess").look_up(job()).why == "what was kept is damaged"


def test_folder_that_cannot_be_written_does_not_stop_the_run(book):
    (book / "_build").write_text("a file where a folder should be")
    keep()
    assert ChapterCache("inprocess").look_up(job()).ran is None


def test_package_is_hashed_whole_but_for_its_bytecode(tmp_path, monkeypatch):
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(cache.metalsbook, "__file__", str(package / "__init__.py"))
    before = hash_package()
    (package / "__pycache__" / "__init__.pyc").write_text("")
    assert hash_package() == before
    (package / "style.css").write_text("")
    assert hash_package() != before


def test_hash_binds_names_and_bytes(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"1")
    second.write_bytes(b"2")
    before = hash_files([first, second], tmp_path)
    first.write_bytes(b"2")
    second.write_bytes(b"1")
    assert hash_files([first, second], tmp_path) != before


def test_environment_is_that_of_the_installed_packages(tmp_path, monkeypatch):
    before = describe_environment()
    monkeypatch.setattr(cache.sysconfig, "get_path", lambda _name: str(tmp_path))
    (tmp_path / "pandas-3.1.1.dist-info").mkdir()
    one = describe_environment()
    (tmp_path / "pandas-3.1.1.dist-info").rename(tmp_path / "pandas-3.1.2.dist-info")
    assert len({before, one, describe_environment()}) == 3
