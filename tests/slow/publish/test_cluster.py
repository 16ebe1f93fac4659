"""Editions built on a real Dask cluster: the same bytes as on one machine, also where a worker is lost on the way."""

import shutil
import signal
import sys
import threading
import time

import psutil
import pytest

from metalsbook import cli
from metalsbook.errors import ClusterError, UsageError
from metalsbook.publish import book, cluster
from metalsbook.publish.execute import execute_editions
from metalsbook.publish.notebooks import read_chapter
from metalsbook.publish.work import prepare_job
from tests.publish.samples import files_below, make_book, sample
from tests.slow.faults.scratch import MONTHS, make_scratch
from tests.slow.publish.dask_processes import scheduler

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


def kill_at_work(worker):
    """Kill a worker as soon as processes of it run chapters."""
    while len(psutil.Process(worker.pid).children(recursive=True)) < 3:
        time.sleep(0.01)
    worker.kill()
    worker.wait()


def test_what_workers_derive_and_run_is_that_of_one_machine_also_where_one_is_killed(seed, tmp_path, monkeypatch):
    local, spread = seed.copied(tmp_path / "local"), make_scratch(tmp_path / "spread")
    monkeypatch.setenv("METALSBOOK_ROOT", str(local.root))
    execute_editions(list(MONTHS))
    monkeypatch.setenv("METALSBOOK_ROOT", str(spread.root))
    shutil.rmtree(spread.root / "_build" / "derived" / MONTHS[0])
    with scheduler(tmp_path / "cluster") as dask:
        for name in ("first", "second"):
            dask.start_worker(name)

        def run_while_one_is_killed(*given, **options):
            threading.Thread(target=kill_at_work, args=[dask.workers["first"]]).start()
            execute_editions(*given, **options)

        monkeypatch.setattr(book, "execute_editions", run_while_one_is_killed)
        # Of executed chapters the site is made here, whoever ran them.
        monkeypatch.setattr(book, "build_site", lambda months: months)
        assert book.build_editions(list(MONTHS), "site", scheduler=dask.address) == list(MONTHS)
        assert dask.workers["first"].poll() is not None, "the worker was to be killed"
        assert dask.workers["second"].poll() is None
        # What only the killed worker had may be worked out once more: then its folder goes a little later.
        left, asked = tmp_path / "cluster" / "second" / "scratch", time.monotonic()
        while list(left.rglob("book-*")):
            assert time.monotonic() < asked + 60, "a worker leaves folders behind"
            time.sleep(0.1)
    for place in ("chapters", f"derived/{MONTHS[0]}"):
        ours, theirs = files_below(local.root / "_build" / place), files_below(spread.root / "_build" / place)
        assert ours and ours == theirs


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
            killer = threading.Thread(target=kill_at_work, args=[dask.workers["doomed"]])
            killer.start()
            [(_, error)] = results
            assert str(error).startswith("The chapters of 2025-10: 1 workers were lost while they ran it")
            killer.join()
            with pytest.raises(ClusterError, match=r"All workers of tcp://.* were lost"):
                list(connection.run(jobs_of("sound")))


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
