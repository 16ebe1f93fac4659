"""Charts as the book draws them: title, unit, sources, and a text for who cannot see them.

Frames come from `Edition`: `date` is a timestamp, `value` the figure, `low` and `high` an interval. Each function
returns an Altair chart to be layered or placed; `present` finishes it.
"""

import textwrap

import altair as alt
import pandas as pd

from metalsbook.months import period_end
from metalsbook.page.narrative import gap, number, percent, period_name
from metalsbook.page.theme import HEIGHT, MUTED, PALETTE, WIDTH, FinishedChart, either

# A line of title fits a phone held upright (343 px at 11 px type).
_LINE = 56
_TITLE_LINE = 46
_MANY_TIMES = 20
# What an axis shows above the highest known month.
_HEADROOM = 1.15
LONGEST_GAP_DAYS = 45
"""Quotes further apart are not joined by a line: nobody says what lay between them."""


def present(chart, title: str, unit: str, sources: str, alt_text: str, *, height=HEIGHT, width=WIDTH):
    """Finish a chart where it is, and return it to be shown: title, unit and sources, text alternative, size.

    Args:
        chart: Any Altair chart, made for this call.
        title: What the chart shows.
        unit: Unit and basis of what is drawn, e.g. "CNY/t, ex-works, tax included".
        sources: Who says so, e.g. "SMM, CCMN".
        alt_text: What a reader would see, in a sentence or two, computed from the data.
        height: Height of the plot in pixels; None leaves it to the chart (facets, steps).
        width: Width of the plot in pixels; the site makes that of a single or layered view the page's own. None leaves
            it to the chart (facets).
    """
    subtitle = textwrap.wrap(unit, _LINE) + (textwrap.wrap(f"Source: {sources}", _LINE) if sources else [])
    # Set one by one: each `properties` copies every layer below several times.
    chart.title = alt.TitleParams(text=textwrap.wrap(title, _TITLE_LINE), subtitle=subtitle)
    chart.description = alt_text
    chart.usermeta = {"source": sources}
    if height is not None:
        chart.height = height
    if width is not None:
        chart.width = width
    return FinishedChart(chart)


def show(frame, draw, title: str, unit: str, sources: str, alt_text: str, missing: str, *, least: int = 1, **size):
    """Return the finished chart of a frame, or a note of what is missing where the frame has too few rows.

    Args:
        frame: What is drawn.
        draw: Function that turns the frame into a chart.
        title: See `present`, as for the next three.
        unit: Unit and basis of what is drawn.
        sources: Who says so.
        alt_text: What a reader would see.
        missing: What this edition's data do not carry, said instead of an empty chart.
        least: Fewest rows that make a chart.
        **size: `height` and `width` of `present`.
    """
    if len(frame) < least:
        return gap(missing)
    return present(draw(frame), title, unit, sources, alt_text, **size)


def time_axis(field: str = "date", **keywords):
    """Return the x channel for dates: few labels, no title."""
    return alt.X(f"{field}:T", title=None, axis=alt.Axis(labelOverlap=True, tickCount=6, **keywords))


def value_axis(field: str = "value", title: str = "", zero: bool = False, **keywords):
    """Return the y channel for figures; its short title (the unit) stands above the axis."""
    return alt.Y(f"{field}:Q", title=title or None, scale=alt.Scale(zero=zero, nice=True), **keywords)


_TITLES = {
    "value": "figure",
    "best": "best estimate",
    "low": "lowest",
    "high": "highest",
    "who": "by",
    "basis": "known as",
    "what": "what happened",
    "gap_pct": "gap, %",
    "change_pct": "change, %",
    "share": "share, %",
    "label": "what",
    "before": "since",
    "happened": "date",
    "cny": "CNY/t",
}


def tooltip(*fields: str, **titles: str) -> list:
    """Return tooltips for fields given as "name:T|Q|N" or "name:Q:format"; figures are shown with all whole digits.

    Args:
        *fields: The fields, in the order shown.
        **titles: For a field, the words beside its figure, e.g. its unit; else a common word, or the field's name.
    """
    shown = []
    for field in fields:
        name, kind, *form = field.split(":")
        form = form[0] if form else {"T": "%d %b %Y", "Q": ",.3~f"}.get(kind)
        title = titles.get(name) or _TITLES.get(name) or name.replace("_", " ")
        shown.append(alt.Tooltip(f"{name}:{kind}", title=title, **({"format": form} if form else {})))
    return shown


