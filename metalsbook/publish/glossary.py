"""Links from the text to the glossary: the first use of a term on a page leads to its entry and shows its definition.

A Sphinx extension. It reads what the `glossary` directive defines, so that an entry added there is linked everywhere
with no further step. Terms are found in paragraphs, also in those that cells computed; not in headings, links or code.
A term with brackets, such as "level (measure)", is a common word elsewhere: only the role `term` links it.
"""

import re
from dataclasses import dataclass
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

_CLASS = "mb-term"
_LONGEST_TIP = 220
_HAN = re.compile(r"[\u4e00-\u9fff]")
# Capitals after the first letter: an abbreviation or name, which is looked for as it is written.
_NAME = re.compile(r".+[A-Z]|^[A-Z]{2,}")
_NOT_WITHIN = (nodes.reference, nodes.literal, nodes.title, nodes.rubric, nodes.term, nodes.caption, nodes.raw)
_TAG = re.compile(r"(<[^>]+>)")
# What cells compute as text: sentences, points, names and bases of key figures, definitions, what heads a row.
_BLOCK = re.compile(r'<(?:(\w+) class="mb-(?:say|gap|points|label|basis|explanation|meant)"|(dd)>|(th) scope="row")')
_CLOSED_TO_LINKS = re.compile(r"<(/?)(a|code|summary|button|h[1-6])\b")


@dataclass(frozen=True)
class Entry:
    """An entry of the glossary: its names, the anchor of each, and its definition as plain text."""

    names: tuple[str, ...]
    anchors: tuple[str, ...]
    definition: str

    def tip(self, name: str) -> str:
        """Return what is shown beside a name: the entry's other names and the definition, cut at a word."""
        others = ", ".join(other for other in self.names if _key(other) != _key(name))
        text = f"{others}: {self.definition}" if others else self.definition
        return text if len(text) <= _LONGEST_TIP else text[:_LONGEST_TIP].rsplit(" ", 1)[0] + " …"


class Glossary:
    """All entries of a book's glossary, and one pattern that finds every name.

    Args:
        page: Name of the page that holds them.
        entries: The entries in any order.
    """

    def __init__(self, page: str, entries: list[Entry]):
        self.page = page
        self.entries = entries
        self.by_anchor = {anchor: entry for entry in entries for anchor in entry.anchors}
        self._found = {}
        words, han = [], []
        for entry in entries:
            for name, anchor in zip(entry.names, entry.anchors, strict=True):
                if "(" not in name:
                    self._found[_key(name)] = (entry, anchor)
                    (han if _HAN.search(name) else words).append((len(name), _pattern(name)))
        self._any = re.compile(f"(?<![\\w-])(?:{_longest_first(words)})(?![\\w-])|{_longest_first(han)}")

    def find(self, text: str) -> list[tuple[int, int, Entry, str]]:
        """Return start, end, entry and anchor of every name in a text, in reading order."""
        return [(match.start(), match.end(), *self._found[_key(match[0])]) for match in self._any.finditer(text)]


def _key(name: str) -> str:
    """Return what a name and its plural have in common."""
    lowered = name.lower()
    return lowered[:-1] if lowered.endswith("s") and not lowered.endswith("ss") and not _HAN.search(name) else lowered


def _longest_first(patterns: list[tuple[int, str]]) -> str:
    """Return one pattern of several: "magnesium alloy" before "alloy"."""
    return "|".join(pattern for _, pattern in sorted(patterns, reverse=True)) or r"(?!)"


def _pattern(name: str) -> str:
    if _HAN.search(name):
        return re.escape(name)
    stem = re.escape(name[:-1] if name.endswith("s") and not name.endswith("ss") else name)
    flags = "" if _NAME.search(name) else "i"
    return rf"(?{flags}:{stem}s?)"


def read_glossary(app: Sphinx) -> Glossary | None:
    """Return the entries that the book's one glossary page defines, or None where it has no such page."""
    pages = {place for _, _, kind, place, _, _ in app.env.domains["std"].get_objects() if kind == "term"}
    if not pages:
        return None
    page = min(pages)
    entries = []
    for item in app.env.get_doctree(page).findall(nodes.definition_list_item):
        terms = [node for node in item.children if isinstance(node, nodes.term) and node["ids"]]
        definition = next(node for node in item.children if isinstance(node, nodes.definition))
        if terms:
            names, anchors = zip(*((term.astext(), term["ids"][0]) for term in terms), strict=True)
            entries.append(Entry(names, anchors, " ".join(definition.astext().split())))
    return Glossary(page, entries)


