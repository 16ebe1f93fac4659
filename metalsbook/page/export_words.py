"""Sentences and tables of the chapter on magnesium exports."""

import pandas as pd

from metalsbook.analysis.evidence import find_families
from metalsbook.analysis.exports import (
    LEAST_USUAL_MONTHS,
    REMAINDER,
    BaseEffect,
    base_effect,
    known_month,
    sharpest_change,
    total_of_year_to,
)
from metalsbook.analysis.intervals import Interval, change_pct
from metalsbook.analysis.measures import run_of_direction
from metalsbook.months import step_month
from metalsbook.page.courses import known_course
from metalsbook.page.narrative import (
    count_of,
    join_words,
    number,
    percent,
    period_name,
)
from metalsbook.page.sentences import (
    change_words,
    interval_of,
    interval_words,
    points,
    rounded,
    signed,
    went,
)
from metalsbook.page.tables import who_printed
from metalsbook.page.trade_events import events_sentence, headings_sentence, marked, trade_events

TOTAL = "mg.export.total"
PARTS = {"Ingot": "mg.export.ingot", "Alloy": "mg.export.alloy", "Powder": "mg.export.powder"}


def sources_of(edition, series: list[str], since: str) -> str:
    """Return who printed the statements that the months of some series rest on.

    Args:
        edition: The edition.
        series: The series.
        since: First period that counts.
    """
    rows = edition.rows_of(*series)
    return who_printed(edition, rows[rows["period"] >= since])


def sources_behind(edition, months: pd.DataFrame) -> str:
    """Return who printed the statements that hold known months where they are: changes, sums and shares, too.

    Args:
        edition: The edition.
        months: Rows of `Edition.estimated`.
    """
    known = months[months["basis"] != "open"]
    held = set(" ".join(known["binding"]).split())
    families = find_families(edition.series)
    rows = edition.rows_of(*set().union(*(families[name] for name in months["series"].unique())))
    own = rows["series"].isin(months["series"]) & rows["period"].isin(known["period"]) & (rows["measure"] == "level")
    return who_printed(edition, rows[own | rows["statement"].isin(held)])


def months_text(rows: pd.DataFrame, what: str) -> str:
    """Return the text alternative of reconciled months: how many are known in which way, and the course of these."""
    counts = rows["basis"].value_counts()
    said = join_words([f"{counts[basis]} {basis}" for basis in ("reported", "implied", "open") if basis in counts])
    return f"{count_of(len(rows), 'month')}: {said}. {known_course(rows, what, 't')}"


def months_unit(edition, rows: pd.DataFrame) -> str:
    """Return the subtitle of a chart of reconciled months: unit, kinds, marked events, and what lies off the axis.

    Args:
        edition: The edition.
        rows: Rows of `Edition.estimated`.
    """
    known, events = rows[rows["basis"] != "open"], marked(rows, trade_events(edition))
    said = "t a month; reported, implied or open"
    if len(events):
        said += f"; dashed or barred: {count_of(len(events), 'event')} that touch{'es' * (len(events) == 1)} the trade"
    above = rows[(rows["basis"] == "open") & (rows["low"] > known["high"].max())]
    if len(known) and len(above):
        told = [f"{period_name(row['period'])} ({number(row['low'], 't', 100)} or more)" for _, row in above.iterrows()]
        said += f"; open, above all known months: {join_words(told)}"
    return said


