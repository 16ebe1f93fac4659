"""Where the figures clash: each conflict as printed figures, the sum to redo, the gap, and what would explain it."""

import altair as alt
import pandas as pd

from metalsbook.page import charts
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import count_of, gap, join_words, number, percent, period_name, say
from metalsbook.page.tables import origin, table

MOST_BARS = 15
_MEASURES = {
    "level": "level", "ytd": "January to then", "mom": "on the month before", "yoy": "on the year before",
    "ytd_yoy": "January to then, on the year before", "mean3": "mean of three months", "qoq": "on the quarter before",
}  # fmt: skip


def select_conflicts(edition, prefixes: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the conflicts with a statement of a series that starts with one of `prefixes`; all where none is given.

    Returns:
        Rows of `Edition.conflicts`, whole conflicts, the widest gap in per cent first.
    """
    rows = edition.conflicts
    if prefixes:
        named = rows.loc[rows["series"].str.startswith(prefixes), "conflict"]
        rows = rows[rows["conflict"].isin(set(named))]
    return rows.sort_values(["gap_pct", "conflict", "order"], ascending=[False, True, True], ignore_index=True)


def summary(edition) -> Html:
    """Return how many conflicts there are, between how many figures, where, and how wide they usually are."""
    rows = edition.conflicts.drop_duplicates("conflict")
    if rows.empty:
        return say("All figures that reconciliation can use fit together.")
    usable = len(edition.statements) - len(edition.left_out)
    members = edition.conflicts["statement"].nunique()
    explained = int((rows["explanation"] != "").sum())
    return say(
        f"Of {count_of(usable, 'printed figure')} that speak of monthly flows, {members} cannot all be true: they make "
        f"{count_of(len(rows), 'conflict')}.",
        f"Half of the gaps are wider than {percent(rows['gap_pct'].median(), 1, False)} of the level.",
        f"For {explained} of them one slip would explain the gap, tried by solving again."
        if explained else "No single slip would explain any of them.",
    )


def gap_chart(edition):
    """Return the widest gaps by conflict as bars in per cent of the level, or a gap."""
    rows = select_conflicts(edition).drop_duplicates("conflict").head(MOST_BARS)
    if rows.empty:
        return gap("No chart: nothing clashes in this edition.")
    titles = edition.series.set_index("series")["title"]
    what = rows["series"].map(titles).str.slice(0, 34) + ", " + rows["period"]
    # Two conflicts of one figure are two bars.
    again = what.groupby(what).cumcount() + 1
    shown = pd.DataFrame({
        "what": what.where(again == 1, what + " (" + again.astype(str) + ")"), "gap_pct": rows["gap_pct"].round(2),
        "conflict": rows["conflict"],
    })
    chart = alt.Chart(shown).mark_bar().encode(
        x=alt.X("gap_pct:Q", title="per cent of the level"),
        y=alt.Y("what:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
        tooltip=charts.tooltip("what:N", "gap_pct:Q", "conflict:N"),
    )
    top = shown.iloc[0]
    return charts.present(
        chart, "The widest gaps between figures that cannot all be true", "per cent of the level at stake",
        "the sources named with each conflict below",
        f"{len(shown)} conflicts; the widest, {top['what']}, is {percent(top['gap_pct'], 1, False)} of the level.",
        height=None,
    )


def conflicts_list(edition, prefixes: tuple[str, ...] = ()) -> Html:
    """Return each conflict folded: its figures with their origin, the sum, the gap and the explanations."""
    rows = select_conflicts(edition, prefixes)
    if rows.empty:
        return gap("No printed figures of this part clash in this edition.")
    statements = edition.statements.set_index("statement", drop=False)
    blocks = [_conflict(edition, group, statements) for _, group in rows.groupby("conflict", sort=False)]
    return Html("\n".join(blocks), f"<{count_of(len(blocks), 'conflict')}>")


def _conflict(edition, rows: pd.DataFrame, statements: pd.DataFrame) -> str:
    first = rows.iloc[0]
    spec = edition.spec(first["series"])
    periods = sorted(set(rows["period"]))
    when = period_name(periods[0]) if len(periods) == 1 else f"{period_name(periods[0])} to {period_name(periods[-1])}"
    told = f"{spec['title']}, {when}: {count_of(len(rows), 'figure')}, gap {_gap(first, spec['unit'])}"
    shown = pd.DataFrame({
        "Figure": [_measure(edition, row) for _, row in rows.iterrows()],
        "Period": rows["period"],
        "Printed": [statements.at[name, "stated"] for name in rows["statement"]],
        "Origin": [origin(edition, statements.loc[name]) for name in rows["statement"]],
    })
    body = table(shown, f"Figures that cannot all be true ({first['conflict']})").markup
    body += _lines(first["worked_sum"], "mb-sum") + _lines(first["explanation"], "mb-explanation")
    return tag("details", tag("summary", escape(told)) + body, class_="mb-conflict", id=first["conflict"])


def _gap(row: pd.Series, unit: str) -> str:
    return f"{number(row['gap'], unit)} ({percent(row['gap_pct'], 2, False)} of the level)"


def _measure(edition, row: pd.Series) -> str:
    return f"{edition.spec(row['series'])['title']}, {_MEASURES.get(row['measure'], row['measure'])}"


def _lines(text: str, css: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "".join(tag("p", escape(line), class_=css) for line in lines)


def allowances_table(edition) -> Html:
    """Return the revision allowance of each series that revises or was checked, largest first."""
    rows = edition.allowances.query("checks > 0").sort_values(["allowance_pct", "series"], ascending=[False, True])
    if rows.empty:
        return gap("No series has prints that could show a revision.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame({
        "Series": rows["series"].map(titles), "Allowance": rows["allowance_pct"], "From": rows["basis"],
        "Sums checked": rows["checks"], "Revisions": rows["revisions"], "Up": rows["up"], "Down": rows["down"],
        "Median": rows["median_pct"], "Largest": rows["largest_pct"],
    })
    pct = dict.fromkeys(["Allowance", "Median", "Largest"], lambda value: percent(value, 2, False))
    return table(shown, "By how much a first print may differ from the figure as last published", pct)


def revisions_table(edition) -> Html:
    """Return the revisions found: which print, how large, in which direction."""
    rows = edition.revisions.sort_values(["series", "period"])
    if rows.empty:
        return gap("No revision was found in this edition.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame({
        "Series": rows["series"].map(titles), "Period": rows["period"], "Printed": rows["printed"],
        "Later": rows["later"], "Difference": rows["gap_pct"], "Direction": rows["direction"],
    })
    forms = {"Difference": lambda value: percent(value, 2, False)}
    directions = rows["direction"].value_counts()
    usual = join_words([f"{count} {name}" for name, count in directions.items()])
    return table(shown, f"{count_of(len(rows), 'revision')} within the allowances: {usual}", forms)


def known_months_table(edition) -> Html:
    """Return for each series how many months are reported, implied and open, and how narrow the implied ones are."""
    rows = edition.estimates.assign(width=lambda r: 100 * (r["high"] - r["low"]) / (r["high"] + r["low"]))
    counts = rows.pivot_table(index="series", columns="basis", values="period", aggfunc="count", fill_value=0)
    counts = counts.reindex(columns=["reported", "implied", "open"], fill_value=0)
    counts = counts[(counts["reported"] + counts["implied"]) > 0]
    widths = rows[rows["basis"] == "implied"].groupby("series")["width"].median()
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame({
        "Series": counts.index.map(titles),
        **{basis.title(): counts[basis].tolist() for basis in ("reported", "implied", "open")},
        "Implied to within \u00b1": widths.reindex(counts.index).tolist(),
    }).sort_values(["Implied", "Series"], ascending=[False, True])
    forms = {"Implied to within \u00b1": lambda value: percent(value, 2, False)}
    return table(shown, "Months by what the printed figures say of them", forms)


def left_out_table(edition) -> Html:
    """Return how many statements take no part in reconciliation, by reason."""
    counts = edition.left_out["reason"].value_counts()
    shown = pd.DataFrame({"Reason": counts.index, "Statements": counts.tolist()})
    return table(shown, "Statements that reconciliation does not use")
