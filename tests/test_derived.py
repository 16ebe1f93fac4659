import re
from pathlib import Path

import pandas as pd
import pytest

import metalsbook
from metalsbook import derived
from metalsbook.snapshots.snapshot import Snapshot

SNAPSHOT = Snapshot("2025-08", "2025-09-30", "abc", {})
ESTIMATES = pd.DataFrame({"series": ["a"], "low": [1.0]})


@pytest.fixture
def computed(monkeypatch, tmp_path):
    """Count how often the tables are computed; what is kept lies in a folder of the test's own."""
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    calls = []
    monkeypatch.setattr(derived, "_compute", lambda snapshot: calls.append(snapshot) or {"estimates": ESTIMATES})
    return calls


def test_what_was_computed_is_not_computed_again_for_the_same_snapshot_and_method(computed, monkeypatch):
    first = derived.derive_tables(SNAPSHOT)
    pd.testing.assert_frame_equal(derived.derive_tables(SNAPSHOT)["estimates"], first["estimates"])
    assert len(computed) == 1
    monkeypatch.setattr(derived, "_hash_code", lambda: "changed")
    derived.derive_tables(SNAPSHOT)
    assert len(computed) == 2
    derived.derive_tables(Snapshot("2025-08", "2025-09-30", "other", {}))
    assert len(computed) == 3


@pytest.mark.parametrize("left", [ESTIMATES.assign(low=2.0).to_parquet(index=False), b""], ids=["other", "empty"])
def test_what_is_damaged_is_not_used(computed, tmp_path, left):
    derived.derive_tables(SNAPSHOT)
    (tmp_path / "_build" / "derived" / "2025-08" / "estimates.parquet").write_bytes(left)
    assert derived.derive_tables(SNAPSHOT)["estimates"].loc[0, "low"] == 1.0
    assert len(computed) == 2


def test_every_module_that_derives_takes_part_in_the_hash_of_the_code():
    package = Path(metalsbook.__file__).parent
    parts = [package / part for part in derived.CODE]
    texts = [path.read_text("utf-8") for part in parts for path in (part, *part.rglob("*.py")) if path.suffix == ".py"]
    imported = re.findall(r"^ *(?:from|import) metalsbook(?:\.| import )(\w+)", "\n".join(texts), re.MULTILINE)
    # What is read and kept is checked against its hashes by these; they decide no figure.
    assert set(imported) <= {part.stem for part in parts} | {"store", "paths", "snapshots"}
