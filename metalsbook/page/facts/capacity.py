"""Numbers of the chapter on magnesium capacity: whose output over whose capacity, months of output, regions, plants."""

from itertools import pairwise

import pandas as pd

from metalsbook.analysis import capacity as sums
from metalsbook.analysis.exports import level_behind_forecast
from metalsbook.analysis.intervals import Interval, exact
from metalsbook.months import period_end, step_month
from metalsbook.page.cited import caution, without_copies
from metalsbook.page.facts.series import agreed, between, figure_at, printed_of
from metalsbook.page.narrative import as_printed

CAPACITY, OUTPUT, OUTPUT_SMM = "mg.capacity.cn", "mg.output.cn", "mg.output.cn.smm"
CAPACITY_USGS, OUTPUT_USGS = "mg.capacity.cn.usgs", "mg.output.world.chn"
CAPACITIES, OUTPUTS = (CAPACITY, CAPACITY_USGS), (OUTPUT, OUTPUT_SMM, OUTPUT_USGS)
"""Every count of the same."""
WORLD_CAPACITY, WORLD_OUTPUT = "mg.capacity.world", "mg.output.world"
RATE, RATE_MONTH = "mg.utilisation.cn", "mg.operating_rate.primary"
GOOD_RATE_PCT = 85
"""Assumption: the share of capacity that a smelter runs at in good years."""
SCATTERED_HHI = 1000
"""Below this index a market counts as unconcentrated (US Department of Justice and FTC, Merger Guidelines 2023)."""
REGIONS = {
    "Shaanxi": "mg.output.cn.shaanxi",
    "of which Fugu": "mg.output.cn.fugu",
    "Shanxi": "mg.output.cn.shanxi",
    "Ningxia": "mg.output.cn.ningxia",
    "Xinjiang": "mg.output.cn.xinjiang",
    "Inner Mongolia": "mg.output.cn.inner_mongolia",
}
_AT_WORK, _ASKED = "mg.smelters.operating", "mg.smelters.sample"
_OPERATING = (RATE_MONTH, "mg.operating_rate.primary.weekly", _AT_WORK, _ASKED, "mg.smelters.yulin.operating")
_DAILY = ("mg.output.cn.daily", "mg.output.cn.yulin.daily", "mg.output.daily.fugu_shenmu")
_EFFECTIVE, _NEW = "effective", "new"
_NOT_A_PLANT = (
    "alloy",
    "approved",
    "range10y",
    "year_inferred",
    "yuncheng",
    "fugu",
    "ningxia",
    "usgs",
    _NEW,
    _EFFECTIVE,
)
"""Parts of a capacity's series id that make it something else than the capacity of one company or plant."""


def stated_years(edition, *series: str) -> pd.DataFrame:
    """Return every published yearly level of some series, those of copies left out.

    Returns:
        Rows of `statements` with `who` (publisher) and `house` (who produced the figure).
    """
    rows = pd.concat([edition.prints(name) for name in series])
    rows = without_copies(rows[rows["period"].str.len() == 4], edition.sources)
    rows = rows.assign(who=edition.who(rows["source"]))
    origins = rows["source"].map(edition.sources.set_index("source")["origin"]).fillna("")
    rows = rows.assign(house=origins.where(~origins.isin(["", "unknown"]), rows["who"]))
    # One page's figure may stand under two names.
    return rows.drop_duplicates(["period", "value", "source"]).reset_index(drop=True)


def most_stated(edition, series: str) -> pd.Series | None:
    """Return the statement of the figure that most houses publish for the last year that has any, or None."""
    rows = stated_years(edition, series)
    if rows.empty:
        return None
    rows = rows[rows["period"] == rows["period"].max()]
    houses = rows.groupby("value")["house"].nunique()
    return rows[rows["value"] == max(houses.index, key=lambda value: (houses[value], value))].iloc[-1]


