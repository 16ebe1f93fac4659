"""Words: a printed text taken apart into numbers and the words of `words.toml`; any other word is refused.

What belongs here: how a number is written (`38,900`, `2,38 milhões`, `3.87万`, `24万2000`, `3万8千9百`, `1.5e4`) and
what a word is. What they say together is the business of `figures`.
"""

import re
import tomllib
import unicodedata
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from metalsbook.errors import LedgerError

_CHARACTERS = {"十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8}
_LETTERS = {"k": 3, "m": 6, "mn": 6, "bn": 9}
_WORDS = {
    3: "thousand tsd mil тыс ألف",
    6: "million millions mln mio millionen milhões milhão millones млн",
    9: "billion mrd milliarden bilhões млрд",
    12: "trillion",
}
SCALES = {
    **_CHARACTERS,
    **_LETTERS,
    **{f"{few}{many}": _CHARACTERS[few] + _CHARACTERS[many] for few in "百千" for many in "万萬亿億"},
    **{word: power for power, words in _WORDS.items() for word in words.split()},
}
"""Scale word in lower case -> power of ten."""

_DIGITS = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)"
    r"|\d{1,3}(?:[ '\u2019]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
)
_GROUP = r"\s?(?:[百千]?[万萬亿億]|[만억]|千(?!克|瓦)|百(?!分)|十)"
_SCALE = (
    rf"(?:[\s-]{{0,2}}(?i:{'|'.join(sorted(' '.join(_WORDS.values()).split(), key=len, reverse=True))})|\s?(?:mn|bn)"
    # `kt` and `Mt` are a scale and the tonne; `mt` and `MT` are a metric ton, and 5 m are no million.
    r"|[kKmM])(?![^\W\d_])|\s?(?:mn|[kKM](?=t)|K(?=T))(?=[tT](?:p[ayd])?(?![^\W\d_]))|[eE]\+?\d{1,2}(?!\d)"
)
_NUMBER = re.compile(
    rf"(?P<digits>{_DIGITS})(?P<scale>{_GROUP}|{_SCALE})?"
    rf"(?P<more>(?:\d+{_GROUP})*(?:(?<=[万萬만亿億억千百十])(?:\d,\d{{3}}|\d+)(?![.,]\d))?)"
)
_PART = re.compile(rf"(\d+)({_GROUP})?")
_BLANKS = re.compile(r"[ '\u2019]")
_CONTINENTAL = re.compile(
    r"Million(?:en)\b|\bMio\b|\bMrd|Milliarden|Tonnen|Prozent|Einheiten|milh|bilh|\bmil\b|quilos|toneladas|millones"
    r"|млн|млрд|тыс|тонн|\bmillions? de\b|\benviron\b|\bdiminution\b|\bhausse\b|\bbaisse\b"
)
_DAY_OR_MONTH = re.compile(r"\s?(?:[年月号號]|日(?!元))")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"[1-9]|[12]\d|3[01]")
_WORD_OR_MARK = re.compile(r"[^\W\d_]+|.", re.DOTALL)
_MARKS = " +,.;:'\"&…·()-~="
_GAPS = {"number": " .,'\u2019", "date": ".,'\u2019"}
"""What can stand between a number and a number or a date behind it that are meant as one."""
_SPACED_SCRIPTS_END = "\u0900"
"""Scripts before this character write words apart, so that a word ends where its letters end."""


class Numeral(NamedTuple):
    """One printed number without sign, scale words applied.

    `resolution` is the size of the last digit that counts as significant, `step` that of the last that is not zero (of
    the first digit, for zero).
    """

    value: Decimal
    resolution: Decimal
    step: Decimal

    def times(self, factor: Decimal) -> "Numeral":
        """Return the numeral in another unit."""
        return self if factor == 1 else Numeral(*(part * factor for part in self))


class Token(NamedTuple):
    """A part of a text: `kind` is a table of `words.toml`, "number" or "date"; `name` is what it means there."""

    kind: str
    name: str
    start: int
    end: int


@cache
def vocabulary() -> dict[str, tuple[str, str]]:
    """Return the known words in lower case, each with its table in `words.toml` and what it means there."""
    tables = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return {
        unicodedata.normalize("NFKC", word): (table, name)
        for table, names in tables.items()
        for name, words in names.items()
        for word in words
    }


def take_apart(text: str) -> list[Token]:
    """Return the numbers and words of a text (NFKC, one kind of dash), in its order."""
    tokens: list[Token] = []
    place, lower = 0, text.lower() if len(text.lower()) == len(text) else text
    while place < len(text):
        if text[place].isdecimal():
            tokens.append(_number_at(text, place, tokens))
        elif word := _known_word(lower, place):
            tokens.append(Token(*vocabulary()[word], place, place + len(word)))
        elif text[place] in _MARKS:
            place += 1
            continue
        else:
            raise unknown(_WORD_OR_MARK.findall(text, place)[0], text)
        place = tokens[-1].end
    return _with_dates(tokens, text)


