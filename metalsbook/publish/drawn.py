"""Things that are slow to make and never change, kept under the build folder: drawn charts, cards, the Vega bundle."""

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path

from metalsbook.publish.notebooks import write_whole


def keep(path: Path | None, make: Callable[[], bytes]) -> bytes:
    """Return what is kept in a file, or make it and keep it there.

    Args:
        path: The file, named by what the content depends on; None keeps nothing.
        make: Makes the content.

    Returns:
        The content. A file whose first line is not the hash of its name and the rest is damaged, or another's: what
        was kept is made again.
    """
    if path is None:
        return make()
    with contextlib.suppress(OSError):
        seal, _, content = path.read_bytes().partition(b"\n")
        if seal == _seal(path.name, content):
            return content
    content = make()
    with contextlib.suppress(OSError):
        write_whole(path, _seal(path.name, content) + b"\n" + content)
    return content


def _seal(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + content).hexdigest().encode()
