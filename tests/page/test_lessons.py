"""What lessons show, on the frozen snapshot of November 2025; what they say of it stands in their stored outputs."""

import pytest

from metalsbook import open_edition
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
