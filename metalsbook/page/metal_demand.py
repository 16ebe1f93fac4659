"""Magnesium in vehicles, steel and titanium: what stated rates imply, beside what is said to be consumed.

Sources state weights a vehicle, tonnages and totals that do not add up; each stays as it is, and the sum is shown.
"""

from math import floor, log10

import pandas as pd

from metalsbook.analysis import scenarios
from metalsbook.page.cited import caution, without_copies
from metalsbook.page.humanoids import kg_words
from metalsbook.page.narrative import as_printed, join_words, number, thousands
from metalsbook.page.tables import origin, with_publisher


def vehicle_rows(edition) -> pd.DataFrame:
    """Return what stated weights of magnesium imply for a year's vehicles made in China, beside stated consumption.

    Returns:
        Columns what, kind ("implied" or "stated"), period, low, high (t), source, told (who says so); largest first.
    """
    weights = without_copies(edition.rows_of("mg.per_vehicle.cn", "mg.per_vehicle.nev.cn"), edition.sources)
    weights = weights[weights["measure"] == "level"]
    found = []
    for _, row in weights.drop_duplicates(["series", "period", "value"]).iterrows():
        made = edition.figure("nev.output.cn" if ".nev." in row["series"] else "auto.output.cn", "level", row["period"])
        if made is None:
            continue
        metal = scenarios.vehicle_metal(row.to_frame().T, {row["series"]: (made["value"], "")}).iloc[0]
        who = "new-energy vehicles" if ".nev." in row["series"] else "all vehicles"
        found.append(
            (
                f"{kg_words(metal['kg_low'], metal['kg_high'])} in {who} made in China, {row['period']}",
                "implied",
                row["period"],
                metal["low"],
                metal["high"],
                row["source"],
            )
        )
    found += _stated_rows(edition)
    frame = pd.DataFrame(found, columns=["what", "kind", "period", "low", "high", "source"])
    return (
        with_publisher(edition, frame)
        .drop(columns=["who", "cited"])
        .sort_values(["high", "what"], ascending=[False, True], ignore_index=True)
    )


def rough(value: float, unit: str = "") -> str:
    """Return a product of a stated rate and an amount with two significant digits: rates have no more."""
    return number(value, unit, 10 ** (floor(log10(value)) - 1))


STATED = {
    "mg.consumption.world": "Magnesium consumed, world",
    "mg.consumption.cn": "Magnesium consumed, China",
    "mg.consumption.world.alloy": "Magnesium alloy consumed, world",
    "mg.consumption.world.auto_alloy": "Demand of vehicles, world",
    "mg.demand.auto.cn": "Demand of vehicles, China",
    "mg.demand.nev.cn": "Demand of new-energy vehicles, China",
}


def _stated_rows(edition) -> list[tuple]:
    rows = without_copies(edition.rows_of(*STATED), edition.sources)
    year = int(edition.month[:4])
    rows = rows[rows["measure"].isin(["level", "forecast"]) & rows["period"].isin([str(year - 1), str(year)])]
    found = []
    for (series, measure, period), group in rows.groupby(["series", "measure", "period"]):
        when = f"{period} (forecast)" if measure == "forecast" else period
        found.append(
            (
                f"{STATED[series]}, {when}",
                "stated",
                period,
                group["value"].min(),
                group["value"].max(),
                group.iloc[-1]["source"],
            )
        )
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
        years = join_words(sorted(set(implied["period"])))
        times = number(most / least, "", 1)
        said.append(
            f"Stated weights times the vehicles made in {years} give {rough(least)} to "
            f"{rough(most, 't')} of magnesium in China's vehicles, about {times} times from end to end."
        )
    china = rows[rows["what"].str.startswith(STATED["mg.consumption.cn"])]
    if len(china):
        eaten = china["high"].max()
        above = rows[rows["what"].str.contains("of vehicles, China") & (rows["low"] > eaten)]
        year = china.loc[china["high"].idxmax(), "period"]
        said += [
            f"{row['told']} {'forecasts' if row['what'].endswith('(forecast)') else 'prints'} "
            f"{thousands(row['low'], 't')} for the vehicles of China in {row['period']}, more than all the "
            f"magnesium consumed in China in {year} ({thousands(eaten, 't')}): they may not count the same thing."
            for _, row in above.iterrows()
        ]
    world = rows[rows["what"].str.startswith(STATED["mg.consumption.world.auto_alloy"])]
    said += [
        f"For the vehicles of the world in {row['period']} sources print {thousands(row['low'])} to "
        f"{thousands(row['high'], 't')}, {number(row['high'] / row['low'], '', 0.1)} times apart"
        f"{_above_alloy(rows, row)}."
        for _, row in world.iterrows()
        if row["high"] > 1.2 * row["low"]
    ]
    return said


