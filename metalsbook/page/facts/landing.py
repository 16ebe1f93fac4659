"""Numbers of the landing page: the five takeaways, the table's series, unusual moves, forecasts and next releases."""

import pandas as pd

from metalsbook.ledger.coverage import TOGETHER
from metalsbook.months import cut_off, days_between, period_end, shift_day, step_month
from metalsbook.page.facts.capacity import OUTPUT_WEEK
from metalsbook.page.facts.exports import INGOT, TOTAL, flow
from metalsbook.page.facts.series import facts_of, of_week, office_of
from metalsbook.page.narrative import period_name, since_january

FUGU, OUTPUT, ASSOCIATION = "mg.price.ingot.fugu", "mg.output.cn.smm", "mg.output.cn"
PRND, MAGNETS = "ree.price.prnd_oxide.cn", "ree.export.magnet.cn"
VEHICLES, ELECTRIC = "auto.sales.cn", "nev.sales.cn"
BOARD = {
    "Magnesium ingot, Fugu": FUGU,
    "Magnesium ingot, FOB China": "mg.price.ingot.fob_china",
    "Ferrosilicon 75%, Shaanxi": "ferrosilicon.price.75.shaanxi",
    "Magnesium output, SMM": OUTPUT,
    "Magnesium output, association": ASSOCIATION,
    "Operating rate, primary magnesium": "mg.operating_rate.primary",
    "Ingot stocks, Fugu and Shenmu": "mg.inventory.fugu_shenmu",
    "Magnesium exports, all products": TOTAL,
    "Magnesium exports, ingot": INGOT,
    "Magnesium exports, alloy": "mg.export.alloy",
    "Magnesium exports, powder": "mg.export.powder",
    "Pr-Nd oxide, China": PRND,
    "Pr-Nd metal, China": "ree.price.prnd_metal.cn",
    "Dysprosium oxide, China": "ree.price.dy_oxide.cn",
    "Terbium oxide, China": "ree.price.tb_oxide.cn",
    "Rare earth exports": "ree.export.total.cn",
    "Magnet exports": MAGNETS,
    "Magnet exports to the US": "ree.export.magnet.cn.to.USA",
    "Vehicle sales": VEHICLES,
    "New-energy vehicle sales": ELECTRIC,
    "Vehicle exports": "auto.export.cn",
    "Crude steel output": "crude_steel.output.cn",
    "Industrial robot output": "robot.industrial.output.cn",
}
"""What the table of the landing page shows: what each is called -> its series."""
RELEASES = {
    "Magnesium exports": TOTAL,
    "Magnesium output, SMM": OUTPUT,
    "Vehicle sales, CAAM": VEHICLES,
    "Crude steel output, NBS": "crude_steel.output.cn",
    "Magnet exports": MAGNETS,
}
LEAST_RELEASES = 3
"""Fewest dated pages from which the day of the next one is told."""
LATEST_DAYS = 60
"""A page dated later tells of a month again; it is not that month's release."""


def takeaways(edition) -> dict[str, object]:
    """Return month, `facts_of` (or `flow`) of each headline series, and week (`of_week` of output)."""
    names = {"price": FUGU, "output": OUTPUT, "association": ASSOCIATION, "prnd": PRND, "magnets": MAGNETS}
    names |= {"vehicles": VEHICLES, "electric": ELECTRIC}
    facts = {name: facts_of(edition, series) for name, series in names.items()}
    facts |= {"total": flow(edition, TOTAL), "ingot": flow(edition, INGOT), "week": of_week(edition, OUTPUT_WEEK)}
    return {"month": edition.month, **facts}


def releases(edition) -> pd.DataFrame:
    """Return when the next figures of the headline series are likely to be published, judged by their last releases.

    Returns:
        Columns name, who (the publisher that was first most often), period (the month they will be of), named (January
        and February where an office prints them as one), expected (a day), n (releases that it rests on); by day.
    """
    rows = []
    for name, series in RELEASES.items():
        prints = edition.rows_of(series)
        prints = prints[prints["measure"].isin(["level", "mom", "ytd"]) & (prints["period"].str.len() == 7)]
        dated = prints[prints["published_basis"] == "stated"].sort_values(["period", "published"])
        first = dated.drop_duplicates("period").tail(12)
        days = pd.Series(map(days_between, first["period"].map(period_end), first["published"].str[:10]), dtype=int)
        days = days[days.between(0, LATEST_DAYS)]
        if len(days) < LEAST_RELEASES:
            continue
        lag, period = int(days.median()), step_month(prints["period"].max(), 1)
        # What should be there by now is no longer to come.
        while shift_day(period_end(period), lag) <= cut_off(edition.month):
            period = step_month(period, 1)
        together = period.endswith("-01") and office_of(edition, series) in TOGETHER
        period = step_month(period, int(together))
        named = since_january(period) if together else period_name(period)
        who = edition.who(first["source"]).mode().iloc[0]
        rows.append((name, who, period, named, pd.Timestamp(shift_day(period_end(period), lag)), len(days)))
    found = pd.DataFrame(rows, columns=["name", "who", "period", "named", "expected", "n"])
    return found.sort_values("expected", kind="stable")
