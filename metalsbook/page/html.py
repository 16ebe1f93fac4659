"""HTML that a cell shows: text from the ledger enters it escaped, and nothing carries a style or script of its own."""

from collections.abc import Iterable
from html import escape


class Html:
    """A piece of a page.

    Args:
        markup: HTML; whoever builds it escapes the text in it.
        text: The same as plain text, for terminals.
    """

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
    """Return a part of a long list under a line that says what is in it; nothing where it is empty.

    Such folds do not stand in one another: nobody wants to open two to see a row.
    """
    if not content.markup:
        return content
    markup = tag("details", f"{tag('summary', escape(summary))}\n{content.markup}", class_="mb-group")
    return Html(markup, f"{summary} {content.text}".strip())


def link(address: str, text: str) -> str:
    """Return a link to a web page, or the bare text where the address is not http(s)."""
    shown = escape(text)
    return tag("a", shown, href=address, rel="noopener") if address.startswith(("https://", "http://")) else shown
