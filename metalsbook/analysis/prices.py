"""Prices: what single quotes say of a month, how they moved, and what two prices say of each other.

Quotes are frames of one price in one unit with the columns `period` ("YYYY-MM-DD", unique, oldest first) and `value`,
and `low`, `high` where a range was quoted (else NaN). Days without a quote stay without one: nothing is filled in.
The second half builds the cost of a tonne of magnesium from its inputs.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import pandas as pd

from metalsbook.analysis.intervals import Interval, exact, printed, with_ends
from metalsbook.analysis.sources import ENOUGH_QUOTES

DAYS_A_YEAR = 365.25
LONGEST_STEP_DAYS = 21
"""Quotes further apart than this are not joined to one move: what happened between them is not known."""


def monthly_means(quotes: pd.DataFrame) -> pd.DataFrame:
    """Return what the quotes of each month say.

    Returns:
        Columns period ("YYYY-MM"), value (mean of the quotes), low and high (the lowest and highest that was quoted,
        ranges included), n_quotes.
    """
    months = with_ends(quotes).groupby(quotes["period"].str[:7], sort=True)
    # One by one: named aggregates take three times as long.
    means = {"value": months["value"].mean(), "low": months["low"].min(), "high": months["high"].max()}
    return pd.DataFrame(means | {"n_quotes": months.size()}).reset_index(names="period")


def moves(quotes: pd.DataFrame) -> pd.DataFrame:
    """Return the change from each quote to the next, none where they are more than `LONGEST_STEP_DAYS` apart.

    Returns:
        Columns period (day of the later quote), before (of the earlier), days between them, value, value_before,
        change (in the unit), change_pct.
    """
    now, before = quotes[["period", "value"]], quotes[["period", "value"]].shift().add_suffix("_before")
    steps = now.join(before).rename(columns={"period_before": "before"}).iloc[1:].reset_index(drop=True)
    change = steps["value"] - steps["value_before"]
    steps = steps.assign(change=change, change_pct=100 * (steps["value"] / steps["value_before"] - 1))
    steps["days"] = (pd.to_datetime(steps["period"]) - pd.to_datetime(steps["before"])).dt.days
    return steps[steps["days"] <= LONGEST_STEP_DAYS].reset_index(drop=True)


def volatility_pct(steps: pd.DataFrame) -> float:
    """Return the yearly volatility of a price in per cent, from quotes at uneven distances; NaN without a move.

    Root of the sum of squared log changes over the time that they cover: for a price without trend each square grows
    with its time, so that uneven steps weigh right. Bid-ask steps and unchanged quotes are in it as they are.
    """
    days = steps["days"].sum()
    if days == 0:
        return float("nan")
    squares = sum(log(now / then) ** 2 for now, then in zip(steps["value"], steps["value_before"], strict=True))
    return 100 * sqrt(squares / days * DAYS_A_YEAR)


def largest_moves(steps: pd.DataFrame, count: int = 8) -> pd.DataFrame:
    """Return the moves with the largest change in per cent, largest first."""
    order = steps["change_pct"].abs().sort_values(ascending=False, kind="stable").index[:count]
    return steps.loc[order].reset_index(drop=True)


def on_same_days(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the days on which both prices were quoted.

    Returns:
        Column period, and value, low, high with the suffixes _first and _second.
    """
    columns = ["period", "value", "low", "high"]
    return first[columns].merge(second[columns], on="period", suffixes=("_first", "_second"))


