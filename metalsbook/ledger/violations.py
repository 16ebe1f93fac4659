"""Violations: what in the ledger breaks which rule, and the error that lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from metalsbook.errors import LedgerError

LISTED = 20
"""Violations that one message lists; it says how many more there are."""
COUNTED = 100_000
"""Violations that are looked for before the ledger is refused."""
_SHOWN = 80


@dataclass(frozen=True, order=True)
class Violation:
    """One cell that breaks one rule.

    Attributes:
        file: Path of the CSV file below the ledger's folder.
        row: Line in the file; the header is line 1.
        column: Column, or "" where the whole row is meant.
        value: What the cell holds.
        rule: What it should hold.
    """

    file: str
    row: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        value = self.value if len(self.value) <= _SHOWN else f"{self.value[: _SHOWN - 1]}…"
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}, row {self.row}{column}: {value!r} - {self.rule}"


def refuse(violations: Iterable[Violation]) -> None:
    """Raise an error that lists up to `LISTED` violations, if there is one.

    Raises:
        LedgerError: If `violations` is not empty.
    """
    found = sorted(set(islice(violations, COUNTED)))
    if not found:
        return
    lines = [str(violation) for violation in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"and {len(found) - LISTED} more{', or still more' if len(found) == COUNTED else ''}")
    count = "1 violation" if len(found) == 1 else f"{len(found)} violations"
    raise LedgerError(f"The ledger breaks its rules ({count}):\n  " + "\n  ".join(lines))
