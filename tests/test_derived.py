import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import metalsbook
from metalsbook import derived
from metalsbook.snapshots.snapshot import Snapshot

SNAPSHOT = Snapshot("2025-08", "2025-09-30", "abc", {})


@pytest.fixture
def computed(monkeypatch, tmp_path):
    """Count how often the tables are computed; what is kept lies in a folder of the test's own."""
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
    monkeypatch.setattr(derived, "_hash_code", lambda: "changed")
    derived.derive_tables(SNAPSHOT)
    assert len(computed) == 3


def flip(path):
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [flip, lambda path: path.write_bytes(b""), Path.unlink])
def test_what_is_damaged_is_not_used(computed, tmp_path, damage):
    derived.derive_tables(SNAPSHOT)
    damage(tmp_path / "_build" / "derived" / "2025-08" / "estimates.parquet")
    assert derived.derive_tables(SNAPSHOT)["estimates"].loc[0, "low"] == 1.0
    assert len(computed) == 2


def test_every_module_that_derives_takes_part_in_the_hash_of_the_code():
    code = (
        "import sys, metalsbook.derived, metalsbook.analysis.claims, metalsbook.analysis.outlooks\n"
        "import metalsbook.analysis.reconcile\n"
        "print(*[m.__file__ for n, m in sys.modules.items() if n.startswith('metalsbook.') and m.__file__], sep='\\n')"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    package = Path(metalsbook.__file__).parent
    names = [Path(name).relative_to(package) for name in loaded]
    # What is read and kept is checked against its hashes by these; they decide no figure.
    keepers = {Path("store.py"), Path("paths.py"), Path("snapshots/__init__.py"), Path("snapshots/package.py")}
    assert [name for name in names if name.parts[0] not in derived.CODE and name not in keepers] == []
