"""The data dictionary: what every column of the ledger holds, written from the schemas that validate it."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from metalsbook.ledger import vocabulary
from metalsbook.ledger.schemas import CLEAN, FILLED, PLAIN, STATEMENTS, TABLES, Column
from metalsbook.ledger.units import conversion_factor
from metalsbook.paths import project_root

_HEAD = """# Data dictionary

The ledger is all that the book knows: CSV files in UTF-8, one row a line, reviewed as diffs. It is append-only: a row
of `statements` is never edited, a slip in it goes to `corrections.csv`. The book reads it with `read_ledger()`, which
refuses a table that breaks a rule below and names file, row, column, value and rule.

Every cell is {plain}; it {clean}.

This page is written from the schemas (`python -m metalsbook.ledger.dictionary`).
"""

_AS_READ = """## Statements as read

What `read_ledger().statements` and the snapshots hold, one row a statement.

"""
_CONVERSIONS = """## Conversions

A row in another unit than its series is converted; `stated` stays as printed.

"""
_WORDS = (
    ("Measures", "measure", vocabulary.MEASURES),
    ("Units", "unit", vocabulary.UNITS),
    ("Kinds of series", "kind", vocabulary.KINDS),
    ("Bases of growth", "growth_basis", vocabulary.GROWTH_BASES),
    ("Qualifiers", "qualifier", vocabulary.QUALIFIERS),
    ("Kinds of corrections", "kind", vocabulary.CORRECTION_KINDS),
)


def data_dictionary() -> str:
    """Return the data dictionary as Markdown."""
    parts = [_HEAD.format(clean=CLEAN.text, plain=PLAIN.text)]
    head = ("column", "what it holds", "rule")
    for name, table in TABLES.items():
        rows = [(f"`{column}`", cells.meaning, _rules(cells)) for column, cells in table.cells.items()]
        parts.append(f"## {name}\n\n`data/ledger/{table.file}`: {table.row}.\n\n{_table(head, rows)}")
    rows = [(f"`{name}`", str(column.description), _type(column)) for name, column in STATEMENTS.columns.items()]
    parts.append(_AS_READ + _table(head, rows))
    for title, column, words in _WORDS:
        listed = [(f"`{word}`" if word else "(empty)", meaning) for word, meaning in words.items()]
        parts.append(f"## {title}\n\n{_table((column, 'meaning'), listed)}")
    pairs = [(unit, other, conversion_factor(unit, other)) for unit, other in product(vocabulary.UNITS, repeat=2)]
    rows = [(unit, other, f"{factor:.10g}") for unit, other, factor in pairs if factor is not None and unit != other]
    parts.append(_CONVERSIONS + _table(("unit of the row", "unit of the series", "factor"), rows))
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _rules(column: Column) -> str:
    rules = [rule.text for rule in column.rules]
    own = [_shortened(rule) for rule in rules if rule not in (FILLED.text, CLEAN.text, PLAIN.text)]
    return "; ".join(own + ([] if FILLED.text in rules else ["may be empty"])) or "any text"


def _shortened(rule: str) -> str:
    """Return a rule without its list of words, where the page explains these below."""
    name, separator, words = rule.partition(": one of ")
    explained = any(words == ", ".join(known) for _, _, known in _WORDS)
    return f"{name}, as listed below" if separator and explained else rule


def _type(column: Any) -> str:
    kind = "number" if str(column.dtype) == "float64" else "text"
    return f"{kind}, may be missing" if column.nullable else kind


def write_data_dictionary() -> None:
    """Write the data dictionary to `data/README.md`."""
    (project_root() / "data" / "README.md").write_text(data_dictionary(), encoding="utf-8")


if __name__ == "__main__":
    write_data_dictionary()
