"""Let only harmless HTML of cells and pages into the site: named elements and attributes, web addresses, no script.

The page tools escape all text of the ledger; this is the second wall, for what a chapter writes as HTML itself.
"""

import re
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DRAWING = _words("svg g path polyline polygon line circle ellipse rect text tspan title desc")
ELEMENTS = _DRAWING | _words(
    """a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr
    i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead time
    tr u ul var"""
)
_GLOBAL = _words("class id title lang dir role tabindex hidden")
_OWN = {
    "a": "href rel download",
    "img": "src alt width height loading decoding",
    "td": "colspan rowspan headers",
    "th": "colspan rowspan headers scope",
    "col": "span",
    "colgroup": "span",
    "details": "open",
    "ol": "start reversed",
    "time": "datetime",
}
_SHAPE = _words(
    """viewbox width height preserveaspectratio fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray
    stroke-linecap stroke-linejoin opacity points d cx cy r rx ry x y x1 x2 y1 y2 dx dy transform text-anchor"""
)
_CASED = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}
_VOID = _words("br col hr img")
_DROPPED_WHOLE = _words("script style iframe object embed template noscript math head")
# A style is noise (pandas writes one into each table); these are a mistake or worse.
_REFUSED = _words("script iframe object embed form input base meta link")
_PLAIN_TAG = re.compile(r"(<[^<>]*>)")
_PLAIN_NAME = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?=[\s>/])")
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_DATE = re.compile(r"(?<![\w.-])(?:19|20)\d\d-\d\d(?:-\d\d)?(?![\w-])")
_PREFIXES = ("aria-", "data-")


def clean_html(markup: str) -> tuple[str, list[str]]:
    """Return the markup with nothing but harmless elements and attributes, and what was refused.

    Args:
        markup: A fragment of HTML.

    Returns:
        The clean fragment, and the names of elements, attributes and addresses in it that could run or load something.
    """
    parts = _PLAIN_TAG.split(markup)
    cleaned = [_clean_tag(part) if number % 2 else _clean_text(part) for number, part in enumerate(parts)]
    if None not in cleaned:
        return "".join(cleaned), []
    return _clean_with_parser(markup)


def _clean_with_parser(markup: str) -> tuple[str, list[str]]:
    cleaner = _Cleaner()
    cleaner.feed(markup)
    cleaner.close()
    return "".join(cleaner.out), cleaner.refused


@lru_cache(maxsize=4096)
def _clean_tag(tag: str) -> str | None:
    """Return one tag cleaned by the parser, or None where it is more than a plain harmless tag.

    A page repeats few tags ten thousand times; parsing each once makes a page three times as fast.
    """
    if not _PLAIN_NAME.match(tag):
        return None
    cleaned, refused = _clean_with_parser(tag)
    return cleaned if cleaned.startswith("<") and not refused else None


def _clean_text(text: str) -> str | None:
    """Return the text between two tags, or None where it holds what may be the start of a tag."""
    return None if "<" in text else _DATE.sub(r"<time>\g<0></time>", escape(unescape(text), quote=False))


def is_safe_address(address: str) -> bool:
    """Return whether a link may lead there: http, https, or a place within the site."""
    found = _SCHEME.match(address)
    return not address.strip().startswith("//") and (found is None or found[1].lower() in ("http", "https"))


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.refused: list[str] = []
        self.dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _REFUSED:
            self.refused.append(f"<{tag}>")
        if tag in _DROPPED_WHOLE:
            self.dropping.append(tag)
        elif tag in ELEMENTS and not self.dropping:
            kept = "".join(self._attribute(tag, name, value or "") for name, value in attrs)
            self.out.append(f"<{tag}{kept}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.dropping:
            if tag == self.dropping[-1]:
                self.dropping.pop()
        elif tag in ELEMENTS and tag not in _VOID:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            # A date is one word: browsers would break the line at its hyphens.
            self.out.append(_DATE.sub(r"<time>\g<0></time>", escape(data, quote=False)))

    def _attribute(self, tag: str, name: str, value: str) -> str:
        if name.startswith("on"):
            self.refused.append(f"{name}=")
            return ""
        allowed = name in _GLOBAL or name.startswith(_PREFIXES) or name in _words(_OWN.get(tag, ""))
        if not allowed and not (name in _SHAPE and tag in _DRAWING):
            return ""
        if name in ("href", "src") and not is_safe_address(value):
            self.refused.append(f"{name}={value[:40]}")
            return ""
        return f' {_CASED.get(name, name)}="{escape(value)}"'
