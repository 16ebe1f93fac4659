"""Verdicts as the book shows them: claims with their evidence, conflicts as sums to redo, outlooks resolved."""

import re

import pandas as pd

from metalsbook.analysis.claims import VERDICTS
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import MINUS, join_words, number, period_name

COLOURS = {
    "confirmed": "#00876c",
    "consistent": "#0072b2",
    "own arithmetic only": "#8c6d00",
    "mislabelled": "#a3478f",
    "contradicted": "#d55e00",
    "not checkable": "#9fb3c8",
}
"""The colour of each verdict in a chart, from what holds to what does not; grey for what nobody can check."""
_MOST_STATEMENTS = 12


def badge(verdict: str) -> Html:
    """Return a verdict as a label; its class carries the colour, its word the meaning."""
    return Html(tag("span", escape(verdict), class_=f"mb-verdict mb-{verdict.replace(' ', '-')}"), verdict)


def count_words(verdicts: pd.Series, order: tuple[str, ...] = VERDICTS) -> str:
    """Return how many rows have each verdict, e.g. "12 confirmed and 3 contradicted"; without those that have none."""
    counts = verdicts.value_counts()
    return join_words([f"{counts[verdict]} {verdict}" for verdict in order if counts.get(verdict, 0)])


def recomputed(claim: pd.Series) -> str:
    """Return the recomputed figure of a claim with the digits that its inputs support; "" where none says anything."""
    return re.sub(r"(?<![\w-])-(?=\d)", MINUS, claim["recomputed"])


def fits_words(edition, fits: str) -> str:
    """Return what a mislabelled figure fits, with the titles of series in the place of their ids."""
    titles = dict(zip(edition.series["series"], edition.series["title"], strict=True))
    ids = r"[a-z0-9_]+(?:\.[A-Za-z0-9_]+)+"
    named = re.sub(ids, lambda found: f"\u201c{titles.get(found[0], found[0])}\u201d", fits)
    dated = re.sub(r" level (\d{4}(?:-\d\d)*)$", lambda found: f" of {period_name(found[1])}", named)
    return dated.replace("\u201d / \u201c", "\u201d over \u201c")


def note_names(edition) -> dict[str, str]:
    """Return the publisher of each source note without asides, by the note's id."""
    known = edition.publishers
    return {note: re.split(r"\s*[\[(]", known.get(note, note))[0] for note in edition.claims["note"].unique()}


def claim_cell(row: pd.Series) -> Html:
    """Return a claim as a cell: what it says, how the book reads it where that is not exact, and its id."""
    meant = tag("span", escape(f"Meant: {row['meant']}"), class_="mb-meant") if row["meant"] else ""
    return Html(f"{escape(row['statement'])} {meant} {tag('code', escape(row['claim']))}", row["statement"])


def evidence_cell(edition, row: pd.Series) -> Html:
    """Return what a verdict rests on, folded: the sum in words, contradictions that the figure is in, figures used."""
    names = row["evidence_statements"].split()
    more = f" and {len(names) - _MOST_STATEMENTS} more: in the downloads" if len(names) > _MOST_STATEMENTS else ""
    listed = tag("code", escape(" ".join(names[:_MOST_STATEMENTS])))
    used = tag("p", f"Rests on {listed}{more}") if names else ""
    wanted = f" What would decide: {row['would_decide']}." if row["would_decide"] else ""
    told = re.sub(r"(?<![\w-])-(?=\d)", MINUS, f"{row['evidence']}{wanted}")
    body = tag("summary", "evidence") + tag("div", tag("p", escape(told)) + _clashes(edition, row) + used)
    return Html(tag("details", body, class_="mb-origin"), told)


def _clashes(edition, row: pd.Series) -> str:
    """Return a line with links to the conflicts that the claim's own figure is part of, "" where it is part of none."""
    rows = edition.rows_of(row["series"])
    own = rows[(rows["source"] == row["note"]) & (rows["period"] == row["period"])]
    own = own.loc[own["measure"] == row["measure"], "statement"]
    found = edition.conflicts.loc[edition.conflicts["statement"].isin(own), "conflict"].unique()
    links = ", ".join(tag("a", escape(name), href=f"conflicts.html#{name}") for name in found)
    return tag("p", f"The note\u2019s figure clashes with others: {links}") if links else ""


def outlook_words(outlook: pd.Series) -> str:
    """Return what happened to the series of an outlook: its level then and in the horizon, with the unit."""
    if pd.isna(outlook["level_in_horizon"]):
        return ""
    then = "" if pd.isna(outlook["level_then"]) else f"{_level(outlook['level_then'])} \u2192 "
    return f"{then}{_level(outlook['level_in_horizon'], outlook['level_unit'])}"


def _level(value: float, unit: str = "") -> str:
    """Return a level without decimals that a mean of quotes does not carry."""
    return number(value, unit, 1.0 if abs(value) >= 1000 else None)
