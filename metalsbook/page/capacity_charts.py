"""Charts of capacity: stated years, the matrix of utilisation, shares of parts, and a slider that retires plants."""

import altair as alt
import pandas as pd

from metalsbook.page.charts import event_marks, interval_months, time_axis, tooltip
from metalsbook.page.theme import INK, MUTED, PALETTE


def stated_years(frame: pd.DataFrame, unit: str, percent: bool = False):
    """Return every stated figure of each year as a point of its own kind: rivals stand above one another.

    Args:
        frame: Columns period ("YYYY"), value, kind, who.
        unit: Title of the value axis.
        percent: Whether the values are per cent: the axis then need not start at zero.
    """
    scale = alt.Scale(zero=not percent, nice=True, **({"padding": 10} if percent else {}))
    kinds = list(dict.fromkeys(frame["kind"]))
    rows = frame[["period", "value", "kind", "who"]].round(2).assign(year=frame["period"].astype(int))
    span = [int(rows["year"].min()), int(rows["year"].max())]
    return (
        alt.Chart(rows)
        .mark_point(size=60, opacity=0.8)
        .encode(
            x=alt.X(
                "year:Q",
                title=None,
                axis=alt.Axis(format="d", tickMinStep=1, labelOverlap=True),
                scale=alt.Scale(domain=span, nice=False, padding=14),
            ),
            y=alt.Y("value:Q", title=unit, scale=scale, axis=alt.Axis(format="~s")),
            color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds)),
            shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=kinds)),
            tooltip=tooltip("period:N", "kind:N", "value:Q:,.1f" if percent else "value:Q:,.0f", "who:N"),
        )
    )


def rates_in_rows(frame: pd.DataFrame, unit: str):
    """Return rates as points with their intervals, one row for each label, computed and stated ones told apart.

    Args:
        frame: Columns label, low, high, value, kind, in the order wanted.
        unit: Title of the value axis.
    """
    kinds = alt.Scale(domain=list(dict.fromkeys(frame["kind"])))
    rows = frame[["label", "low", "high", "value", "kind"]]
    base = alt.Chart(rows.round(2)).encode(
        y=alt.Y("label:N", title=None, sort=None, axis=_lines()),
        color=alt.Color("kind:N", title=None, scale=kinds, legend=alt.Legend(columns=1)),
        tooltip=tooltip("label:N", "value:Q:.1f", "low:Q:.1f", "high:Q:.1f"),
    )
    spans = base.mark_rule(strokeWidth=4, opacity=0.45).encode(
        x=alt.X("low:Q", title=unit, scale=alt.Scale(zero=False, padding=22)), x2=alt.X2("high:Q")
    )
    points = base.mark_point(size=70).encode(x=alt.X("value:Q"), shape=alt.Shape("kind:N", title=None, scale=kinds))
    words = base.mark_text(dx=9, align="left").encode(
        x=alt.X("high:Q"), text=alt.Text("value:Q", format=".0f"), color=alt.ColorValue(INK)
    )
    return alt.layer(spans, points, words, height=alt.Step(48))


def _lines() -> alt.Axis:
    """Return an axis whose labels break where they hold a line end: long names fit a phone."""
    return alt.Axis(labelLimit=190, labelExpr="split(datum.label, '\\n')", labelLineHeight=13, labelOffset=-12)


def shares_over_time(frame: pd.DataFrame, unit: str):
    """Return shares of parts over time as points with their spans; a thin line joins those of one part.

    Args:
        frame: Columns name, date, period, measure, value, low, high.
        unit: Title of the value axis.
    """
    rows = frame[["name", "date", "period", "measure", "value", "low", "high"]]
    names = alt.Scale(domain=list(dict.fromkeys(rows["name"])))
    base = alt.Chart(rows.round({"value": 2, "low": 2, "high": 2})).encode(
        x=alt.X("date:T", title=None, axis=alt.Axis(labelOverlap=True, tickCount=8, format="%Y")),
        color=alt.Color("name:N", title=None, scale=names),
    )
    y = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True))
    spans = base.mark_rule(strokeWidth=3, opacity=0.4).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    points = base.mark_point(size=46).encode(
        y=y,
        shape=alt.Shape("name:N", title=None, scale=names),
        tooltip=tooltip("name:N", "period:N", "measure:N", "value:Q:.1f", "low:Q:.1f", "high:Q:.1f"),
    )
    return alt.layer(base.mark_line(opacity=0.35, strokeWidth=1).encode(y=y), spans, points)


