"""Numbers of the chapter on downstream demand: vehicles by two counts, their shares, growth by use, metal in them."""

import pandas as pd

from metalsbook.analysis import downstream as sums
from metalsbook.analysis.intervals import Interval, change_pct
from metalsbook.analysis.scenarios import vehicle_metal
from metalsbook.months import month_range, period_end, step_month
from metalsbook.page.cited import without_copies
from metalsbook.page.facts.series import agreed, between, facts_of, figure_at, interval_of, printed_of
from metalsbook.page.narrative import as_printed, period_name, since_january

MADE, SOLD, EXPORTED = "auto.output.cn", "auto.sales.cn", "auto.export.cn"
NEV_MADE, NEV_SOLD, NEV_EXPORTED = "nev.output.cn", "nev.sales.cn", "nev.export.cn"
STEEL = "crude_steel.output.cn"
COUNTS = {"Vehicles": (MADE, "auto.output.nbs.cn"), "NEVs": (NEV_MADE, "nev.output.nbs.cn")}
"""What the makers' association (CAAM) counts, and the bureau of statistics (NBS)."""
USES = {
    MADE: "Vehicles made, CAAM",
    NEV_MADE: "NEVs made, CAAM",
    NEV_SOLD: "NEVs sold, CAAM",
    EXPORTED: "Vehicles exported, CAAM",
    NEV_EXPORTED: "NEVs exported, CAAM",
    "robot.industrial.output.cn": "Industrial robots, NBS",
    "robot.service.output.cn": "Service robots, NBS",
    "aircon.output.cn": "Air conditioners, NBS",
    "smartphone.output.cn": "Smartphones, NBS",
    "wind_turbine.output.cn": "Wind turbines, NBS",
    STEEL: "Crude steel, NBS",
}
OTHER_USES = {
    "Industrial robots made": "robot.industrial.output.cn",
    "Service robots made": "robot.service.output.cn",
    "Air conditioners made": "aircon.output.cn",
    "Air conditioners exported": "aircon.export.cn",
    "Smartphones made": "smartphone.output.cn",
    "Electric bicycles made": "ebike.output.cn",
    "Wind power installed": "wind.installed.cn",
    "Titanium sponge made": "titanium.sponge.output.cn",
    "Titanium sponge exported": "titanium.sponge.export.cn",
}
STATED = {
    "mg.consumption.world": "Consumed, world",
    "mg.consumption.cn": "Consumed, China",
    "mg.consumption.world.alloy": "Alloy consumed, world",
    "mg.consumption.world.auto_alloy": "Vehicles, world",
    "mg.demand.auto.cn": "Vehicles, China",
    "mg.demand.nev.cn": "New-energy vehicles, China",
}
PLACES = {
    "mg.per_vehicle.cn": "China, all",
    "mg.per_vehicle.nev.cn": "China, new-energy",
    "mg.per_vehicle.ice.cn": "China, combustion",
    "mg.per_vehicle.cn.target": "China, target",
    "mg.per_vehicle.eu": "Europe",
    "mg.per_vehicle.na": "North America",
    "mg.per_vehicle.world": "World",
    "mg.per_vehicle.maturity": "What technology allows",
    "mg.per_vehicle.potential": "What technology allows",
    "mg.per_vehicle.seres_aito": "One make (Seres Aito)",
}
_POSSIBLE = (".maturity", ".potential")
_LOOPS = (
    ("mg.per_t_steel", STEEL, 0.001, "Steel, China, all of it treated"),
    ("mg.intensity.ti_sponge", "titanium.sponge.output.cn", 1.0, "Titanium, China, whoever makes the magnesium"),
    ("mg.intensity.ti_sponge.semi_process", "titanium.sponge.output.cn", 1.0, "Titanium, China, no plant recycling"),
    ("mg.intensity.ti_sponge.full_process", "titanium.sponge.output.cn", 1.0, "Titanium, China, every plant recycling"),
)
"""Rate (kg or t of magnesium a tonne), what it is multiplied by, tonnes a unit of the rate, name."""
_BOUGHT = {
    "mg.consumption.world.steel_desulf": "Steel, world, said to be used",
    "mg.output.electrolytic_inhouse.cn": "Titanium, China, said to be made in the plants",
    "mg.consumption.world.reductant": "Titanium and others, world, said to be used",
}


def vehicles(edition) -> dict[str, object]:
    """Return `facts_of` vehicles made, with those of new-energy vehicles as `nev`, and both exports.

    Returns:
        As `facts_of` of `MADE`; nev, exports and nev_exports: the same of those series.
    """
    own = {"nev": NEV_MADE, "exports": EXPORTED, "nev_exports": NEV_EXPORTED, "sales": SOLD}
    return facts_of(edition, MADE) | {name: facts_of(edition, series) for name, series in own.items()}


