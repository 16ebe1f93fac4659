"""What the lessons and the page on the method share: single statements, what their digits leave, and ways compared.

A lesson is run for a month of its own (tag `own-month`) and reads the snapshot alone: no verdict, no solved month. What
it concludes it computes before the reader's eyes, in steps that a pencil can follow.
"""

import math
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from metalsbook.analysis.intervals import Interval
from metalsbook.errors import SnapshotError
from metalsbook.ledger.figures import read_figure
from metalsbook.page.clash_words import sum_lines
from metalsbook.page.facts.series import printed_of
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import MINUS, number, percent, period_name
from metalsbook.page.present import show
from metalsbook.page.tables import origin, table, who_printed
from metalsbook.page.theme import PALETTE

if TYPE_CHECKING:
    # Only a page that solves needs the solver.
    from metalsbook.analysis.reconcile import Reconciliation

MEASURES = {
    "level": "{period}",
    "ytd": "January to {period}",
    "mom": "{period}, change on the month before",
    "yoy": "{period}, change on the year before",
    "ytd_yoy": "January to {period}, change on the year before",
    "mean3": "mean of three months to {period}",
    "dod": "{period}, change on the day before",
}
"""How a statement's measure and period are written; a measure that is not here stands by its own name."""
_ROW_PX = 38
_FINE = 0.0005
"""Below this share of the figure its uncertainty is smaller than what a reader would ask for."""


def own_snapshot(edition) -> Html:
    """Return the line that says for which snapshot this page is run, whatever edition it stands in."""
    text = (
        f"Run for its own snapshot in every edition of the book: {period_name(edition.month)}, "
        f"figures published by {period_name(edition.cut_off)}, content {edition.snapshot_id[:12]}."
    )
    return Html(tag("p", escape(text), class_="mb-say"), text)


def pick(edition, series: str, measure: str, period: str, source: str = "") -> pd.Series:
    """Return one statement: the finest print of the latest day, or that of a source.

    Args:
        edition: The edition.
        series: The series.
        measure: The measure.
        period: The period.
        source: Id of the source, where it must be this one.

    Raises:
        SnapshotError: If the snapshot has no such statement.
    """
    rows = edition.prints(series, measure, period)
    rows = rows[rows["source"] == source] if source else rows
    if rows.empty:
        by = f" by '{source}'" if source else ""
        raise SnapshotError(f"The snapshot {edition.month} has no {measure} of '{series}' in {period}{by}")
    return rows.iloc[-1]


def claim(edition, name: str) -> pd.Series:
    """Return a claim as its note prints it, without a verdict.

    Raises:
        SnapshotError: If the snapshot has no claim of that id.
    """
    rows = edition.printed_claims[edition.printed_claims["claim"] == name]
    if rows.empty:
        raise SnapshotError(f"The snapshot {edition.month} has no claim '{name}'")
    return rows.iloc[0]


def claims_table(edition, names: list[str], caption: str) -> Html:
    """Return claims as their note prints them: what is said, and the printed figure."""
    rows = [claim(edition, name) for name in names]
    return table(pd.DataFrame([{"It says": row["statement"], "Printed": row["printed"]} for row in rows]), caption)


def claimed_interval(row: pd.Series) -> Interval:
    """Return the interval that the printed figure of a claim leaves; of a change, in per cent."""
    measure = row["measure"] if row["unit"] != "%" or row["measure"] not in ("level", "ytd") else "yoy"
    figure = read_figure(row["printed"], row["unit"], measure)
    return Interval(figure.bound_low, figure.bound_high, figure.value)


def rows_table(edition, rows: list[pd.Series], caption: str) -> Html:
    """Return statements as a table: what each is of, what is printed, what the digits leave, and its origin."""
    shown = [
        {
            "What": what(edition, row),
            "Printed": row["stated"],
            "Leaves": interval_words(row),
            "Origin": origin(edition, row),
        }
        for row in rows
    ]
    return table(pd.DataFrame(shown), caption)


def publishers(edition, rows: list[pd.Series] | pd.DataFrame) -> str:
    """Return who printed statements, for the line below a chart."""
    return who_printed(edition, pd.DataFrame(rows))


