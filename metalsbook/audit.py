"""Judge claims straight from the ledger, before any snapshot: what a claim just written would be found to be."""

import textwrap
from collections.abc import Iterator

from metalsbook.analysis.claims import check_claims, judge_claims
from metalsbook.analysis.reconcile import Months
from metalsbook.errors import UsageError
from metalsbook.ledger.reading import read_ledger
from metalsbook.snapshots.asof import select_as_of

_WIDTH = 100


def describe_verdicts(month: str, names: list[str] | None = None) -> Iterator[str]:
    """Yield what the ledger, as known for a month, says of claims (all by default): verdict, value and evidence.

    Raises:
        UsageError: If a claim is not in the ledger, or its note was published after the month's cut-off.
        LedgerError: If the ledger breaks a rule, or a claim names no known check.
    """
    tables = select_as_of(read_ledger(), month)
    claims = tables["claims"]
    unknown = sorted(set(names or []) - set(claims["claim"]))
    if unknown:
        raise UsageError(
            f"The month {month} knows no claim {', '.join(unknown)}",
            "Add it to data/ledger/claims.csv; its note must be published by the month's cut-off",
        )
    chosen = claims[claims["claim"].isin(names)] if names else claims
    check_claims(chosen, tables["series"])
    months = Months(tables["statements"], tables["series"])
    judged = judge_claims(tables | {"claims": chosen.reset_index(drop=True)}, months.of)
    for row in judged.itertuples():
        yield f"{row.claim}: {row.verdict}"
        for text in (f"printed: {row.printed}. {row.statement}", row.evidence):
            yield from textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")
