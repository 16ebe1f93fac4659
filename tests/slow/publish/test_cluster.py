"""Editions built on a real Dask cluster: the same bytes as on one machine, also where a worker is lost on the way."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from metalsbook import cli
from metalsbook.errors import ClusterError, UsageError
from metalsbook.publish import cluster, versions
from metalsbook.publish.notebooks import read_chapter
from metalsbook.publish.run import prepare_job
from tests.publish.samples import files_below, make_book, sample
from tests.slow.faults.scratch import MONTHS, ROOT, make_scratch
from tests.slow.publish.dask_processes import scheduler

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
PAGES = ("what_changed", "claims_audit")


def make_small_book(folder):
    """A scratch book with two pages more, so that there is work for two."""
    scratch = make_scratch(folder)
    toc = folder / "_toc.yml"
    for name in PAGES:
        shutil.copyfile(ROOT / "chapters" / f"{name}.ipynb", folder / "chapters" / f"{name}.ipynb")
        toc.write_text(f"{toc.read_text('utf-8')}- file: chapters/{name}\n", "utf-8")
    return scratch


def build_on_one_core(scratch):
    """Build as one process after the other: without a second core nothing runs side by side."""
    if not hasattr(os, "sched_setaffinity"):
        scratch.must("site")
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        scratch.must("site")
    finally:
        os.sched_setaffinity(0, cores)


def kill_in_the_middle(command, worker):
    """Kill a worker while it runs a chapter, which is a child of a child; return all that the command says."""
    said = ""
    for line in command.stdout:
        said += line
        while worker.poll() is None and " ran in " in line:
            servers = psutil.Process(worker.pid).children()
            if any(child.children() for child in servers) or command.poll() is not None:
                worker.kill()
                worker.wait()
            time.sleep(0.01)
    return said


def test_site_is_that_of_one_machine_also_where_a_worker_is_killed(tmp_path):
    local, spread = make_small_book(tmp_path / "local"), make_small_book(tmp_path / "spread")
    build_on_one_core(local)
    # What the cluster derives is compared, too: it is among the downloads.
    shutil.rmtree(spread.root / "_build" / "derived" / MONTHS[0], ignore_errors=True)
    with scheduler(tmp_path / "cluster") as dask:
        folders = [dask.start_worker(name) for name in ("first", "second")]
        words = ["site", "--months", ":".join(MONTHS), "--dask", dask.address]
        command = subprocess.Popen(
            [sys.executable, "-m", "metalsbook.cli", *words],
            env=spread.environment(),
            cwd=spread.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = kill_in_the_middle(command, dask.workers["first"])
        assert command.wait() == 0, said
        assert "was lost: its jobs (" in said, said
        assert f"{MONTHS[0]} reconciled" in said
        assert dask.workers["second"].poll() is None
        assert not list((folders[1] / "scratch").rglob("book-*"))
    for place in ("chapters", "site"):
        ours, theirs = files_below(local.root / "_build" / place), files_below(spread.root / "_build" / place)
        assert ours.keys() == theirs.keys()
        assert [name for name in ours if ours[name] != theirs[name]] == []


def make_locked_book(folder, monkeypatch):
    make_book(folder, monkeypatch)
    shutil.copyfile(ROOT / "requirements.txt", folder / "requirements.txt")


def silent(_line):
    """Tell nobody."""


def jobs_of(*names, limit_s=60.0):
    return [prepare_job(read_chapter(sample(name)), {"month": "2025-10"}, limit_s=limit_s) for name in names]


@pytest.fixture(scope="module")
def one_worker(tmp_path_factory):
    with scheduler(tmp_path_factory.mktemp("one")) as dask:
        dask.start_worker("only")
        yield dask


def test_failures_come_back_as_on_one_machine(one_worker, tmp_path, monkeypatch):
    make_locked_book(tmp_path, monkeypatch)
    jobs = jobs_of("failing_cell", "sound", "dying_kernel", "sound") + jobs_of("endless_cell", limit_s=3)
    with cluster.Cluster(one_worker.address) as dask:
        results = dict(dask.run(jobs, silent))
    assert "cell 3, line 2 (`rows[0]`): IndexError" in str(results[0])
    assert results[1].notebook == results[3].notebook
    assert "cell 3: its process ended with code 3" in str(results[2])
    assert "did not end within 3 s: it was in cell 3" in str(results[4])


def test_month_that_cannot_be_derived_is_told(one_worker, tmp_path, monkeypatch):
    make_locked_book(tmp_path, monkeypatch)
    with (
        cluster.Cluster(one_worker.address) as dask,
        pytest.raises(Exception, match=r"2025-10 has no datapackage\.json") as raised,
    ):
        list(dask.derive(["2025-10"], silent))
    assert raised.type.__name__ == "SnapshotError"


def test_worker_with_another_package_is_named_before_work_starts(one_worker, tmp_path, monkeypatch):
    needed = versions.needed_versions()
    monkeypatch.setattr(versions, "needed_versions", lambda: needed | {"pandas": "3.0.0", "scipy": "1.0"})
    said = rf"^Worker tcp://127\.0\.0\.1:\d+ has pandas {needed['pandas']}, and 3\.0\.0 is needed \(1 more differ\)"
    with pytest.raises(UsageError, match=said), cluster.Cluster(one_worker.address):
        pytest.fail("work has started")


def test_worker_with_a_changed_book_is_named_even_where_it_joins_late(tmp_path, monkeypatch):
    make_locked_book(tmp_path / "book", monkeypatch)
    said = r"^Worker tcp://127\.0\.0\.1:\d+ has metalsbook .* \(content \w+\), and .* \(content \w+\) is needed"
    with scheduler(tmp_path / "cluster") as dask:
        dask.start_worker("sound")
        with cluster.Cluster(dask.address) as connection:
            dask.workers["sound"].kill()
            path = dask.start_worker("changed") / "metalsbook" / "months.py"
            path.write_text(f"{path.read_text('utf-8')}\n# Another version.\n", "utf-8")
            [(_, error)] = connection.run(jobs_of("sound"), silent)
        assert re.match(said, str(error))
        with pytest.raises(UsageError, match=said), cluster.Cluster(dask.address):
            pytest.fail("work has started")


def test_job_that_costs_workers_is_given_up_and_so_is_a_run_without_workers(tmp_path, monkeypatch):
    make_locked_book(tmp_path / "book", monkeypatch)
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    monkeypatch.setattr(cluster, "LOST_LIMIT_S", 1.0)
    [deadly] = jobs_of("endless_cell")
    kill = "import os, pathlib, signal; ppid = pathlib.Path(f'/proc/{os.getppid()}/stat').read_text().split()[3]; "
    deadly = deadly.__class__(
        **{
            **deadly.to_json(),
            "notebook": deadly.notebook.replace("while True", f"{kill}os.kill(int(ppid), signal.SIGKILL)\\nwhile True"),
        }
    )
    assert "SIGKILL" in deadly.notebook
    with scheduler(tmp_path / "cluster") as dask:
        dask.start_worker("doomed")
        told = []
        with cluster.Cluster(dask.address) as connection:
            [(_, error)] = connection.run([deadly], told.append)
            assert str(error).startswith("Chapter 'endless_cell' of 2025-10: 1 workers were lost while they ran it")
            with pytest.raises(ClusterError, match=r"All workers of tcp://.* were lost"):
                list(connection.run(jobs_of("sound"), told.append))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:8786",
        "http://127.0.0.1:8786",
        "tcp://127.0.0.1",
        "tcp://:8786",
        "tcp://a b:1",
        "tcp://host:0",
        "tcp://host:65536",
        "tcp://user@host:8786",
        "inproc://host:1",
        "tcp://host:8786/x",
        "",
    ],
)
def test_only_an_address_over_tcp_or_tls_is_one(address, capsys):
    assert cli.main(["site", "--dask", address]) == UsageError.exit_code
    assert "Give it as tcp://HOST:PORT or tls://HOST:PORT" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tls://scheduler.example:443", "tcp://[::1]:1"])
def test_addresses(address):
    assert cluster.parse_address(address) == address


def test_tls_without_certificates_is_told():
    with pytest.raises(UsageError, match=r"No certificates are named for tls://.*\. Name them in Dask"):
        cluster.Cluster("tls://127.0.0.1:8786")


def test_without_distributed_the_way_to_install_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"needs the package distributed, which is not installed here\. Run `make set"):
        cluster.Cluster("tcp://127.0.0.1:8786")


def test_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_LIMIT_S", 0.5)
    with (
        pytest.raises(ClusterError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9\. Start one: dask scheduler"),
        cluster.Cluster("tcp://127.0.0.1:9"),
    ):
        pytest.fail("there is none")
