"""The schemas of the ledger's tables: one definition that validates them and that the data dictionary is made from.

The CSV files are validated as text, cell by cell; what cells must have to do with each other is in `rules`. Statements
as read, with types, are a pandera schema.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from metalsbook.errors import LedgerError
from metalsbook.ledger import vocabulary

FILE, LINE = "_file", "_line"
"""Columns that tell where a row stands; they leave the frame when all checks are done."""
LISTED = 20
"""Violations that one message lists; it says how many more there are."""
_SHOWN = 80


@dataclass(frozen=True, order=True)
class Violation:
    """One cell that breaks one rule, or where `column` is "" one row; `row` is a line of `file`, the header line 1."""

    file: str
    row: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        value = self.value if len(self.value) <= _SHOWN else f"{self.value[: _SHOWN - 1]}…"
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}, row {self.row}{column}: {value!r} - {self.rule}"


def refuse(violations: Iterable[Violation]) -> None:
    """Raise a LedgerError that lists up to `LISTED` violations, if there is one."""
    found = sorted(set(violations))
    if not found:
        return
    lines = [str(violation) for violation in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"and {len(found) - LISTED} more")
    count = "1 violation" if len(found) == 1 else f"{len(found)} violations"
    error = LedgerError(f"The ledger breaks its rules ({count}):\n  " + "\n  ".join(lines))
    error.violations = tuple(found)
    raise error


@dataclass(frozen=True)
class Rule:
    """A rule for a column of text, in words and as a test of each of its cells."""

    text: str
    test: Callable[[pd.Series], pd.Series]

    @property
    def unless_empty(self) -> "Rule":
        """The rule for cells that hold something."""
        return Rule(self.text, lambda cells: (cells == "") | self.test(cells))


def matches(pattern: str, text: str) -> Rule:
    """Return the rule that the whole cell matches `pattern`."""
    return Rule(text, lambda cells: cells.str.fullmatch(pattern))


def one_of(names: Iterable[str], what: str) -> Rule:
    """Return the rule that the cell is one of `names`."""
    known = tuple(names)
    return Rule(f"{what}: one of {', '.join(known)}", lambda cells: cells.isin(known))


_UNSEEN = "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
"""Control, bidirectional, zero-width and replacement characters: text that does not read as it is stored."""
_REAL_DATE = r"(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_ID_PART = r"(?:[a-z0-9_]+|[A-Z]{2,3})"

FILLED = Rule("must not be empty", lambda cells: cells != "")
CLEAN = Rule(
    "must be free of control, invisible and text-direction characters, and of blanks at its ends",
    lambda cells: ~cells.str.contains(_UNSEEN, regex=True) & (cells == cells.str.strip()),
)
UNIQUE = Rule("must not occur twice in the table", lambda cells: ~cells.duplicated())
SERIES_ID = matches(
    rf"[a-z]{_ID_PART}(?:\.{_ID_PART})*|[a-z]", "a series id: lower-case words joined by dots, places as ISO codes"
)
SLUG = matches(r"[a-z0-9]+(?:[-_.]+[a-z0-9]+)*", "an id: lower-case letters, digits and single marks between them")
STATEMENT_ID = matches(r"st-[0-9a-f]{10}(?:-[0-9]+)?", 'a statement id: "st-" and 10 hex digits')
ARCHIVED = matches(r"[0-9a-f]{64}-[\w.() -]+", "a file of the archive: 64 hex digits, a hyphen and the file's name")
SERIES_PAIR = matches(rf"{_ID_PART}[\w.]*/{_ID_PART}[\w.]*", 'two series ids as "part/total"')
NUMBER = matches(r"-?[0-9]+(?:\.[0-9]+)?", "a plain number: digits, at most one dot, no separators")
URL = matches(r"https?://[^\s<>\"\\]+", "an http or https address without blanks, quotes or angle brackets")
PLAIN = Rule("plain text without markup", lambda cells: ~cells.str.contains(r"<[a-zA-Z/!]|\]\(|\{\{|\{%", regex=True))


def _are_dates(cells: pd.Series) -> pd.Series:
    days = pd.to_datetime(cells.where(cells.str.fullmatch(_REAL_DATE)), format="%Y-%m-%d", errors="coerce")
    return days.notna()


def _are_periods(cells: pd.Series) -> pd.Series:
    short = cells.str.fullmatch(r"(?:19|20|21)\d\d(?:-(?:0[1-9]|1[0-2]))?")
    long = cells.str.len() == 10
    return short | (_are_dates(cells.where(long, "")) & long)


DATE = Rule('a date "YYYY-MM-DD" that exists', _are_dates)
PERIOD = Rule('a period "YYYY", "YYYY-MM" or "YYYY-MM-DD" that exists', _are_periods)


class Column(NamedTuple):
    """A column of a table: what it holds, its rules, and whether that is a number."""

    meaning: str
    rules: tuple[Rule, ...]
    number: bool


@dataclass(frozen=True)
class Table:
    """A table of the ledger: its file below the ledger's folder, what a row is, and its columns in their order."""

    file: str
    row: str
    cells: dict[str, Column]

    @property
    def columns(self) -> list[str]:
        """The header of the file."""
        return list(self.cells)

    @property
    def numbers(self) -> list[str]:
        """The columns that hold numbers."""
        return [name for name, column in self.cells.items() if column.number]


