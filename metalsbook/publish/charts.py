"""A chart on a page: from the Vega-Lite spec that a cell stored to its figure, its picture and its files.

The figure holds a static picture in two widths, text for who cannot see it, and links to data and spec. The interactive
chart and the data as a table are made from the page's script of specs (`write_specs`) when the figure scrolls into view
or the table is opened.
"""

import copy
import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from math import ceil
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any

import vl_convert
from docutils import nodes

from metalsbook.errors import SiteError
from metalsbook.page.theme import DERIVED, FONTS, GRID, INK, MIME, MUTED, PALETTE
from metalsbook.store import kept_or_made

FOLDER = "charts"
WIDE_PX, NARROW_PX = 700, 340
NARROWEST_PANEL_PX = 90
# A kept drawing is used only by the code that drew it.
_CODE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_DECIMALS = re.compile(r"(-?\d+\.\d)\d+")
_GEOMETRY = re.compile(r'\b(?:d|transform|points)="[^"]*"')
_ID = re.compile(r'\bid="([^"]+)"')
_EMPTY_PATH = re.compile(r'<path[^>]*(?:class="(?:back|fore)ground")[^>]*\bd="(?:M0,0h0v0h0Z)?"[^>]*/>')
_EMPTY_GROUP = re.compile(r"<g(?: [^>]*)?></g>|<g(?: [^>]*)?/>")
_NEEDLESS = re.compile(
    r' (?:aria-[a-z]+|role|class|style|pointer-events|xmlns(?::xlink)?|version)="[^"]*"'
    r'| (?:opacity|fill-opacity|stroke-width|stroke-opacity)="1"| font-weight="normal"'
)
_WIDTH = re.compile(r'<svg[^>]* width="([\d.]+)"')
# What a spreadsheet would take for the start of a formula, also in the full width of Chinese type; "-5.1%" is a number.
_FORMULA = re.compile(r"[=@\t\r\uff1d\uff20]|[+\-\uff0b\uff0d](?![\d.,]+ ?%?$)")

# How chart colours change where the reader's scheme is dark; a colour that is not in the table (a cell of a heat map)
# stays as it is. The ground is the page's own, so that a chart stands on it without an edge.
_GROUND, _DARK_INK = "#14181c", "#e4e8ec"
DARK = {
    INK: _DARK_INK,
    MUTED: "#a3b0bc",
    GRID: "#2d353d",
    DERIVED: "#41739a",
    "black": _DARK_INK,
    "#000": _DARK_INK,
    "#000000": _DARK_INK,
    **dict(zip(PALETTE, ["#58abe3", "#ee8a45", "#3cb896", "#d387c3", "#c9a840", "#93a7b8"], strict=True)),
}
# A white edge parts marks from each other; white text stands on a dark cell in both schemes.
_DARK_EDGES = DARK | dict.fromkeys(("white", "#fff", "#ffffff"), _GROUND)


def dark_rules() -> str:
    """Return the CSS that turns the light colours of charts into their dark ones, as the page's scheme is."""
    return "".join(
        f'.chart-view svg [{attribute}="{light}"]{{{attribute}:light-dark({light},{dark})}}\n'
        for attribute, colours in (("fill", DARK), ("stroke", _DARK_EDGES))
        for light, dark in colours.items()
    )


class vega_chart(nodes.General, nodes.Element):
    """A Vega-Lite chart; attribute `spec` holds the specification."""


class VegaLiteMime:
    """The MyST-NB renderer of Vega-Lite outputs."""

    mime_priority_overrides = (("*", MIME, 1),)

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Return the chart's node, or None for any other output."""
        return None if inline or data.mime_type != MIME else [vega_chart("", spec=data.content)]


