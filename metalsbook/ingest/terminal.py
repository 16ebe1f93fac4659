"""A table that a YAML profile describes: exports of terminals and price sheets, CSV or workbook.

The profile says where header, dates and columns are, in which unit they are, and which series a column is of. Shipped
profiles are in `profiles/`; those marked `evidence: unverified` were written from memory, without a file seen. Sheets
date a month by its first or last day: the frequency of the series decides what a day means.
"""

import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.batch import Batch, Row, plain
from metalsbook.ingest.files import find_faults, read_schema, read_yaml, safe_name, shown
from metalsbook.ingest.grid import explain_date, is_missing
from metalsbook.ingest.mappings import Catalogue
from metalsbook.ledger.vocabulary import MEASURES, UNITS
from metalsbook.months import last_day, period_end, period_start

_DATES = (
    re.compile(r"((?:19|20)[0-9]{2})[-/.年](1[0-2]|0?[1-9])[-/.月](3[01]|[12][0-9]|0?[1-9])日?(?: 00:00(?::00)?)?"),
    re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"),
)
_MONTH = re.compile(r"((?:19|20)[0-9]{2})(?:[-/年](1[0-2]|0?[1-9])月?|\.?(1[0-2]|0[1-9]))")
"""Behind a dot a month has two digits: 2025.1 is what a spreadsheet makes of October's 2025.10."""
SHIPPED = Path(__file__).parent / "profiles"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LISTS = ("label_rows", "footer")


def find_profile(name: str) -> SimpleNamespace:
    """Return a profile by its shipped name or the path of a YAML file."""
    there = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.yml")))
    if not name:
        raise UsageError("A table needs a profile", f"Add --profile: {there} or a YAML file")
    path = SHIPPED / f"{name}.yml" if _NAME.fullmatch(name) else Path(name)
    if path.suffix.lower() in (".yml", ".yaml") and path.is_file():
        return read_profile(path)
    raise UsageError(f"There is no profile '{shown(name)}'", f"Use {there}, or the path of a .yml file")


def read_profile(path: Path) -> SimpleNamespace:
    """Return the profile of a YAML file; its keys are explained in the guide, `chapters/guide/extend.md`, "A format".

    Raises:
        IngestError: If it is not as `schemas/profile.json` has it, or names a unit or measure that the ledger has not.
    """
    content = read_yaml(path)
    faults = find_faults(content, read_schema("profile"))
    if not faults:
        units = [text.partition(" x ")[0] for text in content["units"].values()]
        faults += [f"units: {shown(unit)} is not a unit of the ledger" for unit in units if unit not in UNITS]
        measure = content.setdefault("measure", "level")
        faults += [] if measure in MEASURES else [f"measure is not a measure of the ledger: '{shown(measure)}'"]
    if faults:
        raise IngestError(f"{safe_name(path.name)}: {'; '.join(faults)}", "Take a shipped profile as a pattern")
    empty = {name: [] if name in _LISTS else "" for name in read_schema("profile")["properties"]}
    content["series"] = {name: series for name, series in content["series"].items() if series}
    return SimpleNamespace(**empty | content, name=path.stem)


def read_period(text: str) -> str:
    """Return a day or month as sheets write it, as "YYYY-MM-DD" or "YYYY-MM"; "" if it is neither."""
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            day = f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
            return day if day <= last_day(day[:7]) else ""
    match = _MONTH.fullmatch(text)
    return f"{match[1]}-{int(match[2] or match[3]):02d}" if match else ""


def fit_period(period: str, series: Row, where: str) -> str:
    """Return the period that a day means for a series: that of a month is dated by its first or last day.

    Raises:
        IngestError: If the day lies within a month or year that it could be of. A price may be the quote of that day.
    """
    frequency = series["frequency"]
    if len(period) < 10 or frequency not in ("month", "quarter", "year"):
        return period
    whole = period[:4] if frequency == "year" else period[:7]
    if period in (period_start(whole), period_end(whole)):
        return whole
    if series["kind"] == "price":
        return period
    raise IngestError(
        f"{where}: {period} is a day, and the series has one figure a {frequency}",
        f"Is it the figure of {whole}? Then write {whole}",
    )


