"""The same work on a Dask cluster: months are derived and chapters run wherever a worker is free.

Workers need the book's locked environment and nothing else: the package and what it reads travel to them once, into
Dask's own folder. The scheduler and its workers run what they are sent: they belong on a network that is trusted.
"""

import contextlib
import io
import os
import pickle
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import metalsbook
from metalsbook import store
from metalsbook.derived import derived_folder, is_derived, keep_derived
from metalsbook.errors import BookError, ChapterError, ClusterError, UsageError
from metalsbook.months import step_month
from metalsbook.paths import project_root, snapshots_folder
from metalsbook.publish.work import READ_BY_CHAPTERS, Job, Ran, derive_here, run_here

ANSWER_LIMIT_S = 30.0
"""Seconds that a scheduler, and then a first worker, have to answer."""
LOST_LIMIT_S = 60.0
"""Seconds without any worker after which a run is given up."""
_POLL_S = 2.0
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})")
_AGAIN = "Run the command again: what is done is kept"
Files = dict[str, bytes]


class Cluster:
    """A connection to a scheduler whose workers all have the packages that this machine has; use it in a `with`.

    Raises:
        UsageError: If the address is none, `distributed` is not installed, or a machine has other versions.
        ClusterError: If no scheduler or no worker answers.
    """

    def __init__(self, address: str):
        found = _ADDRESS.fullmatch(address)
        if not found or not 0 < int(found[1]) < 65536:
            raise UsageError(
                f"'{address}' is not a scheduler's address", "Give it as tcp://HOST:PORT or tls://HOST:PORT"
            )
        self._address = address
        try:
            import distributed
        except ImportError:
            raise UsageError(
                "A cluster needs the package distributed, which is not installed here",
                "Run `make setup-all`, or: pip install --require-hashes -r requirements.txt -r requirements-test.txt",
            ) from None
        if address.startswith("tls:") and not distributed.Security().get_connection_args("client").get("ssl_context"):
            raise UsageError(
                f"No certificates are named for {address}",
                "Name them in Dask's configuration, under distributed.comm.tls",
            )
        self._dask = distributed

    def __enter__(self) -> "Cluster":
        try:
            self._client = self._dask.Client(self._address, timeout=ANSWER_LIMIT_S)
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"No scheduler answers at {self._address}", "Start one: dask scheduler") from error
        try:
            self._client.wait_for_workers(1, timeout=ANSWER_LIMIT_S)
            self._check_versions()
        except TimeoutError as error:
            self._client.close()
            todo = f"Start one: dask worker {self._address}"
            raise ClusterError(f"The scheduler {self._address} has no worker", todo) from error
        except BaseException:
            self._client.close()
            raise
        self._name = f"book-{uuid.uuid4().hex[:12]}"
        self._book = self._send(_pack_book())
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, self._dask.CancelledError):
            name = self._name
            self._client.run(lambda dask_worker: shutil.rmtree(Path(dask_worker.local_directory) / name, True))
        self._client.close()

    def _check_versions(self) -> None:
        from packaging.requirements import Requirement

        wanted = [Requirement(text) for text in metadata.requires("metalsbook") or ()]
        with warnings.catch_warnings():
            # Dask only warns; its words have a table of who has what.
            warnings.simplefilter("error")
            try:
                self._client.get_versions(check=True, packages=[one.name for one in wanted if one.marker is None])
            except UserWarning as warning:
                todo = "Set it up from the same clone with `make setup-all`, then start it again"
                raise UsageError(f"A machine of {self._address} has other packages: {warning}", todo) from None

    def _send(self, content: Any) -> Any:
        """Give something to the cluster: a worker gets it once, and where it is lost the scheduler has it still."""
        return self._client.submit(lambda content: content, content, pure=False)

    def derive(self, months: list[str]) -> Iterator[tuple[int, float | Exception]]:
        """Derive months and keep what they derive; yield each one's place, and the seconds it took or its error."""
        started = time.monotonic()
        calls = [(_derive, month, []) for month in months]
        for place, result in self._collect(calls, [f"The snapshot {month}" for month in months]):
            if not isinstance(result, Exception):
                keep_derived(months[place], result)
                if not is_derived(months[place]):
                    raise ClusterError(f"What a worker made of the snapshot {months[place]} is damaged", _AGAIN)
                result = time.monotonic() - started
            yield place, result

    def run(self, jobs: list[Job]) -> Iterator[tuple[int, Ran | BookError]]:
        """Run chapters, those of a month on one worker; yield each one's place, and the run or its error."""
        places: dict[str, list[int]] = {}
        for place, job in enumerate(jobs):
            places.setdefault(str(job.parameters["month"]), []).append(place)
        needed = {each for month in places for each in (step_month(month, -1), month) if is_derived(each)}
        parts = {month: self._send(_pack_derived(month)) for month in sorted(needed)}
        calls = [
            (_run, [jobs[place] for place in own], [parts[each] for each in (step_month(m, -1), m) if each in parts])
            for m, own in places.items()
        ]
        for number, result in self._collect(calls, [f"The chapters of {month}" for month in places]):
            own = list(places.values())[number]
            yield from zip(own, [result] * len(own) if isinstance(result, Exception) else result, strict=True)

    def _collect(self, calls: list[tuple[Callable, Any, list]], names: list[str]) -> Iterator[tuple[int, Any]]:
        """Submit calls and yield each one's place and result, or the error that it ends with."""
        waiting = {}
        for place, (function, argument, parts) in enumerate(calls):
            asked = pickle.dumps((function, argument))
            waiting[self._client.submit(_by_value(_work), self._name, self._book, asked, *parts, pure=False)] = place
        seen = time.monotonic()
        while waiting:
            try:
                done = self._dask.wait(list(waiting), timeout=_POLL_S, return_when="FIRST_COMPLETED").done
                seen = time.monotonic()
            except TimeoutError:
                done = []
                if self._client.status == "running" and self._client.nthreads():
                    seen = time.monotonic()
                elif time.monotonic() - seen > LOST_LIMIT_S:
                    raise ClusterError(f"All workers of {self._address} were lost", _AGAIN) from None
            except (OSError, self._dask.CancelledError) as error:
                raise ClusterError(f"The scheduler {self._address} was lost", _AGAIN) from error
            for future in done:
                place = waiting.pop(future)
                yield place, self._result_of(future, names[place])

    def _result_of(self, future: Any, name: str) -> Any:
        if future.status == "finished":
            return pickle.loads(future.result())
        error = future.exception()
        if isinstance(error, self._dask.KilledWorker):
            lost = error.allowed_failures + 1
            return ChapterError(f"{name}: {lost} workers were lost while they ran it", "Was their memory full?")
        raise ClusterError(f"{name}: no worker could run it ({type(error).__name__}: {error})", _AGAIN)


