"""The claims audit as a whole: how many claims of which note have which verdict."""

import altair as alt

from metalsbook.page import charts
from metalsbook.page.html import Html
from metalsbook.page.narrative import count_of, gap, say
from metalsbook.page.verdicts import VERDICTS, count_words

_COLOURS = ["#00876c", "#0072b2", "#5b7083", "#a3478f", "#d55e00", "#8c6d00"]


def claims_sentences(edition) -> Html:
    """Return a sentence for each note: its publisher, how many claims, which verdicts."""
    claims = edition.claims
    if claims.empty:
        return gap("The source notes were published after this edition's cut-off: there is nothing to judge yet.")
    publishers = edition.sources.set_index("source")["publisher"]
    told = [
        f"{publishers.get(note, note)}: {count_of(len(rows), 'claim')}, {count_words(rows['verdict'])}."
        for note, rows in claims.groupby("note", sort=True)
    ]
    return say(*told)


def verdict_chart(edition):
    """Return the verdicts of each chapter's claims as stacked bars, or a gap."""
    claims = edition.claims
    if claims.empty:
        return gap("No chart: this edition knows no claim.")
    counts = claims.groupby(["chapter", "verdict"]).size().rename("claims").reset_index()
    counts["chapter"] = counts["chapter"].str.replace("_", " ")
    counts["order"] = counts["verdict"].map(VERDICTS.index)
    chart = alt.Chart(counts).mark_bar().encode(
        x=alt.X("claims:Q", title="claims"),
        y=alt.Y("chapter:N", title=None),
        color=alt.Color("verdict:N", title=None, scale=alt.Scale(domain=list(VERDICTS), range=_COLOURS)),
        order="order:Q",
        tooltip=charts.tooltip("chapter:N", "verdict:N", "claims:Q"),
    )
    return charts.present(
        chart, "Verdicts on the claims of the source notes", "number of claims by chapter",
        "the source notes, judged by the ledger without them",
        f"All chapters together: {count_words(claims['verdict'])}.", height=None,
    )
