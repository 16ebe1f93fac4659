"""Sentences and rows of the downstream chapter: vehicles as two bodies count them, their shares, growth by end use."""

import pandas as pd

from metalsbook.analysis import downstream
from metalsbook.analysis.intervals import Interval, change_pct
from metalsbook.months import month_range, step_month
from metalsbook.page.figures import KeyFigure, rank_words
from metalsbook.page.flows import agreed_figure
from metalsbook.page.narrative import (
    as_printed,
    count_of,
    join_words,
    number,
    percent,
    period_name,
    rate_as_printed,
    since_january,
)
from metalsbook.page.sentences import change_words, interval_words, points, printed_interval
from metalsbook.page.tables import who_printed

USES = {
    "auto.output.cn": "Vehicles made, CAAM",
    "auto.output.nbs.cn": "Vehicles made, NBS",
    "nev.output.cn": "NEVs made, CAAM",
    "nev.output.nbs.cn": "NEVs made, NBS",
    "auto.sales.cn": "Vehicles sold, CAAM",
    "nev.sales.cn": "NEVs sold, CAAM",
    "auto.export.cn": "Vehicles exported",
    "nev.export.cn": "NEVs exported",
    "robot.industrial.output.cn": "Ind. robots, NBS",
    "robot.service.output.cn": "Service robots, NBS",
    "aircon.output.cn": "Air con., NBS",
    "aircon.export.cn": "Air con. exported",
    "smartphone.output.cn": "Smartphones, NBS",
    "wind_turbine.output.cn": "Wind turbines, NBS",
    "crude_steel.output.cn": "Crude steel, NBS",
}
GRID_MONTHS = 12


def penetration(edition, of: str) -> pd.DataFrame:
    """Return the share of new-energy vehicles in the vehicles sold ("sales") or made ("output"), CAAM's count.

    Months are as printed, and as implied by other prints where nobody printed them; columns as of `downstream.shares`.
    """
    return downstream.shares(known_months(edition, f"nev.{of}.cn"), known_months(edition, f"auto.{of}.cn"))


def known_months(edition, series: str) -> pd.DataFrame:
    """Return the printed months of a flow and, where nobody printed one, what other prints imply of it.

    Returns:
        Columns period, date, value, bound_low, bound_high, source ("" where implied), oldest first.
    """
    printed = edition.printed_months(series)[["period", "date", "value", "bound_low", "bound_high", "source"]]
    implied = edition.estimated(series)
    implied = implied[(implied["basis"] == "implied") & ~implied["period"].isin(printed["period"])]
    implied = implied.rename(columns={"best": "value", "low": "bound_low", "high": "bound_high"}).assign(source="")
    return pd.concat([printed, implied[list(printed)]]).sort_values("period", ignore_index=True, kind="stable")


