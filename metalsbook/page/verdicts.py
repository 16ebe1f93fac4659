"""Verdicts as the book shows them: claims with their evidence, conflicts as sums to redo, outlooks resolved."""

import re

import pandas as pd

from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import count_of, gap, join_words, number, period_name
from metalsbook.page.tables import table

# From what holds to what does not.
VERDICTS = ("confirmed", "consistent", "own arithmetic only", "mislabelled", "contradicted", "not checkable")
# What stands behind a recomputed figure: units that say nothing to a reader are left out, counts say of what.
_SILENT = ("", "unit", "ratio")
_COUNTED = {
    "readings": ("earlier reading beyond it", "earlier readings beyond it"), "events": ("such event", "such events"),
    "statements": ("statement that says so", "statements that say so"), "months": ("such month", "such months"),
}
_MOST_STATEMENTS = 12
OUTLOOK_VERDICTS = ("hit", "miss", "open", "not measurable")


def badge(verdict: str) -> Html:
    """Return a verdict as a label; its class carries the colour, its word the meaning."""
    return Html(tag("span", escape(verdict), class_=f"mb-verdict mb-{verdict.replace(' ', '-')}"), verdict)


def count_words(verdicts: pd.Series, order: tuple[str, ...] = VERDICTS) -> str:
    """Return how many rows have each verdict, e.g. "12 confirmed and 3 contradicted"; without those that have none."""
    counts = verdicts.value_counts()
    return join_words([f"{counts[verdict]} {verdict}" for verdict in order if counts.get(verdict, 0)])


def recomputed(claim: pd.Series) -> str:
    """Return the recomputed figure of a claim: one figure, or the two ends of what the ledger leaves open."""
    low, high, unit = claim["recomputed_low"], claim["recomputed_high"], claim["recomputed_unit"]
    if pd.isna(low) or pd.isna(high):
        return ""
    first, last = (number(end, resolution=1 if float(end).is_integer() else None) for end in (low, high))
    span = first if first == last else f"{first} \u2013 {last}"
    if unit == "rank":
        return f"rank {span}"
    if unit in _COUNTED:
        return f"{'no' if span == '0' else span} {_COUNTED[unit][span != '1']}"
    return span if unit in _SILENT else f"{span}{unit if unit == '%' else f' {unit}'}"


def fits_words(edition, fits: str) -> str:
    """Return what a mislabelled figure fits, with the titles of series in the place of their ids."""
    titles = dict(zip(edition.series["series"], edition.series["title"], strict=True))
    ids = r"[a-z0-9_]+(?:\.[A-Za-z0-9_]+)+"
    named = re.sub(ids, lambda found: f"\u201c{titles.get(found[0], found[0])}\u201d", fits)
    dated = re.sub(r" level (\d{4}(?:-\d\d)*)$", lambda found: f" of {period_name(found[1])}", named)
    return dated.replace("\u201d / \u201c", "\u201d over \u201c")


def claims_table(edition, chapter: str | None = None) -> Html:
    """Return the claims of the notes with printed and recomputed figure, verdict and evidence.

    Args:
        edition: The edition; it knows the claims of notes published by its cut-off.
        chapter: Only the claims of this chapter; None for all.
    """
    claims = edition.claims
    claims = claims[claims["chapter"] == chapter] if chapter else claims
    if claims.empty:
        return gap("The source notes known to this edition say nothing that belongs here.")
    shown = pd.DataFrame({
        "Claim": [claim_cell(row) for _, row in claims.iterrows()],
        "Printed": claims["printed"],
        "Recomputed": [recomputed(row) for _, row in claims.iterrows()],
        "Verdict": [badge(row["verdict"]) for _, row in claims.iterrows()],
        "Evidence": [_evidence(edition, row) for _, row in claims.iterrows()],
    })
    caption = f"{count_of(len(claims), 'claim')} of the source notes: {count_words(claims['verdict'])}"
    filters = None if chapter else claims[["verdict", "note", "chapter"]]
    return table(shown, caption, css="mb-claims", filters=filters)


def claim_cell(row: pd.Series) -> Html:
    """Return a claim as a cell: what it says, how the book reads it where that is not exact, and its id."""
    meant = tag("span", escape(f"Meant: {row['meant']}"), class_="mb-meant") if row["meant"] else ""
    return Html(f"{escape(row['statement'])} {meant} {tag('code', escape(row['claim']))}", row["statement"])


def _evidence(edition, row: pd.Series) -> Html:
    fits = tag("p", escape(f"It fits {fits_words(edition, row['fits'])}.")) if row["fits"] else ""
    names = row["evidence_statements"].split()
    more = f" and {len(names) - _MOST_STATEMENTS} more: in the downloads" if len(names) > _MOST_STATEMENTS else ""
    listed = tag("code", escape(" ".join(names[:_MOST_STATEMENTS])))
    used = tag("p", listed + more) if names else ""
    body = tag("summary", "evidence") + tag("div", tag("p", escape(row["evidence"])) + fits + used)
    return Html(tag("details", body, class_="mb-origin"), row["evidence"])


def outlook_words(outlook: pd.Series) -> str:
    """Return what happened to the series of an outlook, in a phrase."""
    unit = outlook["unit"] if "%" not in outlook["unit"] else ""
    if pd.isna(outlook["level_in_horizon"]):
        return outlook["reason"]
    then = "" if pd.isna(outlook["level_then"]) else f"{number(outlook['level_then'])} \u2192 "
    return f"{then}{number(outlook['level_in_horizon'], unit)}"