def link_terms(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link the first use of every term of a page; does nothing on the glossary itself."""
    if app.builder.format != "html":
        return
    if not hasattr(app, "metalsbook_glossary"):
        app.metalsbook_glossary = read_glossary(app)
    glossary = app.metalsbook_glossary
    if glossary is None or page == glossary.page:
        return
    linker = _Linker(glossary, app.builder.get_relative_uri(page, glossary.page))
    for reference in list(doctree.findall(nodes.reference)):
        linker.describe(reference)
    for node in list(doctree.findall(lambda node: isinstance(node, nodes.Text | nodes.raw))):
        if isinstance(node, nodes.raw):
            if "html" in node.get("format", ""):
                node.children = [nodes.Text(linker.link_html(node.astext()))]
        elif _is_prose(node) and (linked := linker.link_text(node)):
            node.parent.replace(node, linked)


def _is_prose(node: nodes.Node) -> bool:
    """Whether a text stands in a paragraph, and in nothing there that is a link, code or a heading already."""
    within, parent = False, node.parent
    while parent is not None:
        if isinstance(parent, _NOT_WITHIN):
            return False
        within = within or isinstance(parent, nodes.paragraph)
        parent = parent.parent
    return within


class _Linker:
    """Links the terms of one page; each entry once."""

    def __init__(self, glossary: Glossary, address: str):
        self._glossary, self._address = glossary, address
        self._done: set[tuple[str, ...]] = set()

    def _new(self, text: str) -> list[tuple[int, int, Entry, str]]:
        """Return the places of entries that this page has not linked yet, and note them as linked."""
        new = []
        for start, end, entry, anchor in self._glossary.find(text):
            if entry.names not in self._done:
                self._done.add(entry.names)
                new.append((start, end, entry, anchor))
        return new

    def describe(self, reference: nodes.reference) -> None:
        """Give a link that the author made with the role `term` its definition."""
        address, _, anchor = reference.get("refuri", "").partition("#")
        entry = self._glossary.by_anchor.get(anchor) if address == self._address else None
        if entry is not None:
            reference["classes"].append(_CLASS)
            reference["reftitle"] = entry.tip(reference.astext())
            self._done.add(entry.names)

    def link_text(self, node: nodes.Text) -> list[nodes.Node]:
        """Return what takes the place of a text; nothing where it holds no new term."""
        text, parts, last = node.astext(), [], 0
        for start, end, entry, anchor in self._new(text):
            shown = text[start:end]
            link = nodes.reference(
                "",
                shown,
                internal=True,
                refuri=f"{self._address}#{anchor}",
                reftitle=entry.tip(shown),
                classes=[_CLASS],
            )
            parts += [nodes.Text(text[last:start]), link]
            last = end
        return [*parts, nodes.Text(text[last:])] if parts else []

    def link_html(self, markup: str) -> str:
        """Return HTML with links in the sentences that cells computed; all else stays as it is."""
        if not _BLOCK.search(markup):
            return markup
        out, closed, block = [], 0, ""
        for piece in _TAG.split(markup):
            if piece.startswith("<"):
                opened = _BLOCK.match(piece)
                block = opened[opened.lastindex] if opened else "" if piece == f"</{block}>" else block
                if mark := _CLOSED_TO_LINKS.match(piece):
                    closed += -1 if mark[1] else 1
            elif block and not closed:
                piece = self._link_escaped(piece)
            out.append(piece)
        return "".join(out)

    def _link_escaped(self, text: str) -> str:
        out, last = [], 0
        for start, end, entry, anchor in self._new(text):
            tip, address = escape(entry.tip(text[start:end])), escape(f"{self._address}#{anchor}")
            out += [text[last:start], f'<a class="{_CLASS}" href="{address}" title="{tip}">{text[start:end]}</a>']
            last = end
        return "".join([*out, text[last:]])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; it comes after the HTML of cells was made safe."""
    app.connect("doctree-resolved", link_terms, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
