"""The month's table: whole numbers behind rounded text, each row's chapter and origin, months side by side."""

import re

from metalsbook.page.board import board, board_rows, sparkline
from tests.page.editions import edition, month, printed

INGOT, OUTPUT = "mg.export.ingot", "mg.output.cn.smm"
SERIES = {INGOT: {"title": "Ingot"}, OUTPUT: {"title": "Output"}}
MONTHS = [f"2025-{number:02d}" for number in range(1, 12)]


def made():
    statements = [
        # A change without its level: it would stand beside the level of October.
        printed(OUTPUT, "2025-11", 9.7, "mom"),
        printed(INGOT, "2025-11", 22218.4),
        printed(INGOT, "2025-11", 61.21, "mom", 0.01),
    ]
    estimates = [month(INGOT, "2025-11", 22218.4), *(month(OUTPUT, each, 90000, 50, "implied") for each in MONTHS[:-1])]
    return edition(statements, estimates, catalogue=SERIES)


def test_the_text_is_rounded_and_the_number_behind_it_whole():
    shown = board(made(), {"Ingot": INGOT, "Nobody knows it": "x.y"}, "November").markup
    assert '<data value="22218.4">22,218</data>' in shown and '<data value="61.21">+61</data>' in shown
    assert 'href="magnesium_exports.html"' in shown and "Nobody" not in shown
    assert "published</summary>" in shown and "st-mg.export.ingot-level-2025-11-22218.4-smm" in shown


def test_an_unknown_month_shows_the_latest_that_is_known_with_its_own_status_and_changes():
    (row,) = board_rows(made(), {"Output": OUTPUT})
    assert (row["month"], row["latest"].best, row["status"]) == ("2025-10", 90000, "derived")
    assert (row["mom"].best, row["yoy"], row["ytd"].best) == (0, None, 900_000)


def test_months_stand_side_by_side_and_those_nobody_published_are_told_apart():
    beside = board(made(), {"Output": OUTPUT}, "November").markup.split("side by side", 1)[1]
    assert re.findall(r'scope="col"[^>]*>([^<]*)<', beside)[2::12] == ["Nov 24", "Nov 25"]
    assert beside.count('class="mb-derived"') == 10


def test_a_gap_of_the_course_is_a_gap_of_the_line():
    drawn = sparkline([1, 2, float("nan"), 3, float("nan"), 4])
    assert len(re.findall(r"M[\d.]+ [\d.]+h0", drawn)) == 3 and drawn.count("L") == 1
    assert sparkline([1, float("nan"), 2]) == "" and "nan" not in sparkline([5, 5, 5])
