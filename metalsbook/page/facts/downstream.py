"""Numbers of the chapter on downstream demand: vehicles by two counts, their shares, growth by use, metal in them."""

import pandas as pd

from metalsbook.analysis.intervals import change_pct, meet, with_ends
from metalsbook.analysis.sources import agreed_prints
from metalsbook.months import month_range, period_end, step_month
from metalsbook.page.facts.series import agreed, facts_of, figures_of, last_of, printed_of, tonnages, without_copies
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
STATED = {
    "mg.consumption.world": "Consumed, world",
    "mg.consumption.cn": "Consumed, China",
    "mg.consumption.world.alloy": "Alloy consumed, world",
    "mg.consumption.world.auto_alloy": "Vehicles, world",
    "mg.demand.auto.cn": "Vehicles, China",
    "mg.demand.nev.cn": "New-energy vehicles, China",
}
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


def counts(edition) -> dict[str, object]:
    """Return how the bureau's count of the month lies beside the association's.

    Returns:
        pairs [(name, ours, theirs, apart)]: units (`Interval` or None) and per cent; rates [(name, ours, theirs)]:
        growth on the year in per cent.
    """
    facts: dict[str, object] = {"month": edition.month, "pairs": [], "rates": []}
    for name, both in COUNTS.items():
        # The print with the finest digits, the latest of equals.
        prints = (edition.prints(series, "level", edition.month) for series in both)
        finest = (last_of(rows.sort_values("resolution", kind="stable", ascending=False)) for rows in prints)
        ours, theirs = (row and printed_of(row) for row in finest)
        if ours or theirs:
            facts["pairs"].append((name, ours, theirs, ours and theirs and change_pct(theirs, ours)))
        grown = [agreed(edition, series, "yoy", edition.month) for series in both]
        if all(grown):
            facts["rates"].append((name, *grown))
    return facts


