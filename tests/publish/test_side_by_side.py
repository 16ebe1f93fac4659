import errno
import os
import subprocess
import sys
import time

import pytest

from metalsbook.errors import SiteError
from metalsbook.publish import side_by_side
from metalsbook.publish.side_by_side import stage_side_by_side
from tests.publish.samples import make_book

MONTHS = ("2025-10", "2025-11")


@pytest.fixture
def executed(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch)
    return {month: book / "_build" / "chapters" / month for month in MONTHS}


def stand_in(tmp_path, monkeypatch, body):
    """Let the processes run this in the place of `stage_edition(month, executed, shared)`."""
    program = tmp_path / "stand_in.py"
    program.write_text(
        "import sys\nfrom metalsbook.publish import side_by_side, site\n"
        f"def stage_edition(month, executed, shared):\n    {body}\n"
        "site.stage_edition = stage_edition\nside_by_side._main()\n",
        "utf-8",
    )
    start = subprocess.Popen
    monkeypatch.setattr(
        side_by_side.subprocess, "Popen", lambda command, **options: start([command[0], str(program)], **options)
    )


def test_each_edition_has_a_folder_and_a_line(executed, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "print('noise'); return executed, f'{month} {shared}'")
    done = dict(stage_side_by_side(executed, "_shared/1", workers=2))
    assert done == {month: (executed[month], f"{month} _shared/1") for month in MONTHS}


def test_error_keeps_its_kind_and_the_first_by_month_is_raised(executed):
    with pytest.raises(SiteError, match=r"The book has no _toc\.yml"):
        list(stage_side_by_side(executed, "_shared/1", workers=2))


def test_what_is_done_counts_where_another_edition_fails(executed, tmp_path, monkeypatch):
    stand_in(
        tmp_path,
        monkeypatch,
        "from metalsbook.errors import SiteError\n"
        "    if month == '2025-11': raise SiteError(f'{month} fails')\n    return executed, 'done'",
    )
    done = []
    with pytest.raises(SiteError, match="2025-11 fails"):
        done.extend(month for month, _ in stage_side_by_side(executed, "_shared/1", workers=1))
    assert done == ["2025-10"]


def test_full_disk_is_told_as_one(executed, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, f"raise OSError({errno.ENOSPC}, 'No space left on device', 'a.html')")
    with pytest.raises(OSError, match="No space left on device") as raised:
        list(stage_side_by_side(executed, "_shared/1", workers=1))
    assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, "a.html")


def test_process_that_ends_is_an_error(executed, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "raise ValueError('a fault')")
    with pytest.raises(SiteError, match=r"pages of 2025-1\d could not be built \(ValueError: a fault\)"):
        list(stage_side_by_side(executed, "_shared/1", workers=1))


def test_of_the_environment_the_address_of_the_site_alone_gets_through(executed, tmp_path, monkeypatch):
    monkeypatch.setenv("METALSBOOK_BASE_URL", "https://example.org/book/")
    monkeypatch.setenv("A_SECRET", "x")
    shown = "os.environ['METALSBOOK_BASE_URL'] + str('A_SECRET' in os.environ)"
    stand_in(tmp_path, monkeypatch, f"import os; return executed, {shown}")
    done = dict(stage_side_by_side(executed, "_shared/1", workers=1))
    assert done["2025-10"][1] == "https://example.org/book/False"


def test_process_ends_with_its_caller_also_in_the_middle(tmp_path):
    reader, writer = os.pipe()
    program = (
        "import time; from metalsbook.publish import side_by_side, site\n"
        "site.stage_edition = lambda *_: time.sleep(60)\nside_by_side._main()"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdin=reader, stdout=subprocess.DEVNULL)
    os.close(reader)
    os.write(writer, b'["2025-10", "x", "y"]\n')
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=3)
    started = time.monotonic()
    os.close(writer)
    process.wait(timeout=30)
    assert time.monotonic() - started < 10
