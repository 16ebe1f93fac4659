"""Numbers of the chapter on magnesium prices: where the quotes stand, what moved with them, what a tonne costs."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from metalsbook.analysis import prices as sums
from metalsbook.analysis.intervals import Interval
from metalsbook.analysis.measures import extreme_since
from metalsbook.months import step_month
from metalsbook.page.facts.series import facts_of, printed_of, values_of
from metalsbook.page.narrative import period_name

FUGU, FOB, ALUMINIUM = "mg.price.ingot.fugu", "mg.price.ingot.fob_china", "al.price.a00.cn"
FERROSILICON, DOLOMITE = "ferrosilicon.price.75.shaanxi", "dolomite.price.wutai.1_3"
BEARING = r"price|margin|restart|halt|curtail|export|output cut|quota|environment"
"""What an event of the market says where it bears on the price."""
_RECOVERY, _PROFIT = "mg.pidgeon.recovery", "mg.profit.avg.cn"
_MARGINS = ("mg.margin.gross.cn", "mg.margin.shaanxi", _PROFIT)
_STATED_RATIO, _THRESHOLD = "mg.ratio.mg_al", "mg.ratio.mg_al.threshold"
_LEVEL_PCT = 0.5
"""Ratios closer than this are level: quotes of ingot alone span about as much from bid to ask."""
_LOSING, _SAID_MONTHS = r"losing money|ease losses|profit margin", 2
"""What an event says where it tells of producers' margins, and for how many months more it is told."""
_LEAST = 3
_COSTS = ["period", "price", "ferrosilicon", "dolomite", "other", "cost", "cost_low", "cost_high", "margin"]


def quoted(edition, series: str) -> dict[str, object]:
    """Return `facts_of` a quoted price and what its days say of the month and of the year.

    Returns:
        As `facts_of`; first and last_quote of the month [(day, value)] with within (per cent from the one to the
        other), both None of fewer than two quotes; low and high of twelve months [(day, value)] with above_low and
        below_high of the last quote (per cent); extreme ("lowest", "highest" or "") and since (the last month that was
        lower or higher; "" where none is known), n_months known; top (day, value) of all quotes, with below_top.
    """
    facts, month = facts_of(edition, series), edition.month
    days = edition.quotes(series)
    own, year = days[days["period"].str.startswith(month)], days[days["period"] >= step_month(month, -11)]
    values = values_of(edition.months(series, None))
    found = {"first": None, "last_quote": None, "within": None, "low": None, "high": None, "top": None}
    found |= {"extreme": "", "since": "", "n_months": len(values), "below_top": None}
    if len(own) > 1:
        ends = [_day(own.iloc[0]), _day(own.iloc[-1])]
        found |= {"first": ends[0], "last_quote": ends[1], "within": 100 * (ends[1][1] / ends[0][1] - 1)}
    if len(year):
        low, high = year.loc[year["value"].idxmin()], year.loc[year["value"].idxmax()]
        last, top = days.iloc[-1], days.loc[days["value"].idxmax()]
        found |= {"low": _day(low), "high": _day(high), "newest": _day(last), "top": _day(top)}
        found |= {"above_low": 100 * (last["value"] / low["value"] - 1)}
        found |= {"below_high": 100 * (1 - last["value"] / high["value"])}
        found["below_top"] = 100 * (1 - last["value"] / top["value"])
    if facts["now"]:
        found |= extreme(values, month)
    return facts | found


def _day(row: pd.Series) -> tuple[str, float]:
    return row["period"], float(row["value"])


def extreme(values: pd.DataFrame, month: str) -> dict[str, object]:
    """Return whether a month is the lowest or highest of at least three known before it, and since when.

    Args:
        values: Columns period ("YYYY-MM", oldest first), value.
        month: A month that has a value.

    Returns:
        extreme ("lowest", "highest" or ""); since, the last month beyond it ("" where none is known).
    """
    since = {word: extreme_since(values, month, kind) for word, kind in (("lowest", "low"), ("highest", "high"))}
    word = min(since, key=lambda each: since[each])
    between = values[(values["period"] < month) & (values["period"] > since[word])]
    return {"extreme": word, "since": since[word]} if len(between) >= _LEAST else {"extreme": "", "since": ""}


