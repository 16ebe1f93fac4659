"""Figures: what a printed text says of the true figure.

A source prints `38,900 tons`, `近10%`, `1.62-1.64 million yuan/mt` or `down 2.6%`; a `Figure` is that as a number with
the interval in which the true figure can lie. Rules, all on the size of what is printed:

- `resolution` is the size of the last printed digit. Trailing zeros of a number without decimals count as not
  significant, but two leading digits always count (three for prices: a quote of 17,000 is not meant to the nearest
  1,000); every digit of a percentage counts. 38,900 tons -> 100; 20,000 tons -> 1,000; 17,050 yuan -> 10; 20% -> 1.
- The true figure lies within value +/- resolution / 2; that a publisher cuts digits off is the analysis' business.
- A `step` is the size of the last digit that is not zero: round numbers are rounded on purpose. "over" reaches from the
  value to the larger of one resolution and half a step above it (over 60% -> 60 to 65), "nearly" as far below it,
  "below" and "up to" from 0 to it; "about" reaches the larger of one resolution and a quarter of a step to both sides
  (about 30,000 t -> 27,500 to 32,500; about 53% -> 52 to 54).
- A range means from its low end to its high end, each end rounded as the finer of the two.
- Every word must be known and every unit fit; a change has the sign of its words.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from math import nan
from typing import NamedTuple

import pandas as pd

from metalsbook.errors import LedgerError
from metalsbook.ledger.units import printed_factor
from metalsbook.ledger.vocabulary import CHANGE_MEASURES, PRICE_UNITS
from metalsbook.ledger.words import Numeral, Token, is_continental, read_numeral, take_apart, unknown

_NOTHING = Decimal(0)
_DASH = re.compile(r"[–—−‒]")
_ODD_DOT = re.compile(r"(?<=\d)・(?=\d)")
_SPLIT_DECIMAL = re.compile(r"(?<=\d\.) (?=\d)")
_ASIDE = re.compile(r"\((?!\s?(?:万|萬|亿|億|million|billion|thousand))([^()]*)\)")
_BRACKETS = re.compile(r"\([^()]*\)")
_ACROSS = re.compile(r"\d\s?\((?:[^()]*\)\s?\d|[^()]*\d[^()]*\)\s?[^\W_])")
"""Brackets that stand within a number, or between it and its unit or scale with another number in them."""
_NUMBER_ALONE = re.compile(r"\s?[\d.,]+\s?%?\s?")
"""In brackets with nothing else but a per cent sign: how accounts print what is below zero."""
_WORD_NUMBERS = (
    (re.compile(r"\b(?:a|one)(?= (?:billion|million|kilo))", re.IGNORECASE), "1"),
    (re.compile(r"\bdoubl(?:ed|ing)\b|翻番|翻一番", re.IGNORECASE), "100%"),
    (re.compile(r"\btripl(?:ed|ing)\b", re.IGNORECASE), "200%"),
    (re.compile(r"\bquadrupl(?:ed|ing)\b", re.IGNORECASE), "300%"),
    (re.compile(r"\bhalved\b", re.IGNORECASE), "-50%"),
)
_BETWEEN = re.compile(
    r"^[^\d,]{0,24}?\s?(?:-|~|\bto\b|\band\b|至|到|から|\bMel\b|\band as low as\b)"
    r"\s?-?(?:US\$|\$US|\$|RMB|Yn|¥|CNY|USD)?\s?$"
)
_STRONGEST_FIRST = ("up_to", "below", "nearly", "over", "about")
_LIST = re.compile(r"^%?\s?/\s?$")
_LEADING = ("$", "us$", "$us", "usd", "rmb", "yn", "¥", "cny", "€", "£")
"""Currencies that stand before their number."""
_TO = re.compile(r"\s*(?:to\b|至|到)")
_LED_TO = re.compile(r"(?:(?<!up )\bto|至|到)$", re.IGNORECASE)


class Figure(NamedTuple):
    """A printed figure in the unit of its row.

    `value` is the middle of a printed range, whose ends are `low` and `high`, else NaN; `resolution` the size of the
    last printed digit that is significant; `qualifier` "", "about", "over", "nearly", "up_to", "below" or "range"; the
    bounds are the least and greatest true figure that the text allows.
    """

    value: float
    resolution: float
    qualifier: str
    low: float
    high: float
    bound_low: float
    bound_high: float


class Reading(NamedTuple):
    """The numbers that a text gives for one statement: one, the two ends of a range, or the members of a list.

    They are in the unit of the row and bear no sign; `sign` is 0 where the text shows none.
    """

    numerals: tuple[Numeral, ...]
    qualifier: str
    sign: int


class _Found(NamedTuple):
    """A number in a text, with the units beside it."""

    numeral: Numeral
    scale: Decimal
    counted: tuple[str, ...]
    per: tuple[str, ...]
    start: int
    end: int


def read_figure(stated: str, unit: str, measure: str = "level", value: float | None = None, period: str = "") -> Figure:
    """Return what `stated` says as a figure in `unit`.

    Args:
        stated: The printed text.
        unit: Unit that the figure is wanted in.
        measure: Measure of the statement; the words "up" and "down" give the sign of a change only.
        value: The figure that somebody read off the text. It decides nothing but the sign where the text shows none,
            and which figure is meant where the text lists several ("0.9/134/1,019mn").
        period: Period of the statement, which "t a month" must fit; "" where any does.

    Raises:
        LedgerError: If the text holds no number, an unknown word or a unit that does not fit, or if it can be read in
            more than one way.
    """
    reading = read_text(stated, unit, measure, period)
    if not reading.numerals:
        raise LedgerError(f"'{stated}' holds no number that can be read in {unit}", "State it in corrections.csv")
    sign = reading.sign or (-1 if value is not None and value < 0 else 1)
    is_range = reading.qualifier == "range"
    meant = reading.numerals[: 2 if is_range else 1]
    if value is not None and not is_range:
        meant = (min(reading.numerals, key=lambda one: abs(float(one.value) - abs(value))),)
    first, last = min(one.value for one in meant), max(one.value for one in meant)
    finest = min(meant, key=lambda one: one.resolution)
    below, above = _reach(finest, reading.qualifier)
    ends = sorted((float(sign * first), float(sign * last)))
    bounds = sorted((float(sign * (first - below)), float(sign * (last + above))))
    middle, resolution = float(sign * (first + last) / 2), float(finest.resolution)
    return Figure(middle, resolution, reading.qualifier, *(ends if is_range else (nan, nan)), *bounds)


def shows_sign(stated: str, unit: str, measure: str) -> bool:
    """Return whether the text of a change says if it rose or fell; of anything else there is nothing to say."""
    reading = read_text(stated, unit, measure)
    return not _is_change(measure) or reading.sign != 0 or not any(numeral.value for numeral in reading.numerals)


def _is_change(measure: str) -> bool:
    return measure in CHANGE_MEASURES or measure.endswith("_change")


def _reach(numeral: Numeral, qualifier: str) -> tuple[Decimal, Decimal]:
    """Return how far the true figure can lie below and above the printed size."""
    half, quarter = (max(numeral.resolution, numeral.step / part) for part in (2, 4))
    words = {"below": (numeral.value, _NOTHING), "about": (quarter, quarter)}
    words |= {"up_to": words["below"], "over": (_NOTHING, half), "nearly": (half, _NOTHING)}
    return words.get(qualifier, (numeral.resolution / 2,) * 2)


def read_figures(statements: pd.DataFrame) -> pd.DataFrame:
    """Return what the printed text of each statement says, in the unit of its row.

    Args:
        statements: Columns `read_as` (printed text), `unit`, `measure`, `value` (float), `period`.

    Returns:
        `qualifier`, `resolution`, `bound_low`, `bound_high`, `printed_value`, `printed_low`, `printed_high`, and
        `unread`: why the text cannot be read, "" where it can; numbers are NaN where it cannot.
    """
    cells = (statements[name].tolist() for name in ("read_as", "unit", "measure", "value", "period"))
    figures: list[tuple] = []
    for stated, unit, measure, value, period in zip(*cells, strict=True):
        try:
            figures.append((*read_figure(stated, unit, measure, value, period), ""))
        except LedgerError as error:
            figures.append((nan, nan, "", nan, nan, nan, nan, error.what))
    frame = pd.DataFrame(figures, columns=[*Figure._fields, "unread"], index=statements.index)
    return frame.rename(columns={name: f"printed_{name}" for name in ("value", "low", "high")})


@lru_cache(maxsize=200_000)
def read_text(stated: str, unit: str, measure: str = "level", period: str = "") -> Reading:
    """Return the numbers of `stated` that a statement can mean; arguments and errors are those of `read_figure`."""
    text, asides, bracketed = _normalise(stated, unit)
    tokens = take_apart(text)
    if tokens and tokens[-1].kind == "number" and text[tokens[-1].end :].strip(" .,") in ("-", "~"):
        raise unknown(text[tokens[-1].start :], stated)
    beside = [take_apart(aside) for aside in asides]
    # (est) is said of the figure before it, (about 26%) is another figure.
    own = tokens + [token for aside in beside if not _numbers(aside) for token in aside]
    found = _find(text, tokens, own[len(tokens) :], unit, measure)
    others = [
        other for aside, told in zip(asides, beside, strict=True) for other in _find(aside, told, [], unit, measure)
    ]
    if not found:
        return Reading((), "", 0)
    chosen, kind = _choose(_fitting(found, text, unit, period), text)
    chosen = _in_unit(chosen, [*found, *others], text, unit, period)
    words = {token.name for aside in [own, *beside] for token in aside if token.kind == "qualifiers"}
    words |= {"about"} if text.startswith("~") else set()
    qualifier = "" if kind == "list" else kind or next((name for name in _STRONGEST_FIRST if name in words), "")
    return Reading(
        tuple(item.numeral for item in chosen), qualifier, _sign(text, own, chosen[0].start, measure, bracketed)
    )


def _normalise(stated: str, unit: str) -> tuple[str, list[str], bool]:
    """Return the text with one kind of dash and number words as digits, its asides, and whether its number is one."""
    odd = next((mark for mark in stated.replace("CO₂", "CO2") if unicodedata.category(mark) == "No"), None)
    if odd is not None:
        raise unknown(odd, stated)
    text = unicodedata.normalize("NFKC", stated)
    text = _SPLIT_DECIMAL.sub("", _ODD_DOT.sub(".", _DASH.sub("-", text)).replace("٪", "%"))
    for pattern, digits in _WORD_NUMBERS:
        text = pattern.sub(digits, text)
    if _ACROSS.search(text) or not {"(", ")"}.isdisjoint(_BRACKETS.sub("", text)):
        raise LedgerError(f"'{stated}' can be read as a number in more than one way", "Give its number in one piece")
    asides = _ASIDE.findall(text)
    bare = _ASIDE.sub(" ", text)
    has_number = any(mark.isdecimal() for mark in bare)
    bracketed = len(asides) == 1 and not has_number and _NUMBER_ALONE.fullmatch(asides[0]) is not None
    if not has_number or (unit == "%" and "%" in text and "%" not in bare):
        bare, asides = text, []
    return " ".join(bare.replace("(", " ").replace(")", " ").split()), asides, bracketed


def _numbers(tokens: list[Token]) -> list[int]:
    return [place for place, token in enumerate(tokens) if token.kind == "number"]


def _find(text: str, tokens: list[Token], said: list[Token], unit: str, measure: str) -> list[_Found]:
    """Return the numbers of a text, each with the units beside it; `said` are tokens that belong to the last."""
    significant = 0 if unit == "%" else 3 if unit in PRICE_UNITS else 2
    continental = is_continental(text)
    places = _numbers(tokens)
    # What stands between two numbers belongs to the first, but for a currency right before the second.
    begins = [0, *(_with_currency(text, tokens, place) for place in places[1:]), len(tokens)]
    found = []
    for number, place in enumerate(places):
        mine = tokens[begins[number] : begins[number + 1]] + (said if number == len(places) - 1 else [])
        numeral, scale = read_numeral(text, tokens[place].start, significant, continental)
        counted, per = _units(mine, measure)
        found.append(_Found(numeral, scale, counted, per, tokens[place].start, tokens[place].end))
    return found


def _with_currency(text: str, tokens: list[Token], place: int) -> int:
    before = tokens[place - 1]
    leads = before.kind == "units" and text[before.start : before.end].lower() in _LEADING
    return place - 1 if leads and not text[before.end : tokens[place].start].strip() else place


def _units(tokens: list[Token], measure: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the units that tokens count, and those behind a "per"."""
    counted: list[str] = []
    per: list[str] = []
    is_per = False
    for token in tokens:
        if token.kind == "units":
            unit, _, each = token.name.partition("/")
            # A difference between shares is in percentage points, and in the ledger in %.
            unit = "%" if unit == "pp" and measure.endswith("_change") else unit
            (per if is_per else counted).extend([unit] if unit else [])
            per.extend([each] if each else [])
        is_per = token.name == "per" and token.kind == "other"
    return tuple(counted), tuple(per)


