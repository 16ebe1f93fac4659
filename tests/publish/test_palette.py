import re

import pytest

from metalsbook.page.theme import CELL_INK, GRID, INK, MUTED, PALETTE
from metalsbook.publish import assets, palette


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", PALETTE)
def test_marks_stand_out_on_both_grounds(colour):
    assert contrast(colour, "#ffffff") >= 3
    assert contrast(palette.DARK[colour], palette.GROUND) >= 3


def test_figures_in_cells_keep_their_ink_where_the_cells_keep_their_colours():
    assert CELL_INK not in palette.DARK
    assert contrast(CELL_INK, "#9ecae1") >= 4.5


@pytest.mark.parametrize("colour", [INK, MUTED])
def test_text_can_be_read_on_both_grounds(colour):
    assert contrast(colour, "#ffffff") >= 4.5
    assert contrast(palette.DARK[colour], palette.GROUND) >= 4.5


def test_the_ground_is_the_page_s():
    css = (assets.STATIC / "book.css").read_text("utf-8")
    assert f"--ground: light-dark(#ffffff, {palette.GROUND})" in css


def test_only_colours_that_occur_get_a_rule():
    style = palette.dark_style(f'<path fill="{INK}" stroke="#abcdef"/>')
    assert f'[fill="{INK}"]{{fill:{palette.DARK[INK]}}}' in style
    assert GRID not in style and "#abcdef" not in style
    assert "[stroke" not in style


def test_a_colour_is_turned_where_it_paints():
    style = palette.dark_style(f'<path stroke="{GRID}"/><path fill="{INK}"/><path stroke="{GRID}"/>')
    rules = f'[fill="{INK}"]{{fill:{palette.DARK[INK]}}}[stroke="{GRID}"]{{stroke:{palette.DARK[GRID]}}}'
    assert style == f"@media (prefers-color-scheme:dark){{{rules}}}"


def test_the_page_s_rules_cover_the_table():
    assert len(re.findall(r"light-dark\(", palette.page_rules())) == 2 * len(palette.DARK)
