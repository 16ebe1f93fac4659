from metalsbook.analysis.mislabels import find_fit
from metalsbook.ledger.figures import read_figure
from tests.analysis import frames
from tests.cases import each

ROWS = (
    ("cars.output", "level", "2025-06", "2.794 million"),
    ("cars.output", "yoy", "2025-06", "11.4%"),
    ("cars.electric.output", "level", "2025-06", "1.268 million"),
    ("cars.electric.output", "yoy", "2025-06", "26.4%"),
    ("cars.electric.output", "yoy", "2025-07", "26%"),
    ("cars.electric.output", "level", "2025-08", "1.3 million"),
    ("exports.total", "ytd", "2025-11", "408,800 t"),
    ("exports.total", "level", "2025-11", "38,900 t"),
    ("exports.total", "level", "2025-10", "29,751 t"),
    ("exports.total", "yoy", "2025-06", "30.4%"),
)


# The last three: of a stranger, of two digits (which fit by chance), and too coarse.
@each("""
    series        | measure | period  | printed       | unit | fits
    cars.output   | level   | 2025-06 | 1.268 million | unit | cars.electric.output level 2025-06
    cars.output   | yoy     | 2025-06 | 26.4%         | %    | cars.electric.output yoy 2025-06
    cars.output   | yoy     | 2025-06 | 45.4%         | %    | cars.electric.output / cars.output level 2025-06
    exports.total | level   | 2025-11 | 408,800 t     | t    | exports.total ytd 2025-11
    exports.total | level   | 2025-11 | 29,751 t      | t    | exports.total level 2025-10
    cars.output   | yoy     | 2025-06 | 30.4%         | %    |
    cars.output   | yoy     | 2025-07 | 26%           | %    |
    cars.output   | level   | 2025-08 | 1.300 million | unit |
""")
def test_what_a_figure_is_of_is_found_among_its_neighbours(series, measure, period, printed, unit, fits):
    found = find_fit(series, measure, period, unit, read_figure(printed, unit, measure), frames.evidence(*ROWS))
    assert (found.name if found else "") == fits
