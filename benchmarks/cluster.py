"""A Dask cluster of one scheduler and two workers on this machine, for as long as one measurement."""

import socket
import subprocess
import time
from pathlib import Path

from benchmarks.measure import Contestant, clean_environment
from benchmarks.setting import PYTHON, forget, site

WORKERS = 2
_START_S = 60


def dask_contestant(root: Path, out: Path, months: str, editions: int, against: str) -> Contestant:
    """Return the build of a range of months on a cluster that is started for each round, off the clock.

    Args:
        root: The book.
        out: Folder in which each worker gets one of its own.
        months: The range, "YYYY-MM:YYYY-MM".
        editions: How many months that is.
        against: Name of the contestant that builds the same without a cluster.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"

    def prepare() -> list[subprocess.Popen]:
        forget(root)
        return _start(root, out, address)

    return Contestant(
        f"{editions} editions on Dask, two local workers",
        [site(months, "--dask", address)],
        prepare,
        editions,
        against,
        ratio_at_most=1.2,
    )


def _start(root: Path, out: Path, address: str) -> list[subprocess.Popen]:
    """Start scheduler and workers, and return them when all workers are there."""
    host, port = address.removeprefix("tcp://").split(":")
    dask = str(Path(PYTHON).with_name("dask"))
    commands = [[dask, "scheduler", "--host", host, "--port", port, "--no-dashboard"]]
    commands += [
        [
            dask,
            "worker",
            address,
            "--nthreads",
            "1",
            "--host",
            host,
            "--no-dashboard",
            "--local-directory",
            str(out / f"worker-{number}"),
        ]
        for number in range(WORKERS)
    ]
    started = [
        subprocess.Popen(
            command, cwd=root, env=clean_environment(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in commands
    ]
    try:
        _await_workers(address)
    except BaseException:
        for process in reversed(started):
            process.kill()
        raise
    return started


def _await_workers(address: str) -> None:
    from distributed import Client

    began = time.monotonic()
    with Client(address, timeout=_START_S) as client:
        client.wait_for_workers(WORKERS, timeout=_START_S - (time.monotonic() - began))
