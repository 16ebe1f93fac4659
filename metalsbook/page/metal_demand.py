"""Magnesium in vehicles, steel and titanium: what stated rates imply, beside what is said to be consumed.

Sources state weights a vehicle, tonnages and totals that do not add up; each stays as it is, and the sum is shown.
"""

import pandas as pd

from metalsbook.analysis import scenarios
from metalsbook.page.narrative import number, thousands
from metalsbook.page.tables import origin, who_printed


def vehicle_rows(edition) -> pd.DataFrame:
    """Return what stated weights of magnesium imply for a year's vehicles made in China, beside stated consumption.

    Returns:
        Columns what, kind ("implied" or "stated"), low, high (t), source; largest first.
    """
    rows = edition.statements
    weights = rows[(rows["measure"] == "level") & rows["series"].isin(["mg.per_vehicle.cn", "mg.per_vehicle.nev.cn"])]
    found = []
    for _, row in weights.drop_duplicates(["series", "period", "value"]).iterrows():
        made = edition.figure("nev.output.cn" if ".nev." in row["series"] else "auto.output.cn", "level", row["period"])
        if made is None:
            continue
        metal = scenarios.vehicle_metal(row.to_frame().T, {row["series"]: (made["value"], "")}).iloc[0]
        who = "new-energy vehicles" if ".nev." in row["series"] else "all vehicles"
        found.append((f"{_kg(metal['kg_low'], metal['kg_high'])} in {who} made in China, {row['period']}", "implied",
                      metal["low"], metal["high"], row["source"]))
    found += _stated_rows(rows)
    return pd.DataFrame(found, columns=["what", "kind", "low", "high", "source"]).sort_values(
        ["high", "what"], ascending=[False, True], ignore_index=True)


def _kg(low: float, high: float) -> str:
    return number(low, "kg", 0.1) if low == high else f"{number(low, '', 0.1)} to {number(high, 'kg', 0.1)}"


_STATED = {
    "mg.consumption.world": "Magnesium consumed, world", "mg.consumption.cn": "Magnesium consumed, China",
    "mg.consumption.world.auto_alloy": "Demand of vehicles, world", "mg.demand.auto.cn": "Demand of vehicles, China",
    "mg.demand.nev.cn": "Demand of new-energy vehicles, China",
}


def _stated_rows(rows: pd.DataFrame) -> list[tuple]:
    rows = rows[rows["series"].isin(_STATED) & rows["measure"].isin(["level", "forecast"])]
    rows = rows[rows["period"].isin(["2024", "2025"])]
    found = []
    for (series, measure, period), group in rows.groupby(["series", "measure", "period"]):
        when = f"{period} (forecast)" if measure == "forecast" else period
        found.append((f"{_STATED[series]}, {when}", "stated", group["value"].min(), group["value"].max(),
                      group.iloc[-1]["source"]))
    return found


def vehicle_sentences(rows: pd.DataFrame) -> list[str | None]:
    """Return how far the tonnages of magnesium in vehicles lie apart and where they exceed what was consumed.

    Args:
        rows: As of `vehicle_rows`.
    """
    if rows.empty:
        return ["No source known to this edition states a weight or a tonnage of magnesium in vehicles."]
    implied = rows[rows["kind"] == "implied"]
    said = []
    if len(implied):
        least, most = implied["low"].min(), implied["high"].max()
        said.append(f"Stated weights times vehicles made give {thousands(least)} to {thousands(most, 't')} "
                    f"of magnesium in China's vehicles, {number(most / least, '', 0.1)} times from end to end.")
    china = rows[rows["what"].str.startswith(_STATED["mg.consumption.cn"])]
    if len(china):
        eaten = china["high"].max()
        above = rows[rows["what"].str.contains("of vehicles, China") & (rows["low"] > eaten)]
        said += [f"{row['what']}: {thousands(row['low'], 't')}, more than all the magnesium consumed in China "
                 f"({thousands(eaten, 't')}). They cannot count the same thing." for _, row in above.iterrows()]
    world = rows[rows["what"].str.startswith(_STATED["mg.consumption.world.auto_alloy"])]
    said += [f"{row['what']}: sources print {thousands(row['low'])} and {thousands(row['high'], 't')}, "
             f"{number(row['high'] / row['low'], '', 0.1)} times apart." for _, row in world.iterrows()
             if row["high"] > 1.2 * row["low"]]
    return said


