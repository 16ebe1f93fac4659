"""A single figure read off a page: asked for or given, checked, appended."""

import hashlib
import re
from collections.abc import Callable

from metalsbook.errors import UsageError
from metalsbook.ingest.append import check, clear_leavings, commit
from metalsbook.ingest.batch import SOURCE_COLUMNS, STATEMENT_COLUMNS, Batch, Row
from metalsbook.ingest.files import Details
from metalsbook.ingest.ledger_text import LedgerText
from metalsbook.ingest.mappings import waiting_series
from metalsbook.ingest.merge import merge_batch
from metalsbook.ingest.plain import check_rows
from metalsbook.ingest.report import describe_merge
from metalsbook.ingest.text import plain
from metalsbook.paths import ledger_folder

_WHERE = "the figure"
_LICENCE = "figures cited; page © publisher"
_QUESTIONS = {
    "series": "Series (an id of series.csv)",
    "period": "Period (YYYY-MM-DD, YYYY-MM or YYYY)",
    "measure": "Measure (level, ytd, mom, yoy, ...)",
    "stated": "The figure as printed, with its unit",
    "source": "Source (an id of sources.csv; empty for a new page)",
    "publisher": "Publisher of the page",
    "title": "Title of the page",
    "published": "Day of publication (YYYY-MM-DD; empty where the page bears none)",
    "url": "Address of the page",
    "licence": f"Terms (empty: {_LICENCE})",
    "origin": "Who produced the figures (smm, gacc, caam, ...)",
}
_MAY_BE_EMPTY = ("source", "published", "licence", "measure", "unit")
_FROM_PAGE = ("publisher", "title", "published", "url", "licence", "origin")


def add_figure(
    given: dict[str, str | None],
    told: Details,
    *,
    dry_run: bool = False,
    ask: Callable[[str], str] | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Add one figure; what is not given is asked for where somebody sits at the keyboard.

    Args:
        given: Texts by name of the options of `ingest --add`; None where an option is not used.
        told: Measure and day of publication come from here.
        dry_run: Show what would be added, change nothing.
        ask: Gets a question, returns the answer; where not given, the keyboard if there is one.
        say: Gets each line of the report.

    Raises:
        UsageError: If something is missing and nobody can be asked.
        IngestError: If the figure breaks a rule of the ledger, or the text does not say a number in its unit.
    """
    clear_leavings(ledger_folder())
    ledger = LedgerText(ledger_folder())
    answers = given | {"measure": told.measure or None, "published": told.published or None}
    batch = _make_batch(_complete(answers, ledger, ask or _keyboard()), ledger)
    merge = merge_batch(ledger, batch, accept=True)
    for line in describe_merge(merge, details=True):
        say(line)
    if dry_run:
        check(ledger)
        say("Nothing was written: this was a dry run")
        return
    commit(ledger)
    say("1 statement added to data/ledger" if merge.statements else "Nothing new: the ledger is as it was")


def _keyboard() -> Callable[[str], str] | None:
    import sys

    return input if sys.stdin is not None and sys.stdin.isatty() else None


def _complete(answers: dict[str, str | None], ledger: LedgerText, ask: Callable[[str], str] | None) -> dict[str, str]:
    """Return all texts, asking for those that are not there."""
    complete: dict[str, str] = {"unit": (answers.get("unit") or "").strip()}
    page_is_known = False
    for name, question in _QUESTIONS.items():
        if name in _FROM_PAGE and page_is_known:
            continue
        text = answers.get(name)
        if text is None and ask is not None:
            try:
                text = ask(f"{question}: ")
            except EOFError:
                ask, text = None, None
        complete[name] = (text or "").strip()
        if not complete[name] and name not in _MAY_BE_EMPTY:
            raise UsageError(f"A figure needs its {name}", f"Add --{name} '...'")
        if name == "source" and complete["source"]:
            page_is_known = any(row["source"] == complete["source"] for row in ledger.sources.rows)
    return complete


def _make_batch(answers: dict[str, str], ledger: LedgerText) -> Batch:
    waiting = waiting_series()
    catalogue = {row["series"]: row for row in ledger.series.rows}
    series = catalogue.get(answers["series"]) or waiting.get(answers["series"])
    if series is None:
        raise UsageError(f"The series '{answers['series']}' is not in series.csv", _alike(answers["series"], catalogue))
    source = _source(answers)
    row = _statement(answers, series, source["source"] if source else answers["source"])
    batch = Batch("the figure", "a single figure", source, [row], [source] if source else [])
    if answers["series"] in waiting and answers["series"] not in catalogue:
        batch.series.append(waiting[answers["series"]])
    return batch


def _alike(name: str, catalogue: dict[str, Row]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, catalogue, 3, 0.6)
    return f"Is it {' or '.join(close)}?" if close else "Look it up in data/ledger/series.csv"


def _statement(answers: dict[str, str], series: Row, source: str) -> Row:
    """Return the statement; its number is read from the printed text."""
    from decimal import Decimal

    from metalsbook.errors import IngestError, LedgerError
    from metalsbook.ledger.figures import read_figure
    from metalsbook.ledger.vocabulary import CHANGE_MEASURES

    measure = answers["measure"] or "level"
    unit = answers["unit"] or ("%" if measure in CHANGE_MEASURES else series["unit"])
    try:
        figure = read_figure(answers["stated"], unit, measure)
    except LedgerError as error:
        raise IngestError(error.what, f"Give the figure as printed, in {unit} or with --unit") from None
    low, high = ("" if end != end else plain(Decimal(repr(end))) for end in (figure.low, figure.high))
    cells = (
        series["series"],
        measure,
        answers["period"],
        plain(Decimal(repr(figure.value))),
        low,
        high,
        unit,
        answers["stated"],
        source,
    )
    row = dict(zip(STATEMENT_COLUMNS, cells, strict=True))
    check_rows("statements", [(1, row)], STATEMENT_COLUMNS, _WHERE)
    return row


def _source(answers: dict[str, str]) -> Row | None:
    """Return the row of a page that the ledger does not have yet."""
    if "url" not in answers:
        return None
    url = answers["url"]
    key = re.sub(r"[^a-z0-9]+", "-", answers["publisher"].lower())[:18].strip("-") or "src"
    name = f"{key}-{answers['published'] or 'undated'}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"
    row = {column: answers.get(column, "") for column in SOURCE_COLUMNS} | {
        "source": answers["source"] or name,
        "licence": answers["licence"] or _LICENCE,
        "repeats": "",
        "origin": re.sub(r"[^a-z0-9]+", "_", answers["origin"].lower()).strip("_"),
    }
    check_rows("sources", [(1, row)], SOURCE_COLUMNS, _WHERE)
    return row
