"""What the method makes of a snapshot, computed once and kept under `_build/derived/<month>/`."""

import contextlib
import hashlib
import io
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from metalsbook import store
from metalsbook.analysis import METHOD_VERSION
from metalsbook.errors import SnapshotError
from metalsbook.paths import build_folder, snapshots_folder
from metalsbook.snapshots.package import open_package

if TYPE_CHECKING:
    # Whether what is kept is good is asked at every start; pandas is loaded only to read or compute.
    import pandas as pd

    from metalsbook.snapshots.snapshot import Snapshot

CODE = ("analysis", "ledger", "derived.py", "errors.py", "months.py")
"""The rooms and modules that derive: where one of their files changes, every month is derived anew."""
_LIBRARIES = ("highspy", "numpy", "pandas", "pyarrow", "scipy")
_KEPT = "derived.kept"


@lru_cache(maxsize=1)
def _hash_code() -> str:
    return store.hash_package(*CODE)


def _made_from(content_hash: str) -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {"snapshot": content_hash, "method": METHOD_VERSION, "code": _hash_code(), **libraries}


def derived_folder(month: str) -> Path:
    """Return the folder of what a month's snapshot derives."""
    return build_folder() / "derived" / month


def is_derived(month: str) -> bool:
    """Return whether what the month's snapshot derives is kept, whole and by this code."""
    try:
        content_hash = open_package(snapshots_folder() / month)["content_hash"]
    except SnapshotError:
        return False
    return _read_files(month, content_hash) is not None


def derive_tables(snapshot: "Snapshot") -> "dict[str, pd.DataFrame]":
    """Return the derived tables of a snapshot, those that are kept where they are this snapshot's and this method's.

    Returns:
        `estimates`, `bands`, `conflicts`, `revisions`, `allowances`, `left_out`, `claims` and `outlooks`.
    """
    import pandas as pd

    month, content_hash = snapshot.month, snapshot.content_hash
    files = _read_files(month, content_hash)
    if files is None:
        # Chapters run side by side: the first computes, the others wait for what it finds.
        with store.take_turn(derived_folder(month).with_name(f".{month}.lock")):
            files = _read_files(month, content_hash) or _derive_files(snapshot)
    return {name: pd.read_parquet(io.BytesIO(content)) for name, content in files.items()}


def _derive_files(snapshot: "Snapshot") -> dict[str, bytes]:
    """Return what a snapshot derives as Parquet by name, and keep it where it can be written."""
    files = {name: table.to_parquet(index=False, compression="zstd") for name, table in _compute(snapshot).items()}
    folder = derived_folder(snapshot.month)
    # Files of two runs, where the process ends between them, are told by the hashes, which come last.
    with contextlib.suppress(OSError):
        store.write_all_whole({folder / f"{name}.parquet": content for name, content in files.items()})
        store.keep(folder / _KEPT, _made_from(snapshot.content_hash), json.dumps(_hash_each(files)).encode())
    return files


def _compute(snapshot: "Snapshot") -> "dict[str, pd.DataFrame]":
    # Imported here: where everything is kept a chapter needs no solver.
    from metalsbook.analysis.claims import judge_claims
    from metalsbook.analysis.outlooks import score_outlooks
    from metalsbook.analysis.reconcile import Months

    tables = dict(snapshot.tables)
    for name in ("statements", "series"):
        # Plain strings are read row by row several times as fast.
        texts = tables[name].select_dtypes("string").columns
        tables[name] = tables[name].astype(dict.fromkeys(texts, object))
    months = Months(tables["statements"], tables["series"])
    result = months.solve()
    claims, outlooks = judge_claims(tables, months.of), score_outlooks(tables, result.estimates, snapshot.cut_off)
    return vars(result) | {"claims": claims, "outlooks": outlooks}


def _read_files(month: str, content_hash: str) -> dict[str, bytes] | None:
    """Return the kept tables as Parquet by name; None where there are none of this snapshot and code, or bad ones."""
    folder = derived_folder(month)
    kept = store.look_up(folder / _KEPT, _made_from(content_hash)).content
    if kept is None:
        return None
    hashes = json.loads(kept)
    try:
        files = {name: (folder / f"{name}.parquet").read_bytes() for name in hashes}
    except OSError:
        return None
    return files if _hash_each(files) == hashes else None


def _hash_each(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