def _column(meaning: str, *rules: Rule, empty: bool = False, number: bool = False) -> Column:
    """Return a column of text; rules are for cells that hold something; `empty` allows none."""
    own = [rule.unless_empty for rule in ((NUMBER, *rules) if number else rules)]
    return Column(meaning, (*(() if empty else (FILLED,)), CLEAN, PLAIN, *own), number)


def _table(file: str, row: str, /, **columns: Column) -> Table:
    return Table(file, row, columns)


_CHAPTER = one_of(vocabulary.CHAPTERS, "a chapter")
_UNIT = one_of(vocabulary.UNITS, "a unit")
_MEASURE = one_of(vocabulary.MEASURES, "a measure")
_KEY = (SLUG, UNIQUE)

TABLES: dict[str, Table] = {
    "statements": _table(
        "statements/<topic>.csv",
        "one figure as one source printed it",
        series=_column("what the figure is of; an id of `series` or of `aliases`", SERIES_ID),
        measure=_column("what the figure says of the series", _MEASURE),
        period=_column("day, month or year that the figure is of", PERIOD),
        value=_column("the figure as a number in `unit`; the middle of a printed range; signed", number=True),
        low=_column("low end of a quoted range (bid, not rounding)", empty=True, number=True),
        high=_column("high end of a quoted range (ask, not rounding)", empty=True, number=True),
        unit=_column("unit of `value`, `low` and `high`", _UNIT),
        stated=_column("the figure as printed, in the words of `metalsbook/ledger/words.toml`"),
        source=_column("who printed it; an id of `sources`", SLUG),
    ),
    "series": _table(
        "series.csv",
        "one series: what a figure can be of",
        series=_column("id", SERIES_ID, UNIQUE),
        title=_column("name on pages"),
        unit=_column("the one unit of its levels", _UNIT),
        frequency=_column("how often it is published", one_of(vocabulary.FREQUENCIES, "a frequency")),
        kind=_column("how it behaves over time", one_of(vocabulary.KINDS, "a kind")),
        place=_column("country, province or port it is of", empty=True),
        grade=_column("grade or form of the metal", empty=True),
        basis=_column(
            "tax, delivery and statistical basis: with tax, ex-works, FOB, inside or outside China", empty=True
        ),
        growth_basis=_column(
            "what its growth rates are computed on", one_of(vocabulary.GROWTH_BASES, "a growth basis"), empty=True
        ),
        part_of=_column("series whose total it is a part of", SERIES_ID, empty=True),
        share_of=_column("for shares: the two series it is the quotient of", SERIES_PAIR, empty=True),
        chapter=_column("chapter that shows it", _CHAPTER),
        definition=_column("what is counted, and what it must not be confused with"),
    ),
    "sources": _table(
        "sources.csv",
        "one page or document that printed figures",
        source=_column("id", *_KEY),
        publisher=_column("who published it"),
        title=_column("its title"),
        published=_column("day of publication; empty where the page bears none", DATE, empty=True),
        url=_column("address", URL),
        licence=_column("on what terms its figures are used"),
        repeats=_column("source that it is a copy of", SLUG, empty=True),
        origin=_column("who produced the figures: sources of one origin do not confirm each other", SLUG, empty=True),
        seen=_column("day on which a page without a date was read first, from which it counts", DATE, empty=True),
    ),
    "aliases": _table(
        "aliases.csv",
        "one id in statements that means another series",
        alias=_column("id as it stands in statements", SERIES_ID, UNIQUE),
        series=_column("series that it means", SERIES_ID),
        measure=_column("measure that the id encodes", _MEASURE, empty=True),
        factor=_column("what values are multiplied by; empty for 1", empty=True, number=True),
        why=_column("why the two are one"),
    ),
    "events": _table(
        "events.csv",
        "one dated event on supply, policy or demand",
        event=_column("id", *_KEY),
        date=_column("day, month or year", PERIOD),
        topic=_column("kind of event"),
        what=_column("what happened, in our words"),
        source_title=_column("title of the page that reports it"),
        publisher=_column("who published that page"),
        url=_column("its address", URL),
        chapter=_column("chapter that shows it", _CHAPTER, empty=True),
    ),
    "outlooks": _table(
        "outlooks.csv",
        "one dated forecast of a publisher",
        outlook=_column("id", *_KEY),
        publisher=_column("who forecasts"),
        title=_column("title of the page"),
        url=_column("its address", URL),
        made_on=_column("day it was made", DATE),
        subject=_column("what it is about"),
        series=_column("series that decides it; empty where the ledger has none", SERIES_ID, empty=True),
        horizon_from=_column("first day or month it speaks of", PERIOD),
        horizon_to=_column("last day or month it speaks of", PERIOD),
        direction=_column("what is expected", one_of(vocabulary.DIRECTIONS, "a direction")),
        target_low=_column("low end of a named value", empty=True, number=True),
        target_high=_column("high end of a named value", empty=True, number=True),
        unit=_column("unit of the target", one_of((*vocabulary.UNITS, *vocabulary.TARGET_UNITS), "a unit"), empty=True),
        also=_column(
            'direction that is right as well, where the forecast is open to one side: "firm" is flat and up, "soft" '
            "down and flat",
            one_of(("up", "down", "flat"), "a direction"),
            empty=True,
        ),
        against=_column(
            "what it compares with, where that is not the time just before: `year before`, the months that it names, "
            "or `not stated`, which leaves it without a verdict",
            matches(
                r"year before|not stated|\d{4}-(?:0[1-9]|1[0-2])(?::\d{4}-(?:0[1-9]|1[0-2]))?",
                "`year before`, `not stated`, a month or two with a colon between",
            ),
            empty=True,
        ),
        stood_at=_column("level from which it says that it starts, in the unit of the series", empty=True, number=True),
        stood_on=_column("day of that level", DATE, empty=True),
        horizon=_column(
            "how the horizon is known, where the page does not name it: `short term` by these words, in the days of "
            "the row; `not stated`: a price is judged by the two weeks after it was made",
            one_of(("short term", "not stated"), "a word"),
            empty=True,
        ),
        note=_column("what a reader must know of it", empty=True),
        says=_column("the forecast in our words"),
    ),
    "claims": _table(
        "claims.csv",
        "one figure or comparison in a source note",
        claim=_column("id", *_KEY),
        note=_column("source note that makes it; an id of `sources`", SLUG),
        paragraph=_column("where in the note"),
        chapter=_column("chapter that shows it", _CHAPTER),
        statement=_column("the sentence in our words"),
        meant=_column("what it is taken to mean, where the sentence leaves it open", empty=True),
        series=_column("series it is of", SERIES_ID, empty=True),
        measure=_column("measure it is of", _MEASURE, empty=True),
        period=_column("period it is of", PERIOD, empty=True),
        printed=_column("the figure as printed", empty=True),
        unit=_column("its unit", one_of((*vocabulary.UNITS, *vocabulary.CLAIM_UNITS), "a unit"), empty=True),
        check=_column("name of the check that recomputes it"),
        arguments=_column("arguments of the check", empty=True),
    ),
    "corrections": _table(
        "corrections.csv",
        "one known slip, and what stands in its place",
        correction=_column("id", *_KEY),
        kind=_column("what kind of slip", one_of(vocabulary.CORRECTION_KINDS, "a kind of correction")),
        table=_column("table it is in", one_of(("statements",), "a table")),
        statement=_column("statement id, or series/period/source with * for any"),
        column=_column("column that is corrected; several joined by |"),
        was=_column("what the column holds in the file", empty=True),
        becomes=_column("what is used instead"),
        expect=_column("what else the row must hold, as column=text: if it no longer does, the source was mended"),
        why=_column("what in the row or beside it shows the slip"),
    ),
    "taken": _table(
        "taken.csv",
        "one statement that a file of statements brought: its source is a page, not the file",
        statement=_column("the statement", STATEMENT_ID, UNIQUE),
        file=_column("name of the file in data/inbox/archive: its sha256 and its own name", ARCHIVED),
    ),
}


