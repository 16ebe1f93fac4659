"""Cases of a test as a table in a text: a case a line, ` | ` between its cells."""

import pytest


def lines_of(table: str) -> list[list[str]]:
    """Return the cells of each line of a table, all text; an empty cell is "". A line with # first is a remark."""
    lines = [f" {line.strip()} " for line in table.strip().splitlines() if not line.strip().startswith("#")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


def cases(table: str) -> list:
    """Return the lines of a table as parameters of a test, each named by what stands in it."""
    return _named(lines_of(table))


def _named(lines: list[list[str]]) -> list:
    return [pytest.param(*cells, id=" ".join(cells)[:50]) for cells in lines]


def each(table: str) -> pytest.MarkDecorator:
    """Return a mark that runs a test once for each line of a table; the first line names its parameters."""
    names, *lines = lines_of(table)
    return pytest.mark.parametrize(names, _named(lines))
