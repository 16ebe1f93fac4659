"""Charts of ranges and of small panels: a figure with its bounds, rivals around one figure, quotes in panels."""

from math import ceil, floor, log10

import altair as alt
import pandas as pd

from metalsbook.page.charts import event_marks, time_axis, tooltip, value_axis
from metalsbook.page.theme import CELL_INK, GRID, MUTED, PALETTE, either

PANEL_HEIGHT = 120
PANEL_WIDTH = 600
_FIGURE_PX = 5
"""Pixels of a digit in a cell."""
_NAME = 50
"""Characters of a name that fit a phone's width."""


def ratio_with_band(frame: pd.DataFrame, band: tuple[float, float], floor: float, floor_label: str):
    """Return a ratio as points with their ranges, over the band where it usually lies and above a floor.

    Args:
        frame: Columns date, period, value, low, high, inside.
        band: Ends of the band.
        floor: What chemistry or cost alone makes of the ratio.
        floor_label: What the floor is called.
    """
    base = alt.Chart(rounded(frame[["date", "period", "value", "low", "high", "inside"]], 4))
    limits = pd.DataFrame({"from": [band[0]], "to": [band[1]], "floor": [floor], "label": [floor_label]})
    shade = alt.Chart(limits).mark_rect(color=GRID, opacity=0.7).encode(y=alt.Y("from:Q"), y2=alt.Y2("to:Q"))
    rule = alt.Chart(limits).mark_rule(color=MUTED, strokeDash=[4, 3]).encode(y=alt.Y("floor:Q"))
    name = (
        alt.Chart(limits)
        .mark_text(align="left", baseline="bottom", dx=4, dy=-2, color=MUTED)
        .encode(x=alt.XValue(0), y=alt.Y("floor:Q"), text=alt.Text("label:N"))
    )
    shown = tooltip("period:N", "value:Q:.3f", "low:Q:.3f", "high:Q:.3f")
    ranges = base.mark_rule(color=PALETTE[0], opacity=0.5, strokeWidth=2).encode(
        x=time_axis(), y=value_axis("low", "metal / oxide"), y2=alt.Y2("high:Q")
    )
    points = base.mark_point(size=32).encode(
        x=time_axis(),
        y=value_axis("value", "metal / oxide"),
        tooltip=shown,
        color=either(alt.ColorValue, "datum.inside", PALETTE[0], PALETTE[1]),
        shape=either(alt.ShapeValue, "datum.inside", "circle", "diamond"),
    )
    return alt.layer(alt.layer(shade, rule, name), alt.layer(ranges, points))


def lay_over(chart, marks):
    """Return a chart with marks over it, which have data of their own.

    Args:
        chart: A chart, or layers that share their data; layers are added to where they are.
        marks: Layers that share theirs.
    """
    # Side by side, not one within the other: Altair copies every layer again for each level above it.
    over = [layer.copy(deep=False) for layer in marks.layer]
    for layer in over:
        layer.data = marks.data
    if not isinstance(chart, alt.LayerChart):
        return alt.layer(chart, *over)
    chart.layer = [*chart.layer, *over]
    return chart


def marked(edition, draw, topic: str):
    """Return a function that draws a time chart with `draw` and lays marks of a topic's events over it."""
    own = edition.calendar[edition.calendar["topic"] == topic]

    def drawn(frame: pd.DataFrame):
        return lay_over(draw(frame), event_marks(own, frame["date"].min(), frame["date"].max()))

    return drawn


