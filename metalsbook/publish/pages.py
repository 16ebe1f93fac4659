"""What becomes of a page between Sphinx's tree and its HTML: code folded, solutions folded, HTML of cells made safe."""

import re
from html import unescape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from metalsbook.publish.guide import home
from metalsbook.publish.markup import take_markup

_logger = logging.getLogger(__name__)
_DESCRIPTION_LENGTH = 200
# The page tools list computed sentences so.
_FIRST_POINT = re.compile(r'<ul class="mb-points">\s*<li>(.*?)</li>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")


class folded(nodes.General, nodes.Element):
    """A part of a page that opens on demand; attribute `summary` is what is always shown."""


class Dropdown(SphinxDirective):
    """The directive `dropdown`: a title that is always shown, a body that opens on demand."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"class": directives.class_option, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the folded part."""
        body = folded("", summary=self.arguments[0], classes=["dropdown", *self.options.get("class", [])])
        body.extend(self.parse_content_to_nodes(allow_section_headings=False))
        self.add_name(body)
        return [body]


class FoldDropdowns(SphinxPostTransform):
    """Fold whatever carries the class `dropdown` (solutions, notes) without a script."""

    # Late, when titles have been put in.
    default_priority = 800
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace each such node."""
        for node in list(self.document.findall(nodes.Element)):
            if "dropdown" in node.get("classes", []) and node.children and not isinstance(node, folded):
                classes = [*node["classes"], "admonition"]
                body = folded("", summary=node[0].astext(), classes=classes, ids=node["ids"])
                body.extend(child.deepcopy() for child in node.children[1:])
                node.replace_self(body)


def visit_folded(translator: Any, node: folded) -> None:
    """Open the details element."""
    translator.body.append(translator.starttag(node, "details"))
    translator.body.append(f"<summary>{translator.encode(node['summary'])}</summary>\n")


def depart_folded(translator: Any, _: folded) -> None:
    """Close the details element."""
    translator.body.append("</details>\n")


def fold_code(app: Sphinx, doctree: nodes.document) -> None:
    """Fold the code of chapters, which who came for the figures need not see, and the solutions of exercises.

    A solution is a cell with the tag `hide-cell`: code and result are folded together, on every page.
    """
    # In the guide code is what the reader came for.
    shown = home(app.env.docname)
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        if cell.get("hide_mode") == "all":
            cell["prompt_show"] = cell["prompt_hide"] = "Solution"
        elif not shown:
            cell["hide_mode"] = cell.get("hide_mode") or "input"
            cell["prompt_show"] = cell["prompt_hide"] = "Code"


def visit_hidden(translator: Any, node: nodes.Element) -> None:
    """Open the fold of a cell's code or of a solution: MyST-NB's own says its name twice, and another to a reader."""
    translator.body.append(f'<details class="hide"><summary>{translator.encode(node["prompt_show"])}</summary>\n')


def clean_raw_html(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Clean the HTML that cells and pages hold; what could run or load something is a warning, and so an error."""
    for node in doctree.findall(nodes.raw):
        if "html" in node.get("format", ""):
            markup, refused = take_markup(node.astext())
            node.children = [nodes.Text(markup)]
            node.rawsource = markup
            if refused:
                what = ", ".join(refused)
                _logger.warning("HTML that the site does not take: %s", what, location=docname)


def headline(doctree: nodes.document) -> str:
    """Return the page's first computed sentence, else its first paragraph of some length."""
    for raw in doctree.findall(nodes.raw):
        if point := _FIRST_POINT.search(raw.astext()):
            return _SPACE.sub(" ", unescape(_TAG.sub("", point[1]))).strip()
    texts = (_SPACE.sub(" ", paragraph.astext()).strip() for paragraph in doctree.findall(nodes.paragraph))
    return next((text for text in texts if len(text) > 40), "")


def shorten(text: str) -> str:
    """Return a text as the description of a page: cut at a word where it is long."""
    return text if len(text) <= _DESCRIPTION_LENGTH else text[:_DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"
