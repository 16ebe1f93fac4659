"""Sentences and tables of the cost build-up: what it says, and every assumption that it stands on."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from metalsbook.analysis.prices import (
    DOLOMITE_PURITY,
    SILICON_SHARE,
    Calibration,
    Coefficients,
    build_up,
    calcination_co2_t,
    calibrate,
    stoichiometric,
)
from metalsbook.months import step_month
from metalsbook.page.html import Html
from metalsbook.page.narrative import as_printed, gap, join_words, number, percent, period_name
from metalsbook.page.quotes import months_of
from metalsbook.page.sentences import interval_words, printed_interval, rounded, signed
from metalsbook.page.tables import origin, table, with_publisher

# Costs are known to no more than this.
_STEP = 10
_EVENTS = "prices/margins"
_RECOVERY, _PROFIT = "mg.pidgeon.recovery", "mg.profit.avg.cn"
_MARGINS = ("mg.margin.gross.cn", "mg.margin.shaanxi", _PROFIT)
_COSTS = ["period", "price", "ferrosilicon", "dolomite", "other", "cost", "margin"]


@dataclass(frozen=True)
class CostBasis:
    """What a cost build-up stands on, as far as an edition knows it.

    Attributes:
        recovery: The statement of the share of magnesium that reaches the ingot; None where no source states it.
        calibration: The stated profit and the quotes that go with it; None where one of them is not known.
        lacking: What of it this edition does not know, in words.
    """

    recovery: pd.Series | None
    calibration: Calibration | None
    lacking: tuple[str, ...] = ()

    @cached_property
    def needs(self) -> Coefficients | None:
        """What a tonne takes."""
        return None if self.recovery is None else stoichiometric(printed_interval(self.recovery))

    @property
    def gap(self) -> str:
        """Why no cost is computed, to be said in its place."""
        return f"No cost is computed, since this edition knows {join_words([f'no {what}' for what in self.lacking])}."

    def by_month(self, edition, *series: str) -> pd.DataFrame:
        """Return cost and margin by month (see `costs.build_up`); no row where something is lacking.

        Args:
            edition: The edition.
            *series: Prices of ingot, ferrosilicon and dolomite.
        """
        if self.lacking:
            return pd.DataFrame(columns=_COSTS)
        prices = (months_of(edition, name) for name in series)
        return build_up(*prices, printed_interval(self.recovery), self.calibration)


def cost_basis(edition, ingot: pd.DataFrame, ferrosilicon: pd.DataFrame, dolomite: pd.DataFrame) -> CostBasis:
    """Return what a cost build-up stands on: the last stated recovery and profit, and the quotes of that day."""
    recovery, profit = (edition.prints(name) for name in (_RECOVERY, _PROFIT))
    needed = {
        "stated recovery of the magnesium": recovery,
        "stated profit": profit,
        "quote of ingot": ingot,
        "quote of ferrosilicon": ferrosilicon,
        "quote of dolomite": dolomite,
    }
    lacking = tuple(name for name, rows in needed.items() if rows.empty)
    calibration = None if lacking else calibrate(profit.iloc[-1], ingot, ferrosilicon, dolomite)
    return CostBasis(None if recovery.empty else recovery.iloc[-1], calibration, lacking)


def cost_sentences(edition, costs: pd.DataFrame, basis: CostBasis) -> list[str]:
    """Return cost and margin of the edition's month, or what is missing, and the margin against the month before.

    Args:
        edition: The edition.
        costs: Cost by month (`CostBasis.by_month`).
        basis: What it stands on.
    """
    if basis.lacking:
        return [basis.gap]
    own = costs[costs["period"] == edition.month]
    if own.empty:
        return [f"{period_name(edition.month)} has no quote of all three prices, so that no cost is computed."]
    row = own.iloc[0]
    silicon = 100 * row["ferrosilicon"] / row["price"]
    said = [
        f"On the assumptions below a tonne cost {rounded(row['cost'], 'CNY', _STEP)} to make in "
        f"{period_name(edition.month)}{_span(row)}, which leaves {_change(row['margin'])} of the Fugu price, tax "
        f"included, or {percent(row['margin_pct'], 0, False)} of it.",
        f"Everything but ferrosilicon and dolomite is taken to cost what it did on "
        f"{period_name(basis.calibration.day)}: how far it has moved since, nobody says, and no range here holds it.",
        f"Ferrosilicon alone takes {percent(silicon, 0, False)} of the price.",
    ]
    before = costs[costs["period"] < edition.month]
    if len(before):
        last = before.iloc[-1]
        change = row["margin"] - last["margin"]
        parts = {"the ingot price": row["price"] - last["price"], "raw materials": last["cost"] - row["cost"]}
        why = " and ".join(f"{_change(value)} from {name}" for name, value in parts.items())
        said.append(f"Against {period_name(last['period'])} the margin changed by {_change(change)}: {why}.")
    return said


def _span(row: pd.Series) -> str:
    """Return the bounds that the recovery leaves to a cost, where they differ as written."""
    low, high = (rounded(row[name], "CNY", _STEP) for name in ("cost_low", "cost_high"))
    return f" ({low.removesuffix(' CNY')} to {high}, as the recovery is taken)" if low != high else ""


def said_beside(edition, basis: CostBasis, costs: pd.DataFrame) -> list[str]:
    """Return what others say of the margin about the edition's month, to hold the computed one against.

    Args:
        edition: The edition.
        basis: What the build-up stands on: the stated profit in it is no check of it, and left out.
        costs: Cost by month (`CostBasis.by_month`).
    """
    own_day = basis.calibration.day if basis.calibration else ""
    beside, but = (
        (", beside the one that the build-up stands on", " but the one that the build-up stands on")
        if (own_day)
        else ("", "")
    )
    first = step_month(edition.month, -11)
    rows = with_publisher(edition, edition.rows_of(*_MARGINS))
    rows = rows[(rows["period"].str[:7] >= first) & (rows["period"] != own_day)]
    rows = rows.drop_duplicates(["series", "period", "value", "who"]).sort_values("period", kind="stable")
    stated = [f"{as_printed(row)} for {period_of(row)} ({row['who']})" for _, row in rows.iterrows()]
    events = edition.calendar[
        (edition.calendar["topic"] == _EVENTS) & edition.calendar["date"].str.startswith(edition.month)
    ]
    told = [f"{period_name(row['date'])}: {row['what']}" for _, row in events.iterrows()]
    said = []
    if stated:
        said.append(
            f"Margins stated for the twelve months to {period_name(edition.month)}{beside}: {join_words(stated)}."
        )
    if told:
        said.append(f"Of prices and margins the calendar of the month says: {' '.join(told)}")
    if not said:
        return [f"No source states a margin for the twelve months to {period_name(edition.month)}{but}."]
    if (costs["period"] == edition.month).any():
        said.append(
            "Where these and the computed margin disagree, the build-up is the weaker evidence: it carries one "
            "average of the industry on one day through the months, and plants differ."
        )
    return said


def period_of(row: pd.Series) -> str:
    """Return the period of a statement in words; of a sum or mean to date, from January on."""
    if row["measure"] == "ytd" and len(row["period"]) == 7:
        return f"January to {period_name(row['period'])}"
    return period_name(row["period"])


def _change(value: float) -> str:
    return signed(_STEP * round(value / _STEP), "CNY/t", _STEP)


def cost_text(costs: pd.DataFrame) -> str:
    """Return the text alternative of the cost chart: first and last month's price, cost and margin."""
    if costs.empty:
        return "No month has all three prices."
    ends = [costs.iloc[place] for place in sorted({0, len(costs) - 1})]
    said = [
        f"{period_name(row['period'])}: price {rounded(row['price'], 'CNY/t', _STEP)}, cost "
        f"{rounded(row['cost'], 'CNY/t', _STEP)}, margin {_change(row['margin'])}"
        for row in ends
    ]
    return f"Stacked cost by month under the price. {'; '.join(said)}."