def loop_rows(edition) -> pd.DataFrame:
    """Return what desulphurisation and titanium sponge would need by stated rates, beside what is said to be bought.

    Returns:
        Columns what, low, high (t), source: desulphurisation first, titanium after it.
    """
    found = [
        *_loop(edition, "mg.per_t_steel", "crude_steel.output.cn", 0.001, "Steel {}, China, all treated:"),
        *_bought(edition, "mg.consumption.world.steel_desulf", "Steel {}, world: said to be used"),
        *_loop(edition, "mg.intensity.ti_sponge.semi_process", "titanium.sponge.output.cn", 1.0,
               "Titanium {}, China, none recycling:"),
        *_loop(edition, "mg.intensity.ti_sponge.full_process", "titanium.sponge.output.cn", 1.0,
               "Titanium {}, China, all recycling:"),
        *_bought(edition, "mg.output.electrolytic_inhouse.cn", "Titanium {}, China: said to be won back"),
        *_bought(edition, "mg.consumption.world.reductant", "Titanium and others {}, world: said to be used"),
    ]
    return pd.DataFrame(found, columns=["what", "low", "high", "source"])


def _loop(edition, rate: str, output: str, tonnes: float, words: str) -> list[tuple]:
    made = edition.years(output)
    rates = edition.statements[edition.statements["series"] == rate] if edition.has(rate) else made.head(0)
    if made.empty or rates.empty:
        return []
    last, found = made.iloc[-1], []
    for _, row in rates.drop_duplicates("value").iterrows():
        low, high = (row["low"], row["high"]) if row["low"] == row["low"] else (row["value"], row["value"])
        ends = number(low, "", 0.01) if low == high else f"{number(low, '', 0.01)} to {number(high, '', 0.01)}"
        found.append((f"{words.format(last['period'])} {ends} {row['unit']} (rate of {row['period']})",
                      low * last["value"] * tonnes, high * last["value"] * tonnes, row["source"]))
    return found


def _bought(edition, series: str, words: str) -> list[tuple]:
    rows = edition.years(series) if edition.has(series) else edition.statements.head(0)
    if rows.empty:
        return []
    last = rows.iloc[-1]
    return [(words.format(last["period"]), last["value"], last["value"], last["source"])]


def loop_sentences(rows: pd.DataFrame) -> list[str | None]:
    """Return what the two loops mean for the market.

    Args:
        rows: As of `loop_rows`.
    """
    said = [_steel_sentence(rows), _titanium_sentence(rows)]
    return said if any(said) else ["No rate of magnesium in steel or titanium is known to this edition."]


def _steel_sentence(rows: pd.DataFrame) -> str | None:
    rates = rows[rows["what"].str.contains("Steel .*, China", regex=True)]
    used = rows[rows["what"].str.contains("Steel .*, world", regex=True)]
    if rates.empty or used.empty:
        return None
    most, bought = rates["high"].max(), used.iloc[0]["high"]
    return (f"At the stated rates all of China's steel would take {thousands(rates['low'].min())} to "
            f"{thousands(most, 't')} of magnesium, while {thousands(bought, 't')} are said to be used worldwide, "
            f"{number(100 * bought / most, '%', 1)} of the greater. Not all steel is treated with magnesium, so crude "
            "steel is a poor measure of this demand.")


def _titanium_sentence(rows: pd.DataFrame) -> str | None:
    bought = rows[rows["what"].str.contains("none recycling")]
    looped = rows[rows["what"].str.contains("all recycling")]
    inside = rows[rows["what"].str.contains("said to be won back")]
    if bought.empty or looped.empty:
        return None
    back = f"; {thousands(inside.iloc[0]['high'], 't')} a year are said to be won back" if len(inside) else ""
    return (f"China's titanium sponge would need {thousands(bought['high'].max(), 't')} of bought magnesium if no "
            f"plant won it back from the chloride, and {thousands(looped['high'].max(), 't')} if all did{back}: a loop "
            "more than a demand.")


PLACES = {
    "mg.per_vehicle.cn": "China, all", "mg.per_vehicle.nev.cn": "China, new-energy",
    "mg.per_vehicle.ice.cn": "China, combustion", "mg.per_vehicle.cn.target": "China, target",
    "mg.per_vehicle.eu": "Europe", "mg.per_vehicle.na": "North America", "mg.per_vehicle.world": "World",
    "mg.per_vehicle.maturity": "What technology allows", "mg.per_vehicle.potential": "What technology allows",
    "mg.per_vehicle.seres_aito": "One make (Seres Aito)",
}


