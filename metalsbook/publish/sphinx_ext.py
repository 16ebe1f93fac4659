"""The book's Sphinx extension: charts, formulas without scripts, the theme, the data of its pages, the search index.

Loaded through `_config.yml`, so that `jupyter-book build .` and the edition's build give the same pages.
"""

import html
import json
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname, join, relpath
from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx

from metalsbook.months import cut_off
from metalsbook.publish import assets, cards, chart_node, code, editions, folds, pages, search_index
from metalsbook.publish.builder import BookBuilder, own_pictures
from metalsbook.publish.guide import home

# Nothing from elsewhere, no inline script or style, no code made from text.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
)
THEME = Path(__file__).parent / "theme"


@dataclass
class Pages:
    """What a build notes of its pages.

    Attributes:
        facts: Name, title and headline of every page by its name.
        sections: Anchor, title and text of the sections of every page by its name.
    """

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    sections: dict[str, list[list[str]]] = field(default_factory=dict)

    def in_order(self, first: str) -> list[dict[str, Any]]:
        """Return the facts of every page, the first page first, the others by name."""
        return [self.facts[first]] + [self.facts[name] for name in sorted(self.facts) if name != first]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("metalsbook_month", "", "env")
    # Where the shared assets lie in the site; empty: the book stands alone and has its own, as `_static`.
    app.add_config_value("metalsbook_assets", "", "html")
    app.add_config_value("metalsbook_edition", {}, "html")
    app.add_config_value("metalsbook_chart_cache", "", "")
    # jupyter-book sets it for an extension that the book does without.
    app.add_config_value("comments_config", {}, "html")
    app.add_builder(BookBuilder, override=True)
    app.add_lexer("python", code.ChapterLexer)
    app.add_html_theme("metalsbook", str(THEME))
    app.add_html_math_renderer("mathml", (_visit_math, None), (_visit_math, None))
    other = (chart_node.visit_other, None)
    app.add_node(chart_node.vega_chart, html=(chart_node.visit_html, None), text=other, latex=other)
    app.add_node(pages.folded, html=(pages.visit_folded, pages.depart_folded))
    app.add_directive("dropdown", pages.Dropdown)
    app.add_post_transform(pages.FoldDropdowns)
    app.connect("builder-inited", _prepare)
    app.connect("doctree-read", pages.fold_code)
    app.connect("doctree-resolved", pages.clean_raw_html)
    app.connect("html-page-context", _page_context)
    app.connect("html-collect-pages", _own_pages)
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
    app.metalsbook_pages = Pages()
    # Here, when MyST-NB has brought its own.
    app.add_node(HideCodeCellNode, override=True, html=(pages.visit_hidden, pages.depart_folded))


