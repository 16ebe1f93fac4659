"""How chart colours change where the reader's scheme is dark: one table for the static and the interactive chart.

Charts are drawn once, in the light colours of `metalsbook.page.theme`; a colour that is not in the table (a cell of a
heat map) stays as it is in both schemes.
"""

import re

from metalsbook.page.theme import GRID, INK, MUTED, PALETTE

# The ground is the page's own, so that a chart stands on it without an edge.
GROUND = "#14181c"
_LIGHTER = ["#58abe3", "#ee8a45", "#3cb896", "#d387c3", "#c9a840", "#93a7b8"]
DARK = {
    "white": GROUND,
    "#fff": GROUND,
    "#ffffff": GROUND,
    "black": "#e4e8ec",
    "#000": "#e4e8ec",
    "#000000": "#e4e8ec",
    INK: "#e4e8ec",
    MUTED: "#a3b0bc",
    GRID: "#2d353d",
    **dict(zip(PALETTE, _LIGHTER, strict=True)),
}
_USED = re.compile(r'\b(fill|stroke)="([^"]+)"')


def dark_rules(paints: list[tuple[str, str]]) -> list[str]:
    """Return the CSS rules that turn light colours into their dark ones, as selectors of attribute and colour."""
    return [
        f'[{attribute}="{colour}"]{{{attribute}:{DARK[colour.lower()]}}}'
        for attribute, colour in sorted(set(paints))
        if colour.lower() in DARK
    ]


def dark_style(svg: str) -> str:
    """Return the style element's text that makes a drawn SVG follow the scheme of the page that shows it."""
    return "@media (prefers-color-scheme:dark){" + "".join(dark_rules(_USED.findall(svg))) + "}"


def page_rules() -> str:
    """Return the same rules for charts drawn within the page, where the scheme is the page's own."""
    rules = [
        f'.chart-live svg [{attribute}="{light}"]{{{attribute}:light-dark({light},{dark})}}'
        for light, dark in DARK.items()
        for attribute in ("fill", "stroke")
    ]
    return "\n".join(rules) + "\n"
