"""Reconciled months of a flow, as chapters tell them: a figure, an interval, or a gap, each with its changes.

A change is shown as a source printed it where one did, since it printed more digits than rounded levels give; else it
is computed from the reconciled months and marked so.
"""

from dataclasses import replace

import pandas as pd

from metalsbook.analysis.exports import change_between, known_month
from metalsbook.analysis.intervals import Interval
from metalsbook.analysis.measures import run_to
from metalsbook.analysis.sources import agreed_prints
from metalsbook.months import step_month
from metalsbook.page.figures import KeyFigure
from metalsbook.page.forecast_words import forecast_sentence, implied_basis, implied_level, implied_words
from metalsbook.page.html import Html
from metalsbook.page.narrative import as_printed, count_of, join_words, number, period_name, rate_as_printed
from metalsbook.page.ranks import rank_words
from metalsbook.page.sentences import change_words, interval_of, interval_words, printed_interval, went
from metalsbook.page.tables import origin, table, with_publisher

COMPUTED = "*"
_BY_THIS_BOOK = " (computed)"
"""What marks a computed change within a sentence, where no note explains a star."""
CLASHING = "printed, does not fit the other prints"
"""How a month is known that a source printed while the other statements leave it open."""
_STEPS = {"mom": -1, "yoy": -12}


def month_row(edition, series: str, month: str = "") -> pd.Series | None:
    """Return the reconciled month of a series (default: the edition's month), or None."""
    rows = edition.estimates
    rows = rows[(rows["series"] == series) & (rows["period"] == (month or edition.month))]
    return None if rows.empty else rows.iloc[-1]


def agreed_figure(edition, series: str, measure: str, month: str = "") -> pd.Series | None:
    """Return the print of a month's change that most sources agree on, the latest of equals, or None.

    Args:
        edition: The edition.
        series: A flow.
        measure: "mom", "yoy" or "ytd_yoy".
        month: Default the edition's month.
    """
    prints = agreed_prints(edition.prints(series, measure, month or edition.month), ["period"])
    return None if prints.empty else prints.iloc[-1]


def change(edition, series: str, measure: str, month: str = "") -> tuple[Interval | None, bool]:
    """Return a change of a month in per cent and whether a source printed it.

    Args:
        edition: The edition.
        series: A flow.
        measure: "mom" or "yoy".
        month: Default the edition's month.
    """
    month = month or edition.month
    printed = agreed_figure(edition, series, measure, month)
    if printed is not None:
        return printed_interval(printed), True
    return change_between(edition.estimates, series, month, step_month(month, _STEPS[measure])), False


def level_words(edition, series: str, row: pd.Series) -> str:
    """Return a reconciled month as shown: a reported one as it was printed, else the interval that is left.

    Args:
        edition: The edition.
        series: A flow.
        row: Its row of `Edition.estimates`.
    """
    printed = edition.figure(series, "level", row["period"]) if row["basis"] != "implied" else None
    if printed is not None:
        return as_printed(printed)
    if row["basis"] == "open" and (row["low"] <= 0 or pd.isna(row["high"])):
        return ""
    return interval_words(interval_of(row), row_unit(edition, series))


def change_text(edition, series: str, measure: str, month: str = "", mark: str = COMPUTED) -> str:
    """Return a change as a source printed it, else as computed with a mark behind it; "" where it is not known.

    Args:
        edition: The edition.
        series: A flow.
        measure: "mom" or "yoy".
        month: Default the edition's month.
        mark: What marks a computed change.
    """
    printed = agreed_figure(edition, series, measure, month)
    if printed is not None:
        return rate_as_printed(printed)
    found, _ = change(edition, series, measure, month)
    return "" if found is None else f"{change_words(found)}{mark}"