def panels(frame: pd.DataFrame, unit: str, span: tuple[str, str], by: str = "who", zero: bool = False, marks=None):
    """Return one panel for each of `by`, one below the other, each with its own scale and the same dates.

    Args:
        frame: Columns date, period, value, low, high, `by`.
        unit: Title of the value axes.
        span: First and last day of the date axes, "YYYY-MM-DD".
        by: Column that tells the panels apart.
        zero: Whether the value axes start at zero.
        marks: Chart of event marks to be laid over each panel, or None.
    """
    rows = frame[["date", "period", "value", "low", "high", by]]
    drawn = []
    for place, name in enumerate(dict.fromkeys(rows[by])):
        base = alt.Chart(rows[rows[by] == name]).encode(
            x=alt.X(
                "date:T", title=None, scale=alt.Scale(domain=list(span)), axis=alt.Axis(labelOverlap=True, tickCount=6)
            )
        )
        color = PALETTE[place % len(PALETTE)]
        line = base.mark_line(color=color, opacity=0.55).encode(y=value_axis(title=unit, zero=zero))
        bars = (
            base.mark_rule(color=color, opacity=0.6, strokeWidth=2)
            .encode(y=value_axis("low", unit, zero), y2=alt.Y2("high:Q"))
            .transform_filter("isValid(datum.low) && isValid(datum.high)")
        )
        points = base.mark_point(color=color, size=26).encode(
            y=value_axis(title=unit, zero=zero), tooltip=tooltip(f"{by}:N", "period:N", "value:Q", "low:Q", "high:Q")
        )
        title = alt.TitleParams(name, fontSize=12, fontWeight="normal", anchor="start", offset=14)
        size = {"height": PANEL_HEIGHT, "width": PANEL_WIDTH, "title": title}
        panel = alt.layer(line, bars, points, **size)
        drawn.append(panel if marks is None else lay_over(panel, marks))
    return alt.vconcat(*drawn, spacing=8)


def dumbbells(frame: pd.DataFrame, category: str, unit: str, log: bool = False):
    """Return for each category the span from its least to its greatest figure, with a point at each end.

    Args:
        frame: Columns `category`, low, high, and any others to be shown when pointed at.
        category: Column of the labels, in the order wanted.
        unit: Title of the value axis.
        log: Whether the value axis is logarithmic.
    """
    scale = alt.Scale(type="log") if log else alt.Scale(zero=True)
    axis = alt.Axis(values=_tens(frame)) if log else alt.Axis()
    base = alt.Chart(frame).encode(y=alt.Y(f"{category}:N", title=None, sort=None, axis=alt.Axis(labelLimit=210)))
    others = [f"{name}:{'N' if frame[name].dtype.kind not in 'fiu' else 'Q'}" for name in frame if name != category]
    shown = tooltip(f"{category}:N", *others)
    span = base.mark_rule(strokeWidth=3, color=PALETTE[0], opacity=0.5).encode(
        x=alt.X("low:Q", title=unit, scale=scale, axis=axis), x2=alt.X2("high:Q"), tooltip=shown
    )
    ends = [
        base.mark_point(size=46, color=PALETTE[0]).encode(
            x=alt.X(f"{end}:Q", title=unit, scale=scale, axis=axis), tooltip=shown
        )
        for end in ("low", "high")
    ]
    return alt.layer(span, *ends)