def with_a_known_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Return reconciled months if at least one of them is known, else none: pale bars alone say nothing."""
    return rows if (rows["basis"] != "open").any() else rows.head(0)


def run_sentence(edition, series: str, what: str) -> str | None:
    """Return for how many months in a row a flow has risen or fallen, where it is more than one."""
    known = edition.estimated(series)
    known = known[known["basis"] != "open"].rename(columns={"best": "value"})
    run = run_of_direction(known, edition.month)
    if abs(run) < 2:
        return None
    return f"{what} have {'risen' if run > 0 else 'fallen'} for {abs(run)} months in a row."


def contributions_gap(edition) -> str:
    """Return which series keep the change of the month from being taken apart."""
    missing = []
    for name, series in {"all products": TOTAL, **{key.lower(): value for key, value in PARTS.items()}}.items():
        months = [
            each
            for each in (step_month(edition.month, -1), edition.month)
            if known_month(edition.estimates, series, each) is None
        ]
        if months:
            missing.append(f"{name} ({join_words([period_name(month) for month in months])})")
    return f"The change cannot be taken apart by product: not known well enough are {join_words(missing)}."


def contribution_sentences(edition, changes: pd.DataFrame) -> list[str]:
    """Return what made the total change: the largest part for and against, and what no product explains.

    Args:
        edition: The edition.
        changes: Result of `exports.contributions`; empty where a month is missing.
    """
    if changes.empty:
        return [contributions_gap(edition)]
    whole = changes["best_t"].sum()
    named = changes[changes["part"] != REMAINDER].sort_values("best_t", key=abs, ascending=False, kind="stable")
    said = [
        f"{row['part'].lower()} {signed(row['best_t'], 't', 1)} ({points(row['points'])}"
        f"{_part_of_change(row['best_t'], whole)})"
        for _, row in named.iterrows()
    ]
    rest = changes[changes["part"] == REMAINDER].iloc[0]
    open_end = "" if rest["low_t"] * rest["high_t"] > 0 else ", which rounding alone may explain"
    before = period_name(step_month(edition.month, -1))
    return [
        f"Exports of all products changed by {signed(whole, 't', 1)} on {before}. Named products: {join_words(said)}.",
        f"What is in none of them moved by {signed(rest['best_t'], 't', 1)} "
        f"({signed(rest['low_t'], '', 1)} to {signed(rest['high_t'], 't', 1)}){open_end}.",
    ]


def _part_of_change(part: float, whole: float) -> str:
    """Return what a part is of the change, where it goes the same way and does not exceed it."""
    return f", {percent(100 * part / whole, 0, False)} of it" if whole and 0 < part / whole <= 1 else ""


def contributions_text(changes: pd.DataFrame) -> str:
    """Return the text alternative of the contributions."""
    said = [f"{row['part']} {signed(row['best_t'], 't', 1)}" for _, row in changes.iterrows()]
    return f"Change in tonnes by product: {join_words(said)}." if said else "No contributions."


def base_sentences(edition, series: str, what: str) -> list[str]:
    """Return what the month's headline change owes to an unusual month before, or what is missing to say so."""
    effect = base_effect(edition.estimates, series, edition.month)
    now, before = period_name(edition.month), period_name(step_month(edition.month, -1))
    if effect is None:
        return [
            f"{what} of {now} cannot be set against their usual level: {now}, {before} or more than "
            f"{12 - LEAST_USUAL_MONTHS} of the twelve months before are not known well enough."
        ]
    base = effect.base_against_usual_pct
    return [
        f"{what} {went(effect.change)} in {now}. Their usual level is {rounded(effect.usual_t, 't', 10)}, the mean of "
        f"the {effect.n_months} known months among the twelve before {before}: {now} lies "
        f"{_beside(effect.against_usual_pct)}, {before} {_beside(base)}.",
        f"Against the usual level alone the change would have been {percent(effect.against_usual_pct)}; the other "
        f"{points(effect.owed_to_base_pp)} come from the month before: {_base_words(effect)}.",
    ]


def _beside(change_pct: float) -> str:
    """Return how a month lies to the usual level: "0.9% above it"."""
    shown = percent(change_pct, 1, False).lstrip("\u2212")
    return "at it" if float(shown[:-1]) == 0 else f"{shown} {'above' if change_pct > 0 else 'below'} it"


def _base_words(effect: BaseEffect) -> str:
    low = effect.base_against_usual_pct < 0
    if effect.change.sign == 0:
        return f"a {'low' if low else 'high'} base, while the figures leave open whether there was a change at all"
    rise = effect.change.best > 0
    what = (
        "swelled the rise"
        if low and rise
        else "held the rise back"
        if rise
        else ("softened the fall" if low else "deepened the fall")
    )
    return f"a {'low' if low else 'high'} base {what}"


def base_text(effects: pd.DataFrame) -> str:
    """Return the text alternative of the base effects: each month's change and what it owes to its base."""
    said = [
        f"{row['period']} {percent(row['change_pct'])}, of which {points(row['owed_pp'])} from its base"
        for _, row in effects.iterrows()
    ]
    return f"Changes on the month before: {'; '.join(said)}." if said else "No changes."


