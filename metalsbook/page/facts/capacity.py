"""Numbers of the chapter on magnesium capacity: whose output over whose capacity, months of output, regions, plants."""

from collections.abc import Iterable
from itertools import product

import pandas as pd

from metalsbook.analysis.capacity import distinct_figures, greatest_hhi
from metalsbook.analysis.exports import level_behind_forecast
from metalsbook.analysis.sources import origins
from metalsbook.months import step_month
from metalsbook.page.facts.series import (
    agreed,
    between,
    facts_of,
    is_rest_of_year,
    last_of,
    of_week,
    printed_of,
    without_copies,
)

CAPACITY, OUTPUT, OUTPUT_SMM = "mg.capacity.cn", "mg.output.cn", "mg.output.cn.smm"
CAPACITY_USGS, OUTPUT_USGS = "mg.capacity.cn.usgs", "mg.output.world.chn"
CAPACITIES, OUTPUTS = (CAPACITY, CAPACITY_USGS), (OUTPUT, OUTPUT_SMM, OUTPUT_USGS)
"""Every count of the same."""
WORLD_CAPACITY, WORLD_OUTPUT = "mg.capacity.world", "mg.output.world"
RATE, RATE_MONTH = "mg.utilisation.cn", "mg.operating_rate.primary"
_RATE_WEEK, OUTPUT_WEEK = f"{RATE_MONTH}.weekly", "mg.output.cn.weekly"
GOOD_RATE_PCT = 85
"""Assumption: the share of capacity that a smelter runs at in good years."""
SCATTERED_HHI = 1000
"""Below this index a market counts as unconcentrated (US Department of Justice and FTC, Merger Guidelines 2023)."""
_AT_WORK, _ASKED = "mg.smelters.operating", "mg.smelters.sample"
_DAILY = ("mg.output.cn.daily", "mg.output.cn.yulin.daily", "mg.output.daily.fugu_shenmu")
OPERATING = (RATE_MONTH, _RATE_WEEK, OUTPUT_WEEK, _AT_WORK, _ASKED, "mg.smelters.yulin.operating", *_DAILY)
"""What tells how busy smelters are: rates, numbers of smelters, output a day."""
_EFFECTIVE, _NEW = "effective", "new"
_NOT_A_PLANT = {*"alloy approved range10y year_inferred yuncheng fugu ningxia usgs".split(), _NEW, _EFFECTIVE}
"""Parts of a capacity's series id that make it something else than the capacity of one company or plant."""


def stated_years(edition, *series: str) -> pd.DataFrame:
    """Return the statements of yearly levels of some series with their house (who produced them), without copies."""
    rows = pd.concat([edition.prints(name) for name in series])
    rows = without_copies(rows[rows["period"].str.len() == 4], edition.sources)
    rows = rows.assign(house=rows["source"].map(origins(edition.sources)))
    # One page's figure may stand under two names.
    return rows.drop_duplicates(["period", "value", "source"]).reset_index(drop=True)


def yearly(edition, series: dict[str, list[str]]) -> pd.DataFrame:
    """Return the newest yearly figure of some series, the one that most houses publish.

    `series`: what each is called -> its series, and those of other counts of the same.

    Returns:
        Columns Figure, Year, Value, "y/y, %" (as published by one of those houses), "Published by", "Other figures".
    """
    rows = []
    for name, (one, *counts) in series.items():
        stated = stated_years(edition, one)
        if stated.empty:
            continue
        period = stated["period"].max()
        stated = stated[stated["period"] == period]
        value = stated.groupby("value")["house"].nunique().sort_index(ascending=False).idxmax()
        row = stated[stated["value"] == value].iloc[-1]
        year = stated_years(edition, one, *counts).query("period == @period")
        agree = year[year["value"] == value]
        growth = edition.prints(one, "yoy", period)
        changes = [float("nan"), *growth["value"], *growth.loc[growth["source"].isin(agree["source"]), "value"]]
        rivals = ((rival.figure.best, _short(rival.names)) for rival in distinct_figures(year))
        rivals = (one for one in rivals if not row["bound_low"] <= one[0] <= row["bound_high"])
        others = "; ".join(f"{value:,.0f} ({who})" for value, who in rivals) or "none held"
        rows.append((name, period, value, changes[-1], _short(agree["who"]), others))
    return pd.DataFrame(rows, columns=["Figure", "Year", "Value", "y/y, %", "Published by", "Other figures"])


def _short(names: Iterable[str]) -> str:
    first, *more = dict.fromkeys(names)
    return f"{first} and {len(more)} more" if more else first