def plant_bars(frame: pd.DataFrame):
    """Return capacities of plants as bars, largest first: columns name, value (t/year), period, who, share."""
    return (
        alt.Chart(frame[["name", "value", "period", "who", "share"]].round(2))
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title="t a year", axis=alt.Axis(format="~s")),
            y=alt.Y("name:N", title=None, sort="-x", axis=alt.Axis(labelLimit=200)),
            tooltip=tooltip("name:N", "value:Q:,.0f", "period:N", "share:Q:.1f", "who:N"),
        )
    )


def months_with_events(frame: pd.DataFrame, unit: str, events: pd.DataFrame):
    """Return reconciled months over dashed marks of dated events.

    Args:
        frame: See `charts.interval_months`.
        unit: Title of the value axis.
        events: `Edition.events`, those to mark.
    """
    marks = event_marks(events, frame["date"].min(), frame["date"].max())
    return marks + interval_months(frame, unit) if len(marks.data) else interval_months(frame, unit)


def month_changes(frame: pd.DataFrame, unit: str):
    """Return printed changes by month as bars, rises and falls told apart.

    Args:
        frame: Columns period ("YYYY-MM"), value (%), stated; a month without a row stays without a bar.
        unit: Title of the value axis.
    """
    rows = frame[["period", "value", "stated"]].assign(date=pd.to_datetime(frame["period"] + "-15"))
    rows = rows.assign(way=["rise" if value > 0 else "fall" for value in rows["value"]])
    ways = alt.Scale(domain=["rise", "fall"], range=[PALETTE[1], PALETTE[0]])
    return (
        alt.Chart(rows)
        .mark_bar(size=8)
        .encode(
            x=time_axis(),
            y=alt.Y("value:Q", title=unit),
            color=alt.Color("way:N", title=None, scale=ways),
            tooltip=tooltip("period:N", "value:Q:+.2f", "stated:N"),
        )
    )


def retirement_slider(frame: pd.DataFrame, most_t: float, unit: str):
    """Return utilisation by whose output it is, for a capacity that a slider shrinks.

    Args:
        frame: Columns label, output_t, capacity_t: one row for each output over one capacity.
        most_t: The most that the slider can retire, t a year.
        unit: Title of the value axis.
    """
    retired = alt.param(
        name="retired_kt",
        value=0,
        bind=alt.binding_range(min=0, max=round(most_t / 1000), step=10, name="Capacity retired, thousand t a year "),
    )
    base = (
        alt.Chart(frame[["label", "output_t", "capacity_t"]])
        .transform_calculate(
            rate="100 * datum.output_t / (datum.capacity_t - 1000 * retired_kt)",
            left="datum.capacity_t - 1000 * retired_kt",
        )
        .encode(y=alt.Y("label:N", title=None, sort=None, axis=_lines()))
    )
    x = alt.X("rate:Q", title=unit, scale=alt.Scale(domain=[0, 120]), axis=alt.Axis(tickCount=6))
    bars = base.mark_bar(color=PALETTE[0]).encode(
        x=x, tooltip=tooltip("label:N", "rate:Q:.1f", "output_t:Q:,.0f", "left:Q:,.0f")
    )
    words = base.mark_text(align="left", dx=4).encode(x=x, text=alt.Text("rate:Q", format=".1f"))
    full = alt.Chart(pd.DataFrame({"full": [100]})).mark_rule(color=MUTED, strokeDash=[4, 3]).encode(x=alt.X("full:Q"))
    return (bars + words + full).properties(height=alt.Step(48)).add_params(retired)


def event_strip(events: pd.DataFrame):
    """Return events as marks in one row a topic: columns date (timestamp), day, topic, what."""
    return (
        alt.Chart(events[["date", "day", "topic", "what"]])
        .mark_point(size=70, opacity=0.8)
        .encode(
            x=alt.X("date:T", title=None, axis=alt.Axis(labelOverlap=True, labelBound=True, tickCount=6)),
            y=alt.Y("topic:N", title=None, axis=alt.Axis(labelLimit=180)),
            color=alt.Color("topic:N", legend=None),
            tooltip=tooltip("day:N", "topic:N", "what:N"),
        )
    )
