"""Rules between cells: ids that must exist, numbers that must agree, text that must say what the number says."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from metalsbook.ledger.tables import FILE, LINE
from metalsbook.ledger.violations import Violation
from metalsbook.ledger.vocabulary import CHANGE_MEASURES

_ROUNDING_SLACK = 1e-9
"""Relative slack for numbers that are equal but for the last bit of a float."""


def violations_at(frame: pd.DataFrame, bad: pd.Series, column: str, rule: str | pd.Series) -> Iterator[Violation]:
    """Yield a violation for each row where `bad` holds.

    Args:
        frame: Rows with `FILE` and `LINE`.
        bad: Which rows break the rule.
        column: Column that is at fault.
        rule: The rule in words, or one for each row.
    """
    rows = frame[bad]
    rules = rule[bad] if isinstance(rule, pd.Series) else [rule] * len(rows)
    values = rows[column].map(_number) if rows[column].dtype.kind == "f" else rows[column]
    for file, line, value, text in zip(rows[FILE], rows[LINE], values, rules, strict=True):
        yield Violation(file, int(line), column, value, text)


def check_references(tables: dict[str, pd.DataFrame]) -> Iterator[Violation]:
    """Yield ids that name nothing, in every table but `statements`.

    Args:
        tables: The ledger's tables by name, as text.
    """
    series, sources = set(tables["series"]["series"]), set(tables["sources"]["source"])
    catalogue, copies = tables["series"], tables["sources"]
    yield from _unknown(catalogue, "part_of", series, "must be a series of series.csv")
    yield from violations_at(
        catalogue, catalogue["part_of"] == catalogue["series"], "part_of", "must be another series"
    )
    pairs = catalogue["share_of"].str.split("/")
    lost = pairs.map(lambda pair: pair != [""] and not set(pair) <= series)
    yield from violations_at(catalogue, lost, "share_of", "both must be series of series.csv")
    yield from _unknown(copies, "repeats", sources, "must be a source of sources.csv")
    yield from violations_at(copies, copies["repeats"] == copies["source"], "repeats", "must be another source")
    yield from _unknown(tables["aliases"], "series", series, "must be a series of series.csv")
    clash = tables["aliases"]["alias"].isin(series)
    yield from violations_at(tables["aliases"], clash, "alias", "must not be a series of series.csv itself")
    yield from _unknown(tables["outlooks"], "series", series, "must be a series of series.csv")
    yield from _unknown(tables["claims"], "note", sources, "must be a source of sources.csv")


def _unknown(frame: pd.DataFrame, column: str, known: set[str], rule: str) -> Iterator[Violation]:
    yield from violations_at(frame, (frame[column] != "") & ~frame[column].isin(known), column, rule)


def check_taken(taken: pd.DataFrame, statements: pd.Series) -> Iterator[Violation]:
    """Yield the rows of `taken` whose statement the ledger does not have.

    Args:
        taken: The table `taken`, as text.
        statements: Ids of the ledger's statements.
    """
    unknown = ~taken["statement"].isin(statements)
    yield from violations_at(taken, unknown, "statement", "must be the id of a statement")


def check_statements(statements: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> Iterator[Violation]:
    """Yield what in the statements does not fit together.

    Args:
        statements: Rows after corrections and aliases, before the conversion of units: text columns, `value`, `low`
            and `high` as float, the columns of `read_figures`, `FILE` and `LINE`.
        tables: The ledger's other tables by name.
    """
    catalogue = tables["series"].set_index("series")
    yield from _unknown(statements, "series", set(catalogue.index), "must be a series of series.csv or an alias")
    yield from _unknown(statements, "source", set(tables["sources"]["source"]), "must be a source of sources.csv")
    changes = statements["measure"].isin(CHANGE_MEASURES)
    yield from violations_at(statements, changes & (statements["unit"] != "%"), "unit", "a change is stated in %")
    yield from _ranges(statements)
    yield from _readings(statements)


def _ranges(rows: pd.DataFrame) -> Iterator[Violation]:
    yield from violations_at(rows, rows["low"] > rows["high"], "low", "must not be above high")
    outside = (rows["value"] < rows["low"]) | (rows["value"] > rows["high"])
    yield from violations_at(rows, outside, "value", "must lie between low and high")


def _readings(rows: pd.DataFrame) -> Iterator[Violation]:
    """Yield figures that are not what the printed text says, within half of its last digit."""
    unread = rows["printed_value"].isna()
    yield from violations_at(rows, unread, "stated", "must hold a number that can be read in the row's unit")
    for column, printed in (("value", "printed_value"), ("low", "printed_low"), ("high", "printed_high")):
        slack = rows["resolution"] / 2 + _ROUNDING_SLACK * rows[column].abs()
        differs = rows[printed].notna() & ~((rows[column] - rows[printed]).abs() <= slack)
        bad = rows[differs]
        for cells in bad[[FILE, LINE, column, "read_as", printed, "unit"]].itertuples(index=False, name=None):
            file, line, value, text, number, unit = cells
            yield Violation(
                file, line, column, _number(value), f"the printed text '{text}' says {_number(number)} {unit}"
            )


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.10g}"