def visit_html(translator: Any, node: vega_chart) -> None:
    """Write the chart's files beside the page and its figure into the page."""
    builder = translator.builder
    docname = builder.current_docname
    translator.metalsbook_charts = getattr(translator, "metalsbook_charts", 0) + 1
    slug = _slug(docname)
    name = f"{slug}-{translator.metalsbook_charts}"
    folder = Path(builder.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    cache = builder.config.metalsbook_chart_cache
    address = f"{relpath(FOLDER, dirname(docname) or '.')}/{slug}.js"
    translator.body.append(write_chart(node["spec"], name, folder, address, Path(cache) if cache else None))
    builder.app.metalsbook_pages.charts.setdefault(docname, {})[name] = node["spec"]
    raise nodes.SkipNode


def write_specs(out: Path, docname: str, specs: dict[str, dict]) -> None:
    """Write the script with the specs of a page's charts, once the page is written."""
    (out / FOLDER / f"{_slug(docname)}.js").write_text(specs_script(specs), "utf-8")


def list_chart(spec: dict, name: str) -> dict:
    """Return what the edition's index says of a chart; paths as seen from the `data` folder."""
    return {
        "name": name,
        "title": chart_heading(spec)[0],
        "alt": chart_alt(spec),
        "spec": f"../{FOLDER}/{name}.json",
        "csv": [f"../{FOLDER}/{file}" for file in _csv_names(name, len(chart_data(spec)))],
    }


def _csv_names(name: str, number: int) -> list[str]:
    return [f"{name}.csv" if not place else f"{name}-{place + 1}.csv" for place in range(number)]


def _slug(docname: str) -> str:
    return _NOT_IN_NAMES.sub("-", docname.removeprefix("chapters/").lower()).strip("-")


def write_chart(spec: dict, name: str, folder: Path, specs: str, cache: Path | None = None) -> str:
    """Write a chart's files, named by it, and return its figure.

    `specs` is the address of the page's script of specs (`write_specs`), in that folder, as seen from the page.
    """
    tables = chart_data(spec)
    labels = [escape(label) for label, _ in tables]
    files = _csv_names(name, len(tables))
    for file, (_, rows) in zip(files, tables, strict=True):
        # The byte order mark makes Excel read UTF-8.
        (folder / file).write_text("\ufeff" + csv_text(rows), "utf-8", newline="")
    (folder / f"{name}.json").write_text(json.dumps(spec, ensure_ascii=False) + "\n", "utf-8", newline="")
    wide = own_ids(draw_chart(spec, WIDE_PX, cache), f"{name}-w")
    narrow = own_ids(draw_chart(spec, NARROW_PX, cache), f"{name}-n")
    title, subtitle, source = chart_heading(spec)
    up = dirname(specs)
    head = f'<p class="chart-title">{escape(title)}</p>' if title else ""
    head += f'<p class="chart-unit">{escape(subtitle)}</p>' if subtitle else ""
    links = [f'<a href="{up}/{file}" download>{label} (CSV)</a>' for file, label in zip(files, labels, strict=True)]
    links.append(f'<a href="{up}/{name}.json">Spec (JSON)</a>')
    foot = f'<span class="chart-source">Source: {escape(source)}</span>' if source else ""
    still = " data-still" if spec.get("usermeta", {}).get("still") else ""
    return f"""<figure class="chart" id="chart-{name}" data-chart="{name}" data-spec="{specs}"{still}>
<figcaption>{head}</figcaption>
<div class="chart-view"><div class="chart-static" role="img" aria-label="{escape(chart_alt(spec))}">
<div class="chart-wide">{wide}</div>
<div class="chart-narrow">{narrow}</div>
</div></div>
<div class="chart-foot">{foot}<span class="chart-links">{" ".join(links)}</span></div>
{"".join(f'<details class="chart-data"><summary>{label} as a table</summary></details>' for label in labels)}
</figure>
"""


def chart_heading(spec: dict) -> tuple[str, str, str]:
    """Return title, subtitle and sources of a spec as plain text, empty where it has none."""
    title = spec.get("title") or ""
    lines = title if isinstance(title, dict) else {"text": title}
    source = str(spec.get("usermeta", {}).get("source", ""))
    subtitle = _joined(lines.get("subtitle"))
    return _joined(lines.get("text")), subtitle.split("Source: ")[0].strip() if source else subtitle, source


def _joined(text: object) -> str:
    return " ".join(str(line) for line in text) if isinstance(text, list) else str(text or "")


def chart_alt(spec: dict) -> str:
    """Return what a reader who cannot see the chart is told: the spec's description, else its title."""
    return str(spec.get("description") or "").strip() or chart_heading(spec)[0]


def chart_data(spec: dict) -> list[tuple[str, list[dict]]]:
    """Return what a reader may download of a chart: label and rows of each table, the rows with unit and source.

    A chart that `metalsbook.page.show` finished carries them in `usermeta`, as `tables` with `label` and `data`; of any
    other they are the tables that it draws, events last.
    """
    carried = [(table["label"], table["data"]["values"]) for table in spec.get("usermeta", {}).get("tables", [])]
    drawn = sorted(datasets(spec), key=lambda rows: "happened" in rows[0])
    numbered = [(f"Data {place + 1}" if len(drawn) > 1 else "Data", rows) for place, rows in enumerate(drawn)]
    _, unit, source = chart_heading(spec)
    told = {key: text for key, text in (("unit", unit), ("source", source)) if text}
    # What a row says of itself stays in its place.
    return [(label, [{**row, **(told | row)} for row in rows]) for label, rows in carried or numbered]


def datasets(spec: dict) -> list[list[dict]]:
    """Return the inline tables of a spec in the order in which they occur, each once."""
    found: list[list[dict]] = []
    for rows in (data["values"] for data in _inline_data(spec)):
        if rows and isinstance(rows[0], dict) and rows not in found:
            found.append(rows)
    return found


def _inline_data(node: object) -> Iterator[dict]:
    """Yield every `data` of a spec that holds its rows, those of a view before those of the views in it."""
    if isinstance(node, list):
        for value in node:
            yield from _inline_data(value)
    elif isinstance(node, dict):
        data = node.get("data")
        if isinstance(data, dict) and isinstance(data.get("values"), list):
            yield data
        yield from _inline_data([value for key, value in node.items() if key not in ("data", "usermeta")])


def csv_text(rows: list[dict]) -> str:
    """Return a table as CSV with one header line."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def safe_cell(value: object) -> object:
    """Return a cell that a spreadsheet takes for text or number, never for a formula."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return "" if value is None else value


def specs_script(specs: dict[str, dict]) -> str:
    """Return the script that hands a page's specs to it; a script, since a page opened from disk may not fetch JSON.

    Each table stands once for the page, among Vega-Lite's own named `datasets`.
    """
    tables: dict[str, list[dict]] = {}
    names: dict[str, str] = {}

    def name_rows(rows: list[dict]) -> str:
        name = names.setdefault(json.dumps(rows), f"table-{len(names)}")
        tables[name] = rows
        return name

    charts = {
        name: copy.deepcopy({key: value for key, value in spec.items() if key not in ("title", "usermeta")})
        for name, spec in specs.items()
    }
    for data in _inline_data(list(charts.values())):
        data["name"] = name_rows(data.pop("values"))
    shown = {name: [name_rows(rows) for _, rows in chart_data(spec)] for name, spec in specs.items()}
    whole = {name for several in shown.values() for name in several}
    drawn = [json.dumps(chart) for chart in charts.values()]
    for name in tables.keys() - whole:
        tables[name] = _used_columns(tables[name], " ".join(text for text in drawn if f'"{name}"' in text))
    handed = {"datasets": tables, "charts": charts, "shown": shown}
    return f"metalsbookCharts({json.dumps(handed, separators=(',', ':'), ensure_ascii=False)});\n"


def _used_columns(rows: list, said: str) -> list:
    """Return the rows with the columns that the specs name somewhere; all where one shows whole rows."""
    if '"content"' in said or not all(isinstance(row, dict) for row in rows):
        return rows
    used = {key for key in {key for row in rows for key in row} if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", said)}
    return [{key: value for key, value in row.items() if key in used} for row in rows]


def draw_chart(spec: dict, width: int, cache: Path | None = None) -> str:
    """Return a chart drawn `width` pixels wide, as SVG.

    How wide the labels of small multiples are shows only when they are drawn: where these stand out, each panel gives
    up its part of what is too much.
    """
    svg = render_svg(fit_width(spec, width), cache)
    excess = svg_width(svg) - width
    if excess <= 0:
        return svg
    return render_svg(fit_width(spec, width, shrink=-(-excess // _count_panels(spec, width))), cache)


def _count_panels(spec: dict, width: int) -> int:
    """Return how many panels of a chart stand side by side when it is laid out `width` pixels wide."""
    if width < WIDE_PX:
        return 1
    facet = spec.get("encoding", {}).get("facet", {})
    return max(len(spec.get("hconcat", [])), spec.get("columns", 1), facet.get("columns", 1))


def fit_width(spec: dict, width: int, shrink: int = 0) -> dict:
    """Return the spec without its title, laid out `width` pixels wide; the page's script does the same.

    A single view fills the width; panels that have one of their own lose `shrink` pixels. On a phone's width charts
    side by side and small multiples stand below each other, legends have fewer columns, long labels are cut earlier.
    """
    fitted = copy.deepcopy({key: value for key, value in spec.items() if key not in ("title", "usermeta")})
    if fills_width(fitted):
        fitted.update(width=width, autosize={"type": "fit-x", "contains": "padding"})
    else:
        _fit_views(fitted, width, shrink)
    # The figure carries one text for the whole chart; a label on every mark would only add weight.
    config = fitted["config"] = {**fitted.get("config", {}), "aria": False}
    if width < WIDE_PX:
        # Flush right: beside long labels of an axis a legend that begins with the plot would leave the picture.
        legend = {"columns": 2, "labelLimit": width // 2 - 30, "gradientLength": 110}
        legend["layout"] = {"top": {"anchor": "end"}}
        config["legend"] = {**config.get("legend", {}), **legend}
        config["axis"] = {**config.get("axis", {}), "labelLimit": 110, "labelSeparation": 6}
    return fitted


def fills_width(spec: dict) -> bool:
    """Return whether a spec is one view, layered or not, whose width is the page's and not its own."""
    small_multiples = {"facet", "row", "column"} & set(spec.get("encoding", {}))
    return ("layer" in spec or "mark" in spec) and not small_multiples and not isinstance(spec.get("width"), dict)


def _fit_views(view: dict, width: int, shrink: int) -> None:
    if isinstance(view.get("width"), (int, float)):
        view["width"] = max(min(view["width"], width - 60) - shrink, NARROWEST_PANEL_PX)
    if width < WIDE_PX:
        facet = view.get("encoding", {}).get("facet", {})
        for grid in (view, facet):
            if "columns" in grid:
                grid["columns"] = 1
        if "hconcat" in view:
            view["vconcat"] = view.pop("hconcat")
    for key in ("concat", "hconcat", "vconcat", "layer"):
        for child in view.get(key, []):
            _fit_views(child, width, shrink)
    if isinstance(view.get("spec"), dict):
        _fit_views(view["spec"], width, shrink)


@lru_cache
def _start_vega() -> None:
    """Start Vega with the book's own font, and in UTC: else the length of a month would hang on this machine's zone."""
    vl_convert.register_font_directory(str(FONTS))
    own = {name: os.environ[name] for name in ("TZ",) if name in os.environ}
    os.environ["TZ"] = "UTC"
    vl_convert.get_local_tz()
    del os.environ["TZ"]
    os.environ.update(own)


def render_svg(spec: dict, cache: Path | None = None) -> str:
    """Return the spec drawn as SVG, in the book's own font, months as they are in UTC; None as `cache` draws anew."""
    text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False)
    key = hashlib.sha256(f"{vl_convert.__version__}\n{_CODE}\n{text}".encode()).hexdigest()[:32]

    def draw() -> bytes:
        _start_vega()
        try:
            return _plain_svg(vl_convert.vegalite_to_svg(text)).encode()
        except ValueError as error:
            reason = str(error).strip().splitlines()[-1]
            raise SiteError(f"Vega cannot draw '{chart_alt(spec)[:60]}': {reason}") from error

    return kept_or_made(cache / f"{key}.svg.kept" if cache else None, draw).decode()


def _plain_svg(svg: str) -> str:
    """Return a drawing without what a picture within a page has no use for; coordinates get one decimal."""
    svg = _GEOMETRY.sub(lambda match: _DECIMALS.sub(r"\1", match[0]), svg)
    svg = _NEEDLESS.sub("", _EMPTY_PATH.sub("", svg))
    for attribute in ("font-family", "font-size"):
        values = re.findall(rf' {attribute}="([^"]*)"', svg)
        if values:
            usual = max(sorted(set(values)), key=values.count)
            svg = svg.replace(f' {attribute}="{usual}"', "").replace("<svg", f'<svg {attribute}="{usual}"', 1)
    while (shorter := _EMPTY_GROUP.sub("", svg)) != svg:
        svg = shorter
    # Vega goes on counting from one drawing of a process to the next.
    return own_ids(svg, "part")


def own_ids(svg: str, name: str) -> str:
    """Return a drawing whose ids begin with a name of its own: several stand in one page."""
    for number, old in enumerate(dict.fromkeys(_ID.findall(svg))):
        svg = svg.replace(f'id="{old}"', f'id="{name}-{number}"').replace(f"url(#{old})", f"url(#{name}-{number})")
    return svg


def svg_width(svg: str) -> int:
    """Return the width of a drawn chart in pixels, rounded up."""
    return ceil(float(_WIDTH.search(svg)[1]))
