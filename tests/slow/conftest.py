"""What slow tests share, and their order."""

import pytest
from filelock import FileLock

from tests.slow.faults.scratch import Scratch, make_scratch

LONGEST = (
    *("test_new_month", "test_killed", "test_months", "test_hostile_text", "test_commands", "test_machine"),
    *("test_built_site", "test_corruption", "test_jupyterlab", "test_cluster", "test_reconcile_soundness"),
)


def pytest_collection_modifyitems(items):
    """Let the modules that last longest begin: several run at once, and a long one that came last would run alone."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def seed(shared_folder) -> Scratch:
    """A scratch book with its edition of 2025-11 built, once for all workers: to be copied, never changed."""
    with FileLock(shared_folder / "faults.lock"):
        made = Scratch(shared_folder / "faults" / "book")
        if not made.root.is_dir():
            make_scratch(made.root).must("book", "--month", "2025-11")
    return made


@pytest.fixture(scope="module")
def scratch(seed, tmp_path_factory) -> Scratch:
    """A scratch book of the module's own, its edition of 2025-11 built."""
    return seed.copied(tmp_path_factory.mktemp("faults") / "book")
