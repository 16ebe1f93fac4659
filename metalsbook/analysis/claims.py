"""Claims: judge every figure and comparison of a source note by the ledger without that note.

No source vouches for itself. A claim is first put to the statements of everybody else: the note's own source, what it
repeats and what repeats it are left out, and reconciliation is solved again without them. Only where these do not
settle it are the note's other figures admitted, and then agreement is `own arithmetic only`.

Verdicts, from what was recomputed and what the print leaves room for (thresholds: the constants of this module):

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
from dataclasses import dataclass, replace
from math import inf, isfinite, nan

import pandas as pd

from metalsbook.analysis.checks import Claim, Outcome, read_arguments, read_printed, run_check
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import BETWEEN, ESTIMATED, REPORTED, NoFigure, show_found, show_interval, show_number
from metalsbook.analysis.mislabels import Fit, find_fit
from metalsbook.analysis.sources import publisher_key, same_source
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import Figure

VERDICTS = ("confirmed", "consistent", "own arithmetic only", "mislabelled", "contradicted", "not checkable")
"""From what holds to what does not: the order of every list and chart."""
REVISION_PCT = 0.1
"""A flow is mended by so much without notice: most clashes of prints of one official figure are smaller."""
LOOSE_PCT = 25.0
"""An interval wider than this part of the printed figure says too little to agree with it."""
LOOSE_PP = 10.0
"""The same for growth rates and shares, in percentage points."""
EQUAL_WIDTHS = 10.0
"""A recomputed value confirms only if it is known to within this many widths of the print's own rounding."""
VAT_FACTOR = 1.13
"""China's value-added tax on metals, 13% since April 2019: prices are quoted with and without it."""
AGREE, OVERLAP, APART, LOOSE = "agree", "overlap", "apart", "loose"
"""Recomputed as printed; not excluded; excluded; too wide to say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one set of statements says to a claim.

    Attributes:
        outcome: What the check found.
        expected: The interval that the claim stands for.
        relation: `AGREE`, `OVERLAP`, `APART` or `LOOSE`.
        printed: The printed figure; None where the claim stands for a band.
        remark: What was forgiven.
    """

    outcome: Outcome
    expected: tuple[float, float]
    relation: str
    printed: Figure | None = None
    remark: str = ""

    @property
    def sum(self) -> str:
        """The recomputed value in words: how it comes about, and its interval."""
        finding = self.outcome.finding
        words = finding.words
        told = self.right in words or show_interval(finding.low, finding.high) in words
        said = finding.basis == REPORTED or self.outcome.shown or told
        return words if said else f"{words}: {self.right}"

    @property
    def right(self) -> str:
        """The recomputed value, with the digits that it is known to."""
        return self.outcome.shown or show_found(self.outcome.finding, self.outcome.unit)


def relate_figure(outcome: Outcome, expected: tuple[float, float]) -> str:
    """Return how a recomputed interval lies to a printed figure's own."""
    finding, (low, high) = outcome.finding, expected
    # Two roundings that meet in one point are two different figures.
    if finding.low < finding.high and low < high and (finding.high == low or finding.low == high):
        return APART
    return _relate(outcome, expected)


def _relate(outcome: Outcome, expected: tuple[float, float]) -> str:
    finding, (low, high) = outcome.finding, expected
    width = finding.high - finding.low
    if finding.high < low or finding.low > high:
        return APART
    sound = finding.basis not in (BETWEEN, ESTIMATED)
    if sound and low <= finding.best <= high and width <= EQUAL_WIDTHS * (high - low):
        return AGREE
    middle = (low + high) / 2 if isfinite(low + high) else finding.best
    loosest = LOOSE_PP if outcome.unit in ("%", "pp") else LOOSE_PCT / 100 * abs(middle)
    return LOOSE if width > max(loosest, high - low) else OVERLAP


def relate_band(outcome: Outcome, expected: tuple[float, float]) -> str:
    """Return how a recomputed interval lies to the band that a comparison stands for."""
    finding, (low, high) = outcome.finding, expected
    sound = finding.basis not in (BETWEEN, ESTIMATED)
    if finding.high < low or finding.low > high:
        return APART
    if low <= finding.low and finding.high <= high:
        return AGREE if sound else OVERLAP
    if outcome.capped:
        return _relate(outcome, expected)
    return OVERLAP if sound and low < finding.best < high else LOOSE


