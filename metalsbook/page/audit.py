"""The claims audit as a whole: how many claims of which note and kind have which verdict."""

import altair as alt
import pandas as pd

from metalsbook.analysis.claims import KINDS
from metalsbook.page import charts
from metalsbook.page.html import Html
from metalsbook.page.narrative import bullets, count_of, gap, join_words
from metalsbook.page.tables import table
from metalsbook.page.verdicts import COLOURS, VERDICTS, count_words, note_names

_PLURALS = {
    "figure": ("printed figure", "printed figures"),
    "comparison or date": ("comparison or date", "comparisons and dates"),
    "loose words": ("statement in loose words", "statements in loose words"),
}


def claims_sentences(edition) -> Html:
    """Return for each note how many claims it makes, and the verdicts of figures, comparisons and loose words apart."""
    claims = edition.claims
    if claims.empty:
        return gap("The source notes were published after this edition's cut-off: there is nothing to judge yet.")
    houses = note_names(edition)
    return bullets(
        [
            f"{houses[note]}: {count_of(len(rows), 'claim')}. {join_words(_by_kind(rows))}."
            for note, rows in claims.groupby("note", sort=True)
        ]
    )


def _by_kind(claims: pd.DataFrame) -> list[str]:
    groups = [(kind, claims.loc[claims["kind"] == kind, "verdict"]) for kind in KINDS]
    return [f"{count_of(len(rows), *_PLURALS[kind])} ({count_words(rows)})" for kind, rows in groups if len(rows)]


def verdict_chart(edition):
    """Return the verdicts on figures, comparisons and loose words as stacked bars, or a gap."""
    claims = edition.claims
    if claims.empty:
        return gap("No chart: this edition knows no claim.")
    counts = claims.groupby(["kind", "verdict"]).size().rename("claims").reset_index()
    counts["order"] = counts["verdict"].map(VERDICTS.index)
    chart = (
        alt.Chart(counts)
        .mark_bar()
        .encode(
            x=alt.X("claims:Q", title="claims"),
            y=alt.Y("kind:N", title=None, sort=list(KINDS)),
            color=alt.Color(
                "verdict:N",
                title=None,
                scale=alt.Scale(domain=list(VERDICTS), range=COLOURS),
                # On a phone there is no room for the whole name.
                legend=alt.Legend(columns=2, labelExpr="replace(datum.label, ' only', '')"),
            ),
            order=alt.Order("order:Q"),
            tooltip=charts.tooltip("kind:N", "verdict:N", "claims:Q"),
        )
    )
    return charts.present(
        chart,
        "Verdicts on the claims of the source notes",
        "number of claims, by what they say",
        "the claims of the notes; the verdicts are the book's own",
        f"All kinds together: {count_words(claims['verdict'])}.",
        height=None,
    )


def chapters_table(edition) -> Html:
    """Return how many claims of each chapter have which verdict."""
    claims = edition.claims
    if claims.empty:
        return gap("This edition knows no claim.")
    counts = pd.crosstab(claims["chapter"].str.replace("_", " "), claims["verdict"])
    shown = counts.reindex(columns=[verdict for verdict in VERDICTS if verdict in counts]).reset_index()
    return table(shown.rename(columns=str.capitalize), "Verdicts by chapter, number of claims")