def yearly(edition, series: dict[str, list[str]]) -> pd.DataFrame:
    """Return the newest yearly figure of some series, the one that most houses publish.

    Args:
        edition: The edition.
        series: What each is called -> its series, and those of other counts of the same.

    Returns:
        Columns Figure, Year, Value, "y/y, %" (as published by one of those houses), "Published by", "Other figures".
    """
    rows = []
    for name, (one, *counts) in series.items():
        row = most_stated(edition, one)
        if row is None:
            continue
        year = stated_years(edition, one, *counts)
        year = year[year["period"] == row["period"]]
        names = list(dict.fromkeys(year.loc[year["value"] == row["value"], "who"]))
        growth = edition.prints(one, "yoy", row["period"])
        own = growth[growth["source"].isin(year.loc[year["value"] == row["value"], "source"])]
        growth = own if len(own) else growth
        others = [
            f"{rival.figure.best:,.0f} ({_short(rival.names)})"
            for rival in sums.distinct_figures(year)
            if not row["bound_low"] <= rival.figure.best <= row["bound_high"]
        ]
        change = float(growth["value"].iloc[-1]) if len(growth) else float("nan")
        rows.append((name, row["period"], row["value"], change, _short(names), "; ".join(others) or "none held"))
    columns = ["Figure", "Year", "Value", "y/y, %", "Published by", "Other figures"]
    return pd.DataFrame(rows, columns=columns)


def _short(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]


def output_months(edition, last: int = 24) -> pd.DataFrame:
    """Return `Edition.months` of SMM's output; months that only a forecast gives away are derived from it.

    A forecast of level and change for the next month leaves the level of this one; with the published change it leaves
    the month before, too.
    """
    rows = edition.months(OUTPUT_SMM, last)
    printed = edition.rows_of(OUTPUT_SMM)
    for month in rows.loc[rows["best"].isna(), "month"].dt.strftime("%Y-%m"):
        if (implied := level_behind_forecast(printed, OUTPUT_SMM, month)) is None:
            continue
        spans = {month: implied.figure}
        if (change := agreed(edition, OUTPUT_SMM, "mom", month)) is not None:
            spans[step_month(month, -1)] = implied.figure / (change.scaled(0.01) + exact(1.0))
        for each, span in spans.items():
            at = rows.index[(rows["month"] == each) & rows["best"].isna()]
            rows.loc[at, ["low", "best", "high"]] = [span.low, (span.low + span.high) / 2, span.high]
            rows.loc[at, ["status", "who"]] = ["derived", f"{edition.who(implied.level['source'])} (forecast)"]
    return rows


