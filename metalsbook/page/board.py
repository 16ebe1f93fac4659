"""Key figures at the head of a page, and the month's table: what some series say of a month, in one row each.

A figure of the table is a `data` element: its text is rounded as readers want it, its `value` is the whole number that
"Copy for Excel" puts on the clipboard (static/copy.js).
"""

from collections.abc import Mapping

import pandas as pd

from metalsbook.analysis.intervals import Interval, change_pct, total
from metalsbook.months import month_range, step_month
from metalsbook.names import told_name
from metalsbook.page.facts.series import facts_of, interval_of
from metalsbook.page.narrative import Html, escape, folded, link, tag
from metalsbook.page.tables import origin, table
from metalsbook.page.words import points, rate, say_line, whole

MONTHS_IN_LINE = 13
_SPARK_WIDTH, _SPARK_HEIGHT = 120, 28
UNITS = {"unit": "units"}
_TAKEN = {
    "Workbook (Excel)": "data/strategic-metals-{}.xlsx",
    "Two-page brief (PDF)": "data/brief-{}.pdf",
    "Brief for an e-mail (text)": "data/brief-{}.txt",
    "Explorer of all series": "explorer.html",
}
"""What the site offers to take along: see `metalsbook.downloads.files`."""


def key_figures(edition, series: dict[str, str]) -> Html:
    """Return the strip of key figures of series by what each is called; one without a figure this month is a gap."""
    cards, texts = [], []
    for label, name in series.items():
        facts = facts_of(edition, name)
        value, change, place = (say_line(f"shared/card_{part}", **facts) for part in ("value", "change", "place"))
        shown = escape(value) if facts["now"] else tag("span", escape(value), class_="mb-missing")
        lines = [
            tag("span", escape(label), class_="mb-label"),
            tag("strong", shown, class_="mb-value"),
            tag("span", escape(change), class_="mb-change") if change else "",
            tag("span", escape(place), class_="mb-rank") if place else "",
            sparkline(edition.months(name, MONTHS_IN_LINE)["best"].tolist()),
            _source_of_month(edition, name, facts),
            _basis_of(edition, name),
        ]
        cards.append(tag("li", "".join(lines), class_="mb-figure"))
        texts.append(f"{label}: {value} {change}".strip())
    return Html(tag("ul", "\n".join(cards), class_="mb-figures"), "\n".join(texts))


def _basis_of(edition, series: str) -> str:
    """Return what a price must not be compared across (place, grade, tax), folded; "" for a flow."""
    spec = edition.spec(series) if edition.has(series) else {"kind": ""}
    named = [spec[name] for name in ("place", "grade", "basis") if spec["kind"] == "price"]
    parts = escape(", ".join(part for part in named if part not in ("", "not stated")))
    return tag("details", tag("summary", "Basis") + tag("span", parts), class_="mb-origin") if parts else ""


def _source_of_month(edition, series: str, facts: Mapping) -> str:
    """Return where a month's figure comes from, folded: its print, the quotes of its mean, or how it is derived."""
    if facts["now"] is None:
        return ""
    if facts["n_quotes"]:
        quotes = edition.counted_quotes(series)
        quotes = quotes[quotes["period"].str.startswith(edition.month)]
        listed = "".join(
            tag("li", f"{link(url, row['period'])} {escape(row['stated'])} {tag('code', escape(row['statement']))}")
            for url, (_, row) in zip(quotes["source"].map(edition.pages).str["url"], quotes.iterrows(), strict=True)
        )
        names = ", ".join(quotes["source"].map(edition.publishers).map(told_name).unique())
        said = say_line("shared/origin_quotes", n=len(quotes), who=names)
        return tag("details", tag("summary", escape(said)) + tag("ul", listed), class_="mb-origin")
    if printed := edition.figure(series):
        return origin(edition, printed).markup
    return tag("span", escape(say_line("shared/origin_derived", who=facts["who"])), class_="mb-basis")


