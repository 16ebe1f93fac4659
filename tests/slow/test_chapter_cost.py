"""What the dearest chapters cost, counted in calls of functions: a count is the same on every machine."""

import cProfile
import pstats

import pytest

from benchmarks.floor import run_chapter
from metalsbook.paths import chapters_folder
from metalsbook.publish.book import derive_months
from metalsbook.publish.execute import REFERENCE_MONTH
from metalsbook.publish.notebooks import read_chapter

# A tenth more than was counted when a chapter took 1.5 to 3 s of one core, libraries and all. What costs most are
# copies of charts (each `properties` and each `+` copies all layers) and look-ups in whole tables of the edition.
MOST_CALLS = {"rare_earths": 5_050_000, "downstream_demand": 3_950_000}


@pytest.fixture(scope="module")
def ready():
    """Everything imported and derived that a chapter finds ready when it runs."""
    derive_months([REFERENCE_MONTH])
    chapters = {name: read_chapter(chapters_folder() / f"{name}.ipynb") for name in MOST_CALLS}
    run_chapter(read_chapter(chapters_folder() / "magnesium_capacity.ipynb"), REFERENCE_MONTH)
    return chapters


@pytest.mark.parametrize("name", MOST_CALLS)
def test_a_chapter_makes_no_more_calls_than_it_needs(ready, name):
    profile = cProfile.Profile()
    profile.runcall(run_chapter, ready[name], REFERENCE_MONTH)
    assert pstats.Stats(profile).total_calls < MOST_CALLS[name]
