"""What many cases share is worked out once, so that 100,000 of them take minutes; what is under test is not touched.

The normal suite runs without these shortcuts.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from unittest.mock import patch

import pandas as pd
import pyarrow.parquet as pq

from metalsbook.edition import PYTHON_STRINGS
from metalsbook.ingest import comtrade, customs, nbs, pinksheet, statements, terminal, usgs
from metalsbook.ledger import schemas
from metalsbook.ledger.schemas import FILE, LINE, Violation
from metalsbook.snapshots import snapshot

_TABLES_OF_THE_LEDGER = {
    "read_mapping": (comtrade, nbs, pinksheet, usgs, customs),
    "Catalogue": (customs, statements, terminal),
    "find_profile": (terminal,),
}


@contextmanager
def shortcuts() -> Iterator[None]:
    """Read tables of the ledger and of the snapshot once; ask the rules of a column once for each text."""
    broken = cache(schemas.broken_rules)

    def find_violations(name: str, frame: pd.DataFrame) -> list[Violation]:
        return [
            Violation(file, int(line), column, text, rule)
            for column in schemas.TABLES[name].columns
            for file, line, text in zip(*(frame[name].tolist() for name in (FILE, LINE, column)), strict=True)
            for rule in broken(name, column, text)
        ]

    @cache
    def read_bytes(content: bytes):
        return read_table(snapshot.pa.BufferReader(content))

    read_table = pq.read_table
    with ExitStack() as stack:
        stack.enter_context(pd.option_context(*PYTHON_STRINGS))
        stack.enter_context(patch.object(statements, "find_violations", find_violations))
        stack.enter_context(patch.object(snapshot.pq, "read_table", lambda buffer: read_bytes(buffer.read())))
        for name, modules in _TABLES_OF_THE_LEDGER.items():
            for module in modules:
                stack.enter_context(patch.object(module, name, cache(getattr(module, name))))
        yield
