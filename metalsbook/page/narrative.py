"""How pages write: figures, periods and lists in words, and the HTML around them.

Text from the ledger enters HTML escaped, and nothing carries a style or script of its own.
"""

import calendar
import math
import re
from collections import Counter
from collections.abc import Iterable
from html import escape

from metalsbook.analysis.findings import BOUND_WORDS

MINUS = "\u2212"


def number(value: float, unit: str = "", resolution: float | None = None) -> str:
    """Return a figure as readers write it: thousands separated, a true minus sign, its unit behind it.

    `resolution`: size of the last significant digit, above one too: a figure known to thousands ends in three noughts;
    without it, four significant digits and all whole ones are kept.
    """
    if resolution and resolution > 0:
        digits = -math.floor(math.log10(resolution) + 1e-9)
    else:
        digits = max(0, 3 - math.floor(math.log10(abs(value)))) if value else 0
    shown = f"{abs(round(float(value), digits)):,.{max(digits, 0)}f}"
    sign = MINUS if value < 0 and any(character in "123456789" for character in shown) else ""
    # A count of vehicles or robots reads better without the word.
    return f"{sign}{shown}{'%' if unit == '%' else f' {unit}' if unit not in ('', 'unit') else ''}"


def as_printed(row, unit: str | None = None) -> str:
    """Return a statement's figure with the word of its print and no digit more: "more than 60,000 t".

    `unit`: default the statement's own.
    """
    # The ledger has one mark for figures that are passed and for those that are at least reached.
    reached = row.get("qualifier", "") == "over" and "\u4ee5\u4e0a" in row["stated"]
    word = "at least" if reached else BOUND_WORDS.get(row.get("qualifier", ""), "")
    # The middle of a range may need half of the last digit printed.
    in_range = all(end == end for end in (row.get(name, float("nan")) for name in ("low", "high")))
    digits = row["value"] / row["resolution"] if in_range else 0.0
    resolution = row["resolution"] / 2 if abs(digits - round(digits)) > 1e-6 else row["resolution"]
    return f"{word} {number(row['value'], row['unit'] if unit is None else unit, resolution)}".strip()


def percent(value: float, decimals: int = 1, signed: bool = True) -> str:
    """Return a change in per cent with its sign: "+5.4%", "−2.9%"."""
    shown = f"{abs(value):.{decimals}f}"
    sign = MINUS if value < 0 else "+" if signed else ""
    return f"{sign if float(shown) else ''}{shown}%"


def period_name(period: str) -> str:
    """Return "2025" as it is, "2025-11" as "November 2025" and "2025-11-03" as "3 November 2025"."""
    if len(period) == 4:
        return period
    month = f"{calendar.month_name[int(period[5:7])]} {period[:4]}"
    return month if len(period) == 7 else f"{int(period[8:])} {month}"


def plain(text: str) -> str:
    """Return a text of the analysis as readers read it: days and months by name, true minus signs."""
    named = re.sub(r"(?<![\w-])\d{4}-\d\d(?:-\d\d)?(?![\w-])", lambda found: period_name(found[0]), text)
    return re.sub(r"(?<![\w-])-(?=\d)", MINUS, named)


def since_january(period: str, short: bool = False) -> str:
    """Return a sum's span: "January to September 2025", or "Jan\u2013Sep 2025" where an axis has no room.

    The sum of a January is that month, and that of a whole year the year.
    """
    if len(period) == 4 or period.endswith("-01"):
        return f"Jan {period[:4]}" if short and len(period) > 4 else period_name(period)
    if short:
        return f"Jan\u2013{calendar.month_abbr[int(period[5:7])]} {period[:4]}"
    return f"January {'and' if period.endswith('-02') else 'to'} {period_name(period)}"


def join_words(words: list[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def count_of(amount: int, noun: str) -> str:
    """Return "1 quote" or "3 quotes"."""
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


class Html:
    """A piece of a page: HTML, in which whoever builds it escapes the text, and the same as plain text."""

    def __init__(self, markup: str, text: str = ""):
        self.markup = markup
        self.text = text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.markup, "text/plain": self.text or "<HTML>"}

    def __add__(self, other: "Html") -> "Html":
        return Html(f"{self.markup}\n{other.markup}", f"{self.text}\n{other.text}".strip())


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """Return an element; attribute values are escaped, `content` is markup. `class_` stands for `class`."""
    pairs = [(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items()]
    written = "".join(f' {key}="{escape(str(value))}"' for key, value in pairs if value not in (None, ""))
    return f"<{name}{written}>{content}</{name}>"


def stack(parts: Iterable[Html]) -> Html:
    """Return parts of a page one below the other."""
    return sum(parts, start=Html(""))


def folded(summary: str, content: Html) -> Html:
    """Return a part of a long list under a line that says what is in it; nothing where it is empty."""
    if not content.markup:
        return content
    markup = tag("details", f"{tag('summary', escape(summary))}\n{content.markup}", class_="mb-group")
    return Html(markup, f"{summary} {content.text}".strip())


def link(address: str, text: str) -> str:
    """Return a link to a web page, or the bare text where the address is not http(s)."""
    shown = escape(text)
    return tag("a", shown, href=address, rel="noopener") if address.startswith(("https://", "http://")) else shown


def most_frequent(names: Iterable[str], most: int = 4) -> str:
    """Return the most frequent of some names first: "SMM, CCMN, Argus, NBS and 2 others"."""
    counts = Counter(names)
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    others = f" and {count_of(len(ordered) - most, 'other')}" if len(ordered) > most else ""
    return ", ".join(ordered[:most]) + others


def say(*sentences: str) -> Html:
    """Return a paragraph of some sentences."""
    return Html(tag("p", escape(" ".join(sentences)), class_="mb-say"), " ".join(sentences))


def bullets(sentences: list[str]) -> Html:
    """Return a list with one point for each sentence."""
    points = "".join(tag("li", escape(sentence)) for sentence in sentences)
    return Html(tag("ul", points, class_="mb-points"), "\n".join(f"- {sentence}" for sentence in sentences))


def gap(what: str) -> Html:
    """Return a note that says what this edition's data do not carry."""
    return Html(tag("p", escape(what), class_="mb-gap"), what)
