"""Paths become one only where that cannot be seen."""

import pytest

from metalsbook.publish.svg_layers import can_join, join_alike

GIVEN = {"fill": "none", "stroke": "none"}
BLUE = {"fill": "#0072b2"}
RED = {"fill": "#d55e00"}
LINE = {"stroke": "#52606d", "stroke-width": "2"}
SHEER = {**LINE, "stroke-opacity": "0.5"}


def box(x: float, y: float = 0) -> str:
    return f"M{x},{y}h10v10h-10Z"


def joined(*paths: tuple[dict, str]) -> list[dict]:
    return [look for look, _ in join_alike(list(paths), GIVEN)]


@pytest.mark.parametrize(
    ("look", "data", "number"),
    [
        (LINE, ["M0,0v9", "M1,0v9", "M-5,5h20"], 1),
        (SHEER, ["M0,0v9", "M2,0v9", "M4,0v9"], 1),
        (SHEER, ["M0,0v9", "M1.9,0v9", "M2,0v9", "M4,0v9"], 2),
        ({**LINE, "stroke": "rgba(0,0,0,0.5)"}, ["M0,0v9", "M1,0v9"], 2),
        ({**LINE, "stroke": "#0072b280"}, ["M0,0v9", "M1,0v9"], 2),
        ({**LINE, "stroke": "rgb(0, 114, 178)"}, ["M0,0v9", "M1,0v9"], 1),
        # Where a line turns it may end in a spike.
        (SHEER, ["M0,0v9h1", "M5,0v9h1"], 2),
        (SHEER, ["M0,0C1,1,2,2,3,3", "M90,0C91,1,92,2,93,3"], 2),
        (LINE, ["M0,0C1,1,2,2,3,3", "M90,0C91,1,92,2,93,3"], 1),
        (BLUE, [box(0), box(10), box(20)], 1),
        (BLUE, [box(0), box(9.9)], 2),
    ],
)
def test_paths_of_one_look_are_joined_where_they_do_not_cover_each_other(look, data, number):
    assert len(joined(*((look, path) for path in data))) == number


def test_cells_of_one_colour_are_joined_over_those_between():
    assert joined((BLUE, box(0)), (RED, box(10)), (BLUE, box(20)), (RED, box(0, 10))) == [BLUE, RED]


def test_what_covers_another_stays_above_it():
    assert joined((BLUE, box(0)), (RED, box(5)), (BLUE, box(12))) == [BLUE, RED, BLUE]
    assert joined((LINE, "M0,0v9"), (RED, box(0)), (LINE, "M10.9,0v9")) == [LINE, RED, LINE]
    assert joined((LINE, "M0,0v9"), (RED, box(0)), (LINE, "M11,0v9")) == [LINE, RED]


@pytest.mark.parametrize(
    "other",
    [
        {"stroke": "#1f2933"},
        {"fill": "url(#part-0)"},
        {"style": "marker:url(#m0)"},
        {"marker-end": "url(#m0)"},
        {"transform": "rotate(45)"},
    ],
)
def test_two_paints_a_gradient_and_marks_stay_by_themselves(other):
    assert can_join({**GIVEN, **BLUE})
    assert not can_join({**GIVEN, **BLUE, **other})
