"""What travels to a cluster's workers and back: files of the book, as bytes by their place below its top folder."""

import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

from metalsbook.errors import SnapshotError
from metalsbook.paths import build_folder, project_root, snapshots_folder
from metalsbook.publish.derived import is_derived
from metalsbook.publish.notebooks import write_whole
from metalsbook.snapshots.package import PACKAGE
from metalsbook.swap import put_in_place

Files = dict[str, bytes]
# Beside its month's data a chapter reads these, and the list of the snapshots that there are.
_READ_BY_ALL = ("requirements.txt", "benchmarks/speed.csv")


def pack_common() -> Files:
    """Return what chapters of every month read."""
    root = project_root()
    paths = [root / name for name in _READ_BY_ALL]
    return _pack([*(path for path in paths if path.is_file()), *snapshots_folder().glob(f"[0-9]*/{PACKAGE}")])


def pack_month(month: str) -> Files:
    """Return a month's snapshot, and what was derived from it where that is there."""
    derived = (build_folder() / "derived" / month).iterdir() if is_derived(month) else ()
    return _pack([*(snapshots_folder() / month).iterdir(), *derived])


def pack_derived(root: Path, month: str) -> Files:
    """Return what was derived from a month's snapshot in the book at `root`, by the names of the files alone."""
    folder = root / "_build" / "derived" / month
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def unpack(files: Files, root: Path) -> None:
    """Write files into the book at `root`; those that are there already stay."""
    for name, content in files.items():
        path = root / name
        if not path.is_file():
            write_whole(path, content)


def keep_derived(month: str, files: Files) -> None:
    """Put what a worker derived where what is derived here would be.

    Raises:
        SnapshotError: If it is not whole, or not what this method makes of this snapshot.
    """
    target = build_folder() / "derived" / month
    staged = target.with_name(f".{month}-{uuid.uuid4().hex[:8]}")
    staged.mkdir(parents=True)
    try:
        for name, content in files.items():
            (staged / Path(name).name).write_bytes(content)
        put_in_place(staged, target)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    if not is_derived(month):
        raise SnapshotError(f"What a worker made of the snapshot {month} is damaged", "Run the command again")


def _pack(paths: Iterable[Path]) -> Files:
    root = project_root()
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(paths)}