def ratio_on_same_days(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the ratio of two prices on the days that have both: `low` is the first's low over the second's high.

    Returns:
        Columns period, value, low, high.
    """
    both = on_same_days(with_ends(first), with_ends(second))
    least, most = both["low_first"] / both["high_second"], both["high_first"] / both["low_second"]
    return both[["period"]].assign(value=both["value_first"] / both["value_second"], low=least, high=most)


def month_prices(printed: pd.DataFrame, means: pd.DataFrame) -> pd.DataFrame:
    """Return one price a month by the rule of `sources`: of enough quotes, as printed, of the quotes there are.

    A figure printed for a month need not be its mean (a page may mean its beginning), so that enough quotes go first.

    Args:
        printed: Months as printed (period "YYYY-MM", value; `post`, true for a user's post, where it is known).
        means: The `monthly_means` of the day quotes.

    Returns:
        Columns period, value, n_quotes (0 for a printed month), by period.
    """
    posts = printed["period"][printed["post"]] if "post" in printed else printed["period"].head(0)
    thin = (means["n_quotes"] < ENOUGH_QUOTES) & means["period"].isin(set(printed["period"]) - set(posts))
    means = means[~thin]
    stated = printed.loc[~printed["period"].isin(means["period"]), ["period", "value"]].assign(n_quotes=0)
    rows = pd.concat([stated, means[["period", "value", "n_quotes"]]])
    return rows.sort_values("period", ignore_index=True, kind="stable")


def move_together(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, object]:
    """Return how the log changes of two prices go together between the days that have both.

    Steps longer than `LONGEST_STEP_DAYS` are left out. One large step can make a correlation, so that it is told
    without the largest, too. NaN where fewer than three changes are known or one price never moved.

    Returns:
        correlation; largest: the day that the largest change (of both, in sum of squares) ends on ("" without changes);
        without_largest: the correlation without it.
    """
    both = on_same_days(first, second).set_index("period")
    days = pd.to_datetime(both.index).diff().days
    changes = np.log(both[["value_first", "value_second"]]).diff()[days <= LONGEST_STEP_DAYS]
    largest = (changes**2).sum(axis=1).idxmax() if len(changes) else ""
    rest = changes.drop(index=largest, errors="ignore")
    return {"correlation": _correlation(changes), "largest": largest, "without_largest": _correlation(rest)}


def _correlation(changes: pd.DataFrame) -> float:
    if len(changes) < 3 or (changes.std() == 0).any():
        return float("nan")
    return float(changes["value_first"].corr(changes["value_second"]))


def events_near(steps: pd.DataFrame, events: pd.DataFrame, days: int = 7) -> pd.DataFrame:
    """Return for each move the events on its days and up to `days` before the earlier quote.

    An event that is dated by its month only is near the moves the middle of whose days lies in that month; which day
    it was, nobody says. Events dated by a year are left out.

    Returns:
        Columns period, before, date, what: one row for each pair.
    """
    # Events of a day go before those of a month.
    events = events.sort_values("date", key=lambda dates: -dates.str.len(), kind="stable")
    pairs = steps[["period", "before"]].merge(events[["date", "what"]], how="cross")
    start, end, when = pd.to_datetime(pairs["before"]), pd.to_datetime(pairs["period"]), pairs["date"]
    first = (start - pd.Timedelta(days=days)).dt.strftime("%Y-%m-%d")
    on_a_day = (when.str.len() == 10) & (when >= first) & (when <= pairs["period"])
    return pairs[on_a_day | (when == (start + (end - start) / 2).dt.strftime("%Y-%m"))].reset_index(drop=True)


MG_G_PER_MOL, SI_G_PER_MOL, DOLOMITE_G_PER_MOL = 24.305, 28.085, 184.40
"""Standard atomic weights (IUPAC); dolomite is CaMg(CO3)2."""
SILICON_SHARE = 0.75
"""Silicon in 75% ferrosilicon, by its name."""
DOLOMITE_PURITY = 0.96
"""Assumption: dolomite of at least 21% MgO, as Pidgeon plants ask for, over the 21.86% of the pure mineral."""


@dataclass(frozen=True)
class Coefficients:
    """What a tonne of magnesium takes."""

    ferrosilicon_t: Interval  # 75% ferrosilicon, t per t of magnesium
    dolomite_t: Interval  # Raw dolomite, t per t of magnesium


def stoichiometric(recovery_pct: Interval) -> Coefficients:
    """Return what a tonne takes by the reaction and the recovery.

    `recovery_pct` is the share of the magnesium in the charge that becomes ingot; silicon is charged in proportion.
    """
    silicon = SI_G_PER_MOL / (2 * MG_G_PER_MOL) / SILICON_SHARE
    dolomite = DOLOMITE_G_PER_MOL / MG_G_PER_MOL / DOLOMITE_PURITY
    share = recovery_pct.scaled(0.01)
    return Coefficients(exact(silicon) / share, exact(dolomite) / share)


@dataclass(frozen=True)
class Calibration:
    """What a stated profit on one day fixes: with it the rest of the cost follows from the recovery."""

    day: str  # Day of the stated profit
    price: tuple[float, str]  # Last ingot quote up to it (CNY/t) and its day
    ferrosilicon: tuple[float, str]  # The same of 75% ferrosilicon
    dolomite: tuple[float, str]  # The same of dolomite
    profit: Interval  # The stated profit, CNY per t of magnesium

    def other(self, needs: Coefficients) -> Interval:
        """Return what is left for all but ferrosilicon and dolomite, in CNY per t of magnesium, at these needs."""
        alloy, stone = needs.ferrosilicon_t.scaled(self.ferrosilicon[0]), needs.dolomite_t.scaled(self.dolomite[0])
        return exact(self.price[0]) - self.profit - (alloy + stone)


def calibrate(profit: pd.Series, *quotes: pd.DataFrame) -> Calibration:
    """Return the quotes that go with a profit that a source states for a day: the last up to it, else the first.

    Args:
        profit: Statement of a profit (columns period "YYYY-MM-DD", value, bound_low, bound_high; CNY/t).
        *quotes: Quotes of the ingot price, of 75% ferrosilicon and of raw dolomite, none of them without a day.
    """
    known = []
    for days in quotes:
        before = days[days["period"] <= profit["period"]]
        row = before.iloc[-1] if len(before) else days.iloc[0]
        known.append((float(row["value"]), str(row["period"])))
    price, ferrosilicon, dolomite = known
    return Calibration(profit["period"], price, ferrosilicon, dolomite, printed(profit))


def build_up(prices: pd.DataFrame, recovery_pct: Interval, calibration: Calibration) -> pd.DataFrame:
    """Return cost and margin of a tonne of magnesium by month.

    Args:
        prices: By month, columns price (of the ingot), ferrosilicon and dolomite: CNY/t.
        recovery_pct: See `stoichiometric`.
        calibration: What sets everything else, held constant: whether it has moved since, nobody says.

    Returns:
        By month, columns price, ferrosilicon, dolomite, other, cost, margin, margin_pct (of the price): CNY per t of
        magnesium.
    """
    needs = stoichiometric(recovery_pct)
    silicon = needs.ferrosilicon_t.best * prices["ferrosilicon"]
    stone, other = needs.dolomite_t.best * prices["dolomite"], calibration.other(needs).best
    costs = prices.assign(ferrosilicon=silicon, dolomite=stone, other=other, cost=silicon + stone + other)
    costs["margin"] = costs["price"] - costs["cost"]
    return costs.assign(margin_pct=100 * costs["margin"] / costs["price"])
