"""What an executed chapter shows, and what must never be shown: read from a notebook, committed or just executed."""

import calendar
import re
from collections.abc import Iterator

import altair as alt
import nbformat
from bs4 import BeautifulSoup
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from metalsbook.months import cut_off, last_day
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.snapshot import open_snapshot

LEAST_CHARTS = 3
# The table of what is published next names days to come.
_RELEASES = r"<table(?:(?!</table>).)*<caption>[^<]*releases.*?</table>"
_NO_FIGURE = r"\b(nan|None|inf|NaT)\b"
_EMPTY = r"<caption>[^<]*</caption><thead>(?:(?!<tbody>).)*<tbody></tbody>|<ul[^>]*></ul>"
_MONTH = re.compile(rf"({'|'.join(calendar.month_name[1:])}) (20\d\d)")


def outputs_of(notebook: nbformat.NotebookNode) -> list[dict]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [output["data"] for cell in cells for output in cell.outputs if "data" in output]


def html_of(notebook: nbformat.NotebookNode) -> str:
    return " ".join(data.get("text/html", "") for data in outputs_of(notebook))


def words_of(notebook: nbformat.NotebookNode, without: str = "$^") -> str:
    """Return the words of a page but for the parts quoted from sources, and the markup that matches a pattern."""
    page = BeautifulSoup(re.sub(without, "", html_of(notebook), flags=re.DOTALL), "html.parser")
    # Links, folded origins and code.
    for quoted in page(["a", "details", "code", "cite", "svg"]):
        quoted.decompose()
    return " ".join(page.strings)


def charts_of(notebook: nbformat.NotebookNode) -> list[dict]:
    return [value for data in outputs_of(notebook) for kind, value in data.items() if "vegalite" in kind]


def find_faults(notebook: nbformat.NotebookNode, month: str) -> list[str]:
    """Return everything that no page of a month may show, a line each."""
    words, charts = words_of(notebook), charts_of(notebook)
    faults = [f"a missing figure shown as one: {text}" for text in _missing_figures(notebook, words)]
    faults += [f"stands empty: {text[:80]}" for text in re.findall(_EMPTY, html_of(notebook))]
    faults += [f"not told as one: {text}" for text in re.findall(r"(?:\b[Tt]he 1 \w+|\b1 \w+ of the \w+ are\b)", words)]
    if told := re.search(r"(?<![\w.,\u2212-])([\d,.]+%?) to \1(?![\d,.])", words):
        faults.append(f"a range with one end: {told.group()}")
    later = _later_periods(words_of(notebook, _RELEASES), month)
    faults += [f"a sentence knows a later month: {period}" for period in later]
    for spec in charts:
        faults += _faults_of_chart(spec, month)
    return faults


def find_chapter_faults(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what one of the five chapters lacks beyond `find_faults`."""
    charts = charts_of(notebook)
    # A note stands in the place of a chart whose figures nobody published.
    drawn = len(charts) + html_of(notebook).count('class="mb-gap"')
    faults = [] if charts and drawn >= LEAST_CHARTS else [f"{len(charts)} charts"]
    for spec in charts:
        title = spec.get("title") or {}
        if not (title.get("text") and title.get("subtitle") and len(spec.get("description", "")) > 40):
            faults.append(f"a chart without title, subtitle or text alternative: {title}")
    return faults


def _missing_figures(notebook: nbformat.NotebookNode, words: str) -> list[str]:
    """Return what a missing figure looks like where it is shown as one, with the words about it."""
    # "None of the four" is English.
    found = re.findall(r".{0,40}(?<![\w.-])(?:nan|NaN|None(?! of )|NaT|inf)(?![\w-]).{0,40}", words)
    plain = [data.get("text/plain", "") for data in outputs_of(notebook)]
    return found + [text for text in plain if re.search(r"(?<![\w.-])(?:nan|NaT|<NA>)(?![\w-])", text)]


def _later_periods(words: str, month: str) -> list[str]:
    """Return the periods after the cut-off that a text names; events and forecasts may speak of what is to come."""
    tables = open_snapshot(snapshots_folder() / month).tables
    for what in tables["events"]["what"]:
        words = words.replace(what, "")
    names = list(calendar.month_name)
    periods = {f"{year}-{names.index(name):02d}" for name, year in _MONTH.findall(words)}
    periods |= set(re.findall(r"(?<![\w-])20\d\d-(?:0[1-9]|1[0-2])(?![\w])", words))
    ahead = tables["statements"]
    periods -= set(ahead.loc[ahead["measure"].str.startswith("forecast"), "period"].str[:7])
    return sorted(period for period in periods if period > cut_off(month)[:7])


def _faults_of_chart(spec: dict, month: str) -> Iterator[str]:
    if told := re.search(_NO_FIGURE, spec.get("description", "")):
        yield f"a text alternative says {told.group()}"
    yield from (f"a chart knows a later month: {day}" for day in dated(spec) if day > last_day(month))
    # Altair checks a chart before it lays the theme over it; pages show it without a check of their own.
    own = {key: value for key, value in spec.items() if key not in ("config", "datasets")}
    if error := best_match(Draft7Validator(alt.Chart._rootschema).iter_errors(own)):
        yield f"no Vega-Lite: {error.json_path}: {error.message[:200]}"


def dated(node, keys=("date", "period", "month", "when")) -> Iterator[str]:
    """Yield every date or period in the data of a chart."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys and isinstance(value, str) and re.match(r"20\d\d-\d\d", value):
                yield value[:10]
            else:
                yield from dated(value, keys)
    elif isinstance(node, list):
        for each in node:
            yield from dated(each, keys)
