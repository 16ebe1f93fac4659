"""What the method makes of a snapshot, computed once and cached under `_build/derived/<month>/`.

The cache is keyed by the snapshot's content, the code of the method and the versions of the libraries that compute;
every file in it is checked by its sha256 before it is used.
"""

import hashlib
import io
import json
import re
import shutil
import uuid
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import metalsbook
from metalsbook.analysis import METHOD_VERSION
from metalsbook.paths import build_folder, snapshots_folder
from metalsbook.publish.locks import wait_turn

if TYPE_CHECKING:
    # Whether a cache is good is asked at every start; pandas is loaded only to read or compute.
    import pandas as pd

    from metalsbook.snapshots.snapshot import Snapshot

_ENTRY = "publish/derived.py"
_IMPORTED = re.compile(r"^\s*(?:from|import) metalsbook\.?([\w.]*)(?: import ([\w, ]+))?", re.MULTILINE)
_LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy")
_KEY = "key.json"


def method_version() -> str:
    """Return the version of the method that derives; an edition is its snapshot and this."""
    return METHOD_VERSION


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return a hash of the code that derives: this module and every module of the book that it reaches by imports."""
    package = Path(metalsbook.__file__).parent
    reached, queue = set(), [package / _ENTRY]
    while queue:
        path = queue.pop()
        if path not in reached:
            reached.add(path)
            queue += _imports(path, package)
    digest = hashlib.sha256()
    for path in sorted(reached):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _imports(path: Path, package: Path) -> list[Path]:
    """Return the files of the modules of this package that a module imports."""
    found = []
    for module, names in _IMPORTED.findall(path.read_text(encoding="utf-8")):
        place = package.joinpath(*module.split(".")) if module else package
        candidates = [place.with_suffix(".py"), place / "__init__.py", place.parent / "__init__.py"] if module else []
        candidates += [place / f"{name.strip()}.py" for name in names.split(",")]
        found += [each for each in candidates if each.is_file() and each != package / "__init__.py"]
    return found


def is_derived(month: str) -> bool:
    """Return whether the cache holds what the month's snapshot derives, whole and by this code."""
    try:
        package = json.loads((snapshots_folder() / month / "datapackage.json").read_text(encoding="utf-8"))
        key = _cache_key(package["content_hash"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return _read_files(build_folder() / "derived" / month, key) is not None


def derive_tables(snapshot: "Snapshot") -> "dict[str, pd.DataFrame]":
    """Return the derived tables of a snapshot, from the cache where it is this snapshot's and this method's.

    Returns:
        `estimates`, `conflicts`, `revisions`, `allowances`, `left_out`, `claims` and `outlooks`.
    """
    folder = build_folder() / "derived" / snapshot.month
    key = _cache_key(snapshot.content_hash)
    cached = _read_cache(folder, key)
    if cached is not None:
        return cached
    # Chapters run side by side: the first computes, the others wait for what it finds.
    with wait_turn(folder.with_name(f".{folder.name}.lock")):
        tables = _read_cache(folder, key)
        if tables is None:
            tables = _compute(snapshot)
            _write_cache(folder, key, tables)
    return tables


def _compute(snapshot: "Snapshot") -> "dict[str, pd.DataFrame]":
    # Imported here: with a warm cache a chapter needs no solver.
    from metalsbook.analysis.claims import judge_claims
    from metalsbook.analysis.outlooks import score_outlooks
    from metalsbook.analysis.reconcile import reconcile

    tables = snapshot.tables
    statements, series = tables["statements"], tables["series"]
    result = reconcile(statements, series)
    return {
        "estimates": result.estimates,
        "conflicts": result.conflicts,
        "revisions": result.revisions,
        "allowances": result.allowances,
        "left_out": result.left_out,
        "claims": judge_claims(tables["claims"], statements, series, tables["sources"], tables["events"], reconcile),
        "outlooks": score_outlooks(
            tables["outlooks"], statements, series, snapshot.cut_off, result.estimates, tables["sources"]
        ),
    }


def _cache_key(content_hash: str) -> str:
    versions = [f"{name}={metadata.version(name)}" for name in _LIBRARIES]
    parts = [content_hash, METHOD_VERSION, code_hash(), *versions]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read_cache(folder: Path, key: str) -> "dict[str, pd.DataFrame] | None":
    """Return the cached tables, or None where there are none that may be used."""
    import pandas as pd

    contents = _read_files(folder, key)
    return contents and {name: pd.read_parquet(io.BytesIO(content)) for name, content in contents.items()}


def _read_files(folder: Path, key: str) -> dict[str, bytes] | None:
    """Return the cached files, or None where there are none, they have another key, or a file is damaged."""
    try:
        entry = json.loads((folder / _KEY).read_text(encoding="utf-8"))
        if entry["key"] != key:
            return None
        contents = {name: (folder / f"{name}.parquet").read_bytes() for name in entry["sha256"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if any(hashlib.sha256(content).hexdigest() != entry["sha256"][name] for name, content in contents.items()):
        return None
    return contents


def _write_cache(folder: Path, key: str, tables: "dict[str, pd.DataFrame]") -> None:
    """Write the cache; where the folder cannot be written the book goes on without one."""
    staged = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
    try:
        staged.mkdir(parents=True)
        digests = {}
        for name, table in tables.items():
            path = staged / f"{name}.parquet"
            table.to_parquet(path, index=False, compression="zstd")
            digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        (staged / _KEY).write_text(json.dumps({"key": key, "sha256": digests}), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        staged.rename(folder)
    except OSError:
        # A read-only folder, a full disk, or another chapter that wrote the same cache first.
        shutil.rmtree(staged, ignore_errors=True)
