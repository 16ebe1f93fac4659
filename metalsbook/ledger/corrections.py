"""Corrections: known slips as data, put right when the ledger is read; the files keep what was taken down.

A correction names the row, what its column holds, what is used instead, and what else the row must hold (`expect`).
It is an error if it matches no row, or if a row no longer holds what it expects: then the slip was mended at its root.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from metalsbook.ledger.schemas import FILE, LINE, TABLES, Violation, broken_rules

COLUMNS_OF_KIND = {
    "value": ("value", "low", "high", "unit"),
    "reading": ("stated",),
    "relabel": ("series", "measure"),
    "period": ("period",),
    "set_aside": ("measure",),
}
"""Kind -> the columns that it may correct."""


@dataclass(frozen=True)
class Correction:
    """A row of corrections.csv, taken apart: the columns that it corrects, what they hold and are to hold."""

    cells: dict[str, str]
    columns: list[str]
    was: list[str]
    becomes: list[str]

    @property
    def puts(self) -> list[str]:
        """The columns that are put right: what is read off another text stands in the file as it was."""
        return ["read_as"] if self.cells["kind"] == "reading" else self.columns

    def problem(self, column: str, rule: str) -> Violation:
        """Return the violation of a rule by a cell of this row."""
        return Violation(self.cells[FILE], int(self.cells[LINE]), column, self.cells[column], rule)


def apply_corrections(rows: pd.DataFrame, table: pd.DataFrame) -> tuple[pd.DataFrame, list[Violation]]:
    """Return statements (text, with their ids) with the corrections applied, and what is wrong with the others.

    Returns:
        The rows with `corrected` (id of the correction, or "") and `read_as` (the text to read the figure from:
        `stated`, or what a correction of kind `reading` gives); and the violations.
    """
    rows = rows.assign(corrected="", read_as=rows["stated"])
    violations: list[Violation] = []
    for correction in map(_take_apart, table.to_dict("records")):
        matched = _match(rows, correction.cells["statement"])
        problems = list(_wrong_in_itself(correction))
        if matched.any():
            problems += _wrong_for_rows(correction, rows[matched])
        else:
            problems.append(
                correction.problem("statement", "matches no statement: drop the correction or mend its key")
            )
        violations += problems
        if not problems:
            cells = dict(zip(correction.puts, correction.becomes, strict=True))
            cells |= {"corrected": correction.cells["correction"]}
            rows = rows.assign(**{column: rows[column].mask(matched, text) for column, text in cells.items()})
    return rows, violations


def _take_apart(cells: dict[str, str]) -> Correction:
    if cells["kind"] == "reading":
        return Correction(cells, [cells["column"]], [cells["was"]], [cells["becomes"]])
    return Correction(cells, *(cells[name].split("|") for name in ("column", "was", "becomes")))


def _match(rows: pd.DataFrame, key: str) -> pd.Series:
    """Return which rows a statement id, or "series/period/source" with * for any, means."""
    if key.count("/") != 2:
        return rows["statement"] == key
    matched = pd.Series(True, index=rows.index)
    for column, text in zip(("series", "period", "source"), key.split("/"), strict=True):
        matched &= (rows[column] == text) | (text == "*")
    return matched


def _wrong_in_itself(correction: Correction) -> Iterator[Violation]:
    kind, columns, becomes = correction.cells["kind"], correction.columns, correction.becomes
    allowed = COLUMNS_OF_KIND[kind]
    if not set(columns) <= set(allowed):
        yield correction.problem("column", f"a correction of kind {kind} is of {', '.join(allowed)}")
    elif not len(columns) == len(correction.was) == len(becomes):
        yield correction.problem("becomes", "column, was and becomes must name equally many, joined by |")
    elif kind == "set_aside" and becomes != ["set_aside"]:
        yield correction.problem("becomes", "must be set_aside")
    else:
        for column, text in zip(columns, becomes, strict=True):
            for rule in broken_rules("statements", column, text):
                yield correction.problem("becomes", f"{column} {rule}")


def _wrong_for_rows(correction: Correction, matched: pd.DataFrame) -> Iterator[Violation]:
    """Yield why a correction does not fit the rows that it matches."""
    if (matched["corrected"] != "").any():
        yield correction.problem("statement", f"is corrected by {matched['corrected'].max()} already")
        return
    column, sign, text = correction.cells["expect"].partition("=")
    if not sign or column not in TABLES["statements"].columns:
        yield correction.problem("expect", "must be column=text with a column of statements")
        return
    held = [("was", name, old) for name, old in zip(correction.columns, correction.was, strict=False)]
    for cell, name, expected in [*held, ("expect", column, text)]:
        others = matched[name][matched[name] != expected].tolist() if name in matched else []
        if others:
            found = repr(others[0])
            yield correction.problem(cell, f"the row's {name} is {found}: mended at its root, or another row is meant")