def labelled_spans(frame: pd.DataFrame, category: str, unit: str, color: str = "", log: bool = False):
    """Return spans like `dumbbells` with each name written above its span: long names fit a phone.

    Args:
        frame: Columns `category`, low, high, and `color`; `qualifier` where a figure is a bound ("over", "below").
        category: Column of the names, in the order wanted.
        unit: Title of the value axis.
        color: Column of the colours; "" for one colour.
        log: Whether the value axis is logarithmic.
    """
    scale = alt.Scale(type="log", nice=True) if log else alt.Scale(zero=True)
    axis = alt.Axis(values=_tens(frame), format="~s") if log else alt.Axis(format="~s", tickCount=6)
    bounded = "qualifier" in frame
    shown = [category, "low", "high", *([color] if color else []), *(["qualifier"] if bounded else [])]
    base = alt.Chart(rounded(frame[shown], 1)).encode(
        y=alt.Y(f"{category}:N", title=None, sort=None, axis=None),
        tooltip=tooltip(f"{category}:N", "low:Q", "high:Q"),
    )
    paint = alt.Color(f"{color}:N", title=None, sort=None) if color else alt.ColorValue(PALETTE[0])
    x = alt.X("low:Q", title=unit, scale=scale, axis=axis)
    # A long name takes two lines, the first of them higher up.
    long = f"length(datum['{category}']) > {_NAME}"
    broken = f"replace(datum['{category}'], regexp('^(.{{20,{_NAME}}}) '), '$1\\n')"
    names = (
        base.transform_calculate(name=f"{long} ? {broken} : datum['{category}']")
        .mark_text(align="left", baseline="middle", lineBreak="\n", dy=alt.expr(f"{long} ? -18 : -9"))
        .encode(x=alt.XValue(0), text=alt.Text("name:N"))
    )
    spans = base.mark_rule(strokeWidth=3, opacity=0.6, yOffset=6).encode(x=x, x2=alt.X2("high:Q"), color=paint)
    shape = (
        alt.Shape(
            "qualifier:N",
            legend=None,
            scale=alt.Scale(domain=["", "over", "below"], range=["circle", "triangle-right", "triangle-left"]),
        )
        if bounded
        else (alt.ShapeValue("circle"))
    )
    ends = [
        base.mark_point(size=46, yOffset=6).encode(
            x=alt.X(f"{end}:Q", title=unit, scale=scale, axis=axis), color=paint, shape=shape
        )
        for end in ("low", "high")
    ]
    return alt.layer(names, spans, *ends, height=alt.Step(36))


def _tens(frame: pd.DataFrame) -> list[float]:
    """Return the powers of ten around the figures: enough labels for a logarithmic axis."""
    first, last = floor(log10(frame["low"].min())), ceil(log10(frame["high"].max()))
    return [10.0**power for power in range(first, last + 1)]


def rounded(frame: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """Return a frame with its float columns rounded: a page carries no digits that nobody can see."""
    floats = {name: frame[name].round(decimals) for name in frame if frame[name].dtype.kind == "f"}
    return frame.assign(**floats)


def grid_with_figures(
    frame: pd.DataFrame, column: str, row: str, unit: str, text: str = "text", middle: float | None = None
):
    """Return a grid of coloured cells, each with its figure written into it; a cell without a figure stays empty.

    Args:
        frame: Columns `column`, `row`, value and `text`.
        column: Column of the grid's columns.
        row: Column of the grid's rows, in the order wanted.
        unit: Title of the legend.
        text: Column of what is written.
        middle: Value of the neutral colour; None for a one-way scale.
    """
    scale = (
        alt.Scale(scheme="blues", domainMin=0)
        if middle is None
        else alt.Scale(scheme="blueorange", domainMid=middle, reverse=True)
    )
    most = frame["value"].abs().max()
    base = alt.Chart(frame).encode(
        x=alt.X(f"{column}:O", title=None, axis=alt.Axis(labelAngle=-60, labelOverlap=False)),
        y=alt.Y(f"{row}:N", title=None, sort=None, axis=alt.Axis(labelLimit=170)),
    )
    others = [name for name in frame if name not in (row, column, "value", text)]
    cells = base.mark_rect().encode(
        color=alt.Color("value:Q", title=unit, scale=scale),
        tooltip=tooltip(f"{row}:N", f"{column}:N", "value:Q", *(f"{name}:N" for name in others)),
    )
    # Where a phone's cells are narrower than their figures, colour and data table tell them.
    needed = _FIGURE_PX * frame[text].str.len().max()
    figures = base.mark_text(fontSize=10, opacity=alt.expr(f"bandwidth('x') < {needed} ? 0 : 1")).encode(
        text=alt.Text(f"{text}:N"),
        color=either(alt.ColorValue, f"abs(datum.value) > {0.6 * most:.6g}", "#ffffff", CELL_INK),
    )
    return cells + figures
