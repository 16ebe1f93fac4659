"""Verdicts as the book shows them: claims with their evidence, conflicts as sums to redo, outlooks resolved."""

import re

import pandas as pd

from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import count_of, gap, join_words, number
from metalsbook.page.tables import table

# From what holds to what does not.
VERDICTS = ("confirmed", "consistent", "own arithmetic only", "mislabelled", "contradicted", "not checkable")
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
    space = "" if unit in ("", "%") else " "
    return f"{first}{space}{unit}" if first == last else f"{first} \u2013 {last}{space}{unit}"


def fits_words(edition, fits: str) -> str:
    """Return what a mislabelled figure fits, with the titles of series in the place of their ids."""
    titles = dict(zip(edition.series["series"], edition.series["title"], strict=True))
    return re.sub(r"[a-z0-9_]+(?:\.[A-Za-z0-9_]+)+", lambda found: titles.get(found[0], found[0]), fits)


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
        "Claim": [Html(_claim(row)) for _, row in claims.iterrows()],
        "Printed": claims["printed"],
        "Recomputed": [recomputed(row) for _, row in claims.iterrows()],
        "Verdict": [badge(row["verdict"]) for _, row in claims.iterrows()],
        "Evidence": [_evidence(edition, row) for _, row in claims.iterrows()],
    })
    caption = f"{count_of(len(claims), 'claim')} of the source notes: {count_words(claims['verdict'])}"
    filters = None if chapter else claims[["verdict", "note", "chapter"]]
    return table(shown, caption, css="mb-claims", filters=filters)


def _claim(row: pd.Series) -> str:
    meant = tag("span", escape(f"Meant: {row['meant']}"), class_="mb-meant") if row["meant"] else ""
    return f"{escape(row['statement'])} {meant} {tag('code', escape(row['claim']))}"


def _evidence(edition, row: pd.Series) -> Html:
    fits = tag("p", escape(f"It fits {fits_words(edition, row['fits'])}.")) if row["fits"] else ""
    used = tag("p", tag("code", escape(row["evidence_statements"]))) if row["evidence_statements"] else ""
    body = tag("summary", "evidence") + tag("div", tag("p", escape(row["evidence"])) + fits + used)
    return Html(tag("details", body, class_="mb-origin"), row["evidence"])


def outlook_words(outlook: pd.Series) -> str:
    """Return what happened to the series of an outlook, in a phrase."""
    unit = outlook["unit"] if "%" not in outlook["unit"] else ""
    if pd.isna(outlook["level_in_horizon"]):
        return outlook["reason"]
    then = "" if pd.isna(outlook["level_then"]) else f"{number(outlook['level_then'])} \u2192 "
    return f"{then}{number(outlook['level_in_horizon'], unit)}"
