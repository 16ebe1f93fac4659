"""What an ingest says before it takes anything: each figure with the text it was read from, and what is left aside."""

from collections.abc import Iterator

from metalsbook.ingest.batch import TEXT, WHERE, Row
from metalsbook.ingest.merge import CHANGE, Merge

_LISTED = 400
"""Lines of one kind that are shown; the rest is counted. Figures are all shown."""


def describe_merge(merge: Merge) -> Iterator[str]:
    """Yield lines on one table: how figures were made, what is not taken, and every figure that is."""
    batch = merge.batch
    yield f"{batch.name}: {batch.kind}"
    for head, lines in (
        ("arithmetic", batch.arithmetic),
        ("not mapped", batch.unmapped),
        ("note", batch.notes),
        ("beside other sources", merge.rivals),
    ):
        yield from (f"  {head}: {line}" for line in lines[:_LISTED])
        if len(lines) > _LISTED:
            yield f"  {head}: and {len(lines) - _LISTED:,} more"
    yield from (f"  new: {_figure(row)}" for row in merge.added)
    yield from (f"  revised: {_figure(row)}; before: {old['stated']} ({old['source']})" for old, row in merge.revised)
    for table, count in merge.others.items():
        yield from (f"  new {table.rstrip('s')}: {row.get('says') or row['what']}" for row in getattr(batch, table))
        yield f"  {count} new {table}"
    yield f"  {len(merge.added)} new figures, {len(merge.revised)} revised, {merge.known} in the ledger already"


def _figure(row: Row) -> str:
    span = f" ({row['low']} to {row['high']})" if row["low"] else ""
    return (
        f"{row['series']} {row['measure']} {row['period']} = {row['value']} {row['unit']}{span}, read from "
        f"'{row[TEXT]}' in {row[WHERE].partition(', ')[2] or row[WHERE]}; {row[CHANGE]}"
    )