def other_values(edition, row: pd.Series) -> str:
    """Return what else was published for a month of a price: "16,122 (SMM)"; "none held" where nothing was.

    Args:
        edition: The edition.
        row: Row of `Edition.months`.
    """
    rows = edition.prints(row["series"], period=row["month"].strftime("%Y-%m"))
    rows = rows[(rows["value"] - row["best"]).abs() >= 0.5]
    names = edition.who(rows["source"])
    return "; ".join(f"{value:,.0f} ({name})" for value, name in zip(rows["value"], names, strict=True)) or "none held"


def together(edition, first: str = FUGU, second: str = FOB) -> dict[str, object]:
    """Return how closely two prices moved between the days that have both.

    Returns:
        steps, correlation, without_largest (NaN of too few), first and last day, largest (day of the largest step),
        closeness ("closely", "loosely", "hardly" or "").
    """
    found = sums.move_together(edition.quotes(first), edition.quotes(second))
    least = min(value for value in (found.correlation, found.without_largest, 2.0) if value == value)
    closeness = "" if least > 1 else "closely" if least >= 0.7 else "loosely" if least >= 0.3 else "hardly"
    return vars(found) | {"month": edition.month, "closeness": closeness}


def parity(edition, gaps: pd.DataFrame, rate: float) -> dict[str, object]:
    """Return what FOB in yuan leaves over Fugu in the month and the month before.

    Args:
        edition: The edition.
        gaps: Columns month (its first day), best (CNY/t), n_days.
        rate: Assumed CNY per USD.
    """
    by_month = gaps.set_index(gaps["month"].dt.strftime("%Y-%m"))
    now, before = edition.month, step_month(edition.month, -1)
    here = {
        name: by_month.loc[each] if each in by_month.index else None for name, each in (("now", now), ("then", before))
    }
    return {
        "month": now,
        "before": before,
        "rate": rate,
        "n_days": int(here["now"]["n_days"]) if here["now"] is not None else 0,
        **{name: float(row["best"]) if row is not None else None for name, row in here.items()},
    }


