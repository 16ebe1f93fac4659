"""Downstream demand: shares, growth by end use, and the sentence on the automobiles of June 2025 taken apart.

CAAM and NBS count different things and are never put into one series; every figure keeps who counted it.
"""

import pandas as pd

from metalsbook.analysis.intervals import Interval, growth_factor, printed
from metalsbook.analysis.sources import agreed_prints, same_source
from metalsbook.ledger.figures import read_figure
from metalsbook.months import period_end, step_month

CAAM_BASIS = "published levels"
NBS_BASIS = "comparable sample"


def shares(parts: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Return what a part is of its total in each month that has both, with what the rounding of both leaves open.

    Both are the latest print of each month: period, value, bound_low, bound_high, source.

    Returns:
        Columns period, date, value, low, high (per cent), source ("" where one of the two is implied), oldest first.
    """
    both = parts.merge(totals, on="period", suffixes=("", "_total")).sort_values("period", ignore_index=True)
    return both[["period"]].assign(
        date=pd.to_datetime(both["period"].map(period_end)),
        value=100 * both["value"] / both["value_total"],
        low=100 * both["bound_low"] / both["bound_high_total"],
        high=100 * both["bound_high"] / both["bound_low_total"],
        source=both["source"].where(both["source_total"] != "", ""),
    )


def growth_grid(
    statements: pd.DataFrame, uses: dict[str, str], months: list[str], bases: dict[str, str]
) -> pd.DataFrame:
    """Return the growth against the year before of each end use and month, as printed, with its basis.

    The change of the month itself goes before that of the year to date, which is taken where the month has none. `uses`
    are series -> name of the end use, in the order wanted; `bases` series -> `growth_basis` of the catalogue.

    Returns:
        Columns use, period, value (per cent), measure ("yoy" or "ytd_yoy"), basis, mark ("n" for a comparable sample,
        and "c" where cumulated), source; a month without a print is left out.
    """
    rows = statements[statements["series"].isin(uses) & statements["period"].isin(months)]
    rows = agreed_prints(rows[rows["measure"].isin(["yoy", "ytd_yoy"])], ["series", "period", "measure"])
    # The month's own change stands last, and the last one is kept.
    rows = rows.sort_values("measure", key=lambda names: names.eq("yoy"), kind="stable")
    rows = rows.drop_duplicates(["series", "period"], keep="last")
    sample = rows["series"].map(bases).eq("comparable_sample")
    cumulated = rows["measure"].eq("ytd_yoy")
    mark = sample.map({True: "n", False: ""}) + cumulated.map({True: "c", False: ""})
    grid = rows.assign(
        use=rows["series"].map(uses),
        basis=sample.map({True: NBS_BASIS, False: CAAM_BASIS}),
        mark=mark,
        order=rows["series"].map(list(uses).index),
    ).sort_values(["order", "period"], ignore_index=True)
    return grid[["use", "period", "value", "measure", "basis", "mark", "source"]]


COUNTED = {
    "auto.output.cn": "vehicles made",
    "nev.output.cn": "new-energy vehicles made",
    "auto.sales.cn": "vehicles sold",
    "nev.sales.cn": "new-energy vehicles sold",
}
"""What CAAM counts, as sentences call it."""
COARSE = 20
"""A figure whose interval is wider than this many times the printed one's tells nothing about it."""
_CANDIDATES = ["key", "what", "unit", "value", "low", "high"]


def vehicle_figures(statements: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return every figure that a sentence on the vehicles of a month could mean: counts, growth, shares, their change.

    Returns:
        Columns key ("level:series", "yoy:series", "share:part/total", "share_change:part/total"), what, unit ("unit",
        "%" or "pp"), value, low, high (what printed digits leave); a figure that cannot be told is left out.
    """
    found = []
    for series, name in COUNTED.items():
        for measure, words in (("level", ""), ("yoy", "growth on the year of the ")):
            row = _printed(statements, series, measure, month)
            if row is not None:
                figure = row["unit"], row["value"], row["bound_low"], row["bound_high"]
                found.append((f"{measure}:{series}", f"{words}{name}", *figure))
    for of in ("output", "sales"):
        pair, name = (f"nev.{of}.cn", f"auto.{of}.cn"), COUNTED[f"auto.{of}.cn"]
        now, then = (_share(statements, *pair, each) for each in (month, step_month(month, -12)))
        ways = [one for one in (then, _share_before(statements, *pair, month, now)) if one is not None]
        then = min(ways, key=lambda one: one.half_width, default=None)
        key, words = "/".join(pair), f"share of new-energy vehicles in the {name}"
        if now:
            found.append((f"share:{key}", words, "%", now.best, now.low, now.high))
        if now and then:
            change = now - then
            figure = "pp", change.best, change.low, change.high
            found.append((f"share_change:{key}", f"change on the year of the {words}", *figure))
    return pd.DataFrame(found, columns=_CANDIDATES)


def _printed(statements: pd.DataFrame, series: str, measure: str, month: str) -> pd.Series | None:
    rows = statements[(statements["series"] == series) & (statements["measure"] == measure)]
    rows = agreed_prints(rows[rows["period"] == month], ["series"])
    return None if rows.empty else rows.iloc[-1]


def _share(statements: pd.DataFrame, part: str, whole: str, month: str) -> Interval | None:
    above, below = (_printed(statements, series, "level", month) for series in (part, whole))
    if above is None or below is None:
        return None
    return (printed(above) / printed(below)).scaled(100)


def _share_before(statements, part: str, whole: str, month: str, now: Interval | None) -> Interval | None:
    """Return the share a year before that this month's share and the printed growth of both imply."""
    rates = [rate for name in (part, whole) if (rate := _printed(statements, name, "yoy", month)) is not None]
    if now is None or len(rates) < 2:
        return None
    part_grown, whole_grown = (growth_factor(printed(rate)) for rate in rates)
    return Interval(
        now.low * whole_grown.low / part_grown.high,
        now.high * whole_grown.high / part_grown.low,
        now.best * whole_grown.best / part_grown.best,
    )


def take_apart(claims: pd.DataFrame, statements: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return for each claim on vehicles what its figure is said to be, what the ledger has for that, and what it fits.

    Args:
        claims: Claims on a series of `COUNTED` or on the share: claim, note, statement, series, measure, period,
            printed, unit, check, arguments ("part=...; total=...").
        statements: All statements; those of the claim's own note and its copies do not count.
        sources: Columns source, repeats.

    Returns:
        Columns claim, statement, printed, key (of what it is said to be), value, low, high (NaN where the ledger cannot
        tell), holds ("yes", "no", or "open" where the ledger is too coarse to tell), fits (what else it meets, nearest
        first, as a list).
    """
    counted = statements[statements["series"].isin(COUNTED)]
    # The claims of a sentence have one note and one month.
    known = {
        (note, period): vehicle_figures(counted[~counted["source"].isin(same_source(note, sources))], period)
        for note, period in set(zip(claims["note"], claims["period"], strict=True))
    }
    rows = [_judged(claim, known[claim["note"], claim["period"]]) for _, claim in claims.iterrows()]
    return pd.DataFrame(rows, columns=["claim", "statement", "printed", "key", "value", "low", "high", "holds", "fits"])


def _judged(claim: pd.Series, known: pd.DataFrame) -> tuple:
    key = _key_of(claim)
    figure = read_figure(claim["printed"], claim["unit"], "level" if key.startswith("level") else "yoy")
    units = ["%", "pp"] if claim["unit"] == "%" else [claim["unit"]]
    fine = known["high"] - known["low"] <= COARSE * max(figure.bound_high - figure.bound_low, figure.resolution)
    meets = (known["low"] <= figure.bound_high) & (known["high"] >= figure.bound_low) & known["unit"].isin(units)
    own = known[known["key"] == key]
    ends = tuple(own.iloc[0][["value", "low", "high"]]) if len(own) else (float("nan"),) * 3
    holds = (
        "yes"
        if (meets & fine & (known["key"] == key)).any()
        else ("open" if own.empty or (meets & (known["key"] == key)).any() else "no")
    )
    others = known[meets & fine & (known["key"] != key)]
    nearest = others.loc[(others["value"] - figure.value).abs().sort_values(kind="stable").index, "what"]
    return claim["claim"], claim["statement"], claim["printed"], key, *ends, holds, nearest.tolist()


def _key_of(claim: pd.Series) -> str:
    """Return what a claim is about as a key of `vehicle_figures`."""
    arguments = dict(part.strip().split("=", 1) for part in str(claim["arguments"]).split(";") if "=" in part)
    if claim["check"] in ("share", "share_change"):
        return f"{claim['check']}:{arguments['part']}/{arguments['total']}"
    return f"{claim['measure']}:{claim['series']}"
