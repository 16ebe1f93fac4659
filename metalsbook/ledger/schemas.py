"""The schemas of the ledger's tables: one definition that validates them and that the data dictionary is made from.

Each column has a meaning and rules. The CSV files are validated as text, cell by cell; what cells must have to do with
each other is in `references`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from metalsbook.ledger.rules import (
    ARCHIVED,
    CLEAN,
    DATE,
    FILLED,
    NUMBER,
    PERIOD,
    PLAIN,
    SERIES_ID,
    SERIES_PAIR,
    SLUG,
    STATEMENT_ID,
    UNIQUE,
    URL,
    Rule,
    one_of,
)
from metalsbook.ledger.tables import FILE, LINE
from metalsbook.ledger.violations import Violation
from metalsbook.ledger.vocabulary import (
    CHAPTERS,
    CLAIM_UNITS,
    CORRECTION_KINDS,
    DIRECTIONS,
    FREQUENCIES,
    GROWTH_BASES,
    KINDS,
    MEASURES,
    TARGET_UNITS,
    UNITS,
)


@dataclass(frozen=True)
class Table:
    """A table of the ledger.

    Attributes:
        file: Its path below the ledger's folder; `statements` is one file for each topic.
        row: What one row is.
        schema: Columns with meaning (`description`) and, as `metadata`, `rules` and whether they hold a `number`.
    """

    file: str
    row: str
    schema: pa.DataFrameSchema

    @property
    def columns(self) -> list[str]:
        """The header of the file."""
        return list(self.schema.columns)

    @property
    def numbers(self) -> list[str]:
        """The columns that hold numbers."""
        return [name for name, column in self.schema.columns.items() if column.metadata["number"]]


def _column(meaning: str, *rules: Rule, empty: bool = False, number: bool = False) -> pa.Column:
    """Return a column of text; rules are for cells that hold something; `empty` allows none."""
    if number:
        rules = (NUMBER, *rules)
    every = (*(() if empty else (FILLED,)), CLEAN, PLAIN, *(_unless_empty(rule) for rule in rules))
    # One check a column, taken apart where it fails: pandera's cost is by the check.
    check = pa.Check(lambda cells: _keeps_all(cells, every), name="rules")
    return pa.Column(checks=check, description=meaning, metadata={"rules": every, "number": number})


def _unless_empty(rule: Rule) -> Rule:
    return Rule(rule.text, lambda cells: (cells == "") | rule.test(cells))


def _keeps_all(cells: pd.Series, rules: tuple[Rule, ...]) -> pd.Series:
    kept = rules[0].test(cells)
    for rule in rules[1:]:
        kept &= rule.test(cells)
    return kept


def _table(file: str, row: str, /, **columns: pa.Column) -> Table:
    return Table(file, row, pa.DataFrameSchema(columns))


_CHAPTER = one_of(CHAPTERS, "a chapter")
_UNIT = one_of(UNITS, "a unit")
_KEY = (SLUG, UNIQUE)

TABLES: dict[str, Table] = {
    "statements": _table(
        "statements/<topic>.csv",
        "one figure as one source printed it",
        series=_column("what the figure is of; an id of `series` or of `aliases`", SERIES_ID),
        measure=_column("what the figure says of the series", one_of(MEASURES, "a measure")),
        period=_column("day, month or year that the figure is of", PERIOD),
        value=_column("the figure as a number in `unit`; the middle of a printed range; signed", number=True),
        low=_column("low end of a quoted range (bid, not rounding)", empty=True, number=True),
        high=_column("high end of a quoted range (ask, not rounding)", empty=True, number=True),
        unit=_column("unit of `value`, `low` and `high`", _UNIT),
        stated=_column("the figure as printed"),
        source=_column("who printed it; an id of `sources`", SLUG),
    ),
    "series": _table(
        "series.csv",
        "one series: what a figure can be of",
        series=_column("id", SERIES_ID, UNIQUE),
        title=_column("name on pages"),
        unit=_column("the one unit of its levels", _UNIT),
        frequency=_column("how often it is published", one_of(FREQUENCIES, "a frequency")),
        kind=_column("how it behaves over time", one_of(KINDS, "a kind")),
        place=_column("country, province or port it is of", empty=True),
        grade=_column("grade or form of the metal", empty=True),
        basis=_column(
            "tax, delivery and statistical basis: with tax, ex-works, FOB, inside or outside China", empty=True
        ),
        growth_basis=_column(
            "what its growth rates are computed on", one_of(GROWTH_BASES, "a growth basis"), empty=True
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
        measure=_column("measure that the id encodes", one_of(MEASURES, "a measure"), empty=True),
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
        direction=_column("what is expected", one_of(DIRECTIONS, "a direction")),
        target_low=_column("low end of a named value", empty=True, number=True),
        target_high=_column("high end of a named value", empty=True, number=True),
        unit=_column("unit of the target", one_of((*UNITS, *TARGET_UNITS), "a unit"), empty=True),
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
        measure=_column("measure it is of", one_of(MEASURES, "a measure"), empty=True),
        period=_column("period it is of", PERIOD, empty=True),
        printed=_column("the figure as printed", empty=True),
        unit=_column("its unit", one_of((*UNITS, *CLAIM_UNITS), "a unit"), empty=True),
        check=_column("name of the check that recomputes it"),
        arguments=_column("arguments of the check", empty=True),
    ),
    "corrections": _table(
        "corrections.csv",
        "one known slip, and what stands in its place",
        correction=_column("id", *_KEY),
        kind=_column("what kind of slip", one_of(CORRECTION_KINDS, "a kind of correction")),
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


def rules_of(name: str, column: str) -> tuple[Rule, ...]:
    """Return the rules of a column."""
    return TABLES[name].schema.columns[column].metadata["rules"]


def find_violations(name: str, frame: pd.DataFrame) -> list[Violation]:
    """Return what in a table breaks the rules of its columns.

    Args:
        name: Name of the table.
        frame: Its rows as text, with the columns `FILE` and `LINE`.
    """
    table = TABLES[name]
    try:
        table.schema.validate(frame[table.columns], lazy=True)
    except SchemaErrors as error:
        columns = error.failure_cases["column"].unique()
        return [violation for column in columns for violation in _take_apart(name, column, frame)]
    return []


def _take_apart(name: str, column: str, frame: pd.DataFrame) -> Iterator[Violation]:
    for rule in rules_of(name, column):
        rows = frame[~rule.test(frame[column])]
        for file, line, value in zip(rows[FILE], rows[LINE], rows[column], strict=True):
            yield Violation(file, int(line), column, value, rule.text)


def broken_rules(name: str, column: str, text: str) -> list[str]:
    """Return the rules of a column that `text` would break as its cell."""
    cell = pd.Series([text], dtype="str")
    return [rule.text for rule in rules_of(name, column) if not rule.test(cell).all()]
