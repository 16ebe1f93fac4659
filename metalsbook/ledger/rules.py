"""Rules for one column of a ledger table: a test on text and the words in which a violation is reported.

What belongs here: what a single cell may hold. What cells must have to do with each other is in `references`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Rule:
    """A test on a column of text.

    Attributes:
        text: The rule in words, as a violation and the data dictionary show it.
        test: Returns for each cell whether it keeps the rule.
    """

    text: str
    test: Callable[[pd.Series], pd.Series]


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