def find_violations(name: str, frame: pd.DataFrame) -> list[Violation]:
    """Return what in a table, rows of text with `FILE` and `LINE`, breaks the rules of its columns."""
    found = []
    for column, cells in TABLES[name].cells.items() if len(frame) else ():
        for rule in cells.rules:
            keeps = rule.test(frame[column])
            if keeps.all():
                # To look up no rows takes longer than the test.
                continue
            bad = frame[~keeps]
            for file, line, value in zip(bad[FILE], bad[LINE], bad[column], strict=True):
                found.append(Violation(file, int(line), column, value, rule.text))
    return found


def broken_rules(name: str, column: str, text: str) -> list[str]:
    """Return the rules of a column that `text` would break as its cell."""
    cell = pd.Series([text], dtype="str")
    return [rule.text for rule in TABLES[name].cells[column].rules if not rule.test(cell).all()]


def _text(meaning: str, *rules: Rule, empty: bool = False) -> pa.Column:
    every = (*(() if empty else (FILLED,)), *(rule.unless_empty for rule in rules))
    return pa.Column("str", [pa.Check(rule.test, name=rule.text) for rule in every], description=meaning)


def _number(meaning: str, empty: bool = False) -> pa.Column:
    return pa.Column("float64", description=meaning, nullable=empty)


