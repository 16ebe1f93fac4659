"""Numbers of the chapter on rare earths: prices in and outside China, magnets through the controls, quotas, robots."""

import pandas as pd

from metalsbook.analysis import rare_earths as sums
from metalsbook.analysis import scenarios
from metalsbook.analysis.intervals import change_pct, with_ends
from metalsbook.names import bare_title
from metalsbook.page.facts.series import agreed, between, facts_of, last_of, tonnages, without_copies
from metalsbook.page.narrative import since_january

OXIDE, METAL = "ree.price.prnd_oxide.cn", "ree.price.prnd_metal.cn"
DYSPROSIUM, TERBIUM = "ree.price.dy_oxide.cn", "ree.price.tb_oxide.cn"
EXPORTS, MAGNETS = "ree.export.total.cn", "ree.export.magnet.cn"
QUOTA = "ree.quota.mining.cn"
CONTROLS = "rare earth export control"
PLACES = {"European Union": "EU", "United States": "USA", "Japan": "JPN"}
FOLLOWS_PP = 5
"""A raw material follows the oxide where its index lies at most so many points from the oxide's."""
_DEMAND = "humanoid.ndfeb.demand"
_WEIGHTS, _METAL_ALONE = ["humanoid.ndfeb.kg_per_robot", "ndfeb.per_humanoid"], "humanoid.ndpr.kg_per_robot"
_ROBOTS = {
    "humanoid.shipments.world.goldman": "Goldman Sachs",
    "humanoid.shipments.world.omdia": "Omdia",
    "humanoid.shipments.world.trendforce": "TrendForce",
    "humanoid.shipments.world.counterpoint": "Counterpoint",
    "humanoid.shipments.world.bofa": "Bank of America",
    "humanoid.output.world": "",
    "humanoid.shipments.world": "page of mixed sources",
}
_LAST_YEAR = 2035
_SCALE = {
    "ndfeb.output.world": "World output of magnets",
    "ndfeb.output.cn": "China's output of magnets",
    "ndfeb.demand.nev.world": "New-energy vehicles, world or China",
    "ndfeb.demand.nev.cn": "New-energy vehicles, China",
    "ndfeb.demand.wind": "Wind turbines",
    _DEMAND: "Humanoid robots, world",
}


def licences(edition) -> dict[str, object]:
    """Return the last published exports of dysprosium and terbium, and the price MP Materials is guaranteed.

    Returns:
        exports (statements with name and mom, or mom None); floor (statement or None) and inside (the month's mean
        without tax, USD/kg, or None); rate and vat that are assumed.
    """
    asked = {"dysprosium": "ree.export.dy.cn", "terbium": "ree.export.tb.cn"}
    rows = [row | {"name": name} for name, one in asked.items() if (row := last_of(edition.printed_months(one)))]
    told = [row | {"mom": agreed(edition, row["series"], "mom", row["period"])} for row in rows]
    floor, oxide = last_of(edition.latest("ree.price.floor.ndpr.mp")), facts_of(edition, OXIDE)["now"]
    facts = {"month": edition.month, "exports": told, "rate": sums.CNY_PER_USD, "vat": sums.VAT_PCT, "floor": floor}
    return facts | {"inside": oxide and oxide.best / sums.CNY_T_PER_USD_KG}