def _above_alloy(rows: pd.DataFrame, row: pd.Series) -> str:
    """Return that a demand of vehicles exceeds all alloy of its year, "" where it does not."""
    alloy = rows[rows["what"].str.startswith(STATED["mg.consumption.world.alloy"]) & (rows["period"] == row["period"])]
    if alloy.empty or row["high"] <= alloy["high"].max():
        return ""
    return (
        f"; the greatest is more than all the magnesium alloy said to be consumed in the world that year "
        f"({thousands(alloy['high'].max(), 't')})"
    )


def loop_rows(edition) -> pd.DataFrame:
    """Return what desulphurisation and titanium sponge would need by stated rates, beside what is said to be bought.

    Returns:
        Columns what, low, high (t), source, period (of the output or use), made (t of metal made; NaN for uses):
        desulphurisation first, titanium after it.
    """
    found = [
        *_loop(edition, "mg.per_t_steel", "crude_steel.output.cn", 0.001, "Steel {}, China, all treated:"),
        *_bought(edition, "mg.consumption.world.steel_desulf", "Steel {}, world: said to be used"),
        *_loop(
            edition,
            "mg.intensity.ti_sponge",
            "titanium.sponge.output.cn",
            1.0,
            "Titanium {}, China, whoever makes the magnesium:",
        ),
        *_loop(
            edition,
            "mg.intensity.ti_sponge.semi_process",
            "titanium.sponge.output.cn",
            1.0,
            "Titanium {}, China, none recycling:",
        ),
        *_loop(
            edition,
            "mg.intensity.ti_sponge.full_process",
            "titanium.sponge.output.cn",
            1.0,
            "Titanium {}, China, all recycling:",
        ),
        *_bought(edition, "mg.output.electrolytic_inhouse.cn", "Titanium {}, China: said to be made in the plants"),
        *_bought(edition, "mg.consumption.world.reductant", "Titanium and others {}, world: said to be used"),
    ]
    return pd.DataFrame(found, columns=["what", "low", "high", "source", "period", "made"])


def _loop(edition, rate: str, output: str, tonnes: float, words: str) -> list[tuple]:
    made = edition.years(output)
    rates = edition.rows_of(rate)
    if made.empty or rates.empty:
        return []
    last, found = made.iloc[-1], []
    for _, row in rates.drop_duplicates("value").iterrows():
        low, high = (row["low"], row["high"]) if row["low"] == row["low"] else (row["value"], row["value"])
        ends = number(low, "", 0.01) if low == high else f"{number(low, '', 0.01)} to {number(high, '', 0.01)}"
        found.append(
            (
                f"{words.format(last['period'])} {ends} {row['unit']} (rate of {row['period']})",
                low * last["value"] * tonnes,
                high * last["value"] * tonnes,
                row["source"],
                last["period"],
                last["value"],
            )
        )
    return found


