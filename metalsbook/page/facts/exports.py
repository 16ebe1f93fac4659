"""Numbers of the chapter on magnesium exports: rebounds, what drove a change, seasons, destinations, unit values."""

import pandas as pd

from metalsbook.analysis import exports as sums
from metalsbook.analysis.intervals import Interval, growth_of_quotient
from metalsbook.months import month_range, period_end, step_month
from metalsbook.names import bare_title, base_name
from metalsbook.page.facts.series import agreed, between, facts_of, figure_at, printed_of
from metalsbook.page.narrative import period_name, since_january

TOTAL, INGOT = "mg.export.total", "mg.export.ingot"
PARTS = {"Ingot": INGOT, "Alloy": "mg.export.alloy", "Powder": "mg.export.powder"}
OTHER = "Other products"
TRADE = r"\bexports?\b|customs|tariff|\bdut(?:y|ies)\b"
"""What an event of the market says where it touches the trade."""
FOB = "mg.price.ingot.fob_china"
_RULES = "control|customs|tariff|quota|licen[cs]e"
_TO = "mg.export.ingot.to."
_SURGE_PCT, _OFF_PCT, _NEAR_PCT = 15.0, 10.0, 10.0
"""A swing is a return to the usual level where it is so large, its base so far off, and the month so near."""
_WORTH = {
    product: (f"mg.export.value.{key}", f"mg.export.{key}", f"mg.export.unit_value.{key}")
    for product, key in (("All products", "total"), ("Ingot", "ingot"), ("Alloy", "alloy"), ("Powder", "powder"))
}
_PLACES = {
    "NLD": "Netherlands",
    "CAN": "Canada",
    "TUR": "T\u00fcrkiye",
    "IND": "India",
    "JPN": "Japan",
    "KOR": "South Korea",
    "ARE": "United Arab Emirates",
    "CZE": "Czechia",
    "BHR": "Bahrain",
    "IDN": "Indonesia",
}
_SHARE_NOISE_PP = 1.0


def flow(edition, series: str) -> dict[str, object]:
    """Return `facts_of` a flow, `swing` ("rebound", "return" or ""), and how many of its last months are known how.

    A rebound is a large rise from a low month to near the usual level; a return is a large fall from a high one.
    """
    facts = facts_of(edition, series)
    mom, now, base = facts["mom"], facts["against_usual"], facts["then_against_usual"]
    swing = ""
    if mom and now and base and abs(now.best) < _NEAR_PCT and abs(mom.best) > _SURGE_PCT:
        if mom.best > 0 and base.high < -_OFF_PCT:
            swing = "rebound"
        elif mom.best < 0 and base.low > _OFF_PCT:
            swing = "return"
    return facts | {"swing": swing}


def counts(rows: pd.DataFrame) -> dict[str, int]:
    """Return how many months of a frame are known how: n_reported, n_derived, n_unknown, n_months."""
    found = rows["status"].value_counts()
    return {f"n_{status}": int(found.get(status, 0)) for status in ("reported", "derived", "unknown")} | {
        "n_months": len(rows)
    }


def growth(edition, series: dict[str, str]) -> pd.DataFrame:
    """Return the changes of some flows in the edition's month, NaN where unknown.

    Returns:
        Indexed by name; columns "m/m, %", "y/y, %", "YTD, t" and "YTD y/y, %".
    """
    rows = {}
    for name, one in series.items():
        facts = facts_of(edition, one)
        found = (facts[key] for key in ("mom", "yoy", "ytd", "ytd_yoy"))
        rows[name] = [figure.best if figure else float("nan") for figure in found]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["m/m, %", "y/y, %", "YTD, t", "YTD y/y, %"])


def drivers(edition, moves: pd.DataFrame) -> dict[str, object]:
    """Return what a total's change on the month before was made of.

    Args:
        edition: The edition.
        moves: Columns name, low, best, high (change in t); the last row is what no named product explains. Figures
            that are not known are NaN.

    Returns:
        whole (t), parts [(name, change in t)] the largest first, rest (t) and rest_open (whether rounding alone may
        explain it); main, its share of the whole in per cent where it is a part of it; missing (names without figure).
    """
    missing = moves.loc[moves["best"].isna() & (moves["name"] != OTHER), "name"].tolist()
    facts = {"month": edition.month, "before": step_month(edition.month, -1), "missing": missing}
    if missing:
        return facts
    spans = {row["name"]: Interval(row["low"], row["high"], row["best"]) for _, row in moves.iterrows()}
    rest = spans.pop(OTHER)
    parts = sorted(spans.items(), key=lambda item: -abs(item[1].best))
    whole = sum((span.best for span in spans.values()), rest.best)
    share = 100 * parts[0][1].best / whole if whole else 0.0
    return facts | {
        "whole": whole,
        "parts": parts,
        "rest": rest,
        "rest_open": rest.sign == 0,
        "main": parts[0][0],
        "main_share": share if 0 < share <= 100 else None,
    }