def swing_sentences(edition, series: str, what: str) -> list[str | None]:
    """Return the sharpest change of the last twelve months as a worked example of reading a month.

    Args:
        edition: The edition.
        series: A flow.
        what: What it is, to stand within a sentence.
    """
    pair = sharpest_change(edition.estimates, series, edition.month)
    if pair is None:
        return [f"No two neighbouring months of {what} are known well enough to be an example."]
    estimates, span = edition.estimates, [step_month(pair[0], -1), *pair, step_month(pair[1], 1)]
    known = {
        month: figure for month in span if month <= edition.month and (figure := known_month(estimates, series, month))
    }
    course = "; ".join(f"{period_name(month)} {interval_words(figure, 't')}" for month, figure in known.items())
    first, second = (known[month] for month in pair)
    change, mean = change_pct(second, first), (first + second).scaled(0.5)
    up = change.best > 0
    return [
        f"The sharpest change of {what} within twelve months, by the ratio of two months (a halving outweighs a rise "
        f"by half), is that into {period_name(pair[1])}: {change_words(change)}. Around it: {course}.",
        f"To undo it takes {percent(100 * (first.best / second.best - 1))}: "
        f"{'a fall' if up else 'a rise'} of another size, since the base has changed.",
        _around_sentence(known, pair, mean),
        "If shippers only moved cargo from one of the two months into the other, before a rule or a holiday, demand is "
        "what that mean says, and neither headline shows it; the figures alone cannot tell why it moved.",
        # Of the edition's own month the section on its base has told them.
        None if pair[1] == edition.month else events_sentence(edition, list(pair), "this change"),
        headings_sentence(edition, [series, TOTAL], list(pair)),
    ]


def _around_sentence(known: dict[str, Interval], pair: tuple[str, str], mean: Interval) -> str:
    names = join_words([period_name(month) for month in pair])
    said = f"The mean of {names} is {interval_words(mean, 't')}"
    around = {month: figure.best for month, figure in known.items() if month not in pair}
    if not around:
        return f"{said}; the months around them are not known."
    level = sum(around.values()) / len(around)
    whose = "the mean of " if len(around) > 1 else ""
    beside = _beside(100 * (mean.best / level - 1)).removesuffix(" it").replace("at", "level with")
    return f"{said}, {beside} {whose}{join_words([period_name(each) for each in around])}."


def season_sentences(edition, shapes: pd.DataFrame, what: str) -> list[str]:
    """Return what other years say of the edition's month, and whether they are enough to speak of a season."""
    number_ = int(edition.month[5:7])
    same = shapes[(shapes["number"] == number_) & (shapes["year"] < edition.month[:4])]
    full = shapes.groupby("year").size()
    name = period_name(edition.month).split()[0]
    years = join_words([f"{row['year']} ({interval_words(interval_of(row), 't')})" for _, row in same.iterrows()])
    first = (
        f"{what[0].upper()}{what[1:]} of earlier {name}s that are known: {years}."
        if len(same)
        else (f"No earlier {name} of {what} is known to this edition.")
    )
    whole = int((full >= 12).sum())
    here = count_of(whole, "year", "years") if whole else "no year"
    known = f"{here} of this edition {'has' if whole < 2 else 'have'} them"
    doubt = "" if whole > 2 else ", so that nothing here is called seasonal"
    second = f"To speak of a season takes several years with all their months; {known}{doubt}."
    return [first, second]


def season_text(shapes: pd.DataFrame) -> str:
    """Return the text alternative of the years: how many months of each are known, and their range."""
    said = []
    for year, rows in shapes.groupby("year"):
        span = "" if len(rows) == 1 else f"{number(rows['best'].min(), '', 1)} to "
        said.append(f"{year}: {count_of(len(rows), 'month')}, {span}{number(rows['best'].max(), 't', 1)}")
    return f"Known months by year. {'; '.join(said)}."


def sum_less_months(edition, series: str) -> tuple[pd.Series, Interval]:
    """Return the last printed sum since January of a flow and what the earlier months of the year leave of it."""
    row = edition.latest(series, "ytd").iloc[-1]
    return row, total_of_year_to(edition.estimates, series, step_month(row["period"], -1))
