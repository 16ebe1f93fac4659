import pytest

from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.mislabels import find_fit
from metalsbook.ledger.figures import read_figure
from tests.analysis import frames
from tests.cases import cases

SOURCES = frames.sources(("a", "House A", ""))
ROWS = (
    ("cars.output", "level", "2025-06", "2.794 million", "a"),
    ("cars.output", "yoy", "2025-06", "11.4%", "a"),
    ("cars.electric.output", "level", "2025-06", "1.268 million", "a"),
    ("cars.electric.output", "yoy", "2025-06", "26.4%", "a"),
    ("cars.electric.output", "yoy", "2025-07", "26%", "a"),
    ("cars.electric.output", "level", "2025-08", "1.3 million", "a"),
    ("exports.total", "ytd", "2025-11", "408,800 t", "a"),
    ("exports.total", "level", "2025-11", "38,900 t", "a"),
    ("exports.total", "level", "2025-10", "29,751 t", "a"),
    ("exports.total", "yoy", "2025-06", "30.4%", "a"),
)


# The last three: of a stranger, of two digits (which fit by chance), and too coarse.
@pytest.mark.parametrize(
    ("series", "measure", "period", "printed", "unit", "fits"),
    cases("""
        cars.output   | level | 2025-06 | 1.268 million | unit | cars.electric.output level 2025-06
        cars.output   | yoy   | 2025-06 | 26.4%         | %    | cars.electric.output yoy 2025-06
        cars.output   | yoy   | 2025-06 | 45.4%         | %    | cars.electric.output / cars.output level 2025-06
        exports.total | level | 2025-11 | 408,800 t     | t    | exports.total ytd 2025-11
        exports.total | level | 2025-11 | 29,751 t      | t    | exports.total level 2025-10
        cars.output   | yoy   | 2025-06 | 30.4%         | %    |
        cars.output   | yoy   | 2025-07 | 26%           | %    |
        cars.output   | level | 2025-08 | 1.300 million | unit |
    """),
)
def test_what_a_figure_is_of_is_found_among_its_neighbours(series, measure, period, printed, unit, fits):
    book = Evidence(frames.statements(*ROWS), frames.series(), SOURCES)
    found = find_fit(series, measure, period, unit, read_figure(printed, unit, measure), book)
    assert (found.name if found else "") == fits
