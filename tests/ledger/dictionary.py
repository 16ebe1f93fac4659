"""The data dictionary: what every column of the ledger holds, written from the schemas that validate it."""

from collections.abc import Sequence
from itertools import permutations

from metalsbook.ledger.schemas import AS_READ, CLEAN, FILLED, PLAIN, RULES, TABLES, Column
from metalsbook.ledger.units import conversion_factor
from metalsbook.ledger.vocabulary import UNITS, WORDS
from metalsbook.paths import project_root

_HEAD = """# Data dictionary

The ledger is all that the book knows: CSV files in UTF-8, one row a line, reviewed as diffs. It is append-only: a row
of `statements` is never edited, a slip in it goes to `corrections.csv`. The book reads it with `read_ledger()`, which
refuses a table that breaks a rule below and names file, row, column, value and rule.

Every cell is {plain}; it {clean}.

This page is written from the schemas (`python -m tests.ledger.dictionary`).
"""

_EXPLAINED = {
    "measure": "Measures",
    "unit": "Units",
    "kind": "Kinds of series",
    "growth_basis": "Bases of growth",
    "qualifier": "Qualifiers",
    "correction_kind": "Kinds of corrections",
}
"""Words that the page explains below its tables, by what columns hold -> the title there."""


def data_dictionary() -> str:
    """Return the data dictionary as Markdown."""
    page, head = _HEAD.format(clean=CLEAN.text, plain=PLAIN.text), ("column", "what it holds", "rule")
    for name, table in TABLES.items():
        rows = [(f"`{column}`", cells.meaning, _rules(cells)) for column, cells in table.cells.items()]
        page += _section(name, f"`data/ledger/{table.file}`: {table.row}.", head, rows)
    kinds = {(True, True): "number, may be missing", (True, False): "number"}
    rows = [
        (f"`{name}`", cells.meaning, kinds.get((cells.number, cells.empty), "text")) for name, cells in AS_READ.items()
    ]
    about = "What `read_ledger().statements` and the snapshots hold, one row a statement."
    page += _section("Statements as read", about, head, rows)
    for name, title in _EXPLAINED.items():
        listed = [(f"`{word}`" if word else "(empty)", meaning) for word, meaning in WORDS[name].items()]
        page += _section(title, "", (name.removeprefix("correction_"), "meaning"), listed)
    pairs = [(unit, other, conversion_factor(unit, other)) for unit, other in permutations(UNITS, 2)]
    rows = [(unit, other, f"{factor:.10g}") for unit, other, factor in pairs if factor is not None]
    about = "A row in another unit than its series is converted; `stated` stays as printed."
    return page + _section("Conversions", about, ("unit of the row", "unit of the series", "factor"), rows)


def _section(title: str, about: str, head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    table = "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
    return "\n\n".join(filter(None, (f"\n## {title}", about, table)))


def _rules(column: Column) -> str:
    """Return the rules of a column in words; a list of words that the page explains is named alone."""
    explained = {RULES[name].text for name in _EXPLAINED}
    rules = [rule.text for rule in column.rules if rule not in (FILLED, CLEAN, PLAIN)]
    told = [f"{rule.partition(': ')[0]}, as listed below" if rule in explained else rule for rule in rules]
    return "; ".join(told + ["may be empty"] * column.empty) or "any text"


def write_data_dictionary() -> None:
    """Write the data dictionary to `data/README.md`."""
    (project_root() / "data" / "README.md").write_text(data_dictionary(), encoding="utf-8")


if __name__ == "__main__":
    write_data_dictionary()