def weight_rows(edition, weights: pd.DataFrame) -> pd.DataFrame:
    """Return stated weights as rows of a table: vehicles, period, kilograms, how it is said, how many say so.

    Args:
        edition: The edition.
        weights: Statements of `mg.per_vehicle...`.
    """
    keys = ["series", "measure", "period", "value"]
    rows = weights.assign(prints=weights.groupby(keys)["source"].transform("nunique")).drop_duplicates(keys)
    return pd.DataFrame({
        "Vehicles": rows["series"].map(PLACES).fillna(rows["series"]), "Period": rows["period"],
        "kg": [_kg_ends(row) for _, row in rows.iterrows()],
        "Said of": rows["measure"].map({"level": "what is", "forecast": "what may be"}).fillna(rows["measure"]),
        "Pages": rows["prints"], "One of them": [origin(edition, row) for _, row in rows.iterrows()],
    })


def _kg_ends(row: pd.Series) -> str:
    if pd.isna(row["low"]):
        return number(row["value"], "", 0.1)
    return f"over {number(row['low'], '', 0.1)}" if pd.isna(row["high"]) else (
        f"{number(row['low'], '', 0.1)} to {number(row['high'], '', 0.1)}")


ASSUMED_KG = {"mg_nev": 10.0, "mg_other": 5.0, "ndfeb": 4.0}
"""Assumption: kilograms in one vehicle where an edition knows no statement of it."""
_WEIGHTS = {"mg_nev": "mg.per_vehicle.nev.cn", "mg_other": "mg.per_vehicle.ice.cn", "ndfeb": "ndfeb.kg_per_nev"}
_NAMES = {
    "nev": "New-energy vehicles, million", "other": "Other vehicles, million",
    "mg_nev": "Magnesium in a new-energy vehicle, kg",
    "mg_other": "Magnesium in another vehicle, kg", "ndfeb": "NdFeB in a new-energy vehicle, kg",
}


def scenario_start(edition) -> pd.DataFrame:
    """Return where the sliders begin: the vehicles of the last full year and the latest stated weights.

    Returns:
        Index nev, other, mg_nev, mg_other, ndfeb; columns value, why, range (what all statements span, forecasts too).
    """
    made = {name: edition.years(f"{name}.output.cn").tail(1) for name in ("nev", "auto")}
    nev, auto = (float(rows.iloc[0]["value"]) for rows in made.values())
    why = f"made in {made['auto'].iloc[0]['period']}: {who_printed(edition, pd.concat(list(made.values())))}"
    rows = {"nev": (nev / 1e6, why, ""), "other": ((auto - nev) / 1e6, why, "")}
    for name, series in _WEIGHTS.items():
        stated = edition.latest(series) if edition.has(series) else edition.statements.head(0)
        stated = stated if len(stated) or not edition.has(series) else edition.latest(series, "forecast").head(1)
        if len(stated):
            last = stated.iloc[-1]
            why = f"stated for {last['period']}: {who_printed(edition, stated.tail(1))}"
            rows[name] = (float(last["value"]), why, _stated_ends(edition, series))
        else:
            rows[name] = (ASSUMED_KG[name], "assumption of this book: no statement known to this edition", "")
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "why", "range"])


def _stated_ends(edition, series: str) -> str:
    low, high = scenarios.quoted_range(edition.statements[edition.statements["series"] == series])
    return _kg(low, high)


def start_rows(start: pd.DataFrame) -> pd.DataFrame:
    """Return the start of the sliders as rows of a table."""
    return pd.DataFrame({
        "Slider": [_NAMES[name] for name in start.index],
        "Begins at": [number(value, "", 0.1) for value in start["value"]],
        "Statements span": start["range"].tolist(), "Why it begins there": start["why"].tolist(),
    })


_MARKS = {
    "mg.consumption.cn": ("magnesium", "all uses, China"), "mg.consumption.world": ("magnesium", "all uses, world"),
    "ndfeb.output.cn": ("NdFeB", "output, China"),
}


def scenario_marks(edition) -> pd.DataFrame:
    """Return printed totals that a scenario is compared with: metal, what, tonnes, source."""
    found = []
    for series, (metal, what) in _MARKS.items():
        rows = edition.years(series) if edition.has(series) else edition.statements.head(0)
        for _, row in rows.tail(1).iterrows():
            found.append((metal, f"{what} {row['period']}", row["value"], row["source"]))
    return pd.DataFrame(found, columns=["metal", "what", "tonnes", "source"])


def scenario_alt(start: pd.DataFrame, marks: pd.DataFrame) -> str:
    """Return the text alternative of the scenario as it begins."""
    value = start["value"]
    magnesium = value["nev"] * value["mg_nev"] + value["other"] * value["mg_other"]
    told = "; ".join(f"{row['what']} {thousands(row['tonnes'], 't')}" for _, row in marks.iterrows())
    return (f"To begin with: {number(magnesium, 'thousand t', 1)} of magnesium and "
            f"{number(value['nev'] * value['ndfeb'], 'thousand t', 1)} of NdFeB. Totals printed: {told}.")
