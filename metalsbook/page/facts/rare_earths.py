"""Numbers of the chapter on rare earths: prices in and outside China, magnets through the controls, quotas, robots."""

import pandas as pd

from metalsbook.analysis import exports, scenarios
from metalsbook.analysis import rare_earths as sums
from metalsbook.analysis.intervals import Interval, change_pct
from metalsbook.analysis.prices import ratio_on_same_days
from metalsbook.months import step_month
from metalsbook.names import bare_title, base_name
from metalsbook.page.cited import without_copies
from metalsbook.page.facts.prices import quoted
from metalsbook.page.facts.series import agreed, between, facts_of, figure_at, interval_of, printed_of
from metalsbook.page.narrative import period_name, since_january

OXIDE, METAL = "ree.price.prnd_oxide.cn", "ree.price.prnd_metal.cn"
DYSPROSIUM, TERBIUM = "ree.price.dy_oxide.cn", "ree.price.tb_oxide.cn"
EXPORTS, MAGNETS = "ree.export.total.cn", "ree.export.magnet.cn"
CONTROLS = "rare earth export control"
ABROAD = {
    "Dysprosium oxide": (DYSPROSIUM, "ree.price.dy.rotterdam"),
    "Terbium oxide": (TERBIUM, "ree.price.tb.rotterdam"),
    "Yttrium oxide": ("ree.price.y_oxide.cn", "ree.price.y.rotterdam"),
    "Pr-Nd oxide": (OXIDE, "ree.price.prnd_oxide.rotterdam"),
}
PLACES = {"European Union": "EU", "United States": "USA", "Japan": "JPN"}
PLACE = "ree.export.magnet.cn.to."
IMPORTS = {
    "All rare earths": "ree.import.total.cn",
    "Concentrate": "ree.import.concentrate.cn",
    "Rare-earth metal ore": "ree.import.metal_ore.cn",
    "Oxides not listed by name": "ree.import.unlisted_reo.cn",
    "Carbonate": "ree.import.carbonate.cn",
    "From Myanmar": "ree.import.from.mmr.cn",
}
PRODUCERS = {
    "chn": "China",
    "usa": "United States",
    "mmr": "Myanmar",
    "aus": "Australia",
    "nga": "Nigeria",
    "tha": "Thailand",
    "ind": "India",
    "rus": "Russia",
    "bra": "Brazil",
}
_LATE_DAYS = 45
FOLLOWS_PP = 5
"""A raw material follows the oxide where its index lies at most so many points from the oxide's."""
_QUOTAS = {"mining": "ree.quota.mining.cn", "smelting and separation": "ree.quota.smelting.cn"}
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


def prnd(edition) -> dict[str, object]:
    """Return `facts.prices.quoted` of Pr-Nd oxide, with those of the metal as `metal`."""
    return quoted(edition, OXIDE) | {"metal": facts_of(edition, METAL)}


def prices_test(edition) -> dict[str, object]:
    """Return whether the prices of metal and oxide fit together on the days that have both.

    Returns:
        n, n_out (pairs outside the usual band) with low and high of the band; last_out (its day) or ""; own: the
        month's ratios (`Interval`) or None, with n_own and fits; left: what a tonne of metal leaves over its oxide
        (CNY, `Interval`) on left_day, or None; needed (t of oxide a tonne of metal takes).
    """
    oxide, metal = edition.quotes(OXIDE), edition.quotes(METAL)
    ratios = sums.mark_band(ratio_on_same_days(metal, oxide))
    own, odd = ratios[ratios["period"].str.startswith(edition.month)], ratios[~ratios["inside"]]
    facts: dict[str, object] = {"month": edition.month, "n": len(ratios), "n_out": len(odd), "own": None, "left": None}
    facts |= {"low": sums.RATIO_BAND[0], "high": sums.RATIO_BAND[1], "needed": sums.oxide_per_metal()}
    facts["last_out"] = odd["period"].iloc[-1] if len(odd) else ""
    if len(own):
        values = own["value"]
        facts |= {"own": Interval(values.min(), values.max(), values.mean()), "n_own": len(own)}
        facts["fits"] = bool(own["inside"].all())
        day = own["period"].iloc[-1]
        above, below = (interval_of(rows[rows["period"] == day].iloc[0]) for rows in (metal, oxide))
        facts |= {"left": above - below.scaled(facts["needed"]), "left_day": day}
    return facts