def line_with_range(frame: pd.DataFrame, unit: str, color: str = PALETTE[0], zero: bool = False):
    """Return quotes as a line with points, their quoted ranges (bid to ask) as thin bars; a long gap breaks the line.

    Args:
        frame: Columns date, period, value, low, high (NaN where no range was quoted).
        unit: Title of the value axis.
        color: Colour of all marks.
        zero: Whether the value axis starts at zero.
    """
    rows = frame[["date", "period", "value", "low", "high"]]
    rows = rows.assign(run=(rows["date"].diff().dt.days > LONGEST_GAP_DAYS).cumsum())
    base = alt.Chart(rows).encode(x=time_axis())
    y = value_axis(title=unit, zero=zero)
    line = base.mark_line(color=color, opacity=0.55).encode(y=y, detail=alt.Detail("run:N"))
    bars = base.mark_rule(color=color, opacity=0.6, strokeWidth=2).encode(
        y=value_axis("low", unit, zero), y2=alt.Y2("high:Q")
    )
    points = base.mark_point(color=color, size=22).encode(
        y=value_axis(title=unit, zero=zero), tooltip=tooltip("period:N", "value:Q", "low:Q", "high:Q", value=unit)
    )
    return alt.layer(line, bars.transform_filter("isValid(datum.low) && isValid(datum.high)"), points)


def rival_lines(frame: pd.DataFrame, unit: str, by: str = "who", zero: bool = False, points: bool = True):
    """Return one line for each of `by`: rival sources or series side by side, never merged.

    Args:
        frame: Columns date, period, value and `by`.
        unit: Title of the value axis.
        by: Column that tells the lines apart.
        zero: Whether the value axis starts at zero.
        points: Whether each figure is marked on its line.
    """
    return (
        alt.Chart(frame[["date", "period", "value", by]])
        .mark_line(point=alt.OverlayMarkDef(size=22) if points else False)
        .encode(
            x=time_axis(),
            y=value_axis(title=unit, zero=zero),
            color=alt.Color(f"{by}:N", title=None, sort=None),
            strokeDash=alt.StrokeDash(f"{by}:N", title=None, sort=None),
            tooltip=tooltip(f"{by}:N", "period:N", "value:Q", value=unit),
        )
    )


def interval_months(frame: pd.DataFrame, unit: str, zero: bool = True):
    """Return reconciled months: reported ones as points, implied ones with their interval, open ones as pale bars only.

    The axis spans the known months; an open month that can be anything runs off it at the top.

    Args:
        frame: Columns date, period, low, high, best, basis ("reported", "implied", "open").
        unit: Title of the value axis.
        zero: Whether the value axis starts at zero.
    """
    known = ["reported", "implied", "open"]
    rows = frame[["date", "period", "low", "high", "best", "basis"]].round({"low": 1, "high": 1, "best": 1})
    rows = rows.assign(run=(rows["basis"] == "open").cumsum())
    top = _HEADROOM * rows.loc[rows["basis"] != "open", "high"].max()
    scale = alt.Scale(zero=zero, nice=True, **({"domainMax": round(float(top))} if pd.notna(top) else {}))
    # An open month, limited above or not, gets a bar that ends just off the axis: its length beyond says nothing.
    limit = 1.2 * top if pd.notna(top) else max(rows["high"].max(), rows["low"].max())
    rows = rows.assign(start=rows["low"].clip(upper=limit), end=rows["high"].fillna(limit).clip(upper=limit))
    base = alt.Chart(rows).encode(x=time_axis())
    color = alt.Color("basis:N", title=None, scale=alt.Scale(domain=known, range=[PALETTE[0], PALETTE[1], PALETTE[5]]))
    best = alt.Y("best:Q", title=unit, scale=scale)
    line = (
        base.transform_filter("datum.basis != 'open'")
        .mark_line(color=MUTED, opacity=0.35, strokeWidth=1)
        .encode(y=best, detail=alt.Detail("run:N"))
    )
    shown = tooltip("period:N", "best:Q", "low:Q", "high:Q", "basis:N", best=f"{unit}, best estimate")
    bars = (
        base.transform_filter("datum.basis != 'reported' && isValid(datum.end)")
        .mark_rule(strokeWidth=5, clip=True)
        .encode(
            y=alt.Y("start:Q", title=unit, scale=scale),
            y2=alt.Y2("end:Q"),
            color=color,
            tooltip=shown,
            opacity=either(alt.OpacityValue, "datum.basis == 'open'", 0.3, 0.6),
        )
    )
    points = (
        base.transform_filter("datum.basis != 'open'")
        .mark_point()
        .encode(
            y=best,
            color=color,
            tooltip=shown,
            shape=alt.Shape(
                "basis:N", title=None, scale=alt.Scale(domain=known, range=["circle", "diamond", "stroke"])
            ),
        )
    )
    return alt.layer(line, bars, points)


def dots_by_source(frame: pd.DataFrame, unit: str, by: str = "who"):
    """Return one row for each period with a dot for each source: how far rival prints of one figure lie apart.

    Args:
        frame: Columns period, value and `by`.
        unit: Title of the value axis.
        by: Column that names who says so.
    """
    return (
        alt.Chart(frame[["period", "value", by]])
        .mark_point(size=70)
        .encode(
            x=alt.X("value:Q", title=unit, scale=alt.Scale(zero=False)),
            y=alt.Y("period:O", title=None, sort="descending"),
            color=alt.Color(f"{by}:N", title=None),
            shape=alt.Shape(f"{by}:N", title=None),
            tooltip=tooltip(f"{by}:N", "period:N", "value:Q", value=unit),
        )
    )