def followed(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return whether raw materials rose as the oxide did, and the last step of Northern Rare Earth's contract price.

    `rows`: columns name, date, best: an index that is 100 for each at about the same time.

    Returns:
        moves [(name, per cent)] since (a day), none where the oxide has no other beside it; behind [names]; listed: the
        last two prices of quarters (statements of their first months).
    """
    # An old quote says nothing of where the material stands now.
    last = rows[rows["date"] >= edition.month].groupby("name", sort=False)["best"].last()
    listed = edition.printed_months("ree.list.concentrate.northern").tail(2).to_dict("records")
    facts: dict[str, object] = {"month": edition.month, "moves": [], "behind": [], "listed": listed}
    if "Pr-Nd oxide" in last and len(last) > 1:
        facts["behind"] = last.index[last < last["Pr-Nd oxide"] - FOLLOWS_PP].tolist()
        facts["moves"] = list((last.sort_values(ascending=False) - 100).items())
        facts["since"] = rows["date"].min().strftime("%Y-%m-%d")
    return facts


def magnets(edition) -> dict[str, object]:
    """Return `facts_of` magnet exports and their course through the controls.

    Returns:
        As `facts_of`; start (month of the first controls, "" where none has begun), base (`Interval`) with base_month
        before them, trough with trough_month and fall (per cent), regained (month) or ""; highest_since: the last month
        above the edition's ("" where it is not the highest of at least three); output (of sintered blanks in the month,
        a statement or None).
    """
    output = edition.figure("ndfeb.output.sintered.cn")
    facts = facts_of(edition, MAGNETS) | {"start": "", "highest_since": "", "output": output}
    figures, now = facts["figures"], facts["now"]
    start = min(edition.calendar.loc[edition.calendar["topic"] == CONTROLS, "date"].str[:7], default="9999")
    before, since = ([month for month in figures if (month < start) == earlier] for earlier in (True, False))
    if before and since:
        base_month, trough_month = before[-1], min(since, key=lambda month: figures[month].best)
        base, trough = figures[base_month], figures[trough_month]
        again = (month for month in since if month > trough_month and figures[month].low >= base.high)
        facts |= {"start": start, "base": base, "base_month": base_month, "trough": trough}
        facts |= {"trough_month": trough_month, "fall": change_pct(trough, base), "regained": next(again, "")}
    if now:
        higher = max((month for month, figure in figures.items() if figure.best > now.best), default="")
        if sum(higher < month < facts["month"] for month in figures) >= 3:
            facts["highest_since"] = higher
    return facts


def quota(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return the course of the quotas, and what is known of the edition's own year.

    `rows`: one figure a year: columns name ("mining" or another), year (number), best (t), rival (t or NaN).

    Returns:
        mining, each with its step on the year before (per cent), and smelting: records of the years; published (whether
        the edition's year has a quota), else headlines [(title, publisher)] on it.
    """
    own_year = edition.month[:4]
    mining, smelting = (rows[own] for own in (rows["name"] == "mining", rows["name"] != "mining"))
    mining = mining.assign(step=100 * (mining["best"] / mining["best"].shift() - 1))
    facts = {
        "month": edition.month,
        "published": int(own_year) in set(mining["year"]),
        "mining": mining.to_dict("records"),
        "smelting": smelting.to_dict("records"),
        "headlines": [],
    }
    if not facts["published"]:
        used = edition.rows_under("ree.quota.")["source"]
        pages = edition.sources[edition.sources["source"].isin(used)].sort_values("source")
        pages = pages[(pages["published"] >= own_year) | pages["title"].str.contains(own_year, regex=False)]
        pages = pages[pages["title"].str.contains("quota", case=False)]
        facts["headlines"] = list(zip(pages["title"].map(bare_title), edition.who(pages["source"]), strict=True))
    return facts


def producers(edition) -> pd.DataFrame:
    """Return mine output and reserves by country for the last year that has China's output.

    A page that gives for China what was the quota of an earlier year is left out of that year.

    Returns:
        Columns low, high (t of output), name, year, share (% of the greatest world total), reserves (t, the greatest
        figure), best, unit, who; largest first.
    """
    year = max(edition.years("ree.output.chn")["period"], default="")
    rows = edition.rows_under("ree.output.", "ree.reserves.")
    rows = rows[(rows["period"] == year) & ~rows["source"].isin(_stale(edition, year))]
    spans = rows[rows["measure"] == "level"].groupby("series")["value"].agg(low="min", high="max")
    mined = spans[spans.index.str.fullmatch(r"ree\.output\.[a-z]{3}")]
    reserves = spans["high"].reindex(mined.index.str.replace("output", "reserves"))
    return mined.assign(
        name=mined.index.map(edition.series.set_index("series")["place"]),
        year=year,
        share=100 * mined["high"] / edition.prints("ree.output.world", "level", year)["value"].max(),
        reserves=reserves.to_numpy(),
        best=(mined["low"] + mined["high"]) / 2,
        unit="t",
        who=", ".join(rows.loc[rows["series"].str.startswith("ree.output."), "who"].unique()),
    ).sort_values(["high", "name"], ascending=[False, True], ignore_index=True)


