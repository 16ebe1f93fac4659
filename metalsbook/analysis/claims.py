"""Claims: judge every figure and comparison of a source note by the ledger without that note.

No source vouches for itself. A claim is first put to the statements of everybody else: the note's own page, what it
repeats and what repeats it are left out, and reconciliation is solved again without them. The other pages of the
note's house stay in: they can contradict it, but what they alone bear out is `own arithmetic only`. Only where these do
not settle it are the note's other figures admitted, and then agreement is `own arithmetic only` too.

Verdicts, from what was recomputed and what the print leaves room for (thresholds: the constants of `answers`):

- `confirmed`: a printed figure comes out at its printed precision, or a comparison or date holds, by figures of other
  houses, and as many independent origins do not print another (ten houses that reprint the customs office are one).
- `consistent`: the same, but through the note's own level or house; or the intervals overlap; or they do once the print
  is taken as cut off instead of rounded, or by no more than a usual revision.
- `mislabelled`: they do not, and the printed figure is that of another name (see `mislabels`).
- `contradicted`: they do not. A forecast contradicts nothing: where only forecasts differ, it is `not checkable`.
- `not checkable`: no figures; figures so far apart that anything would fit, or that reach to both sides of what a
  comparison stands for; silence; what others expect, where the claim is of a state. `would_decide` names the figure
  that would settle it.

Words that leave room ("strong", "mainly") are judged as the row reads them, and since they can be read otherwise the
figures of others neither confirm nor contradict them: `consistent` if they hold so read, else `not checkable`. A note
that contradicts itself needs nobody else: words that do not fit its own figures are `contradicted`, with the reading.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf, nan
from typing import Any

import pandas as pd

from metalsbook.analysis.answers import AGREE, APART, LOOSE, Answer, forgive, relate, tax_hint
from metalsbook.analysis.checks import Claim, read_arguments, read_printed, run_check
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import PACED, NoFigure, show_measure, show_number, show_unit
from metalsbook.analysis.mislabels import find_fit
from metalsbook.analysis.sources import origins, same_source, sources_of_house
from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import Figure
from metalsbook.months import month_range

VERDICTS = ("confirmed", "consistent", "own arithmetic only", "mislabelled", "contradicted", "not checkable")
"""From what holds to what does not: the order of every list and chart."""
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
        lists = (given[key] for key in ("parts", "figures") if isinstance(given.get(key), list))
        names = [given.get(key, "") for key in ("numerator", "denominator", "part", "total")]
        for name in [row.series, *names, *(text.split()[0] for texts in lists for text in texts)]:
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
    return "loose words" if row.loose or row.check == "needs_data" else "comparison or date"


SIMPLE_CHECKS = ("level", "change")
"""Claims under these checks print a figure of their own series, measure and period."""
OWN_FIGURE_CHECKS = (*SIMPLE_CHECKS, "implied_base", "mean_of_months", "converted")
"""Under these the note's own print of the claim's series, measure and period is what is to be shown, so no witness."""


COLUMNS = (
    "verdict kind recomputed recomputed_low recomputed_high recomputed_unit evidence evidence_statements fits "
    "n_origins would_decide"
).split()
"""What `judge_claims` adds to the columns of the claims."""
_NUMBERS = ("recomputed_low", "recomputed_high")
_ROOM = " Read as meant it does not hold; since the words leave room for other readings, that contradicts nothing."
_OFFICES = {"gacc": "customs", "nbs": "the statistics bureau", "caam": "CAAM", "miit": "the industry ministry"}
_OF_GROWTH = re.compile(r"demand|grow|shr[iu]nk|contraction|recover", re.IGNORECASE)
_STAND_IN = "published figures of just what the words say, to which the one recomputed here only comes close"


class _Note:
    """What judging the claims of one note needs: its rows, who it is, its printed figures, and the evidence."""

    def __init__(self, name: str, rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], reconcile: Callable):
        self.statements, series, sources = (tables[table] for table in ("statements", "series", "sources"))
        found = sources[sources["source"] == name]
        if found.empty:
            raise LedgerError(f"claims.csv, claim {rows['claim'].iloc[0]}: note '{name}' is not in sources.csv")
        self.rows, self.siblings = list(rows.itertuples()), read_figures(rows)
        self.events, self.own = tables["events"], same_source(name, sources)
        self.own_house = sources_of_house(found["publisher"].iloc[0], sources)
        self.published = found["published"].iloc[0]
        figures = self.statements[["statement", "series", "measure", "period", "source"]].reset_index(drop=True)
        self.held = {row.statement: row for row in figures.itertuples()}
        # What the note prints itself, the first of several.
        self.prints = {
            (row.series, row.measure, row.period): self.siblings[row.claim]
            for row in reversed(self.rows)
            if row.check in (*SIMPLE_CHECKS, "implied_base") and row.claim in self.siblings
        }
        self.origins = origins(sources)
        self.publishers = dict(zip(sources["source"], sources["publisher"], strict=True))
        self._reconcile = reconcile
        self._solved: dict[tuple, Any] = {}
        together = pd.concat([self.statements, self._printed_by_claims()], ignore_index=True)
        self.with_own = Evidence(together, series, sources, solve=self.solve, own=self.own)
        by_note, by_house = (together["source"].isin(some) for some in (self.own, self.own | self.own_house))
        self.independent = [self.with_own.without(by_note, solve=self.solve, narrow=narrow) for narrow in (False, True)]
        self.outside = self.with_own.without(by_house, solve=self.solve)

    def solve(self, some: pd.DataFrame, catalogue: pd.DataFrame) -> Any:
        """Return what some statements leave of each month, each set solved once."""
        key = tuple(sorted(some["statement"]))
        if key not in self._solved:
            self._solved[key] = self._reconcile(some, catalogue)
        return self._solved[key]

    def _printed_by_claims(self) -> pd.DataFrame:
        """Return the figures of claims that the ledger lacks as statements of the note; each has its claim's id."""
        held = {(row.series, row.measure, row.period) for row in self.held.values() if row.source in self.own}
        added = [
            self.siblings[row.claim]._asdict()
            | {name: getattr(row, name) for name in ("series", "measure", "period", "unit")}
            | {"statement": row.claim, "stated": row.printed, "source": row.note}
            | {"published": self.published, "published_basis": "stated"}
            for row in self.rows
            if row.check in SIMPLE_CHECKS
            and row.claim in self.siblings
            and (row.series, row.measure, row.period) not in held
        ]
        return pd.DataFrame(added, columns=self.statements.columns)

    def with_own_figures(self, row) -> Evidence:
        """Return all statements with the note's own, but without the figure that a claim prints and is to be shown.

        A comparison ("declined slightly") is not the figure that it speaks of, so that this stays a witness.
        """
        if row.claim not in self.siblings:
            return self.with_own
        rows = self.with_own.statements
        own = rows["source"].isin(self.own) if row.check in OWN_FIGURE_CHECKS else rows.index >= len(self.statements)
        is_claimed = (rows[["series", "measure", "period"]] == [row.series, row.measure, row.period]).all(axis=1)
        return self.with_own.without(own & is_claimed, solve=self.solve, own=self.own)


