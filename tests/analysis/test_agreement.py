import pandas as pd

from metalsbook.analysis.agreement import agreed_prints, without_note


def prints(*rows):
    columns = ["period", "value", "source", "published", "statement"]
    return pd.DataFrame(rows, columns=columns)


def test_the_value_of_most_sources_stands_against_a_later_one():
    rows = prints(
        ("2025-06", 26.4, "a", "2025-07-10", "1"),
        ("2025-06", 26.4, "b", "2025-07-11", "2"),
        ("2025-06", 45.4, "note", "2025-08-18", "3"),
    )
    assert agreed_prints(rows, ["period"])["value"].tolist() == [26.4]


def test_two_prints_of_one_source_count_once_and_ties_go_to_the_later():
    rows = prints(
        ("2025-06", 1.0, "a", "2025-07-10", "1"),
        ("2025-06", 1.0, "a", "2025-07-11", "2"),
        ("2025-06", 2.0, "b", "2025-07-12", "3"),
    )
    assert agreed_prints(rows, ["period"])["value"].tolist() == [2.0]


def test_a_note_and_its_copies_are_left_out():
    rows = prints(("2025-06", 1.0, "note", "", "1"), ("2025-06", 1.0, "copy", "", "2"), ("2025-06", 1.0, "a", "", "3"))
    sources = pd.DataFrame({"source": ["note", "copy", "a"], "repeats": ["", "note", ""]})
    assert without_note(rows, sources, "note")["source"].tolist() == ["a"]
