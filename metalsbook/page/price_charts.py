"""Charts of prices: quotes with what happened, long histories, ratios, a cost build-up that the reader can change."""

import altair as alt
import pandas as pd

from metalsbook.analysis.prices import Coefficients
from metalsbook.page.charts import LONGEST_GAP_DAYS, event_marks, time_axis, tooltip, value_axis
from metalsbook.page.theme import MUTED, PALETTE

_STACK = ["ferrosilicon", "dolomite", "everything else"]
# Margins are written as in the text.
_STEP = 10


def with_events(draw, events: pd.DataFrame):
    """Return a function that draws a time chart over marks of events (pointed at, a mark tells what happened).

    Args:
        draw: Draws a frame with the column date.
        events: `Edition.events`, those to mark, from the first date drawn to the end of the last one's month.
    """

    def drawn(frame: pd.DataFrame):
        last = frame["date"].max() + pd.offsets.MonthEnd(0)
        marks = event_marks(events, frame["date"].min(), last)
        return alt.layer(marks, draw(frame)) if len(marks.data) else draw(frame)

    return drawn


def last_run(quotes: pd.DataFrame) -> pd.DataFrame:
    """Return the quotes after the last gap that breaks the line: what can be told as one course.

    Args:
        quotes: Columns date, period; oldest first.
    """
    breaks = (quotes["date"].diff().dt.days > LONGEST_GAP_DAYS).cumsum()
    return quotes[breaks == breaks.max()]