class Table:
    """One table, read by one profile into its batch."""

    def __init__(self, batch: Batch, profile: SimpleNamespace):
        self.grid, self.batch, self.profile, self.catalogue = batch.grid, batch, profile, Catalogue()
        for series in profile.series.values():
            if series not in self.catalogue:
                raise IngestError(
                    f"The profile {profile.name} names the series '{shown(series)}', which is not in series.csv",
                    "Mend 'series' in the profile",
                )

    def read(self) -> None:
        """State the figures of the rows below the header."""
        profile, batch = self.profile, self.batch
        self.header, self.units, self.body = self._split()
        batch.set_source(vars(profile) | {"key": profile.origin, "origin": profile.origin.replace("-", "_")})
        batch.kind = f"table by the profile {profile.name} ({profile.evidence}), {len(self.body)} rows"
        dates = self._place(profile.date_column)
        figures = self._columns_of_series(dates) if profile.layout == "columns" else self._rows_of_series()
        days = self.body[dates].map(read_period)
        for number, text in self.body.loc[(days == "") & days.index.isin(figures.index), dates].items():
            todo = explain_date(text) or "Add the word that the row begins with to 'footer' or 'label_rows'"
            batch.problems.append(str(self.grid.fault(number, dates, text, "is not a day or month", todo)))
        for figure in figures.itertuples():
            if days[figure.Index] and not is_missing(figure.text):
                with batch.collect():
                    self._state(figure, days[figure.Index])

    def _split(self) -> tuple[list[str], list[str], pd.DataFrame]:
        """Return the header, the row of units, and the rows of data by their number, their columns by their place."""
        profile, wanted, rows = self.profile, self.profile.header, self.grid.rows
        width = max(len(cells) for _, cells in rows)
        rows = [(number, cells + [""] * (width - len(cells))) for number, cells in rows]
        is_header = [str(number) == wanted if wanted.isdecimal() else wanted in cells for number, cells in rows]
        if not any(is_header):
            raise IngestError(
                f"{self.grid.file} has no header row as the profile {profile.name} describes: {shown(wanted)}",
                "Mend 'header' in a copy of the profile",
            )
        top = is_header.index(True)
        units, body = [""] * width, {}
        for number, cells in rows[top + 1 :]:
            first = next(cell for cell in cells if cell)
            if first.startswith(tuple(profile.footer)):
                continue
            if body or not first.startswith(tuple(filter(None, (*profile.label_rows, profile.unit_row)))):
                body[number] = cells
            elif profile.unit_row and first.startswith(profile.unit_row):
                units = cells
        if not body:
            raise IngestError(f"{self.grid.file} has no rows below its header", "Look at the file")
        return rows[top][1], units, pd.DataFrame.from_dict(body, orient="index", dtype="str")

    def _place(self, wanted: str) -> int:
        """Return the place of a column that the profile names by its header or its number."""
        if self.header.count(wanted) == 1:
            return self.header.index(wanted)
        if wanted.isdecimal() and 1 <= int(wanted) <= len(self.header) and wanted not in self.header:
            return int(wanted) - 1
        raise IngestError(
            f"{self.grid.file} has no column '{shown(wanted)}', which the profile {self.profile.name} names, or has "
            "it twice",
            "Mend the name in a copy of the profile, or name the column by its number",
        )

    def _columns_of_series(self, dates: int) -> pd.DataFrame:
        """Return series, place `at`, text, unit and ends of a range of each figure of a table, one series a column."""
        profile, header = self.profile, self.header
        there = {name: series for name, series in profile.series.items() if name in header or name.isdecimal()}
        absent = sorted(profile.series.keys() - there)
        self.batch.notes += [f"the file has no column '{shown(name)}' of the profile" for name in absent]
        columns = {self._place(name): series for name, series in there.items()}
        if not columns:
            raise IngestError(
                f"{self.grid.file} has none of the columns that the profile {profile.name} maps",
                f"It has {shown(', '.join(header), 300)}; map them under 'series'",
            )
        others = [name for at, name in enumerate(header) if name and at not in (dates, *columns)]
        self.batch.unmapped += [f"column '{shown(name)}'" for name in others]
        cells = self.body[list(columns)].stack().rename_axis(["row", "at"]).rename("text").reset_index("at")
        units = {at: self.units[at] or profile.unit for at in columns}
        return cells.assign(series=cells["at"].map(columns), unit=cells["at"].map(units), low="", high="")

    def _rows_of_series(self) -> pd.DataFrame:
        """Return the same of a table with one figure a row, its series named in a column."""
        profile = self.profile
        names, values = self._place(profile.name_column), self._place(profile.value_column)
        is_known = self.body[names].isin(profile.series)
        others = self.body.loc[~is_known, names].value_counts().sort_index()
        self.batch.unmapped += [f"'{shown(name)}': {count} rows" for name, count in others.items()]
        known = self.body[is_known]

        def column(wanted: str, default: str = "") -> pd.Series | str:
            return known[self._place(wanted)] if wanted else default

        return pd.DataFrame(
            {"series": known[names].map(profile.series), "at": values, "text": known[values]}
            | {"unit": column(profile.unit_column, profile.unit)}
            | {"low": column(profile.low_column), "high": column(profile.high_column)}
        )

    def _state(self, figure: Any, day: str) -> None:
        number, at, series, text, unit = figure.Index, figure.at, figure.series, figure.text, figure.unit
        where = self.grid.where(number, at)
        period = fit_period(day, self.catalogue[series], where)
        if unit not in self.profile.units:
            raise IngestError(
                f"{where}: the unit '{shown(unit)}' is not known to the profile {self.profile.name}",
                "Add it to 'units' in the profile: '元/吨: CNY/t'",
            )
        row_unit, _, by = self.profile.units[unit].partition(" x ")
        factor, bare = Decimal(by or 1), text.removesuffix("%") if row_unit == "%" else text
        value, stated = self.grid.number(bare, number, at, signed=row_unit == "%") * factor, f"{bare} {unit}"
        if factor != 1:
            self.batch.arithmetic.append(f"{series} {period} = {text} {unit} x {factor} = {plain(value)} {row_unit}")
        span, ends = (figure.low, figure.high), {}
        if not any(map(is_missing, span)) and figure.low != figure.high:
            # The value of a quoted range is its middle, near which the average of the sheet must be.
            low, high = (self.grid.number(end, number, at) * factor for end in span)
            if not low <= value <= high:
                raise IngestError(
                    f"{where}: the average {plain(value)} does not lie within {shown(span[0])} to {shown(span[1])}",
                    "Look at the row, or at the columns in the profile",
                )
            value, stated = (low + high) / 2, f"{span[0]}-{span[1]} {unit}"
            ends = {"low": plain(low), "high": plain(high)}
        row = self.batch.state(series, self.profile.measure, period, value, row_unit, stated, where, text)
        row |= ends