def _fits(item: _Found, unit: str, period: str) -> bool:
    try:
        printed_factor(unit, item.counted, item.per, period)
    except LedgerError:
        return False
    return True


def _is_percent(item: _Found, unit: str) -> bool:
    return bool({"%", "pp"} & {*item.counted}) or (unit == "%" and "times" in item.counted)


def _fitting(found: list[_Found], text: str, unit: str, period: str) -> list[_Found]:
    """Return the numbers that can be meant: percentages only where the unit is per cent (and the other way)."""
    percents = [item for item in found if _is_percent(item, unit)]
    if unit == "%" and percents:
        first = found.index(percents[0])
        leading = found[first - 1 : first] if first and _is_range(found[first - 1], found[first], text) else []
        return leading + percents
    kept = [item for item in found if item not in percents] or found
    told = [item for item in kept if (item.counted or item.per) and _fits(item, unit, period)]
    return [item for item in kept if not told or item in told or not (item.counted or item.per)]


def _is_range(first: _Found, second: _Found, text: str) -> bool:
    return _BETWEEN.search(text[first.end : second.start]) is not None


def _choose(found: list[_Found], text: str) -> tuple[list[_Found], str]:
    """Return the meant numbers and whether they are one (""), a "range" or a "list"."""
    if len(found) > 1 and _LIST.search(text[found[0].end : found[1].start]):
        return _share_scale(found), "list"
    if len(found) > 1 and _is_range(found[0], found[1], text):
        if text[: found[0].start].endswith("-") and not text[: found[1].start].endswith("-"):
            raise LedgerError(f"'{text}' holds no number but a range across zero", "State it in corrections.csv")
        return _share_scale(found[:2]), "range"
    return found[:1], ""


