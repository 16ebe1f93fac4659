"""A snapshot's files and what its `datapackage.json` says of them: read and checked without any library.

Every command asks for this before it loads what reads tables; the tables themselves are opened in `snapshot`.
"""

import hashlib
import json
from pathlib import Path

from metalsbook.errors import SnapshotError

SCHEMA_VERSION = 1
TABLES = ("statements", "series", "sources", "claims", "outlooks", "events", "corrections")
PACKAGE = "datapackage.json"
# What is relied upon, with its type: a damaged package is named, not stumbled over.
_PACKAGE = {"schema_version": int, "month": str, "cut_off": str, "content_hash": str, "resources": list}
_MEND = "Restore it from git"


def open_package(folder: Path) -> dict:
    """Return the parsed `datapackage.json` of a snapshot folder.

    Raises:
        SnapshotError: If it is missing, is not JSON, or lacks what every snapshot's package has.
    """
    path = folder / PACKAGE
    try:
        package = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SnapshotError(f"{named(folder)} has no {PACKAGE}", "Restore the folder from git") from None
    except (OSError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{named(folder)}/{PACKAGE} cannot be read: {error}", _MEND) from error
    # True is no number.
    if not isinstance(package, dict) or any(type(package.get(name)) is not kind for name, kind in _PACKAGE.items()):
        raise SnapshotError(f"{named(folder)}/{PACKAGE} lacks one of: {', '.join(sorted(_PACKAGE))}", _MEND)
    if package["schema_version"] != SCHEMA_VERSION:
        raise SnapshotError(
            f"{named(folder)} has schema version {package['schema_version']!r}; this version opens {SCHEMA_VERSION}",
            "Install the version of the book that the snapshot came with, or a newer one",
        )
    return package


def check_files(folder: Path) -> None:
    """Check that a snapshot's files are those that were frozen; raises SnapshotError, which names one that is not."""
    package = open_package(folder)
    for name in TABLES:
        read_checked(folder, package, name)


def read_checked(folder: Path, package: dict, name: str) -> bytes:
    """Return the bytes of the file of a table.

    Raises:
        SnapshotError: If it is missing, or is not the file that was frozen by what the package says; names the file.
    """
    listed = [one for one in package["resources"] if isinstance(one, dict) and one.get("name") == name]
    if len(listed) != 1:
        raise SnapshotError(f"{named(folder)}/{PACKAGE} does not list the table {name}", _MEND)
    path, [resource] = folder / f"{name}.parquet", listed
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SnapshotError(f"{named(path)} is missing", _MEND) from None
    if len(content) != resource.get("bytes"):
        raise SnapshotError(f"{named(path)} has {len(content)} bytes instead of {resource.get('bytes')}", _MEND)
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource.get("hash"):
        raise SnapshotError(f"{named(path)} is not the file that was frozen: its sha256 differs", _MEND)
    return content


def published_months(folder: Path) -> list[str]:
    """Return the months that have a snapshot, oldest first."""
    return sorted(path.parent.name for path in folder.glob(f"[0-9]*/{PACKAGE}"))


def named(path: Path) -> str:
    """Return a path as the user sees it: from `data/` on where it lies in a book."""
    parts = path.parts
    return "/".join(parts[parts.index("data") :]) if "data" in parts else path.name
