"""The same jobs on a Dask cluster: months are derived and chapters run wherever a worker is free.

Workers need the book's locked environment and nothing else: no shared disk, no folder of the same name. What a job
reads travels to a worker once for each month, and the executed notebook comes back. The scheduler and its workers run
what they are sent: they belong on a network that is trusted.
"""

import contextlib
import queue
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from metalsbook.errors import BookError, ChapterError, ClusterError, UsageError
from metalsbook.months import step_month
from metalsbook.paths import snapshots_folder
from metalsbook.publish import travel, versions
from metalsbook.publish.run import Job, Ran
from metalsbook.publish.workers import find_imports

if TYPE_CHECKING:
    from distributed import Future

    from metalsbook.publish import cluster_worker

ANSWER_LIMIT_S = 15.0
"""Seconds that a scheduler, and then a first worker, have to answer."""
LOST_LIMIT_S = 60.0
"""Seconds without any worker after which a run is given up."""
_POLL_S = 2.0
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})")
_EVENTS = "all"
_AGAIN = "Run the command again: what is done is kept"


def parse_address(text: str) -> str:
    """Return the address of a scheduler.

    Raises:
        UsageError: If it is not tcp:// or tls:// with a host and a port.
    """
    found = _ADDRESS.fullmatch(text)
    if not found or not 0 < int(found[1]) < 65536:
        raise UsageError(f"'{text}' is not a scheduler's address", "Give it as tcp://HOST:PORT or tls://HOST:PORT")
    return text


