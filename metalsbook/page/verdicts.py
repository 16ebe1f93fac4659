"""Verdicts as the book shows them: claims with their evidence, conflicts as sums to redo, outlooks resolved."""

import re

import pandas as pd

from metalsbook.analysis.claims import VERDICTS
from metalsbook.names import told_name
from metalsbook.page.clash_words import place_words, with_titles
from metalsbook.page.narrative import Html, count_of, escape, number, period_name, plain, tag

COLOURS = {
    "confirmed": "#00876c",
    "consistent": "#0072b2",
    "own arithmetic only": "#8c6d00",
    "mislabelled": "#a3478f",
    "contradicted": "#d55e00",
    "not checkable": "#9fb3c8",
}
"""The colour of each verdict in a chart, from what holds to what does not; grey for what nobody can check."""
_OTHER_SCRIPT = re.compile("[\u3040-\u30ff\u4e00-\u9fff]+")
SHOWN = {"own arithmetic only": "self-consistent only"}
"""What a reader reads for a verdict, where it is not the verdict's own name."""


def badge(verdict: str) -> Html:
    """Return a verdict as a label; its class carries the colour, its word the meaning."""
    word = SHOWN.get(verdict, verdict)
    return Html(tag("span", escape(word), class_=f"mb-verdict mb-{verdict.replace(' ', '-')}"), word)


def counted(verdicts: pd.Series) -> list[str]:
    """Return how many rows have each verdict, from what holds to what does not: ["12 confirmed", "3 contradicted"]."""
    counts = verdicts.value_counts()
    order = [verdict for verdict in dict.fromkeys([*VERDICTS, *counts.index]) if verdict in counts]
    return [f"{counts[verdict]} {SHOWN.get(verdict, verdict)}" for verdict in order]


def recomputed(claim: pd.Series) -> str:
    """Return the recomputed figure of a claim with the digits that its inputs support; "" where none says anything."""
    return plain(claim["recomputed"])


def told(edition, text: str) -> Html:
    """Return a text on a verdict as a cell: publishers by their English names, days by name, other scripts marked."""
    for publisher in edition.publishers.unique():
        if publisher in text and _OTHER_SCRIPT.search(publisher):
            text = text.replace(publisher, told_name(publisher))
    shown = plain(text)
    return Html(_OTHER_SCRIPT.sub(lambda found: tag("span", found[0], lang="zh"), escape(shown)), shown)


def fits_words(edition, fits: str) -> str:
    """Return what a mislabelled figure fits, with the titles of series in the place of their ids."""
    named = with_titles(edition, fits, "\u201c{}\u201d")
    dated = re.sub(r" level (\d{4}(?:-\d\d)*)$", lambda found: f" of {period_name(found[1])}", named)
    return dated.replace("\u201d / \u201c", "\u201d over \u201c")


def note_names(edition) -> dict[str, str]:
    """Return the publisher of each source note without asides, by the note's id."""
    known = edition.publishers
    return {note: re.split(r"\s*[\[(]", known.get(note, note))[0] for note in edition.claims["note"].unique()}


def claim_cell(edition, row: pd.Series) -> Html:
    """Return a claim as a cell: what it says, and how the book reads it where that is not exact."""
    meant = tag("span", told(edition, f"Meant: {row['meant']}").markup, class_="mb-meant") if row["meant"] else ""
    return Html(f"{tag('span', escape(row['statement']), id=row['claim'])} {meant}", row["statement"])


def evidence_cell(edition, row: pd.Series) -> Html:
    """Return what a verdict rests on, folded: the sum in words, how many figures, what contradicts the claim's own."""
    names = row["evidence_statements"].split()
    used = f" Rests on {count_of(len(names), 'figure')}, named in the downloads." if names else ""
    wanted = f" What would decide: {row['would_decide']}." if row["would_decide"] else ""
    said = told(edition, f"{row['evidence']}{wanted}{used}")
    body = tag("summary", "evidence") + tag("div", tag("p", said.markup) + _clashes(edition, row))
    return Html(tag("details", body, class_="mb-origin"), said.text)


def _clashes(edition, row: pd.Series) -> str:
    """Return a line with links to the conflicts that a claim's figure is part of, "" where it is part of none."""
    if row["kind"] != "figure":
        return ""
    rows = edition.rows_of(row["series"])
    own = rows[(rows["source"] == row["note"]) & (rows["period"] == row["period"])]
    own = own.loc[own["measure"] == row["measure"], "statement"]
    found = edition.conflicts[edition.conflicts["statement"].isin(own)].drop_duplicates("conflict")
    to = "conflicts.html#"
    links = [tag("a", escape(place_words(edition, one)), href=to + one.conflict) for _, one in found.iterrows()]
    return tag("p", f"The note\u2019s figure contradicts others: {'; '.join(links)}") if len(found) else ""


def forecast_cell(row: pd.Series) -> Html:
    """Return a forecast (a row of `Edition.outlooks`) and, smaller, by whom, when, for when and how it was read."""
    first, last = period_name(row["horizon_from"]), period_name(row["horizon_to"])
    said = f"{row['publisher']}, {period_name(row['made_on'])}, for {first if first == last else f'{first} to {last}'}"
    facts = ". ".join(filter(None, (said, f"Read as: {row['read_as']}", row["note"].rstrip("."))))
    small = tag("span", escape(f"{facts}."), class_="mb-meant", id=row["outlook"])
    return Html(f"{escape(row['says'])} {small}", row["says"])


def outlook_words(outlook: pd.Series) -> str:
    """Return what happened to the series of an outlook: its level then and in the horizon, with the unit."""
    if pd.isna(outlook["level_in_horizon"]):
        return ""
    then = "" if pd.isna(outlook["level_then"]) else f"{_level(outlook['level_then'])} \u2192 "
    return f"{then}{_level(outlook['level_in_horizon'], outlook['level_unit'])}"


def _level(value: float, unit: str = "") -> str:
    """Return a level without decimals that a mean of quotes does not carry."""
    return number(value, unit, 1.0 if abs(value) >= 1000 else None)
