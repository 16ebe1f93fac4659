"""Numbers of the chapter on magnesium exports: rebounds, what drove a change, seasons, destinations, unit values."""

import pandas as pd

from metalsbook.analysis import exports as sums
from metalsbook.analysis.intervals import change_pct, growth_factor, meet
from metalsbook.analysis.sources import agreed_prints
from metalsbook.months import month_range, period_end, step_month
from metalsbook.names import bare_title
from metalsbook.page.facts.series import agreed, between, facts_of, interval_of, last_of, values_of
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
_SHARE_NOISE_PP = 1.0


def flow(edition, series: str) -> dict[str, object]:
    """Return `facts_of` a flow and its swing: a "rebound" from a low month to near the usual, a "return", or ""."""
    facts = facts_of(edition, series)
    mom, now, base = facts["mom"], facts["against_usual"], facts["then_against_usual"]
    swing = ""
    if mom and now and base and abs(now.best) < _NEAR_PCT and abs(mom.best) > _SURGE_PCT:
        rebound, fallen = mom.best > 0 and base.high < -_OFF_PCT, mom.best < 0 and base.low > _OFF_PCT
        swing = "rebound" if rebound else "return" if fallen else ""
    return facts | {"swing": swing}


def drivers(edition, moves: pd.DataFrame) -> dict[str, object]:
    """Return what a total's change was made of: whole (t), parts [(name, t)] by size, rest (t); missing (names).

    `moves`: columns name, low, best, high (change in t, NaN where unknown); the last row is what no product explains.
    """
    missing = moves.loc[moves["best"].isna() & (moves["name"] != OTHER), "name"].tolist()
    facts = {"month": edition.month, "before": step_month(edition.month, -1), "missing": missing}
    if missing:
        return facts
    *parts, (_, rest) = [(row["name"], interval_of(row)) for _, row in moves.iterrows()]
    parts.sort(key=lambda part: -abs(part[1].best))
    return facts | {"whole": moves["best"].sum(), "parts": parts, "rest": rest}


def reasons(edition) -> dict[str, object]:
    """Return what the ledger holds of causes: events of the two months, and how the pages with the figures are headed.

    Returns:
        months, events [(date, what, who)], ruled (whether one of them is a rule on trade), headings [(title, who)].
    """
    months = [step_month(edition.month, -1), edition.month]
    events = edition.events("magnesium_exports", about=TRADE)
    events = events[events["date"].str[:7].isin(months)]
    rows = edition.rows_of(INGOT, TOTAL).query("period == @edition.month and measure in ['level', 'mom']")
    pages = edition.sources[edition.sources["source"].isin(rows["source"])].drop_duplicates("title")
    pages = pages[pages["title"].str.contains("export", case=False)].sort_values(["published", "title"])
    return {
        "month": edition.month,
        "months": months,
        "events": events[["date", "what", "who"]].to_numpy().tolist(),
        "ruled": bool(events["topic"].str.contains(_RULES, case=False).any()),
        "headings": list(zip(pages["title"].map(bare_title), edition.who(pages["source"]), strict=True)),
    }


def destinations(edition) -> pd.DataFrame:
    """Return the published destinations of ingot within the last twelve months, newest month first, largest first.

    Of several prints that counts which most sources print, with the digits of a finer one that it rounds.

    Returns:
        Columns place (code), name (country), period, best (t), share (% of the ingot or NaN), printed_share (%).
    """
    rows = _of_countries(edition)
    recent = (rows["period"].str.len() == 7) & (rows["period"] > step_month(edition.month, -12))
    rows = rows[(rows["measure"] == "level") & recent]
    agreed = agreed_prints(rows, ["series", "period"])
    rows = sums.finest_of_latest(pd.concat([rows.assign(agreed=False), agreed.assign(agreed=True)]), ["agreed"])
    rows = rows.rename(columns={"value": "best"})
    shares = rows[rows["unit"] == "%"].set_index(["place", "period"])["best"].rename("printed_share")
    whole = values_of(edition.months(INGOT, None))
    rows = rows[rows["unit"] == "t"].join(shares, on=["place", "period"])
    rows = rows.assign(share=100 * rows["best"] / rows["period"].map(whole))
    rows = rows.sort_values(["period", "best", "place"], ascending=[False, False, True], ignore_index=True)
    return rows[["place", "name", "period", "best", "share", "printed_share"]]


def _of_countries(edition) -> pd.DataFrame:
    """Return the statements on countries, with place (code) and name (of the country); a region holds some of them."""
    rows = edition.rows_under(_TO)
    codes = rows["series"].str.slice(len(_TO)).str.extract(r"^([A-Z]{3})(?:\.|$)", expand=False)
    rows = rows.assign(place=codes).dropna(subset=["place"])
    places = edition.series.set_index("series")["place"].str.removeprefix("China to ").replace("Turkey", "T\u00fcrkiye")
    return rows.assign(name=(_TO + rows["place"]).map(places))


