import pandas as pd
import pytest

from metalsbook.publish import derived
from metalsbook.snapshots.snapshot import Snapshot

SNAPSHOT = Snapshot("2025-08", "2025-09-30", "abc", {})


@pytest.fixture
def computed(monkeypatch, tmp_path):
    """Count how often the tables are computed; the cache lies in a folder of the test's own."""
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    calls = []
    monkeypatch.setattr(
        derived,
        "_compute",
        lambda snapshot: calls.append(snapshot) or {"estimates": pd.DataFrame({"series": ["a"], "low": [1.0]})},
    )
    return calls


def test_what_was_computed_is_not_computed_again(computed):
    first = derived.derive_tables(SNAPSHOT)
    pd.testing.assert_frame_equal(derived.derive_tables(SNAPSHOT)["estimates"], first["estimates"])
    assert len(computed) == 1


def test_another_snapshot_or_method_is_computed_anew(computed, monkeypatch):
    derived.derive_tables(SNAPSHOT)
    derived.derive_tables(Snapshot("2025-08", "2025-09-30", "other", {}))
    monkeypatch.setattr(derived, "code_hash", lambda: "changed")
    derived.derive_tables(SNAPSHOT)
    assert len(computed) == 3


@pytest.mark.parametrize("damage", ["flip", "empty", "remove", "key"])
def test_a_damaged_cache_is_not_used(computed, tmp_path, damage):
    derived.derive_tables(SNAPSHOT)
    path = tmp_path / "_build" / "derived" / "2025-08" / "estimates.parquet"
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    if damage == "flip":
        path.write_bytes(content)
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "remove":
        path.unlink()
    else:
        path.with_name("key.json").write_text("[]")
    assert derived.derive_tables(SNAPSHOT)["estimates"].loc[0, "low"] == 1.0
    assert len(computed) == 2


def test_the_key_knows_all_code_that_derives():
    """Every module of the book that deriving loads takes part in the hash."""
    import subprocess
    import sys
    from pathlib import Path

    package = Path(derived.__file__).parent.parent
    code = (
        "import sys, metalsbook.analysis.claims, metalsbook.analysis.outlooks, metalsbook.analysis.reconcile;"
        "print(*[m.__file__ for n, m in sys.modules.items() if n.startswith('metalsbook.') and m.__file__])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    reached, queue = set(), [package / derived._ENTRY]
    while queue:
        path = queue.pop()
        if path not in reached:
            reached.add(path)
            queue += derived._imports(path, package)
    assert {Path(name) for name in loaded} <= reached
