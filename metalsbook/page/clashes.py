"""Where the figures clash: each conflict as printed figures, the sum to redo, the gap, and what would explain it."""

import pandas as pd

from metalsbook.analysis.intervals import show_interval
from metalsbook.ledger.vocabulary import MEASURES as MEANINGS
from metalsbook.page.clash_words import (
    MEASURES,
    explanations,
    gap_words,
    new_conflicts,
    place_words,
    small_percent,
    sum_lines,
)
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import MINUS, count_of, gap, percent, say
from metalsbook.page.tables import origin, table


def select_conflicts(edition, prefixes: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the conflicts with a statement of a series that starts with one of `prefixes`; all where none is given.

    Returns:
        Rows of `Edition.conflicts` with the column `new`, whole conflicts: those that are new with this edition
        first, then the widest against what rounding leaves open.
    """
    rows = edition.conflicts.assign(new=edition.conflicts["conflict"].isin(new_conflicts(edition)))
    if prefixes:
        named = rows.loc[rows["series"].str.startswith(prefixes), "conflict"]
        rows = rows[rows["conflict"].isin(set(named))]
    order = ["new", "gap_roundings", "conflict", "order"]
    return rows.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def conflicts_list(edition, prefixes: tuple[str, ...] = ()) -> Html:
    """Return each conflict folded: its figures with their origin, the sum, the gap and the explanations."""
    rows = select_conflicts(edition, prefixes)
    if rows.empty:
        return gap("No printed figures of this part clash in this edition.")
    statements = edition.rows_of(*rows["series"].unique()).set_index("statement", drop=False)
    groups = enumerate((group for _, group in rows.groupby("conflict", sort=False)), start=1)
    blocks = [_conflict(edition, number, group, statements) for number, group in groups]
    return Html("\n".join(blocks), f"<{count_of(len(blocks), 'conflict')}>")


def _conflict(edition, number: int, rows: pd.DataFrame, statements: pd.DataFrame) -> str:
    first = rows.iloc[0]
    told = f"{place_words(edition, first)}: {count_of(len(rows), 'figure')}, {gap_words(edition, first)}"
    told = f"New: {told}" if first["new"] else told
    shown = pd.DataFrame(
        {
            "Figure": [_measure(edition, row) for _, row in rows.iterrows()],
            "Period": rows["period"],
            "Printed": [statements.at[name, "stated"] for name in rows["statement"]],
            "Stands for": [_interval(statements.loc[name]) for name in rows["statement"]],
            "Origin": [origin(edition, statements.loc[name]) for name in rows["statement"]],
        }
    )
    body = table(shown, f"{number}. {place_words(edition, first)}: figures that cannot all be true").markup
    body += _paragraphs(sum_lines(edition, first["worked_sum"]), "mb-sum")
    body += _paragraphs(explanations(edition, rows, statements), "mb-explanation")
    return tag("details", tag("summary", escape(told)) + body, class_="mb-conflict", id=first["conflict"])


def _measure(edition, row: pd.Series) -> str:
    return f"{edition.spec(row['series'])['title']}, {MEASURES.get(row['measure'], row['measure'])}"


def _interval(statement: pd.Series) -> str:
    """Return what the printed digits leave, in the unit of the figure."""
    low, high = statement["bound_low"], statement["bound_high"]
    if pd.isna(low) or low == -float("inf"):
        return f"up to {show_interval(high, high)}".replace("-", MINUS)
    return show_interval(low, float("inf") if pd.isna(high) else high).replace("-", MINUS)


def _paragraphs(lines: list[str], css: str) -> str:
    return "".join(tag("p", escape(line), class_=css) for line in lines)


def allowances_summary(edition) -> Html:
    """Return for how many families of statistics the limits are known, and what holds for the others."""
    known = edition.allowances[edition.allowances["basis"] == "estimated"]
    others = edition.allowances[edition.allowances["basis"] != "estimated"]
    told = [
        f"{row['family']} {percent(row['limit_pct'], 2, False)}"
        for _, row in known[known["kind"] == "revision"].sort_values("limit_pct").iterrows()
    ]
    return say(
        f"Sums of earlier and later prints tell how far an office revises at most: {', '.join(told)}."
        if told
        else "No office has enough tight sums of earlier and later prints to tell how far it revises.",
        f"Where nobody can tell, {percent(others['limit_pct'].max(), 1, False)} is the most that is granted."
        if len(others)
        else None,
    )


def allowances_table(edition) -> Html:
    """Return the limits of each office that was checked: those that are known first, then by sums checked."""
    rows = edition.allowances.query("checks > 0").sort_values(
        ["basis", "checks", "family", "kind"], ascending=[False, False, True, True]
    )
    if rows.empty:
        return gap("No office has prints that could show a revision.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame(
        {
            "Office": [titles.get(name, name) for name in rows["family"]],
            "Of": rows["kind"].map({"revision": "first prints", "base": "last year's base"}),
            "Limit": rows["limit_pct"],
            "From": rows["basis"].map({"estimated": "its own sums", "cap": "the cap"}),
            "Series": rows["series"],
            "Sums checked": rows["checks"],
            "Found": rows["found"],
            "Up": rows["up"],
            "Down": rows["down"],
            "Median": rows["median_pct"],
            "Largest": rows["largest_pct"],
        }
    )
    forms = dict.fromkeys(["Median", "Largest"], lambda value: small_percent(value) if value else "\u2013")
    forms["Limit"] = lambda value: percent(value, 2, False)
    return table(shown, "How far an office revises its first prints, and restates last year's base", forms)


def revisions_table(edition) -> Html:
    """Return the revisions found: which print, how large, in which direction."""
    rows = edition.revisions.sort_values(["series", "period"])
    if rows.empty:
        return gap("No revision was found in this edition.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame(
        {
            "Series": rows["series"].map(titles),
            "Of": rows["kind"].map({"revision": "first print", "base": "last year's base"}),
            "Period": rows["period"].str.replace("/", " to "),
            "Printed": rows["printed"],
            "Later": rows["later"],
            "Difference": rows["gap_pct"],
            "Direction": rows["direction"],
        }
    )
    directions = rows["direction"].value_counts()
    usual = f"{directions.get('up', 0)} up, {directions.get('down', 0)} down"
    caption = f"{count_of(len(rows), 'revision')} within the limits: {usual}"
    return table(shown, caption, {"Difference": small_percent})


def known_months_table(edition) -> Html:
    """Return for each series how many months are reported, implied and open, and how narrow the implied ones are."""
    rows = edition.estimates.assign(width=lambda r: 100 * (r["high"] - r["low"]) / (r["high"] + r["low"]))
    counts = rows.pivot_table(index="series", columns="basis", values="period", aggfunc="count", fill_value=0)
    counts = counts.reindex(columns=["reported", "implied", "open"], fill_value=0)
    counts = counts[(counts["reported"] + counts["implied"]) > 0]
    widths = rows[rows["basis"] == "implied"].groupby("series")["width"].median()
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame(
        {
            "Series": counts.index.map(titles),
            **{basis.title(): counts[basis].tolist() for basis in ("reported", "implied", "open")},
            "Implied to within \u00b1": widths.reindex(counts.index).tolist(),
        }
    ).sort_values(["Implied", "Series"], ascending=[False, True])
    forms = {"Implied to within \u00b1": lambda value: percent(value, 2, False)}
    return table(shown, "Months by what the printed figures say of them", forms)


def reason_words(reason: str) -> str:
    """Return a reason with the meaning of a measure in the place of its code."""
    return MEANINGS.get(reason.removeprefix("measure "), reason)
