"""Sentences on quotas, output and reserves of rare earths."""

import pandas as pd

from metalsbook.page.html import Html, link
from metalsbook.page.narrative import as_printed, gap, join_words, number, percent, period_name
from metalsbook.page.sentences import went_to
from metalsbook.page.tables import table, who_printed

PRODUCERS = {
    "chn": "China",
    "usa": "United States",
    "mmr": "Myanmar",
    "aus": "Australia",
    "nga": "Nigeria",
    "tha": "Thailand",
    "ind": "India",
    "rus": "Russia",
    "bra": "Brazil",
}


def quota_pages(edition) -> Html:
    """Return the pages that statements on quotas come from and that appeared in the edition's year or are undated."""
    year, pages = edition.month[:4], _pages_of(edition)
    if pages.empty:
        return gap(f"No page known to this edition speaks of the quotas of {year}.")
    return table(
        pd.DataFrame(
            {
                "Page": [Html(link(row["url"], row["title"])) for _, row in pages.iterrows()],
                "Publisher": pages["publisher"],
                "Published": pages["published"].replace("", "undated"),
            }
        ),
        f"Pages that speak of quotas and appeared in {year} or name that year; their figures are of earlier years",
    )


def _pages_of(edition) -> pd.DataFrame:
    """Return the sources of quota statements that appeared in the edition's year or name it, newest first."""
    used = edition.rows_under("ree.quota.")["source"]
    pages = edition.sources[edition.sources["source"].isin(set(used))]
    year = edition.month[:4]
    pages = pages[(pages["published"] >= year) | pages["title"].str.contains(year, regex=False)]
    return pages.sort_values(["published", "source"], ascending=[False, True])


def quota_sentence(quotas: pd.DataFrame, month: str, what: str = "mining") -> str:
    """Return the growth of a quota and whether the edition's own year has one.

    Args:
        quotas: As of `rare_earths.settle_rivals`.
        month: The edition's month.
        what: What the quota is for.
    """
    if quotas.empty:
        return f"This edition knows no {what} quota."
    first, last = quotas.iloc[0], quotas.iloc[-1]
    said = (
        f"The {what} quota went from {number(first['value'], 't', 1)} in {first['period']} to "
        f"{number(last['value'], 't', 1)} in {last['period']}"
    )
    if len(quotas) > 1:
        step = 100 * (last["value"] / quotas.iloc[-2]["value"] - 1)
        said += f"; in its last step it {went_to(step)}, against {_largest_step(quotas)} at the fastest"
    odd = quotas.dropna(subset=["rival"])
    if len(odd):
        row = odd.iloc[-1]
        said += (
            f". For {row['period']} another source prints {number(row['rival'], 't', 1)}, which the printed "
            "growth does not fit"
        )
    if last["period"] < month[:4]:
        return f"{said}. No source known to this edition prints a quota for {month[:4]}."
    return f"{said}."


def quota_parts_sentences(edition, mining: pd.DataFrame) -> list[str | None]:
    """Return the batches of the last year that has any, the heavy part, and what headlines say of the edition's year.

    Args:
        edition: The edition.
        mining: The mining quota, as of `rare_earths.settle_rivals`.
    """
    return [_batches_sentence(edition, mining), _heavy_sentence(edition, mining), _headlines_sentence(edition)]


def _batches_sentence(edition, mining: pd.DataFrame) -> str | None:
    names = {
        f"ree.quota.mining.cn.batch{number_}": word for number_, word in ((1, "first"), (2, "second"), (3, "third"))
    }
    rows = edition.rows_of(*names)
    rows = rows[rows["measure"] == "level"]
    rows = rows[rows["period"] == rows["period"].max()].drop_duplicates("series")
    whole = mining.loc[mining["period"].isin(rows["period"]), "value"]
    if rows.empty or whole.empty:
        return None
    told = [f"{number(row['value'], 't', 1)} in the {names[row['series']]}" for _, row in rows.iterrows()]
    share = number(100 * rows["value"].sum() / whole.iloc[0], "%", 1)
    return (
        f"The quota of a year comes in batches: for {rows.iloc[0]['period']} {join_words(told)} batch are printed, "
        f"{share} of the year's {number(whole.iloc[0], 't', 1)}."
    )


