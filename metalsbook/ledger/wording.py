"""Wording: which numbers a printed text holds, which of them are meant, their sign and their qualifier."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from metalsbook.ledger.numerals import NUMERAL, Numeral, is_continental, read_numeral
from metalsbook.ledger.units import printed_factor
from metalsbook.ledger.vocabulary import PRICE_UNITS

_QUALIFIERS = {
    "up_to": r"\bup to\b|\bas much as\b|\bat most\b|至多|最多",
    "below": r"\bbelow\b|\bless than\b|(?<!just )\bunder\b|不足|不到|以下|低于|低於|未満",
    "nearly": r"\bnearly\b|\balmost\b|\bjust under\b|\bclose to\b|近|接近|\bknapp\b|\bfast\b|\bpresque\b|почти",
    "over": r"\bover\b|\bmore than\b|\bexceed|\bsurpass|\babove\b|\bat least\b|超|逾|以上|\büber\b|\bmehr als\b"
    r"|\bplus de\b|более|свыше",
    "about": r"\babout\b|\baround\b|\bapprox|\broughly\b|\brough\b|\bsome\b(?=\W*\d)|\bcirca\b|\bca\.|\brund\b"
    r"|\benviron\b|\bcerca\b|около|примерно|约|約|左右|上下|약|^\s*~",
}
"""Qualifier -> the words that carry it; the first that matches is taken."""
_QUALIFIER = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _QUALIFIERS.items()}
_ANY_QUALIFIER = re.compile("|".join(_QUALIFIERS.values()), re.IGNORECASE)
_DOWN = re.compile(
    r"\bdown\b|\bdecreas|\bdeclin|\bfell\b|\bfall|\bdrop|\blower\b|\bdiminution|\bbaisse|\brückgang|\bminus\b"
    r"|下降|下滑|减少|減少|下跌|降低|回落|降幅|減|снижени",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\bup\b(?! to)|\bincreas|\brose\b|\bris(?:e|ing)\b|\bgrew\b|\bgrowth\b|\bhigher\b|\bhausse|\bplus\b(?! de)"
    r"|增长|增加|增幅|上涨|上升|提升|增長|上漲|рост",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"^\s?-?(?:%|٪|pc\b|pct\b|per ?cent|perc\b|prozent|بالمائة|个百分点|個百分點)", re.IGNORECASE)
_FOLD = re.compile(r"^\s?-?(?:fold\b|times\b|倍)", re.IGNORECASE)
_PARENTHESIS = re.compile(r"\((?!\s?(?:万|萬|亿|億|million|billion|thousand))[^()]*\)")
_CURRENCY = r"(?:US\$|\$US|\$|RMB|Yn|¥|CNY|USD)?"
_BETWEEN = re.compile(
    rf"^\D{{0,24}}?\s?(?:-|~|\bto\b|\band\b|至|到|から|\bMel\b|\band as low as\b)\s?(?P<minus>-?){_CURRENCY}\s?$"
)
_LIST = re.compile(r"^%?\s?/\s?$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATED = re.compile(
    r"(?:\b(?:in|of|from|early|since|by|until|late|end|to|vs|Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)\b"
    r"|\b[QH]\d)\.?\s$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"^\s?(?:[%$/元吨噸円톤台輛辆万萬]|yuan|rmb|us|m?t\b|ton|metric|kg|unit|per\b|dollar)", re.IGNORECASE
)
_DAY_OR_MONTH = re.compile(r"^\s?(?:年|月|日|号|號)")
_DASH = re.compile(r"[–—−‒]")
_ODD_DOT = re.compile(r"(?<=\d)・(?=\d)")
_SPLIT_DECIMAL = re.compile(r"(?<=\d\.) (?=\d)")
_DIGIT = re.compile(r"\d")
_HUNDRED = Decimal(100)
_WORD_NUMBERS = (
    (re.compile(r"\b(?:a|one)(?= (?:billion|million|kilo))", re.IGNORECASE), "1"),
    (re.compile(r"\b(?:more than )?doubl(?:ed|ing)\b|翻番|翻一番", re.IGNORECASE), "100%"),
    (re.compile(r"\btripl(?:ed|ing)\b", re.IGNORECASE), "200%"),
    (re.compile(r"\bquadrupl(?:ed|ing)\b", re.IGNORECASE), "300%"),
    (re.compile(r"\bhalved\b", re.IGNORECASE), "-50%"),
)
_NUMBER_WORD = re.compile("|".join(pattern.pattern for pattern, _ in _WORD_NUMBERS), re.IGNORECASE)


class Reading(NamedTuple):
    """The numbers that a text gives for one statement.

    Attributes:
        numerals: Without sign, in the unit of the row: one; or the two ends of a range; or the members of a list.
        qualifier: "", "about", "over", "nearly", "up_to", "below" or "range".
        sign: 1 or -1 where the text shows it, 0 where it does not.
    """

    numerals: tuple[Numeral, ...]
    qualifier: str
    sign: int


class _Found(NamedTuple):
    """A number in a text, with what stands around it."""

    numeral: Numeral
    factor: Decimal
    scaled: bool
    start: int
    end: int
    tail: str


@lru_cache(maxsize=200_000)
def read_text(stated: str, unit: str, is_change: bool = False) -> Reading:
    """Return the numbers of `stated` that a statement in `unit` can mean.

    Args:
        stated: The printed text.
        unit: Unit of the row.
        is_change: Whether the statement is a change, so that "up" and "down" give its sign.
    """
    wide = unicodedata.normalize("NFKC", stated)
    text = _normalise(wide, unit)
    found = _fitting(_find(text, unit), text, unit)
    chosen, kind = _choose(found, text) if found else ([], "one")
    if not chosen:
        return Reading((), "", 0)
    qualifier = "" if kind == "list" else "range" if kind == "range" else _qualifier(wide)
    return Reading(tuple(item.numeral for item in chosen), qualifier, _sign(text, chosen[0].start, unit, is_change))


def _normalise(wide: str, unit: str) -> str:
    """Return the text with one kind of dash, number words as digits, and asides in brackets left out."""
    text = wide if wide.isascii() else _ODD_DOT.sub(".", _DASH.sub("-", wide)).replace("٪", "%")
    text = _SPLIT_DECIMAL.sub("", text)
    if "(" in text:
        bare = _PARENTHESIS.sub(" ", text)
        aside_is_meant = unit == "%" and "%" in text and "%" not in bare
        text = bare if _DIGIT.search(bare) and not aside_is_meant else text
        text = text.replace("(", " ").replace(")", " ")
    if _NUMBER_WORD.search(text):
        for pattern, digits in _WORD_NUMBERS:
            text = pattern.sub(digits, text)
    return " ".join(text.split())


def _find(text: str, unit: str) -> list[_Found]:
    significant = 0 if unit == "%" else 3 if unit in PRICE_UNITS else 2
    continental = is_continental(text)
    found = []
    for match in NUMERAL.finditer(text):
        digits, scale, more = match.group("digits", "scale", "more")
        start, end = match.span()
        tail = text[end : end + 24]
        numeral = read_numeral(digits, scale or "", more, significant, continental)
        factor = _HUNDRED if unit == "%" and _FOLD.search(tail) else printed_factor(unit, tail, text)
        found.append(_Found(numeral.times(factor), factor, bool(scale), start, end, tail))
    return found


def _fitting(found: list[_Found], text: str, unit: str) -> list[_Found]:
    """Return the numbers that are no dates, and percentages only where the unit is per cent (and the other way)."""
    kept = [item for item in found if not _is_date(item, text)]
    if len(kept) < 2:
        return kept
    percents = [item for item in kept if _PERCENT.search(item.tail) or (unit == "%" and _FOLD.search(item.tail))]
    if unit == "%":
        first = kept.index(percents[0]) if percents else 0
        leading = kept[first - 1 : first] if first and _is_range(kept[first - 1], kept[first], text) else []
        return leading + percents if percents else kept
    return [item for item in kept if item not in percents] or kept


def _is_date(item: _Found, text: str) -> bool:
    if _DAY_OR_MONTH.search(item.tail):
        return True
    if not _YEAR.fullmatch(text[item.start : item.end]):
        return False
    return _DATED.search(text[: item.start]) is not None and _COUNTED.search(item.tail) is None


def _is_range(first: _Found, second: _Found, text: str) -> bool:
    return _BETWEEN.search(text[first.end : second.start]) is not None


def _choose(found: list[_Found], text: str) -> tuple[list[_Found], str]:
    """Return the meant numbers and whether they are "one", a "range" or a "list"."""
    if len(found) > 1 and _LIST.search(text[found[0].end : found[1].start]):
        return _share_scale(found, text), "list"
    if len(found) > 1 and _is_range(found[0], found[1], text):
        # "-2% to 3%" spans zero, which no source of the ledger prints: unreadable rather than misread.
        crosses = _minus(text, found[0]) and not _minus(text, found[1])
        return ([], "range") if crosses else (_share_scale(found[:2], text), "range")
    return found[:1], "one"


def _minus(text: str, item: _Found) -> bool:
    return text[: item.start].endswith("-")


def _share_scale(found: list[_Found], text: str) -> list[_Found]:
    """Return the numbers, scale and unit behind the last applied to those before it, unless that turns their order."""
    last = found[-1]
    match = NUMERAL.search(text, last.start)
    if match is None or match["more"]:
        # 1万7493 has its scale within itself.
        return found
    bare = read_numeral(match["digits"], continental=is_continental(text)).value
    factor = last.numeral.value / bare if bare else Decimal(1)
    return [_scaled(item, factor, last) for item in found[:-1]] + [last]


def _scaled(item: _Found, factor: Decimal, last: _Found) -> _Found:
    bare = item.numeral.times(1 / item.factor)
    if item.scaled or bare.value * factor > last.numeral.value:
        return item
    return item._replace(numeral=bare.times(factor))


def _qualifier(wide: str) -> str:
    if not _ANY_QUALIFIER.search(wide):
        return ""
    return next(name for name, pattern in _QUALIFIER.items() if pattern.search(wide))


def _sign(text: str, start: int, unit: str, is_change: bool) -> int:
    before = text[:start].rstrip(" $")
    if before.endswith(("-", "+")):
        return -1 if before.endswith("-") else 1
    if unit != "%" or not is_change:
        return 0
    return -1 if _DOWN.search(text) else 1 if _UP.search(text) else 0
