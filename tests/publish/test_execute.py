import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from metalsbook import store
from metalsbook.errors import ChapterError
from metalsbook.publish import pool
from metalsbook.publish.execute import execute_editions, refresh_chapters
from tests.publish.samples import files_below, make_book, sample

MONTH = "2025-10"


def run(*names, month=MONTH, **options):
    """Run samples, or all chapters of the book."""
    return execute_editions([month], [sample(name) for name in names] or None, **options)[month]


@pytest.fixture
def book(tmp_path, monkeypatch):
    return make_book(tmp_path / "book", monkeypatch)


def test_chapter_is_run_for_its_month(book, capsys):
    [path] = run("sound")
    assert path == book / "_build" / "chapters" / MONTH / "sound.ipynb"
    assert "2025-10 sound: ran in" in (told := capsys.readouterr().out) and "1 charts (never run before)" in told
    text = path.read_text("utf-8")
    assert "2025-11" not in text
    notebook = json.loads(text)
    assert [cell["execution_count"] for cell in notebook["cells"]] == list(range(1, 7))


def test_two_runs_are_alike_whatever_the_environment(book):
    program = "import pathlib, sys; from metalsbook.publish.execute import execute_editions;"
    program += "execute_editions(['2025-10'], [pathlib.Path(sys.argv[1])])"
    seen = []
    for seed, zone, locale in [("1", "Asia/Shanghai", "tr_TR.UTF-8"), ("random", "America/New_York", "C")]:
        own = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "FORCE_COLOR": seed}
        environment = os.environ | own | {"METALSBOOK_ROOT": str(book / seed)}
        subprocess.run([sys.executable, "-c", program, sample("sound")], check=True, env=environment)
        seen.append((book / seed / "_build" / "chapters" / MONTH / "sound.ipynb").read_bytes())
    assert seen[0] == seen[1]


def pieces(notebook):
    """What cells show, printed text letter by letter: a kernel sends it in pieces."""
    for output in [output for cell in notebook["cells"] for output in cell["outputs"]]:
        yield from ((output["name"], letter) for letter in output["text"]) if "text" in output else [output]


def test_cells_show_what_a_kernel_would_have_sent(book):
    [path] = run("every_output")
    ours = nbformat.read(path, 4)
    by_kernel = NotebookClient(nbformat.read(path, 4), kernel_name="python3").execute()
    assert list(pieces(ours)) == list(pieces(by_kernel))


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
        (lambda book: (book / "data/snapshots/2025-10/x.parquet").write_bytes(b"x"), "(changed: snapshots)"),
        (change_words, "(changed: words and lock file)"),
        (change_notebook, "(changed: notebook)"),
        (damage, "(what was kept is damaged)"),
    ],
)
def test_what_did_not_change_is_not_run_again_and_the_reason_is_told(tmp_path, monkeypatch, capsys, change, said):
    book = make_book(tmp_path, monkeypatch, "sound")
    monkeypatch.setattr(store, "hash_package", lambda *parts: "package")
    [first] = run(month="2025-11")
    content = first.read_bytes()
    change(book)
    capsys.readouterr()
    [path] = run(month="2025-11")
    assert capsys.readouterr().out.strip().endswith(said)
    assert (path.read_bytes() == content) == (change is not change_notebook)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("failing_cell", r"cell 3, line 2 \(`rows\[0\]`\): IndexError: list index out of"),
        ("dying_kernel", r"cell 3: its process ended"),
        ("ending_cell", r"cell (3.*SystemExit|4 was not run)"),
        ("empty_chart", r"cell 3: the chart 'Exports' has no data"),
        ("warning_cell", r"cell 2 wrote to stderr: .*UserWarning: 2025-10"),
        ("object_address", r"cell 2 shows an object's address"),
        ("machine_path", r"cell 2 shows a path of this machine"),
        ("skipped_cell", r"cell 3 has the tag 'skip-execution'"),
        ("allowed_error", r"cell 3 has the tag 'raises-exception'"),
        ("own_month_mistyped", r"no parameter 'month'"),
    ],
)
def test_defect_is_an_error_that_names_chapter_and_cell(book, name, said):
    with pytest.raises(ChapterError, match=f"Chapter '{name}'(, | has ){said}"):
        run(name)
    assert not (book / "_build" / "chapters").exists()


def test_endless_chapter_is_stopped_in_its_time(book):
    with pytest.raises(ChapterError, match=r"Chapter 'endless_cell' did not end within 3 s: it was in cell 3"):
        run("endless_cell", limit_s=3)


def test_every_chapter_that_failed_is_named(tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch, "failing_cell", "sound", "warning_cell")
    with pytest.raises(ChapterError, match=r"^Chapter 'failing_cell', cell 3.*\. Failed too: warning_cell$"):
        run()


def test_last_good_outputs_stay_after_an_error(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "sound")
    run()
    before = files_below(book / "_build" / "chapters")
    (book / "chapters" / "failing_cell.ipynb").write_bytes(sample("failing_cell").read_bytes())
    changed = sample("sound").read_text("utf-8").replace("first", "second")
    (book / "chapters" / "sound.ipynb").write_text(changed, "utf-8")
    with pytest.raises(ChapterError, match="failing_cell"):
        run()
    assert files_below(book / "_build" / "chapters") == before


def test_chapter_sees_only_the_variables_that_are_allowed(book, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "swordfish")
    text = run("environment_shown")[0].read_text("utf-8")
    assert "swordfish" not in text
    assert "SECRET" not in text.replace('\\"SECRET_TOKEN\\"', "")
    assert "None 0 UTC" in text


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
