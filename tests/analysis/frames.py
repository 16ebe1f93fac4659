"""Small ledgers for the tests of the analysis: a row is what a source prints, the rest follows from it."""

import pandas as pd

from metalsbook.analysis.evidence import Evidence
from metalsbook.ledger.figures import read_figure
from metalsbook.months import last_day, step_month
from tests.page.editions import printed

CATALOGUE = (
    # series, unit, kind, frequency, part_of, share_of
    ("exports.total", "t", "flow", "month", "", ""),
    ("exports.ingot", "t", "flow", "month", "exports.total", ""),
    ("exports.alloy", "t", "flow", "month", "exports.total", ""),
    ("exports.ingot.to.NLD", "t", "flow", "month", "exports.ingot", ""),
    ("exports.ingot.to.IND", "t", "flow", "month", "exports.ingot", ""),
    ("exports.ingot.share", "%", "share", "month", "", "exports.ingot/exports.total"),
    ("cars.output", "unit", "flow", "month", "", ""),
    ("cars.electric.output", "unit", "flow", "month", "cars.output", ""),
    ("cars.electric.share", "%", "share", "month", "", ""),
    ("metal.price", "CNY/t", "price", "day", "", ""),
    ("rival.price", "CNY/t", "price", "day", "", ""),
    ("metal.ratio", "ratio", "ratio", "day", "", ""),
    ("demand", "t", "flow", "year", "", ""),
    ("capacity", "t/year", "stock", "year", "", ""),
)


def series() -> pd.DataFrame:
    columns = ["series", "unit", "kind", "frequency", "part_of", "share_of"]
    frame = pd.DataFrame(CATALOGUE, columns=columns)
    sampled = frame["series"].eq("cars.output").map({True: "comparable_sample", False: "published_levels"})
    chapter = frame["series"].str.partition(".")[0]
    return frame.assign(title=frame["series"] + " title", growth_basis=sampled, chapter=chapter)


def sources(*rows: tuple) -> pd.DataFrame:
    """Return sources from (source, publisher, repeats) rows."""
    frame = pd.DataFrame(rows, columns=["source", "publisher", "repeats"])
    return frame.assign(published="2025-12-20", origin="")


def statements(*rows: tuple) -> pd.DataFrame:
    """Return validated statements from (series, measure, period, stated, source[, published]) rows."""
    units = {name: unit for name, unit, *_ in CATALOGUE}
    made = []
    for number, (name, measure, period, stated, source, *published) in enumerate(rows):
        unit = "%" if measure.removeprefix("forecast_") in ("mom", "yoy", "ytd_yoy", "dod", "wow") else units[name]
        row = printed(name, period, 0, measure, unit=unit, stated=stated, source=source, factor=1.0, corrected="")
        row["measure_as_printed"] = measure
        row |= read_figure(stated, unit, measure)._asdict() | {"statement": f"st-{number:03d}"}
        made.append(row | {"published": published[0] if published else "2025-12-01"})
    return pd.DataFrame(made)


HOUSES = sources(("a", "House A", ""), ("b", "House B", ""), ("c", "House C (copy)", ""))


def evidence(*rows: tuple, solve=None, narrow: bool = False) -> Evidence:
    """Return what (series, measure, period, stated[, source]) rows say together; the source is "a" where none is."""
    return Evidence(statements(*((*row, "a")[:5] for row in rows)), series(), HOUSES, solve=solve, narrow=narrow)


def estimates(*rows: tuple) -> pd.DataFrame:
    """Return reconciled months."""
    return pd.DataFrame(rows, columns=["series", "period", "low", "high", "best", "basis"])


def claims(*rows: dict) -> pd.DataFrame:
    """Return claims; what a row does not say is empty."""
    columns = ["claim", "note", "paragraph", "chapter", "statement", "meant", "series", "measure", "period", "printed"]
    columns += ["unit", "check", "arguments"]
    return pd.DataFrame([{name: row.get(name, "") for name in columns} for row in rows], columns=columns)


SERIES_DEFAULTS = {"kind": "flow", "growth_basis": "published_levels", "part_of": "", "share_of": "", "unit": "t"}


def make_series(*rows: dict | str) -> pd.DataFrame:
    """Return a catalogue; a row is a name, or a dict with `series` and what is not as in a plain flow."""
    entries = [{"series": row} if isinstance(row, str) else row for row in rows]
    return pd.DataFrame([{**SERIES_DEFAULTS, **entry} for entry in entries])


def make_statements(*rows: tuple) -> pd.DataFrame:
    """Return what reconciliation reads, from (series, measure, period, value, resolution[, published[, source]]).

    `published` is the last day of the month after the period where not given, `source` is "s".
    """
    made = []
    for number, row in enumerate(rows):
        series, measure, period, value, resolution, *rest = row
        month = period if len(period) == 7 else f"{period[:4]}-12"
        published = rest[0] if rest and rest[0] else last_day(step_month(month, 1))
        source = rest[1] if len(rest) > 1 else "s"
        row = printed(series, period, value, measure, float(resolution), source=source, published=published)
        made.append(row | {"statement": f"st-{number:04d}"})
    return pd.DataFrame(made)
