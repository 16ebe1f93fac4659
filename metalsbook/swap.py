"""Put a built folder in its place in one step, so that nobody meets a half-written one."""

import ctypes
import os
import shutil
import sys
import uuid
from pathlib import Path

_EXCHANGE = 2
_HERE = -100


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


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step and return whether the system could."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return call is not None and call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def recover(folder: Path) -> None:
    """Bring back what a build that was ended between two renames left aside, and remove its other leavings."""
    for old in sorted(folder.glob(".old-*")) if folder.is_dir() else []:
        target = folder / old.name[len(".old-") : -len("-00000000")]
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)
