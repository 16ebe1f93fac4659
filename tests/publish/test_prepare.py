import os
import signal
import subprocess
import sys
import time

import pytest

from metalsbook import errors
from metalsbook.publish import prepare
from metalsbook.publish.prepare import prepare_editions
from tests.publish.samples import make_book


@pytest.fixture
def book(tmp_path, monkeypatch):
    return make_book(tmp_path, monkeypatch)


@pytest.fixture
def derived(monkeypatch):
    """Note which months are derived, without deriving them."""
    months = []
    monkeypatch.setattr(prepare, "check_files", lambda folder: None)
    monkeypatch.setattr(prepare, "derive_apart", lambda month: months.append(month) or 1.0)
    return months


def test_month_and_the_one_before_it_are_derived(book, derived):
    said = []
    prepare_editions(["2025-11"], 1, said.append)
    assert derived == ["2025-10", "2025-11"]
    assert "reconciling 2025-10, 2025-11" in said[0]


def test_month_without_snapshot_before_it_stands_alone(book, derived):
    prepare_editions(["2025-10"], 1, print)
    assert derived == ["2025-10"]


def test_what_is_derived_is_not_derived_again(book, derived, monkeypatch):
    monkeypatch.setattr(prepare, "is_derived", lambda month: month == "2025-10")
    prepare_editions(["2025-11"], 1, print)
    assert derived == ["2025-11"]


def test_error_keeps_its_kind(book):
    with pytest.raises(errors.SnapshotError, match="2025-10"):
        prepare_editions(["2025-10"], 1, print)


def test_error_that_nobody_foresaw_is_told(book, monkeypatch):
    monkeypatch.setattr(prepare, "check_files", lambda folder: None)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(errors.BookError, match=r"2025-10 could not be reconciled \(its process ended\)"):
        prepare_editions(["2025-10"], 1, print)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_process_ends_with_its_caller(book):
    reader, writer = os.pipe()
    program = "import sys, time; sys.argv = ['x', '2025-10']; from metalsbook.publish import prepare, edition\n"
    program += "edition.open_edition = lambda month: time.sleep(60)\nprepare._main('2025-10')"
    process = subprocess.Popen([sys.executable, "-c", program], stdin=reader)
    os.close(reader)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=3)
    os.close(writer)
    started = time.monotonic()
    assert process.wait(timeout=30) == 1
    assert time.monotonic() - started < 10


def test_files_are_checked_before_anything_runs(book, monkeypatch):
    """Also where everything is derived already."""
    monkeypatch.setattr(prepare, "is_derived", lambda month: True)
    with pytest.raises(errors.SnapshotError, match=r"2025-10 has no datapackage\.json"):
        prepare_editions(["2025-11"], 1, print)
