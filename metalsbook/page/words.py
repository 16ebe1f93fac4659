"""Sentences from templates: the words in `chapters/words/<language>/<chapter>.jinja`, the numbers as facts of a cell.

A template has one block for each thing that is said; it chooses words by conditions on facts and writes figures by the
filters below. Nothing here is a sentence. A fact that a block asks for and does not get is an error, never a gap.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import jinja2

from metalsbook.analysis.findings import BOUND_WORDS
from metalsbook.analysis.intervals import Interval
from metalsbook.errors import ChapterError
from metalsbook.page.facts.series import interval_of, printed_of
from metalsbook.page.narrative import MINUS, Html, escape, join_words, period_name, since_january, tag
from metalsbook.paths import chapters_folder

LANGUAGE = "en"
_WORDS = "words"
_PACKAGED = Path(__file__).resolve().parents[2] / "chapters" / _WORDS
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# Countries that have an article within a sentence.
_WITH_ARTICLE = ("Netherlands", "United Arab Emirates", "United States", "European Union", "EU")
_NARROW = 0.01
"""A figure known to within this part of itself is written without its ends."""
_MILLION = 1e6
_NOTHING_PP = 0.05
"""A change below this, in per cent, has no direction worth a word."""

Figure = Interval | float | Mapping
"""A figure of a template: an interval, a number, or a row of a table: a statement, or low, best and high."""


def say_line(block: str, /, **facts: object) -> str:
    """Return what a block of a chapter's words ("exports/ingot_title") says, as one line: for titles and captions.

    `facts`: what the block asks for; figures as `Interval` or number, months as "YYYY-MM".

    Raises:
        ChapterError: If there is no such block, or it asks for a fact that is not given; names block and fact.
    """
    return " ".join(_fill(block, facts).split())


def say(block: str, /, css: str = "mb-say", **facts: object) -> Html:
    """Return what a block says as a paragraph, lines that begin with "- " as a list; see `say_line`.

    A block that has nothing to say in a month leaves nothing on the page. `css`: "mb-lead" is the headline of a page.
    """
    lines = [line.strip() for line in _fill(block, facts).splitlines()]
    points = [line[2:] for line in lines if line.startswith("- ")]
    text = " ".join(" ".join(line for line in lines if not line.startswith("- ")).split())
    paragraph = tag("p", escape(text), class_=css) if text else ""
    listed = tag("ul", "".join(tag("li", escape(point)) for point in points), class_="mb-points") if points else ""
    return Html(paragraph + listed, "\n".join([text] * bool(text) + [f"- {point}" for point in points]))


def _fill(block: str, facts: dict[str, object]) -> str:
    file, _, name = block.partition("/")
    try:
        template = _templates(chapters_folder()).get_template(f"{file}.jinja")
        if name not in template.blocks:
            raise ChapterError(f"words/{LANGUAGE}/{file}.jinja has no block '{name}'", "Add it, or name one it has")
        return "".join(template.blocks[name](template.new_context(facts)))
    except jinja2.UndefinedError as error:
        raise ChapterError(f"Words '{block}': {error.message}", "Give the fact, or do not ask for it") from error
    except jinja2.TemplateNotFound as error:
        raise ChapterError(f"There are no words '{error.name}' in chapters/{_WORDS}/{LANGUAGE}") from error
    except jinja2.TemplateSyntaxError as error:
        raise ChapterError(f"words/{LANGUAGE}/{file}.jinja, line {error.lineno}: {error.message}") from error


@lru_cache(maxsize=4)
def _templates(chapters: Path) -> jinja2.Environment:
    # A book in another folder may have chapters of its own and use the words of this one.
    folders = [folder / LANGUAGE for folder in (chapters / _WORDS, _PACKAGED)]
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders), undefined=jinja2.StrictUndefined, lstrip_blocks=True
    )
    made.filters.update(FILTERS)
    return made


def span_of(figure: Figure) -> Interval:
    """Return a figure as an interval; a plain number has no width."""
    if isinstance(figure, Mapping):
        return printed_of(figure) if "bound_low" in figure else interval_of(figure)
    return figure if isinstance(figure, Interval) else Interval(float(figure), float(figure), float(figure))


def _rounded(value: float, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    # Half a step goes up, as readers round; 2.65 is half a step above 2.6, though its binary fraction lies below.
    return f"{MINUS if value < 0 else ''}{math.floor(abs(value) / step + 0.5 + 1e-9) * step:,.{decimals}f}"


def _step(value: float, digits: int) -> float:
    """Return the size of the last of so many significant digits."""
    return 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1) if value else 1.0


def _bound(span: Interval) -> str:
    return BOUND_WORDS.get(span.bound, "").replace("more than", "over").replace("less than", "below")


def quantity(figure: Figure, unit: str = "", digits: int = 3) -> str:
    """Return a figure with its unit, and its range where the digits hide it: "about 94,300 t (92,700–95,900)"."""
    span = span_of(figure)
    step = _step(span.best, digits)
    behind = "%" if unit == "%" else f" {unit}" if unit else ""
    said = f"{_rounded(span.best, step)}{behind}"
    if span.bound or span.high - span.low <= max(2 * step, _NARROW * abs(span.best)):
        return f"{_bound(span)} {said}".strip()
    low, high = _both_ends(span)
    return f"about {said}" if low == high else f"about {said} ({ends(span)})"


def whole(figure: Figure) -> str:
    """Return a figure for a table, no finer than its range: 29,751.4 (29,706 to 29,797) is written "29,750"."""
    span = span_of(figure)
    width = span.high - span.low
    step = 10.0 ** math.floor(math.log10(width) + 1e-6) if width > 0 else 1.0
    return _rounded(span.best, min(max(step, 1.0), _step(span.best, 3)))


def _both_ends(span: Interval) -> tuple[str, str]:
    """Return both ends of a figure with two digits of its width."""
    width = span.high - span.low
    step = 10.0 ** (math.floor(math.log10(width)) - 1) if width > 0 else _step(span.best, 4)
    # Tonnes and dollars are whole; the ends of a rate are not.
    step = max(step, 1.0) if max(abs(span.low), abs(span.high)) >= 100 else max(step, 0.1)
    return _rounded(span.low, step), _rounded(span.high, step)


def ends(figure: Figure) -> str:
    """Return the ends of a figure as "15,950–16,200", with two digits of its width; one where they are the same."""
    span = span_of(figure)
    low, high = _both_ends(span)
    return low if low == high else f"{low}\u2013{high}" if span.low >= 0 else f"{low} to {high}"


def price(figure: Figure, unit: str) -> str:
    """Return a price as traders write it, the currency first: "CNY 16,095/t"; whole from 100 on."""
    value = span_of(figure).best
    currency, _, per = unit.partition("/")
    return f"{currency} {_rounded(value, 1.0 if abs(value) >= 100 else 0.1)}{'/' + per if per else ''}"


def level(figure: Figure, unit: str, digits: int = 3) -> str:
    """Return a figure as its unit asks for: "CNY 16,095/t", "3.43 million", "69.9 Mt", "0.76", "53.2%", "38,900 t"."""
    span = span_of(figure)
    if "/" in unit and unit.split("/")[0].isupper():
        return price(span, unit)
    if abs(span.best) >= _MILLION and unit in ("unit", "t"):
        return quantity(span.scaled(1 / _MILLION), "Mt" if unit == "t" else "million", digits)
    return quantity(span, "" if unit in ("unit", "ratio") else unit, digits)


def million(figure: Figure, unit: str = "", digits: int = 3) -> str:
    """Return a figure in millions of its unit: "3.43 million units"."""
    return quantity(span_of(figure).scaled(1 / _MILLION), f"million {unit}".strip(), digits)


def _decimals(figure: Figure) -> int:
    return 0 if abs(span_of(figure).best) >= 9.95 else 1


def size(figure: Figure) -> str:
    """Return how large a change in per cent is, without its sign: "61%", "1.7%"."""
    span = span_of(figure)
    return f"{_rounded(abs(span.best), 10.0 ** -_decimals(span))}%"


def rate(figure: Figure) -> str:
    """Return a change in per cent with its sign: "+61%", "\u22121.7%", or with its range where that is wide."""
    span = span_of(figure)
    zero = float(size(span)[:-1].replace(",", "")) == 0
    said = f"{'' if zero else MINUS if span.best < 0 else '+'}{size(span)}"
    wide = not span.bound and span.high - span.low > 2 * 10.0 ** -_decimals(span)
    return f"about {said} ({ends(span)})" if wide else f"{_bound(span)} {said}".strip()


def points(figure: Figure) -> str:
    """Return a change in percentage points: "+5.4 pp"."""
    return f"{rate(span_of(figure))[:-1]} pp"


def direction(figure: Figure) -> int:
    """Return 1 for a rise, -1 for a fall, 0 where the figure leaves it open or there is hardly any."""
    span = span_of(figure)
    return 0 if abs(span.best) < _NOTHING_PP else span.sign


def moved(figure: Figure, up: str = "rose", down: str = "fell", flat: str = "held") -> str:
    """Return the verb of a change in per cent."""
    return {1: up, -1: down, 0: flat}[direction(figure)]


def up(figure: Figure) -> str:
    """Return a change in per cent as the trade says it: "up 61%", "down 1.7%", "little changed"."""
    span = span_of(figure)
    loose = span.high - span.low > 2 * 10.0 ** -_decimals(span)
    about = BOUND_WORDS.get(span.bound, "about" if loose else "")
    said = f"{moved(span, 'up', 'down')} {about} {size(span)}".replace("  ", " ")
    return said if direction(span) else "little changed"


def beside(figure: Figure) -> str:
    """Return where a figure stands to another that it is so many per cent from: "5.0% above", "level with"."""
    return f"{size(figure)} {moved(figure, 'above', 'below')}" if direction(figure) else "level with"


@jinja2.pass_context
def span_words(context: jinja2.runtime.Context, period: str, is_sum: bool = True) -> str:
    """Return the span of a sum since January, of no sum its period; no year in that of the edition (fact `month`)."""
    named = since_january(period) if is_sum else period_name(period)
    of_own_year = len(period) > 4 and context.get("month", "")[:4] == period[:4]
    return named.removesuffix(f" {period[:4]}") if of_own_year else named


def count(amount: int, noun: str, plural: str = "") -> str:
    """Return "one quote", "three quotes", "14 quotes"."""
    number = _NUMBERS[amount] if 0 <= amount < len(_NUMBERS) else f"{amount:,}"
    return f"{number} {noun if amount == 1 else plural or noun + 's'}"


def place(ranks: tuple[int, int, int]) -> str:
    """Return "highest", "2nd or 3rd lowest" of the first and last place from above and the number of all, at most 20.

    Counted from the nearer end; "" where it lies between more than two places.
    """
    first, last, count = ranks
    from_below = count + 1 - last, count + 1 - first
    ends, word = ((first, last), "highest") if first <= from_below[0] else (from_below, "lowest")
    ordinals = (f"{one}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(one, 'th') }" for one in dict.fromkeys(ends))
    named = [""] if ends == (1, 1) else ordinals
    return f"{' or '.join(named)} {word}".strip() if last - first < 2 else ""


def capital(text: str) -> str:
    """Return a text with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Return a name as it stands within a sentence: "vehicles made", but "NEVs made"."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_OWN_NAMES = level, price, million, rate, size, up, moved, direction, beside, count, place, capital, small
FILTERS = {function.__name__: function for function in _OWN_NAMES} | {
    "month": jinja2.pass_context(lambda context, month: span_words(context, month, False)),
    "months": jinja2.pass_context(
        lambda context, months: join_words([span_words(context, one, False) for one in months])
    ),
    "month_only": lambda month: period_name(month).split()[0],
    "span": span_words,
    "the": lambda name: f"the {name}" if name in _WITH_ARTICLE else name,
    "t": lambda figure, digits=3: quantity(figure, "t", digits),
    "number": quantity,
    "pct": lambda figure, digits=3: quantity(figure, "%", digits),
    "best": lambda figure: span_of(figure).best,
    "pp": points,
    "over": lambda value, other: 100 * (value / other - 1),
    "range": ends,
    "quoted": lambda quotes: "–".join(dict.fromkeys(f"{end:,.10g}" for end in (quotes.low, quotes.high))),
    "and": join_words,
}
"""What a template can do with a fact; each is a function of this module."""