def what(edition, row: pd.Series) -> str:
    """Return what a statement is of: "Magnesium exports, China, all products: November 2025, change on ..."."""
    form = MEASURES.get(row["measure"], f"{{period}}, {row['measure']}")
    return f"{edition.spec(row['series'])['title']}: {form.format(period=period_name(row['period']))}"


def interval_words(row: pd.Series) -> str:
    """Return the interval that a statement's digits leave: "38,850 to 38,950 t", "30.745% to 30.755%"."""
    # One digit more than was printed: where half of the last printed one shows.
    return between(printed_of(row), row["unit"], row["resolution"] / 10)


def between(figure: Interval, unit: str, step: float) -> str:
    """Return the ends of an interval, rounded to a step: "29,712 to 29,791 t", "30.745% to 30.755%"."""
    low, high = (step * round(end / step) for end in (figure.low, figure.high))
    return f"{number(low, '%' if unit == '%' else '', step)} to {number(high, unit, step)}"


def ways_chart(ways: dict[str, Interval], title: str, unit: str, sources: str, step: float = 1.0):
    """Return one bar for each way to a figure, from its least to its greatest value, one below the other.

    Args:
        ways: Label and interval of each way, in the order shown.
        title: What is compared.
        unit: Unit of the intervals.
        sources: Who printed what they rest on.
        step: To which the ends are written.
    """
    rows = pd.DataFrame(
        [
            {
                "way": label,
                "low": round(way.low, 6),
                "best": round((way.low + way.high) / 2, 6),
                "high": round(way.high, 6),
                "ends": between(way, "", step),
            }
            for label, way in ways.items()
        ]
    )
    base = alt.Chart(rows).encode(y=alt.Y("way:N", title=None, sort=None, axis=alt.Axis(labelLimit=200)))
    shown = [alt.Tooltip("way:N", title="way"), alt.Tooltip("ends:N", title="between")]
    x = alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=False, padding=40),
        axis=alt.Axis(tickCount=5, labelBound=True),
    )
    bars = base.mark_rule(strokeWidth=6, opacity=0.7, color=PALETTE[0]).encode(x=x, x2=alt.X2("high:Q"), tooltip=shown)
    # A bar as narrow as its line would vanish without a mark at each end.
    ends = base.mark_tick(thickness=2, size=14, color=PALETTE[0])
    figures = base.mark_text(dy=-11).encode(x=alt.X("best:Q"), text=alt.Text("ends:N"))
    chart = bars + ends.encode(x=x, tooltip=shown) + ends.encode(x=alt.X("high:Q"), tooltip=shown) + figures
    said = "; ".join(f"{row['way']}: {row['ends']}" for _, row in rows.iterrows())
    size = _ROW_PX * len(rows)
    return show(chart, rows=rows, title=title, unit=unit, source=sources, alt_text=f"{said}.", height=size)


def rounding_table(edition, least: float = 100.0) -> Html:
    """Return one statement of the snapshot for each way of printing a level, with the interval that it leaves.

    Args:
        edition: The edition.
        least: Smallest figure that is taken as an example.
    """
    levels = edition.statements[(edition.statements["measure"] == "level") & (edition.statements["value"] >= least)]
    levels = levels.sort_values(["qualifier", "period", "statement"]).drop_duplicates("qualifier", keep="last")
    words = {"": "nothing said", "range": "two ends", "up_to": "up to"}
    shown = [
        {
            "Said with it": words.get(row["qualifier"], row["qualifier"]),
            "Printed": row["stated"],
            "Last digit": number(row["resolution"], row["unit"], row["resolution"]),
            "Leaves": interval_words(row),
            "Origin": origin(edition, row),
        }
        for _, row in levels.iterrows()
    ]
    return table(pd.DataFrame(shown), "What printed words and digits leave for the true figure")


def figure_words(figure: Interval, unit: str = "") -> str:
    """Return a figure as far as it is known: "22,218 t", or "29,700 to 29,800 t" where its bounds lie apart."""
    width = figure.high - figure.low
    if width <= _FINE * abs(figure.high):
        return number(figure.best, unit, 10 ** math.floor(math.log10(width)) if width > 1 else None)
    # The ends are written finer than what lies between them, or they would seem to be the same figure.
    resolution = 10 ** math.floor(math.log10(width / 2))
    low, high = number(figure.low, "", resolution), number(figure.high, unit, resolution)
    return f"{low} to {high}"