def _with_dates(tokens: list[Token], text: str) -> list[Token]:
    """Return the tokens with the numbers of dates marked as such."""
    marked: list[Token] = []
    for place, token in enumerate(tokens):
        before, following = (marked[-1] if marked else None), (tokens[place + 1] if place + 1 < len(tokens) else None)
        if token.kind == "number" and _is_date(text[token.start : token.end], before, following):
            token = token._replace(kind="date")
        gap = _GAPS.get(token.kind) if before is not None and before.kind == "number" else None
        if before is not None and gap is not None and not text[before.end : token.start].strip(gap):
            raise _ambiguous(text[before.start : token.end])
        marked.append(token)
    return marked


def _is_date(number: str, before: Token | None, following: Token | None) -> bool:
    if following is not None and following.kind == "units":
        return False
    by_month = any(
        token is not None and token.name == "month" and token.kind == "other" for token in (before, following)
    )
    if _DAY.fullmatch(number):
        return by_month
    led_in = before is not None and before.kind == "other" and before.name in ("month", "date", "before_date")
    return _YEAR.fullmatch(number) is not None and led_in


def unknown(word: str, text: str) -> LedgerError:
    """Return the error for a word that no table knows."""
    return LedgerError(
        f"'{word}' in '{text}' is not known",
        "Give the figure as printed with its unit alone; if the word belongs there, add it to ledger/words.toml",
    )


@cache
def _words_from(letter: str) -> list[str]:
    return sorted((word for word in vocabulary() if word[0] == letter), key=len, reverse=True)


def _known_word(lower: str, place: int) -> str:
    """Return the longest known word at a place, "" for none; one of an alphabet ends where its letters end.

    Not one pattern of all words: it would take seconds to compile, in every process.
    """
    for word in _words_from(lower[place]):
        last, following = word[-1], lower[place + len(word) : place + len(word) + 1]
        is_letter = following.isalpha() and max(last, following) < _SPACED_SCRIPTS_END
        goes_on = (last.isalnum() and is_letter) or (last.isdecimal() and following.isdecimal())
        if lower.startswith(word, place) and not goes_on:
            return word
    return ""


def _number_at(text: str, place: int, tokens: list[Token]) -> Token:
    end = next(_NUMBER.finditer(text, place)).end()
    before = tokens[-1] if tokens and tokens[-1].end == place else None
    if before and before.kind != "units" and text[place - 1].isalpha() and text[place - 1] < _SPACED_SCRIPTS_END:
        raise unknown(text[before.start : end], text)
    dated = _DAY_OR_MONTH.match(text, end)
    return Token("date", "", place, dated.end()) if dated else Token("number", "", place, end)


def _ambiguous(printed: str) -> LedgerError:
    return LedgerError(f"'{printed}' can be read as a number in more than one way", "Write it with digits alone")


def is_continental(text: str) -> bool:
    """Return whether words in `text` belong to a language that writes a decimal comma."""
    return _CONTINENTAL.search(text) is not None


def read_numeral(text: str, place: int = 0, significant: int = 2, continental: bool = False) -> tuple[Numeral, Decimal]:
    """Return the number at `place` of a text, and what its scale word multiplies it by (1 for none).

    A number is digits with their separators, a scale word, further groups of an East Asian number ("24万2,000").
    Trailing zeros of one without decimals say nothing about its precision, so they are taken as not significant, but
    that many leading digits as `significant` are (20,000 -> 1,000 with 2); 0 counts all digits. Where `continental`,
    `1.234` means 1234 and `1,234` means 1.234.

    Raises:
        LedgerError: If the groups do not fit into each other (1千5000), or the last can mean two things (3万8).
    """
    printed, digits, scale, more = next(_NUMBER.finditer(text, place)).group(0, "digits", "scale", "more")
    mantissa, decimals = _split(digits, continental)
    # The number is `mantissa` units of ten to the `power`; a group behind it moves both to the group's own unit.
    power = _power(scale) - decimals
    if more and decimals:
        raise _ambiguous(printed)
    for group, finer_scale in _PART.findall(more.replace(",", "")):
        finer = _power(finer_scale)
        # People say 3万8 for 38,000, and write it for 30,008.
        if finer >= power or len(group) > power - finer or (len(group) == 1 < power and not finer_scale):
            raise _ambiguous(printed)
        mantissa, power = mantissa * 10 ** (power - finer) + int(group), finer
    whole = str(mantissa)
    zeros = len(whole) - len(whole.rstrip("0")) if mantissa else 0
    silent = 0 if decimals or not significant else min(zeros, max(0, len(whole) - significant))
    sizes = ((mantissa, power), (1, power + silent), (1, power + zeros))
    numeral = Numeral(*(Decimal(size).scaleb(exponent) for size, exponent in sizes))
    return numeral, Decimal(1).scaleb(0 if more else _power(scale))


def _power(scale: str | None) -> int:
    word = (scale or "").strip(" -").lower()
    return int(word[1:]) if word.startswith("e") else SCALES.get(word, 0)


def _split(digits: str, continental: bool) -> tuple[int, int]:
    """Return the digits as a whole number, and how many of them are decimals."""
    text = _BLANKS.sub("", digits)
    comma, dot = (".", ",") if continental else (",", ".")
    if text.count(dot) > 1 or (comma in text and dot in text and text.rfind(comma) > text.rfind(dot)):
        comma, dot = dot, comma
    if dot not in text and text.count(comma) == 1 and len(text) - text.rfind(comma) != 4:
        comma, dot = dot, comma
    whole, _, decimals = text.replace(comma, "").partition(dot)
    return int(whole + decimals), len(decimals)
