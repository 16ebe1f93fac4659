"""One build at a time: a lock that the system frees when its holder ends, however it ends."""

import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from metalsbook.errors import BookError, BusyError
from metalsbook.paths import build_folder

# The byte that is locked lies behind the text, which others read while it is held.
_LOCKED_BYTE = 1 << 20
_PAUSE_S = 0.1
_held: set[Path] = set()


@contextlib.contextmanager
def hold_build_lock(what: str, path: Path | None = None) -> Iterator[None]:
    """Hold the lock of the build folder; a holder that takes it again already has it.

    Args:
        what: What the holder does, for whoever finds the lock taken: "book --month 2025-11".
        path: The lock file; `_build/lock` by default. It stays behind: removing it would let two builds in.

    Raises:
        BusyError: If another process holds it; the message names that process and what it does.
        BookError: If the lock file cannot be written.
    """
    path = (path or build_folder() / "lock").resolve()
    if path in _held:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise BookError(f"Cannot write {path} ({error.strerror})", "Make its folder writable") from error
    with file:
        if not _try_lock(file):
            raise BusyError(f"Another build is running: {_describe_holder(file)}", "Wait until it has ended, or end it")
        _held.add(path)
        try:
            _name_holder(file, what)
            yield
        finally:
            _held.discard(path)
            file.truncate(0)


@contextlib.contextmanager
def wait_turn(path: Path) -> Iterator[None]:
    """Let one process at a time do what follows; the others wait. Where no lock file can be written nobody waits."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError:
        yield
        return
    with file:
        _wait_for_lock(file)
        yield


def _name_holder(file: BinaryIO, what: str) -> None:
    file.truncate(0)
    file.write(json.dumps({"process": os.getpid(), "machine": platform.node(), "what": what}).encode())


def _describe_holder(file: BinaryIO) -> str:
    try:
        file.seek(0)
        holder = json.loads(file.read(_LOCKED_BYTE))
        return f"{holder['what']} (process {holder['process']} on {holder['machine']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not given its name"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait_for_lock(file: BinaryIO) -> None:
        while not _try_lock(file):
            time.sleep(_PAUSE_S)
else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_for_lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
