"""What the tests of the site share."""

import pytest
from hypothesis import HealthCheck, settings

from metalsbook.ledger.reading import read_ledger
from tests import sample_book
from tests.visits import address, browser, launch, server, visit  # noqa: F401  (fixtures)

# How long an example takes hangs on the machine and on what else it does.
settings.register_profile("book", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("book")


@pytest.fixture(scope="session")
def real_ledger():
    """The book's own ledger, read once."""
    return read_ledger()


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory):
    return sample_book.make_root(tmp_path_factory.mktemp("sample") / "book")


@pytest.fixture(scope="session")
def sample_site(sample_root):
    # Only while it is built: the fixture lives as long as the session, and other tests look at the book itself.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(sample_root))
        patch.delenv("METALSBOOK_BASE_URL", raising=False)
        return sample_book.build(sample_root)