def long_history(quotes: pd.DataFrame, unit: str):
    """Return sparse quotes over years as points on a logarithmic axis: equal heights are equal percentages.

    Args:
        quotes: Columns date, period, value and `who`; days without a quote are not joined by a line.
        unit: Title of the value axis.
    """
    low, high = quotes["value"].min(), quotes["value"].max()
    scale = alt.Scale(type="log", domain=[low * 0.9, high * 1.1], nice=False)
    return (
        alt.Chart(quotes[["date", "period", "value", "who"]])
        .mark_point(size=26, opacity=0.75)
        .encode(
            x=time_axis(),
            y=alt.Y("value:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=6, format="~s")),
            tooltip=tooltip("period:N", "value:Q", "who:N", value=unit),
        )
    )


def ratio_with_statements(computed: pd.DataFrame, stated: pd.DataFrame, unit: str):
    """Return a computed monthly ratio as a line, and what sources state as diamonds of their own.

    A statement of a year or of January to a month is drawn as a line over that time, a range from end to end.

    Args:
        computed: Columns date, period, value, basis_first, basis_second.
        stated: Columns begins, middle, date, period, value, low, high, who; may be empty.
        unit: Title of the value axis.
    """
    rows = computed[["date", "period", "value", "basis_first", "basis_second"]]
    rows = rows.assign(value=rows["value"].round(4), run=(rows["date"].diff().dt.days > LONGEST_GAP_DAYS).cumsum())
    line = (
        alt.Chart(rows)
        .mark_line(point=alt.OverlayMarkDef(size=30), color=PALETTE[0])
        .encode(
            x=time_axis(),
            y=value_axis(title=unit),
            detail=alt.Detail("run:N"),
            tooltip=tooltip(
                "period:N",
                "value:Q:.3f",
                "basis_first:N",
                "basis_second:N",
                value=unit,
                basis_first="magnesium",
                basis_second="aluminium",
            ),
        )
    )
    if stated.empty:
        return line
    base = alt.Chart(stated[["begins", "middle", "date", "period", "value", "low", "high", "who"]]).encode(
        y=value_axis(title=unit), tooltip=tooltip("who:N", "period:N", "value:Q", "low:Q", "high:Q", value="stated")
    )
    spans = (
        base.transform_filter("+datum.date > +datum.begins")
        .mark_rule(color=PALETTE[1], opacity=0.8)
        .encode(x=time_axis("begins"), x2=alt.X2("date:T"))
    )
    ranges = (
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_rule(color=PALETTE[1])
        .encode(x=time_axis("middle"), y=value_axis("low", unit), y2=alt.Y2("high:Q"))
    )
    points = base.mark_point(shape="diamond", size=70, color=PALETTE[1]).encode(x=time_axis("middle"))
    return alt.layer(line, spans, ranges, points)


def moves_bars(steps: pd.DataFrame, unit: str = "%"):
    """Return the moves from quote to quote as bars at the day of the later quote, rises and falls told apart.

    Args:
        steps: Columns period, before, change_pct, value.
        unit: Title of the value axis.
    """
    rows = steps.assign(
        date=pd.to_datetime(steps["period"]),
        change_pct=steps["change_pct"].round(3),
        way=["rise" if change > 0 else "fall" for change in steps["change_pct"]],
    )
    return (
        alt.Chart(rows[["date", "period", "before", "change_pct", "value", "way"]])
        .mark_bar(size=3)
        .encode(
            x=time_axis(),
            y=alt.Y("change_pct:Q", title=unit),
            color=alt.Color(
                "way:N", title=None, scale=alt.Scale(domain=["rise", "fall"], range=[PALETTE[1], PALETTE[0]])
            ),
            tooltip=tooltip("period:N", "before:N", "change_pct:Q:+.2f", "value:Q", value="CNY/t"),
        )
    )


def rival_prices(frame: pd.DataFrame, unit: str):
    """Return rival monthly prices as lines with points, never merged; a month without a figure breaks a line.

    Args:
        frame: Columns date, period, value, who, basis.
        unit: Title of the value axis.
    """
    rows = frame[["date", "period", "value", "who", "basis"]].sort_values(["who", "date"])
    rows = rows.assign(run=(rows.groupby("who")["date"].diff().dt.days > LONGEST_GAP_DAYS).cumsum())
    scale = alt.Scale(domain=list(dict.fromkeys(frame["who"])))
    base = alt.Chart(rows).encode(
        x=time_axis(),
        y=value_axis(title=unit),
        color=alt.Color("who:N", title=None, scale=scale),
    )
    points = base.mark_point(size=34).encode(
        shape=alt.Shape("who:N", title=None, scale=scale),
        tooltip=tooltip("who:N", "period:N", "value:Q:,.1~f", "basis:N", value=unit, basis="how it came about"),
    )
    return base.mark_line(opacity=0.6).encode(detail=alt.Detail("run:N")) + points


def cost_sliders(costs: pd.DataFrame, needs: Coefficients):
    """Return the cost of a tonne by month as stacked bars under its price; sliders change what a tonne takes.

    Args:
        costs: Result of `costs.build_up` (columns period, price, ferrosilicon, dolomite, other, margin: CNY per t).
        needs: What a tonne takes in `costs`.
    """
    ferrosilicon_t, dolomite_t = needs.ferrosilicon_t.best, needs.dolomite_t.best
    rows = pd.DataFrame(
        {
            "period": costs["period"],
            "price": costs["price"].round(1),
            "silicon_price": (costs["ferrosilicon"] / ferrosilicon_t).round(2),
            "stone_price": (costs["dolomite"] / dolomite_t).round(2),
        }
    )
    silicon, stone = round(ferrosilicon_t, 2), round(dolomite_t, 1)
    # The sliders stand on steps; what their rounding takes off the last month's cost goes to the rest, so that its
    # margin is the one of the text.
    last, prices = costs.iloc[-1], rows.iloc[-1]
    rest = last["price"] - last["margin"] - silicon * prices["silicon_price"] - stone * prices["stone_price"]
    sliders = [
        _slider("fesi", "Ferrosilicon, t per t", silicon, 0.7, 1.5, 0.01),
        _slider("stone", "Dolomite, t per t", stone, 7.0, 15.0, 0.1),
        _slider("rest", "Everything else, CNY per t", round(rest), 3000, 12000, 1),
    ]
    left = f"{_STEP} * round((datum.price - datum.ferrosilicon - datum.dolomite - rest) / {_STEP})"
    base = (
        alt.Chart(rows)
        .transform_calculate(
            **{
                "ferrosilicon": "datum.silicon_price * fesi",
                "dolomite": "datum.stone_price * stone",
                "everything else": "rest + 0 * datum.price",
            }
        )
        .transform_calculate(margin=left)
    )
    colors = alt.Scale(domain=_STACK, range=[PALETTE[0], PALETTE[2], PALETTE[5]])
    x = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    bars = (
        base.transform_fold(_STACK, as_=["part", "cny"])
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y("cny:Q", title="CNY/t", stack="zero"),
            color=alt.Color("part:N", title=None, scale=colors),
            order=alt.Order("part:N", sort="descending"),
            tooltip=tooltip("period:N", "part:N", "cny:Q:,.0f"),
        )
    )
    shown = tooltip("period:N", "price:Q:,.0f", "margin:Q:+,.0f", price="Fugu price, CNY/t", margin="margin, CNY/t")
    price = base.mark_tick(color=PALETTE[1], thickness=3).encode(x=x, y=alt.Y("price:Q"), tooltip=shown)
    words = base.mark_text(dy=-10, color=MUTED).encode(
        x=x, y=alt.Y("price:Q"), text=alt.Text("margin:Q", format="+,.0f")
    )
    return alt.layer(bars, price, words).add_params(*sliders)


def _slider(name: str, label: str, value: float, low: float, high: float, step: float):
    return alt.param(name=name, value=value, bind=alt.binding_range(min=low, max=high, step=step, name=label))
