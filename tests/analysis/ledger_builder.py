"""Small ledgers for tests: frames from tuples, with the columns that reconciliation reads."""

import pandas as pd

from metalsbook.months import last_day, step_month
from tests.page.editions import printed

SERIES_DEFAULTS = {"kind": "flow", "growth_basis": "published_levels", "part_of": "", "share_of": "", "unit": "t"}


def make_series(*rows: dict | str) -> pd.DataFrame:
    """Return a catalogue; a row is a name or a dict with `series` and what differs from a plain flow."""
    entries = [{"series": row} if isinstance(row, str) else row for row in rows]
    return pd.DataFrame([{**SERIES_DEFAULTS, **entry} for entry in entries])


def make_statements(*rows: tuple) -> pd.DataFrame:
    """Return statements from (series, measure, period, value, resolution[, published[, source]]).

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