def judge_claims(tables: Mapping[str, pd.DataFrame], reconcile: Callable) -> pd.DataFrame:
    """Return the claims with their verdicts.

    Args:
        tables: `claims`, `statements`, `series`, `sources` and `events` as the edition knows them.
        reconcile: Called as `reconcile(statements, series)`, returns what these leave of each month.

    Returns:
        The claims in their order, with `COLUMNS`: `verdict` (one of `VERDICTS`); `kind` (one of `KINDS`); `recomputed`,
        for readers, "" where nothing was or it leaves too much open; `recomputed_low` and `recomputed_high` in
        `recomputed_unit`, NaN where nothing was; `evidence` in words, never empty; `evidence_statements`, ids separated
        by spaces (those of claims where the note's own figures were used); `fits`, the name that a mislabelled figure
        fits, else ""; `n_origins`, how many independent origins print each figure that the recomputed value rests on, 0
        where it rests on the note or its house; `would_decide`, which figure would decide a claim `not checkable`.

    Raises:
        LedgerError: If a claim names no known note, check or argument, or prints no figure where one is needed.
    """
    judged, claims = {}, tables["claims"]
    bands = [read_arguments(row.check, row.arguments, row.claim)[1] for row in claims.itertuples()]
    read = claims.assign(loose=[bool(band.get("loose")) for band in bands])
    for name, rows in read.groupby("note", sort=False):
        note = _Note(str(name), rows, tables, reconcile)
        for row in rows.itertuples():
            judged[row.Index] = {**_judge(row, note), "kind": kind_of(row, note.siblings)}
    table = pd.DataFrame.from_dict(judged, orient="index", columns=COLUMNS)
    types: dict[str, type] = {name: str for name in COLUMNS} | dict.fromkeys(_NUMBERS, float) | {"n_origins": int}
    return claims.join(table.astype(types))


