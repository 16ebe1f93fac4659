"""The book's Sphinx extension: charts, formulas without scripts, the theme, the data of its pages, the search index.

Loaded through `_config.yml`, so that `jupyter-book build .` and the edition's build give the same pages.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx

from metalsbook.months import cut_off
from metalsbook.publish import assets, chart_node, pages, search_index

# Nothing from elsewhere, no inline script or style, no code made from text.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
)
THEME = Path(__file__).parent / "theme"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("metalsbook_month", "", "env")
    # Where the shared assets lie as seen from the edition's folder; empty: within the edition, as `_static`.
    app.add_config_value("metalsbook_assets", "", "html")
    app.add_config_value("metalsbook_edition", {}, "html")
    app.add_config_value("metalsbook_chart_cache", "", "")
    # jupyter-book sets it for an extension that the book does without.
    app.add_config_value("comments_config", {}, "html")
    app.add_html_theme("metalsbook", str(THEME))
    app.add_html_math_renderer("mathml", (_visit_math, None), (_visit_math, None))
    other = (chart_node.visit_other, None)
    app.add_node(chart_node.vega_chart, html=(chart_node.visit_html, None), text=other, latex=other)
    app.add_node(pages.folded, html=(pages.visit_folded, pages.depart_folded))
    app.add_post_transform(pages.FoldDropdowns)
    app.connect("builder-inited", _prepare)
    app.connect("doctree-read", pages.fold_code)
    app.connect("doctree-resolved", pages.clean_raw_html)
    app.connect("html-page-context", _page_context)
    app.connect("html-collect-pages", _search_page)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": False}


def _visit_math(translator: Any, node: nodes.Element) -> None:
    """Write a formula as MathML, which browsers draw without a script."""
    block = isinstance(node, nodes.math_block)
    translator.body.append(latex2mathml.tex2mathml(node.astext(), as_block=block))
    raise nodes.SkipNode


def _prepare(app: Sphinx) -> None:
    # The book has its own index; Sphinx's drops short words and cannot show its finds from disk.
    app.builder.search = False
    app.metalsbook_sections = {}


def _page_context(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Give the theme what it shows of the page and its edition, and note the page's text for the search."""
    month = app.config.metalsbook_month
    up = "../" * page.count("/")
    context["root"] = up
    context["assets"] = f"{up}{app.config.metalsbook_assets or '_static'}"
    context["shared"] = bool(app.config.metalsbook_assets)
    context["edition"] = {"month": month, "cut_off": cut_off(month) if month else "", **app.config.metalsbook_edition}
    context["policy"] = POLICY
    context["has_charts"] = 'data-chart="' in context.get("body", "")
    if doctree is not None:
        context["description"] = pages.describe(doctree)
        app.metalsbook_sections[page] = search_index.page_sections(doctree)


def _search_page(app: Sphinx) -> list[tuple[str, dict, str]]:
    return [("search", {"title": "Search"}, "search.html")] if app.builder.format == "html" else []


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write the search index, and the assets where the edition carries its own."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / "search-index.js").write_text(search_index.index_script(app.metalsbook_sections), "utf-8")
    if not app.config.metalsbook_assets:
        assets.write_assets(out / "_static")
