"""Figures: what a printed text says of the true figure.

A source prints `38,900 tons`, `近10%`, `1.62-1.64 million yuan/mt` or `down 2.6%`; a `Figure` is that as a number with
the interval in which the true figure can lie. Rules, all on the size of what is printed:

- `resolution` is the size of the last printed digit. Trailing zeros of a number without decimals count as not
  significant, but two leading digits always count (three for prices: a quote of 17,000 is not meant to the nearest
  1,000); every digit of a percentage counts. 38,900 tons -> 100; 20,000 tons -> 1,000; 17,050 yuan -> 10; 20% -> 1.
- Rounded to nearest: value +/- resolution / 2. Truncated: from the value one resolution away from zero.
- A `step` is the size of the last digit that is not zero: round numbers are rounded on purpose. "over" reaches from the
  value to the larger of one resolution and half a step above it (over 60% -> 60 to 65), "nearly" as far below it,
  "below" and "up to" from 0 to it; "about" reaches the larger of one resolution and a quarter of a step to both sides
  (about 30,000 t -> 27,500 to 32,500; about 53% -> 52 to 54).
- A range means from its low end to its high end, each end rounded as the finer of the two.
"""

from decimal import Decimal
from math import nan
from typing import NamedTuple

import pandas as pd

from metalsbook.errors import LedgerError
from metalsbook.ledger.numerals import Numeral
from metalsbook.ledger.vocabulary import CHANGE_MEASURES
from metalsbook.ledger.wording import Reading, read_text

_NOTHING = Decimal(0)
ROUNDINGS = ("nearest", "truncate")


class Figure(NamedTuple):
    """A printed figure in the unit of its row.

    Attributes:
        value: The figure; the middle of a range.
        resolution: Size of the last printed digit that is significant.
        qualifier: "", "about", "over", "nearly", "up_to", "below" or "range".
        low: Low end of a printed range, else NaN.
        high: High end of a printed range, else NaN.
        bound_low: Least true figure that the text allows.
        bound_high: Greatest true figure that the text allows.
    """

    value: float
    resolution: float
    qualifier: str
    low: float
    high: float
    bound_low: float
    bound_high: float


_NOTHING_READ = Figure(nan, nan, "", nan, nan, nan, nan)


def read_figure(
    stated: str, unit: str, measure: str = "level", value: float | None = None, rounding: str = "nearest"
) -> Figure:
    """Return what `stated` says as a figure in `unit`.

    Args:
        stated: The printed text.
        unit: Unit that the figure is wanted in, as in the `unit` column of a statement.
        measure: Measure of the statement; the words "up" and "down" give the sign of a change only.
        value: The figure that somebody read off the text. It decides nothing but the sign where the text shows none,
            and which figure is meant where the text lists several ("0.9/134/1,019mn").
        rounding: "nearest", or "truncate" for a publisher that cuts digits off.

    Raises:
        LedgerError: If the text holds no number that fits the unit, or `rounding` is unknown.
    """
    if rounding not in ROUNDINGS:
        raise LedgerError(f"Rounding '{rounding}' is not known", f"Use one of {', '.join(ROUNDINGS)}")
    reading = read_text(stated, unit, measure in CHANGE_MEASURES)
    if not reading.numerals:
        raise LedgerError(f"'{stated}' holds no number that can be read in {unit}", "State it in corrections.csv")
    sign = reading.sign or (-1 if value is not None and value < 0 else 1)
    if reading.qualifier == "range":
        return _range(reading, sign, rounding)
    return _single(_meant(reading, value), reading.qualifier, sign, rounding)


def _meant(reading: Reading, value: float | None) -> Numeral:
    if value is None or len(reading.numerals) == 1:
        return reading.numerals[0]
    return min(reading.numerals, key=lambda numeral: abs(float(numeral.value) - abs(value)))


def _single(numeral: Numeral, qualifier: str, sign: int, rounding: str) -> Figure:
    below, above = _reach(numeral, qualifier, rounding)
    bounds = sorted((sign * (numeral.value - below), sign * (numeral.value + above)))
    return Figure(float(sign * numeral.value), float(numeral.resolution), qualifier, nan, nan, *map(float, bounds))


def _reach(numeral: Numeral, qualifier: str, rounding: str) -> tuple[Decimal, Decimal]:
    """Return how far the true figure can lie below and above the printed size."""
    resolution, step = numeral.resolution, numeral.step
    if qualifier in ("below", "up_to"):
        return numeral.value, _NOTHING
    if qualifier == "about":
        return (max(resolution, step / 4),) * 2
    if qualifier == "over":
        return _NOTHING, max(resolution, step / 2)
    if qualifier == "nearly":
        return max(resolution, step / 2), _NOTHING
    return (_NOTHING, resolution) if rounding == "truncate" else (resolution / 2,) * 2


def _range(reading: Reading, sign: int, rounding: str) -> Figure:
    first, last = sorted(numeral.value for numeral in reading.numerals[:2])
    resolution = min(numeral.resolution for numeral in reading.numerals[:2])
    before, after = (_NOTHING, resolution) if rounding == "truncate" else (resolution / 2,) * 2
    low, high = sorted((sign * first, sign * last))
    bounds = sorted((sign * (first - before), sign * (last + after)))
    middle = sign * (first + last) / 2
    return Figure(float(middle), float(resolution), "range", float(low), float(high), *map(float, bounds))


def read_figures(statements: pd.DataFrame) -> pd.DataFrame:
    """Return what the printed text of each statement says, in the unit of its row.

    Args:
        statements: Columns `read_as` (printed text), `unit`, `measure`, `value` (float).

    Returns:
        `qualifier`, `resolution`, `bound_low`, `bound_high`, and `printed_value`, `printed_low`, `printed_high`; all
        numbers are NaN where the text cannot be read.
    """
    cells = (statements[name].tolist() for name in ("read_as", "unit", "measure", "value"))
    figures = [_figure_or_nothing(*row) for row in zip(*cells, strict=True)]
    frame = pd.DataFrame(figures, columns=list(Figure._fields), index=statements.index)
    return frame.rename(columns={name: f"printed_{name}" for name in ("value", "low", "high")})


def _figure_or_nothing(stated: str, unit: str, measure: str, value: float) -> Figure:
    try:
        return read_figure(stated, unit, measure, value)
    except LedgerError:
        return _NOTHING_READ
