"""What an ingest says: the figures it adds, how they were made, and what it left aside."""

from collections.abc import Iterator

from metalsbook.ingest.merge import Merge

_LISTED = 400
"""Lines of one kind that are shown; the rest is counted."""


def describe_merge(merge: Merge, details: bool) -> Iterator[str]:
    """Yield lines on one file.

    Args:
        merge: What its batch adds.
        details: Show the arithmetic and every figure, as a dry run does.
    """
    batch = merge.batch
    yield f"{batch.file}: {batch.kind}"
    if details:
        yield from _list("arithmetic", batch.arithmetic)
    yield from _list("not mapped", batch.unmapped)
    yield from _list("note", batch.notes)
    if details:
        yield from _list("beside other sources", merge.rivals)
        yield from _list("new", [_figure(row) for row in merge.added])
    yield from _list(
        "revised", [f"{_figure(row)}; before: {old['stated']} ({old['source']})" for old, row in merge.revised]
    )
    yield f"  {len(merge.added)} new figures, {len(merge.revised)} revised, {merge.known} in the ledger already"


def _figure(row: dict[str, str]) -> str:
    return f"{row['series']} {row['measure']} {row['period']}: {row['stated']}"


def _list(head: str, lines: list[str]) -> Iterator[str]:
    yield from (f"  {head}: {line}" for line in lines[:_LISTED])
    if len(lines) > _LISTED:
        yield f"  {head}: and {len(lines) - _LISTED:,} more"