def assumptions_table(edition, basis: CostBasis) -> Html:
    """Return every assumption of the build-up with its value, its range and where it comes from, or what is missing."""
    if basis.lacking:
        return gap(basis.gap)
    needs, recovery, calibration = basis.needs, basis.recovery, basis.calibration
    co2 = calcination_co2_t(printed_interval(recovery))
    reaction = "reaction and recovery"
    profit = edition.prints(_PROFIT).iloc[-1]
    stone = calibration.dolomite
    recovered = f"{number(recovery['low'], '', 1)} to {number(recovery['high'], '%', 1)}"
    rows = [
        (
            "Tax",
            "mixed",
            "the ingot price includes value-added tax, the dolomite price does not, of ferrosilicon it is "
            "not stated; everything else, set by the stated profit, takes up the difference",
        ),
        ("Magnesium recovered", recovered, origin(edition, recovery)),
        ("Silicon in ferrosilicon", percent(100 * SILICON_SHARE, 0, False), "assumption: its grade"),
        ("Dolomite, share of the pure mineral", percent(100 * DOLOMITE_PURITY, 0, False), "assumption"),
        ("Ferrosilicon, t per t of magnesium", interval_words(needs.ferrosilicon_t), reaction),
        ("Dolomite, t per t of magnesium", interval_words(needs.dolomite_t), reaction),
        (
            "Everything else, CNY per t of magnesium",
            interval_words(calibration.other(needs)),
            f"what the profit stated for {period_name(calibration.day)} leaves, held constant; the higher the "
            "recovery, the less of the raw materials and the more of this",
        ),
        (f"Profit stated for {period_name(profit['period'])}", as_printed(profit), origin(edition, profit)),
        (
            "Quotes used with it, CNY/t",
            f"ingot {number(calibration.price[0], '', 1)}, ferrosilicon "
            f"{number(calibration.ferrosilicon[0], '', 1)}, dolomite {number(stone[0], '', 1)}",
            f"the last up to that day: {calibration.price[1]}, {calibration.ferrosilicon[1]}, {stone[1]}",
        ),
        ("Ferrosilicon as a source states it, t per t", *_stated(edition, "mg.pidgeon.ferrosilicon_per_t")),
        ("For comparison: CO2 from burning the dolomite, t per t", interval_words(co2), reaction),
    ]
    shown = pd.DataFrame(rows, columns=["Assumption", "Value", "From"])
    return table(shown, "What the cost build-up assumes; none of it is a quote of the month")


def _stated(edition, series: str) -> tuple[str, Html | str]:
    rows = edition.prints(series) if edition.has(series) else pd.DataFrame()
    if rows.empty:
        return "", "no source in this edition"
    row = rows.iloc[-1]
    return as_printed(row, ""), origin(edition, row)


def stated_table(edition) -> Html:
    """Return costs, margins and profits as sources state them for the last two years, with their origin."""
    rows = edition.rows_under("mg.cost.", "mg.margin.", "mg.profit.")
    rows = rows[rows["period"] >= f"{int(edition.month[:4]) - 1}"]
    rows = rows.drop_duplicates(["series", "measure", "period", "value", "source"])
    rows = rows.sort_values(["period", "series"], ascending=[False, True])
    if rows.empty:
        return gap("No source states a cost, margin or profit for this year or the last.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame(
        {
            "What": rows["series"].map(titles),
            "Period": [period_of(row) for _, row in rows.iterrows()],
            "Figure": [as_printed(row) for _, row in rows.iterrows()],
            "Origin": [origin(edition, row) for _, row in rows.iterrows()],
        }
    )
    return table(shown, "Costs, margins and profits as sources state them, to hold the build-up against")
