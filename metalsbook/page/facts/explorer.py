"""Numbers of the explorer's scenarios: the last stated year that each multiplies, None where the edition has none."""

from metalsbook.analysis.scenarios import HUMANOID_NDFEB_KG, quoted_range
from metalsbook.names import base_name

CAPACITY, OUTPUT, VEHICLES = "mg.capacity.cn", "mg.output.cn", "auto.output.cn"
WEIGHT, MAGNETS = "mg.per_vehicle.cn", "humanoid.ndfeb.kg_per_robot"
USUAL_KG = 4.0
"""Kilograms of magnesium a vehicle where the edition knows no statement of it."""


def scenarios(edition) -> dict[str, object]:
    """Return capacity and output (t) of their last common year, with rate (%); vehicles of a year and kg a vehicle.

    Returns:
        year, capacity, output, rate; vehicle_year, vehicles, kg, tonnes; low_kg and high_kg of magnets a robot, low
        and high (t of a million robots), assumed (whether nobody states them); who says so of each of the three.
    """
    facts: dict[str, object] = dict.fromkeys(
        ("year", "capacity", "output", "rate", "vehicle_year", "vehicles", "tonnes")
    )
    capacity, output = (edition.years(name).set_index("period") for name in (CAPACITY, OUTPUT))
    if len(common := capacity.index.intersection(output.index)):
        year = max(common)
        facts |= {"year": year, "capacity": float(capacity["value"][year]), "output": float(output["value"][year])}
        facts["rate"] = 100 * facts["output"] / facts["capacity"]
    weights, made = edition.years(WEIGHT), edition.years(VEHICLES)
    facts["kg"] = float(weights["value"].iloc[-1]) if len(weights) else USUAL_KG
    if len(made):
        facts |= {"vehicle_year": made["period"].iloc[-1], "vehicles": float(made["value"].iloc[-1])}
        facts["tonnes"] = facts["kg"] * facts["vehicles"] / 1000
    stated = quoted_range(edition.rows_of(MAGNETS))
    low, high = stated or HUMANOID_NDFEB_KG
    facts |= {"low_kg": low, "high_kg": high, "low": 1000 * low, "high": 1000 * high, "assumed": stated is None}
    named = {"retired": (CAPACITY, OUTPUT), "built": (WEIGHT, VEHICLES), "robots": (MAGNETS,)}
    return facts | {f"who_{key}": _who(edition, *series) for key, series in named.items()}


def _who(edition, *series: str) -> str:
    last = [edition.years(one)["source"].map(edition.publishers).map(base_name).tail(1) for one in series]
    return ", ".join(dict.fromkeys(name for names in last for name in names)) or "no source in this edition"
