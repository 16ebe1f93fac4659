"""The schemas of the ledger's tables: one definition that validates them and that the data dictionary is made from.

`columns.csv` says what each column holds, and `RULES` what that means. The CSV files are validated as text, cell by
cell, statements as read with their types; what cells must have to do with each other is in `rules`.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from metalsbook.errors import LedgerError
from metalsbook.ledger.vocabulary import CHAPTERS, WORDS

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

    def broken(self, cells: pd.Series) -> pd.Series:
        """Return which cells break the rule; only one rule is of cells that hold nothing."""
        return ~self.test(cells) & ((cells != "") | (self is FILLED))


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
PLAIN = Rule("plain text without markup", lambda cells: ~cells.str.contains(r"<[a-zA-Z/!]|\]\(|\{\{|\{%", regex=True))


def _are_dates(cells: pd.Series) -> pd.Series:
    return pd.to_datetime(cells.where(cells.str.fullmatch(_REAL_DATE)), format="%Y-%m-%d", errors="coerce").notna()


def _are_periods(cells: pd.Series) -> pd.Series:
    short = cells.str.fullmatch(r"(?:19|20|21)\d\d(?:-(?:0[1-9]|1[0-2]))?")
    long = cells.str.len() == 10
    return short | (_are_dates(cells.where(long, "")) & long)


RULES = {
    "unique": Rule("must not occur twice in the table", lambda cells: ~cells.duplicated()),
    "date": Rule('a date "YYYY-MM-DD" that exists', _are_dates),
    "period": Rule('a period "YYYY", "YYYY-MM" or "YYYY-MM-DD" that exists', _are_periods),
    "series_id": matches(
        rf"[a-z]{_ID_PART}(?:\.{_ID_PART})*|[a-z]", "a series id: lower-case words joined by dots, places as ISO codes"
    ),
    "series_pair": matches(rf"{_ID_PART}[\w.]*/{_ID_PART}[\w.]*", 'two series ids as "part/total"'),
    "slug": matches(
        r"[a-z0-9]+(?:[-_.]+[a-z0-9]+)*", "an id: lower-case letters, digits and single marks between them"
    ),
    "statement_id": matches(r"st-[0-9a-f]{10}(?:-[0-9]+)?", 'a statement id: "st-" and 10 hex digits'),
    "archived": matches(
        r"[0-9a-f]{64}-[\w.() -]+", "a file of the archive: 64 hex digits, a hyphen and the file's name"
    ),
    "number": matches(r"-?[0-9]+(?:\.[0-9]+)?", "a plain number: digits, at most one dot, no separators"),
    "url": matches(r"https?://[^\s<>\"\\]+", "an http or https address without blanks, quotes or angle brackets"),
    "comparison": matches(
        r"year before|not stated|\d{4}-(?:0[1-9]|1[0-2])(?::\d{4}-(?:0[1-9]|1[0-2]))?",
        "`year before`, `not stated`, a month or two with a colon between",
    ),
    "chapter": one_of(CHAPTERS, "a chapter"),
} | {name: one_of(words, f"a {name.replace('_', ' ')}") for name, words in WORDS.items()}
"""What a column holds, as `columns.csv` names it -> the rule of its cells; "text" has none of its own."""


class Column(NamedTuple):
    """A column of a table: what it says, its rules, and whether it holds numbers and may be empty."""

    meaning: str
    rules: tuple[Rule, ...]
    number: bool
    empty: bool


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


def _read_tables() -> dict[str, Table]:
    """Return the tables as `columns.csv` describes them: a line on the row of each, then its columns."""
    tables: dict[str, Table] = {}
    with Path(__file__).with_name("columns.csv").open(encoding="utf-8", newline="") as handle:
        for line in csv.DictReader(handle):
            name, column, holds, empty = line["table"], line["column"], line["holds"].split(), line["empty"] == "yes"
            if not column:
                file = "statements/<topic>.csv" if name == "statements" else f"{name}.csv"
                tables[name] = Table(file, line["meaning"], {})
                continue
            rules = (*(() if empty else (FILLED,)), CLEAN, PLAIN, *(RULES[rule] for rule in holds if rule != "text"))
            tables[name].cells[column] = Column(line["meaning"], rules, "number" in holds, empty)
    return tables


TABLES = _read_tables()
AS_READ = TABLES.pop("as_read").cells
"""The columns of statements as read, numbers as float."""


def find_violations(name: str, frame: pd.DataFrame) -> Iterator[Violation]:
    """Yield what in a table, rows of text with `FILE` and `LINE`, breaks the rules of its columns."""
    for column, cells in TABLES[name].cells.items() if len(frame) else ():
        for rule in cells.rules:
            yield from violations_at(frame, rule.broken(frame[column]), column, rule.text)


def violations_at(frame: pd.DataFrame, bad: pd.Series, column: str, rule: str | pd.Series) -> Iterator[Violation]:
    """Yield a violation for each row, with `FILE` and `LINE`, where `bad` holds; `rule` is one for all or for each."""
    if not bad.any():
        # To look up no rows takes longer than most tests.
        return
    rows = frame[bad]
    rules = rule[bad] if isinstance(rule, pd.Series) else [rule] * len(rows)
    for file, line, value, text in zip(rows[FILE], rows[LINE], rows[column], rules, strict=True):
        yield Violation(file, int(line), column, value if isinstance(value, str) else as_text(value), text)


def as_text(number: float) -> str:
    """Return a number as an error shows it, "" where there is none."""
    return "" if pd.isna(number) else f"{number:.10g}"


def broken_rules(name: str, column: str, text: str) -> list[str]:
    """Return the rules of a column that `text` would break as its cell."""
    cell = pd.Series([text], dtype="str")
    return [rule.text for rule in TABLES[name].cells[column].rules if rule.broken(cell).any()]
