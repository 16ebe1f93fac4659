"""One look for all charts: colours that the colour-blind can tell apart, on light and on dark ground.

Imported, it makes Altair show charts as the book does: as plain Vega-Lite specifications. Their ink colours are the
three named here; the site exchanges them when the reader switches between light and dark.
"""

from dataclasses import dataclass
from pathlib import Path

import altair as alt
from altair.utils.schemapi import disable_debug_mode

# JupyterLab 4 draws the charts of this type, and of none with a higher number; the specifications are Vega-Lite 6,
# whose charts of our kind its Vega-Lite 5 draws as well.
MIME = "application/vnd.vegalite.v5+json"
INK = "#1f2933"
MUTED = "#52606d"
GRID = "#d9e2ec"
# For figures in cells, whose colours are the same on light and on dark ground: this ink is not exchanged.
CELL_INK = "#141b22"
# After Okabe and Ito (2008), darkened where needed to stand out by 3:1 from both white and near-black.
PALETTE = ["#0072b2", "#d55e00", "#00876c", "#a3478f", "#8c6d00", "#5b7083"]
RISE, FALL = PALETTE[0], PALETTE[1]
"""The colours of a rise and of a fall, wherever a chart tells them apart."""
REPORTED, DERIVED = PALETTE[0], "#7fb2d6"
"""The colours of a month that a source published and of one that follows from other figures."""
EARLIER = "#9fb3c8"
"""The colour of what a figure is compared with: earlier years, other regions."""
# One-hue and two-hue scales, even in lightness: for amounts, and for changes around zero.
SEQUENTIAL = "blues"
# The ends are paler than the ink of figures in cells asks for.
DIVERGING = ["#f0a35e", "#f4f1ea", "#7db0d5"]
FONTS = Path(__file__).parent / "fonts"
# The book brings its own type (from Source Sans 3, Open Font License), so that text is as wide as it was measured.
FONT = "'Metals Sans', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"
HEIGHT = 260
# JupyterLab 4.6 does not come back from a chart whose width is "container".
WIDTH = 600


def month_axis(unit: str = "yearmonth"):
    """Return the x channel of `month`: each is a band with its own label, never a point on a day.

    `unit`: "yearmonth", or "month" to lay years over one another.
    """
    form = "%b %y" if unit == "yearmonth" else "%b"
    axis = alt.Axis(format=form, labelAngle=0, labelOverlap="greedy", labelSeparation=4, ticks=False)
    return alt.X(f"{unit}(month):O", title=None, axis=axis)


def day_axis():
    """Return the x channel of `date`, e.g. of quotes: points in time, few labels."""
    return alt.X("date:T", title=None, axis=alt.Axis(labelOverlap=True, tickCount=6))


def status_color():
    """Return the colour channel of `status`: published months dark, months that follow from other figures pale."""
    scale = alt.Scale(domain=["reported", "derived"], range=[REPORTED, DERIVED])
    words = alt.Legend(labelExpr="datum.label == 'reported' ? 'published' : datum.label")
    return alt.Color("status:N", title=None, scale=scale, legend=words)


def wide_only() -> alt.ExprRef:
    """Return the opacity of figures on marks that stand too close for them on a phone: seen on wide pages only."""
    return alt.ExprRef("width < 450 ? 0 : 1")


def change_color(test: str = "datum.best >= 0", then: str = RISE, otherwise: str = FALL):
    """Return the colour channel of a change: one colour where a Vega expression on `datum` holds, one elsewhere."""
    # Given `alt.condition`, Altair would search the channel in its schema: that takes longer than to draw the chart.
    return alt.ColorValue(otherwise, condition={"test": test, "value": then})


def _render(spec: dict, **_: object) -> dict:
    title = spec.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    return {MIME: spec, "text/plain": f"<chart: {' '.join(text) if isinstance(text, list) else text}>"}


@dataclass(frozen=True)
class FinishedChart:
    """A chart as a page shows it; `chart` is Altair's, for who wants to draw on.

    Before Altair shows a chart it checks it against the whole schema of Vega-Lite, for a sixth of a chapter's time.
    The charts that the book draws are checked by a test; those made in a cell are still checked there.
    """

    chart: alt.TopLevelMixin

    def to_dict(self) -> dict:
        """Return the specification; raises `altair.utils.schemapi.SchemaValidationError` where it is not Vega-Lite."""
        return self.chart.to_dict()

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict:
        return _render(self.chart.to_dict(validate=False))


def chart_config() -> dict:
    """Return Vega-Lite's `config` of the theme."""
    axis = {"labelColor": MUTED, "titleColor": MUTED, "gridColor": GRID, "domainColor": MUTED, "tickColor": MUTED}
    small = {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 160}
    subtitle = {"subtitleColor": MUTED, "subtitleFontSize": 11, "subtitlePadding": 4}
    # The title of a y axis stands level above it.
    above = {"titleAlign": "left", "titleAngle": 0, "titleAnchor": "end", "titleX": 0, "titleY": -8}
    sizes = {"labelFontSize": 11, "titleFontSize": 11, "labelLimit": 260, "columns": 3, "symbolStrokeWidth": 2}
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None, "continuousHeight": HEIGHT, "discreteHeight": {"step": 22}},
        "title": {"anchor": "start", "color": INK, "fontSize": 14, "fontWeight": 600, "offset": 12} | subtitle,
        "axis": axis | small,
        "axisY": {"domain": False, "ticks": False} | above | {"titleBaseline": "bottom"},
        "axisX": {"grid": False},
        "legend": {"labelColor": INK, "titleColor": MUTED, "orient": "top"} | sizes | {"offset": 26},
        "header": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 11},
        "range": {"category": PALETTE, "ordinal": {"scheme": SEQUENTIAL}, "diverging": DIVERGING},
        "line": {"strokeWidth": 1.8, "color": PALETTE[0]},
        "bar": {"color": PALETTE[0]},
        "point": {"filled": True, "size": 45, "color": PALETTE[0]},
        "rule": {"color": MUTED},
        "area": {"color": PALETTE[0]},
        "text": {"color": INK, "fontSize": 11},
    }


alt.theme.register("metalsbook", enable=True)(lambda: alt.theme.ThemeConfig({"config": chart_config()}))
alt.renderers.register("metalsbook", _render)
alt.renderers.enable("metalsbook")
# Data stay beside the layer that uses them, under names that depend on the data alone.
alt.data_transformers.enable("default", consolidate_datasets=False, max_rows=None)
# Altair checks a chart when it is shown; to check each part when it is made takes a tenth of a chapter's time.
disable_debug_mode()
