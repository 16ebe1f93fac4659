"""What pages say in further months, beside golden text; each branch of their words is reached by one of the months."""

import pytest

from tests.page.branches import unreached
from tests.page.reading import MONTHS, MORE_MONTHS, Said, golden_text, kept_text, read_month
from tests.page.unusual import UNUSUAL


@pytest.fixture(scope="module")
def read() -> dict[str, dict[str, list[Said]]]:
    return {month: read_month(month) for month in (*MORE_MONTHS, *MONTHS)}


@pytest.mark.parametrize("month", MORE_MONTHS)
def test_each_block_says_what_it_said(read, month):
    assert golden_text(read[month]) == kept_text(month), "If this is meant: python -m tests.page.reading"


@pytest.mark.parametrize("file", sorted(UNUSUAL))
def test_every_branch_of_the_words_is_reached(read, file):
    said = [one for pages in read.values() for ones in pages.values() for one in ones]
    cases = [(one.block.partition("/")[2], one.facts) for one in said if one.block.startswith(f"{file}/")]
    # The full month comes first; only a card has the facts of the table's status.
    for block, changes in UNUSUAL[file].items():
        facts = next((facts for name, facts in cases if name == block), cases[0][1])
        cases += [(block, facts | each) for each in changes]
    assert unreached(file, cases) == []
