"""What chapters say in a few months, beside golden text; each branch of their words is reached by one of the months."""

import pytest

from tests.page.branches import unreached
from tests.page.reading import GOLDEN, MONTHS, Said, golden_text, read_months
from tests.page.unusual import UNUSUAL


@pytest.fixture(scope="module")
def read() -> dict[str, dict[str, list[Said]]]:
    return read_months()


@pytest.mark.parametrize("month", MONTHS)
def test_each_block_says_what_it_said(read, month):
    golden = (GOLDEN / f"{month}.txt").read_text("utf-8")
    assert golden_text(read[month]) == golden, "If this is meant, renew it: python -m tests.page.reading"


@pytest.mark.parametrize("file", sorted(UNUSUAL))
def test_every_branch_of_the_words_is_reached(read, file):
    said = [one for chapters in read.values() for ones in chapters.values() for one in ones]
    cases = [(one.block.partition("/")[2], one.facts) for one in said if one.block.startswith(f"{file}/")]
    # The full month comes first; only a card has the facts of the table's status.
    for block, changes in UNUSUAL[file].items():
        facts = next((facts for name, facts in cases if name == block), cases[0][1])
        cases += [(block, facts | each) for each in changes]
    assert unreached(file, cases) == []
