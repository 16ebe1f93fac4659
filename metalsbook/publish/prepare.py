"""Derive what editions need before their chapters run: it can take minutes, and the chapters then share it.

Each month is derived in a process of its own, `python -m metalsbook.publish.prepare MONTH`, which ends with its caller.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from metalsbook import errors
from metalsbook.months import step_month
from metalsbook.paths import snapshots_folder
from metalsbook.publish.derived import is_derived
from metalsbook.publish.environment import child_environment, last_words
from metalsbook.snapshots.package import check_files

Deriver = Callable[[list[str]], Iterable[float]]
"""Derives months and gives the seconds that each took, in their order."""


def prepare_editions(
    months: Iterable[str], workers: int, progress: Callable[[str], None], derive: Deriver | None = None
) -> None:
    """Derive what is not derived yet for these months and for those before them, which they are compared with.

    Args:
        months: Months with a snapshot, "YYYY-MM".
        workers: How many are derived at once.
        progress: Called with a line of text for every month.
        derive: Derives elsewhere; by default it is done here, side by side.

    Raises:
        SnapshotError: If a file of a snapshot is not the one that was frozen.
        BookError: As raised where an edition is opened or derived; the first by month.
    """
    wanted = sorted({each for month in months for each in (month, step_month(month, -1))})
    there = [month for month in wanted if (snapshots_folder() / month).is_dir()]
    for month in there:
        check_files(snapshots_folder() / month)
    missing = [month for month in there if not is_derived(month)]
    if not missing:
        return
    progress(f"  reconciling {', '.join(missing)}: this takes a while, once for each snapshot")
    for month, seconds in zip(missing, derive(missing) if derive else _derive_here(missing, workers), strict=True):
        progress(f"  {month} reconciled in {seconds:.1f} s")


def _derive_here(months: list[str], workers: int) -> Iterator[float]:
    with ThreadPoolExecutor(max_workers=workers) as pool:
        yield from pool.map(derive_apart, months)


def derive_apart(month: str, root: Path | None = None) -> float:
    """Derive a month in a process of its own and return the seconds it took.

    Args:
        month: A month with a snapshot.
        root: Top folder of the book that has it; this process's own by default.

    Raises:
        BookError: As raised where the edition is opened or derived.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="derive-") as private, tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "metalsbook.publish.prepare", month],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=child_environment(Path(private), root),
        )
        # Its input stays open: when the caller ends, however it ends, the process sees that and ends too.
        with process.stdin, process.stdout:
            said = process.stdout.read()
        if process.wait():
            raise _read_error(month, said, last_words(stderr))
    return time.monotonic() - started


def _read_error(month: str, said: bytes, complaint: str) -> errors.BookError:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        error = json.loads(said)
        return getattr(errors, error["kind"])(error["what"], error["todo"])
    return errors.BookError(f"The snapshot {month} could not be reconciled ({complaint or 'its process ended'})")


def _end_with_caller() -> None:
    os.read(0, 1)
    os._exit(1)


def _main(month: str) -> int:
    threading.Thread(target=_end_with_caller, daemon=True).start()
    from metalsbook.edition import open_edition

    try:
        len(open_edition(month).estimates)
    except errors.BookError as error:
        print(json.dumps({"kind": type(error).__name__, "what": error.what, "todo": error.todo}))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