def bars(frame: pd.DataFrame, category: str, unit: str, value: str = "value", color: str | None = None):
    """Return horizontal bars, largest first.

    Args:
        frame: Columns `category` and `value`, and `color` where the bars are told apart.
        category: Column of the labels.
        unit: Title of the value axis.
        value: Column of the lengths.
        color: Column of the colours, or None.
    """
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(f"{value}:Q", title=unit),
            y=alt.Y(f"{category}:N", title=None, sort="-x", axis=alt.Axis(labelLimit=180)),
            tooltip=tooltip(f"{category}:N", f"{value}:Q", **{value: unit}),
        )
    )
    return chart.encode(color=alt.Color(f"{color}:N", title=None)) if color else chart


def heat_map(frame: pd.DataFrame, column: str, row: str, unit: str, value: str = "value", middle: float | None = 0):
    """Return a grid of cells coloured by value, each with its figure; a missing cell stays empty.

    Args:
        frame: Columns `column`, `row` and `value`.
        column: Column of the grid's columns.
        row: Column of the grid's rows.
        unit: Title of the legend.
        value: Column of the figures.
        middle: Value of the neutral colour; None for a one-way scale.
    """
    scale = (
        alt.Scale(scheme="blueorange", domainMid=middle, reverse=True)
        if middle is not None
        else alt.Scale(scheme="blues")
    )
    base = alt.Chart(frame).encode(
        x=alt.X(f"{column}:O", title=None, axis=alt.Axis(labelAngle=-60, labelOverlap=True)),
        y=alt.Y(f"{row}:N", title=None, sort=None, axis=alt.Axis(labelLimit=190)),
        tooltip=tooltip(f"{row}:N", f"{column}:N", f"{value}:Q", **{value: unit}),
    )
    return base.mark_rect().encode(color=alt.Color(f"{value}:Q", title=unit, scale=scale))


def event_marks(events: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp):
    """Return events that tell what happened when pointed at: a dashed rule on its day, a bar at the foot on its month.

    Args:
        events: `Edition.events`; those dated by a year only are left out.
        first: Start of the time axis.
        last: End of the time axis.

    Returns:
        A chart whose `data` are the events shown (columns when, until, happened, topic, what); none where it is empty.
    """
    dated = events[events["date"].str.len() >= 7]
    ends = pd.to_datetime(dated["date"].map(period_end))
    starts = ends.where(dated["date"].str.len() == 10, ends.dt.to_period("M").dt.start_time)
    dated = dated.assign(when=starts, until=ends, happened=dated["date"].map(period_name))
    shown = dated[(dated["until"] >= first) & (dated["when"] <= last)][["when", "until", "happened", "topic", "what"]]
    base = alt.Chart().encode(x=alt.X("when:T", title=None), tooltip=tooltip("happened:N", "topic:N", "what:N"))
    # A rule at the start of a month, or in its middle, would name a day that no source names.
    bars = (
        base.transform_filter("datum.until > datum.when")
        .mark_rule(strokeWidth=7, opacity=0.5)
        .encode(x2=alt.X2("until:T"), y=alt.YValue("height"))
    )
    rules = base.transform_filter("+datum.until == +datum.when").mark_rule(strokeDash=[2, 3], opacity=0.7)
    return alt.layer(bars, rules, data=shown)


def describe_course(frame: pd.DataFrame, what: str, unit: str, value: str = "value") -> str:
    """Return the text alternative of a time chart: from where to where, and the extremes between.

    Args:
        frame: Columns period and `value`, oldest first, at least one row.
        what: What is drawn.
        unit: Unit of the figures.
        value: Column of the figures.
    """
    rows = frame.dropna(subset=[value])
    on = "on" if rows["period"].str.len().eq(10).all() else "in"
    if len(rows) < 2:
        only = "".join(f"{number(row[value], unit)} {on} {period_name(row['period'])}" for _, row in rows.iterrows())
        return f"{what}: {only or 'no figure'}."
    first, last = rows.iloc[0], rows.iloc[-1]
    low, high = rows.loc[rows[value].idxmin()], rows.loc[rows[value].idxmax()]
    change = f" ({_change_words(first[value], last[value], unit)})" if first[value] > 0 else ""
    # Told in the past: what is drawn may be one thing or many ("the price rose", "exports rose").
    verb = "rose" if last[value] > first[value] else "fell" if last[value] < first[value] else "went"
    whole = 1 if (rows[value] % 1 == 0).all() else None
    start, end, least, most = (
        f"{number(row[value], unit, whole)} {on} {period_name(row['period'])}" for row in (first, last, low, high)
    )
    if number(first[value], unit, whole) == number(last[value], unit, whole):
        # Two figures that are written alike have not moved for the reader.
        verb, change = "went", ""
    return f"{what} {verb} from {start} to {end}{change}; lowest {least}, highest {most}."


def _change_words(first: float, last: float, unit: str) -> str:
    """Return a change in per cent, that of a share in points, or a multiple where nobody reads per cent as one."""
    if unit == "%":
        return f"{percent(last - first)[:-1]} points"
    return f"{last / first:,.0f} times as much" if last / first >= _MANY_TIMES else percent(100 * (last / first - 1))
