"""What changed since the edition before, as tables; where there was none before, that is said."""

from collections.abc import Callable

import pandas as pd

from metalsbook.analysis.changes import SILENT_MONTHS
from metalsbook.analysis.findings import show_measure
from metalsbook.names import base_name
from metalsbook.page import charts
from metalsbook.page.clash_words import gap_words, place_words, small_percent
from metalsbook.page.clashes import select_conflicts
from metalsbook.page.html import Html, escape, link, tag
from metalsbook.page.narrative import count_of, gap, join_words, number, percent, period_name, say
from metalsbook.page.tables import table
from metalsbook.page.verdicts import VERDICTS, badge, count_words

MOST_ROWS = 60


def summary(edition) -> Html:
    """Return how much is new, by kind."""
    found = edition.changes
    if not edition.compared_with:
        return say(f"There is no snapshot of the month before {period_name(edition.month)}, so that everything is new.")
    counts = {name: len(frame) for name, frame in found.items()}
    turned = counts["turned_verdicts"] + counts["turned_outlooks"]
    return say(
        f"Against the edition of {period_name(edition.compared_with)} there are "
        f"{count_of(counts['new_figures'], 'new figure')} and "
        f"{count_of(counts['further_prints'], 'further print')} of figures known before.",
        f"Sources revised {count_of(counts['revised_figures'] + counts['implied_revisions'], 'figure')}, we corrected "
        f"{count_of(counts['corrections_of_ours'], 'reading')}, and the method "
        f"{'changed' if counts['method_changes'] else 'is the same'}.",
        f"{count_of(counts['new_conflicts'], 'conflict is', 'conflicts are')} new, {counts['gone_conflicts']} gone; "
        f"{count_of(counts['new_claims'], 'claim was', 'claims were')} judged and "
        f"{count_of(counts['resolved_outlooks'], 'outlook')} resolved for the first time, and "
        f"{count_of(turned, 'earlier verdict')} turned.",
    ) + Html(tag("p", "All of it as data: " + tag("a", "changes.json", href="data/changes.json", download="")))


def new_figures_chart(edition):
    """Return how many new figures each chapter got, or a gap."""
    found = edition.changes["new_figures"].merge(edition.series[["series", "chapter"]], on="series")
    if found.empty:
        return gap("No chart: this edition has no new figure.")
    counts = found["chapter"].str.replace("_", " ").value_counts().rename_axis("chapter").reset_index(name="figures")
    return charts.present(
        charts.bars(counts, "chapter", "new figures", "figures"),
        "New figures by chapter",
        "figures that nobody had printed by the edition before",
        "all sources",
        f"Most new figures: {counts.iloc[0]['chapter']} with {counts.iloc[0]['figures']}.",
        height=None,
    )


def _listed(
    rows: pd.DataFrame, columns: dict[str, Callable], nouns: tuple[str, str], none: str, told: str = ""
) -> Html:
    """Return rows as a table of computed columns, at most `MOST_ROWS`; the rest is in the downloads."""
    if rows.empty:
        return gap(none)
    shown = rows.head(MOST_ROWS)
    cut = f"; the first {MOST_ROWS} are shown, all are in the downloads" if len(rows) > MOST_ROWS else ""
    made = {name: [make(row) for _, row in shown.iterrows()] for name, make in columns.items()}
    return table(pd.DataFrame(made), f"{count_of(len(rows), *nouns)}{told}{cut}")


def _titles(edition) -> dict[str, str]:
    return dict(zip(edition.series["series"], edition.series["title"], strict=True))


def _page(edition) -> Callable[[str], Html]:
    """Return a function that writes a source as its publisher with a link to the page."""
    known = edition.sources.set_index("source")

    def write(source: str) -> Html:
        if source not in known.index:
            return Html(escape(source), source)
        name = base_name(known.at[source, "publisher"])
        return Html(link(known.at[source, "url"], name), name)

    return write