def printed_only(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that a source printed, for the line that names the sources."""
    return rows[rows["source"] != ""]


def months_of(edition, named: dict[str, str], first: str) -> pd.DataFrame:
    """Return the known months of several flows from `first` on, told apart by `who`; see `known_months`."""
    frames = [known_months(edition, series).assign(who=who) for who, series in named.items()]
    rows = pd.concat(frames)
    return rows[rows["period"] >= first].reset_index(drop=True)


def share_figure(label: str, shares: pd.DataFrame, month: str, basis: str) -> KeyFigure:
    """Return the key figure of a share: its month, the change in percentage points, its course.

    Args:
        label: What it is called.
        shares: As of `downstream.shares`.
        month: The edition's month.
        basis: Whose count, of what.
    """
    own = shares[shares["period"] == month]
    course = shares.loc[shares["period"] > step_month(month, -12), "value"].tolist()
    if own.empty:
        return KeyFigure(label, basis=basis, course=course)
    before = shares[shares["period"] == step_month(month, -1)]
    change = (
        ""
        if before.empty
        else (f"{_points_words(_interval_of(own.iloc[0]) - _interval_of(before.iloc[0]))} on the month before")
    )
    value = share_words(own.iloc[0])
    return KeyFigure(
        label, value, period=period_name(month), change=change, rank=rank_words(course), basis=basis, course=course
    )


def _interval_of(row: pd.Series) -> Interval:
    return Interval(float(row["low"]), float(row["high"]), float(row["value"]))


def share_words(row: pd.Series) -> str:
    """Return a share as far as the rounding of both counts tells it: "53.2%" or "53.1 to 53.4%"."""
    if row["high"] - row["low"] < 0.11:
        return number(row["value"], "%", 0.1)
    return f"{number(row['low'], '', 0.1)} to {number(row['high'], '%', 0.1)}"


def _points_words(change: Interval) -> str:
    """Return a difference of two shares in percentage points as far as it is known."""
    if change.high - change.low < 0.11:
        return points(change.best)
    low, high = points(change.low), points(change.high)
    return points(change.best) if low == high else f"{low.removesuffix(' pp')} to {high}"


def share_sentences(edition, sales: pd.DataFrame, output: pd.DataFrame) -> list[str | None]:
    """Return the two shares of new-energy vehicles of the month, what CAAM prints, and how notes confuse them.

    Args:
        edition: The edition.
        sales: `penetration` of sales.
        output: `penetration` of output.
    """
    name = period_name(edition.month)
    own = {of: frame[frame["period"] == edition.month] for of, frame in (("sold", sales), ("made", output))}
    bureau = downstream.shares(
        edition.printed_months("nev.output.nbs.cn"), edition.printed_months("auto.output.nbs.cn")
    )
    told = [f"{share_words(rows.iloc[0])} of those {of}" for of, rows in own.items() if len(rows)]
    if not told:
        return [f"CAAM's figures for {name} are not known here, so neither share can be told."]
    said = [f"In {name} new-energy vehicles were {join_words(told)} (computed from CAAM's counts)."]
    if len(told) == 2:
        apart = _interval_of(own["sold"].iloc[0]) - _interval_of(own["made"].iloc[0])
        said.append(
            f"The share of sales differs from that of output by {_points_words(apart)}."
            if apart.sign
            else "The printed digits do not tell the two apart this month: the share of sales less that of output "
            f"is between {_points_words(apart).replace(' to ', ' and ')}."
        )
    counted = {
        "share of those sold": own["sold"],
        "share of those made": own["made"],
        "share of those made by the NBS's count": bureau[bureau["period"] == edition.month],
    }
    return [*said, _printed_shares(edition, counted)]


def _printed_shares(edition, own: dict[str, pd.DataFrame]) -> str | None:
    """Return whose printed rate fits which share."""
    prints = edition.prints("nev.penetration.cn", "level", edition.month)
    told = []
    for _, group in prints.groupby("value"):
        known = {name: rows.iloc[0] for name, rows in own.items() if len(rows)}
        fits = [f"the {name}" for name, share in known.items() if _meets(group.iloc[-1], share)]
        fit = f"fits {join_words(fits)}" if fits else "fits none of them"
        told.append(f"{as_printed(group.iloc[-1])} ({who_printed(edition, group)}) {fit}")
    return f"Printed for the month: {join_words(told)}." if told else None


def _meets(printed: pd.Series, share: pd.Series) -> bool:
    return printed["bound_low"] <= share["high"] and printed["bound_high"] >= share["low"]


def counts_sentence(edition, ours: str, theirs: str, what: str) -> str:
    """Return how NBS's count of the month lies beside CAAM's, levels and growth, with the reason.

    Args:
        edition: The edition.
        ours: CAAM's series.
        theirs: NBS's series.
        what: What is counted, to begin a sentence.
    """
    name, first, second = period_name(edition.month), _finest(edition, ours), _finest(edition, theirs)
    rates = agreed_figure(edition, ours, "yoy"), agreed_figure(edition, theirs, "yoy")
    if first is None and second is None:
        return f"{what}: neither CAAM's nor the NBS's figure for {name} is known here."
    if first is None or second is None:
        who, row = ("the NBS", second) if first is None else ("CAAM", first)
        absent = "CAAM's" if first is None else "the NBS's"
        return f"{what} in {name}: {_million(row)} by {who}; {absent} figure is not known here."
    apart = change_words(change_pct(printed_interval(second), printed_interval(first)))
    said = f"{what} in {name}: {_million(first)} by CAAM, {_million(second)} by the NBS ({apart})"
    if all(rate is not None for rate in rates):
        said += f"; growth on the year {rate_as_printed(rates[0])} against {rate_as_printed(rates[1])}"
    return f"{said}."


def _finest(edition, series: str) -> pd.Series | None:
    """Return the month's print with the finest digits, the latest of equals, or None."""
    prints = edition.prints(series, "level", edition.month).sort_values("resolution", kind="stable", ascending=False)
    return None if prints.empty else prints.iloc[-1]


def _million(row: pd.Series) -> str:
    return number(row["value"] / 1e6, "million", max(row["resolution"], 1000) / 1e6)


def growth_rows(edition) -> pd.DataFrame:
    """Return the growth grid of the last `GRID_MONTHS` months with the text of each cell (`downstream.growth_grid`)."""
    months = month_range(step_month(edition.month, 1 - GRID_MONTHS), edition.month)
    known = {series: name for series, name in USES.items() if edition.has(series)}
    bases = edition.series.set_index("series")["growth_basis"].to_dict()
    grid = downstream.growth_grid(edition.rows_of(*known), known, months, bases)
    words = [percent(value, 0, signed=False)[:-1] for value in grid["value"]]
    return grid.assign(text=[f"{word}{mark.replace('n', '')}" for word, mark in zip(words, grid["mark"], strict=True)])


def growth_sentence(grid: pd.DataFrame, month: str) -> str:
    """Return which use grew most and least in the month, and which have no print."""
    own = grid[(grid["period"] == month)].sort_values("value", ascending=False, kind="stable")
    if own.empty:
        return f"No growth by end use is printed for {period_name(month)}."
    falling = int((own["value"] < 0).sum())
    alike = own[own["measure"] == "yoy"] if (own["measure"] == "yoy").sum() > 1 else own
    first, last = alike.iloc[0], alike.iloc[-1]
    absent = [use for use in dict.fromkeys(grid["use"]) if use not in set(own["use"])]
    missing = f" No print for the month: {join_words([_in_words(use) for use in absent])}." if absent else ""
    uses = count_of(len(own), "row of the chart has", "rows of the chart have")
    head = (
        f"{uses} a print for {period_name(month)}; {falling or 'none'} fell on the year (vehicles stand in "
        "several: made, sold, exported, and by two counts)."
    )
    compared = "" if len(alike) == len(own) else " of those with a change of the month itself"
    most, least = (
        f"{_in_words(row['use'])} {percent(row['value'], int(abs(row['value']) < 100))}{_since(row)}"
        for row in (first, last)
    )
    return f"{head} Most{compared}: {most}; least: {least}.{missing}"


def _in_words(use: str) -> str:
    """Return the label of a row as prose has it."""
    name, _, who = use.partition(", ")
    for short, whole in (("Ind. robots", "industrial robots"), ("Air con.", "air conditioners"), ("NEVs", "NEVs")):
        name = name.replace(short, whole)
    name = name if name.startswith("NEV") else name[0].lower() + name[1:]
    return f"{name} ({who})" if who else name


def _since(row: pd.Series) -> str:
    return " since January" if row["measure"] == "ytd_yoy" else ""


def growth_alt(grid: pd.DataFrame, month: str) -> str:
    """Return the text alternative of the growth grid: the figures of the month."""
    own = grid[grid["period"] == month]
    told = [f"{row['use']} {percent(row['value'])}{_since(row)}" for _, row in own.iterrows()]
    return f"Growth on the year in {period_name(month)}: {join_words(told) or 'no print'}."


LATEST = {
    "robot.industrial.output.cn": "Industrial robots made",
    "robot.service.output.cn": "Service robots made",
    "aircon.output.cn": "Air conditioners made",
    "aircon.export.cn": "Air conditioners exported",
    "smartphone.output.cn": "Smartphones made",
    "ebike.output.cn": "Electric bicycles made",
    "wind.installed.cn": "Wind power installed",
    "wind_turbine.output.cn": "Wind turbines made",
    "titanium.sponge.output.cn": "Titanium sponge made",
    "titanium.sponge.export.cn": "Titanium sponge exported",
}


def sums_sentence(edition, series: str, what: str) -> str | None:
    """Return the month as printed beside what its sums since January leave for it; None where one is not printed.

    Args:
        edition: The edition.
        series: A flow.
        what: What it is, to begin a sentence.
    """
    month, before = edition.month, step_month(edition.month, -1)
    rows = (edition.figure(series), edition.figure(series, "ytd"), edition.figure(series, "ytd", before))
    if any(row is None for row in rows) or month.endswith("-01"):
        return None
    printed, now, then = (printed_interval(row) for row in rows)
    left, unit = now - then, edition.spec(series)["unit"]
    name = period_name(month)
    beside = (
        f"{what} of {name} is printed as {as_printed(rows[0])}; its sums since January, {as_printed(rows[2])} to "
        f"{period_name(before)} and {as_printed(rows[1])} to {name}, leave {interval_words(left, unit)}"
    )
    if left.low <= printed.high and left.high >= printed.low:
        return f"{beside}: they fit."
    apart = left.best - printed.best
    size, share = number(abs(apart), unit, rows[1]["resolution"]), 100 * abs(apart) / printed.best
    part = f", {percent(share, 1, False)} of the month" if share >= 0.1 else ""
    return (
        f"{beside}: {size} {'more' if apart > 0 else 'less'}{part}. Earlier months were revised or the two are "
        "counted apart; no source known here says which."
    )


def last_sentence(edition, series: str, what: str) -> str | None:
    """Return the last change and the last sum known of a flow that has no print for the edition's month; else None."""
    if edition.figure(series) is not None or edition.figure(series, "ytd") is not None:
        return None
    sums = edition.printed_months(series, "ytd").tail(1)
    changes = edition.printed_months(series, "yoy").tail(1)
    # A change older than the last sum is no news.
    changes = changes[changes["period"] >= (sums["period"].max() if len(sums) else "")]
    told = [f"{rate_as_printed(row)} on the year in {period_name(row['period'])}" for _, row in changes.iterrows()]
    told += [f"{as_printed(row)} from {since_january(row['period'])}" for _, row in sums.iterrows()]
    name = period_name(edition.month)
    return f"{what}: no number is printed for {name}; last known: {join_words(told)}." if told else None