def output(edition) -> dict[str, object]:
    """Return `facts_of` SMM's output and what it rests on.

    Returns:
        mom, mom_before and yoy as published (`Interval`); ahead: the forecast (month, level, change) that the month
        follows from, or None; association: its newest known month of twelve, with association_month, or None, and
        rest_of_year (`is_rest_of_year` of it); week: see `of_week`.
    """
    known, month = facts_of(edition, OUTPUT_SMM), edition.month
    changes = {"mom": ("mom", month), "yoy": ("yoy", month), "mom_before": ("mom", known["before"])}
    facts = known | {name: agreed(edition, OUTPUT_SMM, *of) for name, of in changes.items()}
    facts |= {"ahead": None, "association": None, "rest_of_year": False}
    if known["implied_ahead"] and (implied := level_behind_forecast(edition.rows_of(OUTPUT_SMM), OUTPUT_SMM, month)):
        level, change = printed_of(implied.level), printed_of(implied.change)
        facts["ahead"] = {"month": known["implied_ahead"], "level": level, "change": change}
    counted = facts_of(edition, OUTPUT)
    if (counted["last"] or "") > step_month(month, -12):
        facts |= {"association": counted["last_figure"], "association_month": counted["last"]}
        facts["rest_of_year"] = is_rest_of_year(edition, OUTPUT, counted["last"])
    return facts | {"week": of_week(edition, OUTPUT_WEEK)}


def utilisation(edition) -> pd.DataFrame:
    """Return every published output over every published capacity for the last year that has both.

    Returns:
        Columns year, region, output_by, output_t, capacity_by, capacity_t, low, high, best (% of capacity); the
        largest rate first within China and world.
    """
    places = {"China": (OUTPUTS, CAPACITIES), "World": ([WORLD_OUTPUT], [WORLD_CAPACITY])}
    stated = {place: [stated_years(edition, *names) for names in both] for place, both in places.items()}
    year = max(set.intersection(*(set(rows["period"]) for rows in stated["China"])), default="")
    rows = []
    for place, both in stated.items():
        for made, room in product(*(distinct_figures(rows[rows["period"] == year]) for rows in both)):
            rate = (made.figure / room.figure).scaled(100)
            pair = made.who, made.figure.best, room.who, room.figure.best
            rows.append((year, place, *pair, rate.low, rate.high, rate.best))
    rows = pd.DataFrame(rows, columns="year region output_by output_t capacity_by capacity_t low high best".split())
    return rows.sort_values(["region", "best"], ascending=[True, False], kind="stable", ignore_index=True)


def rates(edition, pairs: pd.DataFrame) -> dict[str, object]:
    """Return between what `utilisation` of the last year lies, what is stated outright, and what would fill plants.

    Returns:
        year ("" where none), low and high: (rate, whose output), n; outright (statements with the side on which they
        lie); ten_years (a statement or None); world (`Interval`) or None; to_retire (`Interval`, t a year) with
        to_retire_pct (`Interval`) for `GOOD_RATE_PCT`; claim (of the notes) or None.
    """
    china, world = (pairs[pairs["region"] == region] for region in ("China", "World"))
    facts: dict[str, object] = {"month": edition.month, "year": "", "good": GOOD_RATE_PCT, "n": len(china)}
    if china.empty:
        return facts
    year, ends = china["year"].iloc[0], china.iloc[[-1, 0]]
    stated = stated_years(edition, RATE).query("period == @year").assign(side="within")
    stated.loc[stated["bound_low"] > china["high"].max(), "side"] = "above"
    stated.loc[stated["bound_high"] < china["low"].min(), "side"] = "below"
    gone = (ends["capacity_t"] - 100 * ends["output_t"] / GOOD_RATE_PCT).clip(lower=0)
    facts["low"], facts["high"] = zip(ends["best"], ends["output_by"].str.split(", ").map(_short), strict=True)
    return facts | {
        "year": year,
        "outright": stated.to_dict("records"),
        "ten_years": last_of(stated_years(edition, "mg.utilisation.cn.avg10y")),
        "world": between(*world["best"]) if len(world) else None,
        "to_retire": between(*gone),
        "to_retire_pct": between(*(100 * gone / ends["capacity_t"])),
        "claim": last_of(edition.claims.query("series == @RATE and period == @year")),
    }


def caution(edition, series: str) -> str:
    """Return what the catalogue says of a series beyond what it is: its definition after the first sentence."""
    return edition.spec(series)["definition"].partition(". ")[2].strip()


def operating_rate(edition) -> dict[str, object]:
    """Return `facts_of` SMM's operating rate, smelters working and asked (statements or None), and week (`of_week`)."""
    smelters = {"working": edition.figure(_AT_WORK), "asked": edition.figure(_ASKED)}
    return facts_of(edition, RATE_MONTH) | smelters | {"week": of_week(edition, _RATE_WEEK)}


