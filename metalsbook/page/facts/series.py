"""What any monthly series says of the edition's month: level, changes, year to date, usual level, place in the year."""

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from metalsbook.analysis.exports import level_behind_forecast
from metalsbook.analysis.intervals import Interval, change_pct, total
from metalsbook.analysis.measures import run_of_direction
from metalsbook.analysis.prices import pair_of_months
from metalsbook.analysis.sources import ENOUGH_QUOTES, agreed_prints
from metalsbook.ledger.coverage import TOGETHER
from metalsbook.months import step_month

USUAL_MONTHS, LEAST_USUAL = 12, 6
"""The usual level is the mean of so many months before, of which at least so many are known."""
_BACK = {"mom": -1, "yoy": -12}


def figure_at(rows: pd.DataFrame, month: str) -> Interval | None:
    """Return the figure of a month of one series, or None where it is not known.

    Args:
        rows: Rows of `Edition.months` of one series.
        month: "YYYY-MM".
    """
    found = rows[(rows["month"] == month) & rows["best"].notna()]
    return interval_of(found.iloc[-1]) if len(found) else None


def interval_of(row: pd.Series) -> Interval:
    """Return a row with low, high, best (of a quote: value) and bound as an interval; without ends it has no width."""
    best = float(row["best"] if "best" in row else row["value"])
    low, high = (best if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
    return Interval(low, high, best, str(row.get("bound", "") or ""))


def between(*figures: float) -> Interval:
    """Return the interval from the least to the greatest of some figures; its best is the middle."""
    low, high = min(figures), max(figures)
    return Interval(low, high, (low + high) / 2)


def values_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the known months of rows of `Edition.months` as columns period ("YYYY-MM") and value."""
    known = rows.dropna(subset=["best"])
    return pd.DataFrame({"period": known["month"].dt.strftime("%Y-%m"), "value": known["best"]})


def printed_of(row: pd.Series) -> Interval:
    """Return a statement as the interval that its printed digits leave."""
    return Interval(float(row["bound_low"]), float(row["bound_high"]), float(row["value"]), row["qualifier"])


def agreed(edition, series: str, measure: str, month: str) -> Interval | None:
    """Return the published figure of a month that most sources agree on, the latest of equals, or None."""
    prints = agreed_prints(edition.prints(series, measure, month), ["period"])
    return None if prints.empty else printed_of(prints.iloc[-1])


def change(edition, series: str, measure: str, month: str, rows: pd.DataFrame | None = None) -> Interval | None:
    """Return a change of a month in per cent: as published, which has more digits than rounded levels; else computed.

    Args:
        edition: The edition.
        series: A series that is not a price; of prices see `price_change`.
        measure: "mom" or "yoy".
        month: "YYYY-MM".
        rows: Its `Edition.months`, where they are at hand.
    """
    if (printed := agreed(edition, series, measure, month)) is not None:
        return printed
    rows = edition.months(series, 36) if rows is None else rows
    now, then = figure_at(rows, month), figure_at(rows, step_month(month, _BACK[measure]))
    return change_pct(now, then) if now and then and then.low > 0 else None


def price_change(edition, series: str, measure: str = "mom") -> tuple[Interval | None, bool]:
    """Return the change of a price in per cent, on one basis only, and whether a month of it is thinly quoted.

    A change rests on at least three quotes of each month or on two averages that a source published: of a thin month
    none is given.
    """
    month, quotes = edition.month, edition.counted_quotes(series)
    pair = pair_of_months(edition.printed_months(series), quotes, month, step_month(month, _BACK[measure]))
    if pair is None or pair.change_pct is None:
        return None, pair is not None and 0 < pair.n_quotes < ENOUGH_QUOTES
    thin = any(0 < amount < ENOUGH_QUOTES for amount in (pair.n_quotes, pair.n_before))
    return None if thin else Interval(*[pair.change_pct] * 3), thin


@dataclass(frozen=True)
class Usual:
    """The mean of the known months before one, and where months stand to it in per cent."""

    level: Interval
    n_months: int


def usual_level(rows: pd.DataFrame, month: str) -> Usual | None:
    """Return the mean of the known months among the twelve before `month`, or None of fewer than six."""
    before = [figure_at(rows, step_month(month, -back)) for back in range(1, USUAL_MONTHS + 1)]
    known = [figure for figure in before if figure]
    return Usual(total(known).scaled(1 / len(known)), len(known)) if len(known) >= LEAST_USUAL else None


def facts_of(edition, series: str) -> dict[str, object]:
    """Return `read_facts`, read once for each edition and series: a page asks for the same ones again and again."""
    return dict(_facts_of(edition, series))


@lru_cache(maxsize=128)
def _facts_of(edition, series: str) -> dict[str, object]:
    return read_facts(edition, series)


def _since_january(edition, series: str, measure: str, of_year: str) -> Interval | None:
    """Return a figure since January: none in January, whose sum it is itself, and in December that of the year too."""
    if edition.month.endswith("-01"):
        return None
    found = agreed(edition, series, measure, edition.month)
    is_year = edition.month.endswith("-12")
    return agreed(edition, series, of_year, edition.month[:4]) if found is None and is_year else found


def _turn_of_year(edition, series: str, now: Interval | None) -> dict[str, object]:
    """Return what stands in place of a January or February that is published only together with the other."""
    found: dict[str, object] = {"together": None, "together_yoy": None, "with_february": False}
    if now is None and edition.month.endswith("-02"):
        found["together"] = agreed(edition, series, "ytd", edition.month)
        found["together_yoy"] = agreed(edition, series, "ytd_yoy", edition.month)
    elif now is None and edition.month.endswith("-01"):
        found["with_february"] = office_of(edition, series) in TOGETHER
    return found


def office_of(edition, series: str) -> str:
    """Return who counts most of a flow's figures, "" where none is known."""
    rows = edition.rows_of(series)
    origins = rows["source"].map(edition.sources.set_index("source")["origin"])
    return str(origins.mode().iloc[0]) if len(origins) and edition.spec(series)["kind"] == "flow" else ""


def read_facts(edition, series: str) -> dict[str, object]:
    """Return the facts of a series in the edition's month; whatever is not known is None.

    Returns:
        month and before ("YYYY-MM"); name, unit, kind; now, then, and year_then (`Interval`); status, who and
        n_quotes of the month; mom and yoy (per cent), thin (a price of fewer than three quotes); ytd and ytd_yoy (as
        published); together and together_yoy (of a February that its office prints with January only: the sum of both
        and its change), with_february (a January that waits for it); usual, against_usual and then_against_usual (per
        cent) with n_usual; rank (1 is the highest) among n_known of the last twelve months; run (months in a row up or
        down); last (the last known month) and last_figure; implied (of an unknown month, what implied_who's forecast
        for the month implied_ahead makes of it: never a published figure).
    """
    month, before = edition.month, step_month(edition.month, -1)
    rows = edition.months(series, 36)
    spec = edition.spec(series) if edition.has(series) else {"title": series, "unit": "", "kind": ""}
    now, then, year_then = (figure_at(rows, step_month(month, -back)) for back in (0, 1, 12))
    row = rows.iloc[-1]
    thin = False
    if spec["kind"] == "price":
        (mom, thin), (yoy, _) = price_change(edition, series), price_change(edition, series, "yoy")
    else:
        mom, yoy = (change(edition, series, measure, month, rows) for measure in ("mom", "yoy"))
    usual = usual_level(rows, before)
    behind = None
    if now is None and spec["kind"] == "flow":
        behind = level_behind_forecast(edition.rows_of(series), series, month)
    known = rows.dropna(subset=["best"])
    year = known[known["month"] > step_month(month, -12)]
    return {
        "month": month,
        "before": before,
        "name": spec["title"],
        "unit": spec["unit"],
        "kind": spec["kind"],
        "now": now,
        "then": then,
        "year_then": year_then,
        "status": row["status"],
        "who": row["who"],
        "n_quotes": int(row["n_quotes"]) if pd.notna(row["n_quotes"]) else 0,
        "mom": mom,
        "yoy": yoy,
        "thin": thin,
        "ytd": _since_january(edition, series, "ytd", "level"),
        "ytd_yoy": _since_january(edition, series, "ytd_yoy", "yoy"),
        **_turn_of_year(edition, series, now),
        "usual": usual and usual.level,
        "n_usual": usual.n_months if usual else 0,
        "against_usual": change_pct(now, usual.level) if now and usual else None,
        "then_against_usual": change_pct(then, usual.level) if then and usual else None,
        "rank": int((year["best"] > now.best).sum()) + 1 if now else None,
        "n_known": len(year),
        "run": run_of_direction(values_of(rows), month) if now else 0,
        "implied": behind and behind.figure,
        "implied_ahead": behind.level["period"] if behind else "",
        "implied_who": edition.who(behind.level["source"]) if behind else "",
        "last": known["month"].iloc[-1].strftime("%Y-%m") if len(known) else None,
        "last_figure": interval_of(known.iloc[-1]) if len(known) else None,
    }