def forgive(answer: Answer, kind: str) -> Answer:
    """Return an answer that lies apart as overlapping, where a rival print, a revision or cut digits explain it.

    Args:
        answer: Lies apart, and has a printed figure.
        kind: Kind of the series; only flows are revised.
    """
    finding, (low, high) = answer.outcome.finding, answer.expected
    figure = answer.printed
    for rival in finding.rivals:
        if rival.low <= high and rival.high >= low:
            return replace(answer, relation=OVERLAP, remark=f" Disputed: {rival.words} agrees with the note.")
    gap = max(low - finding.high, finding.low - high)
    level = 100 + abs(figure.value) if answer.outcome.unit == "%" else abs(figure.value)
    if kind == "flow" and gap <= REVISION_PCT / 100 * level:
        differ = "Disputed between two prints of one figure: they" if finding.basis == REPORTED else "They"
        remark = f" {differ} differ by no more than a revision of {REVISION_PCT}% of the level explains."
        return replace(answer, relation=OVERLAP, remark=remark)
    cut = sorted((figure.value, figure.value + (figure.resolution if figure.value >= 0 else -figure.resolution)))
    if finding.low <= cut[1] and finding.high >= cut[0] and not figure.qualifier:
        rounded = show_number(round(finding.best / figure.resolution) * figure.resolution, 6)
        remark = f" It fits if the digits are cut off; rounded it would be {rounded}."
        return replace(answer, relation=OVERLAP, remark=remark)
    return answer


def tax_hint(answer: Answer) -> str:
    """Return a remark where a ratio of two prices fits once one of them is taken without value-added tax, else ""."""
    finding, (low, high) = answer.outcome.finding, answer.expected
    if finding.low * VAT_FACTOR <= high and finding.high * VAT_FACTOR >= low:
        return " The note's figure fits if the price in the denominator is taken without 13% value-added tax."
    if finding.low / VAT_FACTOR <= high and finding.high / VAT_FACTOR >= low:
        return " The note's figure fits if the price in the numerator is taken without 13% value-added tax."
    return ""


WORD_CHECKS = ("extreme_since", "part_of", "rank_among_parts", "dated", "no_event", "needs_data", "count_of_changes")
"""These are of words (a low, a rank, a date); all other claims without a band print a figure."""
KINDS = ("figure", "comparison or date", "loose words")
"""What a claim is: a printed figure; words that can be true in one way only; words that the book has to read."""


def check_claims(claims: pd.DataFrame, series: pd.DataFrame) -> None:
    """Check the rows of claims.csv without judging them.

    Raises:
        LedgerError: If a check is unknown, arguments are wrong, a series is not in the catalogue, a claim without
            a band prints no figure, or one of loose words does not say how it is read. The message names the claim.
    """
    known = set(series["series"])
    for row in claims.itertuples():
        given, band = read_arguments(row.check, row.arguments, row.claim)
        if band.get("loose") and not row.meant:
            raise LedgerError(
                f"claims.csv, claim {row.claim}: loose words, but not how they are read", "Say it in the column meant"
            )
        figures = given["figures"] if isinstance(given.get("figures"), list) else []
        names = [given[key] for key in ("numerator", "denominator", "part", "total") if given.get(key)]
        parts = given["parts"] if isinstance(given.get("parts"), list) else []
        for name in [row.series, *names, *parts, *(figure.split()[0] for figure in figures)]:
            if name and name not in known:
                raise LedgerError(f"claims.csv, claim {row.claim}: series '{name}' is not in series.csv")
    read_figures(claims)


def read_figures(rows: pd.DataFrame) -> dict[str, Figure]:
    """Return the figures that claims print, by claim; those of words print none.

    Raises:
        LedgerError: If a claim that should print a figure prints none, or names no known check or argument.
    """
    figures = {}
    for row in rows.itertuples():
        _, band = read_arguments(row.check, row.arguments, row.claim)
        if row.check not in WORD_CHECKS and not {"at_least", "at_most"} & set(band):
            figures[row.claim] = read_printed(row.claim, row.printed, row.unit, row.measure, band.get("resolution"))
    return figures


