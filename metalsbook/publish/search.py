"""The index that the search page reads: every section of every page as text; the guide has its own.

A plain script file, so that search works from disk as well. Chinese words (镁锭) are found wherever they stand.
"""

import html
import json
import re

from docutils import nodes

FILE = "search-index.js"
CHAPTER, OTHER, ENTRY = 0, 1, 2
"""How near the top a find stands: sections of chapters, of other pages, single entries of a catalogue or glossary."""
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
# The printed text and address of every origin would make up most of the index and help nobody to find a page.
_ORIGIN = re.compile(r'<details class="mb-origin">.*?</details>', re.DOTALL)
# A folded part with an anchor (a series of the catalogue) is found by itself.
_ENTRY = re.compile(r'<details [^>]*\bid="([^"]+)"[^>]*><summary>(.*?)</summary>(.*?)</details>', re.DOTALL)
_ENTRY_LENGTH, _SECTION_LENGTH = 160, 20_000


def page_sections(doctree: nodes.document) -> list[list]:
    """Return the sections of a page in reading order: [anchor, title, text, rank]; text of subsections is their own."""
    rows: list[list] = []
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is not None:
            text, entries = _own_text(section)
            anchor = section["ids"][0] if section["ids"] else ""
            rows += [[anchor, title.astext(), text[:_SECTION_LENGTH], OTHER], *entries]
    return rows


def _own_text(section: nodes.section) -> tuple[str, list[list]]:
    """Return the text of a section and, apart from it, the entries in it that have an anchor of their own."""
    parts: list[str] = []
    entries: list[list] = []

    def walk(node: nodes.Node) -> None:
        for child in node.children:
            if isinstance(child, (nodes.section, nodes.title, nodes.literal_block)):
                continue
            if isinstance(child, nodes.raw):
                if "html" in child.get("format", ""):
                    markup = _ORIGIN.sub(" ", child.astext())
                    entries.extend(
                        [anchor, _plain(summary), _plain(body)[:_ENTRY_LENGTH], ENTRY]
                        for anchor, summary, body in _ENTRY.findall(markup)
                    )
                    parts.append(_plain(_ENTRY.sub(" ", markup)))
            elif isinstance(child, nodes.definition_list_item) and child.next_node(nodes.term)["ids"]:
                terms = list(child.findall(nodes.term))
                meaning = " ".join(part.astext() for part in child.findall(nodes.definition))
                names = " / ".join(term.astext() for term in terms)
                entries.append([terms[0]["ids"][0], names, " ".join(meaning.split()), ENTRY])
            elif isinstance(child, nodes.TextElement):
                parts.append(child.astext())
            elif child.tagname == "vega_chart":
                parts.append(child["spec"].get("description", ""))
            else:
                walk(child)

    walk(section)
    return " ".join(" ".join(parts).split()), entries


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def index_script(pages: dict[str, list[list]], chapters: set[str]) -> str:
    """Return the script that hands the index to the search page, by section: [page, anchor, title, text, rank].

    `pages` are from `page_sections`, by the page's name; sections of `chapters` rank first.
    """
    rows = [
        [page, anchor, title, text, CHAPTER if page in chapters and rank == OTHER else rank]
        for page in sorted(pages)
        for anchor, title, text, rank in pages[page]
    ]
    return f"metalsbookIndex({json.dumps(rows, separators=(',', ':'), ensure_ascii=False)});\n"
