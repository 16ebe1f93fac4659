"""Charts of the downstream chapter: each takes a frame and returns a chart to be finished by `charts.show`."""

import altair as alt
import pandas as pd

from metalsbook.page import charts
from metalsbook.page.narrative import thousands
from metalsbook.page.range_charts import labelled_spans, marked, rounded
from metalsbook.page.scenario_charts import slider
from metalsbook.page.theme import CELL_INK, INK, MUTED, PALETTE, either

GROWTH_LIMIT_PCT = 50
"""Growth beyond this has the colour of this: one end use that doubles would bleach all others."""


def draw_counts(frame: pd.DataFrame):
    """Return counts in millions, one line for each `who`; implied months are open diamonds with their interval."""
    names = ["value", "bound_low", "bound_high"]
    rows = frame.assign(**{name: (frame[name] / 1e6).round(4) for name in names})
    return _lines_with_implied(rows.rename(columns={"bound_low": "low", "bound_high": "high"}), "million")


def draw_shares(frame: pd.DataFrame):
    """Return shares in per cent, one line for each `who`; those that rest on an implied month are open diamonds."""
    return _lines_with_implied(rounded(frame, 2), "%")


def _lines_with_implied(frame: pd.DataFrame, unit: str):
    known = ["printed", "implied"]
    rows = frame.assign(basis=frame["source"].ne("").map({True: "printed", False: "implied"}))
    base = alt.Chart(rows[["date", "period", "value", "low", "high", "who", "basis"]]).encode(
        x=charts.time_axis(),
        y=charts.value_axis(title=unit),
        color=alt.Color("who:N", title=None, sort=None),
        # All layers have the dashes, or the legend would stand twice.
        strokeDash=alt.StrokeDash("who:N", title=None, sort=None),
    )
    shown = charts.tooltip("who:N", "period:N", "value:Q", "low:Q", "high:Q", "basis:N")
    lines = base.mark_line()
    printed = base.transform_filter("datum.basis == 'printed'").mark_point(size=22, filled=True, opacity=1)
    implied = base.transform_filter("datum.basis == 'implied'").mark_point(size=44, shape="diamond", filled=False)
    bars = (
        base.transform_filter("datum.basis == 'implied'")
        .mark_rule(strokeWidth=4, opacity=0.5)
        .encode(y=charts.value_axis("low", unit), y2=alt.Y2("high:Q"))
    )
    layers = [lines, printed.encode(tooltip=shown)]
    return alt.layer(*layers, *([bars, implied.encode(tooltip=shown)] if (rows["basis"] == known[1]).any() else []))


def with_events(edition, draw, topic: str = "downstream"):
    """Return a function that draws a time chart with `draw` and marks the events of a topic on it."""
    return marked(edition, draw, topic)


def draw_growth(frame: pd.DataFrame):
    """Return growth by end use and month as a grid; the letters of a cell tell its basis."""
    scale = alt.Scale(
        scheme="blueorange", reverse=True, clamp=True, domainMid=0, domain=[-GROWTH_LIMIT_PCT, GROWTH_LIMIT_PCT]
    )
    columns = ["use", "period", "value", "measure", "basis", "text"]
    base = alt.Chart(frame[columns]).encode(
        x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=-60)),
        y=alt.Y("use:N", title=None, sort=None),
    )
    cells = base.mark_rect().encode(
        color=alt.Color("value:Q", title="% on the year", scale=scale),
        tooltip=charts.tooltip("use:N", "period:N", "value:Q", "measure:N", "basis:N"),
    )
    text = base.mark_text(fontSize=9).encode(
        text=alt.Text("text:N"),
        color=either(alt.ColorValue, f"abs(datum.value) > {0.6 * GROWTH_LIMIT_PCT}", "#ffffff", CELL_INK),
    )
    return cells + text


def draw_steel(frame: pd.DataFrame):
    """Return reconciled months of crude steel in million tonnes."""
    return charts.interval_months(rounded(frame, 3), "million t")


