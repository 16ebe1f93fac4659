"""Tables by country as USGS prints them."""

import pandas as pd

from metalsbook.names import base_name
from metalsbook.page.narrative import as_printed

FAMILIES = {
    "magnesium": {
        "Capacity": ("mg.capacity.world.", {"mg.capacity.cn.usgs": "China"}, "mg.capacity.world"),
        "Output": ("mg.output.world.", {}, "mg.output.world"),
    },
    "rare earths": {
        "Output": ("ree.output.", {}, "ree.output.world"),
        "Reserves": ("ree.reserves.", {}, "ree.reserves.world"),
    },
}
"""For each market, column -> beginning of its series by country, series named otherwise, series of the world."""


def by_country(edition, market: str) -> pd.DataFrame:
    """Return what USGS, or a page that repeats it, prints by country: the latest year, of output the latest two.

    `market`: key of `FAMILIES`.

    Returns:
        Column Country, then one for each column and year, "Output 2024, t", as printed ("about", "more than" kept;
        "withheld" where USGS withholds it, "" where the edition holds nothing); the largest first, the world last.
        No row where the edition holds no table.
    """
    columns: dict[str, dict[str, str]] = {}
    sizes: dict[str, float] = {}
    for name, (beginning, others, world) in FAMILIES[market].items():
        rows = _usgs_rows(edition, beginning, others, world)
        counts = rows.groupby("period")["place"].nunique()
        years = sorted(counts.index[counts >= 3])[-(2 if name == "Output" else 1) :]
        for year in years:
            own = rows[rows["period"] == year]
            columns[f"{name} {year}, {own['unit'].iloc[0]}"] = dict(zip(own["place"], own["told"], strict=True))
            sizes |= own.dropna(subset=["value"]).set_index("place")["value"].to_dict()
    places = sorted({place for told in columns.values() for place in told})
    places.sort(key=lambda place: (place == "World", -sizes.get(place, 0.0)))
    cells = {name: [told.get(place, "") for place in places] for name, told in columns.items()}
    return pd.DataFrame({"Country": places} | cells)


def _usgs_rows(edition, beginning: str, others: dict[str, str], world: str) -> pd.DataFrame:
    """Return the yearly levels of a family (place, period, value, unit, told): the survey's own pages, else copies."""
    known = edition.series["series"]
    names = [name for name in known if name.startswith(beginning) and "." not in name.removeprefix(beginning)]
    rows = edition.rows_of(*dict.fromkeys([*names, *(name for name in (*others, world) if edition.has(name))]))
    origin = edition.sources.set_index("source")["origin"]
    rows = rows[(rows["measure"] == "level") & (rows["period"].str.len() == 4) & rows["source"].map(origin).eq("usgs")]
    titles = edition.series.set_index("series")["place"]
    place = rows["series"].map(lambda name: "World" if name == world else others.get(name) or titles[name])
    own_page = rows["source"].map(edition.publishers).map(base_name).eq("USGS")
    told = [_told(row) for _, row in rows.iterrows()]
    # A page that names USGS beside another house ("Benchmark/USGS") prints figures of both.
    alone = ~rows["source"].map(edition.publishers).str.contains("/USGS|USGS/")
    rows = rows.assign(place=place, told=told, own_page=own_page, alone=alone)
    order = ["period", "own_page", "alone", "published", "statement"]
    return rows.sort_values(order).drop_duplicates(["place", "period"], keep="last")


def _told(row: pd.Series) -> str:
    if pd.isna(row["value"]) or row["stated"].strip() in ("W", "XX"):
        return "withheld"
    estimated = row["stated"].strip().startswith("e") or "estimate" in row["stated"].lower()
    return as_printed(row, "") + (" (estimated)" if estimated else "")