def shares(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return the share of new-energy vehicles in the vehicles sold and made, and how far the two can be told apart.

    `rows`: columns name ("of sales", "of output"), month (its first day), low, best, high (%).

    Returns:
        sold, made (`Interval` or None), sold_change (percentage points on the month before, or None), gap (`Interval`:
        sold less made, or None), half (first month from which on the share of sales was never below 50%, or "");
        published: statements of the month's share, with who.
    """
    month = edition.month
    sales, output = (figures_of(rows[rows["name"] == name]) for name in ("of sales", "of output"))
    sold, made, then = sales.get(month), output.get(month), sales.get(step_month(month, -1))
    below = max((each for each, share in sales.items() if share.best < 50), default="")
    return {
        "month": month,
        "sold": sold,
        "made": made,
        "sold_change": sold.best - then.best if sold and then else None,
        "gap": sold - made if sold and made else None,
        "half": min((each for each in sales if each > below), default=""),
        "published": edition.prints("nev.penetration.cn", "level", month).to_dict("records"),
    }


def growth(edition) -> pd.DataFrame:
    """Return growth on the year by end use and month, as published; since January where the month has none.

    Returns:
        Columns name (the use), month (its first day), best (%), since_january, text (of a cell), unit, who.
    """
    months = month_range(step_month(edition.month, -11), edition.month)
    rows = edition.rows_of(*USES)
    rows = rows[rows["measure"].isin(["yoy", "ytd_yoy"]) & rows["period"].isin(months)]
    rows = agreed_prints(rows, ["series", "period", "measure"]).sort_values("measure", kind="stable")
    rows = rows.drop_duplicates(["series", "period"])
    rows = rows.assign(order=rows["series"].map(list(USES).index)).sort_values(["order", "period"])
    # A rate of January and February together fills both columns, with its figure in the second.
    joint = rows[(rows["measure"] == "ytd_yoy") & rows["period"].str.endswith("-02")]
    joint = joint.assign(period=joint["period"].str.slice(0, 5) + "01", measure="joint")
    rows = pd.concat([rows, joint[joint["period"].isin(months)]])
    rows = rows.drop_duplicates(["series", "period"], ignore_index=True).rename(columns={"value": "best"})
    marks = {"yoy": "{:.0f}", "ytd_yoy": "{:.0f}*", "joint": ""}
    text = [marks[of].format(value) for of, value in zip(rows["measure"], rows["best"], strict=True)]
    rows = rows.assign(name=rows["series"].map(USES), month=pd.to_datetime(rows["period"]), text=text, unit="%")
    rows["since_january"] = rows["measure"] != "yoy"
    return rows[["name", "month", "best", "since_january", "text", "unit", "who"]]


def steel(edition) -> dict[str, object]:
    """Return `facts_of` crude steel and what its sums since January leave for the month.

    That is left (t, `Interval`), this sum less the one before, None where one is missing; and whether it fits the month
    as printed.
    """
    facts, month = facts_of(edition, STEEL), edition.month
    asked = {"ytd": ("ytd", month), "before": ("ytd", facts["before"]), "printed": ("level", month)}
    found = {name: agreed(edition, STEEL, *of) for name, of in asked.items()}
    if not all(found.values()) or month.endswith("-01"):
        return facts | {"left": None}
    left = found["ytd"] - found["before"]
    return facts | {"left": left, "printed": found["printed"], "fits": meet(left, found["printed"])}


def last_known(edition, named: dict[str, str]) -> pd.DataFrame:
    """Return the last figure known of each series, however old; a year is later than its first half.

    Returns:
        Columns "End use", Period, Figure (as published), "y/y, %" (of the same page where it has one), "Published by".
    """
    rows = []
    for name, series in named.items():
        known = edition.rows_of(series).query("measure in ['level', 'ytd']")
        if known.empty:
            continue
        ends = known["period"].map(period_end)
        latest = known[ends == ends.max()].sort_values("measure", kind="stable").iloc[-1]
        row = edition.prints(series, latest["measure"], latest["period"]).iloc[-1]
        summed = row["measure"] == "ytd"
        rates = edition.prints(series, "ytd_yoy" if summed else "yoy", row["period"])
        changes = [float("nan"), *rates["value"], *rates.loc[rates["source"] == row["source"], "value"]]
        period = since_january(row["period"]) if summed else period_name(row["period"])
        rows.append((name, period, as_printed(row), changes[-1], row["who"]))
    return pd.DataFrame(rows, columns=["End use", "Period", "Figure", "y/y, %", "Published by"])


def metal(edition) -> pd.DataFrame:
    """Return what published weights imply for a year's vehicles made in China, beside tonnages as published.

    Returns:
        Columns name, kind ("weight times vehicles" or "published"), period, low, best, high (t), unit, who; by size.
    """
    weights = without_copies(edition.rows_of("mg.per_vehicle.cn", "mg.per_vehicle.nev.cn"), edition.sources)
    weights = with_ends(weights[weights["measure"] == "level"].drop_duplicates(["series", "period", "value"]))
    rows = []
    for _, row in weights.iterrows():
        nev = ".nev." in row["series"]
        made = edition.figure(NEV_MADE if nev else MADE, "level", row["period"])
        if made is not None:
            kg = "\u2013".join(dict.fromkeys(f"{row[end]:g}" for end in ("low", "high")))
            name = f"{kg} kg in {'new-energy' if nev else 'all'} vehicles, {row['period']}"
            low, high = row[["low", "high"]] * made["value"] / 1000
            rows.append((name, "weight times vehicles", row["period"], low, high, row["who"]))
    stated = without_copies(edition.rows_of(*STATED), edition.sources)
    years = [str(int(edition.month[:4]) - 1), edition.month[:4]]
    stated = stated[stated["measure"].isin(["level", "forecast"]) & stated["period"].isin(years)]
    for (series, measure, period), own in stated.groupby(["series", "measure", "period"]):
        name = f"{STATED[series]}, {period}{' forecast' if measure == 'forecast' else ''}"
        rows.append((name, "published", period, own["value"].min(), own["value"].max(), ", ".join(own["who"].unique())))
    return tonnages(pd.DataFrame(rows, columns=["name", "kind", "period", "low", "high", "who"]))


def loops(edition) -> pd.DataFrame:
    """Return what desulphurisation and titanium sponge would need by published rates, beside what is said to be used.

    Returns:
        Columns Use, Year, "At a rate of", low, high (t), "Published by"; steel first.
    """
    rows = []
    for rate, output, tonnes, name in _LOOPS:
        for _, made in edition.years(output).tail(1).iterrows():
            for _, row in with_ends(edition.rows_of(rate)).drop_duplicates("value").iterrows():
                told = " to ".join(dict.fromkeys(f"{row[end]:g}" for end in ("low", "high")))
                low, high = row[["low", "high"]] * made["value"] * tonnes
                rows.append((name, made["period"], f"{told} {row['unit']}", low, high, row["who"]))
    for series, name in _BOUGHT.items():
        for _, row in edition.years(series).tail(1).iterrows():
            rows.append((name, row["period"], "", row["value"], row["value"], row["who"]))
    frame = pd.DataFrame(rows, columns=["Use", "Year", "At a rate of", "low", "high", "Published by"])
    # Steel before titanium.
    return frame.sort_values("Use", key=lambda names: names.str[0], kind="stable", ignore_index=True)
