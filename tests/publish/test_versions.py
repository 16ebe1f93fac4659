import pytest

from metalsbook.errors import UsageError
from metalsbook.publish import versions
from tests.sample_book import ROOT

NEEDED = {"Python": "3.11.7", "metalsbook": "0.1.0 (content 0123456789ab)", "pandas": "3.0.1"}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            {**NEEDED, "pandas": "3.0.0"},
            "Worker w has pandas 3.0.0, and 3.0.1 is needed. Set it up from the same clone",
        ),
        ({**NEEDED, "pandas": ""}, "Worker w has no pandas, and 3.0.1 is needed. "),
        ({**NEEDED, "Python": "3.12.1", "pandas": "2"}, r"has Python 3.12.1, and 3.11.7 is needed \(1 more differ\)"),
        ({}, r"Worker w has no Python, and 3.11.7 is needed \(2 more differ\)"),
    ],
)
def test_what_differs_is_named_with_both_versions(found, said):
    with pytest.raises(UsageError, match=said):
        versions.check_machine("Worker w", found, NEEDED)


def test_what_a_machine_has_beyond_is_its_own_affair():
    versions.check_machine("Worker w", {**NEEDED, "ruff": "1.0"}, NEEDED)


def test_this_machine_has_what_it_needs_and_nothing_of_the_tests():
    needed = versions.needed_versions()
    assert {"Python", "system", "metalsbook", "distributed", "pandas", "papermill", "ipykernel"} <= needed.keys()
    assert not {"pytest", "nbval", "playwright", "ruff"} & needed.keys()
    assert all(needed.values())


def test_another_version_here_than_locked_is_told(tmp_path, monkeypatch):
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    version = versions.needed_versions()["scipy"]
    (tmp_path / "requirements.txt").write_text(lock.replace(f"scipy=={version}", "scipy==0.1"), "utf-8")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    with pytest.raises(UsageError, match=rf"This machine has scipy {version}, and requirements.txt locks 0.1"):
        versions.needed_versions()
