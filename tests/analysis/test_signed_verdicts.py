"""Verdicts that were judged again by hand from the sources, each kind of mistake once."""

from functools import cache

import pandas as pd

from metalsbook.analysis.claims import judge_claims
from metalsbook.analysis.evidence import Estimates
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.snapshot import open_snapshot
from tests.analysis import frames
from tests.cases import each

NOTES = {"2025-11": "cl-", "2025-12": "cl-citic-"}
"""How the claims begin that are judged in a month."""


@cache
def judged(month: str) -> pd.DataFrame:
    """The claims of a month, judged without reconciliation: none of these needs it."""
    tables = open_snapshot(snapshots_folder() / month).tables
    nothing, rows = Estimates(frames.estimates()), tables["claims"]
    chosen = rows[rows["claim"].str.startswith(NOTES[month])]
    return judge_claims({**tables, "claims": chosen}, lambda *_: nothing).set_index("claim")


@each("""
    month   | claim       | verdict             | words
    # A figure whose digits are cut off is met by the finer print; another rate of the same figure is a contradiction.
    2025-11 | cl-smm-15   | consistent          | fits if the digits are cut off
    2025-11 | cl-smm-16   | contradicted        | been -5.12%. So small a difference can be a slip of either print
    # Quotes that are not held may have been higher; months that are not known too.
    2025-11 | cl-citic-03 | not checkable       | not known are 2025-07-22 to 2025-08-07
    2025-11 | cl-smm-51   | not checkable       | not known are 2025-01
    # Confirmed needs more independent origins than another print has.
    2025-11 | cl-citic-06 | consistent          | in dispute
    2025-11 | cl-citic-11 | confirmed           | 7 independent origins
    2025-11 | cl-smm-07   | confirmed           | Behind it: 1 independent origin (customs)
    # A hope is no state, silence no evidence, and an interval on both sides of zero decides nothing.
    2025-11 | cl-citic-05 | not checkable       | an expectation
    2025-11 | cl-smm-10   | not checkable       | no complete list
    2025-11 | cl-smm-39   | not checkable       | -1.0 to 3.8%
    # A note that contradicts its own figures needs no other source.
    2025-11 | cl-smm-49   | contradicted        | the note contradicts itself
    2025-11 | cl-smm-55   | contradicted        | Read as the row reads it (Slightly: by up to 5%)
    # What neighbouring figures bound is checked.
    2025-11 | cl-smm-03   | own arithmetic only | 29,550 to 29,850 t for 2025-10
    2025-11 | cl-smm-05   | own arithmetic only | -7.2 to 2.2%
    2025-11 | cl-citic-23 | consistent          | It leaves 78,000 units for 2025-07, +46.2% on the year before
    2025-11 | cl-citic-34 | consistent          | from which that is +0.8%
    2025-11 | cl-citic-35 | consistent          | 2025-08-14, by 765,000
    2025-11 | cl-citic-37 | consistent          | -15% (yliwu.com, 2025-07) after -18.9%
    # What they only make doubtful is told, with the figure that would decide.
    2025-11 | cl-citic-04 | not checkable       | Beside it: -1.1%
    2025-11 | cl-citic-25 | not checkable       | +10.7% on the year before
    2025-11 | cl-citic-29 | own arithmetic only | Beside it: 4.4%
    2025-11 | cl-citic-38 | not checkable       | 67%
    2025-11 | cl-citic-45 | not checkable       | +39.2%
    2025-11 | cl-smm-62   | not checkable       | -12.53%
    # Words are judged of the figure that the note prints with them, and the recomputed one stands beside it: by yearly
    # ratios that an undated page of December prints.
    2025-12 | cl-citic-17 | contradicted        | about 0.95 as printed: 1 of 3
    2025-12 | cl-citic-01 | consistent          | of shorter time lie below it 0.78
""")
def test_a_verdict_is_what_an_expert_signed(month, claim, verdict, words):
    found = judged(month).loc[claim]
    assert (found["verdict"], words in found["evidence"]) == (verdict, True)


def test_what_is_not_checkable_names_the_figure_that_would_decide_and_origins_are_of_the_one_that_the_fewest_print():
    november = judged("2025-11")
    assert (november["would_decide"].ne("") == november["verdict"].eq("not checkable")).all()
    assert november.at["cl-smm-51", "would_decide"].endswith("2025-05, 2025-06")
    assert november.at["cl-smm-27", "would_decide"] == "operating rate of magnesium powder plants"
    named = "names of products, which the ledger lacks: it holds figures only"
    assert november.at["cl-citic-44", "would_decide"] == named
    assert november.loc[november["verdict"] == "confirmed", "n_origins"].between(1, 7).all()
    assert november.loc[november["verdict"] == "own arithmetic only", "n_origins"].eq(0).all()
    assert november.at["cl-citic-10", "n_origins"] == 2