def season(edition, rows: pd.DataFrame) -> dict[str, object]:
    """Return the figures of the edition's month in earlier years, oldest first, and how many years are whole.

    Args:
        edition: The edition.
        rows: `Edition.months` of one flow.
    """
    year = int(edition.month[:4])
    earlier = {f"{back}{edition.month[4:]}": None for back in range(rows["month"].dt.year.min(), year)}
    known = {month: figure for month in earlier if (figure := figure_at(rows, month))}
    per_year = rows.dropna(subset=["best"]).groupby(rows["month"].dt.year).size()
    now = figure_at(rows, edition.month)
    below = sum(figure.best < now.best for figure in known.values()) if now else 0
    return {
        "month": edition.month,
        "now": now,
        "earlier": known,
        "n_whole": int((per_year >= 12).sum()),
        "place": "highest"
        if now and known and below == len(known)
        else "lowest"
        if now and known and not below
        else "",
    }


def reasons(edition, series: list[str]) -> dict[str, object]:
    """Return what the ledger holds of causes: events of the two months, and how the pages with the figures are headed.

    Returns:
        months, events [(date, what, who)], ruled (whether one of them is a rule on trade), headings [(title, who)].
    """
    months = [step_month(edition.month, -1), edition.month]
    events = edition.events("magnesium_exports", about=TRADE)
    events = events[events["date"].str[:7].isin(months)]
    rows = edition.rows_of(*series)
    rows = rows[(rows["period"] == edition.month) & rows["measure"].isin(["level", "mom"])]
    pages = rows.merge(edition.sources, on="source", suffixes=("", "_source")).drop_duplicates("title")
    pages = pages[pages["title"].str.contains("export", case=False)].sort_values(["published", "title"])
    return {
        "month": edition.month,
        "months": months,
        "events": list(events[["date", "what", "who"]].itertuples(index=False, name=None)),
        "ruled": bool(events["topic"].str.contains(_RULES, case=False).any()),
        "headings": [
            (bare_title(title), base_name(publisher))
            for title, publisher in zip(pages["title"], pages["publisher"], strict=True)
        ],
    }


def destinations(edition, last: int = 12) -> pd.DataFrame:
    """Return the published destinations of ingot within the last months, newest month first, largest first.

    Returns:
        Columns name (country), period, best (t), share (% of the month's ingot, NaN where that is unknown),
        printed_share (%), implied_low and implied_high (t: totals that the printed share leaves), odd (the printed
        share cannot be one of the month's ingot).
    """
    whole = edition.months(INGOT, None)
    whole = whole.assign(
        period=whole["month"].dt.strftime("%Y-%m"), basis=whole["status"].replace({"unknown": sums.OPEN})
    )
    places = sums.destinations(_of_countries(edition), _TO, whole)
    places = places[places["period"] > step_month(edition.month, -last)]
    shares = places["printed_share"]
    return places.assign(
        name=[_PLACES.get(place, place) for place in places["place"]],
        best=places["value"],
        odd=(places["share"] - shares).abs() > _SHARE_NOISE_PP,
        implied_low=100 * places["value"] / (shares + 0.5),
        implied_high=100 * places["value"] / (shares - 0.5),
    ).sort_values(["period", "best"], ascending=[False, False], ignore_index=True)[
        ["name", "period", "best", "share", "printed_share", "odd", "implied_low", "implied_high"]
    ]


def _of_countries(edition) -> pd.DataFrame:
    """Return the statements on countries; a region holds some of them."""
    rows = edition.rows_under(_TO)
    return rows[rows["series"].str.slice(len(_TO)).str.match(r"[A-Z]{3}(?:\.|$)")]


def markets(edition, places: pd.DataFrame) -> dict[str, object]:
    """Return the largest destination of the last month that has any, its change on its month before, and odd shares.

    Args:
        edition: The edition.
        places: Result of `destinations`.

    Returns:
        period ("" where there is none), n, top, tonnes, share, then (its month before), change (per cent); odd: names
        of the newest month with shares that do not fit, with odd_month and the total (t) that would fit them, or None;
        yoy [(name, change)] with yoy_month: published changes on the year before.
    """
    facts: dict[str, object] = {"month": edition.month, "period": ""}
    if len(places):
        own = places[places["period"] == places["period"].iloc[0]]
        top = own.iloc[0]
        older = places[(places["name"] == top["name"]) & (places["period"] < top["period"])]
        then = older.iloc[0] if len(older) else None
        facts |= {
            "period": top["period"],
            "n": len(own),
            "top": top["name"],
            "tonnes": float(top["best"]),
            "share": None if pd.isna(top["share"]) else float(top["share"]),
            "then": None if then is None else then["period"],
            "change": None if then is None else 100 * (top["best"] / then["best"] - 1),
        }
    odd = places[places["odd"]]
    odd = odd[odd["period"] == odd["period"].max()]
    low, high = odd["implied_low"].max(), odd["implied_high"].min()
    fits = len(odd) > 0 and low <= high
    rows = _of_countries(edition)
    rows = rows[(rows["measure"] == "yoy") & (rows["period"] > step_month(edition.month, -12))]
    rows = rows[rows["period"] == rows["period"].max()].drop_duplicates("series", keep="last")
    return facts | {
        "odd": odd["name"].tolist(),
        "odd_month": odd["period"].iloc[0] if len(odd) else "",
        "fitting": between(low, high) if fits else None,
        "yoy": [(_PLACES.get(row["series"][len(_TO) :], row["series"]), printed_of(row)) for _, row in rows.iterrows()],
        "yoy_month": rows["period"].iloc[0] if len(rows) else "",
    }