def counts(edition) -> dict[str, object]:
    """Return how the bureau's count of the month lies beside the association's.

    Returns:
        pairs [(name, ours, theirs, apart)]: units (`Interval` or None) and per cent; rates [(name, ours, theirs)]:
        growth on the year in per cent.
    """
    month = edition.month
    pairs, rates = [], []
    for name, (ours, theirs) in COUNTS.items():
        figures = [_finest(edition, series) for series in (ours, theirs)]
        if any(figures):
            pairs.append((name, *figures, change_pct(figures[1], figures[0]) if all(figures) else None))
        grown = [agreed(edition, series, "yoy", month) for series in (ours, theirs)]
        if all(grown):
            rates.append((name, *grown))
    return {"month": month, "pairs": pairs, "rates": rates}


def _finest(edition, series: str) -> Interval | None:
    """Return the month's print with the finest digits, the latest of equals, or None."""
    prints = edition.prints(series, "level", edition.month).sort_values("resolution", kind="stable", ascending=False)
    return None if prints.empty else printed_of(prints.iloc[-1])


def shares(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return the share of new-energy vehicles in the vehicles sold and made, and how far the two can be told apart.

    Args:
        edition: The edition.
        rows: Columns name ("of sales", "of output"), month (its first day), low, best, high (%).

    Returns:
        sold, made (`Interval` or None), sold_change (percentage points on the month before, or None), gap (`Interval`:
        sold less made, or None), half (first month from which on the share of sales was never below 50%, or "");
        published [(figure, who)] for the month.
    """
    month, before = edition.month, step_month(edition.month, -1)
    of = {key: rows[rows["name"] == name] for key, name in (("sold", "of sales"), ("made", "of output"))}
    now = {key: figure_at(own, month) for key, own in of.items()}
    then = figure_at(of["sold"], before)
    known = of["sold"].dropna(subset=["best"])
    below = known.loc[known["best"] < 50, "month"].max()
    after = known[known["month"] > below] if pd.notna(below) else known
    prints = edition.prints("nev.penetration.cn", "level", month)
    return {
        "month": month,
        "before": before,
        **now,
        "sold_change": now["sold"].best - then.best if now["sold"] and then else None,
        "gap": now["sold"] - now["made"] if all(now.values()) else None,
        "half": after["month"].iloc[0].strftime("%Y-%m") if len(after) else "",
        "published": [(printed_of(row), edition.who(row["source"])) for _, row in prints.iterrows()],
    }


def growth(edition, last: int = 12) -> pd.DataFrame:
    """Return growth on the year by end use and month, as published; since January where the month has none.

    Returns:
        Columns name (the use), month (its first day), best (%), since_january, text (of a cell), unit, who.
    """
    known = {series: name for series, name in USES.items() if edition.has(series)}
    months = month_range(step_month(edition.month, 1 - last), edition.month)
    bases = edition.series.set_index("series")["growth_basis"].to_dict()
    grid = sums.growth_grid(edition.rows_of(*known), known, months, bases)
    # A rate of January and February together fills both columns, with its figure in the second.
    own = set(zip(grid["use"], grid["period"], strict=True))
    joint = grid[(grid["measure"] == "ytd_yoy") & grid["period"].str.endswith("-02")]
    joint = joint.assign(period=joint["period"].str.slice(0, 5) + "01", measure="joint")
    alone = [(use, month) not in own for use, month in zip(joint["use"], joint["period"], strict=True)]
    joint = joint[pd.Series(alone, joint.index, dtype=bool)]
    grid = pd.concat([grid, joint[joint["period"].isin(months)]], ignore_index=True)
    summed = grid["measure"] != "yoy"
    return pd.DataFrame(
        {
            "name": grid["use"],
            "month": pd.to_datetime(grid["period"]),
            "best": grid["value"],
            "since_january": summed,
            "text": (grid["value"].map("{:.0f}".format) + summed.map({True: "*", False: ""})).where(
                grid["measure"] != "joint", ""
            ),
            "unit": "%",
            "who": edition.who(grid["source"]),
        }
    )


def uses(edition, grid: pd.DataFrame) -> dict[str, object]:
    """Return which uses grew most and least in the month, and which have no figure.

    Args:
        edition: The edition.
        grid: Result of `growth`.

    Returns:
        n (uses with a figure of the month itself), n_down, most and least (name, per cent), missing (names).
    """
    own = grid[(grid["month"] == edition.month) & ~grid["since_january"]].sort_values("best", kind="stable")
    shown = set(grid.loc[grid["month"] == edition.month, "name"])
    facts: dict[str, object] = {"month": edition.month, "n": len(own), "n_down": int((own["best"] < 0).sum())}
    facts["missing"] = [name for name in dict.fromkeys(grid["name"]) if name not in shown]
    if len(own):
        facts |= {
            name: (row["name"], float(row["best"])) for name, row in (("most", own.iloc[-1]), ("least", own.iloc[0]))
        }
    return facts


def steel(edition) -> dict[str, object]:
    """Return `facts_of` crude steel and what its sums since January leave for the month.

    Returns:
        As `facts_of`; left (t, `Interval`: this sum less the one before), fits, apart (t) and apart_pct of the month as
        published; left is None where a sum is missing or the month is January.
    """
    facts, month = facts_of(edition, STEEL), edition.month
    found = [agreed(edition, STEEL, "ytd", each) for each in (month, facts["before"])]
    printed = agreed(edition, STEEL, "level", month)
    if not all(found) or printed is None or month.endswith("-01"):
        return facts | {"left": None}
    left = found[0] - found[1]
    fits = left.low <= printed.high and left.high >= printed.low
    gap = left.best - printed.best
    return facts | {"left": left, "fits": fits, "apart": gap, "apart_pct": 100 * abs(gap) / printed.best}


def last_known(edition, named: dict[str, str]) -> pd.DataFrame:
    """Return the last figure known of each series, however old; a year is later than its first half.

    Returns:
        Columns "End use", Period, Figure (as published, in our units), "y/y, %" (of the same
        page where it has one), "Published by".
    """
    rows = []
    for name, series in named.items():
        known = edition.rows_of(series)
        known = known[known["measure"].isin(["level", "ytd"])]
        if known.empty:
            continue
        ends = known["period"].map(period_end)
        latest = known[ends == ends.max()].sort_values("measure", kind="stable").iloc[-1]
        row = edition.prints(series, latest["measure"], latest["period"]).iloc[-1]
        rates = edition.prints(series, "ytd_yoy" if row["measure"] == "ytd" else "yoy", row["period"])
        own = rates[rates["source"] == row["source"]]
        rates = own if len(own) else rates
        rows.append(
            {
                "End use": name,
                "Period": (since_january if row["measure"] == "ytd" else period_name)(row["period"]),
                "Figure": as_printed(row),
                "y/y, %": float(rates["value"].iloc[-1]) if len(rates) else float("nan"),
                "Published by": edition.who(row["source"]),
            }
        )
    return pd.DataFrame(rows, columns=["End use", "Period", "Figure", "y/y, %", "Published by"])


def metal(edition) -> pd.DataFrame:
    """Return what published weights imply for a year's vehicles made in China, beside tonnages as published.

    Returns:
        Columns name, kind ("weight times vehicles" or "published"), period, low, best, high (t), unit, who; largest
        first.
    """
    weights = without_copies(edition.rows_of("mg.per_vehicle.cn", "mg.per_vehicle.nev.cn"), edition.sources)
    weights = weights[weights["measure"] == "level"].drop_duplicates(["series", "period", "value"])
    rows = []
    for _, row in weights.iterrows():
        nev = ".nev." in row["series"]
        made = edition.figure(NEV_MADE if nev else MADE, "level", row["period"])
        if made is not None:
            one = vehicle_metal(row.to_frame().T, {row["series"]: (made["value"], "")}).iloc[0]
            kg = f"{one['kg_low']:g}" + (f"\u2013{one['kg_high']:g}" if one["kg_high"] > one["kg_low"] else "")
            name = f"{kg} kg in {'new-energy' if nev else 'all'} vehicles, {row['period']}"
            rows.append((name, "weight times vehicles", row["period"], one["low"], one["high"], [row["source"]]))
    stated = without_copies(edition.rows_of(*STATED), edition.sources)
    years = [str(int(edition.month[:4]) - 1), edition.month[:4]]
    stated = stated[stated["measure"].isin(["level", "forecast"]) & stated["period"].isin(years)]
    for (series, measure, period), own in stated.groupby(["series", "measure", "period"]):
        name = f"{STATED[series]}, {period}{' forecast' if measure == 'forecast' else ''}"
        rows.append((name, "published", period, own["value"].min(), own["value"].max(), list(own["source"])))
    frame = pd.DataFrame(rows, columns=["name", "kind", "period", "low", "high", "sources"])
    named = [", ".join(dict.fromkeys(edition.who(one) for one in each)) for each in frame["sources"]]
    frame = frame.assign(best=(frame["low"] + frame["high"]) / 2, unit="t", who=named).drop(columns="sources")
    return frame.sort_values(["high", "name"], ascending=[False, True], ignore_index=True)


def metal_said(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return how far the tonnages of magnesium in vehicles lie apart, and where they exceed what was consumed.

    Args:
        edition: The edition.
        rows: Result of `metal`.

    Returns:
        span (`Interval` of weights times vehicles, or None), times, years; consumed (t, China) with above
        [(period, whether it is a forecast, t, who)] that exceed it; world (`Interval`) where sources differ, or None.
    """
    implied = rows[rows["kind"] != "published"]
    facts: dict[str, object] = {"month": edition.month, "span": None, "consumed": None, "above": [], "world": None}
    if len(implied):
        low, high = implied["low"].min(), implied["high"].max()
        facts |= {"span": between(low, high), "times": high / low}
        facts["years"] = sorted(set(implied["period"]))
    china = rows[rows["name"].str.startswith(STATED["mg.consumption.cn"])]
    if len(china):
        eaten = china["high"].max()
        above = rows[rows["name"].str.contains("ehicles, China") & (rows["low"] > eaten)]
        facts |= {"consumed": eaten, "consumed_year": china.loc[china["high"].idxmax(), "period"]}
        facts["above"] = [
            (row["period"], row["name"].endswith("forecast"), row["low"], row["who"]) for _, row in above.iterrows()
        ]
    world = rows[rows["name"].str.startswith(STATED["mg.consumption.world.auto_alloy"]) & (rows["high"] > rows["low"])]
    if len(world):
        row = world.iloc[0]
        facts |= {"world": interval_of(row), "world_year": row["period"]}
    return facts


def weights(edition) -> pd.DataFrame:
    """Return published weights of magnesium in one vehicle.

    Returns:
        Columns Vehicles, Year, kg, "Meant as", Pages (that publish it), "One of them".
    """
    rows = edition.rows_under("mg.per_vehicle").sort_values(["series", "period", "value"])
    keys = ["series", "measure", "period", "value"]
    rows = rows.assign(pages=rows.groupby(keys)["source"].transform("nunique")).drop_duplicates(keys)
    hoped = rows["measure"] == "forecast"
    possible = rows["series"].str.endswith(_POSSIBLE)
    ranged = rows["low"].notna() & rows["high"].notna()
    spans = [f"{low:g} to {high:g}" for low, high in zip(rows["low"], rows["high"], strict=True)]
    return pd.DataFrame(
        {
            "Vehicles": rows["series"].map(PLACES).fillna(rows["series"]),
            "Year": rows["period"],
            "kg": pd.Series(spans, index=rows.index).where(ranged, rows["value"].map("{:.3g}".format)),
            "Meant as": hoped.map({True: "an aim or a forecast", False: "what is in them"}).mask(
                hoped & possible, "a possibility"
            ),
            "Pages": rows["pages"],
            "One of them": edition.who(rows["source"]),
        }
    ).reset_index(drop=True)


def loops(edition) -> pd.DataFrame:
    """Return what desulphurisation and titanium sponge would need by published rates, beside what is said to be used.

    Returns:
        Columns Use, Year, "At a rate of", low, high (t), "Published by"; steel first.
    """
    rows = []
    for rate, output, tonnes, name in _LOOPS:
        made, rates = edition.years(output), edition.rows_of(rate)
        if len(made):
            for _, row in rates.drop_duplicates("value").iterrows():
                low, high = (row["low"], row["high"]) if pd.notna(row["low"]) else (row["value"], row["value"])
                ends = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                amount = made.iloc[-1]["value"] * tonnes
                year = made.iloc[-1]["period"]
                rows.append((name, year, f"{ends} {row['unit']}", low * amount, high * amount, row["source"]))
    for series, name in _BOUGHT.items():
        if len(known := edition.years(series)):
            row = known.iloc[-1]
            rows.append((name, row["period"], "", row["value"], row["value"], row["source"]))
    frame = pd.DataFrame(rows, columns=["Use", "Year", "At a rate of", "low", "high", "Published by"])
    frame["Published by"] = edition.who(frame["Published by"])
    return frame.sort_values(
        "Use", key=lambda names: names.str.startswith("Titanium"), kind="stable", ignore_index=True
    )


def loop(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return what the two loops mean for the market.

    Args:
        edition: The edition.
        rows: Result of `loops`.

    Returns:
        steel (`Interval`, t, or None) with used (t) beside it; bought: titanium without recycling (`Interval`, or
        None), recycled (t, all plants recycling), inside (t, made in the plants) or None.
    """
    patterns = {
        "steel": "Steel, China",
        "used": "Steel, world",
        "bought": "no plant|whoever",
        "recycled": "every plant",
        "inside": "in the plants",
    }
    named = {key: rows[rows["Use"].str.contains(pattern)] for key, pattern in patterns.items()}
    spans = {
        key: Interval(own["low"].min(), own["high"].max(), own["high"].mean()) if len(own) else None
        for key, own in named.items()
    }
    return {"month": edition.month, **spans, "year": named["steel"]["Year"].max() if len(named["steel"]) else ""}