def ratio(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return what the ratio of magnesium over aluminium is, since when it is so low or high, and what sources state.

    Args:
        edition: The edition.
        rows: Columns month (its first day), best.

    Returns:
        now, extreme and since (see `extreme`), level [months level with it]; n_known; run (first month of those in a
        row below one up to the month) and n_run; stated [(value, names)] for the month; threshold (value, who,
        period) or None; cost_share: how far aluminium stands above its full cost (per cent), cost and cost_who.
    """
    month = edition.month
    values = values_of(rows)
    facts: dict[str, object] = {"month": month, "now": None, "n_known": len(values), "threshold": None, "cost": None}
    own = values.loc[values["period"] == month, "value"]
    if len(own):
        now = float(own.iloc[0])
        facts |= {"now": now, **extreme(values, month)}
        near = values[(values["period"] < month) & (values["period"] > facts["since"])]
        level = near[(near["value"] / now - 1).abs() * 100 < _LEVEL_PCT]
        above = values.loc[values["value"] >= 1, "period"].max()
        run = values if pd.isna(above) else values[values["period"] > above]
        facts |= {"level": level["period"].tolist(), "n_run": len(run)}
        facts["run"] = run["period"].iloc[0] if len(run) else ""
    stated = edition.prints(_STATED_RATIO)
    stated = stated[stated["period"].str.startswith(month)]
    told = pd.Series(edition.who(stated["source"]).to_numpy(), stated["value"], dtype=str)
    facts["stated"] = [(value, names.drop_duplicates().tolist()) for value, names in told.groupby(level=0)]
    if edition.has(_THRESHOLD) and len(limits := edition.latest(_THRESHOLD)):
        facts["threshold"] = _told(edition, limits.iloc[-1])
    cost = edition.figure("al.cost.full.cn") if edition.has("al.cost.full.cn") else None
    price = facts_of(edition, ALUMINIUM)["now"]
    if cost is not None and price:
        facts |= {"cost": printed_of(cost), "cost_who": edition.who(cost["source"])}
        facts |= {"aluminium": price, "above_cost": 100 * (price.best / cost["value"] - 1)}
    return facts


def _told(edition, row: pd.Series) -> tuple[float, str, str]:
    return float(row["value"]), edition.who(row["source"]), row["period"]


@dataclass(frozen=True)
class CostModel:
    """What the cost model stands on, as far as an edition knows it.

    Attributes:
        recovery: The statement of the share of magnesium that reaches the ingot; None where no source states it.
        calibration: The stated profit and the quotes of its day; None where one of them is not known.
        lacking: What of it this edition does not know, in words.
    """

    recovery: pd.Series | None
    calibration: sums.Calibration | None
    lacking: tuple[str, ...] = ()

    @cached_property
    def needs(self) -> sums.Coefficients | None:
        """What a tonne takes."""
        return None if self.recovery is None else sums.stoichiometric(printed_of(self.recovery))


def cost_model(edition) -> CostModel:
    """Return what the cost model stands on: the last stated recovery and profit, and the quotes of that day."""
    recovery, profit = (edition.prints(name) for name in (_RECOVERY, _PROFIT))
    quotes = {name: edition.quotes(name) for name in (FUGU, FERROSILICON, DOLOMITE)}
    needed = {
        "stated recovery of the magnesium": recovery,
        "stated profit": profit,
        "quote of ingot": quotes[FUGU],
        "quote of ferrosilicon": quotes[FERROSILICON],
        "quote of dolomite": quotes[DOLOMITE],
    }
    lacking = [name for name, rows in needed.items() if rows.empty]
    calibration = None if lacking else sums.calibrate(profit.iloc[-1], *quotes.values())
    if not lacking and calibration is None:
        lacking.append("quote of all three prices on the day of the stated profit")
    return CostModel(None if recovery.empty else recovery.iloc[-1], calibration, tuple(lacking))


def cost_by_month(edition, model: CostModel, last: int = 18) -> pd.DataFrame:
    """Return cost and margin of a tonne by month (see `analysis.prices.build_up`); no row where something is lacking.

    Returns:
        Columns month (its first day) and those of `build_up`: CNY per t of magnesium.
    """
    if model.lacking:
        return pd.DataFrame(columns=["month", *_COSTS])
    frames = [values_of(edition.months(name, last)) for name in (FUGU, FERROSILICON, DOLOMITE)]
    costs = sums.build_up(*frames, printed_of(model.recovery), model.calibration)
    return costs.assign(month=pd.to_datetime(costs["period"]))


def cost(edition, model: CostModel, costs: pd.DataFrame) -> dict[str, object]:
    """Return cost and margin of the month, what changed the margin, and what others say of margins.

    Returns:
        lacking; now: cost and margin (CNY/t, `Interval`), margin_pct, silicon_pct of the price, since (day of the
        stated profit); then: before (the month), change, from_price, from_materials; said [(date, what)] of the
        calendar of late; margins [(value, unit, measure, period, who)] as published within twelve months.
    """
    month = edition.month
    facts: dict[str, object] = {"month": month, "lacking": list(model.lacking), "cost": None, "before": ""}
    rows = edition.rows_of(*_MARGINS)
    day = model.calibration.day if model.calibration else ""
    rows = rows[rows["period"].str[:7] >= step_month(month, -11)]
    rows = rows.drop_duplicates(["series", "period", "value"]).sort_values("period", kind="stable")
    facts["margins"] = [
        (printed_of(row), row["unit"], row["period"], edition.who(row["source"])) for _, row in rows.iterrows()
    ]
    events = edition.calendar
    events = events[(events["date"] >= step_month(month, -_SAID_MONTHS)) & events["what"].str.contains(_LOSING)]
    facts["said"] = list(events[["date", "what"]].itertuples(index=False, name=None))
    own = costs[costs["period"] == month]
    if own.empty:
        return facts
    row = own.iloc[0]
    facts |= {
        "cost": Interval(row["cost_low"], row["cost_high"], row["cost"]),
        "margin": row["margin"],
        "margin_pct": row["margin_pct"],
        "silicon_pct": 100 * row["ferrosilicon"] / row["price"],
        "since": day,
    }
    if len(older := costs[costs["period"] < month]):
        then = older.iloc[-1]
        facts |= {
            "before": then["period"],
            "change": row["margin"] - then["margin"],
            "from_price": row["price"] - then["price"],
            "from_materials": then["cost"] - row["cost"],
        }
    return facts


def assumptions(edition, model: CostModel) -> pd.DataFrame:
    """Return every assumption of the cost model: columns Assumption, Value, From; none where something is lacking."""
    if model.lacking:
        return pd.DataFrame(columns=["Assumption", "Value", "From"])
    needs, recovery, known = model.needs, model.recovery, model.calibration
    who = edition.who(recovery["source"])
    profit = edition.prints(_PROFIT).iloc[-1]
    house = edition.who(profit["source"])
    days = ", ".join(dict.fromkeys(period_name(day) for _, day in (known.price, known.ferrosilicon, known.dolomite)))
    quotes = [f"{value:,.0f}" for value, _ in (known.price, known.ferrosilicon, known.dolomite)]
    rest = known.other(needs)
    rows = [
        ("Magnesium recovered, %", f"{recovery['low']:.0f} to {recovery['high']:.0f}", who),
        ("Silicon in ferrosilicon, %", f"{100 * sums.SILICON_SHARE:.0f}", "assumption: its grade"),
        ("Pure mineral in dolomite, %", f"{100 * sums.DOLOMITE_PURITY:.0f}", "assumption"),
        ("Ferrosilicon, t per t", _ends(needs.ferrosilicon_t), "reaction and recovery"),
        ("Dolomite, t per t", _ends(needs.dolomite_t), "reaction and recovery"),
        (f"Profit on {period_name(profit['period'])}, CNY/t", f"{profit['value']:,.0f}", house),
        ("Ingot, ferrosilicon, dolomite then, CNY/t", ", ".join(quotes), f"quotes of {days}"),
        (
            "Everything else, CNY/t",
            f"{round(rest.low, -2):,.0f} to {round(rest.high, -2):,.0f}",
            "what that profit leaves; held constant",
        ),
        ("Tax", "mixed", "ingot with VAT, dolomite without, ferrosilicon not stated; the rest takes up the difference"),
    ]
    return pd.DataFrame(rows, columns=["Assumption", "Value", "From"])


def _ends(figure: Interval) -> str:
    return f"{figure.low:.2f} to {figure.high:.2f}"


def stocks(edition, series: list[str]) -> pd.DataFrame:
    """Return every published count of stocks of the last twelve months, newest first.

    Returns:
        Columns name (the stock), date, best, unit, who, stated, series, period.
    """
    rows = edition.rows_of(*series)
    rows = rows[(rows["measure"] == "level") & (rows["period"] >= step_month(edition.month, -11))]
    rows = rows[rows["period"].str.len() == 10].sort_values(
        ["period", "series", "value"], ascending=[False, True, True]
    )
    return pd.DataFrame(
        {
            "name": rows["series"].map(edition.series.set_index("series")["title"]),
            "date": pd.to_datetime(rows["period"]),
            "best": rows["value"],
            "unit": rows["unit"],
            "who": edition.who(rows["source"]),
            "series": rows["series"],
            "period": rows["period"],
        }
    ).reset_index(drop=True)


def stock(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return the newest count of stocks with its change at the same house, and days that two houses count apart.

    Args:
        edition: The edition.
        rows: Result of `stocks` of one series.
    """
    facts: dict[str, object] = {"month": edition.month, "now": None, "then": None, "apart": []}
    if rows.empty:
        return facts
    newest = rows.iloc[0]
    alike = rows[(rows["who"] == newest["who"]) & (rows["period"] < newest["period"])]
    facts |= {"name": newest["name"], "now": float(newest["best"]), "day": newest["period"], "who": newest["who"]}
    if len(alike):
        then = float(alike.iloc[0]["best"])
        facts |= {"then": then, "then_day": alike.iloc[0]["period"], "change": 100 * (newest["best"] / then - 1)}
    counts = rows.groupby("period")["best"].nunique()
    for day in sorted(counts.index[counts > 1], reverse=True)[:1]:
        own = rows[rows["period"] == day]
        facts["apart"] = [(day, [(float(row["best"]), row["who"]) for _, row in own.iterrows()])]
    return facts


def moves(edition, series: str = FUGU, last: int = 18, count: int = 6) -> pd.DataFrame:
    """Return the largest moves of a price from quote to quote, with the events of those days or the week before.

    Returns:
        Columns From, To, "Change, %", "Change, CNY/t", "To, CNY/t", "Events near": the largest first.
    """
    days = edition.quotes(series, step_month(edition.month, 1 - last))
    steps = sums.largest_moves(sums.moves(days), count)
    near = sums.events_near(steps, edition.calendar.loc[edition.calendar.index.isin(_bearing(edition).index)])
    told = near.groupby("period")["what"].agg(" ".join) if len(near) else pd.Series(dtype=str)
    return pd.DataFrame(
        {
            "From": pd.to_datetime(steps["before"]).dt.strftime("%-d %b %Y"),
            "To": pd.to_datetime(steps["period"]).dt.strftime("%-d %b %Y"),
            "Change, %": steps["change_pct"],
            "Change, CNY/t": steps["change"],
            "To, CNY/t": steps["value"],
            "Events near": steps["period"].map(told).fillna("we hold none"),
        }
    )


def _bearing(edition) -> pd.DataFrame:
    rows = edition.calendar
    own = rows["chapter"].isin(["magnesium_prices", "magnesium_capacity"])
    return rows[own & ~rows["topic"].isin(["new capacity", "statistics", "world supply"])]


def volatility(edition, series: dict[str, str], last: int = 6) -> dict[str, object]:
    """Return the yearly volatility of some prices over the last months, from their uneven quotes.

    Returns:
        since (month), rates [(name, per cent, steps)] of those with at least three steps.
    """
    since, rates = step_month(edition.month, 1 - last), []
    for name, one in series.items():
        steps = sums.moves(edition.quotes(one))
        steps = steps[steps["before"] >= since]
        if len(steps) >= _LEAST:
            rates.append((name, sums.volatility_pct(steps), len(steps)))
    return {"month": edition.month, "since": since, "rates": rates}


def premium(edition, days: pd.DataFrame) -> dict[str, object]:
    """Return what alloy cost over ingot on the last day with both quotes, and the fees published within a year.

    Args:
        edition: The edition.
        days: Rows of `analysis.prices.on_same_days`, alloy first.

    Returns:
        day ("" where none), premium (CNY/t), premium_pct of ingot, unit; fees [(figure, unit, period, who)].
    """
    facts: dict[str, object] = {"month": edition.month, "day": "", "unit": "CNY/t"}
    if len(days):
        last = days.iloc[-1]
        gap = last["value_first"] - last["value_second"]
        facts |= {"day": last["period"], "premium": gap, "premium_pct": 100 * gap / last["value_second"]}
    rows = edition.prints("mg.alloy.processing_fee.cn")
    rows = rows[rows["period"] > step_month(edition.month, -12)].drop_duplicates(["value", "source"])
    rows = rows.assign(who=edition.who(rows["source"])).drop_duplicates(["value", "who"])
    facts["fees"] = [(printed_of(row), row["unit"], row["period"], row["who"]) for _, row in rows.iterrows()]
    return facts
