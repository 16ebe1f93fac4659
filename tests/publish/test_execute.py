import json
import re
import shutil

import pytest

from metalsbook import store
from metalsbook.errors import ChapterError
from metalsbook.publish import pool
from metalsbook.publish.execute import execute_editions, refresh_chapters
from metalsbook.publish.notebooks import read_chapter
from metalsbook.publish.work import prepare_job, run_here
from tests.publish.samples import files_below, make_book, sample

MONTH = "2025-10"


def run(*names, month=MONTH, **options):
    """Run samples, or all chapters of the book."""
    return execute_editions([month], [sample(name) for name in names] or None, **options)[month]


@pytest.fixture
def book(tmp_path, monkeypatch):
    return make_book(tmp_path / "book", monkeypatch)


def change(path, old, new):
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_what_did_not_change_is_not_run_again_and_the_reason_is_told(tmp_path, monkeypatch, capsys):
    book = make_book(tmp_path, monkeypatch, "sound")
    monkeypatch.setattr(store, "hash_package", lambda *parts: "package")

    def told() -> str:
        capsys.readouterr()
        run(month="2025-11")
        return capsys.readouterr().out.strip()

    assert re.search(r"2025-11 sound: ran in .* s, 1 charts \(never run before\)$", told())
    executed = files_below(book / "_build" / "chapters")
    shutil.rmtree(book / "_build" / "chapters")
    (book / "data" / "snapshots" / "2025-12").mkdir()
    assert told().endswith("kept (nothing changed)")
    (book / "data" / "snapshots" / "2025-10" / "statements.parquet").write_bytes(b"x")
    assert told().endswith("(changed: snapshots)")
    (book / "chapters" / "words").mkdir()
    (book / "chapters" / "words" / "a.jinja").write_text("other")
    assert told().endswith("(changed: words and lock file)")
    [kept] = (book / "_build" / "cache" / "chapters" / "2025-11").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    assert told().endswith("(what was kept is damaged)")
    assert files_below(book / "_build" / "chapters") == executed
    change(book / "chapters" / "sound.ipynb", "1 / 3", "1 / 4")
    assert told().endswith("(changed: notebook)")
    assert files_below(book / "_build" / "chapters") != executed


DEFECTS = {
    "failing_cell": r", cell 3, line 2 \(`rows\[0\]`\): IndexError: list index out of",
    "dying_kernel": r", cell 3: its process ended",
    "ending_cell": r", cell (3.*SystemExit|4 was not run)",
    "empty_chart": r", cell 3: the chart 'Exports' has no data",
    "warning_cell": r", cell 2 wrote to stderr: .*UserWarning: 2025-10",
    "endless_cell": r" did not end within 1 s: it was in cell 3",
}


def test_defect_is_an_error_that_names_chapter_and_cell(book):
    limits = dict.fromkeys(DEFECTS, 60.0) | {"endless_cell": 1.0}
    jobs = [prepare_job(read_chapter(sample(name)), MONTH, limit_s=limits[name]) for name in DEFECTS]
    errors = {jobs[place].name: str(error) for place, error in run_here(jobs)}
    assert [name for name, said in DEFECTS.items() if not re.match(f"Chapter '{name}'{said}", errors[name])] == []


def test_every_chapter_that_failed_is_named_and_the_last_good_outputs_stay(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "sound")
    run()
    before = files_below(book / "_build" / "chapters")
    for name in ("failing_cell", "warning_cell"):
        shutil.copyfile(sample(name), book / "chapters" / f"{name}.ipynb")
    change(book / "chapters" / "sound.ipynb", "1 / 3", "1 / 4")
    with pytest.raises(ChapterError, match=r"^Chapter 'failing_cell', cell 3.*\. Failed too: warning_cell$"):
        run()
    assert files_below(book / "_build" / "chapters") == before


def test_notebook_that_keeps_its_month_is_run_for_it_once_and_is_in_every_edition(book, capsys):
    done = execute_editions(["2025-10", "2025-11"], [sample("own_month"), sample("sound")])
    for month, [own, sound] in done.items():
        assert own.read_bytes() == done[MONTH][0].read_bytes()
        assert 'month = \\"2025-08\\"' in own.read_text("utf-8")
        assert sound == book / "_build" / "chapters" / month / "sound.ipynb"
        assert f'month = \\"{month}\\"' in sound.read_text("utf-8")
    jobs = sorted(line.split(":")[0].strip() for line in capsys.readouterr().out.splitlines())
    assert jobs == ["2025-08 own_month", "2025-10 sound", "2025-11 sound"]
    run("own_month", month="2025-11")
    assert "own_month: kept" in capsys.readouterr().out


def test_refreshed_chapter_is_what_its_author_wrote_with_outputs(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "own_month", "sound")
    own, path = (book / "chapters" / f"{name}.ipynb" for name in ("own_month", "sound"))
    refresh_chapters("2025-11")
    first = path.read_bytes()
    refresh_chapters("2025-11")
    assert path.read_bytes() == first
    notebook, source = json.loads(first), json.loads(sample("sound").read_bytes())
    assert [cell["execution_count"] for cell in notebook["cells"]] == list(range(1, 7))
    for cell in notebook["cells"]:
        cell.update(outputs=[], execution_count=None)
    assert notebook == source
    assert "".join(json.loads(own.read_bytes())["cells"][1]["outputs"][0]["text"]) == "2025-08\n"


def test_no_room_for_temporary_files_is_an_error(book, monkeypatch):
    monkeypatch.setattr(pool.util, "get_temp_dir", lambda: str(book / "vanished"))
    with pytest.raises(ChapterError, match=r"The chapters cannot be run \(.*No such file"):
        run("sound")