def abroad(edition) -> pd.DataFrame:
    """Return what oxides cost in Europe beside China in the last month (or day) that has both.

    Returns:
        Columns Oxide, When, "China, USD/kg" (tax taken out at the assumed rate), "Europe, USD/kg", "Europe over China".
    """
    rows = []
    for name, (inside, outside) in ABROAD.items():
        quotes, dear = edition.quotes(inside), edition.latest(outside) if edition.has(outside) else pd.DataFrame()
        if quotes.empty or dear.empty:
            continue
        found = sums.premium_abroad(quotes, dear)
        days = sums.premium_on_days(quotes, dear[dear["period"].isin(quotes["period"])])
        if len(days):
            last = days.iloc[-1]
            times = (
                f"{last['low']:.1f} to {last['high']:.1f}"
                if last["high"] - last["low"] > 0.05
                else f"{last['low']:.1f}"
            )
            when = pd.Timestamp(last["period"]).strftime("%-d %B %Y")
        elif len(found):
            last = found.iloc[-1]
            times, when = f"{last['value']:.1f}", pd.Timestamp(last["period"]).strftime("%B %Y")
        else:
            continue
        rows.append((name, when, last["inside_usd_kg"], last["outside_usd_kg"], times))
    return pd.DataFrame(rows, columns=["Oxide", "When", "China, USD/kg", "Europe, USD/kg", "Europe over China"])


def licences(edition) -> dict[str, object]:
    """Return the last published exports of dysprosium and terbium, and the price MP Materials is guaranteed.

    Returns:
        exports [(name, figure, change or None, month)]; floor (USD/kg) with floor_month and floor_times the month's
        mean inside China without tax, or None; rate and vat that are assumed.
    """
    told = []
    for series, name in (("ree.export.dy.cn", "dysprosium"), ("ree.export.tb.cn", "terbium")):
        rows = edition.printed_months(series)
        for _, row in rows.tail(1).iterrows():
            told.append((name, printed_of(row), agreed(edition, series, "mom", row["period"]), row["period"]))
    facts: dict[str, object] = {"month": edition.month, "exports": told, "floor": None}
    facts |= {"rate": sums.CNY_PER_USD, "vat": sums.VAT_PCT}
    price, oxide = edition.latest("ree.price.floor.ndpr.mp"), facts_of(edition, OXIDE)["now"]
    if len(price) and oxide:
        inside = oxide.best / 1000 / sums.CNY_PER_USD / (1 + sums.VAT_PCT / 100)
        row = price.iloc[-1]
        facts |= {"floor": row["value"], "floor_month": row["period"], "floor_times": row["value"] / inside}
    return facts


def chain(edition) -> pd.DataFrame:
    """Return Pr-Nd oxide and what it is made from as an index: the first quote since a year ended is 100.

    Returns:
        Columns name, date (the last quote of a week), best (index), unit, who.
    """
    named = {
        "Pr-Nd oxide": OXIDE,
        "carbonate": "ree.price.carbonate.cn",
        "monazite": "ree.price.monazite.cn",
        "medium-yttrium ore": "ree.price.midy_ore.cn",
    }
    base = f"{base_year(edition)}-12-31"
    rows = pd.concat([sums.index_of(edition.quotes(one), base).assign(name=name) for name, one in named.items()])
    # What was first quoted late has another start than the rest.
    rows = rows[rows.groupby("name")["date"].transform("min") <= pd.Timestamp(base) + pd.Timedelta(days=_LATE_DAYS)]
    rows = rows.assign(week=rows["date"].dt.strftime("%G-%V")).drop_duplicates(["name", "week"], keep="last")
    who = edition.who(rows["source"])
    rows = rows.assign(best=rows["value"], unit="", who=who)
    return rows[["name", "date", "best", "unit", "who"]].reset_index(drop=True)


def base_year(edition) -> int:
    """Return the year whose end the index starts from: so long ago that there is a course to see."""
    return int(step_month(edition.month, -3)[:4]) - 1