def kind_of(row, figures: dict[str, Figure]) -> str:
    """Return which of `KINDS` a claim is; of what cannot be recomputed at all, by whether a figure is printed."""
    if row.claim in figures or (row.check == "needs_data" and any(sign.isdigit() for sign in row.printed)):
        return "figure"
    return "loose words" if is_loose(row) or row.check == "needs_data" else "comparison or date"


def is_loose(row) -> bool:
    """Return whether a claim is of words that the book has to read."""
    return bool(read_arguments(row.check, row.arguments, row.claim)[1].get("loose"))


SIMPLE_CHECKS = ("level", "change")
"""Claims under these checks print a figure of their own series, measure and period."""
OWN_FIGURE_CHECKS = (*SIMPLE_CHECKS, "implied_base", "mean_of_months", "converted")
"""Under these the note's own print of the claim's series, measure and period is what is to be shown, so no witness."""
_KEYS = ["series", "measure", "period"]


def with_own_figures(
    row, rows: pd.DataFrame, siblings: dict[str, Figure], statements: pd.DataFrame, own: frozenset[str], published: str
) -> pd.DataFrame:
    """Return all statements with the note's own, but without the figure that a claim prints and is to be shown.

    A comparison ("declined slightly") is not the figure that it speaks of, so that this stays a witness.

    Args:
        row: The claim.
        rows: All claims of its note.
        siblings: The figures that they print, by claim.
        statements: The statements that the edition knows.
        own: The note with all sources that repeat it.
        published: Day the note was published.

    Returns:
        Columns of statements; the figures of claims that the ledger lacks as statement have the claim's id.
    """
    prints = row.claim in siblings
    rest = statements
    if prints and row.check in OWN_FIGURE_CHECKS:
        same = rest["source"].isin(own) & (rest["series"] == row.series) & (rest["period"] == row.period)
        rest = rest[~(same & (rest["measure"] == row.measure))]
    others = rows[rows["check"].isin(SIMPLE_CHECKS) & rows["claim"].isin(list(siblings)) & (rows["claim"] != row.claim)]
    held = statements[statements["source"].isin(own)]
    taken = {tuple(key) for key in held[_KEYS].to_numpy()}
    if prints:
        taken.add((row.series, row.measure, row.period))
    others = others[pd.Series([tuple(key) not in taken for key in others[_KEYS].to_numpy()], others.index, bool)]
    figures = [siblings[claim] for claim in others["claim"]]
    frame = others[[*_KEYS, "unit"]].assign(
        statement=others["claim"], stated=others["printed"], source=others["note"], low=nan, high=nan
    )
    for name in ("value", "qualifier", "resolution", "bound_low", "bound_high"):
        frame[name] = [getattr(figure, name) for figure in figures]
    frame = frame.assign(series_as_printed=frame["series"], published=published, published_basis="stated", factor=1.0)
    return pd.concat([rest, frame.reindex(columns=statements.columns)], ignore_index=True)


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
    events: pd.DataFrame,
    reconcile: Callable,
) -> pd.DataFrame:
    """Return the claims with their verdicts.

    Args:
        claims: Columns of claims.csv, text.
        statements: The statements that the edition knows.
        series: The catalogue of series.
        sources: `source`, `publisher`, `published`, `repeats`.
        events: `date`, `topic`, `what`.
        reconcile: Called as `reconcile(statements, series)`, returns an object with `estimates`.

    Returns:
        The claims in their order, with `COLUMNS`: `verdict` (one of `VERDICTS`); `kind` (one of
        `KINDS`); `recomputed`, for readers, "" where nothing was or it leaves too much open;
        `recomputed_low` and `recomputed_high` in `recomputed_unit`, NaN where nothing was recomputed; `evidence` in
        words, never empty;
        `evidence_statements`, ids separated by spaces (those of claims where the note's own figures were used);
        `fits`, the name that a mislabelled figure fits, else "".

    Raises:
        LedgerError: If a claim names no known note, check or argument, or prints no figure where one is needed.
    """
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
