"""The page "Build status": what was measured stands beside its targets."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from metalsbook.page import status

ROWS = [
    ("again", "A month once more.", "all from the snapshot", 1, "all from the snapshot", 1.0, None, 20.0, None),
    ("again", "A month once more.", "nothing changed", 1, "all from the snapshot", 0.04, 0.1, 1.25, 1.0),
    ("month", "A month.", "ours", 1, "ordinary", 0.35, 0.35, 9.0, None),
]
COLUMNS = [
    "case",
    "about",
    "contestant",
    "editions",
    "against",
    "ratio",
    "ratio_at_most",
    "median_s",
    "seconds_at_most",
]


@pytest.fixture
def measured(tmp_path, monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    (tmp_path / "benchmarks").mkdir()
    rows = pd.DataFrame(ROWS, columns=COLUMNS).assign(
        min_s=1.0, max_s=30.0, peak_mb=500, rounds=5, date="2025-11-30", machine="2 cores", versions="Python 3.11"
    )
    rows.to_csv(tmp_path / "benchmarks" / "speed.csv", index=False)


def cells(markup) -> list[list[str]]:
    """The rows of the first table, as text."""
    rows = ElementTree.fromstring(f"<page>{markup}</page>").find(".//tbody")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def test_each_target_stands_beside_its_figure_with_its_verdict(measured):
    assert cells(status.targets_table().markup) == [
        ["nothing changed", "times all from the snapshot", "0.04", "0.10", "met"],
        ["ours", "times ordinary", "0.35", "0.35", "met"],
        ["nothing changed", "seconds", "1.25", "1.00", "not met"],
    ]


def test_the_table_says_where_it_was_measured_and_how_to_do_it_again(measured):
    text = status.speed_table().markup
    assert "Measured on 2 cores, with Python 3.11." in text and "python -m benchmarks.run" in text
    assert len(cells(text)) == len(ROWS)


def test_the_chart_has_a_bar_for_each_contestant(measured):
    assert len(status.speed_chart().to_dict()["data"]["values"]) == len(ROWS)


def test_without_measurements_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    for shown in (status.targets_table(), status.speed_table(), status.speed_chart()):
        assert "easure" in shown.text
