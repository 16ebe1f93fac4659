"""Files of charts: the static SVG in two widths, its data as CSV, its spec as JSON; the specs of a page as a script.

The specs are plain Vega-Lite as the chapters store them. Nothing here knows of Sphinx or of editions.
"""

import copy
import csv
import hashlib
import io
import json
import re
from pathlib import Path

from metalsbook.errors import SiteError
from metalsbook.publish import palette, svg_layers, svg_path, svg_tree
from metalsbook.publish.packed import pack
from metalsbook.publish.palette import DARK, dark_style
from metalsbook.publish.svg_tree import lighten
from metalsbook.store import kept_or_made

# A kept drawing is used only by the code that drew it.
_MODULES = (__file__, palette.__file__, svg_layers.__file__, svg_path.__file__, svg_tree.__file__)
_CODE = hashlib.sha256(b"".join(Path(file).read_bytes() for file in _MODULES)).hexdigest()
WIDE_PX = 700
NARROW_PX = 340
NARROWEST_PANEL_PX = 90
_DECIMALS = re.compile(r"(-?\d+\.\d)\d+")
_GEOMETRY = re.compile(r'\b(?:d|transform|points)="[^"]*"')
_ID = re.compile(r'\bid="([^"]+)"')
_EMPTY_PATH = re.compile(r'<path[^>]*(?:class="(?:back|fore)ground")[^>]*\bd="(?:M0,0h0v0h0Z)?"[^>]*/>')
_EMPTY_GROUP = re.compile(r"<g(?: [^>]*)?></g>|<g(?: [^>]*)?/>")
_NEEDLESS = re.compile(
    r' (?:aria-[a-z]+|role|class|pointer-events|xmlns:xlink|version)="[^"]*"'
    r'| (?:opacity|fill-opacity|stroke-width|stroke-opacity)="1"| font-weight="normal"'
)
_RGB = re.compile(r"\brgb\((\d+), (\d+), (\d+)\)")
_ATTRIBUTE = re.compile(r'\b(width|height)="([\d.]+)"')
# What a spreadsheet would take for the start of a formula; "-5.1%" is a number to it.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,]+ ?%?$)")


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


