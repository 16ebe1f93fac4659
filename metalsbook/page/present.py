"""`show`: a chart of a cell finished for a page.

From the rows behind a chart come its source line, its text alternative, the data that a reader can download, and the
note that stands in its place where none of them is known.
"""

import textwrap

import altair as alt
import pandas as pd

from metalsbook.months import period_end
from metalsbook.page.narrative import Html, gap, join_words, most_frequent, number, period_name
from metalsbook.page.theme import HEIGHT, MUTED, WIDTH, FinishedChart, month_axis

MOST_LABELS = 5
"""Events that are labelled in a chart; of more, each is only marked and tells itself when it is pointed at."""
_LINE, _TITLE_LINE = 90, 64
_APART = 0.01
"""Ends of a figure that lie closer than this part of it are told as one."""
_INSIDE = (
    "bound bound_high bound_low corrected factor measure measure_as_printed n_quotes published_basis qualifier "
    "resolution series_as_printed statement topic vintage_from"
).split()
"""Columns of a statement that say how the method reads it; the edition's downloads have them."""
_KEPT = ("month", "date", "period", "best", "low", "high", "likely_low", "likely_high", "status", "unit", "series")


def show(
    chart: alt.TopLevelMixin,
    *,
    rows: pd.DataFrame,
    title: str,
    unit: str,
    events: pd.DataFrame | None = None,
    source: str = "",
    alt_text: str = "",
    missing: str = "",
    height: int | alt.Step = HEIGHT,
    bands: bool = True,
    still: bool = False,
) -> FinishedChart | Html:
    """Return a chart as a page shows it, or a note in its place where no row has a figure.

    Args:
        chart: One view, layered or not. It is finished in place.
        rows: The figures that it draws, which a reader downloads: `best` or `value`, `month` or `date` where there is
            one, `who` says so, `unit`, `low` and `high`, `status`; other columns tell the rows apart.
        title: The finding.
        unit: Unit and basis of what is drawn, e.g. "t a month; dashed: average of the year before".
        events: Rows of `Edition.events`; those within the time that is drawn are marked.
        source: Who says so, where `rows` has no column `who`.
        alt_text: What a reader would see; default how each of the series runs.
        missing: What is said in the place of an empty chart; default that no figure is known.
        height: Height of the plot in pixels, or of each of its rows.
        bands: Whether months without a figure keep their place on the axis; not where years are laid over one another.
        still: Whether the site shows the picture alone, which tells as much and loads at once.

    Raises:
        ValueError: If `rows` has no column of figures, or nobody says who published them.
    """
    rows = rows if "best" in rows else rows.rename(columns={"value": "best"})
    if "best" not in rows or not ("who" in rows or source):
        raise ValueError(f"{title}: rows need the column best or value, and who (or give source=)")
    known = rows.dropna(subset=["best"])
    if known.empty:
        return gap(missing or f"{title}. We hold no figure for this chart.")
    when = _time_of(rows)
    if when and known[when].nunique() == 1:
        return gap(f"{title}. We hold one {when if when == 'month' else 'day'} only, too few for a chart.")
    if "month" in rows and bands:
        # Nothing to see, so that a month without a figure keeps its place on the axis.
        months = pd.DataFrame({"month": pd.date_range(known["month"].min(), rows["month"].max(), freq="MS")})
        chart = alt.layer(alt.Chart(months).mark_tick(opacity=0).encode(x=month_axis()), chart)
    tables = [{"label": "Data", "data": {"values": data_rows(rows)}}]
    described = alt_text or describe(known)
    if events is not None:
        first, last = rows[when].min(), rows[when].max()
        events = events[events["date"].str[:7].between(f"{first:%Y-%m}", f"{last:%Y-%m}")]
    if events is not None and len(events):
        marks = _event_marks(events, first + (last - first) / 2, by_month=when == "month")
        # The legend stands above the words of the events.
        chart = alt.layer(chart, marks).configure_legend(offset=46)
        told = events[["date", "topic", "what", "who"]].rename(columns={"who": "source"})
        tables.append({"label": "Events", "data": {"values": told.to_dict("records")}})
        named = [f"{period_name(row['date'])} {row['topic']}" for row in told.head(MOST_LABELS).to_dict("records")]
        described += "" if alt_text else f" Events marked: {join_words(named)}."
    source = source or most_frequent(name for names in known["who"].dropna() for name in str(names).split(", ") if name)
    below = [*textwrap.wrap(unit, _LINE), *textwrap.wrap(f"Source: {source}", _LINE)]
    chart.title = alt.TitleParams(text=textwrap.wrap(title, _TITLE_LINE), subtitle=below)
    chart.description = described
    chart.usermeta = {"source": source, "tables": tables} | ({"still": True} if still else {})
    chart.width, chart.height = WIDTH, height
    return FinishedChart(chart)


