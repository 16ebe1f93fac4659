"""What lessons show, on the frozen snapshot of November 2025; what they say of it stands in their stored outputs."""

import pytest

from metalsbook import open_edition
from metalsbook.analysis.intervals import Interval
from metalsbook.errors import SnapshotError
from metalsbook.page import lessons

TOTAL = "mg.export.total"


@pytest.fixture(scope="module")
def edition():
    return open_edition("2025-11")


def test_pick_takes_the_latest_print_or_that_of_a_source_and_names_what_nobody_made(edition):
    picked = [lessons.pick(edition, TOTAL, "level", "2025-09", *of) for of in ((), ("smm-2025-10-23-f9c5db",))]
    assert [row["stated"] for row in picked] == ["4.34万吨", "43,500 tons"]
    for period, source in (("2025-10", ""), ("2025-11", "nobody")):
        with pytest.raises(SnapshotError, match=f"2025-11 has no level of '{TOTAL}' in {period}"):
            lessons.pick(edition, TOTAL, "level", period, source)
    with pytest.raises(SnapshotError, match="no claim 'cl-none'"):
        lessons.claim(edition, "cl-none")


def test_ends_are_rounded_to_the_step_and_a_change_within_its_last_digit_is_one_figure():
    assert lessons.between(Interval(1395306.1, 1414689.7, 1400000), "t", 1000) == "1,395,000 to 1,415,000 t"
    assert lessons.between(Interval(-5.5, -4.25, -5), "t", 0.1) == "−5.5 to −4.2 t"
    assert lessons.between(Interval(1.30745, 1.30755, 1.3075), "", 0.00001) == "1.30745 to 1.30755"
    assert lessons.change_words(Interval(61.2, 61.25, 61.21), 1) == "+61.2%"
    assert lessons.change_words(Interval(-16.6, 25.6, 3.9)) == "−16.6% to +25.6%"
