"""The book's Sphinx extension: charts, formulas without scripts, folds, the theme, links between edition and guide.

Loaded through `_config.yml`, so that `jupyter-book build .` and the edition's build give the same pages. There the
whole book is one project; in the site each edition is one, and so is the guide.
"""

import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from myst_nb.sphinx_ import HideCodeCellNode
from pygments.filter import Filter
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import _make_id

from metalsbook.addresses import GUIDE, LATEST, POLICY, base_address
from metalsbook.downloads import datapackage
from metalsbook.months import cut_off
from metalsbook.page.narrative import period_name
from metalsbook.publish import assets, charts, search
from metalsbook.publish.markup import take_markup
from metalsbook.publish.toc import read_pages

_logger = logging.getLogger(__name__)
_CHAPTERS, _OF_GUIDE = "chapters/", f"{GUIDE}/"
_DESCRIPTION_LENGTH = 200
# The landing page's computed headline; elsewhere the first computed sentence, as a point or a paragraph.
_LEAD = re.compile(r'<p class="mb-lead">(.*?)</p>', re.DOTALL)
_SAID = re.compile(r'<p class="mb-say">(.*?)</p>', re.DOTALL)
_FIRST_POINT = re.compile(r'<ul class="mb-points">\s*<li>(.*?)</li>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_COLOURED = (Comment, Keyword, Operator.Word, String, Number, Name.Builtin)
_SOURCE = re.compile(r"([\w/.-]+)\.(?:md|ipynb)(#.*)?")


@dataclass
class Pages:
    """What a build notes of its pages, by their name."""

    # Name, title, headline and charts.
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    sections: dict[str, list[list]] = field(default_factory=dict)
    # Specs by the name of the chart.
    charts: dict[str, dict[str, dict]] = field(default_factory=dict)

    def in_order(self, first: str) -> list[dict[str, Any]]:
        """Return the facts of every page, the first page first, the others by name."""
        return [self.facts[first]] + [self.facts[name] for name in sorted(self.facts) if name != first]


class Coloured(Filter):
    """Leaves the tokens of code that the style gives no colour as plain text: they would be half a chapter's markup."""

    def filter(self, lexer, stream):
        """Yield kind and text of each token."""
        for kind, text in stream:
            yield kind if any(kind in coloured for coloured in _COLOURED) else Text, text


class folded(nodes.General, nodes.Element):
    """A part of a page that opens on demand; attribute `summary` is what is always shown."""


class Dropdown(SphinxDirective):
    """The directive `dropdown`: a title that is always shown, a body that opens on demand."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the folded part."""
        content = self.parse_content_to_nodes(allow_section_headings=False)
        return [folded("", *content, summary=self.arguments[0], classes=["dropdown"])]


class LeadAcross(SphinxPostTransform):
    """Resolve what a page of an edition says of the guide, and the other way round: links to pages, and terms."""

    # Before MyST-NB and Sphinx, which know the pages of one project.
    default_priority = 5

    def run(self, **_: Any) -> None:
        """Replace each such link."""
        page = self.env.docname
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node.get("refdomain") != "doc" and (address := self._find(page, node["reftype"], node["reftarget"])):
                shown = node[0].deepcopy()
                node.replace_self(nodes.reference("", "", shown, internal=True, refuri=address))

    def _find(self, page: str, kind: str, target: str) -> str | None:
        known = {each.name: each for each in self.app.metalsbook_toc}
        glossary = known.get(f"{GUIDE}/glossary")
        if kind == "term" and self.app.config.metalsbook_project == "edition" and glossary:
            terms = glossary.file.read_text("utf-8").splitlines()
            if term := next((line for line in terms if line.lower() == target.lower()), ""):
                # Docutils would write all ids in small letters, the glossary keeps the term's capitals.
                return f"{_address(self.app, page, glossary.name)}#term-{_make_id(term)}"
        if kind == "myst" and (source := _SOURCE.fullmatch(target)):
            name = normpath(join(dirname(_name(self.app, page)), source[1]))
            if name in known:
                return _address(self.app, page, name) + (source[2] or "")
        return None


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    # "edition" or "guide"; empty: the whole book in one project.
    app.add_config_value("metalsbook_project", "", "env")
    app.add_config_value("metalsbook_month", "", "env")
    # Where the shared assets lie in the site; empty: the book stands alone and has its own, as `_static`.
    app.add_config_value("metalsbook_assets", "", "html")
    app.add_config_value("metalsbook_edition", {}, "html")
    # jupyter-book sets it for an extension that the book does without.
    app.add_config_value("comments_config", {}, "html")
    app.add_html_theme("metalsbook", str(assets.THEME))
    app.add_html_math_renderer("mathml", (_visit_math, None), (_visit_math, None))
    app.add_node(charts.vega_chart, html=(charts.visit_html, None))
    app.add_node(folded, html=(_visit_folded, _depart_folded))
    app.add_directive("dropdown", Dropdown)
    app.add_post_transform(LeadAcross)
    app.connect("builder-inited", _prepare)
    app.connect("doctree-read", fold_code)
    app.connect("doctree-resolved", _check_markup)
    app.connect("html-page-context", _page_context)
    app.connect("html-collect-pages", _own_pages)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": False}


def _prepare(app: Sphinx) -> None:
    # The book has its own index; Sphinx's drops short words and cannot show its finds from disk.
    app.builder.search = False
    app.config.highlight_options = {language: {"filters": [Coloured()]} for language in ("ipython3", "python")}
    app.metalsbook_pages = Pages()
    app.metalsbook_toc = read_pages()
    # Here, when MyST-NB has brought its own.
    app.add_node(HideCodeCellNode, override=True, html=(_visit_hidden, _depart_folded))


def _visit_math(translator: Any, node: nodes.Element) -> None:
    """Write a formula as MathML, which browsers draw without a script."""
    block = isinstance(node, nodes.math_block)
    translator.body.append(latex2mathml.tex2mathml(node.astext(), as_block=block))
    raise nodes.SkipNode


def _visit_folded(translator: Any, node: folded) -> None:
    summary = f"<summary>{translator.encode(node['summary'])}</summary>\n"
    translator.body.append(translator.starttag(node, "details") + summary)


def _depart_folded(translator: Any, _: nodes.Element) -> None:
    translator.body.append("</details>\n")


def _visit_hidden(translator: Any, node: nodes.Element) -> None:
    """Open the fold of a cell's code or of a solution: MyST-NB's own says its name twice, and another to a reader."""
    translator.body.append(f'<details class="hide"><summary>{translator.encode(node["prompt_show"])}</summary>\n')


def _name(app: Sphinx, page: str) -> str:
    """Return a page's name in the book; Sphinx knows it by its place in the project."""
    return _OF_GUIDE + page if app.config.metalsbook_project == "guide" else page.removeprefix(_CHAPTERS)


def _address(app: Sphinx, page: str, name: str) -> str:
    """Return the address of a page of the book, by its name there, as seen from a page of the project."""
    here, there = (place.startswith(_OF_GUIDE) for place in (_name(app, page), name))
    if not app.config.metalsbook_project or here == there:
        own = name.removeprefix(_OF_GUIDE) if app.config.metalsbook_project == "guide" else name
        own = own if app.config.metalsbook_project else _CHAPTERS + own
        return app.builder.get_relative_uri(page, own) or "#"
    return f"{'../' * (page.count('/') + 1)}{name if there else f'{LATEST}/{name}'}.html"


def fold_code(app: Sphinx, doctree: nodes.document) -> None:
    """Fold the code of chapters, which who came for the figures need not see, and the solutions of exercises.

    A solution is a cell with the tag `hide-cell`: code and result are folded together, on every page.
    """
    # In the guide code is what the reader came for.
    shown = _name(app, app.env.docname).startswith(_OF_GUIDE)
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        if cell.get("hide_mode") == "all":
            cell["prompt_show"] = cell["prompt_hide"] = "Solution"
        elif not shown:
            cell["hide_mode"] = cell.get("hide_mode") or "input"
            cell["prompt_show"] = cell["prompt_hide"] = "Code"


def _check_markup(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Check the HTML that cells and pages hold; what the site does not take is a warning, and so an error."""
    for node in doctree.findall(nodes.raw):
        if "html" in node.get("format", ""):
            markup, refused = take_markup(node.astext())
            node.children = [nodes.Text(markup)]
            node.rawsource = markup
            if refused:
                _logger.warning("HTML that the site does not take: %s", ", ".join(refused), location=docname)


def headline(doctree: nodes.document) -> str:
    """Return the page's first computed sentence, else its first paragraph of some length."""
    markup = [raw.astext() for raw in doctree.findall(nodes.raw)]
    for pattern in (_LEAD, _FIRST_POINT, _SAID):
        for said in filter(None, map(pattern.search, markup)):
            return " ".join(html.unescape(_TAG.sub("", said[1])).split())
    texts = (" ".join(paragraph.astext().split()) for paragraph in doctree.findall(nodes.paragraph))
    return next((text for text in texts if len(text) > 40), "")


def _page_context(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Give the theme what it shows of the page and its edition, and note the page for index and search."""
    noted: Pages = app.metalsbook_pages
    context.update(_places(app, page), edition=_edition(app, page), policy=POLICY, nav=_nav(app, page))
    # A box of code that scrolls must be within reach of the keyboard.
    context["body"] = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    context["has_code"] = '<details class="hide"><summary>Code<' in context["body"]
    title, text = html.unescape(context.get("title", "")), ""
    if doctree is not None:
        text, noted.sections[page] = headline(doctree), search.page_sections(doctree)
    short = f"{text[:_DESCRIPTION_LENGTH].rsplit(' ', 1)[0]} …"
    context["description"] = text if len(text) <= _DESCRIPTION_LENGTH else short
    specs = noted.charts.get(page, {})
    context["has_charts"] = bool(specs)
    if specs:
        charts.write_specs(Path(app.outdir), page, specs)
    drawn = [charts.list_chart(spec, name) for name, spec in specs.items()]
    noted.facts[page] = {"name": page, "title": title, "headline": text, "charts": drawn}
    first = page == app.config.root_doc and app.config.metalsbook_project == "edition"
    context["structured"] = _structured(context) if first else ""


def _places(app: Sphinx, page: str) -> dict[str, Any]:
    """Return where things lie as seen from a page, and where the page itself lies in the published site."""
    up, base, month = "../" * page.count("/"), base_address(), app.config.metalsbook_month
    project, shared = app.config.metalsbook_project, app.config.metalsbook_assets
    site = f"{up}../" if project else up
    folder = f"{GUIDE}/" if project == "guide" else f"{month}/"
    notebook = f"{page}.ipynb" if project == "guide" else f"data/notebooks/{page}.ipynb"
    return {
        "root": up,
        "site": site,
        "shared": bool(project),
        "base": base,
        "assets": f"{site}{shared}" if shared else f"{up}_static",
        "canonical": f"{base}{folder}{page}.html" if base and project else "",
        "card": f"{base}{shared}/{assets.CARD}" if base and project else "",
        "start": next((_address(app, page, each.name) for each in app.metalsbook_toc if each.in_guide), ""),
        "home": _address(app, page, app.metalsbook_toc[0].name),
        "data_page": _address(app, page, "data/index") if project else "",
        "notebook": relpath(notebook, dirname(page) or ".") if (Path(app.outdir) / notebook).is_file() else "",
    }


def _nav(app: Sphinx, page: str) -> list[dict[str, Any]]:
    """Return the parts of the book as the menu shows them: caption, and title and address of each page."""
    here, parts = _name(app, page), {}
    for each in app.metalsbook_toc[1:]:
        entry = {"title": each.title, "address": _address(app, page, each.name), "current": each.name == here}
        parts.setdefault(each.part, []).append(entry)
    return [{"caption": caption, "pages": pages} for caption, pages in parts.items()]


def _edition(app: Sphinx, page: str) -> dict[str, Any]:
    """Return what the theme shows of the edition; a page of the guide is in none."""
    month, facts = app.config.metalsbook_month, app.config.metalsbook_edition
    if _name(app, page).startswith(_OF_GUIDE) or not month:
        return facts
    day = cut_off(month)
    return {"month": month, "name": period_name(month), "cut_off": day, "cut_off_day": period_name(day), **facts}


def _structured(context: dict[str, Any]) -> str:
    """Return the edition as a schema.org data set in JSON-LD, safe within a script element."""
    edition, base = context["edition"], context["base"]
    here = f"{base}{edition['month']}/" if base else ""
    media = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
    files = [(kind, table[form]) for table in edition["downloads"]["tables"] for form, kind in media.items()]
    data = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{context['docstitle']}, edition {edition['month']}",
        "description": context["description"] or f"Figures on magnesium and rare earths, {edition['name']}.",
        "identifier": f"urn:metalsbook:edition:{edition['month']}:{edition['snapshot']}",
        "version": f"{edition['snapshot'][:12]} / {edition['method']}",
        "dateModified": edition["cut_off"],
        "keywords": ["magnesium", "rare earths", "prices", "exports", "production"],
        "isAccessibleForFree": True,
        "license": datapackage.LICENCES[0]["path"],
        "usageInfo": datapackage.FIGURES,
        "creator": {"@type": "Organization", "name": context["docstitle"]},
        **({"url": here} if here else {}),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{here}data/{file['path']}"}
            | {"sha256": file["sha256"]}
            for kind, file in files
        ],
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _own_pages(app: Sphinx) -> list[tuple[str, dict, str]]:
    """Return the pages that have no source: search, and in an edition its data and downloads."""
    with_guide = app.config.metalsbook_project == "edition" and any(page.in_guide for page in app.metalsbook_toc)
    indexes = [search.FILE, *([f"../{GUIDE}/{search.FILE}"] if with_guide else [])]
    own = [("search", {"title": "Search", "indexes": " ".join(indexes)}, "search.html")]
    if downloads := app.config.metalsbook_edition.get("downloads"):
        address = base_address() or "_build/site/"
        shown = {"title": "Data and downloads", "downloads": downloads, "address": address}
        own.append(("data/index", shown, "data.html"))
    return own


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write the search index, and the assets where the book stands alone."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    parts = {each.name: each.part for each in app.metalsbook_toc}
    # The parts before the checks are what most readers look for.
    market = {"", app.metalsbook_toc[1].part if len(parts) > 1 else ""}
    first = {page for page in app.metalsbook_pages.sections if parts.get(_name(app, page)) in market}
    (out / search.FILE).write_text(search.index_script(app.metalsbook_pages.sections, first), "utf-8")
    if not app.config.metalsbook_assets:
        assets.write_assets(out / "_static")
