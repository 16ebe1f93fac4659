"""Prints that meet only at the edge of their rounding are rivals.

43,500 and 43,400 of one month, both to the hundred, leave the single value 43,450, and nobody printed that: whoever
rounds takes the edge to one side, so that no figure rounds to both. The edge is cut off both prints, by a sliver that
the programs can see. They then contradict each other, and the month covers both, instead of collapsing to the point
between them.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from metalsbook.analysis.reconcile.facts import Fact
from metalsbook.analysis.reconcile.vintages import Vintage

Sides = tuple[tuple[Vintage, ...], tuple[Vintage, ...]]
"""Vintages of the top and of the bottom cells that a print shows."""

SLIVER = 0.01
"""Share of a print's rounding that is cut off at the edge."""

VISIBLE = 2e-6
"""Share of its level that is cut off at least, so that the programs see it. Where that is more than a quarter of the
rounding, both prints are read as one that covers both."""

TOUCH = 1e-9
"""How near two edges must be, as a share of the level, to be the same."""


def touches(one: Fact, two: Fact) -> bool:
    """Return whether two facts of the same sums meet at the upper edge of the first and nowhere else."""
    near = abs(one.high - two.low) <= TOUCH * max(abs(two.low), 1e-12)
    return near and one.low < two.low and two.high > one.high and _is_rounded(one) and _is_rounded(two)


def cut_edges(facts: Sequence[Fact], shown: Sequence[Sequence[Sides]]) -> list[tuple[float, float]]:
    """Return the least and greatest value of each fact, without the edges that it shares with a rival print.

    Args:
        facts: Facts.
        shown: The vintages that the prints of each fact show: prints of different vintages are revisions, not rivals.
    """
    bounds = [(fact.low, fact.high) for fact in facts]
    rivals: dict[Sides, list[int]] = defaultdict(list)
    for number, prints in enumerate(shown):
        for sides in prints:
            rivals[sides].append(number)
    for numbers in rivals.values():
        for one, two in (pair for pair in combinations(numbers, 2)):
            lower, upper = (one, two) if facts[one].low < facts[two].low else (two, one)
            if not touches(facts[lower], facts[upper]):
                continue
            widths = [facts[number].high - facts[number].low for number in (lower, upper)]
            slivers = [max(SLIVER * width, VISIBLE * facts[upper].high) for width in widths]
            if max(slivers) < min(widths) / 4:
                bounds[lower] = (bounds[lower][0], facts[lower].high - slivers[0])
                bounds[upper] = (facts[upper].low + slivers[1], bounds[upper][1])
            else:
                both = (bounds[lower][0], bounds[upper][1])
                bounds[lower] = bounds[upper] = both
    return bounds


def _is_rounded(fact: Fact) -> bool:
    """Return whether the figure stands for its rounding alone: "over 43,450" has an edge that it includes."""
    width = fact.resolution / 100 if fact.bottom else fact.resolution * (3 if fact.measure == "mean3" else 1)
    return width > 0 and abs(fact.high - fact.low - width) <= 1e-6 * width