STATEMENTS = pa.DataFrameSchema(
    {
        "statement": _text('id: "st-" and 10 hex digits of the hash of the row as printed', STATEMENT_ID, UNIQUE),
        "series": _text("series that the figure is of, aliases and corrections applied", SERIES_ID),
        "series_as_printed": _text("series as the row of the file names it", SERIES_ID),
        "topic": _text("file of the row", SLUG),
        "measure": _text("what the figure says of the series", _MEASURE),
        "period": _text("day, month or year that the figure is of", PERIOD),
        "value": _number("the figure in `unit`, signed; the middle of a printed range"),
        "low": _number("low end of a quoted range, NaN where none is quoted", empty=True),
        "high": _number("high end of a quoted range, NaN where none is quoted", empty=True),
        "unit": _text("the one unit of the series; % for changes", _UNIT),
        "stated": _text("the figure as printed"),
        "qualifier": _text(
            "word or sign that goes with the figure", one_of(vocabulary.QUALIFIERS, "a qualifier"), empty=True
        ),
        "resolution": _number("size of the last printed digit that is significant, in `unit`"),
        "bound_low": _number("least true figure that the printed text allows"),
        "bound_high": _number("greatest true figure that the printed text allows"),
        "factor": _number("what the row's numbers were multiplied by to be in `unit`"),
        "source": _text("who printed it", SLUG),
        "published": _text("day of publication", DATE),
        "published_basis": _text(
            "whether the source bears that day or the publication rule gives it",
            one_of(("stated", "seen", "assumed"), "a basis"),
        ),
        "vintage_from": _text("first edition that holds it, for forecasts without a date", empty=True),
        "corrected": _text("id of the correction that was applied", SLUG, empty=True),
    },
    checks=[
        pa.Check(lambda rows: rows["bound_low"] <= rows["bound_high"], name="bound_low must not be above bound_high")
    ],
    strict=False,
)


def find_statement_violations(statements: pd.DataFrame, name: str = "statements") -> list[Violation]:
    """Return what in statements as read breaks their schema; violations call the file `name` and count from row 1."""
    absent = [column for column in STATEMENTS.columns if column not in statements]
    if absent:
        return [Violation(name, 0, column, "", "the column is missing") for column in absent]
    try:
        STATEMENTS.validate(statements.reset_index(drop=True), lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        cells = zip(cases["index"].fillna(-1), cases["column"], cases["failure_case"], cases["check"], strict=True)
        return [Violation(name, int(row) + 1, str(column), str(value), str(rule)) for row, column, value, rule in cells]
    return []
