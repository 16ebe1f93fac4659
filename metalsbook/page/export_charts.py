"""Charts of exports: contributions to a change, base effects, years laid over one another, remainders, destinations."""

import altair as alt
import pandas as pd

from metalsbook.page.charts import tooltip
from metalsbook.page.theme import MUTED, PALETTE

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_ITSELF, _BASE = "month against usual", "owed to its base"
PANEL_WIDTH = 280


def contribution_bars(changes: pd.DataFrame):
    """Return what each part added to a change as bars from zero, with what is open as thin bars.

    Args:
        changes: Result of `exports.contributions`.
    """
    rows = changes.assign(way=["rise" if value > 0 else "fall" for value in changes["best_t"]])
    rows = rows[["part", "best_t", "low_t", "high_t", "points", "way"]].round(1)
    base = alt.Chart(rows).encode(y=alt.Y("part:N", title=None, sort=None, axis=alt.Axis(labelLimit=170)))
    bars = base.mark_bar().encode(
        x=alt.X("best_t:Q", title="t"),
        color=alt.Color("way:N", title=None, scale=alt.Scale(domain=["rise", "fall"], range=[PALETTE[1], PALETTE[0]])),
        tooltip=tooltip("part:N", "best_t:Q:+,.0f", "low_t:Q:+,.0f", "high_t:Q:+,.0f", "points:Q:+.1f"),
    )
    spans = base.mark_rule(color=MUTED, strokeWidth=2).encode(x=alt.X("low_t:Q"), x2=alt.X2("high_t:Q"))
    return bars + spans


def base_effect_bars(effects: pd.DataFrame):
    """Return monthly changes, split into the month against its usual level and what the base adds.

    Args:
        effects: Result of `exports.base_effects`.
    """
    rows = pd.concat(
        [
            pd.DataFrame({"period": effects["period"], "part": _ITSELF, "points": effects["against_usual_pct"]}),
            pd.DataFrame({"period": effects["period"], "part": _BASE, "points": effects["owed_pp"]}),
        ]
    ).round(2)
    x = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=-45, labelOverlap=True))
    bars = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y("points:Q", title="percentage points", stack="zero"),
            color=alt.Color(
                "part:N",
                title=None,
                scale=alt.Scale(domain=[_ITSELF, _BASE], range=[PALETTE[0], PALETTE[5]]),
                legend=alt.Legend(columns=1),
            ),
            tooltip=tooltip("period:N", "part:N", "points:Q:+.1f"),
        )
    )
    heads = (
        alt.Chart(effects[["period", "change_pct", "low", "high"]].round(2))
        .mark_tick(color=PALETTE[1], thickness=3, size=22)
        .encode(
            x=x, y=alt.Y("change_pct:Q"), tooltip=tooltip("period:N", "change_pct:Q:+.1f", "low:Q:+.1f", "high:Q:+.1f")
        )
    )
    return bars + heads


def year_lines(shapes: pd.DataFrame):
    """Return the years laid over one another, known months only: a line joins neighbouring months of a year.

    Args:
        shapes: Result of `exports.year_shapes`.
    """
    rows = shapes.assign(month=[_MONTHS[number - 1] for number in shapes["number"]])
    # A gap ends a line: months on both sides of one belong to different runs.
    runs = (rows["number"].diff() != 1) | (rows["year"] != rows["year"].shift())
    rows = rows.assign(run=runs.cumsum())[["year", "month", "period", "low", "high", "best", "basis", "run"]]
    years = alt.Scale(domain=sorted(set(rows["year"])))
    base = alt.Chart(rows.round(0)).encode(
        x=alt.X("month:O", title=None, sort=_MONTHS, scale=alt.Scale(domain=_MONTHS), axis=alt.Axis(labelAngle=0)),
        color=alt.Color("year:N", title=None, scale=years),
    )
    y = alt.Y("best:Q", title="t", scale=alt.Scale(zero=True))
    lines = base.mark_line(opacity=0.6).encode(y=y, detail=alt.Detail("run:N"))
    spans = base.mark_rule(strokeWidth=3, opacity=0.5).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    points = base.mark_point(size=34).encode(
        y=y,
        shape=alt.Shape("year:N", title=None, scale=years),
        tooltip=tooltip("period:N", "best:Q:,.0f", "low:Q:,.0f", "high:Q:,.0f", "basis:N"),
    )
    return alt.layer(lines, spans, points)


def remainder_bars(rest: pd.DataFrame):
    """Return what no named product explains, month by month, as the interval that is left with its middle marked.

    Args:
        rest: Result of `exports.remainders`.
    """
    rows = rest[["period", "low", "high", "best", "share"]].round(1)
    base = alt.Chart(rows).encode(x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)))
    shown = tooltip("period:N", "best:Q:,.0f", "low:Q:,.0f", "high:Q:,.0f", "share:Q:.1f")
    spans = base.mark_bar(size=16, opacity=0.45).encode(
        y=alt.Y("low:Q", title="t", scale=alt.Scale(zero=True)), y2=alt.Y2("high:Q"), tooltip=shown
    )
    return spans + base.mark_point(color=PALETTE[1]).encode(y=alt.Y("best:Q"), tooltip=shown)


def destination_bars(places: pd.DataFrame):
    """Return one panel of bars for each month that has destinations, the newest first.

    Args:
        places: Result of `exports.destinations` with the column `name`.
    """
    rows = places[["name", "period", "value", "share", "printed_share"]].round(2)
    shown = tooltip("name:N", "period:N", "value:Q:,.0f", "share:Q:.1f", "printed_share:Q")
    bars = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title="t"),
            y=alt.Y("name:N", title=None, sort="-x"),
            tooltip=shown,
        )
        .properties(width=PANEL_WIDTH)
    )
    return bars.facet(
        facet=alt.Facet("period:O", title=None, sort="descending", header=alt.Header(labelFontSize=12)), columns=2
    ).resolve_scale(y="independent")
