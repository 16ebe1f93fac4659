"""Key figures at the head of a page: value, change, place among twelve months, course and origin of each series."""

import pandas as pd

from metalsbook.names import told_name
from metalsbook.page.facts.series import facts_of
from metalsbook.page.narrative import Html, escape, link, tag
from metalsbook.page.tables import origin
from metalsbook.page.words import say_line

MONTHS_IN_LINE = 13
_SPARK_WIDTH, _SPARK_HEIGHT = 120, 28


def key_figures(edition, series: dict[str, str]) -> Html:
    """Return the strip of key figures of series by what each is called; one without a figure this month is a gap."""
    cards = [_card(edition, label, name) for label, name in series.items()]
    markup = "\n".join(tag("li", card.markup, class_="mb-figure") for card in cards)
    return Html(tag("ul", markup, class_="mb-figures"), "\n".join(card.text for card in cards))


def _card(edition, label: str, series: str) -> Html:
    facts = facts_of(edition, series)
    value, change, place = (say_line(f"shared/card_{part}", **facts) for part in ("value", "change", "place"))
    shown = escape(value) if facts["now"] or facts["implied"] else tag("span", escape(value), class_="mb-missing")
    lines = [
        tag("span", escape(label), class_="mb-label"),
        tag("strong", shown, class_="mb-value"),
        tag("span", escape(change), class_="mb-change") if change else "",
        tag("span", escape(place), class_="mb-rank") if place else "",
        sparkline(edition.months(series, MONTHS_IN_LINE)["best"].tolist()),
        source_of_month(edition, series, facts).markup,
        basis_of(edition, series),
    ]
    return Html("".join(lines), f"{label}: {value} {change}".strip())


def basis_of(edition, series: str) -> str:
    """Return what a price must not be compared across (place, grade, tax), folded; "" for a flow."""
    if not edition.has(series) or (spec := edition.spec(series))["kind"] != "price":
        return ""
    parts = [spec[name] for name in ("place", "grade", "basis") if spec[name] not in ("", "not stated")]
    said = tag("summary", "Basis") + tag("span", escape(", ".join(parts)))
    return tag("details", said, class_="mb-origin") if parts else ""


def source_of_month(edition, series: str, facts: dict) -> Html:
    """Return where a month's figure comes from, folded: its print, the quotes of its mean, or how it is derived."""
    if facts["now"] is None:
        return Html("")
    if facts["n_quotes"]:
        quotes = edition.counted_quotes(series)
        quotes = quotes[quotes["period"].str.startswith(edition.month)]
        points = "".join(tag("li", _quote(edition, row)) for _, row in quotes.iterrows())
        names = ", ".join(quotes["source"].map(edition.publishers).map(told_name).unique())
        said = say_line("shared/origin_quotes", n=len(quotes), who=names)
        return Html(tag("details", tag("summary", escape(said)) + tag("ul", points), class_="mb-origin"), said)
    printed = edition.figure(series)
    if printed is not None:
        return origin(edition, printed)
    said = say_line("shared/origin_derived", who=facts["who"])
    return Html(tag("span", escape(said), class_="mb-basis"), said)


def _quote(edition, row: pd.Series) -> str:
    address = edition.pages[row["source"]]["url"]
    return f"{link(address, row['period'])} {escape(row['stated'])} {tag('code', escape(row['statement']))}"


def sparkline(course: list[float]) -> str:
    """Return a line without axes as SVG in the colour of the text, a month unknown as a gap; "" for few figures.

    The figure itself, its change and its rank stand beside it in words, so it is hidden from screen readers.
    """
    values = pd.Series(course, dtype=float).dropna()
    if len(values) < 3:
        return ""
    low, span = values.min(), (values.max() - values.min()) or 1.0
    step = (_SPARK_WIDTH - 5) / (len(course) - 1)
    path, x, y = "", 0.0, 0.0
    for place, value in values.items():
        x, y = 2 + place * step, _SPARK_HEIGHT - 3 - (value - low) / span * (_SPARK_HEIGHT - 6)
        # A line of no length: with round ends, a month between two gaps is a dot.
        path += f"L{x:.1f} {y:.1f}" if place - 1 in values.index else f"M{x:.1f} {y:.1f}h0"
    line = tag("path", "", d=path, fill="none", stroke="currentColor", stroke_width="1.5", stroke_linecap="round")
    dot = tag("circle", "", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.5", fill="currentColor")
    size = {"viewBox": f"0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}", "class_": "mb-spark", "aria_hidden": "true"}
    return tag("svg", line + dot, **size, width=_SPARK_WIDTH, height=_SPARK_HEIGHT)
