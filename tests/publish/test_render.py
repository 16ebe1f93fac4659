import pytest

from metalsbook.errors import SiteError
from metalsbook.publish import render
from tests import sample_book


def test_settings_are_those_of_jupyter_book(sample_root, monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", str(sample_root))
    settings = render._settings(sample_root)
    assert settings["nb_execution_mode"] == "off"
    assert settings["html_theme"] == "metalsbook"
    assert settings["nitpicky"] is True
    assert str(sample_root) in settings["metalsbook_chart_cache"]


def test_a_warning_is_an_error_that_shows_the_first_ones():
    told = "\x1b[31ma.md:1: WARNING: one\x1b[39m\n" + "b.md:2: WARNING: more\n" * 9
    with pytest.raises(SiteError, match=r"2025-11 have 10 warnings: a\.md:1: WARNING: one; b\.md:2: WARNING: more; b"):
        render._refuse_warnings("2025-11", told, 0)


def test_a_failed_build_without_words_is_an_error_too():
    with pytest.raises(SiteError, match="no reason given"):
        render._refuse_warnings("2025-11", "", 1)


def test_a_quiet_build_is_fine():
    render._refuse_warnings(sample_book.MONTHS[0], "\n", 0)
