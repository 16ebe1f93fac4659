"""Rules between cells: ids that must exist, numbers that must agree, figures that can be what they are said to be."""

from collections.abc import Iterator

import pandas as pd

from metalsbook.ledger.schemas import Violation, as_text, violations_at
from metalsbook.ledger.vocabulary import CHANGE_MEASURES, PRICE_UNITS
from metalsbook.months import period_start, shift_day

_ROUNDING_SLACK = 1e-9
"""Relative slack for numbers that are equal but for the last bit of a float."""
DAYS_AHEAD = 31
"""Days that an observed period may begin after its publication: a list price is announced before its month."""
DAYS_OF_UNDATED = 366
"""The same for pages without a date, counted from the latest publication that the ledger has."""
LEVELS = ("level", "ytd", "mean3", "forecast")
_BELOW_ZERO = r"(?:^|[._])(?:margin|profit|premium|gap|spread|change)(?:[._]|$)"
"""Series in the unit of a price that can fall below 0."""


def check_references(tables: dict[str, pd.DataFrame]) -> Iterator[Violation]:
    """Yield ids that name nothing, in every table but `statements`; tables are by name, as text."""
    catalogue, copies, aliases = tables["series"], tables["sources"], tables["aliases"]
    series, sources = set(catalogue["series"]), set(copies["source"])
    for frame, column in ((catalogue, "part_of"), (aliases, "series"), (tables["outlooks"], "series")):
        yield from _unknown(frame, column, series, "must be a series of series.csv")
    for frame, column in ((copies, "repeats"), (tables["claims"], "note")):
        yield from _unknown(frame, column, sources, "must be a source of sources.csv")
    own = catalogue["part_of"] == catalogue["series"]
    yield from violations_at(catalogue, own, "part_of", "must be another series")
    yield from violations_at(copies, copies["repeats"] == copies["source"], "repeats", "must be another source")
    lost = catalogue["share_of"].str.split("/").map(lambda pair: pair != [""] and not set(pair) <= series)
    yield from violations_at(catalogue, lost, "share_of", "both must be series of series.csv")
    yield from violations_at(
        aliases, aliases["alias"].isin(series), "alias", "must not be a series of series.csv itself"
    )


def _unknown(frame: pd.DataFrame, column: str, known: set[str], rule: str) -> Iterator[Violation]:
    yield from violations_at(frame, (frame[column] != "") & ~frame[column].isin(known), column, rule)


def check_statements(statements: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> Iterator[Violation]:
    """Yield what in the statements does not fit together.

    They are rows after corrections and aliases, before the conversion of units: text columns, `value`, `low` and `high`
    as float, the columns of `read_figures`, `FILE` and `LINE`. `tables` are the ledger's others by name.
    """
    catalogue = tables["series"].set_index("series")
    yield from _unknown(statements, "series", set(catalogue.index), "must be a series of series.csv or an alias")
    yield from _unknown(statements, "source", set(tables["sources"]["source"]), "must be a source of sources.csv")
    changes = statements["measure"].isin(CHANGE_MEASURES)
    yield from violations_at(statements, changes & (statements["unit"] != "%"), "unit", "a change is stated in %")
    yield from violations_at(statements, statements["low"] > statements["high"], "low", "must not be above high")
    outside = (statements["value"] < statements["low"]) | (statements["value"] > statements["high"])
    yield from violations_at(statements, outside, "value", "must lie between low and high")
    yield from _readings(statements)
    known = statements[
        statements["series"].isin(catalogue.index) & statements["source"].isin(tables["sources"]["source"])
    ]
    yield from _amounts(known, known["series"].map(catalogue["kind"]))
    yield from _periods(known, catalogue, tables["sources"].set_index("source"))


def _readings(rows: pd.DataFrame) -> Iterator[Violation]:
    """Yield figures that are not what the printed text says, within half of its last digit."""
    yield from violations_at(rows, rows["unread"] != "", "stated", rows["unread"])
    for column, printed in (("value", "printed_value"), ("low", "printed_low"), ("high", "printed_high")):
        slack = rows["resolution"] / 2 + _ROUNDING_SLACK * rows[column].abs()
        differs = rows[printed].notna() & ~((rows[column] - rows[printed]).abs() <= slack)
        says = "the printed text '" + rows["read_as"] + "' says " + rows[printed].map(as_text) + " " + rows["unit"]
        yield from violations_at(rows, differs, column, says)


def _amounts(rows: pd.DataFrame, kind: pd.Series) -> Iterator[Violation]:
    """Yield levels that nothing can have."""
    levels = rows["measure"].isin(LEVELS)
    least = rows[["value", "low"]].min(axis=1)
    prices = levels & rows["unit"].isin(PRICE_UNITS) & ~rows["series"].str.contains(_BELOW_ZERO)
    yield from violations_at(rows, prices & (least <= 0), "value", "a price is above 0")
    amounts = levels & kind.isin(("flow", "stock")) & (rows["unit"] != "%")
    yield from violations_at(rows, amounts & (least < 0), "value", "an amount is not below 0")
    # mg.export.value.ingot is the value of mg.export.ingot: where a source prints one, its 0 for the other says
    # that it has no figure.
    goods = rows["series"].str.replace(".value", "", regex=False)
    keys = goods.str.cat([rows[name] for name in ("measure", "period", "source")], sep="|")
    beside = levels & (rows["value"] == 0) & keys.isin(keys[levels & (rows["value"] > 0)])
    yield from violations_at(rows, beside, "value", "a 0 beside a value or quantity of the same goods is no figure")


def _periods(rows: pd.DataFrame, catalogue: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Violation]:
    """Yield periods that do not fit the rhythm of their series, or that nobody could know when they were printed."""
    frequency, kind = (rows["series"].map(catalogue[name]) for name in ("frequency", "kind"))
    # A price that is published once a month can be the quote of a day; what adds up over a month cannot.
    day = (rows["period"].str.len() == 10) & frequency.isin(("month", "quarter", "year")) & (kind != "price")
    yield from violations_at(rows, day, "period", "no day: the series is of a " + frequency)
    within = (frequency == "quarter") & rows["period"].str.fullmatch(r"\d{4}-(?:02|05|08|11)")
    yield from violations_at(rows, within, "period", "the first or last month of a quarter")
    known = sources["published"].where(sources["published"] != "", sources["seen"])
    day, newest = rows["source"].map(known), max(known, default="")
    limits = {one: shift_day(one, DAYS_AHEAD) for one in known.unique() if one}
    limits[""] = shift_day(newest, DAYS_OF_UNDATED) if newest else "9999"
    observed = ~rows["measure"].str.startswith("forecast") & (rows["measure"] != "set_aside")
    early = observed & (rows["period"].map(period_start) > day.map(limits))
    when = day.where(day != "", "no day known, but not after " + newest)
    yield from violations_at(rows, early, "period", "begins long after its publication (" + when + "): no figure yet")
