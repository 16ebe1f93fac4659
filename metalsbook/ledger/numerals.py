"""Numerals as sources print them: digits, separators and scale words of several languages, and the last digit's size.

What belongs here: how one number is written (`38,900`, `2,38 milhões`, `3.87万`, `24만2000`, `1万5千`). Which numbers a
text holds is the business of `wording`, what they say that of `figures`.
"""

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

_CHARACTERS = {
    "千": 3,
    "万": 4,
    "萬": 4,
    "만": 4,
    "百万": 6,
    "百萬": 6,
    "千万": 7,
    "千萬": 7,
    "亿": 8,
    "億": 8,
    "억": 8,
    "百亿": 10,
    "百億": 10,
    "千亿": 11,
    "千億": 11,
}
_LETTERS = {"k": 3, "K": 3, "m": 6, "M": 6, "kt": 3, "ktpy": 3, "ktpa": 3, "Mt": 6, "Mtpa": 6, "mnt": 6, "mn": 6} | {
    "bn": 9
}
_WORDS = {
    "thousand": 3,
    "tsd": 3,
    "mil": 3,
    "тыс": 3,
    "ألف": 3,
    "million": 6,
    "millions": 6,
    "mln": 6,
    "mio": 6,
    "millionen": 6,
    "milhões": 6,
    "milhão": 6,
    "millones": 6,
    "млн": 6,
    "billion": 9,
    "mrd": 9,
    "milliarden": 9,
    "bilhões": 9,
    "млрд": 9,
    "trillion": 12,
}
SCALES = _CHARACTERS | _LETTERS | _WORDS | {word.capitalize(): power for word, power in _WORDS.items()}
"""Scale word -> power of ten. `kt`, `Mt`, `mnt` name a scale and the tonne at once; lower-case `mt` is a metric ton."""

_CURRENCIES = ("RMB", "Yn", "CNY", "US", "USD", "EUR", "AU")
_NOT_IN_WORD = "(?:(?<![A-Za-z0-9])|" + "|".join(f"(?<={name})" for name in _CURRENCIES) + ")"
_DIGITS = r"\d{1,3}(?:[,.]\d{3})+(?:[.,]\d+)?(?!\d)|\d{1,3}(?:[ '\u2019]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_WORD_SCALE = (
    rf"(?:[\s-]{{0,2}}(?:{'|'.join(sorted((w for w in SCALES if w.lower() in _WORDS), key=len, reverse=True))})"
    rf"|\s?(?:{'|'.join(sorted((w for w in _LETTERS if len(w) > 1), key=len, reverse=True))})|[kKmM])(?![^\W\d_])"
)
_CHARACTER_SCALE = r"\s?(?:[百千]?[万萬亿億]|[만억]|千(?!克|瓦))"
NUMERAL = re.compile(
    rf"{_NOT_IN_WORD}(?P<digits>{_DIGITS})(?P<scale>{_CHARACTER_SCALE}|{_WORD_SCALE})?"
    rf"(?P<more>(?:\d+{_CHARACTER_SCALE})*(?:(?<=[万萬만亿億억千])(?:\d,\d{{3}}|\d{{1,4}})(?!\d|[.,]\d))?)",
)
_BLANKS = re.compile(r"[ '\u2019]")
_PART = re.compile(rf"(\d+)({_CHARACTER_SCALE})?")
_CONTINENTAL = re.compile(
    r"Million(?:en)\b|\bMio\b|\bMrd|Milliarden|Tonnen|Prozent|Einheiten|milh|bilh|\bmil\b|quilos|toneladas|millones"
    r"|млн|млрд|тыс|тонн|\bmillions? de\b|\benviron\b|\bdiminution\b|\bhausse\b|\bbaisse\b"
)


class Numeral(NamedTuple):
    """One printed number without sign.

    Attributes:
        value: The number, scale words applied.
        resolution: Size of the last digit that counts as significant.
        step: Size of the last digit that is not zero (of the first digit, for zero).
    """

    value: Decimal
    resolution: Decimal
    step: Decimal

    def times(self, factor: Decimal) -> "Numeral":
        """Return the numeral in another unit."""
        if factor == 1:
            return self
        return Numeral(self.value * factor, self.resolution * factor, self.step * factor)


def is_continental(text: str) -> bool:
    """Return whether words in `text` belong to a language that writes a decimal comma."""
    return _CONTINENTAL.search(text) is not None


def read_numeral(
    digits: str, scale: str = "", more: str = "", significant: int = 2, continental: bool = False
) -> Numeral:
    """Return the number that the parts of a `NUMERAL` match say.

    Args:
        digits: Leading digits with their separators.
        scale: Scale word behind them, "" if none.
        more: Further digit groups of an East Asian number, as in 24만(2000) and 24万(2,000).
        significant: Trailing zeros of a number without decimals say nothing about its precision, so they are taken as
            not significant, but at least this many leading digits are (20,000 -> 1,000 with 2); 0 counts all digits.
        continental: Whether `1.234` means 1234 and `1,234` means 1.234.
    """
    mantissa, decimals = _split(digits, continental)
    power = SCALES[scale.strip(" -")] if scale else 0
    # The number is `mantissa` units of ten to the `power`; a group behind it moves both to the group's own unit.
    power -= decimals
    if more and not decimals:
        mantissa, power = _add_groups(mantissa, power, more.replace(",", ""))
    whole = str(mantissa)
    zeros = len(whole) - len(whole.rstrip("0")) if mantissa else 0
    silent = 0 if decimals or not significant else min(zeros, max(0, len(whole) - significant))
    return Numeral(Decimal(mantissa).scaleb(power), _ten_to(power + silent), _ten_to(power + zeros))


def _add_groups(mantissa: int, power: int, more: str) -> tuple[int, int]:
    for digits, scale in _PART.findall(more):
        finer = SCALES[scale.strip()] if scale else 0
        if finer >= power or len(digits) > power - finer:
            # 1千5000 is no number but two: the second has no room in the first.
            break
        mantissa, power = mantissa * 10 ** (power - finer) + int(digits), finer
    return mantissa, power


@cache
def _ten_to(power: int) -> Decimal:
    return Decimal(1).scaleb(power)


def _split(digits: str, continental: bool) -> tuple[int, int]:
    """Return the digits as a whole number, and how many of them are decimals."""
    if digits.isdecimal():
        return int(digits), 0
    text = _BLANKS.sub("", digits)
    comma, dot = (".", ",") if continental else (",", ".")
    if text.count(dot) > 1 or (comma in text and dot in text and text.rfind(comma) > text.rfind(dot)):
        comma, dot = dot, comma
    if dot not in text and text.count(comma) == 1 and len(text) - text.rfind(comma) != 4:
        comma, dot = dot, comma
    text = text.replace(comma, "")
    whole, _, decimals = text.partition(dot)
    return int(whole + decimals), len(decimals)
