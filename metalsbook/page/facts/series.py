"""What any monthly series says of the edition's month: level, changes, year to date, usual level, place in the year."""

from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from metalsbook.analysis.intervals import Interval, change_pct, exact, printed, total
from metalsbook.analysis.sources import ENOUGH_QUOTES, agreed_prints
from metalsbook.edition import FORECAST
from metalsbook.ledger.coverage import TOGETHER
from metalsbook.months import month_range, step_month

USUAL_MONTHS, LEAST_USUAL = 12, 6
"""The usual level is the mean of so many months before, of which at least so many are known."""
_BACK = {"mom": -1, "yoy": -12}


def figures_of(rows: pd.DataFrame) -> dict[str, Interval]:
    """Return the known months ("YYYY-MM") in the `Edition.months` of one series."""
    return {row["month"].strftime("%Y-%m"): interval_of(row) for _, row in rows.dropna(subset=["best"]).iterrows()}


def interval_of(row: pd.Series) -> Interval:
    """Return a row with low, high, best (of a quote: value) and bound as an interval; without ends it has no width."""
    best = float(row["best"] if "best" in row else row["value"])
    low, high = (best if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
    return Interval(low, high, best, str(row.get("bound", "") or ""))


def between(*figures: float) -> Interval:
    """Return the interval from the least to the greatest of some figures; its best is the middle."""
    low, high = min(figures), max(figures)
    return Interval(low, high, (low + high) / 2)


def values_of(rows: pd.DataFrame) -> pd.Series:
    """Return the known months of rows of `Edition.months`, by "YYYY-MM"."""
    known = rows.dropna(subset=["best"])
    return known["best"].set_axis(known["month"].dt.strftime("%Y-%m"))


def printed_of(row: pd.Series) -> Interval:
    """Return a statement as the interval that its printed digits leave."""
    return replace(printed(row), bound=row["qualifier"])


def agreed(edition, series: str, measure: str, month: str) -> Interval | None:
    """Return the published figure of a month that most sources agree on, the latest of equals, or None."""
    prints = agreed_prints(edition.prints(series, measure, month), ["period"])
    return None if prints.empty else printed_of(prints.iloc[-1])


def last_of(rows: pd.DataFrame) -> dict | None:
    """Return the last of some rows as templates read it, None of none."""
    return next(iter(rows.tail(1).to_dict("records")), None)


def is_rest_of_year(edition, series: str, month: str) -> bool:
    """Return whether a page prints a December that is, to the last digit, its year less the eleven months before.

    These are printed as a sum, or each. What was revised in them since has then gone into the December.
    """
    if not month.endswith("-12"):
        return False
    year, earlier = month[:4], month_range(f"{month[:4]}-01", f"{month[:4]}-11")
    whole, december = (edition.prints(series, "level", period) for period in (year, month))
    both = december.merge(whole, on="source", suffixes=("", "_year"))
    sums = edition.prints(series, "ytd", earlier[-1])["value"].tolist()
    months = edition.latest(series, length=7).query("period in @earlier")["value"]
    sums += [months.sum()] if len(months) == len(earlier) else []
    left = both["value_year"] - both["value"]
    return any((left - one).abs().lt(both["resolution"] / 100).any() for one in sums)


def of_week(edition, series: str) -> dict | None:
    """Return the last weekly figure of the month as a statement, None where there is none."""
    rows = edition.rows_of(series).sort_values("period")
    return last_of(rows[rows["period"].str.startswith(edition.month)])


def without_copies(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return prints without those of a page that repeats another print at hand, so that nobody counts twice.

    `rows`: statements; `sources`: columns source, repeats.
    """
    prints = pd.MultiIndex.from_frame(rows[["series", "measure", "period", "source"]])
    repeated = rows["source"].map(sources.set_index("source")["repeats"])
    originals = pd.MultiIndex.from_frame(rows[["series", "measure", "period"]].assign(source=repeated))
    return rows[~originals.isin(prints)]


def tonnages(rows: pd.DataFrame) -> pd.DataFrame:
    """Return tonnages (columns name, low, high, who) with best and unit, the largest first."""
    rows = rows.assign(best=(rows["low"] + rows["high"]) / 2, unit="t", who=rows.pop("who"))
    return rows.sort_values(["high", "name"], ascending=[False, True], ignore_index=True)


def office_of(edition, series: str) -> str:
    """Return who counts most of a flow's figures, "" where none is known."""
    rows = edition.rows_of(series)
    origins = rows["source"].map(edition.sources.set_index("source")["origin"])
    return str(origins.mode().iloc[0]) if len(origins) and edition.spec(series)["kind"] == "flow" else ""


def changes_of(edition, series: str, month: str, figures: dict[str, Interval]) -> dict[str, object]:
    """Return the changes of a month of `figures_of` a series and its figures since January, None where not known.

    Returns:
        mom and yoy (per cent), thin (a price of fewer than three quotes in the month), ytd and ytd_yoy (as published).
    """
    facts, known = {"thin": False}, [figures]
    is_price = edition.has(series) and edition.spec(series)["kind"] == "price"
    if is_price:
        # A change rests on at least three quotes of each month, or on two averages that a source published.
        quotes, averages = edition.counted_quotes(series), edition.printed_months(series).set_index("period")["value"]
        by_month = quotes["value"].groupby(quotes["period"].str[:7])
        counts, means = by_month.size(), by_month.mean()
        facts["thin"] = month not in averages and 0 < counts.get(month, 0) < ENOUGH_QUOTES
        known = [means[counts >= ENOUGH_QUOTES].map(exact), averages.map(exact)]
    for of, months in _BACK.items():
        then = step_month(month, months)
        both = (each for each in known if month in each and then in each and each[then].low > 0)
        # As published a change has more digits than levels.
        published = None if is_price else agreed(edition, series, of, month)
        facts[of] = published or next((change_pct(each[month], each[then]) for each in both), None)
    for of, of_year in (("ytd", "level"), ("ytd_yoy", "yoy")):
        # A January is its own sum; that of a December is the year's too.
        found = None if month.endswith("-01") else agreed(edition, series, of, month)
        facts[of] = found or (agreed(edition, series, of_year, month[:4]) if month.endswith("-12") else None)
    return facts


@lru_cache(maxsize=128)
def facts_of(edition, series: str) -> MappingProxyType:
    """Return the facts of a series in the edition's month, kept for who asks again; whatever is not known is None.

    Returns:
        month and before ("YYYY-MM"); figures (`figures_of` 36 months); unit, kind; now and then (`Interval`); status,
        who and n_quotes of the month; mom and yoy (per cent), thin (a price of fewer than three quotes); ytd and
        ytd_yoy (as published); together and together_yoy (of a February that its office prints with January only: the
        sum of both and its change), with_february (a January that waits for it); usual, against_usual and
        then_against_usual (per cent) with n_usual; rank (1 is the highest) to rank_last, which differ where intervals
        overlap, among n_known of the last twelve months; last (the last known month) and last_figure; told_month (of an
        unknown month the last known) and told (see `changes_of`); implied_ahead (of a month that only implied_who's
        forecast for that month gives away, else "").
    """
    month, before = edition.month, step_month(edition.month, -1)
    rows = edition.months(series, 36)
    spec = edition.spec(series) if edition.has(series) else {"unit": "", "kind": ""}
    figures = figures_of(rows)
    now, then, changes = figures.get(month), figures.get(before), changes_of(edition, series, month, figures)
    facts: dict[str, object] = {"month": month, "before": before, "figures": figures, "now": now, "then": then}
    facts |= {"unit": spec["unit"], "kind": spec["kind"]} | rows.iloc[-1][["status", "who"]].to_dict()
    facts |= {"n_quotes": int(rows["n_quotes"].fillna(0).iloc[-1])} | changes
    waits, alone = (now is None and month.endswith(end) for end in ("-01", "-02"))
    facts |= {f"together{of}": facts[f"ytd{of}"] if alone else None for of in ("", "_yoy")}
    facts["with_february"] = waits and office_of(edition, series) in TOGETHER

    year = [figures[each] for each in figures if step_month(before, -USUAL_MONTHS) <= each < before]
    usual = total(year).scaled(1 / len(year)) if len(year) >= LEAST_USUAL else None
    facts |= {"usual": usual, "n_usual": len(year) if usual else 0}
    for of, figure in (("against_usual", now), ("then_against_usual", then)):
        facts[of] = change_pct(figure, usual) if figure and usual else None
    recent = [figure for each, figure in figures.items() if each > step_month(month, -12)]
    facts |= {"n_known": len(recent), "rank": None, "rank_last": None}
    if now:
        # Quotes of a month are a range, of which the mean is compared; of a flow either end may be the figure.
        low, high = ("low", "high") if spec["kind"] == "flow" else ("best", "best")
        facts["rank"] = 1 + sum(getattr(each, low) > getattr(now, high) for each in recent[:-1])
        facts["rank_last"] = 1 + sum(getattr(each, high) > getattr(now, low) for each in recent[:-1])
    facts["last"], facts["last_figure"] = last, _ = [(None, None), *figures.items()][-1]
    facts["told_month"] = month if now or facts["together"] or not last else last
    facts["told"] = changes if facts["told_month"] == month else changes_of(edition, series, last, figures)
    implied = facts["who"].endswith(FORECAST)
    facts["implied_ahead"] = step_month(month, 1) if implied else ""
    return MappingProxyType(facts | {"implied_who": facts["who"].removesuffix(FORECAST)})