def prints_text(edition, series: str, month: str) -> str:
    """Return a month's level with who printed it; prints that do not fit the finest one stand beside it.

    Args:
        edition: The edition.
        series: A flow that has a printed level in `month`.
        month: The month.
    """
    prints = with_publisher(edition, edition.prints(series, "level", month))
    finest = prints.sort_values(["resolution", "published"], ascending=[True, False]).iloc[0]
    fits = (prints["bound_low"] <= finest["value"]) & (finest["value"] <= prints["bound_high"])
    said = [f"{as_printed(finest)} as printed by {join_words(sorted(set(prints[fits]['cited'])))}"]
    said += [f"{as_printed(row)} by {row['cited']}" for _, row in prints[~fits].iterrows()]
    return ", but ".join([said[0], join_words(said[1:])]) if len(said) > 1 else said[0]


def month_sentence(edition, series: str, what: str) -> str:
    """Return what is known of the edition's month: reported, implied by other figures, too loosely known, or nothing.

    Args:
        edition: The edition.
        series: A flow.
        what: What it is, to begin a sentence: "China's exports of magnesium products".
    """
    row, name = month_row(edition, series), period_name(edition.month)
    if row is None:
        nothing = f"No source known to this edition says anything of {what} in {name}."
        return _with_forecast(edition, series, nothing)
    figure, unit = interval_of(row), row_unit(edition, series)
    if row["basis"] == "open":
        left = _open_words(figure, unit, edition.estimated(series))
        if edition.figure(series) is not None:
            shown = f"{prints_text(edition, series, edition.month)}{_changes(edition, series)}"
            return (
                f"{what[0].upper()}{what[1:]} in {name} came to {shown}; the other printed figures do not fit it: "
                f"together they leave {left}."
            )
        changes = _changes(edition, series).removeprefix(", ")
        printed = f"; only a change is printed, {changes}" if changes else ""
        open_ = f"No source prints {what} for {name}; what they print leaves {left}{printed}."
        return _with_forecast(edition, series, open_)
    if row["basis"] == "implied":
        return (
            f"No source prints {what} for {name}, but what they print leaves only "
            f"{interval_words(figure, unit)}{_changes(edition, series)}."
        )
    shown = prints_text(edition, series, edition.month)
    return f"{what[0].upper()}{what[1:]} in {name} came to {shown}{_changes(edition, series)}."


def _with_forecast(edition, series: str, said: str) -> str:
    ahead = forecast_sentence(edition, series)
    return f"{said} {ahead}" if ahead else said


def _changes(edition, series: str) -> str:
    said = []
    for measure, against in (("mom", step_month(edition.month, -1)), ("yoy", step_month(edition.month, -12))):
        if text := change_text(edition, series, measure, mark=_BY_THIS_BOOK):
            said.append(f"{text} on {period_name(against)}")
    return f", {join_words(said)}" if said else ""


def _open_words(figure: Interval, unit: str, months: pd.DataFrame) -> str:
    """Return what is left of an open month: two bounds, one, or nothing to speak of.

    A bound below half of the series' usual known month tells a reader nothing.
    """
    usual = months.loc[months["basis"] != "open", "best"].median()
    if figure.low <= 0 or (pd.isna(figure.high) and not figure.low > usual / 2):
        return "it open"
    if pd.isna(figure.high):
        return f"it open above {number(figure.low, unit)}"
    return f"{interval_words(figure, unit)}, too wide for a figure"


def to_date_sentence(edition, series: str, what: str) -> str:
    """Return the sum from January to the edition's month as printed, with its change on the year before.

    Args:
        edition: The edition.
        series: A flow.
        what: What it is, to stand within a sentence.
    """
    last, figure = period_name(edition.month), edition.figure(series, "ytd")
    growth = agreed_figure(edition, series, "ytd_yoy")
    if figure is None and growth is None:
        return f"No source prints {what} from January to {last}."
    span = f"From January to {last}"
    if figure is None:
        return f"{span} {what} {went(printed_interval(growth), 2)} on the year before; the sum itself is not printed."
    shown = as_printed(figure)
    tail = f", {rate_as_printed(growth)} on the year before" if growth is not None else ""
    clashes = figure["statement"] in set(edition.conflicts["statement"])
    return f"{span} {what} came to {shown}{tail}, as printed{', which other printed figures contradict' * clashes}."