def output(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return SMM's output of the month and the month before, and what they rest on.

    Args:
        edition: The edition.
        rows: Result of `output_months`.

    Returns:
        now, then (`Interval`), status; mom and yoy as published (`Interval`); ahead: the forecast (level, change, who)
        that the month follows from, or None; association: its newest known month, with association_month; other known
        months of the association: none; n_up: months in a row whose published change is above zero.
    """
    month, before = edition.month, step_month(edition.month, -1)
    implied = level_behind_forecast(edition.rows_of(OUTPUT_SMM), OUTPUT_SMM, month)
    own = edition.months(OUTPUT_SMM, 1).iloc[-1]
    association = edition.months(OUTPUT, 12).dropna(subset=["best"])
    newest = association.iloc[-1] if len(association) else None
    return {
        "month": month,
        "before": before,
        "now": figure_at(rows, month),
        "then": figure_at(rows, before),
        "status": rows.iloc[-1]["status"],
        "mom": agreed(edition, OUTPUT_SMM, "mom", month),
        "mom_before": agreed(edition, OUTPUT_SMM, "mom", before),
        "yoy": agreed(edition, OUTPUT_SMM, "yoy", month),
        "ahead": None
        if implied is None or pd.notna(own["best"])
        else {
            "month": step_month(month, 1),
            "level": printed_of(implied.level),
            "change": printed_of(implied.change),
            "who": edition.who(implied.level["source"]),
        },
        "association": None if newest is None else figure_at(association, newest["month"].strftime("%Y-%m")),
        "association_month": "" if newest is None else newest["month"].strftime("%Y-%m"),
    }


def utilisation(edition) -> pd.DataFrame:
    """Return every published output over every published capacity for the last year that has both.

    Returns:
        Columns year, region, output_by, output_t, capacity_by, capacity_t, low, high, best (% of capacity); the
        largest rate first within China and world.
    """
    made, room = stated_years(edition, *OUTPUTS), stated_years(edition, *CAPACITIES)
    years = sums.years_with_both(made, room)
    frames = []
    for region, outputs, capacities in (
        ("China", made, room),
        ("World", stated_years(edition, WORLD_OUTPUT), stated_years(edition, WORLD_CAPACITY)),
    ):
        rows = sums.utilisation_matrix(outputs, capacities, years[-1] if years else "")
        rows = rows.rename(columns={"value": "best"}).assign(region=region, year=years[-1] if years else "")
        frames.append(rows.sort_values("best", ascending=False, kind="stable"))
    return pd.concat(frames, ignore_index=True)


def rates(edition, pairs: pd.DataFrame) -> dict[str, object]:
    """Return between what the utilisation of the last year lies, what is stated outright, and what would fill plants.

    Args:
        edition: The edition.
        pairs: Result of `utilisation`.

    Returns:
        year ("" where none), low and high: (rate, whose output), n; outright [(rate, who, side)]; ten_years (rate, who)
        or None; world (`Interval`) or None; to_retire (`Interval`, t a year) with to_retire_pct (`Interval`) for
        `GOOD_RATE_PCT`; claim (statement, verdict) of the notes or None.
    """
    china = pairs[pairs["region"] == "China"]
    facts: dict[str, object] = {"month": edition.month, "year": "", "good": GOOD_RATE_PCT, "n": len(china)}
    if china.empty:
        return facts
    year, top, bottom = china["year"].iloc[0], china.iloc[0], china.iloc[-1]
    stated = stated_years(edition, RATE)
    stated = stated[stated["period"] == year]
    outright = []
    for _, row in stated.iterrows():
        above, below = row["bound_low"] > china["high"].max(), row["bound_high"] < china["low"].min()
        outright.append((printed_of(row), row["who"], "above" if above else "below" if below else "within"))
    means = edition.years("mg.utilisation.cn.avg10y") if edition.has("mg.utilisation.cn.avg10y") else []
    world = pairs[pairs["region"] == "World"]
    gone = [sums.capacity_to_retire(row["output_t"], row["capacity_t"], GOOD_RATE_PCT) for row in (top, bottom)]
    share = [100 * left / row["capacity_t"] for left, row in zip(gone, (top, bottom), strict=True)]
    claims = edition.claims
    claims = claims[(claims["series"] == RATE) & (claims["period"] == year)] if len(claims) else claims
    return facts | {
        "year": year,
        "low": (float(bottom["best"]), _short(bottom["output_by"].split(", "))),
        "high": (float(top["best"]), _short(top["output_by"].split(", "))),
        "outright": outright,
        "ten_years": _told(edition, means.iloc[-1]) if len(means) else None,
        "world": Interval(world["best"].min(), world["best"].max(), world["best"].mean()) if len(world) else None,
        "to_retire": between(*gone),
        "to_retire_pct": between(*share),
        "claim": (claims.iloc[-1]["statement"], claims.iloc[-1]["verdict"]) if len(claims) else None,
    }


def _told(edition, row: pd.Series) -> tuple[Interval, str]:
    return printed_of(row), edition.who(row["source"])


def levels(edition) -> pd.DataFrame:
    """Return capacity and output of China by year, every different figure of a year as one span.

    Returns:
        Columns name, year (number), low, best (the middle of the different figures), high, n, unit, who.
    """
    rows = []
    for name, series in (("Capacity", CAPACITIES), ("Output", OUTPUTS)):
        for year, own in stated_years(edition, *series).groupby("period"):
            figures = [one.figure.best for one in sums.distinct_figures(own)]
            low, high = min(figures), max(figures)
            who = ", ".join(dict.fromkeys(own["who"]))
            rows.append((name, int(year), low, (low + high) / 2, high, len(figures), "t", who))
    return pd.DataFrame(rows, columns=["name", "year", "low", "best", "high", "n", "unit", "who"])


def level(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return the newest output and capacity of China and the first capacity known.

    Args:
        edition: The edition.
        rows: Result of `levels`.

    Returns:
        year, output (`Interval` from the lowest to the highest figure), n_figures, n_houses; room (`Interval`) and
        room_year, first_room and first_year; apart (per cent). All None or "" where nothing is known.
    """
    facts: dict[str, object] = {"month": edition.month, "year": "", "room": None}
    made, room = (rows[rows["name"] == name] for name in ("Output", "Capacity"))
    if len(made):
        row = made.iloc[-1]
        own = stated_years(edition, *OUTPUTS)
        facts |= {
            "year": str(row["year"]),
            "output": Interval(row["low"], row["high"], row["best"]),
            "n_figures": int(row["n"]),
            "n_houses": int(own.loc[own["period"] == str(row["year"]), "house"].nunique()),
            "apart": 100 * (row["high"] / row["low"] - 1),
        }
    if len(room):
        first, last = room.iloc[0], room.iloc[-1]
        facts |= {"room": Interval(last["low"], last["high"], last["best"]), "room_year": str(last["year"])}
        facts |= {"first_room": first["best"], "first_year": str(first["year"])}
    return facts


def operating(edition) -> pd.DataFrame:
    """Return the newest published operating rates, numbers of smelters and outputs a day within twelve months.

    Returns:
        Columns Month, Figure, Value (as published), "Published by", "What it counts"; the newest first.
    """
    order = (*_OPERATING, *_DAILY)
    rows = edition.rows_of(*order)
    rows = rows[rows["period"] >= step_month(edition.month, -11)]
    rows = rows.assign(month=rows["period"].str[:7], place=rows["series"].map(order.index))
    rows = rows.sort_values(["month", "place", "period"], ascending=[False, True, False])
    rows = rows.drop_duplicates("series", ignore_index=True)
    specs = [edition.spec(name) for name in rows["series"]]
    counts = [". ".join(filter(None, (spec["basis"], caution(edition, spec.name)))) for spec in specs]
    return pd.DataFrame(
        {
            "Month": pd.to_datetime(rows["month"]).dt.strftime("%b %Y"),
            "Figure": [spec["title"] for spec in specs],
            "Value": [as_printed(row) for _, row in rows.iterrows()],
            "Published by": edition.who(rows["source"]),
            "What it counts": counts,
        }
    )


def operating_rate(edition) -> dict[str, object]:
    """Return SMM's operating rate of the month with the smelters behind it, and daily outputs above their whole.

    Returns:
        now, then (`Interval` or None), change (percentage points), who; working, asked (numbers or None); daily: None
        or (whole, who, period, [(place, figure, who, period)]) of parts that exceed it.
    """
    month, before = edition.month, step_month(edition.month, -1)
    rows = edition.months(RATE_MONTH, 2)
    now, then = figure_at(rows, month), figure_at(rows, before)
    counts = {name: edition.figure(series) for name, series in (("working", _AT_WORK), ("asked", _ASKED))}
    facts: dict[str, object] = {"month": month, "before": before, "now": now, "then": then, "daily": None}
    facts |= {name: None if row is None else int(row["value"]) for name, row in counts.items()}
    facts |= {"who": rows.iloc[-1]["who"], "change": now.best - then.best if now and then else None}
    daily = edition.rows_of(*_DAILY)
    daily = daily[daily["period"] >= step_month(month, -11)].sort_values("period", ascending=False)
    whole = daily[daily["series"] == _DAILY[0]]
    if len(whole):
        top = whole.iloc[0]
        parts = daily[daily["series"].isin(_DAILY[1:]) & (daily["period"].str[:7] == top["period"][:7])]
        parts = parts[parts["bound_low"] > top["value"]]
        listed = [
            (edition.spec(row["series"])["place"], *_told(edition, row), row["period"]) for _, row in parts.iterrows()
        ]
        if listed:
            facts["daily"] = (*_told(edition, top), top["period"], listed)
    return facts


def regions(edition) -> pd.DataFrame:
    """Return the regions' shares of China's primary magnesium in the spans that both have.

    Returns:
        Columns name, date (last day of the span), period, measure, low, best, high (%), unit, who; oldest first.
    """
    rows = edition.rows_of(*REGIONS.values(), OUTPUT)
    rows = rows[rows["measure"].isin(["level", "ytd"])]
    parts = rows[rows["series"] != OUTPUT]
    parts = parts.assign(name=parts["series"].map({series: name for name, series in REGIONS.items()}))
    shares = sums.part_shares(parts, rows[rows["series"] == OUTPUT]).rename(columns={"value": "best"})
    who = ", ".join(dict.fromkeys(edition.who(parts["source"])))
    shares = shares.assign(date=pd.to_datetime(shares["period"].map(period_end)), unit="%", who=who)
    return shares.sort_values("date", kind="stable", ignore_index=True)


def region(edition, shares: pd.DataFrame) -> dict[str, object]:
    """Return the newest and the first known share of Shaanxi and of Fugu.

    Returns:
        shaanxi and fugu: None or (share `Interval`, period, since_january, first share, first period,
        first_since_january).
    """
    facts: dict[str, object] = {"month": edition.month}
    for key, name in (("shaanxi", "Shaanxi"), ("fugu", "of which Fugu")):
        own = shares[shares["name"] == name]
        first, last = (own.iloc[0], own.iloc[-1]) if len(own) else (None, None)
        facts[key] = (
            None
            if last is None
            else {
                "share": Interval(last["low"], last["high"], last["best"]),
                "period": last["period"],
                "ytd": last["measure"] == "ytd",
                "first": float(first["best"]) if len(own) > 1 else None,
                "first_period": first["period"],
                "first_ytd": first["measure"] == "ytd",
            }
        )
    return facts


def companies(edition) -> pd.DataFrame:
    """Return the latest stated primary capacity of each company or plant.

    A plant whose catalogue has an effective figure beside its name-plate never ran near it and is left out.

    Returns:
        Columns name, period, best (t/year), share (% of the latest stated capacity of China), unit, who; largest first.
    """
    prefix, effective = f"{CAPACITY}.", f".{_EFFECTIVE}"
    names = [name for name in edition.series["series"] if name.startswith(prefix)]
    idle = {name.removesuffix(effective) for name in names if name.endswith(effective)}
    plants = [n for n in names if not set(n[len(prefix) :].split(".")) & set(_NOT_A_PLANT) and n not in idle]
    rows = pd.DataFrame([edition.years(name).iloc[-1] for name in plants if len(edition.years(name))])
    whole = edition.years(CAPACITY)
    if rows.empty or whole.empty:
        return pd.DataFrame(columns=["name", "period", "best", "share", "unit", "who"])
    return pd.DataFrame(
        {
            "name": [_plant(edition, name) for name in rows["series"]],
            "period": rows["period"],
            "best": rows["value"],
            "share": 100 * rows["value"] / whole.iloc[-1]["value"],
            "unit": "t a year",
            "who": edition.who(rows["source"]),
        }
    ).sort_values("best", ascending=False, ignore_index=True, kind="stable")


def _plant(edition, series: str) -> str:
    return edition.spec(series)["title"].split(", ", 1)[-1]


def owners(edition, plants: pd.DataFrame) -> dict[str, object]:
    """Return what known capacities and published ratios say of concentration, and what is announced.

    Args:
        edition: The edition.
        plants: Result of `companies`.

    Returns:
        n, first and last year of the figures, covered and top5 (% of China's capacity); cr3, cr5, cr_year, cr_who
        and scattered, or cr3 None; additions [(name, t a year, year, who)] with added (t a year) and
        cautions.
    """
    facts: dict[str, object] = {"month": edition.month, "n": len(plants), "cr3": None}
    if len(plants):
        known = sums.concentration(plants["share"].tolist())
        facts |= {"top": plants.iloc[0]["name"], "top_t": float(plants.iloc[0]["best"])}
        facts |= {"first": plants["period"].min(), "last": plants["period"].max()}
        facts |= {"covered": known["covered_pct"], "top5": known["cr5_pct"]}
    three, five = (edition.years(f"mg.concentration.{name}") for name in ("cr3", "cr5"))
    if len(three) and len(five):
        row = five.iloc[-1]
        _, high = sums.hhi_from_ratios(three.iloc[-1]["value"], row["value"])
        facts |= {"cr3": printed_of(three.iloc[-1]), "cr5": printed_of(row), "cr_year": row["period"]}
        facts |= {"cr_who": edition.who(row["source"]), "scattered": high < SCATTERED_HHI}
    ahead = _additions(edition)
    return facts | {
        "additions": [(name, added, year, who) for name, added, year, who, _ in ahead],
        "added": sum(added for _, added, *_ in ahead),
        "cautions": list(dict.fromkeys(told for *_, told in ahead if told)),
    }


def _additions(edition) -> list[tuple[str, float, str, str, str]]:
    """Return capacity expected for after the edition's year: name, t a year more, year, who, caution; largest first."""
    found = []
    for name in edition.series["series"]:
        if not name.startswith(f"{CAPACITY}.") or name.endswith((f".{_EFFECTIVE}", ".share")):
            continue
        ahead = edition.latest(name, "forecast", 4)
        ahead = ahead[ahead["period"] > edition.month[:4]]
        stands = edition.years(name)
        # A whole plant's forecast adds what it has above the latest stated capacity; new capacity adds all of it.
        new = name.endswith(f".{_NEW}")
        if ahead.empty or not (new or len(stands)):
            continue
        row = ahead.iloc[-1]
        added = row["value"] - (0.0 if new else stands.iloc[-1]["value"])
        who = edition.who(row["source"])
        found.append((_plant(edition, name), float(added), row["period"], who, caution(edition, name)))
    return sorted(found, key=lambda row: -row[1])


def world(edition) -> dict[str, object]:
    """Return China's share of the world's primary magnesium in the last year that has any.

    Returns:
        year ("" where none), share (`Interval`), low_who and high_who, n_houses.
    """
    shares = sums.world_shares(
        stated_years(edition, OUTPUT),
        stated_years(edition, WORLD_OUTPUT),
        stated_years(edition, f"{OUTPUT}.share_world"),
    )
    if shares.empty:
        return {"month": edition.month, "year": ""}
    own = shares[shares["period"] == shares["period"].max()]
    low, high = own.loc[own["value"].idxmin()], own.loc[own["value"].idxmax()]
    return {
        "month": edition.month,
        "year": low["period"],
        "share": between(low["value"], high["value"]),
        "low_who": low["who"],
        "high_who": high["who"],
        "n_houses": int(own["who"].nunique()),
    }


def balances(edition) -> pd.DataFrame:
    """Return output less exports beside stated consumption by year (see `analysis.capacity.balances`), newest first."""
    frames = (
        stated_years(edition, OUTPUT, OUTPUT_SMM),
        *(stated_years(edition, n) for n in ("mg.export.total", "mg.consumption.cn")),
    )
    return sums.balances(*frames).sort_values("period", ascending=False, ignore_index=True)


def balance(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return whether the balance of the last year closes, and which years repeat a consumption.

    Args:
        edition: The edition.
        rows: Result of `balances`.

    Returns:
        year ("" where none), gap (`Interval`, t), share (`Interval`, % of output), closes; closed: other years that
        close; repeats [(year, earlier year)].
    """
    facts: dict[str, object] = {"month": edition.month, "year": "", "closed": [], "repeats": []}
    if rows.empty:
        return facts
    last = rows.iloc[0]
    fits = rows.loc[(rows["gap_low"] <= 0) & (rows["gap_high"] >= 0), "period"].tolist()
    gap = between(last["gap_low"], last["gap_high"])
    stated = list(zip(rows["stated_low"], rows["stated_high"], strict=True))
    return facts | {
        "year": last["period"],
        "gap": gap,
        "share": gap.scaled(100 / last["made"]),
        "closes": last["period"] in fits,
        "closed": [year for year in fits if year != last["period"]],
        "repeats": [
            (later, earlier)
            for (later, earlier), (one, other) in zip(pairwise(rows["period"]), pairwise(stated), strict=True)
            if one == other
        ],
    }
