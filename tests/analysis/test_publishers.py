import pytest

from metalsbook.analysis.publishers import publisher_key, same_source
from tests.analysis import frames


@pytest.mark.parametrize(
    ("publisher", "key"),
    [
        ("SMM", "smm"),
        ("SMM (Shanghai Metals Market)", "smm"),
        ("SMM (CAAM)", "smm"),
        ("CITIC Securities (via GMT Eight)", "citic securities"),
        ("Fugu Magnesium Association (府谷镁协)", "fugu magnesium association"),
        ("智通财经 / reportify", "智通财经"),
    ],
)
def test_a_house_is_one_under_all_its_asides(publisher, key):
    assert publisher_key(publisher) == key


def test_reposts_and_originals_are_one_source_through_any_number_of_steps():
    sources = frames.sources(
        ("note", "A", ""),
        ("copy", "B", "note"),
        ("copy-of-copy", "C", "copy"),
        ("other", "D", ""),
        ("its", "E", "other"),
    )
    assert same_source("note", sources) == {"note", "copy", "copy-of-copy"}
    assert same_source("copy-of-copy", sources) == {"note", "copy", "copy-of-copy"}
    assert same_source("other", sources) == {"other", "its"}
