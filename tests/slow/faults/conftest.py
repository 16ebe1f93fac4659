import pytest
from filelock import FileLock

from tests.slow.faults.scratch import Scratch, make_scratch


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
