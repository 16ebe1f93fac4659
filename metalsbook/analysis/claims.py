"""Claims: judge every figure and comparison of a source note by the ledger without that note.

No source vouches for itself. A claim is first put to the statements of everybody else: the note's own source, what it
repeats and what repeats it are left out, and reconciliation is solved again without them. Only where these do not
settle it are the note's other figures admitted, and then agreement is `own arithmetic only`.

Verdicts, from what was recomputed and what the print leaves room for (thresholds: `verdicts`):

- `confirmed`: the recomputed value is the printed one at its printed precision, from printed figures, of which at
  least one comes from another house. A house's other publications are other sources but the same house: what only they
  say is `consistent`. So is what goes through the note's own level, through silence, or through forecasts.
- `consistent`: the intervals overlap; or they do once the print is taken as cut off instead of rounded, or by no more
  than a usual revision.
- `mislabelled`: they do not, and the printed figure is that of another name (see `mislabels`).
- `contradicted`: they do not. A forecast contradicts nothing: where only forecasts differ, it is `not checkable`.
- `not checkable`: no figures, or figures so far apart that anything would fit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan

import pandas as pd

from metalsbook.analysis import checks_levels, checks_order  # noqa: F401  (they register the checks)
from metalsbook.analysis.checks import Claim, read_arguments, read_printed, run_check
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import NoFigure
from metalsbook.analysis.mislabels import Fit, find_fit
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

COLUMNS = ("verdict", "recomputed_low", "recomputed_high", "recomputed_unit", "evidence", "evidence_statements", "fits")
"""What `judge_claims` adds to the columns of the claims."""
SIMPLE_CHECKS = ("level", "change")
"""Claims under these checks print a figure of their own series, measure and period."""
OWN_FIGURE_CHECKS = (*SIMPLE_CHECKS, "implied_base", "mean_of_months", "converted")
"""Under these the note's own print of the claim's series, measure and period is what is to be shown, so no witness."""

WORD_CHECKS = ("extreme_since", "part_of", "rank_among_parts", "dated", "no_event", "needs_data")
"""These are of words (a low, a rank, a date); all other claims without a band print a figure."""


@dataclass(frozen=True, slots=True)
class _Note:
    """What judging the claims of one note needs: its rows, who it is, its printed figures, and the evidence."""

    rows: pd.DataFrame
    own: frozenset[str]
    house: str
    siblings: dict[str, Figure]
    independent: tuple[Evidence, Evidence]
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
        The claims in their order, with `COLUMNS`: `verdict` (one of `verdicts.VERDICTS`); `recomputed_low` and
        `recomputed_high` in `recomputed_unit`, NaN where nothing was recomputed; `evidence` in words, never empty;
        `evidence_statements`, ids separated by spaces (those of claims where the note's own figures were used);
        `fits`, the name that a mislabelled figure fits, else "".

    Raises:
        LedgerError: If a claim names no known note, check or argument, or prints no figure where one is needed.
    """
    events = pd.DataFrame(columns=["date", "topic", "what"]) if events is None else events
    judged = []
    for name, rows in claims.groupby("note", sort=False):
        note = _open_note(str(name), rows, (statements, series, sources, events), reconcile)
        judged += [(row.Index, *_judge(row, note)) for row in rows.itertuples()]
    table = pd.DataFrame(judged, columns=["index", *COLUMNS]).set_index("index")
    types = {name: float if name in ("recomputed_low", "recomputed_high") else str for name in COLUMNS}
    return claims.join(table.astype(types))


def check_claims(claims: pd.DataFrame, series: pd.DataFrame) -> None:
    """Check the rows of claims.csv without judging them.

    Raises:
        LedgerError: If a check is unknown, arguments are wrong, a series is not in the catalogue, or a claim without
            a band prints no figure. The message names the claim.
    """
    known = set(series["series"])
    for row in claims.itertuples():
        given, _ = read_arguments(row.check, row.arguments, row.claim)
        names = [given[key] for key in ("numerator", "denominator", "part", "total") if given.get(key)]
        parts = given["parts"] if isinstance(given.get("parts"), list) else []
        for name in [row.series, *names, *parts]:
            if name and name not in known:
                raise LedgerError(f"claims.csv, claim {row.claim}: series '{name}' is not in series.csv")
    _siblings(claims)


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
    return _Note(rows, own, house, _siblings(rows), evidence, statements, sources, series, events, solve)


def _siblings(rows: pd.DataFrame) -> dict[str, Figure]:
    figures = {}
    for row in rows.itertuples():
        _, band = read_arguments(row.check, row.arguments, row.claim)
        if row.check not in WORD_CHECKS and not {"at_least", "at_most"} & set(band):
            figures[row.claim] = read_printed(row.claim, row.printed, row.unit, row.measure, band.get("resolution"))
    return figures


