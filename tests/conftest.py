"""What the tests of the site share."""

import shutil

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from metalsbook.ledger.reading import read_ledger
from tests import sample_book
from tests.visits import address, browser, launch, server, visit  # noqa: F401  (fixtures)

# How long an example takes hangs on the machine and on what else it does.
settings.register_profile("book", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("book")


@pytest.fixture(scope="session")
def real_ledger():
    return read_ledger()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory, worker_id):
    """A folder of all workers: what one of them makes there, under a lock, the others find."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def sample_root(shared_folder):
    """The sample book with both its editions built, once for all workers: to be looked at or copied, never changed."""
    root = shared_folder / "sample" / "book"
    with FileLock(shared_folder / "sample.lock"), pytest.MonkeyPatch.context() as patch:
        if not root.is_dir():
            sample_book.make_root(root)
            patch.setenv("METALSBOOK_ROOT", str(root))
            patch.delenv("METALSBOOK_BASE_URL", raising=False)
            sample_book.build()
    return root


@pytest.fixture(scope="session")
def sample_site(sample_root):
    return sample_root / "_build" / "site"


@pytest.fixture
def root(sample_root, tmp_path, monkeypatch):
    """A copy of the sample book, for a test to change and to build again."""
    folder = shutil.copytree(sample_root, tmp_path / "a book with spaces 书")
    monkeypatch.setenv("METALSBOOK_ROOT", str(folder))
    monkeypatch.delenv("METALSBOOK_BASE_URL", raising=False)
    return folder
