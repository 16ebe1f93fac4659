"""The picture that a link to a page shows elsewhere: the page's first chart under its title, 600 by 315 pixels."""

import hashlib
import re
import textwrap
from html import escape
from pathlib import Path

from metalsbook.page.theme import INK, MUTED
from metalsbook.publish.chart_files import svg_size
from metalsbook.store import kept_or_made

FOLDER = "cards"
WIDTH, HEIGHT = 1200, 630
SCALE, QUALITY = 0.5, 70
"""The least size that is shown across the width of a post, in a third of the bytes of the whole."""
_MARGIN, _HEAD = 60, 190
_TITLE_LINE = 52
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_SIZE = re.compile(r'\b(?:width|height)="[\d.]+"\s*')


def card_svg(chart: str, title: str, edition: str) -> str:
    """Return the card as SVG.

    Args:
        chart: The chart as drawn for the page.
        title: What the chart shows.
        edition: Book and edition, printed small.
    """
    wide, high = svg_size(chart)
    room_wide, room_high = WIDTH - 2 * _MARGIN, HEIGHT - _HEAD - _MARGIN // 2
    scale = min(room_wide / wide, room_high / high)
    head, rest = _STYLE.sub("", chart, count=1).split(">", 1)
    place = f'x="{_MARGIN}" y="{_HEAD}" width="{wide * scale:.1f}" height="{high * scale:.1f}"'
    nested = f"{_SIZE.sub('', head)} {place}>{rest}"
    lines = textwrap.wrap(title, _TITLE_LINE)[:2]
    type_ = f'font-size="38" font-weight="bold" fill="{INK}"'
    text = "".join(
        f'<text x="{_MARGIN}" y="{112 + 46 * row}" {type_}>{escape(line)}</text>' for row, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif"><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        f'<text x="{_MARGIN}" y="58" font-size="24" fill="{MUTED}">{escape(edition)}</text>{text}{nested}</svg>'
    )


def write_card(chart: str, title: str, edition: str, path: Path, cache: Path | None = None) -> None:
    """Write the card of a page as JPEG.

    Args:
        chart: The chart as drawn for the page.
        title: What the chart shows.
        edition: Book and edition, printed small.
        path: The file; its folder is made.
        cache: Folder that keeps drawn cards by the hash of their content; None draws anew.
    """
    import vl_convert

    svg = card_svg(chart, title, edition)
    key = hashlib.sha256(f"{vl_convert.__version__} {SCALE} {QUALITY}\n{svg}".encode()).hexdigest()[:32]
    kept = cache / f"{key}.jpg.kept" if cache else None
    picture = kept_or_made(kept, lambda: vl_convert.svg_to_jpeg(svg, scale=SCALE, quality=QUALITY))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture)
