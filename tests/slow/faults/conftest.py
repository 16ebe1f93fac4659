import pytest

from tests.slow.faults.scratch import Scratch, make_scratch


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Scratch:
    """A scratch book, its edition of 2025-11 built."""
    made = make_scratch(tmp_path_factory.mktemp("faults") / "book")
    made.must("book", "--month", "2025-11")
    return made