def unit_values(edition) -> pd.DataFrame:
    """Return what a tonne was worth since the last year: value over quantity, and as published (USD/t).

    Returns:
        Columns name, span ("YYYY" or "YYYY-MM"), measure ("ytd" of a sum since January), best, low, high (value over
        quantity), printed, named (the span in words); the sum since January of a December is the year.
    """
    rows = sums.unit_values(edition.rows_under("mg.export."), _WORTH)
    whole = (rows["measure"] == "ytd") & rows["period"].str.endswith("-12")
    rows["period"] = rows["period"].mask(whole, rows["period"].str.slice(0, 4))
    rows["measure"] = rows["measure"].mask(whole, "level")
    rows = rows.rename(columns={"product": "name", "period": "span"}).drop_duplicates(["name", "span", "measure"])
    rows = rows[rows["span"] >= f"{int(edition.month[:4]) - 1}"]
    rows = rows.sort_values("span", key=lambda spans: spans.map(period_end), ascending=False, kind="stable")
    spans = zip(rows["span"], rows["measure"], strict=True)
    rows["named"] = [since_january(span, short=True) if of == "ytd" else period_name(span) for span, of in spans]
    return rows[["name", "span", "measure", "best", "low", "high", "printed", "named"]].reset_index(drop=True)


def worth(edition, values: pd.DataFrame) -> dict[str, object]:
    """Return the newest unit value of ingot beside the FOB price of the same months, and whether growth rates fit.

    Args:
        edition: The edition.
        values: Result of `unit_values`.

    Returns:
        span ("" where none), unit_value, fob (mean of n_fob months of the span), apart (per cent); growth:
        value, tonnes and unit value of ingot since January in per cent as published, implied by the first two, fits.
    """
    facts: dict[str, object] = {"month": edition.month, "span": "", "growth": None}
    summed = (values["measure"] == "ytd") | (values["span"].str.len() == 4)
    own = values[(values["name"] == "Ingot") & summed]
    own = own[own["printed"].notna() | own["best"].notna()]
    if len(own):
        row = own.iloc[0]
        paid = row["best"] if pd.notna(row["best"]) else row["printed"]
        mean, known = _fob_mean(edition, row["span"])
        facts |= {
            "span": row["span"],
            "unit_value": paid,
            "fob": mean,
            "n_fob": known,
            "apart": None if mean is None else 100 * (paid / mean - 1),
        }
    value, tonnes, price = _WORTH["Ingot"]
    for period in sorted(edition.printed_months(value, "ytd_yoy")["period"], reverse=True)[:3]:
        rates = [agreed(edition, one, "ytd_yoy", period) for one in (value, tonnes, price)]
        if all(rates):
            implied = growth_of_quotient(rates[0], rates[1])
            fits = implied.low <= rates[2].high and rates[2].low <= implied.high
            facts["growth"] = {"period": period, "rates": rates, "implied": implied, "fits": fits}
            break
    return facts


def _fob_mean(edition, last: str) -> tuple[float | None, int]:
    """Return the mean FOB price from January to a month and how many of its months are known.

    A mean that a source published since January stands for its months; after it each month counts.
    """
    span = month_range(f"{last[:4]}-01", f"{last[:4]}-12" if len(last) == 4 else last)
    months = edition.months(FOB, len(month_range(span[0], edition.month))).dropna(subset=["best"])
    months = months[months["month"] <= span[-1]]
    since = edition.printed_months(FOB, "ytd")
    since = since[(since["period"] >= last[:4]) & (since["period"] <= span[-1])]
    total, known = 0.0, 0
    if len(since):
        known = int(since["period"].iloc[-1][5:7])
        total = known * float(since["value"].iloc[-1])
        months = months[months["month"] > since["period"].iloc[-1]]
    total, known = total + float(months["best"].sum()), known + len(months)
    return (total / known if known else None), known