def _share_scale(found: list[_Found]) -> list[_Found]:
    """Return the numbers, the scale behind the last applied to those before it, unless that turns their order."""
    last = found[-1]
    return [
        item._replace(numeral=item.numeral.times(last.scale))
        if item.scale == 1 and item.numeral.value * last.scale <= last.numeral.value
        else item
        for item in found[:-1]
    ] + [last]


def _in_unit(chosen: list[_Found], others: list[_Found], text: str, unit: str, period: str) -> list[_Found]:
    """Return the meant numbers in the unit of the row; one without a unit has that of those beside it."""
    counted = next((item.counted for item in reversed(chosen) if item.counted), ())
    per = next((item.per for item in reversed(chosen) if item.per), ())
    if any(item.counted not in ((), counted) for item in chosen):
        raise LedgerError(f"'{text}' counts its figures in different units", f"Give one figure, in {unit}")
    if not counted and not per:
        for item in others:
            if not _is_percent(item, unit) and printed_factor(unit, item.counted, item.per, period) != 1:
                raise LedgerError(f"'{text}' leaves open in which unit its figure is", f"Give it in {unit}")
    return [
        item._replace(
            numeral=item.numeral.times(printed_factor(unit, item.counted or counted, item.per or per, period))
        )
        for item in chosen
    ]


def _sign(text: str, tokens: list[Token], start: int, measure: str, bracketed: bool) -> int:
    """Return 1 or -1 where a sign, brackets or the words of a change show it, else 0."""
    before = text[:start].rstrip(" $")
    sign = -1 if bracketed or before.endswith("-") else 1 if before.endswith("+") else 0
    if not _is_change(measure):
        return sign
    words = [token for token in tokens if token.kind == "directions"]
    against = {"previous"} if re.match("(?:forecast_)?(?:mom|qoq|wow|dod)", measure) else set()
    against |= {"since_year_start"} if "ytd" in measure else set()
    for token in tokens:
        if token.kind == "comparisons" and token.name not in against and token.name not in measure:
            raise LedgerError(f"'{text[token.start : token.end]}' in '{text}' does not fit the measure {measure}")
    if _LED_TO.search(before) or any(_TO.match(text, word.end) for word in words):
        raise LedgerError(f"'{text}' says where a figure went, not by how much", "Take it down as the level that it is")
    said = {word.name for word in words}
    if len(said) > 1 or (sign == 1 and "down" in said):
        raise LedgerError(f"'{text}' says both up and down", "Give the words of this figure alone")
    return sign or (0 if not said else -1 if "down" in said else 1)
