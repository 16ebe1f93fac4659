"""The index that the search page reads: every section of every page as text; the guide, which is shared, has its own.

A plain script file, so that search works from disk as well. Words are found as parts of the text, which needs no
splitting of Chinese into words: 镁锭 or 皮江法 are found wherever they stand.
"""

import html
import re

from docutils import nodes

from metalsbook.publish.guide import home
from metalsbook.publish.packed import pack

FILE = "search-index.js"
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
# The printed text and address of every origin would make up most of the index and help nobody to find a page.
_ORIGIN = re.compile(r'<details class="mb-origin">.*?</details>', re.DOTALL)
# A folded part with an anchor (a series of the catalogue) is found by itself.
_ENTRY = re.compile(r'<details [^>]*\bid="([^"]+)"[^>]*><summary>(.*?)</summary>(.*?)</details>', re.DOTALL)
ENTRY_LENGTH, SECTION_LENGTH = 160, 20_000
_SPACE = re.compile(r"\s+")


def page_sections(doctree: nodes.document) -> list[list[str]]:
    """Return the sections of a page as [anchor, title, text], in reading order; text of subsections is their own."""
    rows = []
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is not None:
            text, entries = _own_text(section)
            rows += [[section["ids"][0] if section["ids"] else "", title.astext(), text[:SECTION_LENGTH]], *entries]
    return rows


def _own_text(section: nodes.section) -> tuple[str, list[list[str]]]:
    """Return the text of a section and, apart from it, the folded parts in it that have an anchor of their own."""
    parts: list[str] = []
    entries: list[list[str]] = []

    def walk(node: nodes.Node) -> None:
        for child in node.children:
            if isinstance(child, (nodes.section, nodes.title)):
                continue
            if isinstance(child, nodes.raw):
                if "html" in child.get("format", ""):
                    markup = _ORIGIN.sub(" ", child.astext())
                    entries.extend(
                        [anchor, _plain(summary), _plain(body)[:ENTRY_LENGTH]]
                        for anchor, summary, body in _ENTRY.findall(markup)
                    )
                    parts.append(_plain(_ENTRY.sub(" ", markup)))
            elif isinstance(child, nodes.literal_block):
                continue
            elif isinstance(child, nodes.definition_list_item) and (anchors := _anchors(child)):
                terms = " / ".join(term.astext() for term in child.findall(nodes.term))
                meaning = " ".join(part.astext() for part in child.findall(nodes.definition))
                entries.append([anchors[0], terms, _SPACE.sub(" ", meaning)])
            elif isinstance(child, nodes.TextElement):
                parts.append(child.astext())
            elif child.tagname == "vega_chart":
                parts.append(child["spec"].get("description", ""))
            else:
                walk(child)

    walk(section)
    return _SPACE.sub(" ", " ".join(parts)).strip(), entries


def _anchors(item: nodes.definition_list_item) -> list[str]:
    """Return the anchors of a glossary's entry."""
    return [anchor for term in item.findall(nodes.term) for anchor in term["ids"]]


def _plain(markup: str) -> str:
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", markup))).strip()


def by_folder(pages: dict[str, list[list[str]]]) -> dict[str, dict[str, list[list[str]]]]:
    """Return the pages of the edition and of the guide apart, by their folder, their names as seen from it."""
    apart: dict[str, dict[str, list[list[str]]]] = {"": {}}
    for page, sections in pages.items():
        apart.setdefault(home(page), {})[page.removeprefix(f"{home(page)}/")] = sections
    return apart


def index_script(pages: dict[str, list[list[str]]]) -> str:
    """Return the script that hands the index to the search page, packed: [page, anchor, title, text] by section."""
    return f'metalsbookIndex("{pack([[page, *section] for page in sorted(pages) for section in pages[page]])}");\n'
