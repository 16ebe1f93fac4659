"""A snapshot of the first schema opens in every later version of the book; the fixture is never written again."""

from pathlib import Path

import pytest

from metalsbook.analysis.reconcile import reconcile
from metalsbook.snapshots.package import SCHEMA_VERSION, open_package
from metalsbook.snapshots.snapshot import verify_snapshot

FIXTURES = Path(__file__).parent / "fixtures"
CONTENT = {1: "6b54f86d52170c7ca73e5a9e33d4a0e76af6aab394111492e8491aeb9d506caa"}


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_a_snapshot_of_every_schema_opens(version):
    folder = FIXTURES / f"schema-{version}" / "2025-06"
    assert open_package(folder)["schema_version"] == version
    snapshot = verify_snapshot(folder)
    assert snapshot.content_hash == CONTENT[version]
    statements = snapshot.tables["statements"]
    estimates = reconcile(statements, snapshot.tables["series"]).estimates
    assert {"mg.export.ingot", "mg.export.total"} <= set(estimates["series"])