def followed(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return whether raw materials rose as the oxide did, and the last step of Northern Rare Earth's contract price.

    Args:
        edition: The edition.
        rows: Result of `chain`.

    Returns:
        base (the year whose end the index starts from); answer ("yes", "no", "in part" or ""), since (day), behind
        [names]; moves [(name, per cent)]; listed (CNY/t), listed_change (per cent) and quarter (its first month), or
        listed None.
    """
    # An old quote says nothing of where the material stands now.
    own = rows[rows["date"] >= pd.Timestamp(edition.month)]
    last = own.groupby("name", sort=False)["best"].last()
    facts: dict[str, object] = {"month": edition.month, "answer": "", "listed": None, "base": base_year(edition)}
    if "Pr-Nd oxide" in last and len(last) > 1:
        others = last.drop("Pr-Nd oxide") - last["Pr-Nd oxide"]
        behind = others.index[others < -FOLLOWS_PP].tolist()
        facts["answer"] = "yes" if not behind else "no" if len(behind) == len(others) else "in part"
        facts |= {"behind": behind, "since": rows["date"].min().strftime("%Y-%m-%d")}
        facts["moves"] = [(name, value - 100) for name, value in last.sort_values(ascending=False).items()]
    listed = edition.printed_months("ree.list.concentrate.northern")
    if len(listed) > 1:
        now, before = listed.iloc[-1], listed.iloc[-2]
        facts |= {"listed": now["value"], "quarter": now["period"]}
        facts["listed_change"] = 100 * (now["value"] / before["value"] - 1)
    return facts


def worth(edition) -> pd.DataFrame:
    """Return what an exported tonne was worth: columns Product, Span, "USD/t" (value over tonnes), "As published"."""
    products = {
        "Rare earths": ("ree.export.value.cn", EXPORTS, "ree.export.unit_value.cn"),
        "Magnets": ("ree.export.magnet.value.cn", MAGNETS, "ree.export.magnet.unit_value.cn"),
    }
    rows = exports.unit_values(edition.rows_under("ree.export."), products)
    rows = rows[rows["period"] >= str(int(edition.month[:4]) - 2)].sort_values("period", ascending=False, kind="stable")
    periods = zip(rows["period"], rows["measure"], strict=True)
    named = [period_name(one) if measure == "level" else since_january(one) for one, measure in periods]
    shown = {"Product": rows["product"], "Span": named, "USD/t": rows["best"], "As published": rows["printed"]}
    return pd.DataFrame(shown).reset_index(drop=True)


def magnets(edition) -> dict[str, object]:
    """Return `facts_of` magnet exports and their course through the controls.

    Returns:
        As `facts_of`; start (month of the first controls, "" where none has begun), base (`Interval`) with base_month
        before them, trough with trough_month and fall (per cent), regained (month) or ""; highest_since: the last month
        above the edition's ("" where it is not the highest of at least three); output_share (per cent of sintered
        blanks) with output_who, or None.
    """
    facts, month = facts_of(edition, MAGNETS), edition.month
    rows = edition.months(MAGNETS, 36).dropna(subset=["best"])
    rows = rows.assign(period=rows["month"].dt.strftime("%Y-%m"))
    months = sorted(set(edition.calendar.loc[edition.calendar["topic"] == CONTROLS, "date"].str[:7]))
    facts |= {"start": "", "highest_since": "", "output_share": None}
    before, since = rows[rows["period"] < (months or [""])[0]], rows[rows["period"] >= (months or ["9"])[0]]
    if len(before) and len(since):
        base, trough = before.iloc[-1], since.loc[since["best"].idxmin()]
        again = since[(since["period"] > trough["period"]) & (since["low"] >= base["high"])]
        facts |= {
            "start": months[0],
            "base": interval_of(base),
            "base_month": base["period"],
            "trough": interval_of(trough),
            "trough_month": trough["period"],
            "fall": change_pct(interval_of(trough), interval_of(base)),
            "regained": again["period"].iloc[0] if len(again) else "",
        }
    if facts["now"]:
        higher = rows.loc[(rows["best"] > facts["now"].best) & (rows["period"] < month), "period"].max()
        between = rows[(rows["period"] < month) & (rows["period"] > (higher if pd.notna(higher) else ""))]
        facts["highest_since"] = higher if len(between) >= 3 and pd.notna(higher) else ""
        made = edition.figure("ndfeb.output.sintered.cn")
        if made is not None:
            facts |= {"output_share": 100 * facts["now"].best / made["value"], "output": printed_of(made)}
            facts["output_who"] = edition.who(made["source"])
    return facts


def places(edition) -> dict[str, object]:
    """Return the destinations of magnets that somebody published for the month.

    Returns:
        told [(name, figure, share of all in per cent or None, mom or None, yoy or None)]; missing [names].
    """
    month, whole = edition.month, facts_of(edition, MAGNETS)["now"]
    told, missing = [], []
    for name, code in PLACES.items():
        figure = figure_at(edition.months(PLACE + code, 1), month) if edition.has(PLACE + code) else None
        if figure is None:
            missing.append(name)
            continue
        share = 100 * figure.best / whole.best if whole else None
        rates = (agreed(edition, PLACE + code, measure, month) for measure in ("mom", "yoy"))
        told.append((name, figure, share, *rates))
    return {"month": month, "told": told, "missing": missing}


def quotas(edition) -> pd.DataFrame:
    """Return China's yearly quotas, one figure a year: columns name, year (number), best (t), rival, unit, who."""
    frames = []
    for name, series in _QUOTAS.items():
        rows = sums.settle_rivals(edition.prints(series), edition.prints(series, "yoy"))
        frames.append(rows.assign(name=name, who=edition.who(rows["source"])))
    rows = pd.concat(frames, ignore_index=True)
    rows = rows.assign(year=rows["period"].astype(int), best=rows["value"], unit="t")
    return rows[["name", "year", "best", "rival", "unit", "who"]]


