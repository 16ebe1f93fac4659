"""A chart on a page: MyST-NB hands over the Vega-Lite spec of a cell, the HTML writer makes a figure of it.

The figure holds a static picture in two widths, text for who cannot see it, and links to data and spec.
The interactive chart and the data as a table are made from a script file that the page asks for when the figure scrolls
into view or the table is opened.
"""

import json
import re
from html import escape
from pathlib import Path
from posixpath import dirname, join, relpath
from typing import Any

from docutils import nodes

from metalsbook.page.theme import MIME
from metalsbook.publish import chart_files
from metalsbook.publish.guide import home

FOLDER = "charts"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


class vega_chart(nodes.General, nodes.Element):
    """A Vega-Lite chart; attribute `spec` holds the specification."""


class VegaLiteMime:
    """The MyST-NB renderer of Vega-Lite outputs."""

    mime_priority_overrides = (("*", MIME, 1),)

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Return the chart's node, or None for any other output."""
        if inline or data.mime_type != MIME:
            return None
        spec = data.content if isinstance(data.content, dict) else json.loads(data.content)
        return [vega_chart("", spec=spec)]


def visit_html(translator: Any, node: vega_chart) -> None:
    """Write the chart's files beside the page and its figure into the page."""
    builder = translator.builder
    docname = builder.current_docname
    name = _take_name(translator, docname)
    folder = Path(builder.outdir) / folder_of(docname)
    folder.mkdir(parents=True, exist_ok=True)
    up = relpath(folder_of(docname), dirname(docname) or ".")
    cache = builder.config.metalsbook_chart_cache
    address = f"{up}/{specs_name(docname)}"
    translator.body.append(write_chart(node["spec"], name, folder, address, Path(cache) if cache else None))
    listed = builder.__dict__.setdefault("metalsbook_charts", {})
    listed.setdefault(docname, []).append(list_chart(node["spec"], name, folder_of(docname)))
    specs = builder.__dict__.setdefault("metalsbook_specs", {})
    specs.setdefault(docname, {})[name] = node["spec"]
    raise nodes.SkipNode


def visit_other(translator: Any, node: vega_chart) -> None:
    """Write the chart's text alternative where the output is not HTML."""
    translator.add_text(chart_files.chart_alt(node["spec"]))
    raise nodes.SkipNode


def write_specs(builder: Any, docname: str) -> None:
    """Write the script with the specs of a page's charts, once the page is written; none for a page without charts."""
    if specs := builder.__dict__.get("metalsbook_specs", {}).pop(docname, None):
        file = Path(builder.outdir) / folder_of(docname) / specs_name(docname)
        file.write_text(chart_files.specs_script(specs), "utf-8")


def folder_of(docname: str) -> str:
    """Return the folder of the charts of a page, as seen from the top of its site: the guide has its own."""
    return join(home(docname), FOLDER)


def specs_name(docname: str) -> str:
    """Return the name of the script with the specs of a page's charts."""
    return f"{_slug(docname)}.js"


def list_chart(spec: dict, name: str, folder: str = FOLDER) -> dict:
    """Return what the edition's index says of a chart in a folder; paths as seen from the `data` folder."""
    number = len(chart_files.reader_tables(spec))
    return {
        "name": name,
        "title": chart_files.chart_heading(spec)[0],
        "alt": chart_files.chart_alt(spec),
        "svg": f"../{folder}/{name}.svg",
        "spec": f"../{folder}/{name}.json",
        "csv": [f"../{folder}/{file}" for file in _csv_names(name, number)],
    }


def _csv_names(name: str, number: int) -> list[str]:
    return [f"{name}.csv" if not place else f"{name}-{place + 1}.csv" for place in range(number)]


def _take_name(translator: Any, docname: str) -> str:
    """Return the chart's name, unique in the edition: the page and the chart's number on it."""
    translator.metalsbook_charts = getattr(translator, "metalsbook_charts", 0) + 1
    return f"{_slug(docname)}-{translator.metalsbook_charts}"


def _slug(docname: str) -> str:
    return _NOT_IN_NAMES.sub("-", docname.removeprefix("chapters/").lower()).strip("-")


def write_chart(spec: dict, name: str, folder: Path, specs: str, cache: Path | None = None) -> str:
    """Write a chart's files and return its figure.

    Args:
        spec: Vega-Lite spec with inline data.
        name: Name of the chart's files and anchor.
        folder: Folder for the files.
        specs: Address of the page's script with specs (`write_specs`), in that folder, as seen from the page.
        cache: Folder that keeps drawn charts.
    """
    sizes = {}
    for suffix, width in (("", chart_files.WIDE_PX), ("-narrow", chart_files.NARROW_PX)):
        svg = chart_files.draw_chart(spec, width, cache)
        sizes[suffix] = chart_files.svg_size(svg)
        (folder / f"{name}{suffix}.svg").write_text(svg, "utf-8")
    tables = chart_files.reader_tables(spec)
    files = dict(zip(_csv_names(name, len(tables)), (label for label, _ in tables), strict=True))
    for file, (_, rows) in zip(files, tables, strict=True):
        # The byte order mark makes Excel read UTF-8.
        (folder / file).write_text("\ufeff" + chart_files.csv_text(rows), "utf-8")
    (folder / f"{name}.json").write_text(json.dumps(spec, ensure_ascii=False) + "\n", "utf-8")
    return _figure(spec, name, specs, sizes, files)


def _figure(spec: dict, name: str, specs: str, sizes: dict, files: dict[str, str]) -> str:
    up = dirname(specs)
    title, subtitle, source = chart_files.chart_heading(spec)
    (wide, high), (narrow_wide, narrow_high) = sizes[""], sizes["-narrow"]
    head = f'<p class="chart-title">{escape(title)}</p>' if title else ""
    head += f'<p class="chart-unit">{escape(subtitle)}</p>' if subtitle else ""
    links = [f'<a href="{up}/{file}" download>{escape(label)} (CSV)</a>' for file, label in files.items()]
    links.append(f'<a href="{up}/{name}.json">Spec (JSON)</a>')
    foot = f'<span class="chart-source">Source: {escape(source)}</span>' if source else ""
    folds = "".join(
        f'<details class="chart-data"><summary>{escape(e)} as a table</summary></details>' for e in files.values()
    )
    return f"""<figure class="chart" id="chart-{name}" data-chart="{name}" data-spec="{specs}">
<figcaption>{head}</figcaption>
<div class="chart-view"><picture class="chart-static">
<source media="(max-width: 46rem)" srcset="{up}/{name}-narrow.svg" width="{narrow_wide}" height="{narrow_high}">
<img src="{up}/{name}.svg" width="{wide}" height="{high}" alt="{escape(chart_files.chart_alt(spec))}" decoding="async">
</picture></div>
<div class="chart-foot">{foot}<span class="chart-links">{" ".join(links)}</span></div>
{folds}
</figure>
"""
