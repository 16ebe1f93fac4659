"""Printed figures as a target: any text in any unit, and what tells that a figure read of it is not in it."""

import math
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pandas as pd

from metalsbook.errors import BookError
from metalsbook.ledger.figures import read_figure
from metalsbook.ledger.units import _PRINTED as PRINTED_UNITS
from metalsbook.ledger.vocabulary import UNITS

ROOT = Path(__file__).resolve().parents[3]
FIGURE_UNITS = sorted(UNITS)
FIGURE_MEASURES = ("level", "yoy")
_WORDED = re.compile(r"\b(?:a|one)\b|doubl|tripl|quadrupl|halved|翻", re.IGNORECASE)
_CHARACTER_SCALE = re.compile("[千万萬만百亿億억]")
_MORE_THAN_A_FLOAT_HOLDS = re.compile(r"(?:\d[ ,.'’]?){15}")


def figure_seeds() -> list[bytes]:
    """Return printed texts of the ledger, one of each shape."""
    frames = [
        pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted((ROOT / "data" / "ledger" / "statements").glob("*.csv"))
    ]
    rows = pd.concat(frames)[["stated", "unit"]]
    shape = rows["stated"].str.replace(r"\d", "0", regex=True).str.replace("[a-z]+", "a", regex=True)
    rows = rows[~shape.duplicated()].iloc[::3]
    return [
        bytes([FIGURE_UNITS.index(unit), 0]) + text.encode()
        for text, unit in rows.itertuples(index=False)
        if unit in FIGURE_UNITS
    ][:400]


def check_figure(content: bytes) -> bool:
    """Read a text as a figure; two bytes before it choose unit and measure."""
    unit = FIGURE_UNITS[content[0] % len(FIGURE_UNITS)] if content else "t"
    measure = FIGURE_MEASURES[content[1] % 2] if len(content) > 1 else "level"
    text = content[2:].decode("utf-8", "replace")
    try:
        figure = read_figure(text, unit, measure)
    except BookError:
        return False
    ends = (figure.low, figure.high) if figure.qualifier == "range" else (figure.value,)
    assert all(map(math.isfinite, (figure.value, figure.resolution, figure.bound_low, figure.bound_high, *ends)))
    assert figure.resolution > 0
    slack = 1e-12 * max(abs(figure.bound_low), abs(figure.bound_high))
    assert all(figure.bound_low - slack <= end <= figure.bound_high + slack for end in (figure.value, *ends))
    for end in ends:
        assert is_printed(end, text, unit), f"{end} is not in {text!r}"
    return True


def is_printed(value: float, text: str, unit: str) -> bool:
    """Return whether the digits of a number stand in a text, one after the other, whatever marks stand between them."""
    wide = unicodedata.normalize("NFKC", text)
    if _WORDED.search(wide) or _MORE_THAN_A_FLOAT_HOLDS.search(wide):
        return True
    digits = re.sub("[^0-9]", "", "".join(str(unicodedata.digit(mark, mark)) for mark in wide))
    # 24万2000: scale characters stand between groups of digits and swallow zeros.
    swallowed = _CHARACTER_SCALE.search(wide) is not None
    wanted = digits.replace("0", "") if swallowed else digits
    for factor in (1, 100, 1000, *(rule[2] for rule in PRINTED_UNITS.get(unit, ()))):
        for precision in (12, 15):
            found = re.sub("e.*|[^0-9]", "", f"{Decimal(repr(abs(value))) / factor:.{precision}g}").strip("0")
            if (found.replace("0", "") if swallowed else found) in wanted:
                return True
    return False