def sparkline(course: list[float]) -> str:
    """Return a line without axes as SVG in the colour of the text, a month unknown as a gap; "" for few figures.

    The figure itself, its change and its rank stand beside it in words, so it is hidden from screen readers.
    """
    values = pd.Series(course, dtype=float).dropna()
    if len(values) < 3:
        return ""
    down = (values - values.min()) / ((values.max() - values.min()) or 1.0) * (_SPARK_HEIGHT - 6)
    across = 2 + values.index * (_SPARK_WIDTH - 5) / (len(course) - 1)
    points = list(zip(across, _SPARK_HEIGHT - 3 - down, values.index.diff() == 1, strict=True))
    # A line of no length: with round ends, a month between two gaps is a dot.
    path = "".join(f"L{x:.1f} {y:.1f}" if joined else f"M{x:.1f} {y:.1f}h0" for x, y, joined in points)
    x, y, _ = points[-1]
    line = tag("path", "", d=path, fill="none", stroke="currentColor", stroke_width="1.5", stroke_linecap="round")
    dot = tag("circle", "", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.5", fill="currentColor")
    size = {"viewBox": f"0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}", "class_": "mb-spark", "aria_hidden": "true"}
    return tag("svg", line + dot, **size, width=_SPARK_WIDTH, height=_SPARK_HEIGHT)


def board(edition, series: dict[str, str], caption: str) -> Html:
    """Return the table of `board_rows`, and under it, folded, the same series with 13 months side by side."""
    rows = board_rows(edition, series)
    shown = pd.DataFrame(
        {
            "Series": [_name(edition, row) for row in rows],
            "Month": [period_short(row["month"]) for row in rows],
            "Latest": [_figure(row["latest"], loose=_loose(row, row["latest"])) for row in rows],
            "Unit": [UNITS.get(row["unit"], row["unit"]) for row in rows],
            "m/m, %": [_rate(row["mom"], row["unit"]) for row in rows],
            "y/y, %": [_rate(row["yoy"], row["unit"]) for row in rows],
            "YTD": [_figure(row["ytd"]) for row in rows],
            "YTD y/y, %": [_rate(row["ytd_yoy"]) for row in rows],
            "Status": [_status(edition, row) for row in rows],
            f"{MONTHS_IN_LINE} months": [Html(sparkline(row["course"]["best"].tolist())) for row in rows],
        }
    )
    wide = pd.DataFrame([_months(edition, row) for row in rows])
    beside = table(wide, f"{caption.split(';')[0]}, {MONTHS_IN_LINE} months", css="mb-copied mb-months")
    month = table(shown, caption, css="mb-copied mb-board")
    links = " · ".join(tag("a", name, href=to.format(edition.month)) for name, to in _TAKEN.items())
    return Html(tag("p", links, class_="mb-say")) + month + folded(f"{MONTHS_IN_LINE} months side by side", beside)


def explorer() -> Html:
    """Return the place in which the site puts the explorer (static/explorer.js)."""
    without = "The explorer needs JavaScript in the site. Its figures are in the workbook and among the downloads."
    return Html(tag("div", tag("p", escape(without), class_="no-script"), id="explore", class_="mb-explorer"), without)


def board_rows(edition, series: dict[str, str]) -> list[dict[str, object]]:
    """Return the month's figures of some series by what each is called, none of those that the edition does not know.

    Returns:
        For each `facts_of`; name, series; month ("YYYY-MM" of the latest figure, "" without one) and latest (`Interval`
        or None); mom, yoy (per cent; of a series in per cent, points), ytd_yoy and ytd (`Interval` or None); status as
        readers read it, course (`Edition.months` of 13) and printed (all levels).
    """
    return [_row(edition, name, one) for name, one in series.items() if edition.has(one)]


def _row(edition, name: str, series: str) -> dict[str, object]:
    facts, rows = facts_of(edition, series), edition.months(series, 36)
    month, figures = facts["last"] or "", facts["figures"]
    # A row speaks of one month; but January to February, printed without a February, stands beside the December.
    told = facts["told"] | ({"mom": None, "yoy": None} if facts["together"] else {})
    changes = told | {"ytd": None, "ytd_yoy": None}
    if facts["unit"] == "%" and month:
        now, *earlier = (figures.get(step_month(month, back)) for back in (0, -1, -12))
        changes["mom"], changes["yoy"] = (now - then if now and then else None for then in earlier)
    if facts["kind"] == "flow" and (month or facts["together"]):
        changes["ytd"], changes["ytd_yoy"] = year_to_date(figures, told, facts["told_month"])
    status = say_line("shared/status", **facts)
    if month not in (facts["month"], ""):
        status = "published" if rows["status"][rows["best"].notna()].iloc[-1] == "reported" else "derived"
    own = {"name": name, "series": series, "month": month, "latest": facts["last_figure"], "status": status}
    course, printed = rows.tail(MONTHS_IN_LINE), set(edition.prints(series)["value"])
    return facts | changes | own | {"course": course, "printed": printed}


def year_to_date(figures: dict[str, Interval], changes: dict, month: str) -> tuple[Interval | None, Interval | None]:
    """Return a flow's total from January to a month and its change on a year: as published, else the months' sum."""
    ends = (month, step_month(month, -12))
    spans = [[figures.get(each) for each in month_range(f"{end[:4]}-01", end)] for end in ends]
    now, before = (total(known) if all(known) else None for known in spans)
    ytd, change = changes["ytd"] or now, changes["ytd_yoy"]
    if change is None and ytd and before and before.low > 0:
        change = change_pct(ytd, before)
    return ytd, change


def period_short(month: str) -> str:
    """Return "Nov 25" for "2025-11"."""
    return pd.Timestamp(month).strftime("%b %y") if month else ""


def _value(value: float, text: str, css: str = "") -> Html:
    return Html(tag("data", escape(text), value=f"{value:.10g}", class_=css), text)


def _figure(figure: Interval | None, css: str = "", loose: bool = False) -> Html | str:
    """Return a figure as a cell; a `loose` one, a flow that nobody printed, no finer than its range."""
    if figure is None:
        return ""
    size = abs(figure.best)
    digits = 0 if size >= 1000 or figure.best == round(figure.best) else 1 if size >= 100 else 2
    return _value(figure.best, whole(figure) if loose else f"{figure.best:,.{digits}f}", css)


def rate_words(change: Interval, unit: str = "") -> str:
    """Return a change; of a series in per cent it is one in percentage points, and says so."""
    return points(change.best) if unit == "%" else rate(change.best).removesuffix("%")


def _rate(change: Interval | None, unit: str = "") -> Html | str:
    return "" if change is None else _value(change.best, rate_words(change, unit))


def _name(edition, row: dict) -> Html:
    spec = edition.spec(row["series"])
    basis = ", ".join(filter(None, spec[["place", "basis"]])) if spec["kind"] == "price" else ""
    return Html(tag("a", escape(row["name"]), href=f"{spec['chapter']}.html", title=basis), row["name"])


def _status(edition, row: dict) -> Html:
    """Return how the latest figure is known, and behind it where it comes from."""
    said, asked = row["status"], row["month"] and not row["n_quotes"]
    if asked and (printed := edition.figure(row["series"], period=row["month"])):
        return origin(edition, printed, said)
    place = f"data_catalogue.html#series-{row['series'].replace('.', '-')}"
    return Html(tag("a", escape(said), href=place, title=row["who"] or ""), said)


def _loose(row: dict, figure: Interval | None) -> bool:
    return row["kind"] == "flow" and figure is not None and figure.best not in row["printed"]


def _months(edition, row: dict) -> dict[str, object]:
    """Return a row of the months side by side; what no source published is told apart."""
    cells = {"Series": _name(edition, row), "Unit": UNITS.get(row["unit"], row["unit"])}
    for _, known in row["course"].iterrows():
        figure = interval_of(known) if pd.notna(known["best"]) else None
        css = "" if known["status"] == "reported" else "mb-derived"
        cells[known["month"].strftime("%b %y")] = _figure(figure, css, _loose(row, figure))
    return cells
