import json
import os
import shutil
import subprocess
import sys

import pytest

from metalsbook import store
from metalsbook.errors import ChapterError, UsageError
from metalsbook.publish import pool
from metalsbook.publish.execute import execute_chapters, execute_editions, refresh_chapters
from tests.publish.samples import files_below, make_book, sample

ENGINES = ["inprocess", "kernel"]


def silent(_line):
    """Tell nobody."""


def run(name, engine, out, month="2025-10", **options):
    return execute_chapters(month, [sample(name)], engine=engine, out_folder=out, progress=silent, **options)


@pytest.fixture
def book(tmp_path, monkeypatch):
    return make_book(tmp_path / "book", monkeypatch)


@pytest.mark.parametrize("engine", ENGINES)
def test_chapter_is_run_for_its_month(book, engine):
    [executed] = run("sound", engine, book / "out")
    assert (executed.name, executed.charts, executed.from_cache) == ("sound", 1, False)
    assert executed.path == book / "out" / "sound.ipynb"
    text = executed.path.read_text("utf-8")
    assert "2025-11" not in text
    notebook = json.loads(text)
    assert [cell["id"] for cell in notebook["cells"][:2]] == ["cell-01", "injected-parameters"]
    assert [cell["execution_count"] for cell in notebook["cells"]] == list(range(1, 8))


@pytest.mark.parametrize("engine", ENGINES)
def test_two_runs_are_alike_whatever_the_environment(book, engine):
    seen = []
    for seed, zone, locale in [("1", "Asia/Shanghai", "tr_TR.UTF-8"), ("random", "America/New_York", "C")]:
        program = (
            "from pathlib import Path; from metalsbook.publish.execute import execute_chapters; import sys;"
            "execute_chapters('2025-10', [Path(sys.argv[1])], engine=sys.argv[2], out_folder=Path(sys.argv[3]))"
        )
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": locale,
            "FORCE_COLOR": seed,
            "METALSBOOK_ROOT": str(book / seed),
        }
        subprocess.run(
            [sys.executable, "-c", program, sample("sound"), engine, book / seed],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        seen.append((book / seed / "sound.ipynb").read_bytes())
    assert seen[0] == seen[1]


def test_engines_show_the_same(book):
    for name in ("sound", "marks_of_a_run", "every_output"):
        shown = [run(name, engine, book / engine)[0].path.read_bytes() for engine in ENGINES]
        assert shown[0] == shown[1]


def change_snapshot(book):
    (book / "data/snapshots/2025-10/statements.parquet").write_bytes(b"other")


def change_words(book):
    (book / "chapters" / "words").mkdir()
    (book / "chapters" / "words" / "a.jinja").write_text("other")


def change_notebook(book):
    path = book / "chapters" / "sound.ipynb"
    path.write_text(path.read_text("utf-8").replace("1 / 3", "1 / 4"), "utf-8")


def damage(book):
    [path] = (book / "_build" / "cache" / "chapters" / "2025-11").iterdir()
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda book: None, "kept (nothing changed)"),
        (lambda book: shutil.rmtree(book / "_build" / "chapters"), "kept (nothing changed)"),
        (lambda book: (book / "data/snapshots/2025-12").mkdir(), "kept (nothing changed)"),
        (change_snapshot, "(changed: snapshots)"),
        (change_words, "(changed: words and lock file)"),
        (change_notebook, "(changed: notebook)"),
        (damage, "(what was kept is damaged)"),
    ],
)
def test_what_did_not_change_is_not_run_again_and_the_reason_is_told(tmp_path, monkeypatch, change, said):
    book = make_book(tmp_path, monkeypatch, "sound")
    monkeypatch.setattr(store, "hash_package", lambda *parts: "package")
    [first] = execute_chapters("2025-11", progress=silent)
    content = first.path.read_bytes()
    change(book)
    told = []
    [executed] = execute_chapters("2025-11", progress=told.append)
    assert told[0].endswith(said)
    assert executed.from_cache == ("kept" in told[0].split("(")[0])
    assert (executed.path.read_bytes() == content) == (change is not change_notebook)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("failing_cell", r"Chapter 'failing_cell', cell 3, line 2 \(`rows\[0\]`\): IndexError: list index out of"),
        ("dying_kernel", r"Chapter 'dying_kernel', cell 3: its process ended"),
        ("ending_cell", r"Chapter 'ending_cell', cell (3.*SystemExit|4 was not run)"),
    ],
)
def test_cell_that_ends_the_run_is_an_error(book, engine, name, said):
    with pytest.raises(ChapterError, match=said):
        run(name, engine, book / "out")
    assert not (book / "out").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty_chart", r"Chapter 'empty_chart', cell 3: the chart 'Exports' has no data"),
        ("warning_cell", r"Chapter 'warning_cell', cell 2 wrote to stderr: .*UserWarning: 2025-10"),
        ("object_address", r"Chapter 'object_address', cell 2 shows an object's address"),
        ("machine_path", r"Chapter 'machine_path', cell 2 shows a path of this machine"),
        ("skipped_cell", r"Chapter 'skipped_cell', cell 3 has the tag 'skip-execution'"),
        ("allowed_error", r"Chapter 'allowed_error', cell 3 has the tag 'raises-exception'"),
        ("no_parameters_cell", r"Chapter 'no_parameters_cell' has no cell tagged 'parameters'"),
        ("mistyped_parameter", r"Chapter 'mistyped_parameter' has no parameter 'month'"),
    ],
)
def test_defect_is_an_error_that_names_chapter_and_cell(book, name, said):
    with pytest.raises(ChapterError, match=said):
        run(name, "auto", book / "out")
    assert not (book / "out").exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_endless_chapter_is_stopped_in_its_time(book, engine):
    with pytest.raises(ChapterError, match=r"Chapter 'endless_cell' did not end within 3 s: it was in cell 3"):
        run("endless_cell", engine, book / "out", timeout_s=3)
    assert not (book / "out").exists()


