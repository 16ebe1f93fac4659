"""Editions built on a real Dask cluster: the same bytes as on one machine, also where a worker is lost on the way."""

import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from metalsbook import cli
from metalsbook.errors import ClusterError, UsageError
from metalsbook.publish import cluster
from metalsbook.publish.notebooks import read_chapter
from metalsbook.publish.work import prepare_job
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


def kill_at_work(command, worker):
    """Kill a worker while processes of it run chapters; return all that the command says."""
    said = ""
    for line in command.stdout:
        said += line
        while worker.poll() is None and "reconciled in" in line and command.poll() is None:
            if len(psutil.Process(worker.pid).children(recursive=True)) >= 3:
                worker.kill()
                worker.wait()
            time.sleep(0.01)
    return said


def test_site_is_that_of_one_machine_also_where_a_worker_is_killed(tmp_path):
    local, spread = make_small_book(tmp_path / "local"), make_small_book(tmp_path / "spread")
    local.must("site")
    # What the cluster derives is compared, too: it is among the downloads.
    shutil.rmtree(spread.root / "_build" / "derived" / MONTHS[0], ignore_errors=True)
    with scheduler(tmp_path / "cluster") as dask:
        for name in ("first", "second"):
            dask.start_worker(name)
        words = ["site", "--months", ":".join(MONTHS), "--dask", dask.address]
        command = subprocess.Popen(
            [sys.executable, "-m", "metalsbook.cli", *words],
            env=spread.environment(),
            cwd=spread.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = kill_at_work(command, dask.workers["first"])
        assert command.wait() == 0, said
        assert f"{MONTHS[0]} reconciled" in said
        assert dask.workers["first"].poll() is not None, "the worker was to be killed"
        assert dask.workers["second"].poll() is None
        assert not list((tmp_path / "cluster" / "second" / "scratch").rglob("book-*"))
    for place in ("chapters", "site"):
        ours, theirs = files_below(local.root / "_build" / place), files_below(spread.root / "_build" / place)
        assert ours.keys() == theirs.keys()
        assert [name for name in ours if ours[name] != theirs[name]] == []


def jobs_of(*names, limit_s=60.0):
    return [prepare_job(read_chapter(sample(name)), "2025-10", limit_s=limit_s) for name in names]


@pytest.fixture(scope="module")
def one_worker(tmp_path_factory):
    with scheduler(tmp_path_factory.mktemp("one")) as dask:
        dask.start_worker("only")
        yield dask


def test_failures_come_back_as_on_one_machine(one_worker, tmp_path, monkeypatch):
    make_book(tmp_path, monkeypatch)
    jobs = jobs_of("failing_cell", "sound", "dying_kernel", "sound") + jobs_of("endless_cell", limit_s=3)
    with cluster.Cluster(one_worker.address) as dask:
        results = dict(dask.run(jobs))
        [(_, error)] = dask.derive(["2025-10"])
    assert "cell 3, line 2 (`rows[0]`): IndexError" in str(results[0])
    assert results[1].notebook == results[3].notebook
    assert "cell 3: its process ended with code 3" in str(results[2])
    assert "did not end within 3 s: it was in cell 3" in str(results[4])
    assert "2025-10 has no datapackage.json" in str(error)


def test_worker_with_another_package_is_named_before_work_starts(one_worker, monkeypatch):
    from distributed import versions

    here = versions.get_package_info
    monkeypatch.setattr(versions, "get_package_info", lambda packages: here(packages) | {"scipy": "1.0"})
    with pytest.raises(UsageError, match=r"has other packages: .*(?s:.)*scipy +\| +1\.0"):
        cluster.Cluster(one_worker.address).__enter__()


def test_job_that_costs_workers_is_given_up_and_so_is_a_run_without_workers(tmp_path, monkeypatch):
    make_book(tmp_path / "book", monkeypatch)
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    monkeypatch.setattr(cluster, "LOST_LIMIT_S", 1.0)
    with scheduler(tmp_path / "cluster") as dask:
        dask.start_worker("doomed")
        with cluster.Cluster(dask.address) as connection:
            results = connection.run(jobs_of("endless_cell"))
            monkeypatch.setattr(cluster, "_POLL_S", 0.5)
            worker = psutil.Process(dask.workers["doomed"].pid)
            kill_when_busy = subprocess.Popen(
                [sys.executable, "-c", KILL, str(worker.pid)], env={**os.environ, "PYTHONPATH": str(ROOT)}
            )
            [(_, error)] = results
            assert str(error).startswith("The chapters of 2025-10: 1 workers were lost while they ran it")
            kill_when_busy.wait()
            with pytest.raises(ClusterError, match=r"All workers of tcp://.* were lost"):
                list(connection.run(jobs_of("sound")))


KILL = """
import psutil, sys, time
worker = psutil.Process(int(sys.argv[1]))
while len(worker.children(recursive=True)) < 3:
    time.sleep(0.05)
worker.kill()
"""


NO_ADDRESSES = (
    "127.0.0.1:8786|http://127.0.0.1:8786|tcp://127.0.0.1|tcp://:8786|tcp://a b:1|tcp://host:0|tcp://host:65536"
)


@pytest.mark.parametrize("address", [*NO_ADDRESSES.split("|"), "tcp://user@host:8786", "inproc://host:1", ""])
def test_only_an_address_over_tcp_or_tls_is_one(address, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    assert cli.main(["site", "--dask", address]) == UsageError.exit_code
    assert "Give it as tcp://HOST:PORT or tls://HOST:PORT" in capsys.readouterr().err


def test_tls_without_certificates_and_an_environment_without_distributed_are_told(monkeypatch):
    with pytest.raises(UsageError, match=r"No certificates are named for tls://.*\. Name them in Dask"):
        cluster.Cluster("tls://127.0.0.1:8786")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"needs the package distributed, which is not installed here\. Run `make set"):
        cluster.Cluster("tcp://127.0.0.1:8786")


def test_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_LIMIT_S", 0.5)
    with pytest.raises(ClusterError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9\. Start one: dask scheduler"):
        cluster.Cluster("tcp://127.0.0.1:9").__enter__()