def quota(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return the course of the quotas, and what is known of the edition's own year.

    Args:
        edition: The edition.
        rows: Result of `quotas`.

    Returns:
        year (of the last mining quota, "" where none), mining, first_year, first, step and fastest (per cent) with
        fastest_year; smelting; rival (t) with rival_year, or None; published (whether the edition's year has a quota);
        own_year; headlines [(title, publisher)] on it.
    """
    own_year = edition.month[:4]
    mining = rows[rows["name"] == "mining"]
    smelting = rows[rows["name"] != "mining"]
    facts: dict[str, object] = {"month": edition.month, "year": "", "own_year": own_year, "rival": None}
    facts |= {"published": own_year in set(mining["year"].astype(str)), "smelting": None, "headlines": []}
    if len(mining):
        steps = 100 * (mining["best"] / mining["best"].shift() - 1)
        facts |= {
            "year": str(mining["year"].iloc[-1]),
            "mining": float(mining["best"].iloc[-1]),
            "step": steps.iloc[-1],
        }
        facts |= {"first_year": str(mining["year"].iloc[0]), "first": float(mining["best"].iloc[0])}
        if steps.notna().any():
            facts |= {"fastest": steps.max(), "fastest_year": str(mining.loc[steps.idxmax(), "year"])}
        odd = mining.dropna(subset=["rival"])
        if len(odd):
            facts |= {"rival": float(odd["rival"].iloc[-1]), "rival_year": str(odd["year"].iloc[-1])}
    if len(smelting):
        facts |= {"smelting": float(smelting["best"].iloc[-1]), "smelting_year": str(smelting["year"].iloc[-1])}
    if not facts["published"]:
        used = set(edition.rows_under("ree.quota.")["source"])
        pages = edition.sources[edition.sources["source"].isin(used)].sort_values("source")
        pages = pages[(pages["published"] >= own_year) | pages["title"].str.contains(own_year, regex=False)]
        pages = pages[pages["title"].str.contains("quota", case=False)]
        facts["headlines"] = [(bare_title(row["title"]), base_name(row["publisher"])) for _, row in pages.iterrows()]
    return facts


def producers(edition) -> pd.DataFrame:
    """Return mine output and reserves by country for the last year that has China's output.

    A page that gives for China what was the quota of an earlier year is left out of that year.

    Returns:
        Columns name, year, low, best, high (t of output), share (% of the greatest world total), reserves (t, the
        greatest figure), unit, who; largest first.
    """
    columns = ["name", "year", "low", "best", "high", "share", "reserves", "unit", "who"]
    years = edition.years("ree.output.chn")
    if years.empty:
        return pd.DataFrame(columns=columns)
    year, stale = years["period"].max(), _stale(edition, years["period"].max())
    rows = edition.rows_under("ree.output.")
    mined = sums.rival_prints(rows, "ree.output.", PRODUCERS, year, frozenset(stale))
    held = sums.rival_prints(edition.rows_under("ree.reserves."), "ree.reserves.", PRODUCERS, year, frozenset(stale))
    world = edition.prints("ree.output.world", "level", year)["value"].max()
    named = rows[(rows["period"] == year) & ~rows["source"].isin(stale)]
    who = ", ".join(dict.fromkeys(edition.who(named["source"])))
    table = mined.assign(
        name=mined["place"],
        year=year,
        best=(mined["low"] + mined["high"]) / 2,
        share=100 * mined["high"] / world,
        reserves=mined["code"].map(held.set_index("code")["high"]),
        unit="t",
        who=who,
    )
    return table[columns]


def _stale(edition, year: str) -> set[str]:
    """Return the sources that give for China's output of a year what was the quota of an earlier one."""
    quota_rows = edition.years(_QUOTAS["mining"])
    old = set(quota_rows.loc[quota_rows["period"] < year, "value"])
    old -= set(quota_rows.loc[quota_rows["period"] == year, "value"])
    prints = edition.prints("ree.output.chn", "level", year)
    return set(prints.loc[prints["value"].isin(old), "source"])


def supply(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return China's share of the world's mine output and whether its figure is that of the quota.

    Args:
        edition: The edition.
        rows: Result of `producers`.

    Returns:
        year ("" where unknown), mined (t), world (`Interval`, t), share (`Interval`, per cent), is_quota, left_out
        (publishers whose figure for China is an old quota).
    """
    china = rows[rows["name"] == "China"]
    facts: dict[str, object] = {"month": edition.month, "year": "", "left_out": []}
    if china.empty:
        return facts
    row, year = china.iloc[0], china["year"].iloc[0]
    world = edition.prints("ree.output.world", "level", year)["value"]
    quota_rows = edition.years(_QUOTAS["mining"])
    stale = edition.sources.loc[edition.sources["source"].isin(_stale(edition, year)), "publisher"]
    facts |= {"year": year, "mined": row["high"], "left_out": sorted(set(stale.map(base_name)))}
    facts["is_quota"] = row["high"] in set(quota_rows.loc[quota_rows["period"] == year, "value"])
    if len(world):
        facts["world"] = Interval(world.min(), world.max(), world.mean())
        facts["share"] = Interval(100 * row["high"] / world.max(), 100 * row["high"] / world.min(), row["share"])
    else:
        facts |= {"world": None, "share": None}
    return facts


def robots(edition) -> dict[str, object]:
    """Return what a note's path of magnets in humanoid robots implies, and what others say of it.

    Returns:
        path: None or a dict of who, end (t), last, rate (per cent), first, base (`Interval`, t); kg (`Interval` a
        robot), end_robots (`Interval`); rivals [(year, path's `Interval`, other, who)]; forecasts
        (`Interval` of robots) of forecast_year by forecast_who, need (`Interval`, t), or None.
    """
    path = scenarios.stated_path(edition.claims, _DEMAND)
    weights = edition.rows_of(*_WEIGHTS)
    alone = scenarios.quoted_range(edition.rows_of(_METAL_ALONE))
    if alone and len(weights):
        # What others state of neodymium and praseodymium alone is no weight of magnets.
        low, high = weights["low"].fillna(weights["value"]), weights["high"].fillna(weights["value"])
        weights = weights[~((low >= alone[0]) & (high <= alone[1]))]
    kg = Interval(*(scenarios.quoted_range(weights) or scenarios.HUMANOID_NDFEB_KG), 0.0)
    facts: dict[str, object] = {"month": edition.month, "path": None, "kg": kg, "rivals": [], "forecasts": None}
    publishers = edition.publishers.to_dict()
    ahead = scenarios.forecasts(without_copies(edition.rows_of(*_ROBOTS), edition.sources), _ROBOTS, publishers)
    ahead = ahead[ahead["year"] <= _LAST_YEAR]
    if len(ahead):
        last = ahead[ahead["year"] == ahead["year"].max()]
        low, high = last["low"].min(), last["high"].max()
        facts |= {"forecasts": Interval(low, high, high), "forecast_year": str(last["year"].iloc[0])}
        facts["need"] = Interval(low * kg.low / 1000, high * kg.high / 1000, 0.0)
        facts["forecast_who"] = sorted(set(last["who"]))
    if path is None:
        return facts
    years = path.unrolled().set_index("period")
    base = years.iloc[0]
    note = edition.source(path.note) or {"publisher": "the note"}
    facts["path"] = {
        "who": base_name(note["publisher"]).split(",")[0],
        "end": path.end[0],
        "last": str(path.last),
        "rate": path.rate_pct[0],
        "first": str(path.first),
        "base": Interval(base["low"], base["high"], base["value"]),
    }
    facts["end_robots"] = Interval(1000 * path.end[1] / kg.high, 1000 * path.end[2] / kg.low, 0.0)
    rows = without_copies(edition.rows_of(_DEMAND), edition.sources)
    rows = rows[(rows["measure"] == "forecast") & (rows["source"] != path.note) & rows["period"].isin(years.index)]
    for period, group in rows.groupby("period"):
        own, last = years.loc[period], group.iloc[-1]
        span = Interval(own["low"], own["high"], own["value"])
        facts["rivals"].append((period, span, printed_of(last), edition.who(last["source"])))
    return facts


def scale(edition) -> pd.DataFrame:
    """Return tonnages of magnets to compare, the last of each use: columns name, low, best, high (t), unit, who."""
    rows = without_copies(edition.rows_of(*_SCALE), edition.sources)
    rows = rows[rows["measure"].isin(["level", "ytd", "forecast"]) & (rows["period"] >= "2020")]
    rows = rows[(rows["period"].str.len() == 4) | (rows["measure"] == "ytd")]
    path = scenarios.stated_path(edition.claims, _DEMAND)
    found = []
    for series, own in rows.groupby("series"):
        # Of forecasts the nearest year; else the newest figure.
        level = own[own["measure"] != "forecast"]
        own = level if len(level) else own
        period = own["period"].max() if len(level) else own["period"].min()
        own = own[own["period"] == period]
        when = since_january(period)
        name = f"{_SCALE[series]}, {when}{'' if len(level) else ' forecast'}"
        found.append((name, own["value"].min(), own["value"].max(), own["source"].iloc[0]))
    if path is not None:
        found.append((f"Humanoid robots, {path.last}, the note's path", path.end[0], path.end[0], path.note))
    frame = pd.DataFrame(found, columns=["name", "low", "high", "source"])
    who = edition.who(frame["source"])
    frame = frame.assign(best=(frame["low"] + frame["high"]) / 2, unit="t", who=who).drop(columns="source")
    return frame.sort_values(["high", "name"], ascending=[False, True], ignore_index=True)


def vehicles(edition) -> dict[str, object]:
    """Return what magnets in China's new-energy vehicles come to a vehicle, and the note's path beside them.

    Returns:
        tonnes (`Interval`, t since January) with until (month) and who, made (vehicles), kg (`Interval` a vehicle),
        stated (`Interval`, kg) and fits; all None where no source gives them.
    """
    demand = edition.latest("ndfeb.demand.nev.cn", "ytd")
    made = edition.latest("nev.output.cn", "ytd").set_index("period")
    demand = demand[demand["period"].isin(made.index)]
    facts: dict[str, object] = {"month": edition.month, "tonnes": None}
    if demand.empty:
        return facts
    row = demand.iloc[-1]
    count = made.loc[row["period"]]
    low, high = scenarios.kg_per_unit((row["bound_low"], row["bound_high"]), (count["bound_low"], count["bound_high"]))
    stated = scenarios.quoted_range(edition.rows_of("ndfeb.kg_per_nev"))
    return facts | {
        "tonnes": printed_of(row),
        "until": row["period"],
        "who": edition.who(row["source"]),
        "made": printed_of(count),
        "kg": between(low, high),
        "stated": between(*stated) if stated else None,
        "fits": bool(stated and low <= stated[1] and high >= stated[0]),
    }
