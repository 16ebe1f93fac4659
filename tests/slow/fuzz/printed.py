"""Printed figures as a target: any text in any unit, and a second, slow reading that tells what was taken wrongly."""

import math
import random
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path

import pandas as pd

from metalsbook.errors import BookError
from metalsbook.ledger.figures import read_figure
from metalsbook.ledger.vocabulary import UNITS
from metalsbook.ledger.words import SCALES, vocabulary
from tests.slow.fuzz.mutations import mutate_words

ROOT = Path(__file__).resolve().parents[3]
FIGURE_UNITS = sorted(UNITS)
FIGURE_MEASURES = ("level", "yoy")
SIZES = ("1000 1 0.001 0.45359237 907.18474 1016.0469088", "1 1000 1000000", "1 100")
"""Sizes of units among those of their kind (masses, powers, shares), written down once more."""
TYPED = [
    *("2,300 USD/t", "16,350 yuan/t", "€2,300/t", "20,000 lbs", "20,000 short tons", "1.5e4 t", "15,000 t/month"),
    *("3万8千9百吨", "3万8900吨", "1,100万", "跌3.5%", "降幅3.5%", "(3.5)%", "▼3.5%", "slid 3.5%", "contracted 3.5%"),
    *("降幅收窄3.5个百分点", "3.5% YoY", "down 12,000 mt", "5-6 lb", "1,234 (1,000 lbs)", "5.4 MWh/t", "年产30万吨"),
]
"""What people type, beside what the ledger holds."""
_PIECES = (
    "跌|降幅|涨|收窄|down |up |slid |slowed |to |▼|▲|(|)|-|+|~|/|€|USD|$|yuan|元|美元|lbs|kg|/kg|短吨|斤|/month|/day"
    "|/year|年|月|日|每|百|千|万|十|亿|8百|e4|K|M| k|mn|⁴|½| (1,000 lbs)|个百分点|%|倍|e"
).split("|")
_WORDED = re.compile(r"\b(?:a|one)\b|doubl|tripl|quadrupl|halved|翻", re.IGNORECASE)
_MORE_THAN_A_FLOAT_HOLDS = re.compile(r"(?:\d[ ,.'’]?){15}")


def mutate_figure(content: bytes, chance: random.Random) -> bytes:
    """Return a printed text with words, signs and scales in it that change what it says, or with any other fault."""
    if chance.random() < 0.4:
        return mutate_words(content, chance)
    text = content[2:].decode("utf-8", "replace")
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(_PIECES) + text[place + chance.choice((0, 0, 1)) :]
    return bytes(chance.randrange(256) if chance.random() < 0.3 else one for one in content[:2]) + text.encode()


def figure_seeds() -> list[bytes]:
    """Return printed texts of the ledger, one of each shape."""
    # Compiled before the first case is timed.
    known_words()
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
    ][:400] + [
        bytes([FIGURE_UNITS.index(unit), measure]) + text.encode()
        for text in TYPED
        for unit, measure in (("t", 0), ("CNY/t", 0), ("t/year", 0), ("%", 1))
    ]


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
    check_reading(figure.value, text, ends)
    return True


def check_reading(value: float, text: str, ends: Iterable[float] = ()) -> None:
    """Read a text a second time, slowly: its digits must be the value's (or its ends'), its words known."""
    wide = unicodedata.normalize("NFKC", text.replace("CO₂", "CO2"))
    for end in ends or (value,):
        assert is_printed(end, wide), f"{end} is not in {text!r}"
    assert not (words := unknown_words(wide)), f"{words} in {text!r} were passed over"


@cache
def known_words() -> re.Pattern[str]:
    """Return the pattern of a known word, the longest first; one of an alphabet must end where its letters end."""
    names = sorted({*vocabulary(), *(scale for scale in SCALES if len(scale) > 1 or scale >= "\u0900")}, key=len)
    letters = r"[^\W\d_\u0900-\uffff]"
    ends = [rf"(?!{letters})" if name[-1] < "\u0900" and name[-1].isalpha() else "" for name in names]
    pairs = [re.escape(name) + end for name, end in zip(names, ends, strict=True)]
    return re.compile("|".join(reversed(pairs)), re.IGNORECASE)


def unknown_words(wide: str) -> str:
    """Return the letters and signs of a text that no word of the vocabulary, scale or number word explains."""
    # What is said in brackets stands apart from what it interrupts.
    apart = " ".join([re.sub(r"\([^()]*\)", " ", wide), *re.findall(r"\([^()]*\)", wide)])
    wide = " ".join(re.sub("[()]", " ", apart).split())
    bare = re.sub(r"(?<=[\d.,])\s?[kKmM](?![^\W\d_])|(?<=\d)\s?(?:mn|[kKM])(?=[tT])|(?<=\d)[eE]\+?\d+", "", wide)
    bare = re.sub(r"(?i)(?:doubl|tripl|quadrupl)(?:ed|ing)|halved|翻一番|翻番|\bone\b|\ba\b|٪", "", bare)
    return re.sub(r"[\d\s+,.;:'\"&…·()~=・’–—−‒-]", "", known_words().sub(" ", bare))


@cache
def unit_ratios() -> list[Decimal]:
    """Return the sizes of units over each other; first 1, which most figures need."""
    sizes = [Decimal(size) for kind in SIZES for size in kind.split(" ")]
    ratios = {one / other for one, other in product(sizes, repeat=2)}
    return sorted(ratios, key=lambda ratio: (ratio != 1, ratio))


def is_printed(value: float, wide: str) -> bool:
    """Return whether the digits of a number stand in a text, one after the other, whatever marks stand between them."""
    if _WORDED.search(wide) or _MORE_THAN_A_FLOAT_HOLDS.search(wide):
        return True
    digits = re.sub("[^0-9]", "", "".join(str(unicodedata.digit(mark, mark)) for mark in wide))
    # 24万2000: scale characters stand between groups of digits and swallow zeros.
    swallowed = re.search("[十百千万萬만亿億억]", wide) is not None
    wanted = digits.replace("0", "") if swallowed else digits
    for factor in unit_ratios():
        for precision in (12, 15):
            found = re.sub("e.*|[^0-9]", "", f"{Decimal(repr(abs(value))) / factor:.{precision}g}").strip("0")
            if (found.replace("0", "") if swallowed else found) in wanted:
                return True
    return False
