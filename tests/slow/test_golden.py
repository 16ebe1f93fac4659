"""What pages say in further months, beside golden text; and that they can say what comes rarely."""

import re

import pytest

from metalsbook.page.words import say_line
from tests.page.reading import MORE_MONTHS, NEWEST, Said, golden_text, kept_text, read_month
from tests.page.unusual import UNUSUAL


@pytest.fixture(scope="module")
def read() -> dict[str, dict[str, list[Said]]]:
    return {month: read_month(month) for month in (*MORE_MONTHS, NEWEST)}


@pytest.mark.parametrize("month", MORE_MONTHS)
def test_each_block_says_what_it_said(read, month):
    assert golden_text(read[month]) == kept_text(month), "If this is meant: python -m tests.page.reading"


@pytest.mark.parametrize("file", sorted(UNUSUAL))
def test_what_comes_rarely_can_be_said(read, file):
    said = [one for pages in read.values() for ones in pages.values() for one in ones]
    own = [one for one in said if one.block.startswith(f"{file}/")]
    for block, changes in UNUSUAL[file].items():
        # The full month comes first; only a card has the facts of the table's status.
        facts = next((one.facts for one in own if one.block == f"{file}/{block}"), own[0].facts)
        told = [say_line(f"{file}/{block}", **facts | each) for each in changes]
        assert not [text for text in told if re.search(r"\b(nan|inf|None(?! of ))\b", text)], block
