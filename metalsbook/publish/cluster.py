"""The same work on a Dask cluster: months are derived and chapters run wherever a worker is free.

Workers need the book's locked environment and nothing else: the package and what it reads travel to them, into Dask's
own folder. The scheduler and its workers run what they are sent: they belong on a network that is trusted.
"""

import contextlib
import io
import os
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import metalsbook
from metalsbook import store
from metalsbook.derived import derived_folder, is_derived
from metalsbook.errors import BookError, ClusterError, UsageError
from metalsbook.paths import build_folder, project_root, snapshots_folder
from metalsbook.publish.work import READ_BY_CHAPTERS, Job, Ran, derive_here, run_here

# For a scheduler, and then a first worker, to answer; without any worker, until a run is given up.
ANSWER_LIMIT_S, LOST_LIMIT_S = 30.0, 60.0
_POLL_S = 2.0
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})")
_AGAIN = "Run the command again: what is done is kept"


class Cluster:
    """A connection to a scheduler whose workers all have the packages that this machine has; use it in a `with`."""

    def __init__(self, address: str):
        found = _ADDRESS.fullmatch(address)
        if not found or not 0 < int(found[1]) < 65536:
            todo = "Give it as tcp://HOST:PORT or tls://HOST:PORT"
            raise UsageError(f"'{address}' is not a scheduler's address", todo)
        self._address = address
        try:
            import distributed
        except ImportError:
            raise UsageError(
                "A cluster needs the package distributed, which is not installed here",
                "Run `make setup-all`, or: pip install --require-hashes -r requirements.txt -r requirements-test.txt",
            ) from None
        if address.startswith("tls:") and not distributed.Security().get_connection_args("client").get("ssl_context"):
            todo = "Name them in Dask's configuration, under distributed.comm.tls"
            raise UsageError(f"No certificates are named for {address}", todo)
        self._dask = distributed

    def __enter__(self) -> "Cluster":
        try:
            self._client = self._dask.Client(self._address, timeout=ANSWER_LIMIT_S)
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"No scheduler answers at {self._address}", "Start one: dask scheduler") from error
        with contextlib.ExitStack() as stack:
            stack.callback(self._client.close)
            try:
                self._client.wait_for_workers(1, timeout=ANSWER_LIMIT_S)
            except TimeoutError as error:
                todo = f"Start one: dask worker {self._address}"
                raise ClusterError(f"The scheduler {self._address} has no worker", todo) from error
            self._check_versions()
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def _check_versions(self) -> None:
        needed = [re.split(r"[^\w.-]", text)[0] for text in metadata.requires("metalsbook") or () if ";" not in text]
        with warnings.catch_warnings():
            # Dask only warns; its words have a table of who has what.
            warnings.simplefilter("error")
            try:
                self._client.get_versions(check=True, packages=needed)
            except UserWarning as warning:
                todo = "Set it up from the same clone with `make setup-all`, then start it again"
                raise UsageError(f"A machine of {self._address} has other packages: {warning}", todo) from None

    def derive(self, months: list[str]) -> Iterator[tuple[int, float | Exception]]:
        """Derive months and keep what they derive; yield each one's place, and the seconds it took or its error."""
        for place, result in self._collect(_derive, {f"The snapshot {month}": month for month in months}):
            if isinstance(result, tuple):
                files, result = result
                store.write_all_whole(
                    {derived_folder(months[place]) / name: content for name, content in files.items()}
                )
                if not is_derived(months[place]):
                    raise ClusterError(f"What a worker made of the snapshot {months[place]} is damaged", _AGAIN)
            yield place, result

    def run(self, jobs: list[Job]) -> Iterator[tuple[int, Ran | BookError]]:
        """Run chapters, those of a month on one worker; yield each one's place, and the run or its error."""
        months = {job.month: [place for place, each in enumerate(jobs) if each.month == job.month] for job in jobs}
        asked = {f"The chapters of {month}": [jobs[place] for place in places] for month, places in months.items()}
        for number, result in self._collect(_run, asked):
            places = list(months.values())[number]
            yield from zip(places, [result] * len(places) if isinstance(result, BookError) else result, strict=True)

    def _collect(self, function: Callable, asked: dict[str, Any]) -> Iterator[tuple[int, Any]]:
        """Let workers call a function of this module; yield each call's place and its result or error as it is done."""
        import cloudpickle

        # The function travels by its code, in a lambda since a named one is looked up there first: a worker may have
        # another version of the book, or none.
        cloudpickle.register_pickle_by_value(sys.modules[__name__])
        book = self._client.submit(lambda content: content, _pack_book(), pure=False)
        calls = [pickle.dumps((function, argument)) for argument in asked.values()]
        waiting = {
            self._client.submit(lambda *given: _work(*given), book, call, pure=False): place
            for place, call in enumerate(calls)
        }
        seen = time.monotonic()
        while waiting:
            try:
                done = self._dask.wait(list(waiting), timeout=_POLL_S, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                done = []
            except (OSError, self._dask.CancelledError) as error:
                raise ClusterError(f"The scheduler {self._address} was lost", _AGAIN) from error
            if done or (self._client.status == "running" and self._client.nthreads()):
                seen = time.monotonic()
            elif time.monotonic() - seen > LOST_LIMIT_S:
                raise ClusterError(f"All workers of {self._address} were lost", _AGAIN)
            for future in done:
                place = waiting.pop(future)
                result = self._result_of(future, list(asked)[place])
                # Else it is worked out again where its worker is lost, though it is here.
                future.release()
                yield place, result

    def _result_of(self, future: Any, name: str) -> Any:
        if future.status == "finished":
            return pickle.loads(future.result())
        error = future.exception()
        if isinstance(error, self._dask.KilledWorker):
            return ClusterError(f"{name}: {error.allowed_failures + 1} workers were lost while they ran it", _AGAIN)
        raise ClusterError(f"{name}: no worker could run it ({type(error).__name__}: {error})", _AGAIN)


def _pack_book() -> bytes:
    """Return what a worker needs of the book as a zip file: the package, snapshots, and what else chapters read."""
    root, package = project_root(), Path(metalsbook.__file__).parent
    read = [snapshots_folder(), build_folder() / "derived", *(root / name for name in READ_BY_CHAPTERS)]
    # Where a book has no words of its own, its chapters use those beside the package.
    own = [package, package.parent / "chapters" / "words"]
    files = store.find_files(own, package.parent) | store.find_files(read, root)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.write(path, name)
    return packed.getvalue()


def _work(book: bytes, asked: bytes) -> bytes:
    """Lay out the book in the worker's folder and let a process of its own answer; it ends with the worker."""
    from distributed import get_worker

    with tempfile.TemporaryDirectory(prefix="book-", dir=get_worker().local_directory) as place:
        root = Path(place)
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            archive.extractall(root)
        (root / "asked").write_bytes(asked)
        # Its input stays open until it has ended: where it closes before, the worker is gone.
        with subprocess.Popen(
            [sys.executable, "-m", "metalsbook.publish.cluster"],
            env={**os.environ, "METALSBOOK_ROOT": place, "PYTHONPATH": place},
            cwd=place,
            stdin=subprocess.PIPE,
        ) as process:
            process.wait()
        if process.returncode:
            raise RuntimeError(f"its process ended with {process.returncode}")
        return (root / "answer").read_bytes()


def _answer() -> None:
    """Do what the worker asks for, in its folder, and end where the worker ends."""
    threading.Thread(target=lambda: os.read(0, 1) or os._exit(1), daemon=True).start()
    function, argument = pickle.loads(Path("asked").read_bytes())
    try:
        result = function(argument)
    except (BookError, OSError) as error:
        result = error
    Path("answer").write_bytes(pickle.dumps(result))


def _derive(month: str) -> tuple[dict[str, bytes], float] | Exception:
    [(_, result)] = derive_here([month])
    files = sorted(derived_folder(month).iterdir()) if isinstance(result, float) else []
    return ({path.name: path.read_bytes() for path in files}, result) if files else result


def _run(jobs: list[Job]) -> list[Ran | BookError]:
    results = dict(run_here([replace(job, folder=str(project_root())) for job in jobs], workers=1))
    return [results[place] for place in range(len(jobs))]


if __name__ == "__main__":
    _answer()
