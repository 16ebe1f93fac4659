"""Verdicts as the book shows them: claims with their evidence, contradictions as sums to redo, outlooks resolved."""

import re
from html import escape

import pandas as pd

from metalsbook.analysis.claims import VERDICTS
from metalsbook.months import cut_off, step_month
from metalsbook.names import base_name, told_name
from metalsbook.page.narrative import Html, as_printed, count_of, join_words, number, percent, period_name, plain, tag
from metalsbook.page.tables import source_cells

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
_SPANS = {"mom": "month", "yoy": "year", "qoq": "quarter", "wow": "week", "dod": "day"}
CHANGES = {measure: f"on the {span} before" for measure, span in _SPANS.items()}
"""What a change of each measure is on."""
_MEASURES = CHANGES | {
    "ytd": "January to then",
    "ytd_yoy": f"January to then, {CHANGES['yoy']}",
    "mean3": "mean of three months",
}
_CODES = {
    "ytd_yoy": "growth since January",
    "yoy": "growth on the year",
    "mom": "growth on the month",
    "ytd": "sum since January",
    "level": "figure of the month",
}
_SERIES = re.compile(r"[a-z0-9_]+(?:\.[A-Za-z0-9_]+)+")
SMALL_PCT = 0.005
"""Per cent below which a share of the level is said to be small instead of printed as nought."""


def badge(verdict: str) -> Html:
    """Return a verdict as a label; its class carries the colour, its word the meaning."""
    word = SHOWN.get(verdict, verdict)
    return Html(tag("span", escape(word), class_=f"mb-verdict mb-{verdict.replace(' ', '-')}"), word)


def counted(verdicts: pd.Series) -> list[str]:
    """Return how many rows have each verdict, from what holds to what does not: ["12 confirmed", "3 contradicted"]."""
    counts = verdicts.value_counts()
    return [f"{counts[verdict]} {SHOWN.get(verdict, verdict)}" for verdict in VERDICTS if verdict in counts]


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
    return {note: base_name(edition.publishers.get(note, note)) for note in edition.claims["note"].unique()}


def claim_cell(edition, row: pd.Series) -> Html:
    """Return a claim as a cell: what it says, and how the book reads it where that is not exact."""
    meant = tag("span", told(edition, f"Meant: {row['meant']}").markup, class_="mb-meant") if row["meant"] else ""
    return Html(f"{tag('span', escape(row['statement']), id=row['claim'])} {meant}", row["statement"])


def claimed_of(edition, row: pd.Series) -> str:
    """Return which series and period a claim is of."""
    return f"{edition.spec(row['series'])['title']}, {period_name(row['period'])}" if row["series"] else ""


def evidence_cell(edition, row: pd.Series) -> Html:
    """Return what a verdict rests on, folded: the sum in words, how many figures, what contradicts the claim's own."""
    names = row["evidence_statements"].split()
    used = f" Rests on {count_of(len(names), 'figure')}, named in the downloads." if names else ""
    wanted = f" What would decide: {row['would_decide']}." if row["would_decide"] else ""
    said = told(edition, f"{row['evidence']}{wanted}{used}")
    own = edition.prints(row["series"], row["measure"], row["period"]) if row["kind"] == "figure" else edition.rows_of()
    own = own.loc[own["source"] == row["note"], "statement"]
    found = edition.conflicts[edition.conflicts["statement"].isin(own)].drop_duplicates("conflict")
    links = [
        tag("a", escape(place_words(edition, one)), href=f"conflicts.html#{one.conflict}")
        for _, one in found.iterrows()
    ]
    clashes = tag("p", f"The note\u2019s figure contradicts others: {'; '.join(links)}") if links else ""
    body = tag("summary", "evidence") + tag("div", tag("p", said.markup) + clashes)
    return Html(tag("details", body, class_="mb-origin"), said.text)


def forecast_cell(row: pd.Series) -> Html:
    """Return a forecast (a row of `Edition.outlooks`) and, smaller, by whom, when, for when and how it was read."""
    first, last = period_name(row["horizon_from"]), period_name(row["horizon_to"])
    said = f"{row['publisher']}, {period_name(row['made_on'])}, for {first if first == last else f'{first} to {last}'}"
    read = f"Read as: {row['read_as']}" if row["read_as"] else ""
    facts = ". ".join(filter(None, (said, read, row["note"].rstrip("."))))
    small = tag("span", escape(f"{facts}."), class_="mb-meant", id=row["outlook"])
    return Html(f"{escape(row['says'])} {small}", row["says"])


def change_words(row: pd.Series) -> str:
    """Return the change of a new figure (a row of `changes`) and the period it is on, "" where it has none."""
    if not row["change_on"]:
        return ""
    change = percent(row["change_pct"])
    return f"{change.replace('%', ' pp') if row['unit'] == '%' else change} on {period_name(row['change_on'])}"


def outlook_words(outlook: pd.Series) -> str:
    """Return what happened to the series of an outlook: its level then and in the horizon, with the unit."""
    if pd.isna(outlook["level_in_horizon"]):
        return ""
    ends = ((outlook["level_then"], ""), (outlook["level_in_horizon"], outlook["level_unit"]))
    # Without decimals that a mean of quotes does not carry.
    known = (number(value, unit, 1.0 if abs(value) >= 1000 else None) for value, unit in ends if pd.notna(value))
    return " \u2192 ".join(known)