def growth_table(edition, named: dict[str, str], caption: str) -> Html:
    """Return a table of flows for the edition's month: level, changes, sum since January, three-month mean.

    Args:
        edition: The edition.
        named: Name as shown -> series.
        caption: What the table shows.
    """
    rows = []
    for name, series in named.items():
        row = month_row(edition, series)
        printed = edition.figure(series) is not None
        known = row is not None and (row["basis"] != "open" or printed)
        level = "" if row is None else level_words(edition, series, row)
        rows.append(
            {
                "Flow": name,
                period_name(edition.month): level,
                "Known as": "" if row is None else CLASHING if row["basis"] == "open" and printed else row["basis"],
                "On the month": change_text(edition, series, "mom") if known else "",
                "On the year": change_text(edition, series, "yoy") if known else "",
                "Since January": _rivals(edition.prints(series, "ytd", edition.month), as_printed),
                "On the year, since January": _rivals(
                    edition.prints(series, "ytd_yoy", edition.month), rate_as_printed
                ),
                "Mean of three months": _three_months(edition, series),
            }
        )
    return table(pd.DataFrame(rows), f"{caption}. {COMPUTED} computed from the reconciled months; others as printed.")


def _rivals(prints: pd.DataFrame, form) -> str:
    """Return prints of one figure beside each other, the latest first; those that only round another are left out."""
    kept = []
    for _, row in prints.iloc[::-1].sort_values("resolution", kind="stable").iterrows():
        if not any(row["bound_low"] <= other["value"] <= row["bound_high"] for other in kept):
            kept.append(row)
    return " or ".join(form(row) for row in kept)


def row_unit(edition, series: str) -> str:
    """Return the unit of a series."""
    return edition.spec(series)["unit"]


def _three_months(edition, series: str) -> str:
    months = [step_month(edition.month, step) for step in (-2, -1, 0)]
    figures = [known_month(edition.estimates, series, month) for month in months]
    if not all(figures):
        return ""
    mean = (figures[0] + figures[1] + figures[2]).scaled(1 / 3)
    return interval_words(mean, row_unit(edition, series)) + COMPUTED


def flow_figure(edition, label: str, series: str, basis: str = "") -> KeyFigure:
    """Return the key figure of a reconciled month; an open or unknown month is shown as a gap.

    Args:
        edition: The edition.
        label: What it is called.
        series: A flow.
        basis: What it must not be compared across; how the month is known is added to it.
    """
    row = month_row(edition, series)
    known = edition.estimated(series)
    known = known[(known["basis"] != "open") & (known["period"] <= edition.month)]
    printed = edition.figure(series)
    moved = _moved(edition, series)
    if row is None or (row["basis"] == "open" and printed is None):
        return _forecast_figure(edition, KeyFigure(label, change=moved, basis=basis), series)
    year = known[known["period"] > step_month(edition.month, -12)]
    basis = f"{basis}, {CLASHING if row['basis'] == 'open' else row['basis']}".strip(", ")
    shown = (
        origin(edition, printed)
        if row["basis"] != "implied"
        else Html("", f"implied by {count_of(int(row['n_statements']), 'statement')}")
    )
    return KeyFigure(
        label,
        level_words(edition, series, row),
        period_name(edition.month),
        moved,
        rank_words(year) if row["basis"] != "open" else "",
        basis,
        shown,
        run_to(known, edition.month)["best"].tolist(),
    )


def _moved(edition, series: str) -> str:
    said = change_text(edition, series, "mom", mark=COMPUTED)
    computed = ", computed" if said.endswith(COMPUTED) else ""
    return f"{said.removesuffix(COMPUTED)} on the month before{computed}" if said else ""


def _forecast_figure(edition, figure: KeyFigure, series: str) -> KeyFigure:
    """Return the key figure of a month that nobody prints: what a forecast implies of it, named so, else the gap."""
    implied = implied_level(edition, series)
    if implied is None:
        return KeyFigure(figure.label, basis=figure.basis)
    basis = f"{figure.basis}, {implied_basis(edition, implied)}".removeprefix(", ")
    return replace(
        figure,
        value=implied_words(implied.figure, row_unit(edition, series)),
        period=period_name(edition.month),
        basis=basis,
        origin=origin(edition, implied.level),
    )