def _bought(edition, series: str, words: str) -> list[tuple]:
    rows = edition.years(series)
    if rows.empty:
        return []
    last = rows.iloc[-1]
    return [(words.format(last["period"]), last["value"], last["value"], last["source"], last["period"], float("nan"))]


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
    least, most, bought = rates["low"].min(), rates["high"].max(), used.iloc[0]["high"]
    place = "between the two" if least < bought < most else "more than either" if bought >= most else "less than either"
    return (
        f"At the stated rates all of China's steel of {rates.iloc[0]['period']} would take {rough(least)} to "
        f"{rough(most, 't')} of magnesium; {thousands(bought, 't')} are said to be used worldwide in "
        f"{used.iloc[0]['period']}, {place}. Not all steel is treated with magnesium, so crude steel is a poor "
        "measure of this demand."
    )


def _titanium_sentence(rows: pd.DataFrame) -> str | None:
    """Return what sponge takes by each rate, what plants are said to make themselves, and whether the two add up."""
    gross = rows[rows["what"].str.contains("none recycling|whoever makes", regex=True)]
    looped = rows[rows["what"].str.contains("all recycling")]
    inside = rows[rows["what"].str.contains("made in the plants")]
    if gross.empty or looped.empty:
        return None
    least, most, first = gross["low"].min(), gross["high"].max(), gross.iloc[0]
    span = rough(most, "t") if least == most else f"{rough(least)} to {rough(most, 't')}"
    made, least_bought = thousands(first["made"], "t"), rough(looped["high"].max(), "t")
    said = (
        f"China's {made} of titanium sponge of {first['period']} would take {span} of bought magnesium if no plant "
        f"won it back from the chloride, and {least_bought} if all did"
    )
    if inside.empty:
        return f"{said}: a loop more than a demand."
    own, year = inside.iloc[0]["high"], inside.iloc[0]["period"]
    fits = (
        "as much as all sponge takes by some of the rates"
        if own >= least
        else (f"{number(100 * own / most, '%', 1)} of that")
    )
    bought = rows[rows["what"].str.contains("Titanium and others")]
    used = (
        ""
        if bought.empty
        else (
            f" Yet {thousands(bought.iloc[0]['high'], 't')} are said to be used in the world for titanium and other "
            f"reduction ({bought.iloc[0]['period']}): figures of different years and sources, which nobody has fitted."
        )
    )
    return (
        f"{said}; {thousands(own, 't')} are said to be made in the plants themselves ({year}), {fits}: a loop more "
        f"than a demand.{used}"
    )


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


POSSIBLE = (".maturity", ".potential")
"""What series of what technology allows end with."""


def weight_rows(edition, weights: pd.DataFrame) -> pd.DataFrame:
    """Return stated weights as rows of a table: vehicles, period, kilograms, how it is said, how many say so.

    Args:
        edition: The edition.
        weights: Statements of `mg.per_vehicle...`.
    """
    notes = set(edition.printed_claims["note"]) if len(edition.printed_claims) else set()
    own = notes | set(edition.sources.loc[edition.sources["repeats"].isin(notes), "source"])
    keys = ["series", "measure", "period", "value"]
    rows = weights.assign(prints=weights.groupby(keys)["source"].transform("nunique")).drop_duplicates(keys)
    return pd.DataFrame(
        {
            "Vehicles": rows["series"].map(PLACES).fillna(rows["series"]),
            "Period": rows["period"],
            "kg": [_kg_ends(row) for _, row in rows.iterrows()],
            "Meant as": [_meant_as(row) for _, row in rows.iterrows()],
            "Pages": rows["prints"],
            "One of them": [origin(edition, row) for _, row in rows.iterrows()],
            "Caution": [
                "printed by the note that this book checks" if row["source"] in own else caution(edition, row["series"])
                for _, row in rows.iterrows()
            ],
        }
    )


def _meant_as(row: pd.Series) -> str:
    if row["measure"] == "forecast":
        return "a possibility" if row["series"].endswith(POSSIBLE) else "an aim or a forecast"
    return "what is in them" if row["measure"] == "level" else row["measure"]


def _kg_ends(row: pd.Series) -> str:
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        return " to ".join(number(row[end], "", row["resolution"]) for end in ("low", "high"))
    return as_printed(row, "")