def _run_name(run: str) -> str:
    """Return "2024-01 to 2024-06" as "January to June 2024"; a whole year as "2024"."""
    first, _, last = run.partition(" to ")
    if last and first.endswith("-01") and last.endswith("-12"):
        # Whole years.
        first, last = first[:4], last[:4] if last[:4] > first[:4] else ""
    if not last:
        return period_name(first)
    return f"{period_name(first).removesuffix(f' {last[:4]}')} to {period_name(last)}"


def small_percent(value: float) -> str:
    """Return a share of a level in per cent; a tiny one is said to be small."""
    return "less than 0.01%" if 0 < value < SMALL_PCT else number(value, "%", 0.01)


def gap_words(edition, row: pd.Series) -> str:
    """Return how far figures (a row of `Edition.conflicts`) are apart, in the unit of the gap's series or in points."""
    if row["gap"] == 0:
        return "they meet only at the edge of their rounding"
    shown = f"{row['gap']:.10g}"
    resolution = 10.0 ** -len(shown.partition(".")[2])
    if row["gap_unit"] == "pp":
        return f"{number(row['gap'], '', resolution)} percentage point{'' if row['gap'] == 1 else 's'} apart"
    unit = edition.spec(row["gap_series"].split(" + ")[0])["unit"]
    return f"{number(row['gap'], unit, resolution)} apart ({small_percent(row['gap_pct'])} of the level)"


def place_cell(edition, row: pd.Series) -> Html:
    """Return `place_words` of a contradiction with an anchor that other pages lead to."""
    words = place_words(edition, row)
    return Html(tag("span", escape(words), id=row["conflict"]), words)


def sum_cell(edition, rows: pd.DataFrame) -> Html:
    """Return a conflict (rows of `Edition.conflicts`), folded: its figures, the sum to redo, what would explain it."""
    statements = edition.rows_of(*rows["series"].unique()).set_index("statement", drop=False)
    points, causes = [], []
    for _, row in rows.iterrows():
        printed = statements.loc[row["statement"]]
        measure = f"{_MEASURES.get(row['measure'], row['measure'])}, {period_name(row['period'])}"
        told = f"{edition.spec(row['series'])['title']}, {measure}: {printed['stated']} "
        points.append(tag("li", escape(told) + source_cells(edition, [printed["source"]])[0].markup))
        if row["explanation"]:
            slips = [_in_words(edition, slip) for slip in row["explanation"].split("; ")]
            figure = f"{told_name(edition.publishers[printed['source']])} ({as_printed(printed)}; {measure})"
            causes.append(f"This would explain it, of the figure of {figure}: {'; or '.join(slips)}.")
    body = tag("ul", "".join(points), class_="mb-points")
    body += "".join(tag("p", escape(line), class_="mb-sum") for line in sum_lines(edition, rows["worked_sum"].iloc[0]))
    body += "".join(tag("p", escape(line), class_="mb-explanation") for line in causes)
    head = count_of(len(rows), "figure")
    return Html(tag("details", tag("summary", head) + tag("div", body), class_="mb-origin"), head)


def place_words(edition, row: pd.Series) -> str:
    """Return where the gap lies: the title of the series and the months."""
    titles = [edition.spec(name)["title"] for name in row["gap_series"].split(" + ")]
    return f"{join_words(titles)}, {join_words([_run_name(run) for run in row['gap_period'].split(' + ')])}"


def sum_lines(edition, text: str) -> list[str]:
    """Return the lines of a worked sum; a series is named by its title, or not at all where all lines are about one."""
    names = set(_SERIES.findall(text)) & set(edition.series["series"])
    if len(names) == 1:
        text = text.replace(f"{names.pop()} ", "")
    # True signs for minus and times.
    text = re.sub(r"(?<=\s)-(?=\s)|(?<![\w-])-(?=\d)", "\u2212", with_titles(edition, text)).replace(" x ", " \u00d7 ")
    return [line[:1].upper() + line[1:] for line in text.splitlines() if line.strip()]


def with_titles(edition, text: str, form: str = "{}") -> str:
    """Return a text with the titles of series, each in a form, in the place of their ids."""
    titles = dict(zip(edition.series["series"], edition.series["title"], strict=True))
    return _SERIES.sub(lambda found: form.format(titles.get(found[0], found[0])), text)


def _in_words(edition, slip: str) -> str:
    if slip.startswith("it is the "):
        slip = re.sub(r"(?<=the )\w+", lambda code: _CODES.get(code[0], code[0]), slip)
    return with_titles(edition, plain(slip).replace(" was revised by", " was revised since by"))


def new_conflicts(edition) -> set[str]:
    """Return the conflicts that could not be seen a month ago: one of their figures was first printed since."""
    published = edition.rows_of(*edition.conflicts["series"].unique()).set_index("statement")["published"]
    first = edition.conflicts["prints"].map(lambda prints: min(published[name] for name in prints.split()))
    fresh = first > cut_off(step_month(edition.month, -1))
    return set(edition.conflicts.loc[fresh, "conflict"])
