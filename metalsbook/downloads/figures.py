"""All figures of an edition in one table, as it knows them: workbook, explorer and a Parquet are made of it."""

import io

import pandas as pd

from metalsbook import store
from metalsbook.analysis.sources import in_order, latest_last
from metalsbook.edition import Edition
from metalsbook.paths import build_folder

COLUMNS = ("series", "title", "unit", "length", "period", "low", "value", "high", "status", "n_quotes", "publisher")
_CODE = ("analysis", "edition.py", "names.py", "downloads/figures.py")
_LENGTHS = {"day": 10, "month": 7, "year": 4}


def all_figures(edition: Edition) -> pd.DataFrame:
    """Return what the edition knows of every series: computed once for a snapshot and this code, then kept.

    Returns:
        Columns series, title, unit, length ("day", "month" or "year"), period, low, value and high (the ends that the
        print, the quotes or reconciliation leave), status ("published", "derived"), n_quotes (of a month's own mean,
        else NaN), publisher (who says so). By series, length and period; a month that is not known has no row.
    """
    path = build_folder() / "cache" / "figures" / f"{edition.month}.kept"
    sources = {"snapshot": edition.snapshot_id, "method": edition.method_version, "code": store.hash_package(*_CODE)}
    kept = store.kept_or_made(path, lambda: _collect(edition).to_parquet(index=False), sources)
    return pd.read_parquet(io.BytesIO(kept))


def _collect(edition: Edition) -> pd.DataFrame:
    prints = _prints(edition)
    # A price or stock may be known for a month by its days, a flow by other figures; of all else the prints count.
    combined = set(prints.loc[prints["length"] == "day", "series"]) | set(edition.estimates["series"])
    own = prints["series"].isin(combined) & (prints["length"] == "month")
    known = {one: edition.known_months(one) for one in sorted(combined & set(edition.series["series"]))}
    months = pd.concat(known, names=["series", "period"]).dropna(subset=["best"]).reset_index()
    months = months[months["period"] <= edition.month].assign(length="month")
    months = months.rename(columns={"best": "value", "who": "publisher"})
    found = pd.concat([months, prints[~own].drop(columns="unit")], ignore_index=True)
    found = found.merge(edition.series[["series", "title", "unit"]], on="series", how="left")
    found["status"] = found["status"].replace("reported", "published")
    for end in ("low", "high"):
        found[end] = found[end].fillna(found["value"])
    return found.sort_values(["series", "length", "period"], ignore_index=True)[list(COLUMNS)]


def _prints(edition: Edition) -> pd.DataFrame:
    """Return the print of each series and period that counts, in the order that `Edition.prints` has."""
    rows = edition.statements[edition.statements["measure"] == "level"]
    prices = rows["series"].isin(edition.series.loc[edition.series["kind"] == "price", "series"])
    rows = pd.concat([in_order(rows[prices], edition.standings), latest_last(rows[~prices])])
    rows = rows.drop_duplicates(["series", "period"], keep="last")
    length = rows["period"].str.len().map({size: name for name, size in _LENGTHS.items()})
    # Of a day the quoted range tells more than the rounding of its middle.
    low, high = (rows[end].where(length.eq("day")).fillna(rows[f"bound_{end}"]) for end in ("low", "high"))
    who = rows["source"].map(edition.publishers)
    return rows.assign(length=length, low=low, high=high, status="reported", publisher=who).dropna(subset=["length"])
