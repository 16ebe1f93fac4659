"""What pages say in a few months, beside golden text; further months: tests/slow/test_golden.py."""

import pytest

from tests.page.reading import MONTHS, golden_text, kept_text, read_month


@pytest.mark.parametrize("month", MONTHS)
def test_each_block_says_what_it_said(month):
    assert golden_text(read_month(month)) == kept_text(month), "If this is meant: python -m tests.page.reading"
