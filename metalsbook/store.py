"""Files that are whole or absent: written, put in place in one step, locked, and kept for the next run.

What is kept stands beside the hashes of what it was made from. Where one of these is another now, or the file is
damaged or of another name, it is not used, and is made again.
"""

import contextlib
import ctypes
import glob
import hashlib
import json
import os
import platform
import shutil
import sys
import sysconfig
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import metalsbook
from metalsbook.errors import BusyError
from metalsbook.paths import build_folder

FORMAT = "2"
"""Of kept files: one written by another version of this module is not used."""
_EXCHANGE, _HERE = 2, -100


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there completely or not at all, whenever the process ends."""
    write_all_whole({path: content})


def write_all_whole(contents: Mapping[Path, bytes]) -> None:
    """Write several files, each whole; where one cannot be written none is. A file that is the same already stays."""
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            # What a run that was killed had staged: one build at a time writes here.
            for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
                left.unlink(missing_ok=True)
            staged[path] = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
            staged[path].write_bytes(content)
        for path, temporary in staged.items():
            temporary.replace(path)
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def put_in_place(built: Path, target: Path) -> None:
    """Make `built` the folder `target`; what stood there is removed afterwards.

    Where the system can exchange two folders in one step (Linux), `target` is there at every moment; elsewhere it is
    gone between two renames, and `recover` brings it back if the process ends just then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".old-{target.name}-{uuid.uuid4().hex[:8]}")
    if not target.exists():
        built.rename(target)
    elif _exchange(built, target):
        built.rename(old)
    else:
        target.rename(old)
        built.rename(target)
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` for what may take its place; what is left of it, or of others, goes."""
    recover(target.parent)
    folder = target.with_name(f".staged-{target.name}-{uuid.uuid4().hex[:8]}")
    try:
        folder.mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step and return whether the system could."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return call is not None and call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def recover(folder: Path) -> None:
    """Bring back what a process that was ended between two renames left aside, and remove its other leavings."""
    for left in folder.glob(".staged-*"):
        shutil.rmtree(left, ignore_errors=True)
    for old in sorted(folder.glob(".old-*")):
        target = folder / old.name[len(".old-") : -len("-00000000")]
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)


@contextlib.contextmanager
def hold_build_lock(what: str) -> Iterator[None]:
    """Hold the lock of the build folder, which the system frees however its holder ends; a holder may take it again.

    `what` the holder does ("book --month 2025-11") is told to whoever finds the lock taken.

    Raises:
        BusyError: If another process holds it; the message names that process and what it does.
    """
    # Imported here: most commands lock nothing, and the command line answers at once.
    import filelock

    path = build_folder() / "lock"
    holder = path.with_name("lock.holder")
    lock = filelock.FileLock(path, timeout=0, is_singleton=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with lock:
            if lock.lock_counter == 1:
                holder.write_text(f"{what} (process {os.getpid()} on {platform.node()})", "utf-8")
            try:
                yield
            finally:
                if lock.lock_counter == 1:
                    holder.unlink(missing_ok=True)
    except filelock.Timeout:
        who = holder.read_text("utf-8", "replace") if holder.is_file() else "it has not given its name"
        raise BusyError(f"Another build is running: {who}", "Wait until it has ended, or end it") from None


@contextlib.contextmanager
def take_turn(path: Path) -> Iterator[None]:
    """Let one process at a time do what follows; the others wait. Where no lock file can be written nobody waits."""
    import filelock

    lock = filelock.FileLock(path)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


class Kept(NamedTuple):
    """What is kept in a file, or None, and why."""

    content: bytes | None
    why: str


def look_up(path: Path, made_from: Mapping[str, str]) -> Kept:
    """Return what is kept in a file where it was made from these things, each name with its hash."""
    try:
        head, _, content = path.read_bytes().partition(b"\n")
        entry = json.loads(head)
        before = dict(entry["made_from"])
        if entry["seal"] != _seal(path.name, before, content):
            return Kept(None, "what was kept is damaged")
    except FileNotFoundError:
        return Kept(None, "never run before")
    except (OSError, ValueError, KeyError, TypeError):
        return Kept(None, "what was kept is damaged")
    changed = [name for name in {**made_from, **before} if made_from.get(name) != before.get(name)]
    return Kept(None, f"changed: {', '.join(changed)}") if changed else Kept(content, "nothing changed")


def keep(path: Path, made_from: Mapping[str, str], content: bytes) -> None:
    """Keep what was made from these things; where it cannot be written, the book goes on without."""
    entry = {"made_from": dict(made_from), "seal": _seal(path.name, made_from, content)}
    with contextlib.suppress(OSError):
        write_whole(path, json.dumps(entry).encode() + b"\n" + content)


def kept_or_made(path: Path, make: Callable[[], bytes], made_from: Mapping[str, str] | None = None) -> bytes:
    """Return what is kept in a file where it was made from these things, or make and keep it."""
    content = look_up(path, made_from or {}).content
    if content is None:
        content = make()
        keep(path, made_from or {}, content)
    return content


def _seal(name: str, made_from: Mapping[str, str], content: bytes) -> str:
    """Return the hash that binds content to its name and to what it came from."""
    head = json.dumps([FORMAT, name, sorted(made_from.items())])
    return hashlib.sha256(head.encode() + b"\n" + content).hexdigest()


def hash_text(text: str) -> str:
    """Return the hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def find_files(places: Iterable[Path], base: Path) -> dict[str, Path]:
    """Return each file at and below some places, by its name as seen from `base`, in the order of names.

    Bytecode and editors' copies do not count.
    """
    files = {path for place in places for path in (place, *place.rglob("*")) if path.is_file()}
    names = {os.path.relpath(path, base).replace(os.sep, "/"): path for path in files}
    left_out = ("__pycache__/", ".ipynb_checkpoints/")
    return {name: path for name, path in sorted(names.items()) if not any(part in name for part in left_out)}


def hash_each(places: Iterable[Path], base: Path) -> dict[str, str]:
    """Return the hash of each of `find_files`, by its name."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in find_files(places, base).items()}


def hash_all(places: Iterable[Path], base: Path) -> str:
    """Return one hash of the names and bytes of all files at and below some places."""
    return hash_text(json.dumps(hash_each(places, base)))


def hash_package(*parts: str) -> str:
    """Return one hash of the files of the package, or of some rooms and modules of it."""
    folder = Path(metalsbook.__file__).resolve().parent
    return hash_all([folder / part for part in parts or ("",)], folder)


def describe_environment() -> str:
    """Return one hash of the installed packages' names and versions, of Python's version and of the kind of machine."""
    folders = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    installed = sorted(path.name for folder in folders for path in folder.glob("*.dist-info"))
    return hash_text("\n".join([sys.version, sys.platform, platform.machine(), *installed]))