def _judge(row, note: _Note) -> dict:
    """Return the values of `COLUMNS` for one claim, without its kind."""
    text = (row.claim, row.series, row.measure, row.period, row.printed, row.unit)
    claim = Claim(*text, note.siblings, _said(row, note), note.events)
    why = ""
    for evidence in note.independent:
        try:
            answer = _ask(row, claim, evidence, note)
        except NoFigure as lack:
            if row.check == "needs_data":
                return _without(f"Nothing to judge it by: the ledger has {lack}.{_beside(row, note)}", _missing(lack))
            why = f"Only the note itself gives this: apart from it the ledger has {lack}.{_beside(row, note)}"
            return _judge_by_itself(row, claim, note, why, wanted=str(lack))
        if answer.relation != LOOSE:
            break
        why = f"The figures of others leave too much open ({answer.sum})."
    is_forecast = row.measure.startswith("forecast") and row.period > note.published[: len(row.period)]
    if _is_expected(answer, note) and not is_forecast:
        words = f"What others print is an expectation, and the claim is of a state: {answer.sum}."
        wanted = f"a measured figure of '{evidence.title(row.series)}' for {row.period}"
        return _result("not checkable", row, answer, note, words, shown="", wanted=wanted)
    if answer.relation == LOOSE:
        return _judge_by_itself(row, claim, note, why, answer)
    if answer.relation == APART:
        return _judge_apart(row, note, answer)
    verdict, remark = _how_far(row, claim, answer, note)
    words = f"{answer.sum}; the note says {_quoted(row)}.{_rivals(answer)}{remark}"
    beside = _leaves(row, note) if answer.outcome.finding.basis == PACED else ""
    return _result(verdict, row, answer, note, f"{words}{beside}")


def _said(row, note: _Note) -> Figure | None:
    """Return the figure of another claim that the sentence of a comparison repeats, None where it repeats none."""
    beside = [one for one in note.rows if (one.series, one.period) == (row.series, row.period)]
    told = [note.siblings[one.claim] for one in beside if one.claim in note.siblings and one.printed in row.statement]
    return told[0] if told and row.claim not in note.siblings else None


def _without(why: str, wanted: str) -> dict:
    empty = dict.fromkeys(COLUMNS, "") | {"recomputed_low": nan, "recomputed_high": nan, "n_origins": 0}
    return empty | {"verdict": "not checkable", "evidence": why, "would_decide": _figure_in(wanted)}


def _missing(lack: NoFigure) -> str:
    """Return what the ledger lacks; a reason that its row gives behind a colon speaks of the ledger."""
    what, mark, reason = str(lack).partition(": ")
    return f"{what}, which the ledger lacks: {reason}" if mark else what


def _figure_in(lack: str) -> str:
    """Return the figure that a message says is missing: "no level of 'X', nor ..." lacks the "level of 'X'"."""
    return lack.removeprefix("no ").split(", nor ")[0]


def _quoted(row) -> str:
    """Return what a note prints: a figure as it is, words in quotation marks."""
    return row.printed if any(sign.isdigit() for sign in row.printed) else f"\u201c{row.printed}\u201d"


def _ask(row, claim: Claim, evidence: Evidence, note: _Note) -> Answer:
    outcome = run_check(row.check, row.arguments, claim, evidence)
    if outcome.expected is not None:
        return Answer(outcome, outcome.expected, relate(outcome, outcome.expected, is_band=True))
    figure = note.siblings[row.claim]
    expected = figure.bound_low, figure.bound_high
    answer = Answer(outcome, expected, relate(outcome, expected, is_band=False), figure)
    return forgive(answer, evidence.kind(row.series)) if answer.relation == APART else answer


def _used(statements: tuple[str, ...], note: _Note) -> list:
    """Return the rows of statements, in the order of the edition."""
    return sorted(note.held[one] for one in set(statements) & note.held.keys())


def _is_expected(answer: Answer, note: _Note) -> bool:
    """Return whether an answer rests on forecasts alone."""
    rows = _used(answer.outcome.finding.statements, note)
    return bool(rows) and all(row.measure.startswith("forecast") for row in rows)


def _origins(statements: tuple[str, ...], note: _Note) -> list[str]:
    """Return the independent origins that print each figure used: of the figure that the fewest print."""
    behind: dict[tuple, set[str]] = {}
    for row in _used(statements, note):
        origins = behind.setdefault((row.series, row.measure, row.period), set())
        if row.source not in note.own_house:
            origins.add(note.origins.get(row.source, ""))
    if not behind or set(statements) - note.held.keys():
        return []
    return min((sorted(behind[figure] - {""}) for figure in sorted(behind)), key=len)


