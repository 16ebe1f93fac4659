"""Lines that lead from a chapter to the check pages: its claims, its contradictions, its sources."""

from metalsbook.page.coverage import coverage_line
from metalsbook.page.html import Html, escape, folded, tag
from metalsbook.page.narrative import count_of
from metalsbook.page.tables import sources_table
from metalsbook.page.verdicts import counted
from metalsbook.page.words import say_line


def checks_lines(edition, chapter: str) -> Html:
    """Return claims, contradictions and coverage of a chapter as one line each, with a link to the page that has more.

    Args:
        edition: The edition.
        chapter: The chapter's name as the series catalogue has it.
    """
    claims = edition.claims
    own = claims[claims["chapter"] == chapter] if len(claims) else claims
    said = counted(own["verdict"]) if len(own) else []
    series = edition.series.loc[edition.series["chapter"] == chapter, "series"]
    conflicts = edition.conflicts.loc[edition.conflicts["series"].isin(series), "conflict"].nunique()
    lines = [
        (say_line("shared/claims_line", total=len(own), counts=said), "claims_audit.html", "Claims audit"),
        (say_line("shared/conflicts_line", total=conflicts, new=0, before=""), "conflicts.html", "Contradictions"),
    ]
    if known := coverage_line(edition, chapter):
        lines.append((known, "data_catalogue.html#coverage", "Coverage"))
    markup = "".join(tag("p", f"{escape(text)} {tag('a', name, href=to)}", class_="mb-say") for text, to, name in lines)
    return Html(markup, "\n".join(text for text, _, _ in lines))


def sources_fold(edition, chapter: str) -> Html:
    """Return the sources of a chapter, folded under a line with their number."""
    own = edition.series.loc[edition.series["chapter"] == chapter, "series"]
    publishers = edition.rows_of(*own)["source"].map(edition.publishers).nunique()
    return folded(f"Sources: {count_of(publishers, 'publisher')}", sources_table(edition, chapter))
