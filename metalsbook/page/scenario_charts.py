"""Charts that the reader can move: sliders computed in the chart itself, from figures of the ledger to begin with."""

import altair as alt
import pandas as pd

from metalsbook.page.charts import tooltip
from metalsbook.page.narrative import BOUND_WORDS
from metalsbook.page.theme import MUTED, PALETTE


def slider(name: str, label: str, first: float, last: float, step: float, start: float):
    """Return a parameter of the chart that the reader sets with a slider.

    Args:
        name: Name in the chart's expressions.
        label: What stands beside the slider.
        first: Least value.
        last: Greatest value.
        step: Step of the slider.
        start: Value to begin with, moved into the slider's reach.
    """
    return alt.param(
        name=name,
        value=round(min(max(start, first), last), 6),
        bind=alt.binding_range(min=first, max=last, step=step, name=f"{label} "),
    )


def growth_path(years: pd.DataFrame, rivals: pd.DataFrame, end_t: float, rate_pct: float, end_year: int, unit: str):
    """Return a demand path that grows at one rate to its end, with sliders for both, beside what others state.

    Args:
        years: Columns year, value, low, high: the path as stated.
        rivals: Columns who, year, low, high (tonnes): figures that others state, one a year, and `qualifier` where
            some are bounds; may be empty.
        end_t: Demand at the end, tonnes.
        rate_pct: Growth a year, per cent.
        end_year: The path's last year.
        unit: Title of the value axis.
    """
    end = slider("end_t", f"Demand in {end_year}, t", 1000, 60000, 500, end_t)
    rate = slider("growth", "Growth a year, %", 10, 120, 1, rate_pct)
    scale = alt.Scale(type="log")
    axis = alt.Axis(values=[10.0**power for power in range(0, 8)])
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    stated = (
        alt.Chart(years.round(2))
        .mark_area(opacity=0.25, color=MUTED)
        .encode(x=x, y=alt.Y("low:Q", title=unit, scale=scale, axis=axis), y2=alt.Y2("high:Q"))
    )
    moved = alt.Chart(years[["year"]]).transform_calculate(
        tonnes=f"end_t / pow(1 + growth / 100, {end_year} - datum.year)"
    )
    line = moved.mark_line(color=PALETTE[0], point=True).encode(
        x=x, y=alt.Y("tonnes:Q", title=unit, scale=scale), tooltip=tooltip("year:O", "tonnes:Q:,.0f")
    )
    first = int(years["year"].min())
    label = (
        moved.transform_filter(f"datum.year == {first}")
        .transform_calculate(words=f"'implied for {first}: ' + format(datum.tonnes, ',.0f') + ' t'")
        .mark_text(align="left", color=PALETTE[0])
        .encode(x=alt.XValue(8), y=alt.YValue(8), text=alt.Text("words:N"))
    )
    layers = [stated, line, label]
    if len(rivals):
        qualifiers = rivals["qualifier"] if "qualifier" in rivals else pd.Series("", index=rivals.index)
        words = qualifiers.map(BOUND_WORDS).fillna("")
        base = alt.Chart(
            rivals.assign(word=words.where(words == "", words + " "), qualifier=qualifiers)
        ).transform_calculate(
            words="datum.who + ' ' + datum.year + ': ' + datum.word + format(datum.high, ',.0f') + ' t'"
        )
        y = alt.Y("high:Q", title=unit, scale=scale)
        layers.append(
            base.mark_point(size=70, color=PALETTE[1]).encode(
                x=x,
                y=y,
                tooltip=tooltip("who:N", "year:O", "word:N", "low:Q", "high:Q"),
                shape=alt.Shape(
                    "qualifier:N",
                    legend=None,
                    scale=alt.Scale(
                        domain=["", "about", "over", "below"],
                        range=["diamond", "diamond", "triangle-up", "triangle-down"],
                    ),
                ),
            )
        )
        # A name stands on the far side of the line.
        for side, offset in ((">=", -13), ("<", 14)):
            beyond = base.transform_filter(f"datum.high {side} end_t / pow(1 + growth / 100, {end_year} - datum.year)")
            layers.append(beyond.mark_text(dy=offset, color=PALETTE[1]).encode(x=x, y=y, text=alt.Text("words:N")))
    return alt.layer(*layers).add_params(end, rate)


def units_times_weight(units: pd.DataFrame, kg: float, kg_most: float, unit: str, step: float = 0.1, marks=None):
    """Return the tonnes that forecast numbers of units need at a weight that the reader sets, one row a forecaster.

    Args:
        units: Columns who, year, low, high: numbers of units, forecast or counted.
        kg: Kilograms in one unit to begin with.
        kg_most: End of the slider.
        unit: Title of the value axis.
        step: Step of the slider.
        marks: Columns what, tonnes: demand to compare with, drawn as labelled rules; None for none.
    """
    weight = slider("kg", "Kilograms in one unit", step, kg_most, step, kg)
    axis = alt.Axis(values=[10.0**power for power in range(0, 8)], format="~s")
    scale = alt.Scale(type="log")
    # Years of one forecaster stand above and below in turn, so that neighbours do not run into each other.
    ordered = units.sort_values(["who", "high", "year"], kind="stable")
    rows = ordered.assign(below=ordered.groupby("who").cumcount() % 2 == 1)
    base = (
        alt.Chart(rows)
        .transform_calculate(least="datum.low * kg / 1000", most="datum.high * kg / 1000", words="'' + datum.year")
        .encode(y=alt.Y("who:N", title=None, axis=alt.Axis(labelLimit=120)))
    )
    x = alt.X("most:Q", title=unit, scale=scale, axis=axis)
    shown = tooltip("who:N", "year:O", "low:Q:,.0f", "high:Q:,.0f", "least:Q:,.0f", "most:Q:,.0f")
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.5, color=PALETTE[0]).encode(
            x=alt.X("least:Q", title=unit, scale=scale, axis=axis), x2=alt.X2("most:Q")
        ),
        base.mark_point(size=60, color=PALETTE[0]).encode(x=x, tooltip=shown),
        base.transform_filter("!datum.below").mark_text(dy=-11, fontSize=10).encode(x=x, text=alt.Text("words:N")),
        base.transform_filter("datum.below").mark_text(dy=14, fontSize=10).encode(x=x, text=alt.Text("words:N")),
    ]
    if marks is not None and len(marks):
        rules = alt.Chart(marks).encode(x=alt.X("tonnes:Q", scale=scale))
        layers.append(rules.mark_rule(color=PALETTE[1], strokeDash=[4, 3]))
        names = rules.mark_text(align="right", baseline="bottom", color=PALETTE[1])
        layers.append(names.encode(y=alt.YValue(-4), text=alt.Text("what:N")))
    return alt.layer(*layers, height=alt.Step(38)).add_params(weight)
