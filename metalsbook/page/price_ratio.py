"""Sentences on the price of magnesium over that of aluminium: this month, what sources state, how long below one."""

import pandas as pd

from metalsbook.analysis.measures import extreme_since
from metalsbook.months import period_end
from metalsbook.page.narrative import as_printed, count_of, join_words, number, percent, period_name
from metalsbook.page.quotes import months_of, price
from metalsbook.page.tables import with_publisher

_LEVEL_PCT = 0.5
"""Ratios closer than this are level: quotes of ingot alone span about as much from bid to ask."""
_LEAST = 3
_STATED, _THRESHOLD, _RUN = "mg.ratio.mg_al", "mg.ratio.mg_al.threshold", "mg_al.price_ratio.months_below_1"


def stated_ratios(edition) -> pd.DataFrame:
    """Return every print of the ratio, rivals of one period side by side.

    Returns:
        Rows of `statements` with who, `begins` and `date` (first and last day of what the figure is of: a year, January
        to the month for a sum to date, a month, a day) and `middle` between them.
    """
    rows = pd.concat([edition.prints(_STATED), edition.prints(_STATED, "ytd")], ignore_index=True)
    rows = with_publisher(edition, rows).drop_duplicates(["period", "measure", "value", "who"])
    lengths = rows["period"].str.len()
    ends = pd.to_datetime(rows["period"].map(period_end))
    year = pd.to_datetime(rows["period"].str[:4] + "-01-01")
    begins = ends.where(lengths == 10, ends.dt.to_period("M").dt.start_time)
    begins = begins.mask((lengths == 4) | (rows["measure"] == "ytd"), year)
    return rows.assign(begins=begins, date=ends, middle=begins + (ends - begins) / 2)


def ratio_sentences(edition, ratio: pd.DataFrame, stated: pd.DataFrame) -> list[str | None]:
    """Return what the ratio of magnesium over aluminium is this month, what sources state, and the known threshold.

    Args:
        edition: The edition.
        ratio: Result of `prices.monthly_ratio`.
        stated: Prints of the ratio with `who`.
    """
    own = ratio[ratio["period"] == edition.month]
    if own.empty:
        first = f"{period_name(edition.month)} has no price of both metals."
    else:
        row = own.iloc[0]
        cheaper = "magnesium is the cheaper metal per tonne" if row["value"] < 1 else "magnesium is the dearer metal"
        first = (
            f"A tonne of magnesium cost {row['value']:.2f} times a tonne of aluminium in "
            f"{period_name(edition.month)} (Fugu ingot, {row['basis_first']}, over A00 aluminium, "
            f"{row['basis_second']}): {cheaper}."
        )
    near = stated[stated["period"].str.startswith(edition.month)]
    said = [_stated(row) for _, row in near.iterrows()]
    third = f"Stated for the month: {join_words(said)}." if said else "No source states a ratio for this month."
    return [
        first,
        _extreme_sentence(ratio, edition.month),
        third,
        _run_sentence(edition, ratio),
        _threshold_sentence(edition),
    ]


def _extreme_sentence(ratio: pd.DataFrame, month: str) -> str | None:
    """Return since when a month's ratio is the lowest or highest of those computed; months level with it are named."""
    if month not in set(ratio["period"]):
        return None
    since = {word: extreme_since(ratio, month, kind) for word, kind in (("lowest", "low"), ("highest", "high"))}
    word = min(since, key=since.get)
    between = ratio[(ratio["period"] < month) & (ratio["period"] > since[word])]
    if len(between) < _LEAST:
        return None
    own = ratio.loc[ratio["period"] == month, "value"].iloc[0]
    near = between[(between["value"] / own - 1).abs() * 100 < _LEVEL_PCT]
    level = join_words([f"{period_name(row['period'])} ({row['value']:.2f})" for _, row in near.iterrows()])
    tail = f", level with {level} within what the quotes leave open" if level else ""
    span = f"since {period_name(since[word])}" if since[word] else f"from {period_name(ratio['period'].min())} on"
    return f"Of the {count_of(len(ratio), 'monthly ratio')} computed here it is the {word} {span}{tail}."


def _run_sentence(edition, ratio: pd.DataFrame) -> str | None:
    """Return since when every computed ratio lies below one, and the counts of months that sources state."""
    own = ratio[ratio["period"] <= edition.month]
    if own.empty or own.iloc[-1]["value"] >= 1:
        return None
    above = own.loc[own["value"] >= 1, "period"].max()
    run = own if pd.isna(above) else own[own["period"] > above]
    alone = "in the only month known" if len(own) == 1 else "which the month known before it does not"
    said = (
        f"It lies below one, {alone}"
        if len(run) == 1
        else (f"It lies below one in each of the {len(run)} known months from {period_name(run['period'].iloc[0])} on")
    )
    rows = with_publisher(edition, edition.prints(_RUN)) if edition.has(_RUN) else pd.DataFrame()
    if len(rows):
        counts = join_words(
            [
                f"{number(row['value'], '', 1)} up to {period_name(row['period'])} ({row['who']})"
                for _, row in rows.iterrows()
            ]
        )
        return f"{said}; sources count months in a row below one by prices of their own: {counts}."
    return f"{said}."


def _threshold_sentence(edition) -> str | None:
    thresholds = edition.latest(_THRESHOLD) if edition.has(_THRESHOLD) else None
    if thresholds is None or thresholds.empty:
        return None
    row = with_publisher(edition, thresholds).iloc[-1]
    return (
        f"The one threshold that a source of this ledger names, above which users would turn to aluminium, is "
        f"{_stated(row)}."
    )


def _stated(row: pd.Series) -> str:
    return f"{as_printed(row, '')} ({row['who']}, {period_name(row['period'])})"


def aluminium_cost_sentence(edition, aluminium: str, cost: str) -> str | None:
    """Return what aluminium costs to make beside its price in the edition's month, or None where nobody prints it."""
    row = edition.figure(cost) if edition.has(cost) else None
    months = months_of(edition, aluminium)
    own = months[months["period"] == edition.month]
    if row is None or own.empty:
        return None
    value = own.iloc[0]["value"]
    above = percent(100 * (value / row["value"] - 1), 0, False)
    who = with_publisher(edition, row.to_frame().T)["who"].iloc[0]
    side = "above" if value > row["value"] else "below"
    return (
        f"Beside aluminium's own cost ({who}: {as_printed(row)} in full) its price of {price(value, 'CNY/t')} lies "
        f"{above.strip(chr(0x2212))} {side}: the ratio speaks of aluminium's margin as much as of magnesium."
    )
