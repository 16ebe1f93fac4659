"""Words for what clashes: of which figure, in which months, by how much, and what would explain it."""

import re
from html import escape

import pandas as pd

from metalsbook.months import cut_off, step_month
from metalsbook.names import base_name, told_name
from metalsbook.page.narrative import MINUS, Html, as_printed, count_of, join_words, link, number, period_name, tag

CHANGES = {
    "mom": "on the month before",
    "yoy": "on the year before",
    "qoq": "on the quarter before",
    "wow": "on the week before",
    "dod": "on the day before",
}
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


def months_name(text: str) -> str:
    """Return "2024-01 to 2024-06 + 2024-12" as "January to June 2024 and December 2024"; a whole year as "2024"."""
    return join_words([_run_name(run) for run in text.split(" + ")])


def _run_name(run: str) -> str:
    first, _, last = run.partition(" to ")
    if last and first.endswith("-01") and last.endswith("-12"):
        # Whole years.
        first, last = first[:4], last[:4] if last[:4] > first[:4] else ""
    if not last:
        return period_name(first)
    of_one_year = len(first) > 4 and first[:4] == last[:4]
    return f"{period_name(first).split()[0] if of_one_year else period_name(first)} to {period_name(last)}"


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
        source = edition.pages[printed["source"]]
        told = f"{edition.spec(row['series'])['title']}, {_measure_words(row)}: {printed['stated']} "
        points.append(tag("li", escape(told) + link(source["url"], base_name(source["publisher"]))))
        if row["explanation"]:
            slips = [_in_words(edition, slip) for slip in row["explanation"].split("; ")]
            figure = (
                f"{told_name(edition.publishers[printed['source']])} ({as_printed(printed)}; {_measure_words(row)})"
            )
            causes.append(f"This would explain it, of the figure of {figure}: {'; or '.join(slips)}.")
    body = tag("ul", "".join(points), class_="mb-points")
    body += "".join(tag("p", escape(line), class_="mb-sum") for line in sum_lines(edition, rows["worked_sum"].iloc[0]))
    body += "".join(tag("p", escape(line), class_="mb-explanation") for line in causes)
    head = count_of(len(rows), "figure")
    return Html(tag("details", tag("summary", head) + tag("div", body), class_="mb-origin"), head)


def place_words(edition, row: pd.Series) -> str:
    """Return where the gap lies: the title of the series and the months."""
    titles = [edition.spec(name)["title"] for name in row["gap_series"].split(" + ")]
    return f"{join_words(titles)}, {months_name(row['gap_period'])}"


def sum_lines(edition, text: str) -> list[str]:
    """Return the lines of a worked sum; a series is named by its title, or not at all where all lines are about one."""
    names = set(_SERIES.findall(text)) & set(edition.series["series"])
    if len(names) == 1:
        text = text.replace(f"{names.pop()} ", "")
    # True signs for minus and times.
    text = re.sub(r"(?<=\s)-(?=\s)|(?<![\w-])-(?=\d)", MINUS, with_titles(edition, text)).replace(" x ", " \u00d7 ")
    return [line[:1].upper() + line[1:] for line in text.splitlines() if line.strip()]


def with_titles(edition, text: str, form: str = "{}") -> str:
    """Return a text with the titles of series, each in a form, in the place of their ids."""
    titles = dict(zip(edition.series["series"], edition.series["title"], strict=True))
    return _SERIES.sub(lambda found: form.format(titles.get(found[0], found[0])), text)


def _measure_words(row: pd.Series) -> str:
    return f"{_MEASURES.get(row['measure'], row['measure'])}, {period_name(row['period'])}"


def _in_words(edition, slip: str) -> str:
    if slip.startswith("it is the "):
        slip = re.sub(r"(?<=the )\w+", lambda code: _CODES.get(code[0], code[0]), slip)
    slip = re.sub(r"\d{4}(-\d{2})?(?= was re)", lambda found: period_name(found[0]), slip)
    return with_titles(edition, slip.replace(" was revised by", " was revised since by"))


def new_conflicts(edition) -> set[str]:
    """Return the conflicts that could not be seen a month ago: one of their figures was first printed since."""
    published = edition.rows_of(*edition.conflicts["series"].unique()).set_index("statement")["published"]
    first = edition.conflicts["prints"].map(lambda prints: min(published[name] for name in prints.split()))
    fresh = first > cut_off(step_month(edition.month, -1))
    return set(edition.conflicts.loc[fresh, "conflict"])
