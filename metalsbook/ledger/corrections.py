"""Corrections: known slips as data, put right when the ledger is read; the files keep what was taken down.

A correction names the row, what its column holds, what is used instead, and what else the row must hold (`expect`).
It is an error if it matches no row, or if a row no longer holds what it expects: then the slip was mended at its root.
"""

from collections.abc import Iterator

import pandas as pd

from metalsbook.ledger.schemas import broken_rules
from metalsbook.ledger.tables import FILE, LINE
from metalsbook.ledger.violations import Violation

COLUMNS_OF_KIND = {
    "value": ("value", "low", "high", "unit"),
    "reading": ("stated",),
    "relabel": ("series", "measure"),
    "period": ("period",),
    "set_aside": ("measure",),
}
"""Kind -> the columns that it may correct."""


def apply_corrections(rows: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, list[Violation]]:
    """Return the statements with corrections applied, and what is wrong with the corrections.

    Args:
        rows: Statements as text, with `statement` (id).
        corrections: Table `corrections` as text, with `FILE` and `LINE`.

    Returns:
        The rows with `corrected` (id of the correction, or "") and `read_as` (the text to read the figure from:
        `stated`, or what a correction of kind `reading` gives); and the violations.
    """
    rows = rows.assign(corrected="", read_as=rows["stated"])
    places = {name: place for place, name in enumerate(rows.columns)}
    violations: list[Violation] = []
    for correction in corrections.to_dict("records"):
        matched = _match(rows, correction["statement"])
        problems = list(_problems(rows[matched], correction))
        violations += problems
        if not problems:
            for column, text in _replacements(correction):
                rows.iloc[matched.to_numpy().nonzero()[0], places[column]] = text
            rows.iloc[matched.to_numpy().nonzero()[0], places["corrected"]] = correction["correction"]
    return rows, violations


def _match(rows: pd.DataFrame, key: str) -> pd.Series:
    """Return which rows a statement id, or "series/period/source" with * for any, means."""
    if key.count("/") != 2:
        return rows["statement"] == key
    wanted = zip(("series", "period", "source"), key.split("/"), strict=True)
    matched = pd.Series(True, index=rows.index)
    for column, text in wanted:
        matched &= (rows[column] == text) | (text == "*")
    return matched


def _replacements(correction: dict[str, str]) -> list[tuple[str, str]]:
    columns, texts = correction["column"].split("|"), correction["becomes"].split("|")
    if correction["kind"] == "reading":
        return [("read_as", correction["becomes"])]
    return list(zip(columns, texts, strict=True))


def _problems(matched: pd.DataFrame, correction: dict[str, str]) -> Iterator[Violation]:
    """Yield why a correction cannot be applied to the rows that it matches."""

    def problem(column: str, rule: str) -> Violation:
        return Violation(correction[FILE], int(correction[LINE]), column, correction[column], rule)

    columns = correction["column"].split("|")
    allowed = COLUMNS_OF_KIND[correction["kind"]]
    if not set(columns) <= set(allowed):
        yield problem("column", f"a correction of kind {correction['kind']} is of {', '.join(allowed)}")
        return
    single = correction["kind"] == "reading"
    held = [correction["was"]] if single else correction["was"].split("|")
    becomes = [correction["becomes"]] if single else correction["becomes"].split("|")
    if not len(columns) == len(held) == len(becomes):
        yield problem("becomes", "column, was and becomes must name equally many, joined by |")
        return
    for column, text in zip(columns, becomes, strict=True):
        yield from (problem("becomes", f"{column} {rule}") for rule in broken_rules("statements", column, text))
    if correction["kind"] == "set_aside" and correction["becomes"] != "set_aside":
        yield problem("becomes", "must be set_aside")
    if matched.empty:
        yield problem("statement", "matches no statement: drop the correction or mend its key")
        return
    if (matched["corrected"] != "").any():
        yield problem("statement", f"is corrected by {matched['corrected'].max()} already")
    yield from _unexpected(matched, columns, held, correction, problem)


def _unexpected(matched, columns, held, correction, problem) -> Iterator[Violation]:
    for column, text in zip(columns, held, strict=True):
        other = matched.loc[matched[column] != text, column]
        if not other.empty:
            yield problem(
                "was", f"the row's {column} is {other.iloc[0]!r}: mended at its root, or another row is meant"
            )
    column, sign, text = correction["expect"].partition("=")
    if not sign or column not in matched:
        yield problem("expect", "must be column=text with a column of statements")
    elif (matched[column] != text).any():
        found = matched.loc[matched[column] != text, column].iloc[0]
        yield problem("expect", f"the row's {column} is {found!r}: mended at its root, or another row is meant")
