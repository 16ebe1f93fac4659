"""What changed since the edition before, as tables; where there was none before, that is said."""

from collections.abc import Callable

import pandas as pd

from metalsbook.page import charts
from metalsbook.page.html import Html
from metalsbook.page.narrative import count_of, gap, number, percent, period_name, say
from metalsbook.page.tables import table
from metalsbook.page.verdicts import badge

MOST_ROWS = 60


def summary(edition) -> Html:
    """Return how much is new, by kind."""
    found = edition.changes
    if not edition.compared_with:
        return say(f"There is no snapshot of the month before {period_name(edition.month)}, so that everything is new.")
    return say(
        f"Against the edition {edition.compared_with}: {count_of(len(found['new_figures']), 'new figure')}, "
        f"{count_of(len(found['further_prints']), 'further print')} of known figures, "
        f"{count_of(len(found['revised_figures']), 'figure')} revised by their sources, "
        f"{count_of(len(found['corrections_of_ours']), 'correction')} of ours, "
        f"{count_of(len(found['new_conflicts']), 'new conflict')}, "
        f"{count_of(len(found['turned_verdicts']), 'verdict')} that turned and "
        f"{count_of(len(found['resolved_outlooks']), 'outlook')} resolved.",
    )


def new_figures_chart(edition):
    """Return how many new figures each chapter got, or a gap."""
    found = edition.changes["new_figures"].merge(edition.series[["series", "chapter"]], on="series")
    if found.empty:
        return gap("No chart: this edition has no new figure.")
    counts = found["chapter"].str.replace("_", " ").value_counts().rename_axis("chapter").reset_index(name="figures")
    return charts.present(
        charts.bars(counts, "chapter", "new figures", "figures"), "New figures by chapter",
        "figures that nobody had printed by the edition before", "all sources",
        f"Most new figures: {counts.iloc[0]['chapter']} with {counts.iloc[0]['figures']}.", height=None,
    )


def _listed(rows: pd.DataFrame, columns: dict[str, Callable], caption: str, none: str) -> Html:
    """Return rows as a table of computed columns, at most `MOST_ROWS`; the rest is in the downloads."""
    if rows.empty:
        return gap(none)
    shown = rows.head(MOST_ROWS)
    cut = f"; the first {MOST_ROWS}, all in the downloads" if len(rows) > MOST_ROWS else ""
    made = {name: [make(row) for _, row in shown.iterrows()] for name, make in columns.items()}
    return table(pd.DataFrame(made), f"{count_of(len(rows), caption)}{cut}")


def revised(edition) -> Html:
    """Return the figures that the same origin printed anew with another value."""
    return _listed(
        edition.changes["revised_figures"],
        {
            "Series": lambda row: row["series"],
            "Measure": lambda row: row["measure"],
            "Period": lambda row: row["period"],
            "Was": lambda row: f"{row['old_stated']} ({row['old_source']})",
            "Is": lambda row: f"{row['new_stated']} ({row['new_source']})",
            "Change": lambda row: "" if pd.isna(row["change_pct"]) else percent(row["change_pct"], 2),
        },
        "figure", "No source revised a figure that the edition before knew.",
    )


def corrections(edition) -> Html:
    """Return the statements that we read otherwise than in the edition before."""
    return _listed(
        edition.changes["corrections_of_ours"],
        {
            "Statement": lambda row: row["statement"],
            "Series": lambda row: row["series"],
            "Column": lambda row: row["column"],
            "Was": lambda row: _text(row["was"]),
            "Is": lambda row: _text(row["becomes"]),
            "Correction": lambda row: row["correction"],
        },
        "reading", "No reading of a printed figure was corrected since the edition before.",
    )


def _text(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def method(edition) -> Html:
    """Return the change of the method's version, where there is one."""
    rows = edition.changes["method_changes"]
    if rows.empty:
        return gap("Both editions were derived by the same method.")
    row = rows.iloc[0]
    return say(f"The method changed from version {row['old_version']} to {row['new_version']}.")


def conflicts(edition) -> Html:
    """Return the conflicts that are new in this edition."""
    found = edition.changes
    gone = count_of(len(found["gone_conflicts"]), "conflict")
    shown = _listed(
        found["new_conflicts"],
        {"Conflict": lambda row: row["conflict"], "Between the statements": lambda row: row["statements"]},
        "new conflict", "No new conflict.",
    )
    return shown + say(f"{gone} of the edition before resolved or came out otherwise.")


def verdicts_turned(edition) -> Html:
    """Return the claims whose verdict changed."""
    return _listed(
        edition.changes["turned_verdicts"],
        {
            "Claim": lambda row: row["statement"],
            "Was": lambda row: badge(row["old_verdict"]),
            "Is": lambda row: badge(row["new_verdict"]),
            "Evidence": lambda row: row["evidence"],
        },
        "verdict", "No verdict on a claim turned.",
    )


def outlooks_turned(edition) -> Html:
    """Return the outlooks that were resolved with this edition."""
    return _listed(
        edition.changes["resolved_outlooks"],
        {
            "Said": lambda row: row["says"],
            "Who": lambda row: row["publisher"],
            "Verdict": lambda row: badge(row["verdict"]),
            "Why": lambda row: row["reason"],
        },
        "outlook", "No outlook was resolved with this edition.",
    )


def silent(edition) -> Html:
    """Return the regular series that got no new figure."""
    return _listed(
        edition.changes["silent_series"],
        {
            "Series": lambda row: row["title"],
            "Id": lambda row: row["series"],
            "Frequency": lambda row: row["frequency"],
            "Last figure": lambda row: row["last_period"],
        },
        "series that fell silent", "Every regular series got a new figure.",
    )