def new_figures(edition) -> Html:
    """Return the figures that nobody had printed before, by chapter and series, newest period first."""
    titles, page = _titles(edition), _page(edition)
    chapters = edition.series.set_index("series")["chapter"]
    rows = edition.changes["new_figures"]
    rows = rows.assign(chapter=rows["series"].map(chapters)).sort_values(
        ["chapter", "series", "period"], ascending=[True, True, False], kind="stable"
    )
    return _listed(
        rows,
        {
            "Series": lambda row: titles.get(row["series"], row["series"]),
            "Measure": lambda row: show_measure(row["measure"]),
            "Period": lambda row: row["period"],
            "Printed": lambda row: row["stated"],
            "Source": lambda row: page(row["source"]),
            "Chapter": lambda row: row["chapter"].replace("_", " "),
        },
        ("new figure", "new figures"),
        "No new figure.",
    )


def revised(edition) -> Html:
    """Return the figures that a publisher printed anew with another value."""
    titles, page = _titles(edition), _page(edition)
    return _listed(
        edition.changes["revised_figures"],
        {
            "Series": lambda row: titles.get(row["series"], row["series"]),
            "Measure": lambda row: show_measure(row["measure"]),
            "Period": lambda row: row["period"],
            "Was": lambda row: row["old_stated"],
            "Is": lambda row: row["new_stated"],
            "Change": lambda row: "" if pd.isna(row["change_pct"]) else percent(row["change_pct"], 2),
            "Printed by": lambda row: page(row["new_source"]),
        },
        ("figure printed anew", "figures printed anew"),
        "No publisher printed a figure anew with another value.",
    )


def implied_revisions(edition) -> Html:
    """Return the revisions that the new figures give away: sums that no longer fit the earlier prints."""
    titles = _titles(edition)
    units = dict(zip(edition.series["series"], edition.series["unit"], strict=True))
    statements = edition.statements.set_index("statement")
    return _listed(
        edition.changes["implied_revisions"],
        {
            "Series": lambda row: titles.get(row["series"], row["series"]),
            "Months revised": lambda row: join_words([period_name(one) for one in row["period"].split("/")], "to"),
            "By at least": lambda row: f"{_size(row['gap'], units[row['series']])} {row['direction']}",
            "Of the level": lambda row: small_percent(row["gap_pct"]),
            "The figures that show it": lambda row: _prints(statements, row["statements"].split()),
        },
        ("revision that no page announces", "revisions that no page announces"),
        "No sum of new figures shows that earlier ones were revised.",
        "; the months printed before and the new month do not add up to the new sum",
    )


def _size(gap: float, unit: str) -> str:
    return number(abs(gap), unit, 1 if abs(gap) >= 1 else 0.01)


def _prints(statements: pd.DataFrame, names: list[str]) -> str:
    rows = statements.loc[[name for name in names if name in statements.index]].sort_values("period", kind="stable")
    return "; ".join(f"{show_measure(row['measure'])} {row['period']}: {row['stated']}" for _, row in rows.iterrows())


def corrections(edition) -> Html:
    """Return the statements that we read otherwise than in the edition before."""
    titles = _titles(edition)
    return _listed(
        edition.changes["corrections_of_ours"],
        {
            "Series": lambda row: titles.get(row["series"], row["series"]),
            "Period": lambda row: row["period"],
            "Column": lambda row: row["column"].replace("_", " "),
            "Was": lambda row: _text(row["was"]),
            "Is": lambda row: _text(row["becomes"]),
            "Statement": lambda row: row["statement"],
            "Correction": lambda row: row["correction"],
        },
        ("reading corrected", "readings corrected"),
        "No reading of a printed figure was corrected since the edition before.",
    )