def draw_tonnages(frame: pd.DataFrame):
    """Return tonnages as spans, each with its name above it; implied and stated ones in different colours."""
    return labelled_spans(frame, "what", "t", "kind")


def draw_loops(frame: pd.DataFrame):
    """Return the tonnages of the loops as spans, each with its name above it."""
    return labelled_spans(frame, "what", "t")


def spans_alt(frame: pd.DataFrame) -> str:
    """Return the text alternative of named spans: each with its ends."""
    told = []
    for _, row in frame.iterrows():
        low, high = thousands(row["low"]), thousands(row["high"], "t")
        told.append(f"{row['what']}: {high if row['low'] == row['high'] else f'{low} to {high}'}")
    return "; ".join(told) + "."


def demand_scenario(start: pd.DataFrame, marks: pd.DataFrame):
    """Return the metal in a year's vehicles as bars, with sliders for vehicles and for weights.

    Args:
        start: Column value, index: `nev` and `other` (million vehicles), `mg_nev`, `mg_other`, `ndfeb` (kg in each).
        marks: Columns metal ("magnesium" or "NdFeB"), what, tonnes: totals to compare with.
    """
    first = start["value"].to_dict()
    sliders = [
        slider("nev", "New-energy vehicles, million", 0, 40, 0.5, first["nev"]),
        slider("other", "Other vehicles, million", 0, 40, 0.5, first["other"]),
        slider("mg_nev", "Magnesium in a new-energy vehicle, kg", 0, 60, 1, first["mg_nev"]),
        slider("mg_other", "Magnesium in another vehicle, kg", 0, 60, 1, first["mg_other"]),
        slider("ndfeb", "NdFeB magnets in a new-energy vehicle, kg", 0, 10, 0.1, first["ndfeb"]),
    ]
    # Million vehicles times kilograms are thousand tonnes.
    parts = pd.DataFrame(
        {
            "metal": ["magnesium", "magnesium", "NdFeB"],
            "vehicles": ["new-energy", "other", "new-energy"],
            "kind": [0, 1, 2],
        }
    )
    bars = (
        alt.Chart(parts)
        .transform_calculate(kt="datum.kind == 0 ? nev * mg_nev : datum.kind == 1 ? other * mg_other : nev * ndfeb")
        .mark_bar(size=24)
        .encode(
            y=alt.Y("metal:N", title=None, sort=None),
            x=alt.X("kt:Q", title="thousand t a year", stack=True),
            color=alt.Color("vehicles:N", title=None, sort=None, scale=alt.Scale(range=PALETTE[:2])),
            order=alt.Order("kind:Q"),
            tooltip=charts.tooltip("metal:N", "vehicles:N", "kt:Q:,.1f"),
        )
    )
    totals = (
        alt.Chart(parts)
        .transform_calculate(kt="datum.kind == 0 ? nev * mg_nev : datum.kind == 1 ? other * mg_other : nev * ndfeb")
        .transform_aggregate(kt="sum(kt)", groupby=["metal"])
        .transform_calculate(words="format(datum.kt, ',.0f')")
        .mark_text(align="left", dx=5)
        .encode(y=alt.Y("metal:N", sort=None), x=alt.X("kt:Q"), text=alt.Text("words:N"))
    )
    layers = [bars, totals]
    if len(marks):
        base = alt.Chart(marks.assign(kt=(marks["tonnes"] / 1000).round(1))).encode(
            y=alt.Y("metal:N", sort=None), x=alt.X("kt:Q"), tooltip=charts.tooltip("what:N", "kt:Q")
        )
        layers.append(base.mark_tick(color=INK, thickness=2, size=34))
        layers.append(base.mark_text(align="right", dx=4, dy=-24, color=MUTED).encode(text=alt.Text("what:N")))
    return alt.layer(*layers).add_params(*sliders)