def _how_far(row, claim: Claim, answer: Answer, note: _Note) -> tuple[str, str]:
    """Return how far agreement reaches, and why it is no more than that."""
    finding = answer.outcome.finding
    rows = _used(finding.statements, note)
    own = [row.source in note.own_house for row in rows]
    if rows and all(own):
        return "own arithmetic only", f"{answer.remark} Only other publications of the same house say so."
    if answer.relation != AGREE or answer.outcome.capped or row.loose:
        return "consistent", answer.remark + (" The words leave room; read as meant they hold." if row.loose else "")
    if _is_expected(answer, note):
        return "consistent", " These are estimates of others, not a measured figure."
    leans = any(own)
    with suppress(NoFigure):
        leans = leans and _ask(row, claim, note.outside, note).relation != AGREE
    if leans:
        return "consistent", " It rests in part on other publications of the same house."
    behind = _origins(finding.statements, note)
    rivals = tuple(name for rival in finding.rivals for name in rival.statements)
    against = {note.origins[row.source] for row in _used(rivals, note) if row.source not in note.own_house}
    if against and len(against) >= len(behind):
        return "consistent", " As many independent origins print another: it is in dispute."
    count = f"{len(behind)} independent origin{'' if len(behind) == 1 else 's'}"
    houses = sorted({note.publishers[row.source] for row in rows if row.source not in note.own_house})
    reads = f", as {houses[0]} prints it" if len(houses) == 1 else ""
    told = ", ".join(_OFFICES.get(origin, origin.replace("_", " ")) for origin in behind)
    return "confirmed", f"{answer.remark} Behind it: {count} ({told}){reads}."


def _judge_apart(row, note: _Note, answer: Answer) -> dict:
    found = f"{answer.sum}; the note says {_quoted(row)}.{_rivals(answer)}"
    if _is_expected(answer, note):
        words = f"Only estimates of others, and they differ. {found}"
        return _result(
            "not checkable", row, answer, note, words, wanted="a measured figure, where there are only forecasts so far"
        )
    if row.loose and not answer.outcome.as_printed:
        return _result("not checkable", row, answer, note, f"{found}{_ROOM}", wanted=_STAND_IN)
    figure, name = answer.printed, (row.series, row.measure, row.period, row.unit)
    if row.check in SIMPLE_CHECKS and figure and (fit := find_fit(*name, figure, note.independent[0])):
        words = f"{found} {row.printed} is {fit.title} ({fit.finding.words})."
        used = dict.fromkeys((*answer.outcome.finding.statements, *fit.finding.statements))
        named = {"fits": fit.name, "evidence_statements": " ".join(used)}
        return _result("mislabelled", row, answer, note, words) | named
    right = "" if answer.printed is None else f" Right would have been {answer.right}."
    hint = tax_hint(answer) if row.check == "ratio" else ""
    if row.check != "ratio" and answer.outcome.unit == "%" and note.independent[0].is_sampled(row.series):
        hint = " The official rate is of a comparable sample: one computed from the published levels differs."
    return _result("contradicted", row, answer, note, f"{found}{right}{answer.remark}{hint}")


def _judge_by_itself(row, claim: Claim, note: _Note, why: str, others: Answer | None = None, wanted: str = "") -> dict:
    """Judge a claim by the other figures of its own note, together with everybody else's."""
    try:
        answer = _ask(row, claim, note.with_own_figures(row), note)
    except NoFigure as lack:
        more = "" if str(lack) in why else f" Nor do the note's other figures lead to it: they give {lack}."
        return _without(f"{why}{more}{_leaves(row, note)}", wanted or str(lack))
    wanted = answer.outcome.wanted or _figure_in(wanted)
    if others is not None and answer.right == others.right:
        words = f"{why} The note's own other figures do not narrow it.{_leaves(row, note)}"
        return _result("not checkable", row, answer, note, words, shown="", wanted=wanted)
    words = f"{why} With the note's own other figures: {answer.sum}; the note says {_quoted(row)}."
    if answer.relation == LOOSE:
        words = f"{words} That leaves too much open.{_leaves(row, note)}"
        return _result("not checkable", row, answer, note, words, shown="", wanted=wanted)
    if answer.relation == APART and row.loose:
        used = answer.outcome.finding.statements
        if all(one.source in note.own for one in _used(used, note)):
            read = f"{words} Read as the row reads it ({row.meant}), the note contradicts itself."
            return _result("contradicted", row, answer, note, read)
        return _result("not checkable", row, answer, note, f"{words}{_ROOM}", wanted=_STAND_IN)
    if answer.relation == APART:
        right = "" if answer.printed is None else f" By its own figures {answer.right} would have been right."
        return _result("contradicted", row, answer, note, f"{words}{right}")
    return _result("own arithmetic only", row, answer, note, f"{words}{answer.remark}")


