"""A chart drawn as a picture: a Vega-Lite spec in a given width, by Vega itself, in the book's own font, as SVG."""

import copy
import hashlib
import json
import os
import re
from functools import lru_cache
from math import ceil
from pathlib import Path

import vl_convert

from metalsbook.errors import SiteError
from metalsbook.page.theme import FONTS
from metalsbook.store import kept_or_made

WIDE_PX, NARROW_PX = 700, 340
NARROWEST_PANEL_PX = 90
# A kept drawing is used only by the code that drew it.
_CODE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
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
            name = str(spec.get("description") or "a chart")[:60]
            raise SiteError(f"Vega cannot draw '{name}': {reason}") from error

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