def draw_chart(spec: dict, width: int, cache: Path | None = None) -> str:
    """Return a chart drawn `width` pixels wide.

    How wide the labels of small multiples are shows only when they are drawn: where these stand out, each panel gives
    up its part of what is too much.
    """
    svg = render_svg(fit_width(spec, width), cache)
    excess = svg_size(svg)[0] - width
    if excess <= 0:
        return svg
    return render_svg(fit_width(spec, width, shrink=-(-excess // count_panels(spec, width))), cache)


def count_panels(spec: dict, width: int) -> int:
    """Return how many panels of a chart stand side by side when it is laid out `width` pixels wide."""
    if width < WIDE_PX:
        return 1
    facet = spec.get("encoding", {}).get("facet", {})
    return max(len(spec.get("hconcat", [])), spec.get("columns", 1), facet.get("columns", 1))


def fit_width(spec: dict, width: int, shrink: int = 0) -> dict:
    """Return the spec without its title, laid out `width` pixels wide; the page's script does the same.

    A single view fills the width. On a phone's width charts side by side and small multiples stand below each other,
    legends have fewer columns, long labels are cut earlier.

    Args:
        spec: Vega-Lite spec.
        width: Pixels for the whole chart.
        shrink: Pixels to take off every panel that has a width of its own.
    """
    fitted = {key: value for key, value in copy.deepcopy(spec).items() if key not in ("title", "usermeta")}
    if fills_width(fitted):
        fitted.update(width=width, autosize={"type": "fit-x", "contains": "padding"})
    else:
        _fit_views(fitted, width, shrink)
    # The figure carries one text for the whole chart; a label on every mark would only add weight.
    config = fitted["config"] = {**fitted.get("config", {}), "aria": False}
    if width < WIDE_PX:
        legend = {"columns": 2, "labelLimit": width // 2 - 30, "gradientLength": 110}
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


def datasets(spec: dict) -> list[list[dict]]:
    """Return the tables of a spec, each once: first those for its readers, then what it is drawn from, in its order."""
    found: list[list[dict]] = []

    def walk(node: object) -> None:
        if isinstance(node, list):
            for value in node:
                walk(value)
        elif isinstance(node, dict):
            rows = node.get("data", {}).get("values") if isinstance(node.get("data"), dict) else None
            if isinstance(rows, list) and rows and isinstance(rows[0], dict) and rows not in found:
                found.append(rows)
            for key, value in node.items():
                if key != "data":
                    walk(value)

    walk(spec.get("usermeta", {}))
    walk(spec)
    return found


def reader_tables(spec: dict) -> list[tuple[str, list[dict]]]:
    """Return what a reader may download of a chart: label and rows of each table; they come first in `datasets`.

    A chart finished by `metalsbook.page.show` names them; of any other it is all that is drawn.
    """
    named = spec.get("usermeta", {}).get("tables")
    if named:
        return [(table["label"], table["data"]["values"]) for table in named]
    drawn = datasets(spec)
    return [(f"Data {place + 1}" if len(drawn) > 1 else "Data", rows) for place, rows in enumerate(drawn)]


def render_svg(spec: dict, cache: Path | None = None) -> str:
    """Return the spec drawn as an SVG that follows the colour scheme of the page that shows it.

    Args:
        spec: Vega-Lite spec with inline data.
        cache: Folder that keeps drawn charts by the hash of their spec; None draws anew.

    Raises:
        SiteError: If Vega cannot draw the spec.
    """
    import vl_convert

    text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False)
    key = hashlib.sha256(f"{vl_convert.__version__}\n{_CODE}\n{text}".encode()).hexdigest()[:32]

    def draw() -> bytes:
        try:
            return slim_svg(vl_convert.vegalite_to_svg(text)).encode()
        except ValueError as error:
            reason = str(error).strip().splitlines()[-1]
            raise SiteError(f"Vega cannot draw '{chart_alt(spec)[:60]}': {reason}") from error

    svg = kept_or_made(cache / f"{key}.svg.kept" if cache else None, draw).decode()
    return svg.replace(">", f"><style>{dark_style(svg)}</style>", 1)


def slim_svg(svg: str) -> str:
    """Return a drawing without what a picture has no use for; it looks the same and depends on the spec alone.

    Coordinates get one decimal; roles, names of classes, empty paths and attributes with their default value go; the
    type that most of the text is set in is said once, computed colours are short, and what marks, lines and labels have
    in common is said once, too (`svg_tree.lighten`).
    """
    svg = _GEOMETRY.sub(lambda match: _DECIMALS.sub(r"\1", match[0]), svg)
    svg = _NEEDLESS.sub("", _EMPTY_PATH.sub("", svg))
    for attribute in ("font-family", "font-size"):
        values = re.findall(rf' {attribute}="([^"]*)"', svg)
        if values:
            usual = max(sorted(set(values)), key=values.count)
            svg = svg.replace(f' {attribute}="{usual}"', "").replace("<svg", f'<svg {attribute}="{usual}"', 1)
    while (shorter := _EMPTY_GROUP.sub("", svg)) != svg:
        svg = shorter
    return lighten(_renumber(_RGB.sub(_hex, svg)))


def _hex(colour: re.Match) -> str:
    """Return a computed colour in seven characters; not where it would then turn with the scheme."""
    text = "#" + "".join(f"{int(part):02x}" for part in colour.groups())
    return colour[0] if text in DARK else text


def _renumber(svg: str) -> str:
    """Number the ids of a drawing from 0: Vega goes on counting from one drawing of a process to the next."""
    for number, name in enumerate(dict.fromkeys(_ID.findall(svg))):
        svg = svg.replace(f'id="{name}"', f'id="part-{number}"').replace(f"url(#{name})", f"url(#part-{number})")
    return svg


def svg_size(svg: str) -> tuple[int, int]:
    """Return width and height of a drawn chart in pixels, rounded up."""
    size = dict(_ATTRIBUTE.findall(svg[: svg.index(">")]))
    return int(float(size["width"]) + 0.999), int(float(size["height"]) + 0.999)


def columns_of(rows: list[dict]) -> list[str]:
    """Return the columns of a table in the order of their first occurrence."""
    return list(dict.fromkeys(key for row in rows for key in row))


def csv_text(rows: list[dict]) -> str:
    """Return a table as CSV with one header line."""
    columns = columns_of(rows)
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

    Charts of a page have much in common: packed together they take half of what they take one by one.

    Args:
        specs: Vega-Lite specs with inline data by the name of the chart. In the script each table stands once, column
            by column, and its places in the spec say `{"table": number}`.
    """
    listed = []
    for name, spec in specs.items():
        tables = datasets(spec)
        columns = [{column: [row.get(column) for row in rows] for column in columns_of(rows)} for rows in tables]
        listed.append([name, _refer(spec, tables), columns])
    return f'metalsbookCharts("{pack(listed)}");\n'


def _refer(node: object, tables: list[list[dict]]) -> object:
    """Return a copy of a spec in which every inline table is named by its number."""
    if isinstance(node, list):
        return [_refer(value, tables) for value in node]
    if not isinstance(node, dict):
        return node
    copied = {key: value if key == "data" else _refer(value, tables) for key, value in node.items()}
    data = copied.get("data")
    if isinstance(data, dict) and data.get("values") in tables:
        copied["data"] = {
            **{key: value for key, value in data.items() if key != "values"},
            "table": tables.index(data["values"]),
        }
    return copied
