"""Numbers of the chapter on magnesium prices: where the quotes stand, what moved with them, what a tonne costs."""

import pandas as pd

from metalsbook.analysis import prices as sums
from metalsbook.analysis.intervals import with_ends
from metalsbook.months import step_month
from metalsbook.page.facts.series import facts_of, printed_of, values_of

FUGU, FOB, ALUMINIUM = "mg.price.ingot.fugu", "mg.price.ingot.fob_china", "al.price.a00.cn"
FERROSILICON, DOLOMITE = "ferrosilicon.price.75.shaanxi", "dolomite.price.wutai.1_3"
BEARING = r"price|margin|restart|halt|curtail|export|output cut|quota|environment"
"""What an event of the market says where it bears on the price."""
RECOVERY, PROFIT = "mg.pidgeon.recovery", "mg.profit.avg.cn"
_MARGINS = ("mg.margin.gross.cn", "mg.margin.shaanxi", PROFIT)
_STATED_RATIO, _THRESHOLD = "mg.ratio.mg_al", "mg.ratio.mg_al.threshold"
_LEVEL_PCT = 0.5
"""Ratios closer than this are level: quotes of ingot alone span about as much from bid to ask."""
_LOSING, _SAID_MONTHS = r"losing money|ease losses|profit margin", 2
"""What an event says where it tells of producers' margins, and for how many months more it is told."""
_LEAST, _COST_MONTHS = 3, 15


def quoted(edition, series: str) -> dict[str, object]:
    """Return `facts_of` a quoted price and what its days say of the month and of the year.

    Returns:
        As `facts_of`; quotes, year and own: all quotes, those of twelve months and of the month, each with period (day)
        and value; extreme, since, n_since and known_from (see `extreme`); n_months known.
    """
    month, quotes = edition.month, edition.quotes(series)[["period", "value"]]
    values = values_of(edition.months(series, None))
    spans = {"quotes": "", "year": step_month(month, -11), "own": month}
    days = {name: quotes[quotes["period"] >= first].to_dict("records") for name, first in spans.items()}
    return facts_of(edition, series) | days | extreme(values, month) | {"n_months": len(values)}


def extreme(values: pd.Series, month: str) -> dict[str, object]:
    """Return whether a month is the lowest or highest of at least three known before it, and since when.

    `values`: by "YYYY-MM", oldest first.

    Returns:
        extreme ("lowest", "highest" or ""); since, the last month beyond it ("" where none is known); n_since known
        months from known_from on, where not every month since then is known, else 0.
    """
    before, now = values[values.index < month], values.get(month, float("nan"))
    beyond = (("lowest", before <= now), ("highest", before >= now))
    since, word = min((max(before.index[is_beyond], default=""), word) for word, is_beyond in beyond)
    run = before.index[before.index > since]
    if len(run) < _LEAST or month not in values:
        return {"extreme": "", "since": "", "n_since": 0}
    whole = not since or step_month(since, len(run) + 1) == month
    return {"extreme": word, "since": since, "n_since": 0 if whole else len(run) + 1, "known_from": run[0]}


def other_values(edition, row: pd.Series) -> str:
    """Return what else was published for a month of a price (a row of `Edition.months`): "16,122 (SMM)"."""
    rows = edition.prints(row["series"], period=row["month"].strftime("%Y-%m"))
    rows = rows[(rows["value"] - row["best"]).abs() >= 0.5]
    told = zip(rows["value"], rows["who"], strict=True)
    return "; ".join(f"{value:,.0f} ({name})" for value, name in told) or "none held"


def ratio(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return what the ratio of magnesium over aluminium is, since when it is so low or high, and what sources state.

    `rows`: columns month (its first day), best.

    Returns:
        now, and those of `extreme`; level [months level with it]; n_known; run (first month of those in a row below one
        up to the month) and n_run; stated [(value, names)] for the month; thresholds (statements), the newest first;
        aluminium (its price) and cost (its full cost, a statement), or None.
    """
    month, values = edition.month, values_of(rows)
    facts: dict[str, object] = {"month": month, "now": None, "n_known": len(values)}
    if month in values:
        now, known = values[month], values.index
        facts |= {"now": now, **extreme(values, month)}
        near = (known < month) & (known > facts["since"]) & ((values / now - 1).abs() * 100 < _LEVEL_PCT)
        run = known[known > max(known[values >= 1], default="")]
        facts |= {"level": known[near].tolist(), "n_run": len(run), "run": min(run, default="")}
    stated = edition.prints(_STATED_RATIO)
    stated = stated[stated["period"].str.startswith(month)]
    facts["stated"] = [(value, own["who"].drop_duplicates().tolist()) for value, own in stated.groupby("value")]
    facts["thresholds"] = with_ends(edition.latest(_THRESHOLD)).iloc[::-1].to_dict("records")
    return facts | {"cost": edition.figure("al.cost.full.cn"), "aluminium": facts_of(edition, ALUMINIUM)["now"]}


def cost_model(edition) -> tuple[pd.DataFrame, sums.Calibration | None, list[str]]:
    """Return cost and margin of a tonne by month, what sets them, and what the edition lacks for that.

    Returns:
        Columns month (its first day), period and those of `analysis.prices.build_up`, no row where something is
        lacking; the last stated profit with the quotes of its day, or None; what is lacking, in words.
    """
    needed = {"stated recovery of the magnesium": edition.prints(RECOVERY), "stated profit": edition.prints(PROFIT)}
    quoted = {"quote of ingot": FUGU, "quote of ferrosilicon": FERROSILICON, "quote of dolomite": DOLOMITE}
    needed |= {name: edition.quotes(series) for name, series in quoted.items()}
    if lacking := [name for name, rows in needed.items() if rows.empty]:
        columns = ["month", "period", "price", "ferrosilicon", "dolomite", "other", "cost", "margin"]
        return pd.DataFrame(columns=columns), None, lacking
    recovery, profit, *quotes = needed.values()
    calibration = sums.calibrate(profit.iloc[-1], *quotes)
    months = [values_of(edition.months(series, _COST_MONTHS)) for series in quoted.values()]
    prices = pd.concat(months, axis=1, keys=["price", "ferrosilicon", "dolomite"], join="inner")
    costs = sums.build_up(prices, printed_of(recovery.iloc[-1]), calibration).reset_index(names="period")
    return costs.assign(month=pd.to_datetime(costs["period"])), calibration, []


def margins(edition) -> dict[str, object]:
    """Return what is said of margins of late [(date, what)], and margins published for twelve months (statements)."""
    month, events = edition.month, edition.calendar
    rows = edition.rows_of(*_MARGINS)
    rows = (
        rows[rows["period"].str[:7] >= step_month(month, -11)]
        .drop_duplicates(["series", "period", "value"])
        .sort_values("period", kind="stable")
    )
    events = events[(events["date"] >= step_month(month, -_SAID_MONTHS)) & events["what"].str.contains(_LOSING)]
    return {"month": month, "said": events[["date", "what"]].to_numpy().tolist(), "margins": rows.to_dict("records")}
