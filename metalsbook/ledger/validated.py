"""The statements as `read_ledger` returns them and as snapshots hold them: columns, types and rules."""

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from metalsbook.ledger.rules import DATE, FILLED, PERIOD, SERIES_ID, SLUG, STATEMENT_ID, UNIQUE, Rule, one_of
from metalsbook.ledger.violations import Violation
from metalsbook.ledger.vocabulary import MEASURES, QUALIFIERS, UNITS


def _text(meaning: str, *rules: Rule, empty: bool = False) -> pa.Column:
    needed = () if empty else (FILLED,)
    checks = [pa.Check(rule.test, name=rule.text, error=rule.text) for rule in needed]
    checks += [pa.Check(_or_empty(rule), name=rule.text, error=rule.text) for rule in rules]
    return pa.Column("str", checks, description=meaning)


def _or_empty(rule: Rule):
    return lambda cells: (cells == "") | rule.test(cells)


def _number(meaning: str, empty: bool = False) -> pa.Column:
    return pa.Column("float64", description=meaning, nullable=empty)


STATEMENTS = pa.DataFrameSchema(
    {
        "statement": _text('id: "st-" and 10 hex digits of the hash of the row as printed', STATEMENT_ID, UNIQUE),
        "series": _text("series that the figure is of, aliases and corrections applied", SERIES_ID),
        "series_as_printed": _text("series as the row of the file names it", SERIES_ID),
        "topic": _text("file of the row", SLUG),
        "measure": _text("what the figure says of the series", one_of(MEASURES, "a measure")),
        "period": _text("day, month or year that the figure is of", PERIOD),
        "value": _number("the figure in `unit`, signed; the middle of a printed range"),
        "low": _number("low end of a quoted range, NaN where none is quoted", empty=True),
        "high": _number("high end of a quoted range, NaN where none is quoted", empty=True),
        "unit": _text("the one unit of the series; % for changes", one_of(UNITS, "a unit")),
        "stated": _text("the figure as printed"),
        "qualifier": _text("word or sign that goes with the figure", one_of(QUALIFIERS, "a qualifier"), empty=True),
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
    """Return what in derived statements breaks their schema.

    Args:
        statements: The statements of a ledger or of a snapshot.
        name: What to call the file in the violations; rows count from 1.
    """
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