def _text(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def method(edition, versions: dict[str, str]) -> Html:
    """Return the change of the method's version, where there is one, and what each version changed.

    Args:
        edition: The edition.
        versions: What each version changed, oldest first (`metalsbook.analysis.METHOD_CHANGES`).
    """
    rows = edition.changes["method_changes"]
    if not edition.compared_with:
        told = say(f"This edition is derived by method {edition.method_version}; there is none before it.")
    elif rows.empty:
        told = say(
            f"Both editions are derived by method {edition.method_version}: an edition of an earlier month is derived "
            "anew when the method changes, so that no figure differs between the two for this reason."
        )
    else:
        row = rows.iloc[0]
        told = say(f"The method changed from version {row['old_version']} to {row['new_version']}.")
    newest = list(versions)[::-1]
    shown = pd.DataFrame({"Version": newest, "What it changed": [versions[name] for name in newest]})
    return told + table(shown, "Versions of the method, newest first")


def conflicts(edition) -> Html:
    """Return the conflicts that are new in this edition: where, how far apart, and between which figures."""
    found = edition.changes
    new = found["new_conflicts"]["conflict"]
    rows = select_conflicts(edition)
    rows = rows[rows["conflict"].isin(new)].drop_duplicates(["conflict", "statement"])
    stated = edition.statements.set_index("statement")["stated"]
    figures = rows.groupby("conflict")["statement"].agg(lambda names: "; ".join(stated[name] for name in names))
    shown = _listed(
        rows.drop_duplicates("conflict"),
        {
            "Figures of": lambda row: _to_conflict(row["conflict"], place_words(edition, row)),
            "How far apart": lambda row: gap_words(edition, row),
            "Printed": lambda row: figures[row["conflict"]],
        },
        ("new conflict", "new conflicts"),
        "No new conflict.",
    )
    gone = len(found["gone_conflicts"])
    if not edition.compared_with:
        return shown
    return shown + say(
        f"{count_of(gone, 'conflict')} of the edition before {'is' if gone == 1 else 'are'} gone: resolved, or between "
        "other figures now."
        if gone
        else "All conflicts of the edition before stand."
    )


def _to_conflict(name: str, words: str) -> Html:
    return Html(tag("a", escape(words), href=f"conflicts.html#{name}"), words)


def claims_judged(edition) -> Html:
    """Return the claims that this edition is the first to judge, in a sentence for each note."""
    new = edition.changes["new_claims"]
    if new.empty:
        return gap("No claim was judged for the first time.")
    publishers = edition.publishers.map(base_name)
    told = [
        f"{publishers.get(note, note)}: {count_of(len(rows), 'claim')} judged for the first time, "
        f"{count_words(rows['verdict'], VERDICTS)}."
        for note, rows in new.groupby("note", sort=True)
    ]
    return say(*told)


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
        ("verdict that turned", "verdicts that turned"),
        "No verdict on a claim judged before turned.",
    )


def outlooks_resolved(edition) -> Html:
    """Return the outlooks that were resolved with this edition."""
    return _listed(
        edition.changes["resolved_outlooks"],
        {
            "Said": lambda row: row["says"],
            "Who": lambda row: row["publisher"],
            "Verdict": lambda row: badge(row["verdict"]),
            "Why": lambda row: row["reason"],
        },
        ("outlook resolved", "outlooks resolved"),
        "No outlook was resolved with this edition.",
    )


def outlooks_turned(edition) -> Html:
    """Return the outlooks that were resolved before and have another verdict now."""
    return _listed(
        edition.changes["turned_outlooks"],
        {
            "Said": lambda row: row["says"],
            "Was": lambda row: badge(row["old_verdict"]),
            "Is": lambda row: badge(row["new_verdict"]),
            "Why": lambda row: row["reason"],
        },
        ("outlook that turned", "outlooks that turned"),
        "No outlook resolved before turned.",
    )


def silent(edition) -> Html:
    """Return the regular series that got no new figure."""
    return _listed(
        edition.changes["silent_series"],
        {
            "Series": lambda row: row["title"],
            "Frequency": lambda row: row["frequency"],
            "Last period": lambda row: row["last_period"],
        },
        ("series without a new figure", "series without a new figure"),
        "Every regular series got a new figure.",
        f"; those silent for more than {SILENT_MONTHS} months are left out as ended",
    )