def _heavy_sentence(edition, mining: pd.DataFrame) -> str | None:
    heavy = edition.years("ree.quota.mining.heavy.cn") if edition.has("ree.quota.mining.heavy.cn") else mining.head(0)
    whole = mining.set_index("period")["value"]
    heavy = heavy[heavy["period"].isin(whole.index)]
    if len(heavy) < 2:
        return None
    first, last = heavy.iloc[0], heavy.iloc[-1]
    moved = "is printed alike," if first["value"] == last["value"] else f"went from {number(first['value'], 't', 1)} to"
    ends = ("For", "and") if len(heavy) == 2 else ("From", "to")
    return (
        f"{ends[0]} {first['period']} {ends[1]} {last['period']} the part for heavy rare earths {moved} "
        f"{number(last['value'], 't', 1)}, while the whole went from {number(whole[first['period']], '', 1)} to "
        f"{number(whole[last['period']], 't', 1)}."
    )


def _headlines_sentence(edition) -> str | None:
    year = edition.month[:4]
    if len(edition.years("ree.quota.mining.cn").query("period == @year")):
        return None
    pages = _pages_of(edition)
    pages = pages[pages["title"].str.contains("quota", case=False)]
    told = [
        f"\u201c{row['title']}\u201d ({row['publisher']}, "
        f"{period_name(row['published']) if row['published'] else 'undated'})"
        for _, row in pages.iterrows()
    ]
    return f"Headlines on the quota of {year}: {join_words(told)}." if told else None


def _largest_step(quotas: pd.DataFrame) -> str:
    steps = 100 * (quotas["value"] / quotas["value"].shift() - 1)
    consecutive = quotas["period"].astype(int).diff() == 1
    place = steps[consecutive].idxmax()
    return f"{percent(steps[place])} in {quotas.loc[place, 'period']}"


def supply_sentence(mined: pd.DataFrame, world: pd.DataFrame, quota: pd.DataFrame, year: str) -> str:
    """Return China's share of the world's mine output and whether its figure equals the quota.

    Args:
        mined: Output by country, as of `rare_earths.rival_prints`.
        world: Prints of the world's output in the year, with `cited` (see `tables.with_publisher`).
        quota: The mining quota, as of `rare_earths.settle_rivals`.
        year: The year.
    """
    china = mined[mined["code"] == "chn"]
    if china.empty or world.empty:
        return f"China's share of the world's output in {year} cannot be told: one of the two is not printed."
    own, total = china.iloc[0], world["value"]
    shares = 100 * own["high"] / total.max(), 100 * own["high"] / total.min()
    low, high = number(shares[0], "", 1), number(shares[1], "%", 1)
    share = high if f"{low}%" == high else f"{low} to {high}"
    said = (
        f"{'By the greatest print ' if own['low'] < own['high'] else ''}China mined {number(own['high'], 't', 1)} "
        f"in {year}, {share} of a world total that {join_words(sorted(set(world['cited'])))} print as "
        f"{_ends(total)}."
    )
    same = quota[(quota["period"] == year) & (quota["value"] == own["high"])]
    rest = f" That figure equals the quota of {year}; whether anybody counted is not said." if len(same) else ""
    spread = f" The least print is {number(own['low'], 't', 1)}." if own["low"] < own["high"] else ""
    return said + rest + spread


def stale_sources(edition, quota: pd.DataFrame, year: str) -> set[str]:
    """Return the sources that print for China's output of a year what was the quota of an earlier one.

    Args:
        edition: The edition.
        quota: The mining quota, as of `rare_earths.settle_rivals`.
        year: The year.
    """
    old = set(quota.loc[quota["period"] < year, "value"]) - set(quota.loc[quota["period"] == year, "value"])
    prints = edition.prints("ree.output.chn", "level", year)
    return set(prints.loc[prints["value"].isin(old), "source"])


def stale_sentence(edition, quota: pd.DataFrame, year: str) -> str | None:
    """Return which page is left out of the spans of output, and what it prints; None where none is."""
    stale = stale_sources(edition, quota, year)
    rows = edition.rows_under("ree.output.")
    rows = rows[rows["source"].isin(stale) & (rows["period"] == year)]
    if rows.empty:
        return None
    china = rows[rows["series"] == "ree.output.chn"].iloc[0]
    then = quota.loc[quota["value"] == china["value"], "period"].iloc[-1]
    others = [
        f"{PRODUCERS.get(row['series'].split('.')[2], row['series'])} {as_printed(row)}"
        for _, row in rows.drop_duplicates("series").iterrows()
        if row["series"] != "ree.output.chn"
    ]
    also = f" (also {join_words(others)})" if others else ""
    return (
        f"Left out of the spans: {who_printed(edition, rows)} prints {as_printed(china)} for China, which was the "
        f"quota of {then}{also}."
    )


def _ends(values: pd.Series) -> str:
    low, high = number(values.min(), "", 1), number(values.max(), "t", 1)
    return high if values.min() == values.max() else f"{low} to {high}"
