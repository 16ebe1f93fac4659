"""Tables by country as USGS prints them."""

from math import inf

import pandas as pd

from metalsbook.page.narrative import as_printed

FAMILIES = {
    "magnesium": {"Capacity": r"mg\.capacity\.(cn\.usgs|world(\.[a-z]+)?)", "Output": r"mg\.output\.world(\.[a-z]+)?"},
    "rare earths": {"Output": r"ree\.output\.[a-z]+", "Reserves": r"ree\.reserves\.[a-z]+"},
}
"""For each market, column -> its series, by country and of the world."""


def by_country(edition, market: str) -> pd.DataFrame:
    """Return what USGS, or a page that repeats it, prints by country: the latest year, of output the latest two.

    `market`: key of `FAMILIES`.

    Returns:
        Column Country, then one for each column and year, "Output 2024, t", as printed ("about", "more than" kept;
        "withheld" where USGS withholds it, "" where nothing is held); the largest first, the world last.
    """
    columns: dict[str, pd.Series] = {}
    sizes: dict[str, float] = {}
    for name, pattern in FAMILIES[market].items():
        rows = _usgs_rows(edition, edition.series.loc[edition.series["series"].str.fullmatch(pattern), "series"])
        counts = rows.groupby("period")["place"].nunique()
        for year in sorted(counts.index[counts >= 3])[-(2 if name == "Output" else 1) :]:
            own = rows[rows["period"] == year].set_index("place")
            # The world of an older edition: its countries have been revised since.
            if own["value"].drop("World", errors="ignore").sum() > own["value"].get("World", inf):
                own = own.drop("World")
            columns[f"{name} {year}, {own['unit'].iloc[0]}"] = own["told"]
            sizes |= own["value"].dropna().to_dict()
    cells = pd.DataFrame(columns).fillna("")
    places = sorted(cells.index, key=lambda place: (place == "World", -sizes.get(place, 0.0), place))
    return cells.loc[places].rename_axis("Country").reset_index()


def _usgs_rows(edition, series: pd.Series) -> pd.DataFrame:
    """Return the yearly levels of series (place, period, value, unit, told): the survey's own pages, else copies."""
    rows = edition.rows_of(*series)
    origin = edition.sources.set_index("source")["origin"]
    rows = rows[(rows["measure"] == "level") & (rows["period"].str.len() == 4) & rows["source"].map(origin).eq("usgs")]
    place = rows["series"].map(edition.series.set_index("series")["place"]).replace("world", "World")
    own_page = rows["who"].eq("USGS")
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