def change_words(change: Interval, decimals: int = 1) -> str:
    """Return a change in per cent with its sign, as far as it is known: "+5.4%" or "+4.9% to +5.8%"."""
    low, high = percent(change.low, decimals), percent(change.high, decimals)
    return percent(change.best, decimals) if change.high - change.low < 1.5 * 10**-decimals else f"{low} to {high}"


def went(change: Interval, decimals: int = 1) -> str:
    """Return a change as a verb: "rose by 5.4%", "fell by 2.9% to 3.1%", "hardly changed (between ... and ...)"."""
    if change.sign == 0:
        return f"hardly changed ({change_words(change, decimals)})"
    ends = sorted((abs(change.low), abs(change.high)))
    known = ends[1] - ends[0] < 1.5 * 10**-decimals
    size = (
        percent(abs(change.best), decimals, False)
        if known
        else " to ".join(percent(end, decimals, False) for end in ends)
    )
    return f"{'rose' if change.sign > 0 else 'fell'} by {size}"


def rounded(value: float, unit: str, step: float) -> str:
    """Return a figure rounded to a step that its uncertainty asks for: "14,870 CNY/t"."""
    return number(step * round(value / step), unit, step)


def revisions_table(solved: "Reconciliation", series: dict[str, str], last: int = 6) -> Html:
    """Return what sums of months tell of revisions: when months were printed, when otherwise, and by how much.

    Args:
        solved: What reconciliation says.
        series: Name of each series as readers read it -> series.
        last: How many of each, the newest.
    """
    found = solved.revisions[solved.revisions["kind"] == "revision"]
    shown = []
    for name, one in series.items():
        for row in found[found["series"] == one].sort_values("later").tail(last).itertuples():
            sign = MINUS if row.direction == "down" else "+"
            revised = f"{sign}{row.gap_pct:.2f}%"
            months = " to ".join(period_name(month) for month in row.period.split("/"))
            shown.append((name, months, period_name(row.printed), period_name(row.later), revised))
    columns = ["Series", "Months", "Printed in", "Shown anew in", "Revised by"]
    return table(pd.DataFrame(shown, columns=columns), "Revisions that sums since January tell of")


def contradiction(edition, solved: "Reconciliation", series: str, period: str) -> Html:
    """Return the sum that shows the contradiction of a figure, line by line, and what would explain it.

    Raises:
        SnapshotError: If nothing contradicts the figure.
    """
    rows = solved.conflicts
    names = rows.loc[(rows["series"] == series) & (rows["period"] == period) & (rows["role"] != "party"), "conflict"]
    if names.empty:
        raise SnapshotError(f"Nothing contradicts '{series}' in {period}")
    own = rows[rows["conflict"] == names.iloc[0]]
    causes = dict.fromkeys(own["explanation"]).keys() - {""}
    lines = sum_lines(edition, "\n".join([own["worked_sum"].iloc[0], *sorted(causes)]))
    return Html("".join(tag("p", escape(line), class_="mb-sum") for line in lines), "\n".join(lines))


def limit(solved: "Reconciliation", family: str, kind: str) -> float:
    """Return the limit of an office, in per cent: of revisions (`revision`) or of restated bases (`base`)."""
    return float(solved.allowances.set_index(["family", "kind"]).at[(family, kind), "limit_pct"])


def bands_table(solved: "Reconciliation") -> Html:
    """Return how the likely band was learned from hidden prints, and how it did on prints that did not set it."""
    rows = solved.bands
    shown = pd.DataFrame(
        {
            "Figures of": rows["family"],
            "Months hidden": rows["cases"],
            "Width of the possible": rows["width_pct"].map("{:.2f}%".format),
            "Share that is likely": rows["share"].map("{:.0%}".format),
            "Prints inside": [f"{row.covered} of {row.tested}" for row in rows.itertuples()],
        }
    )
    return table(shown, "The likely band, tried on printed months that were hidden")
