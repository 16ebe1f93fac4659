"""Small ledgers for the tests of the analysis: a row is what a source prints, the rest follows from it."""

import pandas as pd

from metalsbook.ledger.figures import read_figure
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
        row |= read_figure(stated, unit, measure)._asdict() | {"statement": f"st-{number:03d}"}
        made.append(row | {"published": published[0] if published else "2025-12-01"})
    return pd.DataFrame(made)


def claims(*rows: dict) -> pd.DataFrame:
    """Return claims; what a row does not say is empty."""
    columns = ["claim", "note", "paragraph", "chapter", "statement", "meant", "series", "measure", "period", "printed"]
    columns += ["unit", "check", "arguments"]
    return pd.DataFrame([{name: row.get(name, "") for name in columns} for row in rows], columns=columns)
