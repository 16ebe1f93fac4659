"""A snapshot's files and what its `datapackage.json` says of them: read and checked without any library.

Every command asks for this before it loads what reads tables; the tables themselves are opened in `snapshot`.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from metalsbook.errors import SnapshotError

SCHEMA_VERSION = 1
TABLES = ("statements", "series", "sources", "claims", "outlooks", "events", "corrections")
PACKAGE = "datapackage.json"
# What is relied upon, with its type: a damaged package is named, not stumbled over.
_PACKAGE = {"schema_version": int, "month": str, "cut_off": str, "content_hash": str, "resources": list}
_RESOURCE = {"name": str, "path": str, "bytes": int, "hash": str, "rows": int, "schema": dict}
_FIELD = {"name": str, "type": str}


def open_package(folder: Path) -> dict:
    """Return the parsed `datapackage.json` of a snapshot folder.

    Raises:
        SnapshotError: If it is missing, is not JSON, or lacks what every snapshot's package has.
    """
    path = folder / PACKAGE
    try:
        package = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_repeats)
    except FileNotFoundError:
        raise SnapshotError(f"{named(folder)} has no {PACKAGE}", "Restore the folder from git") from None
    except (OSError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{named(folder)}/{PACKAGE} cannot be read: {error}", "Restore it from git") from error
    if not _has(package, _PACKAGE):
        lacking = ", ".join(sorted(_PACKAGE))
        raise SnapshotError(f"{named(folder)}/{PACKAGE} lacks one of: {lacking}", "Restore it from git")
    if package["schema_version"] != SCHEMA_VERSION:
        raise SnapshotError(
            f"{named(folder)} has schema version {package['schema_version']!r}; this version opens {SCHEMA_VERSION}",
            "Install the version of the book that the snapshot came with, or a newer one",
        )
    return package


def _without_repeats(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _has(found: object, wanted: Mapping[str, type]) -> bool:
    """Return whether `found` is a map that has each name with a value of exactly that type (True is no number)."""
    return isinstance(found, dict) and all(type(found.get(name)) is kind for name, kind in wanted.items())


def check_files(folder: Path) -> None:
    """Check that a snapshot's files are those that were frozen.

    Raises:
        SnapshotError: If one is missing or another; the message names it.
    """
    package = open_package(folder)
    for name in TABLES:
        read_checked(folder, find_resource(package, name, folder))


def find_resource(package: dict, name: str, folder: Path) -> dict:
    """Return what a package says of one of its tables.

    Raises:
        SnapshotError: If it does not list the table, or lacks what is needed to check it.
    """
    mend = "Restore it from git"
    found = [one for one in package["resources"] if isinstance(one, dict) and one.get("name") == name]
    if len(found) != 1:
        raise SnapshotError(f"{named(folder)}/{PACKAGE} does not list the table {name}", mend)
    [resource] = found
    fields = resource["schema"].get("fields") if _has(resource, _RESOURCE) else None
    if not (isinstance(fields, list) and all(_has(field, _FIELD) for field in fields)):
        raise SnapshotError(f"{named(folder)}/{PACKAGE} does not say what the table {name} holds", mend)
    if resource["path"] != f"{name}.parquet":
        raise SnapshotError(f"{named(folder)}/{PACKAGE} does not list the table {name}", mend)
    return resource


def read_checked(folder: Path, resource: dict) -> bytes:
    """Return the bytes of the file of a table; `resource` is what the package says of it.

    Raises:
        SnapshotError: If it is missing or is not the file that was frozen; the message names it.
    """
    path = folder / resource["path"]
    mend = "Restore it from git"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SnapshotError(f"{named(path)} is missing", mend) from None
    if len(content) != resource.get("bytes"):
        raise SnapshotError(f"{named(path)} has {len(content)} bytes instead of {resource.get('bytes')}", mend)
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource.get("hash"):
        raise SnapshotError(f"{named(path)} is not the file that was frozen: its sha256 differs", mend)
    return content


def published_months(folder: Path) -> list[str]:
    """Return the months that have a snapshot, oldest first."""
    return sorted(path.parent.name for path in folder.glob(f"[0-9]*/{PACKAGE}")) if folder.is_dir() else []


def named(path: Path) -> str:
    """Return a path as the user sees it: from `data/` on where it lies in a book."""
    parts = path.parts
    return "/".join(parts[parts.index("data") :]) if "data" in parts else path.name