def test_every_chapter_that_failed_is_named(tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch, "failing_cell", "sound", "warning_cell")
    with pytest.raises(ChapterError, match=r"^Chapter 'failing_cell', cell 3.*\. Failed too: warning_cell$"):
        execute_chapters("2025-10", progress=silent)


def test_last_good_outputs_stay_after_an_error(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "sound")
    execute_chapters("2025-10", progress=silent)
    before = files_below(book / "_build" / "chapters")
    (book / "chapters" / "failing_cell.ipynb").write_bytes(sample("failing_cell").read_bytes())
    changed = sample("sound").read_text("utf-8").replace("first", "second")
    (book / "chapters" / "sound.ipynb").write_text(changed, "utf-8")
    with pytest.raises(ChapterError, match="failing_cell"):
        execute_chapters("2025-10", progress=silent)
    assert files_below(book / "_build" / "chapters") == before


def test_chapter_sees_only_the_variables_that_are_allowed(book, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "swordfish")
    shown = [run("environment_shown", engine, book / engine)[0].path.read_text("utf-8") for engine in ENGINES]
    for text in shown:
        assert "swordfish" not in text
        assert "SECRET" not in text.replace('\\"SECRET_TOKEN\\"', "")
        assert "None 0 UTC" in text


@pytest.mark.parametrize("month", ["2025-13", "202511", 202511, "../x", "2025-1", ""])
def test_month_that_is_none_is_refused(book, month):
    with pytest.raises(UsageError, match="is not a month"):
        run("sound", "kernel", book / "out", month)


def test_engine_that_is_none_is_refused(book):
    with pytest.raises(UsageError, match="no engine 'fast'"):
        run("sound", "fast", book / "out")


def test_chapters_of_several_months_are_run_together(book):
    done = execute_editions(["2025-10", "2025-11"], [sample("sound")], progress=silent)
    assert list(done) == ["2025-10", "2025-11"]
    for month, [executed] in done.items():
        assert executed.path == book / "_build" / "chapters" / month / "sound.ipynb"
        assert f'month = \\"{month}\\"' in executed.path.read_text("utf-8")


def test_notebook_that_keeps_its_month_is_run_for_it_once_and_is_in_every_edition(book):
    said = []
    done = execute_editions(["2025-10", "2025-11"], [sample("own_month"), sample("sound")], progress=said.append)
    first, second = (done[month][0].path.read_bytes() for month in done)
    assert first == second
    assert b'month = \\"2025-08\\"' in first and b"2025-10" not in first
    jobs = sorted(line.split(":")[0].strip() for line in said)
    assert jobs == ["2025-08 own_month", "2025-10 sound", "2025-11 sound"]
    again = execute_editions(["2025-11"], [sample("own_month")], progress=silent)
    assert [executed.from_cache for executed in again["2025-11"]] == [True]


def test_mistyped_parameter_of_a_notebook_that_keeps_its_month_is_an_error(book):
    with pytest.raises(ChapterError, match="'own_month_mistyped' has no parameter 'month'"):
        run("own_month_mistyped", "auto", book / "out")
    assert not (book / "out").exists()


def test_refreshed_notebook_keeps_its_own_month(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "own_month")
    refresh_chapters("2025-11", engine="inprocess", progress=silent)
    notebook = json.loads((book / "chapters" / "own_month.ipynb").read_text("utf-8"))
    assert "".join(notebook["cells"][1]["outputs"][0]["text"]) == "2025-08\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_refreshed_chapter_is_what_its_author_wrote_with_outputs(tmp_path, monkeypatch, engine):
    book = make_book(tmp_path, monkeypatch, "sound")
    path = book / "chapters" / "sound.ipynb"
    refresh_chapters("2025-11", engine=engine, progress=silent)
    first = path.read_bytes()
    refresh_chapters("2025-11", engine=engine, progress=silent)
    assert path.read_bytes() == first
    notebook, source = json.loads(first), json.loads(sample("sound").read_bytes())
    assert [cell["execution_count"] for cell in notebook["cells"]] == list(range(1, 7))
    for cell in notebook["cells"]:
        cell.update(outputs=[], execution_count=None)
    assert notebook == source


def test_no_room_for_temporary_files_is_an_error(book, monkeypatch):
    monkeypatch.setattr(pool.util, "get_temp_dir", lambda: str(book / "vanished"))
    with pytest.raises(ChapterError, match=r"The chapters cannot be run \(.*No such file"):
        run("sound", "auto", book / "out")