def _page_context(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Give the theme what it shows of the page and its edition, and note the page for index and search."""
    context.update(_addresses(app, page), edition=_edition(app, page), policy=POLICY)
    context.update(has_charts='data-chart="' in context.get("body", ""), **_body(context, page))
    if doctree is not None:
        context["headline"] = pages.headline(doctree)
        context["description"] = pages.shorten(context["headline"])
        app.metalsbook_pages.sections[page] = search_index.page_sections(doctree)
    context["structured"] = _structured(context) if page == app.config.root_doc and context["shared"] else ""
    chart_node.write_specs(app.builder, page)
    charts = getattr(app.builder, "metalsbook_charts", {}).get(page, [])
    context["card"] = _card(app, page, context, charts) if charts and context["canonical"] else ""
    title = html.unescape(context.get("title", ""))
    app.metalsbook_pages.facts[page] = {
        "name": page,
        "title": title,
        "headline": context.get("headline", ""),
        "charts": charts,
    }


def _addresses(app: Sphinx, page: str) -> dict[str, Any]:
    """Return where things lie as seen from a page, and where the page itself lies in the published site."""
    up, base, month = "../" * page.count("/"), editions.base_address(), app.config.metalsbook_month
    shared = app.config.metalsbook_assets
    # The guide stands beside the editions.
    site = up if home(page) else f"{up}../"
    folder = "" if home(page) else f"{month}/"
    return {
        "root": up,
        "site": site,
        "shared": bool(shared),
        "base": base,
        "folder": folder,
        "assets": f"{site}{shared}" if shared else f"{up}_static",
        "canonical": f"{base}{folder}{page}.html" if base and shared else "",
        "pathto": lambda other: app.builder.get_relative_uri(page, other) or "#",
        "notebook": _notebook(app, page),
        "has_downloads": "downloads" in app.config.metalsbook_edition,
    }


def _notebook(app: Sphinx, page: str) -> str:
    """Return the address of the notebook that a page was made of; empty where it is no notebook, or not offered."""
    name = f"{page}.ipynb" if home(page) else f"data/notebooks/{page}.ipynb"
    return relpath(name, dirname(page) or ".") if (Path(app.outdir) / name).is_file() else ""


def _edition(app: Sphinx, page: str) -> dict[str, Any]:
    """Return what the theme shows of the edition; a page of the guide is in none."""
    month, facts = app.config.metalsbook_month, app.config.metalsbook_edition
    known = {"month": "", "name": "", "cut_off": "", "snapshot": "", "method": facts.get("method", "")}
    if home(page) or not month:
        return known
    return {**known, "month": month, "name": editions.month_name(month), "cut_off": cut_off(month), **facts}


def _body(context: dict[str, Any], page: str) -> dict[str, str]:
    """Return a page's HTML, and packed apart what its folds hold; the guide can be read without scripts as well."""
    # A box of code that scrolls must be within reach of the keyboard.
    body = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    if home(page):
        return {"body": own_pictures(body, context["root"]) if context["shared"] else body, "folds": ""}
    kept, packed = folds.pack_folds(body)
    return {"body": kept, "folds": packed}


def _card(app: Sphinx, page: str, context: dict[str, Any], charts: list[dict[str, Any]]) -> str:
    """Return the address of the picture that a link to a page with charts shows elsewhere.

    An edition's page with one chart beside its tables shows that of the first page, where that has one.
    """
    first = app.config.root_doc
    if home(page) or page == first or len(charts) > 1 or not _has_chart(app, first):
        return _make_card(app, page, context, charts)
    return f"{context['base']}{context['folder']}{cards.FOLDER}/{first}.jpg"


def _has_chart(app: Sphinx, page: str) -> bool:
    return next(iter(app.env.get_doctree(page).findall(chart_node.vega_chart)), None) is not None


def _make_card(app: Sphinx, page: str, context: dict[str, Any], charts: list[dict[str, Any]]) -> str:
    """Write the picture of a page's first chart and return its address."""
    chart = (Path(app.outdir) / "data" / charts[0]["svg"]).resolve().read_text("utf-8")
    file = join(home(page), cards.FOLDER, f"{page.replace('/', '-')}.jpg")
    cache = app.config.metalsbook_chart_cache
    edition = " · ".join(filter(None, (context["docstitle"], context["edition"]["name"])))
    cards.write_card(chart, charts[0]["title"], edition, Path(app.outdir) / file, Path(cache) if cache else None)
    return f"{context['base']}{context['folder']}{file}"


def _structured(context: dict[str, Any]) -> str:
    """Return the edition as a schema.org data set in JSON-LD, safe within a script element."""
    edition, base = context["edition"], context["base"]
    here = f"{base}{edition['month']}/" if base else ""
    files = [table[form] | {"form": form} for table in edition["downloads"]["tables"] for form in ("csv", "parquet")]
    media = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
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
        "creator": {"@type": "Organization", "name": context["docstitle"]},
        **({"url": here} if here else {}),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": media[file["form"]],
                "contentUrl": f"{here}data/{file['path']}",
                "sha256": file["sha256"],
            }
            for file in files
        ],
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _own_pages(app: Sphinx) -> list[tuple[str, dict, str]]:
    """Return the pages that have no source: search, and in an edition its data and downloads."""
    if app.builder.format != "html":
        return []
    guide = next(filter(None, map(home, sorted(app.env.found_docs))), "")
    beside = "../" if app.config.metalsbook_assets else ""
    index = f"{beside}{guide}/{search_index.FILE}" if guide else ""
    own = [("search", {"title": "Search", "guide_index": index}, "search.html")]
    if downloads := app.config.metalsbook_edition.get("downloads"):
        address = editions.base_address() or "_build/site/"
        shown = {"title": "Data and downloads", "downloads": downloads, "address": address}
        own.append(("data/index", shown, "data.html"))
    return own


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write the search indexes, part the pictures, and write the assets where the book stands alone."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for folder, sections in search_index.by_folder(app.metalsbook_pages.sections).items():
        (out / folder / search_index.FILE).write_text(search_index.index_script(sections), "utf-8")
    if app.config.metalsbook_assets:
        app.builder.part_pictures()
    else:
        assets.write_assets(out / "_static")
