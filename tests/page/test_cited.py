import re

import pandas as pd

from metalsbook.names import told_name
from metalsbook.page.facts.series import without_copies
from metalsbook.paths import ledger_folder
from tests.page.editions import printed


def test_a_copy_of_a_print_at_hand_is_left_out():
    prints = [("2030", "argus"), ("2030", "copy"), ("2031", "copy")]
    rows = pd.DataFrame([printed("x", period, 3.0, "forecast", source=source) for period, source in prints])
    sources = pd.DataFrame({"source": ["argus", "copy"], "repeats": ["", "argus"]})
    kept = without_copies(rows, sources)
    assert [*zip(kept["period"], kept["source"], strict=True)] == [("2030", "argus"), ("2031", "copy")]


def test_every_publisher_has_an_english_name():
    publishers = pd.read_csv(ledger_folder() / "sources.csv")["publisher"]
    assert [name for name in publishers if re.search("[\u4e00-\u9fff]", told_name(name))] == []
