"""A chart on a page: from the Vega-Lite spec that a cell stored to its figure, its picture and its files.

The figure holds a static picture in two widths, text for who cannot see it, and links to data and spec. Interactive
chart and table are made from the page's scripts (`write_specs`) when the figure comes into view or is opened.
"""

import copy
import csv
import io
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any

from docutils import nodes

from metalsbook.downloads.files import safe_cell
from metalsbook.page.drawing import NARROW_PX, WIDE_PX, draw_chart, own_ids
from metalsbook.page.theme import DERIVED, GRID, INK, MIME, MUTED, PALETTE

FOLDER = "charts"
_TITLE = re.compile(r'"title": "[^"]*"')
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")

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
    slug, specs = _slug(docname), builder.app.metalsbook_pages.charts.setdefault(docname, {})
    name = f"{slug}-{len(specs) + 1}"
    folder = Path(builder.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    address = f"{relpath(FOLDER, dirname(docname) or '.')}/{slug}.js"
    translator.body.append(write_chart(node["spec"], name, folder, address))
    specs[name] = node["spec"]
    raise nodes.SkipNode


def write_specs(out: Path, docname: str, specs: dict[str, dict]) -> None:
    """Write the scripts with the specs of a page's charts and with their tables, once the page is written."""
    (out / FOLDER / f"{_slug(docname)}.js").write_text(specs_script(specs), "utf-8")
    shown = {name: [rows for _, rows in chart_data(spec)] for name, spec in specs.items()}
    (out / FOLDER / f"{_slug(docname)}-tables.js").write_text(_script("metalsbookTables", shown), "utf-8")


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


def write_chart(spec: dict, name: str, folder: Path, specs: str) -> str:
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
    wide = own_ids(draw_chart(spec, WIDE_PX), f"{name}-w")
    narrow = own_ids(draw_chart(spec, NARROW_PX), f"{name}-n")
    title, subtitle, source = chart_heading(spec)
    up = dirname(specs)
    head = f'<p class="chart-title">{escape(title)}</p>' if title else ""
    head += f'<p class="chart-unit">{escape(subtitle)}</p>' if subtitle else ""
    links = [f'<a href="{up}/{file}" download>{label} (CSV)</a>' for file, label in zip(files, labels, strict=True)]
    links.append(f'<a href="{up}/{name}.json">Spec (JSON)</a>')
    foot = f'<span class="chart-source">Source: {escape(source)}</span>' if source else ""
    still = " data-still" if spec.get("usermeta", {}).get("still") else ""
    # The style keeps the room of the slider.
    has_slider = any("input" in (one.get("bind") or ()) for one in spec.get("params", ()))
    slider = " data-slider" if has_slider else ""
    return f"""<figure class="chart" id="chart-{name}" data-chart="{name}" data-spec="{specs}"{still}{slider}>
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


def specs_script(specs: dict[str, dict]) -> str:
    """Return the script that hands a page's specs to it.

    Each table stands once for the page, among Vega-Lite's own named `datasets`, with the columns that charts name.
    """
    tables: dict[str, list[dict]] = {}
    names: dict[str, str] = {}
    charts = {
        name: copy.deepcopy({key: value for key, value in spec.items() if key not in ("title", "usermeta")})
        for name, spec in specs.items()
    }
    for data in _inline_data(list(charts.values())):
        rows = data.pop("values")
        data["name"] = names.setdefault(json.dumps(rows), f"table-{len(names)}")
        tables[data["name"]] = rows
    # A title may be called as a column is.
    drawn = [_TITLE.sub("", json.dumps(chart)) for chart in charts.values()]
    for name, rows in tables.items():
        tables[name] = _used_columns(rows, " ".join(text for text in drawn if f'"{name}"' in text))
    return _script("metalsbookCharts", {"datasets": tables, "charts": charts})


def _script(receiver: str, handed: dict) -> str:
    """Return a script that hands something to a page: one opened from disk may not fetch JSON."""
    return f"{receiver}({json.dumps(handed, separators=(',', ':'), ensure_ascii=False)});\n"


def _used_columns(rows: list, said: str) -> list:
    """Return the rows as they are drawn: seven digits are enough, and the columns that the specs name somewhere.

    All columns where a chart shows whole rows.
    """
    if '"content"' in said or not all(isinstance(row, dict) for row in rows):
        return rows
    used = {key for key in {key for row in rows for key in row} if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", said)}
    return [
        {key: float(f"{value:.7g}") if isinstance(value, float) else value for key, value in row.items() if key in used}
        for row in rows
    ]
