"""Sentences and rows of the downstream chapter: vehicles as two bodies count them, their shares, growth by end use."""

import pandas as pd

from metalsbook.analysis import downstream
from metalsbook.months import month_range, step_month
from metalsbook.page.figures import KeyFigure, rank_words
from metalsbook.page.flows import agreed_figure
from metalsbook.page.html import Html
from metalsbook.page.narrative import count_of, gap, join_words, number, percent, period_name
from metalsbook.page.sentences import points
from metalsbook.page.tables import table, who_printed

USES = {
    "auto.output.cn": "Vehicles made, CAAM", "auto.output.nbs.cn": "Vehicles made, NBS",
    "nev.output.cn": "NEVs made, CAAM", "nev.output.nbs.cn": "NEVs made, NBS",
    "nev.sales.cn": "NEVs sold, CAAM", "auto.export.cn": "Vehicles exported",
    "robot.industrial.output.cn": "Ind. robots, NBS", "robot.service.output.cn": "Service robots, NBS",
    "aircon.output.cn": "Air con., NBS", "aircon.export.cn": "Air con. exported",
    "smartphone.output.cn": "Smartphones, NBS", "wind_turbine.output.cn": "Wind turbines, NBS",
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
    printed = edition.months(series)[["period", "date", "value", "bound_low", "bound_high", "source"]]
    implied = edition.estimated(series)
    implied = implied[(implied["basis"] == "implied") & ~implied["period"].isin(printed["period"])]
    implied = implied.rename(columns={"best": "value", "low": "bound_low", "high": "bound_high"}).assign(source="")
    return pd.concat([printed, implied[list(printed)]]).sort_values("period", ignore_index=True)


def printed_only(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that a source printed, for the line that names the sources."""
    return rows[rows["source"] != ""]


def months_of(edition, named: dict[str, str], first: str) -> pd.DataFrame:
    """Return the known months of several flows from `first` on, told apart by `who`; see `known_months`."""
    frames = [known_months(edition, series).assign(who=who) for who, series in named.items() if edition.has(series)]
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
    course = shares["value"].tolist()[-12:]
    if own.empty:
        return KeyFigure(label, basis=basis, course=course)
    before = shares[shares["period"] == step_month(month, -1)]
    change = "" if before.empty else f"{points(own.iloc[0]['value'] - before.iloc[0]['value'])} on the month before"
    value = number(own.iloc[0]["value"], "%", 0.1)
    return KeyFigure(label, value, period=period_name(month), change=change, rank=rank_words(course), basis=basis,
                     course=course)


def share_sentences(edition, sales: pd.DataFrame, output: pd.DataFrame) -> list[str | None]:
    """Return the two shares of new-energy vehicles of the month, what CAAM prints, and how notes confuse them.

    Args:
        edition: The edition.
        sales: `penetration` of sales.
        output: `penetration` of output.
    """
    name = period_name(edition.month)
    own = {of: frame[frame["period"] == edition.month] for of, frame in (("sold", sales), ("made", output))}
    bureau = downstream.shares(edition.months("nev.output.nbs.cn"), edition.months("auto.output.nbs.cn"))
    told = [f"{number(rows.iloc[0]['value'], '%', 0.1)} of those {of}" for of, rows in own.items() if len(rows)]
    if not told:
        return [f"CAAM's figures for {name} are not known here, so neither share can be told."]
    said = [f"In {name} new-energy vehicles were {join_words(told)} (computed from CAAM's counts)."]
    if len(told) == 2:
        apart = own["sold"].iloc[0]["value"] - own["made"].iloc[0]["value"]
        said.append(f"The share of sales differs from that of output by {points(apart)}.")
    counted = {"share of those sold": own["sold"], "share of those made": own["made"],
               "share of those made by the NBS's count": bureau[bureau["period"] == edition.month]}
    return [*said, _printed_shares(edition, counted)]


def _printed_shares(edition, own: dict[str, pd.DataFrame]) -> str | None:
    """Return whose printed rate fits which share."""
    prints = edition.prints("nev.penetration.cn", "level", edition.month)
    told = []
    for value, group in prints.groupby("value"):
        known = {name: rows.iloc[0] for name, rows in own.items() if len(rows)}
        fits = [f"the {name}" for name, share in known.items() if _meets(group.iloc[-1], share)]
        fit = f"fits {join_words(fits)}" if fits else "fits none of them"
        qualifier = group.iloc[-1]["qualifier"]
        words = f"{qualifier} " if qualifier in ("about", "nearly", "over") else ""
        told.append(f"{words}{number(value, '%', group.iloc[-1]['resolution'])} ({who_printed(edition, group)}) {fit}")
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
    apart = 100 * (second["value"] / first["value"] - 1)
    said = f"{what} in {name}: {_million(first)} by CAAM, {_million(second)} by the NBS ({percent(apart)})"
    if all(rate is not None for rate in rates):
        said += (f"; growth on the year {percent(rates[0]['value'])} against {percent(rates[1]['value'])}: the NBS "
                 "compares with a revised sample of firms")
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
    grid = downstream.growth_grid(edition.statements, known, months, bases)
    words = [percent(value, 0, signed=False)[:-1] for value in grid["value"]]
    return grid.assign(text=[f"{word}{mark.replace('n', '')}" for word, mark in zip(words, grid["mark"], strict=True)])


def growth_sentence(grid: pd.DataFrame, month: str) -> str:
    """Return which use grew most and least in the month, and which have no print."""
    own = grid[(grid["period"] == month)].sort_values("value", ascending=False)
    if own.empty:
        return f"No growth by end use is printed for {period_name(month)}."
    falling = int((own["value"] < 0).sum())
    alike = own[own["measure"] == "yoy"] if (own["measure"] == "yoy").sum() > 1 else own
    first, last = alike.iloc[0], alike.iloc[-1]
    absent = [use for use in dict.fromkeys(grid["use"]) if use not in set(own["use"])]
    missing = f" No print for the month: {join_words(absent)}." if absent else ""
    head = f"Of {count_of(len(own), 'end use')} with a print for {period_name(month)} {falling} fell on the year."
    compared = "" if len(alike) == len(own) else " of those with a change of the month itself"
    return (f"{head} Most{compared}: {first['use']} {percent(first['value'])}{_since(first)}; least: {last['use']} "
            f"{percent(last['value'])}{_since(last)}.{missing}")


def _since(row: pd.Series) -> str:
    return " since January" if row["measure"] == "ytd_yoy" else ""


def growth_alt(grid: pd.DataFrame, month: str) -> str:
    """Return the text alternative of the growth grid: the figures of the month."""
    own = grid[grid["period"] == month]
    told = [f"{row['use']} {percent(row['value'])}{_since(row)}" for _, row in own.iterrows()]
    return f"Growth on the year in {period_name(month)}: {join_words(told) or 'no print'}."


LATEST = {
    "robot.industrial.output.cn": "Industrial robots made", "robot.service.output.cn": "Service robots made",
    "aircon.output.cn": "Air conditioners made", "aircon.export.cn": "Air conditioners exported",
    "smartphone.output.cn": "Smartphones made", "ebike.output.cn": "Electric bicycles made",
    "wind.installed.cn": "Wind power installed", "wind_turbine.output.cn": "Wind turbines made",
    "titanium.sponge.output.cn": "Titanium sponge made", "titanium.sponge.export.cn": "Titanium sponge exported",
}


def vehicle_claims(edition) -> pd.DataFrame:
    """Return the claims on a month's vehicles made: the sentence that `downstream.take_apart` takes apart."""
    claims = edition.claims
    monthly = claims[(claims["chapter"] == "downstream_demand") & (claims["period"].str.len() == 7)]
    about = monthly["series"].isin(["auto.output.cn", "nev.penetration.cn"])
    return monthly[about & monthly["check"].isin(["level", "change", "share", "share_change"])].reset_index(drop=True)


def apart_table(edition, apart: pd.DataFrame) -> Html:
    """Return the parts of the sentence: printed figure, what it is said to be, what the ledger has, what it fits."""
    if apart.empty:
        return gap(f"No note known to the edition of {period_name(edition.month)} says anything of a month's vehicles.")
    return table(pd.DataFrame({
        "It says": apart["statement"], "Printed": apart["printed"],
        "The ledger has": [_interval(row) for _, row in apart.iterrows()],
        "Holds": apart["holds"],
        "The figure is the": [join_words(fits, "or") for fits in apart["fits"]],
    }), "The sentence in its parts; printed digits leave an interval where two ends stand")


def _interval(row: pd.Series) -> str:
    unit = {"level": "", "share_change": "pp"}.get(row["key"].split(":")[0], "%")
    if pd.isna(row["value"]):
        return ""
    if not unit:
        return number(row["value"], "", 1000)
    if row["high"] - row["low"] < 0.11:
        return number(row["value"], unit, 0.1)
    return f"{number(row['low'], '', 0.1)} to {number(row['high'], unit, 0.1)}"


def apart_sentences(apart: pd.DataFrame, period: str) -> list[str]:
    """Return what is right and what is exchanged in the sentence.

    Args:
        apart: As of `downstream.take_apart`.
        period: Month that the sentence speaks of.
    """
    said = []
    for _, row in apart[apart["holds"] == "no"].iterrows():
        names = join_words(row["fits"], "or the")
        fits = f"; the figure is the {names}" if names else "; no figure known here fits"
        said.append(f"\u201c{row['printed']}\u201d: the ledger has {_interval(row)} for what it is said to be{fits}.")
    if said:
        said.insert(0, f"The sentence on the vehicles of {period_name(period)} gives a wrong name to some figures.")
    for held, words in (("yes", "Right as they stand"), ("open", "Not to be told by this edition")):
        figures = apart.loc[apart["holds"] == held, "printed"].tolist()
        said += [f"{words}: {join_words(figures)}."] if figures else []
    return said