def companies(edition) -> pd.DataFrame:
    """Return the latest stated primary capacity of each company or plant.

    A plant whose catalogue has an effective figure beside its name-plate never ran near it and is left out.

    Returns:
        Columns name, period, best (t/year), share (% of the latest stated capacity of China), unit, who; largest first.
    """
    prefix, effective = f"{CAPACITY}.", f".{_EFFECTIVE}"
    names = [name for name in edition.series["series"] if name.startswith(prefix)]
    idle = {name.removesuffix(effective) for name in names if name.endswith(effective)}
    plants = [n for n in names if not set(n[len(prefix) :].split(".")) & _NOT_A_PLANT and n not in idle]
    rows = pd.DataFrame([row for name in plants for _, row in edition.years(name).tail(1).iterrows()])
    columns, whole = ["name", "period", "best", "share", "unit", "who"], edition.years(CAPACITY)["value"]
    if rows.empty or whole.empty:
        return pd.DataFrame(columns=columns)
    rows = rows.rename(columns={"value": "best"}).sort_values("best", ascending=False, kind="stable", ignore_index=True)
    names = rows["series"].map(lambda name: _plant(edition, name))
    return rows.assign(name=names, share=100 * rows["best"] / whole.iloc[-1], unit="t a year")[columns]


def _plant(edition, series: str) -> str:
    return edition.spec(series)["title"].split(", ", 1)[-1]


def owners(edition, plants: pd.DataFrame) -> dict[str, object]:
    """Return what the capacities of `companies` and published ratios say of concentration, and what is announced.

    Returns:
        plants as records; cr3 and cr5 (statements or None) and whether they are scattered; additions [(name, t a year
        more, year, who)], the largest first, with cautions.
    """
    three, five = (last_of(edition.years(f"mg.concentration.{name}")) for name in ("cr3", "cr5"))
    facts = {"month": edition.month, "plants": plants.to_dict("records"), "cr3": three, "cr5": five}
    facts["scattered"] = three and five and greatest_hhi(three["value"], five["value"]) < SCATTERED_HHI
    ahead = []
    for name in edition.series["series"]:
        if not name.startswith(f"{CAPACITY}.") or name.endswith((f".{_EFFECTIVE}", ".share")):
            continue
        expected, stands = edition.latest(name, "forecast", 4), edition.years(name)["value"]
        # A whole plant's forecast adds what it has above the latest stated capacity; new capacity adds all of it.
        new = name.endswith(f".{_NEW}")
        expected = expected[(expected["period"] >= edition.month[:4]) & (new or len(stands) > 0)]
        for _, row in expected.tail(1).iterrows():
            added = row["value"] - (0.0 if new else stands.iloc[-1])
            ahead.append((_plant(edition, name), added, row["period"], row["who"], name))
    ahead.sort(key=lambda row: -row[1])
    cautions = dict.fromkeys(caution(edition, name) for *_, name in ahead)
    return facts | {"additions": [row[:4] for row in ahead], "cautions": list(filter(None, cautions))}


def balances(edition) -> pd.DataFrame:
    """Return output less exports beside stated consumption by year, newest first: what the figures leave unexplained.

    Returns:
        Columns period; in t low, high (output less exports over all rival prints), stated_low, stated_high
        (consumption), gap_low, gap_high (what is left over; imports and stock changes are in it), made (the middle of
        the rival outputs); closes (whether nothing need be left over) and repeats (the year before it that has the same
        consumption, else "").
    """
    series = ((OUTPUT, OUTPUT_SMM), ("mg.export.total",), ("mg.consumption.cn",))
    stated = [dict(iter(stated_years(edition, *names).groupby("period"))) for names in series]
    rows = []
    for year in sorted(set.intersection(*map(set, stated))):
        figures = ([one.figure for one in distinct_figures(prints[year])] for prints in stated)
        made, sent, used = (between(*(end for one in every for end in (one.low, one.high))) for every in figures)
        left, gap = made - sent, made - sent - used
        rows.append((year, left.low, left.high, used.low, used.high, gap.low, gap.high, made.best))
    rows = pd.DataFrame(rows, columns="period low high stated_low stated_high gap_low gap_high made".split())
    same = (rows[["stated_low", "stated_high"]] == rows[["stated_low", "stated_high"]].shift()).all(axis=1)
    rows["closes"] = (rows["gap_low"] <= 0) & (rows["gap_high"] >= 0)
    rows["repeats"] = rows["period"].shift().where(same, "")
    return rows.iloc[::-1].reset_index(drop=True)