def _beside(row, note: _Note) -> str:
    """Return the nearest that others print to a figure since January that only the note gives, "" where nothing is.

    Of words that no figure of the ledger judges, it is what the year's rates of growth say of the series.
    """
    year = [f"{row.period[:4]}-{month:02d}" for month in range(1, 13)]
    evidence = note.independent[0]
    if row.check == "needs_data":
        rows = note.statements[note.statements["series"] == row.series]
        rates = rows[(rows["measure"] == "ytd_yoy") & rows["period"].isin(year) & (rows["period"] <= row.period)]
        rates = rates.sort_values(["period", "published"]).drop_duplicates("period", keep="last").tail(2)
        if rates.empty or not _OF_GROWTH.search(f"{row.printed} {row.statement}"):
            return ""
        names = rates["source"].map(note.publishers)
        told = [f"{one.value:+g}% ({who}, {one.period})" for one, who in zip(rates.itertuples(), names, strict=True)]
        return f" Of '{evidence.title(row.series)}' the {show_measure('ytd_yoy')} is {', then '.join(told)}."
    if row.measure not in ("ytd", "ytd_yoy") or row.period not in year:
        return ""
    known = [month for month in year if evidence.prints(row.series, row.measure, month)]
    near = [one for one in known if one < row.period][-1:] + [one for one in known if one > row.period][:1]
    found = [evidence.reported(row.series, row.measure, month).words for month in near]
    return f" Beside it: {' and '.join(found)}." if found else ""


def _leaves(row, note: _Note) -> str:
    """Return what a figure since January leaves for the months up to the next that others print, "" for no such claim.

    Months of which others print the level count as told. The growth that is left follows where all rates are known.
    """
    level, rate = (note.prints.get((row.series, of, row.period)) for of in ("ytd", "ytd_yoy"))
    if level is None or row.measure not in ("ytd", "ytd_yoy"):
        return ""
    evidence = note.independent[0]
    rest_of_year = month_range(row.period, f"{row.period[:4]}-12")[1:]
    later = [month for month in rest_of_year if evidence.prints(row.series, "ytd", month)]
    if not later:
        return ""
    months, until = month_range(row.period, later[0])[1:], evidence.reported(row.series, "ytd", later[0]).best
    base = until / _rate(evidence, row.series, "ytd_yoy", later[0])
    rest, base = until - level.value, base - level.value / (1 + rate.value / 100 if rate else nan)
    while months and evidence.prints(row.series, "level", months[-1]):
        month = months.pop()
        told = evidence.reported(row.series, "level", month).best
        rest, base = rest - told, base - told / _rate(evidence, row.series, "yoy", month)
    if not months:
        return ""
    growth = f", {100 * (rest / base - 1):+.1f}% on the year before" if base > 0 else ""
    printed = evidence.prints(row.series, "yoy", months[0]) if growth and len(months) == 1 else []
    growth += f", where others print {printed[0].words}" if printed else ""
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    return f" It leaves {show_number(rest)}{show_unit(evidence.unit(row.series))} for {span}{growth}."


def _rate(evidence: Evidence, series: str, measure: str, month: str) -> float:
    """Return what a printed rate of growth multiplies by, NaN where none is printed."""
    found = evidence.prints(series, measure, month)
    return 1 + found[0].best / 100 if found else nan


def _rivals(answer: Answer) -> str:
    rivals = [one.words for one in answer.outcome.finding.rivals]
    return f" Others print {'; '.join(rivals)}." if rivals and not answer.remark else ""


def _result(verdict: str, row, answer: Answer, note: _Note, words: str, shown: str | None = None, wanted="") -> dict:
    finding = answer.outcome.finding
    low, high = (value if abs(value) < inf else nan for value in (finding.low, finding.high))
    title = note.independent[0].title(row.series)
    own = f"the {show_measure(row.measure)} of '{title}' for {row.period} from another house that counts it itself"
    return {
        "verdict": verdict,
        "recomputed": answer.right if shown is None else shown,
        "recomputed_low": low,
        "recomputed_high": high,
        "recomputed_unit": answer.outcome.unit,
        "evidence": words,
        "evidence_statements": " ".join(dict.fromkeys(finding.statements)),
        "fits": "",
        "n_origins": len(_origins(finding.statements, note)),
        "would_decide": (wanted or answer.outcome.wanted or own) if verdict == "not checkable" else "",
    }