def _pack_book() -> bytes:
    """Return what a worker needs of the book as a zip file: the package, snapshots, and what else chapters read."""
    root, package = project_root(), Path(metalsbook.__file__).parent
    read = [snapshots_folder(), *(root / name for name in READ_BY_CHAPTERS)]
    files = {name: root / name for name in store.hash_each(read, root)}
    files |= {name: package.parent / name for name in store.hash_each([package], package.parent)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("chapters/", "")
        for name, path in files.items():
            archive.write(path, name)
    return packed.getvalue()


def _pack_derived(month: str) -> Files:
    folder = derived_folder(month)
    return {f"_build/derived/{month}/{path.name}": path.read_bytes() for path in sorted(folder.iterdir())}


def _derive(month: str) -> Files:
    [(_, result)] = derive_here([month])
    if isinstance(result, Exception):
        raise result
    return {path.name: path.read_bytes() for path in sorted(derived_folder(month).iterdir())}


def _run(jobs: list[Job]) -> list[Ran | BookError]:
    here = [replace(job, folder=str(project_root() / "chapters")) for job in jobs]
    results = dict(run_here(here, workers=1))
    return [results[place] for place in range(len(jobs))]


def _by_value(function: Callable) -> Callable:
    """Return a function that travels by its code: a worker may have another version of the book, or none."""
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    # A lambda: what has a name in a module is looked up there first.
    return lambda *arguments: function(*arguments)


def _work(name: str, book: bytes, asked: bytes, *parts: dict[str, bytes]) -> bytes:
    """Lay out the book in the worker's folder and let a process of its own answer; it ends with the worker."""
    from distributed import get_worker

    root = Path(get_worker().local_directory) / name
    if not (root / "chapters").is_dir():
        zipfile.ZipFile(io.BytesIO(book)).extractall(root)
    for place, content in (item for files in parts for item in files.items()):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(content)
    process = subprocess.Popen(
        [sys.executable, "-m", "metalsbook.publish.cluster"],
        env={**os.environ, "METALSBOOK_ROOT": str(root), "PYTHONPATH": str(root)},
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    # Its input stays open until it has ended: where it closes before, the worker is gone, and the process ends too.
    with process.stdin, process.stdout:
        process.stdin.write(asked)
        process.stdin.flush()
        answer = process.stdout.read()
        process.wait()
    if process.returncode:
        raise RuntimeError(f"its process ended with {process.returncode}")
    return answer


def _answer() -> None:
    """Do what the worker asks for on standard input, answer on standard output, and end where the worker ends."""
    answers = os.dup(1)
    os.dup2(2, 1)
    function, argument = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_worker, daemon=True).start()
    try:
        result = function(argument)
    except (BookError, OSError) as error:
        result = error
    with os.fdopen(answers, "wb") as out:
        pickle.dump(result, out)


def _end_with_worker() -> None:
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    _answer()