def _stale(edition, year: str) -> set[str]:
    """Return the sources that give for China's output of a year what was the quota of an earlier one."""
    quotas, prints = edition.years(QUOTA), edition.prints("ree.output.chn", "level", year)
    own, old = (set(quotas.loc[which, "value"]) for which in (quotas["period"] == year, quotas["period"] < year))
    return set(prints.loc[prints["value"].isin(old - own), "source"])


def supply(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return China's share of the world's mine output (`producers`) and whether its figure is that of the quota.

    Returns:
        year ("" where unknown), mined (t), world (`Interval`, t, or None), is_quota, left_out (publishers whose figure
        for China is an old quota).
    """
    china = rows[rows["name"] == "China"]
    if china.empty:
        return {"month": edition.month, "year": ""}
    year, mined = china["year"].iloc[0], china["high"].iloc[0]
    world = edition.prints("ree.output.world", "level", year)["value"]
    quotas = edition.years(QUOTA)
    return {
        "month": edition.month,
        "year": year,
        "mined": mined,
        "world": between(*world) if len(world) else None,
        "is_quota": mined in set(quotas.loc[quotas["period"] == year, "value"]),
        "left_out": sorted({edition.who(source) for source in _stale(edition, year)}),
    }


def robots(edition) -> dict[str, object]:
    """Return what a note's path of magnets in humanoid robots implies, and what others say of it.

    Returns:
        path: None or a `StatedPath` of who; rivals: what others expect (statements); kg (`Interval` a robot); forecasts
        of robots for their last year (low, high, year, who).
    """
    path = scenarios.stated_path(edition.claims, _DEMAND)
    weights = with_ends(edition.rows_of(*_WEIGHTS))
    if alone := scenarios.quoted_range(edition.rows_of(_METAL_ALONE)):
        # What others state of neodymium and praseodymium alone is no weight of magnets.
        weights = weights[(weights["low"] < alone[0]) | (weights["high"] > alone[1])]
    kg = between(*(scenarios.quoted_range(weights) or scenarios.HUMANOID_NDFEB_KG))
    stated = without_copies(edition.rows_of(*_ROBOTS), edition.sources)
    ahead = scenarios.forecasts(stated, _ROBOTS, edition.publishers.to_dict()).query("year <= @_LAST_YEAR")
    last = ahead[ahead["year"] == ahead["year"].max()].to_dict("records")
    facts = {"month": edition.month, "path": None, "kg": kg, "rivals": [], "forecasts": last}
    if path is None:
        return facts
    rows = without_copies(edition.rows_of(_DEMAND), edition.sources)
    rows = rows[(rows["measure"] == "forecast") & (rows["source"] != path.note)]
    rows = rows[rows["period"].between(str(path.first), str(path.last)) & (rows["period"].str.len() == 4)]
    rivals = rows.drop_duplicates("period", keep="last").sort_values("period").to_dict("records")
    return facts | {"path": path, "who": edition.who(path.note).split(",")[0], "rivals": rivals}


def scale(edition) -> pd.DataFrame:
    """Return tonnages of magnets to compare, the last of each use: columns name, low, best, high (t), unit, who."""
    rows = without_copies(edition.rows_of(*_SCALE), edition.sources)
    rows = rows[rows["measure"].isin(["level", "ytd", "forecast"]) & (rows["period"] >= "2020")]
    rows = rows[(rows["period"].str.len() == 4) | (rows["measure"] == "ytd")]
    path = scenarios.stated_path(edition.claims, _DEMAND)
    found = []
    for series, own in rows.groupby("series"):
        # The newest figure; of forecasts alone the nearest year.
        level = own[own["measure"] != "forecast"]
        period = level["period"].max() if len(level) else own["period"].min()
        own = (level if len(level) else own).query("period == @period")
        name = f"{_SCALE[series]}, {since_january(period)}{'' if len(level) else ' forecast'}"
        found.append((name, own["value"].min(), own["value"].max(), own["who"].iloc[0]))
    if path is not None:
        end = path.end.best
        found.append((f"Humanoid robots, {path.last}, the note's path", end, end, edition.who(path.note)))
    return tonnages(pd.DataFrame(found, columns=["name", "low", "high", "who"]))
