"""Verdicts that were judged again by hand from the sources, each kind of mistake once."""

import pandas as pd
import pytest

from metalsbook.analysis.claims import judge_claims
from metalsbook.analysis.evidence import Estimates
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.snapshot import open_snapshot

SIGNED = {
    # A figure whose digits are cut off is met by the finer print; another rate of the same figure is a contradiction.
    "cl-smm-15": ("consistent", "fits if the digits are cut off"),
    "cl-smm-16": ("contradicted", "Right would have been -5.12%. So small a difference can be a slip of either print"),
    "cl-smm-19": ("consistent", "fits if the digits are cut off"),
    # Quotes that are not held may have been higher; months that are not known too.
    "cl-citic-03": ("not checkable", "not known are 2025-07-22 to 2025-08-07"),
    "cl-smm-51": ("not checkable", "not known are 2025-01"),
    # Confirmed needs more independent origins than another print has.
    "cl-citic-06": ("consistent", "in dispute"),
    "cl-citic-11": ("confirmed", "7 independent origins"),
    "cl-smm-07": ("confirmed", "Behind it: 1 independent origin (customs)"),
    # A hope is no state, silence no evidence, and an interval on both sides of zero decides nothing.
    "cl-citic-05": ("not checkable", "an expectation"),
    "cl-smm-10": ("not checkable", "no complete list"),
    "cl-smm-39": ("not checkable", "-1.0 to 3.8%"),
    # A note that contradicts its own figures needs no other source.
    "cl-smm-49": ("contradicted", "the note contradicts itself"),
    "cl-smm-55": ("contradicted", "Read as the row reads it (Slightly: by up to 5%)"),
    # What neighbouring figures bound is checked.
    "cl-smm-03": ("own arithmetic only", "29,550 to 29,850 t for 2025-10"),
    "cl-smm-05": ("own arithmetic only", "-7.2 to 2.2%"),
    "cl-citic-23": ("consistent", "It leaves 78,000 units for 2025-07, +46.2% on the year before"),
    "cl-citic-34": ("consistent", "from which that is +0.8%"),
    "cl-citic-35": ("consistent", "2025-08-14, by 765,000"),
    "cl-citic-36": ("consistent", "from which that is +1.2%"),
    "cl-citic-37": ("consistent", "-15% (yliwu.com, 2025-07) after -18.9%"),
    # What they only make doubtful is told, with the figure that would decide.
    "cl-citic-04": ("not checkable", "Beside it: -1.1%"),
    "cl-citic-25": ("not checkable", "+10.7% on the year before"),
    "cl-citic-26": ("not checkable", "+10.7% on the year before"),
    "cl-citic-29": ("own arithmetic only", "Beside it: 4.4%"),
    "cl-citic-38": ("not checkable", "67%"),
    "cl-citic-45": ("not checkable", "+39.2%"),
    "cl-smm-62": ("not checkable", "-12.53%"),
}
LATER = {
    # Words are judged of the figure that the note prints with them, and the recomputed one stands beside it.
    "cl-citic-17": ("contradicted", "about 0.95 as printed: 1 of 3"),
    "cl-citic-01": ("consistent", "of shorter time lie below it 0.78"),
}
"""Judged by yearly ratios that an undated page of December prints."""


def judge(month: str, begins: str) -> pd.DataFrame:
    """Claims whose id begins so, judged without reconciliation: none of these needs it."""
    tables = open_snapshot(snapshots_folder() / month).tables
    columns = ["series", "period", "low", "high", "best", "basis"]
    nothing = Estimates(pd.DataFrame(columns=columns))
    rows, *given = [tables[name] for name in ("claims", "statements", "series", "sources", "events")]
    return judge_claims(rows[rows["claim"].str.startswith(begins)], *given, lambda *_: nothing).set_index("claim")


@pytest.fixture(scope="module")
def judged():
    return judge("2025-11", "cl-")


@pytest.fixture(scope="module")
def judged_later():
    return judge("2025-12", "cl-citic-")


@pytest.mark.parametrize("claim", [*SIGNED, *LATER])
def test_a_verdict_is_what_an_expert_signed(judged, judged_later, claim):
    verdict, words = (SIGNED | LATER)[claim]
    found = (judged_later if claim in LATER else judged).loc[claim]
    assert (found["verdict"], words in found["evidence"]) == (verdict, True)


def test_what_is_not_checkable_names_the_figure_that_would_decide(judged):
    assert (judged["would_decide"].ne("") == judged["verdict"].eq("not checkable")).all()
    assert judged.at["cl-smm-51", "would_decide"].endswith("2025-05, 2025-06")
    assert judged.at["cl-smm-27", "would_decide"] == "operating rate of magnesium powder plants"


def test_the_number_of_origins_is_that_of_the_figure_that_the_fewest_print(judged):
    assert judged.loc[judged["verdict"] == "confirmed", "n_origins"].between(1, 7).all()
    assert judged.loc[judged["verdict"] == "own arithmetic only", "n_origins"].eq(0).all()
    assert judged.at["cl-citic-10", "n_origins"] == 2
