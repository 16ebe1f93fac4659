"""What the lessons and the page on the method share: single statements, what their digits leave, and ways compared.

A lesson is run for a month of its own (tag `own-month`) and reads the snapshot alone: no verdict, no solved month. What
it concludes it computes before the reader's eyes, in steps that a pencil can follow.
"""

import altair as alt
import pandas as pd

from metalsbook.analysis.intervals import Interval, printed
from metalsbook.errors import SnapshotError
from metalsbook.ledger.figures import read_figure
from metalsbook.names import told_name
from metalsbook.page.facts.series import printed_of
from metalsbook.page.narrative import Html, escape, most_frequent, number, percent, period_name, say, tag
from metalsbook.page.present import show
from metalsbook.page.tables import origin, table
from metalsbook.page.theme import PALETTE
from metalsbook.page.verdicts import CHANGES, sum_lines

_ROW_PX = 38


def own_snapshot(edition) -> Html:
    """Return the line that says for which snapshot this page is run, whatever edition it stands in."""
    return say(
        f"Run for its own snapshot in every edition of the book: {period_name(edition.month)}, "
        f"figures published by {period_name(edition.cut_off)}, content {edition.snapshot_id[:12]}."
    )


def pick(edition, series: str, measure: str, period: str, source: str = "") -> pd.Series:
    """Return one statement: the finest print of the latest day, or that of the source with this id.

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
    return printed(read_figure(row["printed"], row["unit"], measure)._asdict())


def rows_table(edition, rows: list[pd.Series], caption: str) -> Html:
    """Return statements as a table: what each is of, what is printed, what the digits leave, and its origin."""
    shown = [(what(edition, row), row["stated"], interval_words(row), origin(edition, row)) for row in rows]
    return table(pd.DataFrame(shown, columns=["What", "Printed", "Leaves", "Origin"]), caption)


def publishers(edition, rows: list[pd.Series] | pd.DataFrame) -> str:
    """Return who printed statements, the most frequent first: "SMM, x.com (SMM copy) and 2 others"."""
    return most_frequent(pd.DataFrame(rows)["source"].map(edition.publishers).fillna("").map(told_name))


def what(edition, row: pd.Series) -> str:
    """Return what a statement is of: "Magnesium exports, China, all products: November 2025, change on ..."."""
    period, measure = period_name(row["period"]), row["measure"]
    since = {"mean3": "mean of three months to ", "ytd": "January to ", "ytd_yoy": "January to "}.get(measure, "")
    change = CHANGES.get(measure.removeprefix("ytd_"))
    of = f", change {change}" if change else "" if since or measure == "level" else f", {measure}"
    return f"{edition.spec(row['series'])['title']}: {since}{period}{of}"


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

    `ways`: label -> interval, in the order shown; `sources`: who printed what they rest on; `step`: that of the ends.
    """
    bars = [
        (label, round(way.low, 6), round((way.low + way.high) / 2, 6), round(way.high, 6), between(way, "", step))
        for label, way in ways.items()
    ]
    rows = pd.DataFrame(bars, columns=["way", "low", "best", "high", "ends"])
    base = alt.Chart(rows).encode(y=alt.Y("way:N", title=None, sort=None, axis=alt.Axis(labelLimit=200)))
    shown = [alt.Tooltip("way:N", title="way"), alt.Tooltip("ends:N", title="between")]
    scale = alt.Scale(zero=False, nice=False, padding=40)
    x = alt.X("low:Q", title=None, scale=scale, axis=alt.Axis(tickCount=5, labelBound=True))
    spans = base.mark_rule(strokeWidth=6, opacity=0.7, color=PALETTE[0]).encode(x=x, x2=alt.X2("high:Q"), tooltip=shown)
    # A bar as narrow as its line would vanish without a mark at each end.
    ends = base.mark_tick(thickness=2, size=14, color=PALETTE[0])
    figures = base.mark_text(dy=-11).encode(x=alt.X("best:Q"), text=alt.Text("ends:N"))
    chart = spans + ends.encode(x=x, tooltip=shown) + ends.encode(x=alt.X("high:Q"), tooltip=shown) + figures
    said = "; ".join(f"{row['way']}: {row['ends']}" for _, row in rows.iterrows())
    size = _ROW_PX * len(rows)
    return show(chart, rows=rows, title=title, unit=unit, source=sources, alt_text=f"{said}.", height=size)


def change_words(change: Interval, decimals: int = 1) -> str:
    """Return a change in per cent with its sign, as far as it is known: "+5.4%" or "+4.9% to +5.8%"."""
    low, best, high = (percent(value, decimals) for value in (change.low, change.best, change.high))
    return best if change.high - change.low < 1.5 * 10**-decimals else f"{low} to {high}"


def contradiction(edition, series: str, period: str) -> Html:
    """Return the sum that shows the contradiction of a figure, line by line, and what would explain it.

    Raises:
        SnapshotError: If nothing contradicts the figure.
    """
    rows = edition.conflicts
    names = rows.loc[(rows["series"] == series) & (rows["period"] == period) & (rows["role"] != "party"), "conflict"]
    if names.empty:
        raise SnapshotError(f"Nothing contradicts '{series}' in {period}")
    own = rows[rows["conflict"] == names.iloc[0]]
    causes = dict.fromkeys(own["explanation"]).keys() - {""}
    lines = sum_lines(edition, "\n".join([own["worked_sum"].iloc[0], *sorted(causes)]))
    return Html("".join(tag("p", escape(line), class_="mb-sum") for line in lines), "\n".join(lines))


def limit(edition, family: str, kind: str) -> float:
    """Return the limit of an office, in per cent: of revisions (`revision`) or of restated bases (`base`)."""
    return float(edition.allowances.set_index(["family", "kind"]).at[(family, kind), "limit_pct"])
