"""A chart drawn as a picture: a Vega-Lite spec in a given width, by Vega itself, in the book's own font, as SVG."""

import copy
import hashlib
import json
import os
import re
from functools import lru_cache
from pathlib import Path

import vl_convert

from metalsbook.errors import SiteError
from metalsbook.page.theme import FONTS
from metalsbook.paths import build_folder
from metalsbook.store import kept_or_made

WIDE_PX, NARROW_PX = 700, 340
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


def draw_chart(spec: dict, width: int) -> str:
    """Return a chart drawn `width` pixels wide, as SVG."""
    return render_svg(fit_width(spec, width))


def fit_width(spec: dict, width: int) -> dict:
    """Return the spec without its title, laid out `width` pixels wide; the page's script does the same.

    A single view fills the width, several are as wide as they say. On a phone's width legends have fewer columns, long
    labels are cut earlier.
    """
    fitted = copy.deepcopy({key: value for key, value in spec.items() if key not in ("title", "usermeta")})
    several = {"facet", "row", "column"} & set(spec.get("encoding", {})) or not {"layer", "mark"} & set(spec)
    if not several and not isinstance(spec.get("width"), dict):
        fitted.update(width=width, autosize={"type": "fit-x", "contains": "padding"})
    # The figure carries one text for the whole chart; a label on every mark would only add weight.
    config = fitted["config"] = {**fitted.get("config", {}), "aria": False}
    if width < WIDE_PX:
        # Flush right: beside long labels of an axis a legend that begins with the plot would leave the picture.
        legend = {"columns": 2, "labelLimit": width // 2 - 30, "gradientLength": 110}
        legend["layout"] = {"top": {"anchor": "end"}}
        config["legend"] = {**config.get("legend", {}), **legend}
        config["axis"] = {**config.get("axis", {}), "labelLimit": 110, "labelSeparation": 6}
    return fitted


@lru_cache
def _start_vega() -> None:
    """Start Vega with the book's own font, and in UTC: else the length of a month would hang on this machine's zone."""
    vl_convert.register_font_directory(str(FONTS))
    own = {name: os.environ[name] for name in ("TZ",) if name in os.environ}
    os.environ["TZ"] = "UTC"
    vl_convert.get_local_tz()
    del os.environ["TZ"]
    os.environ.update(own)


def render_svg(spec: dict) -> str:
    """Return the spec drawn as SVG, in the book's own font, months as they are in UTC; a drawing is kept."""
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

    return kept_or_made(build_folder() / "cache" / "charts" / f"{key}.svg.kept", draw).decode()


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
