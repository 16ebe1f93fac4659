"""Path data in few bytes leads through the same points."""

import random

import pytest

from metalsbook.publish.svg_path import (
    circle_radius,
    join_paths,
    move_path,
    points_of,
    read_path,
    straight_box,
    write_number,
    write_path,
)

WRITTEN = {
    "M0,84h279M0,36h279": "m0,84h279m-279-48h279",
    "M1.5,2L3,4L3.0,9L-0.5,9Z": "m1.5,2,1.5,2v5h-3.5z",
    "M5,5h4v2h-4ZM20,5h4v2h-4Z": "m5,5h4v2h-4zm15,0h4v2h-4z",
    "M3,0A3,3,0,1,1,-3,0A3,3,0,1,1,3,0": "m3,0a3,3,0,1,1-6,0,3,3,0,1,1,6,0",
    "M10,10C11,12,13,12,15,10S1,2,3,4": "m10,10c1,2,3,2,5,0s-14-8-12-6",
    "M10,10H20V-5H20l1e-7,2": "m10,10h10v-15h0v2",
    "M0,0.5 1-.5.5,2": "m0,.5,1-1-.5,2.5",
    "": "",
}


@pytest.mark.parametrize("data", WRITTEN)
def test_data_is_written_in_relative_steps(data):
    assert write_path(read_path(data)) == WRITTEN[data]
    assert write_path(read_path(WRITTEN[data])) == WRITTEN[data]


def test_long_lines_do_not_drift():
    chance = random.Random(7)
    points = [(chance.randint(-9999, 9999), chance.randint(-9999, 9999)) for _ in range(2000)]
    data = "M" + "L".join(f"{x / 10},{y / 10}" for x, y in points)
    assert points_of(read_path(write_path(read_path(data)))) == points


def test_a_path_is_moved_whole():
    assert write_path(move_path(read_path("M1,1h5ZM3,3v2"), 10, -20)) == "m2-1h5zm2,2v2"


def test_paths_are_joined_where_they_are():
    paths = [read_path(data) for data in ("M1,1h5v5Z", "M9,1v2", "M0,0h1")]
    places = [point for path in paths for point in points_of(path)]
    assert points_of(join_paths(paths)) == places


@pytest.mark.parametrize(("data", "box"), [("M1,2h3v-4", (5, -25, 45, 25)), ("M0,0C1,1,2,2,3,3", None)])
def test_the_box_of_straight_lines_is_known(data, box):
    assert straight_box(read_path(data), 0.5) == box


@pytest.mark.parametrize(("value", "text"), [(39.0, "39"), (0.5, ".5"), (-0.5, "-.5"), (-0.01, "0"), (10.25, "10.2")])
def test_numbers_say_nothing_needless(value, text):
    assert write_number(value) == text


def test_only_a_whole_circle_around_its_place_is_one():
    circle = "M2.5,0A2.5,2.5,0,1,1,-2.5,0A2.5,2.5,0,1,1,2.5,0"
    assert circle_radius(write_path(read_path(circle))) == "2.5"
    for old, new in (("M2.5,0", "M2.5,1"), ("A2.5,2.5", "A2.5,4"), ("1,1,-2.5", "0,1,-2.5")):
        assert circle_radius(write_path(read_path(circle.replace(old, new)))) is None
