"""Corrections: known slips as data, put right when the ledger is read; the files keep what was taken down.

A correction names the row, what its column holds, what is used instead, and what else the row must hold (`expect`).
It is an error if it matches no row, or if a row no longer holds what it expects: then the slip was mended at its root.
"""

from collections.abc import Iterator

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


def apply_corrections(rows: pd.DataFrame, table: pd.DataFrame) -> tuple[pd.DataFrame, list[Violation]]:
    """Return statements (text, with their ids) with the corrections applied, and what is wrong with the others.

    Returns:
        The rows with `corrected` (id of the correction, or "") and `read_as` (the text to read the figure from:
        `stated`, or what a correction of kind `reading` gives); and the violations.
    """
    rows = rows.assign(corrected="", read_as=rows["stated"])
    violations: list[Violation] = []
    for correction in table.to_dict("records"):
        # A printed text may hold the mark between columns.
        parts = [correction[name] for name in ("column", "was", "becomes")]
        columns, was, becomes = [[text] if correction["kind"] == "reading" else text.split("|") for text in parts]
        matched = rows["statement"] == correction["statement"]
        problems = [
            *_wrong_in_itself(correction["kind"], columns, was, becomes),
            *_wrong_for_rows(correction["expect"], dict(zip(columns, was, strict=False)), rows[matched]),
        ]
        where = correction[FILE], int(correction[LINE])
        violations += [Violation(*where, column, correction[column], rule) for column, rule in problems]
        if not problems:
            # What is read off another text stands in the file as it was.
            put = ["read_as"] if correction["kind"] == "reading" else columns
            cells = dict(zip(put, becomes, strict=True)) | {"corrected": correction["correction"]}
            rows = rows.assign(**{column: rows[column].mask(matched, text) for column, text in cells.items()})
    return rows, violations


def _wrong_in_itself(kind: str, columns: list[str], was: list[str], becomes: list[str]) -> Iterator[tuple[str, str]]:
    """Yield columns of a correction that break a rule, each with the rule."""
    if not set(columns) <= set(COLUMNS_OF_KIND[kind]):
        yield "column", f"a correction of kind {kind} is of {', '.join(COLUMNS_OF_KIND[kind])}"
    elif not len(columns) == len(was) == len(becomes):
        yield "becomes", "column, was and becomes must name equally many, joined by |"
    elif kind == "set_aside" and becomes != ["set_aside"]:
        yield "becomes", "must be set_aside"
    else:
        for column, text in zip(columns, becomes, strict=True):
            yield from (("becomes", f"{column} {rule}") for rule in broken_rules("statements", column, text))


def _wrong_for_rows(expect: str, was: dict[str, str], matched: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield why a correction does not fit the rows that it matches, each with the column that says so."""
    expected, sign, text = expect.partition("=")
    if matched.empty:
        yield "statement", "matches no statement: drop the correction or mend its key"
    elif (matched["corrected"] != "").any():
        yield "statement", f"is corrected by {matched['corrected'].max()} already"
    elif not sign or expected not in TABLES["statements"].columns:
        yield "expect", "must be column=text with a column of statements"
    else:
        for cell, name, held in [*(("was", *pair) for pair in was.items()), ("expect", expected, text)]:
            others = matched[name][matched[name] != held].tolist() if name in matched else []
            if others:
                yield cell, f"the row's {name} is {others[0]!r}: mended at its root, or another row is meant"
