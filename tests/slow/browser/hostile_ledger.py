"""A book whose ledger holds hostile text in every column that takes text: what the book makes of it is then read."""

import csv
import re
import shutil
from pathlib import Path

from metalsbook.ledger.schemas import CLEAN, FILLED, PLAIN, RULES, TABLES
from tests.slow.faults.scratch import ROOT, Scratch, make_scratch

MONTH = "2025-11"
REFUSED = (
    *("<script>alert(1)</script>", "a <img src=x onerror=alert(1)>", "</p>", "a<!-- b", "{{ 7 * 7 }}", "{% raw %}"),
    *("[a](javascript:alert(1))", "a\x00b", "a\x1b[31mb", "a\u202eb", "a\u2066b", "a\u200bb", "a\nb", "\ta"),
)
"""What no column takes."""
NO_ADDRESSES = (
    *("javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///x", "//example.org", "../../x"),
    *("vbscript:x", 'https://example.org/"onmouseover="alert(1)', "https://example.org/<b>", "https://example.org/ x"),
)
NO_NAMES = ("../../x", "a/../../x", "..", "$(id)", "a;id", "`id`", "=cmd()", "a b", "a'b")
"""What no column takes whose text becomes part of a file name or an address within the site."""
FORMULA = "=cmd|'/C calc'!A "
HOSTILE = (
    " ' \" & > < b ${x*x} $(id) `id` {ref}`x` {eval-rst} {download}`x` $y$ $$z$$ **b** _i_ ~~s~~ ==cmd() "
    "../../x %s %(a)s &lt;i&gt; &#x;"
)
"""What a column of free text takes and a page must show as it stands; no digits, which a figure would be read from."""
IN_AN_ADDRESS = "?a='onmouseover='alert()'&b=$(id)&c={ref}`x`&d=../../x&e=%22%3E%3Cscript%3E"
READ_BY_CODE = {
    "claims": ("check", "arguments", "printed"),
    "corrections": ("column", "was", "becomes", "expect"),
    "statements": ("stated",),
}
"""Columns of free text that code reads: a check by its name, a figure by its words. Hostile text is refused there."""


def free_columns() -> list[tuple[str, str]]:
    """Return (table, column) of every column whose rules let any plain text pass."""
    columns = [(name, column, cells) for name, table in TABLES.items() for column, cells in table.cells.items()]
    free = {FILLED, CLEAN, PLAIN}
    return [(name, column) for name, column, cells in columns if not cells.number and free >= set(cells.rules)]


def address_columns() -> list[tuple[str, str]]:
    columns = [(name, column, table.cells[column].rules) for name, table in TABLES.items() for column in table.columns]
    return [(name, column) for name, column, rules in columns if any(rule.text == RULES["url"].text for rule in rules)]


def planted_columns() -> list[tuple[str, str]]:
    """Return the columns of free text that hostile text is planted in: all that no code reads."""
    return [(name, column) for name, column in free_columns() if column not in READ_BY_CODE.get(name, ())]


def mark_of(name: str, column: str) -> str:
    """Return a word that tells on a page from which column a text is."""
    return f"zq{name}{column.replace('_', '')}zq"


def files_of(ledger: Path, name: str) -> list[Path]:
    return sorted((ledger / "statements").glob("*.csv")) if name == "statements" else [ledger / f"{name}.csv"]


def rewrite(path: Path, change) -> None:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        header, *rows = csv.reader(handle)
    changed = [change(number, dict(zip(header, row, strict=True))) for number, row in enumerate(rows)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([row[column] for column in header] for row in changed)


def plant(ledger: Path) -> None:
    """Put hostile text behind every text of the planted columns, a formula before every second, and into addresses."""
    for name in TABLES:
        free = [column for table, column in planted_columns() if table == name]
        addresses = [column for table, column in address_columns() if table == name]

        def change(number: int, row: dict[str, str], name=name, free=free, addresses=addresses) -> dict[str, str]:
            for column in free:
                if row[column]:
                    before = FORMULA if number % 2 and column not in ("publisher", "place") else ""
                    row[column] = f"{before}{row[column]} {mark_of(name, column)}{HOSTILE}"
            for column in addresses:
                row[column] += IN_AN_ADDRESS
            return row

        for path in files_of(ledger, name):
            rewrite(path, change)


def make_hostile_book(root: Path) -> Scratch:
    """Build the edition of the hostile ledger, with all chapters."""
    scratch = make_scratch(root, derived=False)
    shutil.rmtree(root / "chapters")
    shutil.copytree(ROOT / "chapters", root / "chapters", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    leave_out_lessons(root)
    shutil.rmtree(root / "data" / "snapshots")
    plant(root / "data" / "ledger")
    scratch.must("snapshot", "--month", MONTH)
    scratch.must("book", "--month", MONTH, METALSBOOK_BASE_URL="https://example.org/metals/")
    return scratch


def leave_out_lessons(root: Path) -> None:
    """Take the lessons out of a book: they are of months whose snapshots the hostile ledger did not make."""
    shutil.rmtree(root / "chapters" / "guide" / "lessons")
    toc, _, _ = (ROOT / "_toc.yml").read_text("utf-8").partition("- caption: Lessons")
    (root / "_toc.yml").write_text(toc, "utf-8")
    for path in (root / "chapters" / "guide").glob("*.md"):
        path.write_text(re.sub(r"\[([^]]*)\]\(lessons/[^)]*\)", r"\1", path.read_text("utf-8")), "utf-8")