class Cluster:
    """A connection to a scheduler whose workers all have what the lock file says; use it in a `with`.

    Raises:
        UsageError: If the address is none, `distributed` is not installed, or a machine has other versions.
        ClusterError: If no scheduler or no worker answers.
    """

    def __init__(self, address: str):
        self._address = parse_address(address)
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
        self._distributed = distributed
        self._name = uuid.uuid4().hex[:12]
        self._news: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._workers: set[str] = set()

    def __enter__(self) -> "Cluster":
        try:
            self._client = self._distributed.Client(self._address, timeout=ANSWER_LIMIT_S, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"No scheduler answers at {self._address}", "Start one: dask scheduler") from error
        try:
            self._check_workers()
        except BaseException:
            self._client.close()
            raise
        self._client.subscribe_topic(_EVENTS, lambda event: self._news.put(("event", event[1])))
        return self

    def __exit__(self, *_: object) -> None:
        # What the workers keep is theirs to remove where they can no longer be asked.
        with contextlib.suppress(OSError, TimeoutError, self._distributed.CancelledError):
            from metalsbook.publish.cluster_worker import forget

            if self._client.status == "running":
                self._client.run(forget, self._name)
        self._client.close()

    def _check_workers(self) -> None:
        import cloudpickle

        try:
            self._client.wait_for_workers(1, timeout=ANSWER_LIMIT_S)
        except TimeoutError as error:
            raise ClusterError(
                f"The scheduler {self._address} has no worker", f"Start one: dask worker {self._address}"
            ) from error
        self._needed = versions.needed_versions()
        names, describe = [*self._needed], versions.describe_machine
        # By its code: a worker that has another version of the book, or none, can say so.
        cloudpickle.register_pickle_by_value(versions)
        try:
            found = self._client.run(lambda: describe(names))
        finally:
            cloudpickle.unregister_pickle_by_value(versions)
        for address, there in sorted(found.items()):
            versions.check_machine(f"Worker {address}", there, self._needed)
        self._workers.update(found)

    def derive(self, months: list[str], progress: Callable[[str], None]) -> Iterator[float]:
        """Derive months on the workers, put what they make where it would be made here, and yield each one's seconds.

        Raises:
            BookError: As raised where a month is derived; the first by month.
            ClusterError: If the cluster was lost.
        """
        from metalsbook.publish.cluster_worker import derive_month

        run, started = self._describe_run(), time.monotonic()
        calls = [(derive_month, run, month, self._send(month, travel.pack_month(month))) for month in months]
        named = [f"The snapshot {month}" for month in months]
        ended: dict[int, BookError | float] = {}
        for place, result in self._collect(calls, named, progress):
            if not isinstance(result, BookError):
                travel.keep_derived(months[place], result)
            ended[place] = result if isinstance(result, BookError) else time.monotonic() - started
        for place in sorted(ended):
            if isinstance(ended[place], BookError):
                raise ended[place]
            yield ended[place]

    def run(self, jobs: list[Job], progress: Callable[[str], None]) -> Iterator[tuple[int, Ran | BookError]]:
        """Run chapters on the workers and yield each one's place and result as it comes back.

        Raises:
            ClusterError: If the cluster was lost.
        """
        from metalsbook.publish.cluster_worker import run_chapter

        run = self._describe_run(find_imports(jobs))
        common = self._send("common", travel.pack_common())
        months = {month for job in jobs for month in _months_of(job)}
        parts = {month: self._send(month, travel.pack_month(month)) for month in sorted(months)}
        calls = [(run_chapter, run, job, common, *(parts[month] for month in _months_of(job))) for job in jobs]
        named = [f"Chapter '{job.name}' of {job.parameters['month']}" for job in jobs]
        progress(f"  {len(jobs)} chapters go to {self._address}, which has {len(self._workers)} workers")
        return self._collect(calls, named, progress)

    def _describe_run(self, modules: Iterable[str] = ()) -> "cluster_worker.Run":
        from metalsbook.publish.cluster_worker import Run

        return Run(self._name, tuple(self._needed.items()), tuple(modules))

    def _send(self, what: str, files: travel.Files) -> "Future":
        """Give files to the cluster and return what stands for them in the arguments of jobs.

        They are the result of a task: a worker gets them once, and where that one is lost the scheduler has them still.
        """
        from metalsbook.publish.cluster_worker import hold

        return self._client.submit(hold, files, key=f"files-{what}-{self._name}-{uuid.uuid4().hex[:6]}", pure=False)

    def _collect(
        self, calls: list[tuple], named: list[str], progress: Callable[[str], None]
    ) -> Iterator[tuple[int, Any]]:
        """Submit calls and yield each one's place and result; a job whose workers were lost ends with an error."""
        waiting = {}
        for place, (function, *arguments) in enumerate(calls):
            key = f"{function.__name__}-{self._name}-{uuid.uuid4().hex[:6]}"
            future = self._client.submit(function, *arguments, key=key, pure=False)
            waiting[key] = place, future
            future.add_done_callback(lambda done: self._news.put(("done", done.key)))
        quiet_since = time.monotonic()
        while waiting:
            try:
                kind, news = self._news.get(timeout=_POLL_S)
            except queue.Empty:
                self._check_alive(quiet_since)
                continue
            quiet_since = time.monotonic()
            if kind == "event":
                self._note(news, progress)
            elif news in waiting:
                place, future = waiting.pop(news)
                yield place, self._result_of(future, named[place])

    def _result_of(self, future: "Future", named: str) -> Any:
        if future.status == "finished":
            return future.result()
        if future.status != "error":
            raise ClusterError(f"The scheduler {self._address} was lost", _AGAIN)
        error = future.exception()
        if isinstance(error, self._distributed.KilledWorker):
            lost = error.allowed_failures + 1
            return ChapterError(f"{named}: {lost} workers were lost while they ran it", "Was their memory full?")
        raise ClusterError(f"{named}: no worker could run it ({type(error).__name__}: {error})", _AGAIN)

    def _note(self, event: dict[str, Any], progress: Callable[[str], None]) -> None:
        """Keep account of who works, and tell of a worker that was lost."""
        if event.get("action") == "add-worker":
            self._workers.add(event["worker"])
        elif event.get("action") == "remove-worker":
            self._workers.discard(event["worker"])
            jobs = sum(self._name in str(key) for key in event["processing-tasks"])
            if jobs:
                progress(f"  worker {event['worker']} was lost: its jobs ({jobs}) run again elsewhere")

    def _check_alive(self, quiet_since: float) -> None:
        """Give a run up that nobody works on.

        Raises:
            ClusterError: If the scheduler is gone, or has had no worker for long.
        """
        quiet_s = time.monotonic() - quiet_since
        if self._client.status != "running" and quiet_s > ANSWER_LIMIT_S:
            raise ClusterError(f"The scheduler {self._address} was lost", _AGAIN)
        if not self._workers and quiet_s > LOST_LIMIT_S:
            raise ClusterError(f"All workers of {self._address} were lost", _AGAIN)


def _months_of(job: Job) -> list[str]:
    """Return the months whose snapshots a chapter reads: its own and the one that it is compared with."""
    month = str(job.parameters["month"])
    return [each for each in (step_month(month, -1), month) if (snapshots_folder() / each).is_dir()]
