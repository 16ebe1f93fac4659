"""The data dictionary: what every column of the ledger holds, written from the schemas that validate it."""

from collections.abc import Sequence
from itertools import product

from metalsbook.ledger import vocabulary
from metalsbook.ledger.schemas import CLEAN, FILLED, PLAIN, STATEMENTS, TABLES
from metalsbook.ledger.units import conversion_factor
from metalsbook.paths import project_root

_HEAD = """# Data dictionary

The ledger is all that the book knows: CSV files in UTF-8, one row a line, reviewed as diffs. It is append-only: a row
of `statements` is never edited, a slip in it goes to `corrections.csv`. The book reads it with `read_ledger()`, which
refuses a table that breaks a rule below and names file, row, column, value and rule.

Every cell is {plain}; it {clean}.

This page is written from the schemas (`python -m metalsbook.ledger.dictionary`).
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
    for name, table in TABLES.items():
        parts.append(f"## {name}\n\n`data/ledger/{table.file}`: {table.row}.\n\n{_columns(table.schema, _file_rules)}")
    parts.append(
        "## Statements as read\n\nWhat `read_ledger().statements` and the snapshots hold, one row a statement.\n\n"
        + _columns(STATEMENTS, _type)
    )
    parts += [_section(*words) for words in _WORDS]
    parts.append(_conversions())
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _columns(schema, describe) -> str:
    rows = [(f"`{name}`", column.description, describe(column)) for name, column in schema.columns.items()]
    return _table(("column", "what it holds", "rule"), rows)


def _file_rules(column) -> str:
    rules = [rule.text for rule in column.metadata["rules"]]
    own = [_shortened(rule) for rule in rules if rule not in (FILLED.text, CLEAN.text, PLAIN.text)]
    return "; ".join(own + ([] if FILLED.text in rules else ["may be empty"])) or "any text"


def _shortened(rule: str) -> str:
    """Return a rule without its list of words, where the page explains these below."""
    name, separator, words = rule.partition(": one of ")
    explained = any(words == ", ".join(known) for _, _, known in _WORDS)
    return f"{name}, as listed below" if separator and explained else rule


def _type(column) -> str:
    kind = "number" if str(column.dtype) == "float64" else "text"
    return f"{kind}, may be missing" if column.nullable else kind


def _section(title: str, column: str, words: dict[str, str]) -> str:
    rows = [(f"`{word}`" if word else "(empty)", meaning) for word, meaning in words.items()]
    return f"## {title}\n\n" + _table((column, "meaning"), rows)


def _conversions() -> str:
    factors = [(unit, other, conversion_factor(unit, other)) for unit, other in product(vocabulary.UNITS, repeat=2)]
    rows = [(unit, other, f"{factor:.10g}") for unit, other, factor in factors if factor is not None and unit != other]
    head = "## Conversions\n\nA row in another unit than its series is converted; `stated` stays as printed.\n\n"
    return head + _table(("unit of the row", "unit of the series", "factor"), rows)


def write_data_dictionary() -> None:
    """Write the data dictionary to `data/README.md`."""
    (project_root() / "data" / "README.md").write_text(data_dictionary(), encoding="utf-8")


if __name__ == "__main__":
    write_data_dictionary()