def markets(edition, places: pd.DataFrame) -> dict[str, object]:
    """Return the largest of `destinations` of the last month that has any, its change, and odd shares.

    Returns:
        period ("" where there is none), n, top, tonnes, share, then (its row of an earlier month or None); odd: names
        of the newest month with shares that do not fit, with odd_month and the total (t) that would fit them, or None;
        yoy: published changes on the year before.
    """
    odd = places[(places["share"] - places["printed_share"]).abs() > _SHARE_NOISE_PP]
    odd = odd[odd["period"] == odd["period"].max()]
    # The totals that the printed shares leave.
    low, high = (100 * odd["best"] / (odd["printed_share"] + half) for half in (0.5, -0.5))
    low, high = low.max(), high.min()
    rows = _of_countries(edition)
    rows = rows[(rows["measure"] == "yoy") & (rows["period"] > step_month(edition.month, -12))]
    rows = rows[rows["period"] == rows["period"].max()].drop_duplicates("series", keep="last")
    facts = {"month": edition.month, "period": "", "odd": odd["name"].tolist(), "odd_month": odd["period"].max()}
    facts |= {"fitting": between(low, high) if low <= high else None, "yoy": rows.to_dict("records")}
    if places.empty:
        return facts
    period, top, tonnes, share = places.loc[0, ["period", "name", "best", "share"]]
    older = places[(places["name"] == top) & (places["period"] < period)]
    facts |= {"period": period, "top": top, "tonnes": tonnes, "share": None if pd.isna(share) else share}
    return facts | {"n": (places["period"] == period).sum(), "then": last_of(older.head(1))}


def unit_values(edition) -> pd.DataFrame:
    """Return what a tonne was worth since the last year: value over quantity, and as published (USD/t).

    Returns:
        Columns name, span ("YYYY" or "YYYY-MM"), measure ("ytd" of a sum since January), best (value over quantity),
        printed, named (the span in words); the sum since January of a December is the year.
    """
    rows = sums.unit_values(edition.rows_under("mg.export."), _WORTH)
    whole = (rows["measure"] == "ytd") & rows["period"].str.endswith("-12")
    rows["span"] = rows.pop("period").mask(whole, lambda spans: spans.str.slice(0, 4))
    rows["measure"] = rows["measure"].mask(whole, "level")
    rows = rows.rename(columns={"product": "name"}).drop_duplicates(["name", "span", "measure"])
    rows = rows[rows["span"] >= f"{int(edition.month[:4]) - 1}"]
    rows = rows.sort_values("span", key=lambda spans: spans.map(period_end), ascending=False, kind="stable")
    spans = zip(rows["span"], rows["measure"], strict=True)
    named = [since_january(span, short=True) if of == "ytd" else period_name(span) for span, of in spans]
    return rows.assign(named=named).reset_index(drop=True)


def worth(edition, values: pd.DataFrame) -> dict[str, object]:
    """Return the newest of the `unit_values` of ingot beside the FOB price of its months, and whether growth rates fit.

    Returns:
        span ("" where none), unit_value, fob (mean of n_fob months of the span); growth: value, tonnes and unit value
        of ingot since January in per cent as published, implied by the first two, fits.
    """
    facts: dict[str, object] = {"month": edition.month, "span": "", "growth": None}
    paid = values["best"].fillna(values["printed"])
    summed = (values["measure"] == "ytd") | (values["span"].str.len() == 4)
    for place in values.index[(values["name"] == "Ingot") & summed & paid.notna()][:1]:
        span = values["span"][place]
        first, last = f"{span[:4]}-01", f"{span}-12"[:7]
        prices, means = values_of(edition.months(FOB, None)).loc[first:last], edition.printed_months(FOB, "ytd")
        # A mean that a source published since January stands for its months; after it each month counts.
        for _, mean in means[means["period"].between(first, last)].tail(1).iterrows():
            months = pd.Series(mean["value"], month_range(first, mean["period"]))
            prices = pd.concat([months, prices[prices.index > mean["period"]]])
        facts |= {"span": span, "unit_value": paid[place], "n_fob": len(prices)}
        facts["fob"] = prices.mean() if len(prices) else None
    for period in sorted(edition.printed_months(_WORTH["Ingot"][0], "ytd_yoy")["period"], reverse=True)[:3]:
        value, tonnes, price = rates = [agreed(edition, one, "ytd_yoy", period) for one in _WORTH["Ingot"]]
        if all(rates):
            implied = change_pct(growth_factor(value), growth_factor(tonnes))
            told = {"period": period, "rates": rates, "implied": implied, "fits": meet(implied, price)}
            return facts | {"growth": told}
    return facts
