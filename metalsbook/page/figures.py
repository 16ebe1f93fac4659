"""The strip of key figures at the head of a chapter: value, change, rank, basis, course and origin of each."""

from dataclasses import dataclass, field

import pandas as pd

from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import as_printed, percent, period_name
from metalsbook.page.tables import origin

_SPARK_WIDTH, _SPARK_HEIGHT = 120, 28


@dataclass
class KeyFigure:
    """One key figure.

    Attributes:
        label: What it is.
        value: The figure as shown, with its unit; empty shows the gap.
        period: When it is of, as shown.
        change: How it moved, as shown, e.g. "+5.4% on October".
        rank: Its place within the last twelve months, as shown.
        basis: Place, tax, source family: what it must not be compared across.
        origin: Where it stands printed (see `tables.origin`), or how it was computed.
        course: Figures of the last twelve months or quotes, oldest first, for the sparkline.
    """

    label: str
    value: str = ""
    period: str = ""
    change: str = ""
    rank: str = ""
    basis: str = ""
    origin: Html | None = None
    course: list[float] = field(default_factory=list)


def key_figures(figures: list[KeyFigure]) -> Html:
    """Return the strip of key figures; a figure without a value is shown as a gap, not left out."""
    cards = "\n".join(tag("li", _card(figure), class_="mb-figure") for figure in figures)
    text = "\n".join(f"{one.label}: {one.value or 'no figure'} {one.period} {one.change}".strip() for one in figures)
    return Html(tag("ul", cards, class_="mb-figures"), text)


def _card(figure: KeyFigure) -> str:
    value = escape(figure.value) if figure.value else tag("span", "no figure this month", class_="mb-missing")
    parts = [
        tag("span", escape(figure.label), class_="mb-label"),
        tag("strong", value, class_="mb-value"),
        tag("span", escape(figure.period), class_="mb-period") if figure.period else "",
        tag("span", escape(figure.change), class_="mb-change") if figure.change else "",
        tag("span", escape(figure.rank), class_="mb-rank") if figure.rank else "",
        sparkline(figure.course),
        tag("span", escape(figure.basis), class_="mb-basis") if figure.basis else "",
        figure.origin.markup if figure.origin else "",
    ]
    return "".join(parts)


def sparkline(course: list[float]) -> str:
    """Return a line without axes as SVG in the colour of the text; nothing for fewer than three figures.

    The figure itself, its change and its rank stand beside it in words, so it is hidden from screen readers.
    """
    values = [value for value in course if pd.notna(value)]
    if len(values) < 3:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1.0
    step = (_SPARK_WIDTH - 4) / (len(values) - 1)
    places = [
        (2 + index * step, _SPARK_HEIGHT - 3 - (value - low) / span * (_SPARK_HEIGHT - 6))
        for index, value in enumerate(values)
    ]
    line = tag(
        "polyline",
        "",
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in places),
        fill="none",
        stroke="currentColor",
        stroke_width="1.5",
    )
    dot = tag("circle", "", cx=f"{places[-1][0]:.1f}", cy=f"{places[-1][1]:.1f}", r="2.5", fill="currentColor")
    return tag(
        "svg",
        line + dot,
        viewBox=f"0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}",
        class_="mb-spark",
        aria_hidden="true",
        width=_SPARK_WIDTH,
        height=_SPARK_HEIGHT,
    )


def figure_of(edition, label: str, series: str, rows: pd.DataFrame, *, basis: str = "", against: str = "") -> KeyFigure:
    """Return the key figure of a series from its latest rows.

    Args:
        edition: The edition.
        label: What it is called.
        series: The series; its unit is shown.
        rows: Latest prints, oldest first, as `Edition.months`, `quotes` or `years` give them; the last is the figure.
        basis: Basis as shown; default the catalogue's place and basis.
        against: Name of what the change is against; default the period of the row before.
    """
    if not edition.has(series):
        return KeyFigure(label, basis=basis)
    spec = edition.spec(series)
    basis = basis or ", ".join(part for part in (spec["place"], spec["basis"]) if part)
    if rows.empty:
        return KeyFigure(label, basis=basis)
    last = rows.iloc[-1]
    change = ""
    if len(rows) > 1 and rows.iloc[-2]["value"] > 0:
        before = rows.iloc[-2]
        # A share or rate moves by percentage points; per cent of a per cent would mislead.
        moved = last["value"] - before["value"]
        said = f"{percent(moved)[:-1]} pp" if last["unit"] == "%" else percent(100 * moved / before["value"])
        change = f"{said} on {against or period_name(before['period'])}"
    return KeyFigure(
        label,
        as_printed(last),
        period_name(last["period"]),
        change,
        rank_words(rows["value"].tolist()[-12:]),
        basis,
        origin(edition, last),
        rows["value"].tolist()[-24:],
    )


def rank_words(values: list[float]) -> str:
    """Return the place of the last of up to twelve figures, e.g. "3rd highest of 12"; empty for fewer than three."""
    if len(values) < 3:
        return ""
    *others, last = values
    above, below = sum(value > last for value in others), sum(value < last for value in others)
    level = "level with the " * (above + below < len(others))
    if above == 0:
        return f"{level}highest of {len(values)}" if below else f"level with all of {len(values)}"
    if below == 0:
        return f"{level}lowest of {len(values)}"
    return f"{ordinal(above + 1)} highest of {len(values)}"


def ordinal(place: int) -> str:
    """Return "1st", "2nd", "3rd", "4th", ..., "11th"."""
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
