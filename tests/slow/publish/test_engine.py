import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from metalsbook.errors import ChapterError
from metalsbook.publish.execute import execute_chapters
from metalsbook.publish.notebooks import list_chapters, read_chapter
from metalsbook.publish.run import prepare_job
from metalsbook.publish.shell import chapter_shell
from metalsbook.publish.workers import find_imports, run_forked
from tests.publish.samples import make_book, sample

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def jobs_of(*names, limit_s=60):
    return [prepare_job(read_chapter(sample(name)), {"month": "2025-10"}, limit_s=limit_s) for name in names]


@pytest.fixture
def outputs():
    """Run cells in a fresh shell and return what each showed."""

    def show(*sources):
        with chapter_shell() as shell:
            shown = []
            for source in sources:
                shown.append(shell.recorder.start_cell())
                shell.run_cell(source, store_history=True)
        return shown

    return show


def test_shown_text_is_replaced_where_it_stands(outputs):
    first, second = outputs(
        "from IPython.display import display\nhandle = display('a', display_id='x')", "display('b')\nhandle.update('c')"
    )
    assert [output["data"]["text/plain"] for output in first + second] == ["'c'", "'b'"]


def test_cleared_output_is_gone(outputs):
    [shown] = outputs("from IPython.display import clear_output, display\ndisplay(1)\nclear_output()\ndisplay(2)")
    assert [output["data"]["text/plain"] for output in shown] == ["2"]


def test_value_of_the_last_line_is_a_result_and_a_semicolon_hides_it(outputs):
    shown, hidden = outputs("1 + 1", "1 + 1;")
    [result] = shown
    assert (result["output_type"], result["data"]) == ("execute_result", {"text/plain": "2"})
    assert result["execution_count"] == 1
    assert hidden == []


def test_libraries_take_the_shell_for_a_kernel(outputs):
    [shown] = outputs("import pandas.io.formats.console as console\nconsole.in_ipython_frontend()")
    assert shown[0]["data"]["text/plain"] == "True"


def test_shell_leaves_the_process_as_it_was(outputs):
    from IPython import get_ipython

    before = sys.modules["__main__"], get_ipython()
    outputs("month = 1", "_")
    assert (sys.modules["__main__"], get_ipython()) == before


def test_chapters_do_not_see_each_other(tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch)
    chapter = read_chapter(sample("sound"))
    chapter.notebook["cells"][1]["source"] = (
        "import builtins, pandas, os\n"
        "print(month, getattr(builtins, 'left', None), hasattr(pandas, 'left'), os.environ.get('LEFT'))\n"
        "builtins.left = pandas.left = os.environ['LEFT'] = 'behind'"
    )
    job = prepare_job(chapter, {"month": "2025-10"}, limit_s=60)
    for _, ran in run_forked([job, job, job], workers=1):
        assert '"2025-10 None False None\\n"' in ran.notebook


def test_cell_that_asks_for_input_gets_none(tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch)
    chapter = read_chapter(sample("sound"))
    chapter.notebook["cells"][1]["source"] = "print(month, input())"
    [(_, error)] = run_forked([prepare_job(chapter, {"month": "2025-10"}, limit_s=20)], workers=1)
    assert "cell 2" in str(error)
    assert "did not end" not in str(error)


def test_server_forks_from_a_single_thread(tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch)
    if not Path("/proc/self/task").is_dir():
        pytest.skip("this system does not list threads in /proc")
    chapter = read_chapter(sample("sound"))
    chapter.notebook["cells"][1]["source"] = (
        "import os\nprint(month, len(os.listdir(f'/proc/{os.getppid()}/task')), 'threads')"
    )
    [(_, ran)] = run_forked([prepare_job(chapter, {"month": "2025-10"}, limit_s=60)], workers=1)
    assert "2025-10 1 threads" in ran.notebook


def test_other_chapters_go_on_where_one_fails(tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch)
    results = dict(run_forked(jobs_of("dying_kernel", "sound", "failing_cell", "sound"), workers=2))
    assert [type(results[place]).__name__ for place in range(4)] == ["ChapterError", "Ran", "ChapterError", "Ran"]
    assert "cell 3: its process ended with code 3" in str(results[0])


def test_server_that_ends_is_an_error(tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch)
    chapter = read_chapter(sample("endless_cell"))
    chapter.notebook["cells"][2]["source"] = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
    job = prepare_job(chapter, {"month": "2025-10"}, limit_s=60)
    with pytest.raises(ChapterError, match=r"that runs the chapters ended \(.+\). Not run: endless_cell, sound"):
        list(run_forked([job, *jobs_of("sound")], workers=1))


def _alive(marker: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if marker.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_nothing_runs_on_where_the_caller_is_killed(tmp_path, monkeypatch):
    if not Path("/proc/self/environ").exists():
        pytest.skip("this system does not list environments in /proc")
    book = make_book(tmp_path, monkeypatch)
    program = (
        "import sys; from pathlib import Path; from metalsbook.publish.execute import execute_chapters\n"
        "execute_chapters('2025-10', [Path(sys.argv[1])], engine='inprocess')"
    )
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    caller = subprocess.Popen([sys.executable, "-c", program, sample("endless_cell")])
    deadline = time.monotonic() + 30
    while len(_alive(str(book))) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(_alive(str(book))) >= 3, "caller, server and child should be running"
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    while _alive(str(book)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _alive(str(book)) == []
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (book / "_build" / "chapters").exists()


def test_imports_of_cells_are_found():
    chapter = read_chapter(sample("sound"))
    chapter.notebook["cells"][1]["source"] = "import a.b, c as d\nfrom e.f import g\nfrom . import h\nprint(month)"
    chapter.notebook["cells"][2]["source"] = "%matplotlib inline"
    found = find_imports([prepare_job(chapter, {"month": "2025-10"}, limit_s=60)])
    assert found[:4] == ["a.b", "c", "e.f", "e.f.g"]


def test_engine_is_papermills_too(tmp_path):
    out = tmp_path / "out.ipynb"
    options = ["--engine", "inprocess", "-p", "month", "2025-09"]
    command = [sys.executable, "-m", "papermill", sample("sound"), out, *options]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    notebook = json.loads(out.read_text("utf-8"))
    assert notebook["cells"][2]["outputs"][0]["text"] == ["2025-09\n"]


def test_engines_show_the_same_for_every_chapter(tmp_path, monkeypatch):
    for name in ("data", "chapters", "requirements.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    # Reconciling takes long; what an earlier build found is used where it still holds.
    if (ROOT / "_build" / "derived").is_dir():
        shutil.copytree(ROOT / "_build" / "derived", tmp_path / "_build" / "derived")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    shown = {}
    for engine in ("inprocess", "kernel"):
        out = tmp_path / engine
        for executed in execute_chapters("2025-11", engine=engine, out_folder=out, progress=print):
            shown.setdefault(executed.name, []).append(json.loads(executed.path.read_bytes())["cells"])
    assert len(shown) == len(list_chapters())
    for name, (forked, reference) in shown.items():
        for number, (ours, theirs) in enumerate(zip(forked, reference, strict=True), start=1):
            assert ours == theirs, f"{name}, cell {number}"