def _judge(row, note: _Note) -> tuple:
    """Return the values of `COLUMNS` for one claim."""
    claim = Claim(row.claim, row.series, row.measure, row.period, row.printed, row.unit, note.siblings)
    why, answer = "", None
    for evidence in note.independent:
        try:
            answer = _ask(row, claim, evidence, note)
        except NoFigure as lack:
            return _judge_by_itself(row, claim, note, f"Only the note itself gives this: {lack}.")
        if answer.relation != LOOSE:
            break
        why = f"The figures of others leave too much open ({answer.sum})."
    if answer.relation == LOOSE:
        return _judge_by_itself(row, claim, note, why)
    if answer.relation == APART:
        return _judge_apart(row, note, answer)
    verdict, remark = _how_far(answer, note)
    return _result(verdict, answer, f"{answer.sum}; the note says {row.printed}.{_rivals(answer)}{remark}")


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


def _how_far(answer: Answer, note: _Note) -> tuple[str, str]:
    """Return `confirmed` or `consistent`, and why it is no more."""
    if answer.relation != AGREE or answer.outcome.capped:
        return "consistent", answer.remark
    rows = _used(answer, note)
    if len(rows) and rows["measure"].str.startswith("forecast").all():
        return "consistent", " These are estimates of others, not a measured figure."
    publishers = rows["source"].map(note.sources.set_index("source")["publisher"]).fillna("").map(publisher_key)
    if (publishers == note.house).all():
        return "consistent", " Only other publications of the same house say so."
    return "confirmed", answer.remark


def _judge_apart(row, note: _Note, answer: Answer) -> tuple:
    found = f"{answer.sum}; the note says {row.printed}.{_rivals(answer)}"
    rows = _used(answer, note)
    if len(rows) and rows["measure"].str.startswith("forecast").all():
        return _result("not checkable", answer, f"Only estimates of others, and they differ. {found}")
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


def _judge_by_itself(row, claim: Claim, note: _Note, why: str) -> tuple:
    """Judge a claim by the other figures of its own note, together with everybody else's."""
    rest = note.statements
    if row.check in OWN_FIGURE_CHECKS:
        same = rest["source"].isin(note.own) & (rest["series"] == row.series) & (rest["period"] == row.period)
        rest = rest[~(same & (rest["measure"] == row.measure))]
    rest = pd.concat([rest, _own_figures(row, note)], ignore_index=True)
    try:
        answer = _ask(row, claim, Evidence(rest, note.series, note.sources, note.solve, near=True), note)
    except NoFigure as lack:
        more = "" if str(lack) in why else f" Nor do the note's other figures: {lack}."
        return "not checkable", nan, nan, "", f"{why}{more}", "", ""
    words = f"{why} With the note's own other figures: {answer.sum}; the note says {row.printed}."
    if answer.relation == LOOSE:
        return _result("not checkable", answer, words)
    if answer.relation == APART:
        right = "" if answer.printed is None else f" By its own figures {answer.right} would have been right."
        return _result("contradicted", answer, f"{words}{right}")
    return _result("own arithmetic only", answer, f"{words}{answer.remark}")


def _own_figures(row, note: _Note) -> pd.DataFrame:
    """Return the figures that the note's other claims print, as statements whose ids are those of the claims.

    Left out are those that its statements hold already, and the figure that is to be judged.
    """
    others = note.rows[note.rows["check"].isin(SIMPLE_CHECKS) & note.rows["claim"].isin(list(note.siblings))]
    keys = ["series", "measure", "period"]
    held = note.statements[note.statements["source"].isin(note.own)]
    taken = {tuple(key) for key in held[keys].to_numpy()} | {(row.series, row.measure, row.period)}
    others = others[pd.Series([tuple(key) not in taken for key in others[keys].to_numpy()], others.index, bool)]
    figures = [note.siblings[claim] for claim in others["claim"]]
    frame = others[[*keys, "unit"]].assign(
        statement=others["claim"], stated=others["printed"], source=others["note"], low=nan, high=nan
    )
    for name in ("value", "qualifier", "resolution", "bound_low", "bound_high"):
        frame[name] = [getattr(figure, name) for figure in figures]
    published = note.sources.set_index("source")["published"].get(row.note, "")
    frame = frame.assign(series_as_printed=frame["series"], published=published, published_basis="stated", factor=1.0)
    return frame.reindex(columns=note.statements.columns)


def _rivals(answer: Answer) -> str:
    rivals = answer.outcome.finding.rivals
    return f" Others print {'; '.join(one.words for one in rivals)}." if rivals and not answer.remark else ""


def _result(verdict: str, answer: Answer, words: str, fit: Fit | None = None) -> tuple:
    finding = answer.outcome.finding
    used = finding.statements + (fit.finding.statements if fit else ())
    low, high = (value if abs(value) < inf else nan for value in (finding.low, finding.high))
    name = fit.name if fit else ""
    return verdict, low, high, answer.outcome.unit, words, " ".join(dict.fromkeys(used)), name
