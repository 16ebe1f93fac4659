from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.mislabels import find_fit, neighbours
from metalsbook.ledger.figures import read_figure
from tests.analysis import frames

SOURCES = frames.sources(("a", "House A", ""))
CARS = (
    ("cars.output", "level", "2025-06", "2.794 million", "a"),
    ("cars.output", "yoy", "2025-06", "11.4%", "a"),
    ("cars.electric.output", "level", "2025-06", "1.268 million", "a"),
    ("cars.electric.output", "yoy", "2025-06", "26.4%", "a"),
)


def fit(series, measure, period, printed, unit, rows=CARS):
    book = Evidence(frames.statements(*rows), frames.series(), SOURCES)
    found = find_fit(series, measure, period, unit, read_figure(printed, unit, measure), book)
    return found and found.name


def test_a_part_taken_for_its_total_is_found():
    assert fit("cars.output", "level", "2025-06", "1.268 million", "unit") == "cars.electric.output level 2025-06"


def test_a_growth_rate_of_a_part_is_found():
    assert fit("cars.output", "yoy", "2025-06", "26.4%", "%") == "cars.electric.output yoy 2025-06"


def test_a_share_taken_for_a_growth_rate_is_found():
    assert fit("cars.output", "yoy", "2025-06", "45.4%", "%") == "cars.electric.output / cars.output level 2025-06"


def test_another_measure_of_the_same_series_is_found():
    rows = [
        ("exports.total", "ytd", "2025-11", "408,800 t", "a"),
        ("exports.total", "level", "2025-11", "38,900 t", "a"),
    ]
    assert fit("exports.total", "level", "2025-11", "408,800 t", "t", rows) == "exports.total ytd 2025-11"


def test_the_month_beside_is_found():
    rows = [("exports.total", "level", "2025-10", "29,751 t", "a")]
    assert fit("exports.total", "level", "2025-11", "29,751 t", "t", rows) == "exports.total level 2025-10"


def test_a_stranger_is_no_neighbour():
    rows = [*CARS, ("exports.total", "yoy", "2025-06", "30.4%", "a")]
    assert fit("cars.output", "yoy", "2025-06", "30.4%", "%", rows) is None
    book = Evidence(frames.statements(*rows), frames.series(), SOURCES)
    assert neighbours("cars.output", book) == ["cars.electric.output"]


def test_a_figure_of_two_digits_fits_by_chance_and_is_not_tried():
    rows = [("cars.electric.output", "yoy", "2025-06", "26%", "a")]
    assert fit("cars.output", "yoy", "2025-06", "26%", "%", rows) is None


def test_a_coarse_figure_fits_nothing():
    rows = [("cars.electric.output", "level", "2025-06", "1.3 million", "a")]
    assert fit("cars.output", "level", "2025-06", "1.300 million", "unit", rows) is None
