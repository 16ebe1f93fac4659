"""Claims: judge every figure and comparison of a source note by the ledger without that note.

No source vouches for itself. A claim is first put to the statements of everybody else: the note's own source, what it
repeats and what repeats it are left out, and reconciliation is solved again without them. Only where these do not
settle it are the note's other figures admitted, and then agreement is `own arithmetic only`.

Verdicts, from what was recomputed and what the print leaves room for (thresholds: `verdicts`):

- `confirmed`: a printed figure comes out at its printed precision, or a comparison or date holds, by figures that
  other houses printed. A house's other publications are other sources but the same house: what only they say is
  `own arithmetic only`, and what does not hold without them is `consistent`. So is what goes through the note's own
  level, through silence, or through forecasts.
- `consistent`: the intervals overlap; or they do once the print is taken as cut off instead of rounded, or by no more
  than a usual revision.
- `mislabelled`: they do not, and the printed figure is that of another name (see `mislabels`).
- `contradicted`: they do not. A forecast contradicts nothing: where only forecasts differ, it is `not checkable`.
- `not checkable`: no figures, or figures so far apart that anything would fit.

Words that leave room ("strong", "mainly") are judged as the row reads them, and since they can be read otherwise the
verdict is never `confirmed` nor `contradicted`: `consistent` if they hold so read, else `not checkable`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan

import pandas as pd

from metalsbook.analysis.checks import Claim, run_check
from metalsbook.analysis.claim_rows import is_loose, kind_of, read_figures
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import NoFigure
from metalsbook.analysis.mislabels import Fit, find_fit
from metalsbook.analysis.own_figures import SIMPLE_CHECKS, with_own_figures
from metalsbook.analysis.publishers import publisher_key, same_source
from metalsbook.analysis.reconcile import reconcile as reconcile_statements
from metalsbook.analysis.verdicts import (
    AGREE,
    APART,
    LOOSE,
    Answer,
    forgive,
    relate_band,
    relate_figure,
    tax_hint,
)
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import Figure

COLUMNS = (
    "verdict",
    "kind",
    "recomputed",
    "recomputed_low",
    "recomputed_high",
    "recomputed_unit",
    "evidence",
    "evidence_statements",
    "fits",
)
"""What `judge_claims` adds to the columns of the claims."""
_NUMBERS = ("recomputed_low", "recomputed_high")
_ROOM = " Read as meant it does not hold; since the words leave room for other readings, that contradicts nothing."


@dataclass(frozen=True, slots=True)
class _Note:
    """What judging the claims of one note needs: its rows, who it is, its printed figures, and the evidence."""

    rows: pd.DataFrame
    own: frozenset[str]
    house: str
    published: str
    siblings: dict[str, Figure]
    independent: tuple[Evidence, Evidence]
    outside: Evidence
    statements: pd.DataFrame
    sources: pd.DataFrame
    series: pd.DataFrame
    events: pd.DataFrame
    solve: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def judge_claims(
    claims: pd.DataFrame,
    statements: pd.DataFrame,
    series: pd.DataFrame,
    sources: pd.DataFrame,
    events: pd.DataFrame | None = None,
    reconcile: Callable = reconcile_statements,
) -> pd.DataFrame:
    """Return the claims with their verdicts.

    Args:
        claims: Columns of claims.csv, text.
        statements: The statements that the edition knows.
        series: The catalogue of series.
        sources: `source`, `publisher`, `published`, `repeats`.
        events: `date`, `topic`, `what`; none where not given.
        reconcile: Called as `reconcile(statements, series)`, returns an object with `estimates`.

    Returns:
        The claims in their order, with `COLUMNS`: `verdict` (one of `verdicts.VERDICTS`); `kind` (one of
        `claim_rows.KINDS`); `recomputed`, for readers, "" where nothing was or it leaves too much open;
        `recomputed_low` and `recomputed_high` in `recomputed_unit`, NaN where nothing was recomputed; `evidence` in
        words, never empty;
        `evidence_statements`, ids separated by spaces (those of claims where the note's own figures were used);
        `fits`, the name that a mislabelled figure fits, else "".

    Raises:
        LedgerError: If a claim names no known note, check or argument, or prints no figure where one is needed.
    """
    events = pd.DataFrame(columns=["date", "topic", "what"]) if events is None else events
    judged = []
    for name, rows in claims.groupby("note", sort=False):
        note = _open_note(str(name), rows, (statements, series, sources, events), reconcile)
        for row in rows.itertuples():
            verdict, *rest = _judge(row, note)
            judged.append((row.Index, verdict, kind_of(row, note.siblings), *rest))
    table = pd.DataFrame(judged, columns=["index", *COLUMNS]).set_index("index")
    types = {name: float if name in _NUMBERS else str for name in COLUMNS}
    return claims.join(table.astype(types))


def _open_note(name: str, rows: pd.DataFrame, tables: tuple, reconcile: Callable) -> _Note:
    statements, series, sources, events = tables
    found = sources[sources["source"] == name]
    if found.empty:
        raise LedgerError(f"claims.csv, claim {rows['claim'].iloc[0]}: note '{name}' is not in sources.csv")
    own = same_source(name, sources)
    solved: dict[tuple, pd.DataFrame] = {}

    def solve(some: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
        key = tuple(sorted(some["statement"]))
        if key not in solved:
            solved[key] = reconcile(some, catalogue).estimates
        return solved[key]

    others = statements[~statements["source"].isin(own)]
    evidence = tuple(Evidence(others, series, sources, solve, narrow) for narrow in (False, True))
    house = publisher_key(found["publisher"].iloc[0])
    outside = Evidence(others[_houses(others, sources) != house], series, sources, solve)
    day = found["published"].iloc[0]
    return _Note(
        rows, own, house, day, read_figures(rows), evidence, outside, statements, sources, series, events, solve
    )


def _houses(statements: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    return statements["source"].map(sources.set_index("source")["publisher"]).fillna("").map(publisher_key)


def _judge(row, note: _Note) -> tuple:
    """Return the values of `COLUMNS` for one claim, without its kind."""
    claim = Claim(row.claim, row.series, row.measure, row.period, row.printed, row.unit, note.siblings)
    why, answer = "", None
    for evidence in note.independent:
        try:
            answer = _ask(row, claim, evidence, note)
        except NoFigure as lack:
            if row.check == "needs_data":
                return _without(f"Nothing to judge it by: the ledger has {lack}.")
            return _judge_by_itself(
                row, claim, note, f"Only the note itself gives this: apart from it the ledger has {lack}."
            )
        if answer.relation != LOOSE:
            break
        why = f"The figures of others leave too much open ({answer.sum})."
    if answer.relation == LOOSE:
        return _judge_by_itself(row, claim, note, why, answer)
    if answer.relation == APART:
        return _judge_apart(row, note, answer)
    verdict, remark = _how_far(row, claim, answer, note)
    return _result(verdict, answer, f"{answer.sum}; the note says {_quoted(row)}.{_rivals(answer)}{remark}")


def _without(why: str) -> tuple:
    return "not checkable", "", nan, nan, "", why, "", ""


def _quoted(row) -> str:
    """Return what a note prints: a figure as it is, words in quotation marks."""
    return row.printed if any(sign.isdigit() for sign in row.printed) else f"\u201c{row.printed}\u201d"


def _ask(row, claim: Claim, evidence: Evidence, note: _Note) -> Answer:
    outcome = run_check(row.check, row.arguments, claim, evidence, note.events)
    if outcome.expected is not None:
        return Answer(outcome, outcome.expected, relate_band(outcome, outcome.expected))
    figure = note.siblings[row.claim]
    expected = figure.bound_low, figure.bound_high
    answer = Answer(outcome, expected, relate_figure(outcome, expected), figure)
    return forgive(answer, evidence.kind(row.series)) if answer.relation == APART else answer


def _used(answer: Answer, note: _Note) -> pd.DataFrame:
    return note.statements[note.statements["statement"].isin(answer.outcome.finding.statements)]


def _how_far(row, claim: Claim, answer: Answer, note: _Note) -> tuple[str, str]:
    """Return how far agreement reaches, and why it is no more than that."""
    rows = _used(answer, note)
    own = _houses(rows, note.sources) == note.house
    if len(rows) and own.all():
        return "own arithmetic only", f"{answer.remark} Only other publications of the same house say so."
    if answer.relation != AGREE or answer.outcome.capped or is_loose(row):
        read = " The words leave room; read as meant they hold." if is_loose(row) else ""
        return "consistent", answer.remark + read
    if len(rows) and rows["measure"].str.startswith("forecast").all():
        return "consistent", " These are estimates of others, not a measured figure."
    if own.any() and not _holds_outside(row, claim, note):
        return "consistent", " It rests in part on other publications of the same house."
    return "confirmed", answer.remark


def _holds_outside(row, claim: Claim, note: _Note) -> bool:
    """Return whether a claim comes out as well without anything that its own house printed."""
    try:
        return _ask(row, claim, note.outside, note).relation == AGREE
    except NoFigure:
        return False


def _judge_apart(row, note: _Note, answer: Answer) -> tuple:
    found = f"{answer.sum}; the note says {_quoted(row)}.{_rivals(answer)}"
    rows = _used(answer, note)
    if len(rows) and rows["measure"].str.startswith("forecast").all():
        return _result("not checkable", answer, f"Only estimates of others, and they differ. {found}")
    if is_loose(row):
        return _result("not checkable", answer, f"{found}{_ROOM}")
    fit = _fit(row, note)
    if fit is not None:
        return _result("mislabelled", answer, f"{found} {row.printed} is {fit.words}.", fit)
    right = "" if answer.printed is None else f" Right would have been {answer.right}."
    return _result("contradicted", answer, f"{found}{right}{_hint(row, note, answer)}")


def _hint(row, note: _Note, answer: Answer) -> str:
    """Return what may lie behind a contradicted figure, "" where nothing is known."""
    if row.check == "ratio":
        return tax_hint(answer)
    sampled = note.series.loc[note.series["series"] == row.series, "growth_basis"].eq("comparable_sample").any()
    if sampled and answer.outcome.unit == "%":
        return " The official rate is of a comparable sample: one computed from the published levels differs."
    return ""


def _fit(row, note: _Note) -> Fit | None:
    if row.check not in SIMPLE_CHECKS or row.claim not in note.siblings:
        return None
    figure = note.siblings[row.claim]
    return find_fit(row.series, row.measure, row.period, row.unit, figure, note.independent[0])


def _judge_by_itself(row, claim: Claim, note: _Note, why: str, others: Answer | None = None) -> tuple:
    """Judge a claim by the other figures of its own note, together with everybody else's."""
    rest = with_own_figures(row, note.rows, note.siblings, note.statements, note.own, note.published)
    try:
        answer = _ask(row, claim, Evidence(rest, note.series, note.sources, note.solve, near=True), note)
    except NoFigure as lack:
        more = "" if str(lack) in why else f" Nor do the note's other figures lead to it: they give {lack}."
        return _without(f"{why}{more}")
    if others is not None and answer.right == others.right:
        return _result("not checkable", answer, f"{why} The note's own other figures do not narrow it.", shown="")
    words = f"{why} With the note's own other figures: {answer.sum}; the note says {_quoted(row)}."
    if answer.relation == LOOSE:
        return _result("not checkable", answer, f"{words} That leaves too much open.", shown="")
    if answer.relation == APART and is_loose(row):
        return _result("not checkable", answer, f"{words}{_ROOM}")
    if answer.relation == APART:
        right = "" if answer.printed is None else f" By its own figures {answer.right} would have been right."
        return _result("contradicted", answer, f"{words}{right}")
    return _result("own arithmetic only", answer, f"{words}{answer.remark}")


def _rivals(answer: Answer) -> str:
    rivals = answer.outcome.finding.rivals
    return f" Others print {'; '.join(one.words for one in rivals)}." if rivals and not answer.remark else ""


def _result(verdict: str, answer: Answer, words: str, fit: Fit | None = None, shown: str | None = None) -> tuple:
    finding = answer.outcome.finding
    used = finding.statements + (fit.finding.statements if fit else ())
    low, high = (value if abs(value) < inf else nan for value in (finding.low, finding.high))
    text = answer.right if shown is None else shown
    name = fit.name if fit else ""
    return verdict, text, low, high, answer.outcome.unit, words, " ".join(dict.fromkeys(used)), name