def data_rows(rows: pd.DataFrame) -> list[dict]:
    """Return the rows behind a chart as a reader downloads them: what, when, `figure`, ends, status, unit, source."""
    last = [*_KEPT, "who", "stated", "published"]
    first = [name for name in rows if name not in (*last, *_INSIDE, "source")]
    table = rows[[*first, *(name for name in last if name in rows)]].copy()
    for name in table.columns[table.dtypes.map(lambda kind: kind.kind == "M")]:
        table[name] = table[name].dt.strftime("%Y-%m" if name == "month" else "%Y-%m-%d")
    for name in table.columns[table.dtypes.map(lambda kind: kind.kind == "f")]:
        table[name] = [None if pd.isna(value) else float(f"{value:.7g}") for value in table[name]]
    table = table.rename(columns={"best": "figure", "who": "source"}).astype(object)
    return table.where(table.notna(), None).to_dict("records")


def describe(rows: pd.DataFrame) -> str:
    """Return what a chart shows as text: of a course its ends and extremes, of a comparison every figure."""
    when = _time_of(rows)
    groups = rows.groupby("name", sort=False) if "name" in rows else [("", rows)]
    if when is None:
        label = next(name for name in rows if name not in _KEPT)
        return "; ".join(f"{row[label]} {_told(row)}" for _, row in rows.iterrows()) + "."
    form, joint = ("%Y-%m", "in") if when == "month" else ("%Y-%m-%d", "on")
    courses = []
    for name, course in groups:
        course = course.sort_values(when)
        values, lead = course["best"].to_numpy(), f"{name}: " if name else ""
        marked = (course.iloc[place] for place in (0, -1, values.argmin(), values.argmax()))
        first, last, least, most = (f"{_told(row)} {joint} {period_name(row[when].strftime(form))}" for row in marked)
        course = f"from {first} to {last}; lowest {least}, highest {most}" if len(values) > 1 else first
        courses.append(f"{lead}{course}.")
    return " ".join(courses)


def _told(row: pd.Series) -> str:
    """Return the figure of a row; of a comparison both ends, where they lie apart."""
    ends = [] if "month" in row or "date" in row else [row.get(end, row["best"]) for end in ("low", "high")]
    apart = len(ends) == 2 and pd.notna(ends).all() and ends[1] - ends[0] > _APART * abs(ends[1])
    values = [float(f"{value:.5g}") for value in (ends if apart else [row["best"]])]
    unit = str(row.get("unit", ""))
    shown = [number(value, "" if apart else unit, 1.0 if value == round(value) else None) for value in values]
    return f"{' to '.join(shown)} {unit}".rstrip() if apart else shown[0]


def _time_of(rows: pd.DataFrame) -> str | None:
    return next((name for name in ("month", "date") if name in rows), None)


def _event_marks(events: pd.DataFrame, middle: pd.Timestamp, by_month: bool) -> alt.LayerChart:
    """Return events as marks above the plot: wide enough for a finger, a few of them with their topic in words."""
    when = pd.to_datetime(events["date"].str[:7] if by_month else events["date"], format="mixed")
    shown = events[["date", "topic", "what", "who"]].assign(
        when=when,
        happened=events["date"].map(period_name),
        lane=[-16 - 14 * (place % 2) for place in range(len(events))],
        late=when > middle,
    )
    x = alt.X("yearmonth(when):O", title=None) if by_month else alt.X("when:T", title=None)
    told = {"happened": "date", "what": "what happened", "who": "source"}
    base = alt.Chart(shown).encode(x=x, tooltip=[alt.Tooltip(f"{name}:N", title=title) for name, title in told.items()])
    lane = alt.Y("lane:Q", axis=None, scale=None)
    # The clear stroke widens what can be pointed at.
    mark = {"shape": "triangle-down", "size": 70, "color": MUTED, "opacity": 1}
    layers = [base.mark_point(**mark, stroke="transparent", strokeWidth=16).encode(y=lane)]
    if not by_month:
        days = base.transform_filter("length(datum.date) == 10")
        layers.insert(0, days.mark_rule(strokeDash=[2, 3], opacity=0.6, strokeWidth=1))
        spans = shown[shown["date"].str.len() == 7]
        if len(spans):
            # A rule at the start of a month would name a day that no source names.
            ends = alt.Chart(spans.assign(until=pd.to_datetime(spans["date"].map(period_end))))
            layers.append(ends.mark_rule(strokeWidth=4, opacity=0.5).encode(x="when:T", x2="until:T", y=lane))
    if len(shown) <= MOST_LABELS:
        # Words of late events run to the left: at the right edge they would leave the drawing.
        for align, dx, test in (("left", 8, "!datum.late"), ("right", -8, "datum.late")):
            words = base.transform_filter(test).mark_text(align=align, dx=dx, color=MUTED, fontSize=11)
            layers.append(words.encode(y=lane, text="topic:N"))
    return alt.layer(*layers)
