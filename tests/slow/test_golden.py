"""What pages say in further months, beside golden text; the first months: tests/page/test_golden.py."""

import pytest

from tests.page.reading import MORE_MONTHS, golden_text, kept_text, read_month


@pytest.mark.parametrize("month", MORE_MONTHS)
def test_each_block_says_what_it_said(month):
    assert golden_text(read_month(month)) == kept_text(month), "If this is meant: python -m tests.page.reading"
