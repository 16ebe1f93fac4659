"""HTML that cells and pages hold: taken where `nh3` would leave it as it is, refused where it would not.

The page tools escape all text of the ledger; this is the second wall, for what a chapter writes as HTML itself.
"""

import re
from collections import Counter
from html import escape
from html.parser import HTMLParser

import nh3


def _words(text: str) -> set[str]:
    return set(text.split())


_DRAWING = _words("svg g path polyline polygon line circle ellipse rect text tspan desc")
_ELEMENTS = _DRAWING | _words(
    """a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure h2 h3 h4 h5
    h6 hr i img ins kbd li mark ol output p pre q s samp section small span strong sub summary sup table tbody td tfoot
    th thead time tr u ul var data"""
)
_SHAPE = _words(
    """viewBox width height preserveAspectRatio fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray
    stroke-linecap stroke-linejoin opacity points d cx cy r rx ry x y x1 x2 y1 y2 dx dy transform text-anchor"""
)
_ATTRIBUTES = {
    "*": _words("class id title lang dir role tabindex hidden"),
    "a": {"href", "rel", "download"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "data": {"value"},
    "li": {"value"},
    "ol": {"start", "reversed"},
    "table": {"border"},
    "time": {"datetime"},
    **{element: _SHAPE for element in _DRAWING},
}
# pandas writes these into each table that it shows.
_PANDAS_STYLE = re.compile(r'<style scoped>.*?</style>\n?|(?<=<tr) style="text-align: (?:left|right);"', re.DOTALL)
_ELSEWHERE = re.compile(r"\s*(?://|[a-zA-Z][a-zA-Z0-9+.-]*:)")
_ADDRESS = re.compile(r'(?<= href=")[^"]*')
_TAG = re.compile(r"(<[^<>]*>)")
# A year and a month: in "2025-26" two years.
_DATE = re.compile(r"(?<![\w.-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?(?![\w-])")


def take_markup(markup: str) -> tuple[str, list[str]]:
    """Return a whole fragment of HTML as the site shows it, and what of it the site does not take.

    Returns:
        The fragment without pandas' own style, its dates marked and brackets in its addresses escaped, and the
        elements, attributes and addresses that `nh3` would change; where there are any, the fragment is escaped.
    """
    markup = _PANDAS_STYLE.sub("", markup)
    cleaned = nh3.clean(
        markup,
        tags=_ELEMENTS,
        attributes=_ATTRIBUTES,
        attribute_filter=_same_or_none,
        generic_attribute_prefixes={"data-", "aria-"},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    # Nearly all of it comes back as it went, but for quotes.
    if _plain(markup) != _plain(cleaned) and (given := _pieces(markup)) != (left := _pieces(cleaned)):
        return escape(markup), sorted(Counter(given) - Counter(left)) or ["elements out of order"]
    # The corner over the labels of a data frame heads nothing.
    parts = _TAG.split(cleaned.replace("<th></th>", "<td></td>"))
    # A date is one word: browsers would break the line at its hyphens.
    parts[1::2] = [_ADDRESS.sub(lambda one: one[0].replace("[", "%5B").replace("]", "%5D"), tag) for tag in parts[1::2]]
    parts[::2] = [_DATE.sub(r"<time>\g<0></time>", text) for text in parts[::2]]
    return "".join(parts), []


def _plain(markup: str) -> str:
    return markup.replace("&#x27;", "'").replace("&quot;", '"')


def _same_or_none(element: str, name: str, value: str) -> str | None:
    """Leave out pictures from elsewhere, and links that bring their own way of asking."""
    if (element, name) == ("img", "src") and _ELSEWHERE.match(value):
        return None
    return None if (element, name) == ("a", "href") and value.strip().startswith("//") else value


class _Reader(HTMLParser):
    """Reads HTML as a list of elements, attributes and texts, whichever way each was written."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.pieces.append(f"<{tag}>")
        self.pieces += sorted(f"{tag} {name}={value or ''}"[:80] for name, value in attrs)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag in _DRAWING:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data):
        if self.pieces and self.pieces[-1].startswith("text "):
            self.pieces[-1] += data
        else:
            self.pieces.append(f"text {data}")

    def handle_comment(self, data):
        self.pieces.append("a comment")


def _pieces(markup: str) -> list[str]:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.pieces
