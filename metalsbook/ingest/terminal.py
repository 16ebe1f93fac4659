"""A table that a YAML profile describes: exports of terminals and price sheets, CSV or workbook.

The profile says where header, dates and columns are, in which unit they are, and which series a column is of. Shipped
profiles are in `profiles/`; those marked `evidence: unverified` were written from memory, without a file seen. Sheets
date a month by its first or last day: the frequency of the series decides what a day means.
"""

import re
from collections import Counter
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from pathlib import Path

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.batch import Batch, Origin, Row, plain
from metalsbook.ingest.files import TEXT, find_faults, read_yaml, safe_name, shown
from metalsbook.ingest.grid import Grid, explain_date, is_missing
from metalsbook.ingest.mappings import Catalogue
from metalsbook.ledger.vocabulary import MEASURES, UNITS
from metalsbook.months import last_day

_DATES = (
    re.compile(r"((?:19|20)[0-9]{2})[-/.年](1[0-2]|0?[1-9])[-/.月](3[01]|[12][0-9]|0?[1-9])日?(?: 00:00(?::00)?)?"),
    re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"),
)
_MONTH = re.compile(r"((?:19|20)[0-9]{2})(?:[-/年](1[0-2]|0?[1-9])月?|\.?(1[0-2]|0[1-9]))")
"""Behind a dot a month has two digits: 2025.1 is what a spreadsheet makes of October's 2025.10."""
Line = tuple[int, list[str]]
SHIPPED = Path(__file__).parent / "profiles"
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True)
class Profile:
    """How a table is read; the keys are explained in the guide, `chapters/guide/extend.md`, "A format"."""

    name: str
    title: str
    publisher: str
    url: str
    licence: str
    origin: str
    evidence: str
    layout: str
    header: str
    date_column: str
    series: dict[str, str]
    units: dict[str, str]
    sheet: str = ""
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    label_rows: tuple[str, ...] = ()
    unit_row: str = ""
    footer: tuple[str, ...] = ()
    unit: str = ""
    measure: str = "level"
    name_column: str = ""
    value_column: str = ""
    unit_column: str = ""
    low_column: str = ""
    high_column: str = ""
    note: str = ""


_MAP = {"type": "object", "additionalProperties": TEXT, "description": "lines of 'name: text'"}
_LIST = {"type": "array", "items": {"type": "string", "minLength": 1}, "description": "a list of text"}
_NAMED = TEXT | {"minLength": 1, "description": "a header or a number"}
_UNITS = "|".join(re.escape(unit) for unit in UNITS)
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": [item.name for item in fields(Profile) if item.default is MISSING and item.name != "name"],
    "properties": {item.name: TEXT for item in fields(Profile) if item.name != "name"}
    | {
        "evidence": {"enum": ["verified", "unverified"], "description": "verified or unverified"},
        "layout": {"enum": ["columns", "long"], "description": "columns or long"},
        "measure": {"enum": list(MEASURES), "description": "a measure of the ledger"},
        "encodings": {"type": "array", "minItems": 1, "items": {"enum": list(ENCODINGS)}}
        | {"description": f"a list of {', '.join(ENCODINGS)}"},
        "header": _NAMED,
        "date_column": _NAMED,
        "label_rows": _LIST,
        "footer": _LIST,
        "series": _MAP | {"minProperties": 1},
        "units": _MAP
        | {
            "additionalProperties": {
                "type": "string",
                "pattern": rf"^({_UNITS})( x [0-9]+([.][0-9]+)?)?$",
                "description": "a unit of the ledger, as 'CNY/t' or 'CNY/t x 10000'",
            }
        },
    },
    "if": {"properties": {"layout": {"const": "long"}}},
    "then": {"required": ["name_column", "value_column"]},
}


def shipped_profiles() -> list[str]:
    """Return the names of the profiles that come with the book."""
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def find_profile(name: str) -> Profile:
    """Return a profile by its shipped name or the path of a YAML file."""
    if not name:
        raise UsageError("A table needs a profile", f"Add --profile: {', '.join(shipped_profiles())} or a YAML file")
    if _NAME.fullmatch(name) and (SHIPPED / f"{name}.yml").is_file():
        return read_profile(SHIPPED / f"{name}.yml")
    path = Path(name)
    if path.suffix.lower() in (".yml", ".yaml") and path.is_file():
        return read_profile(path)
    raise UsageError(
        f"There is no profile '{shown(name)}'", f"Use {', '.join(shipped_profiles())}, or the path of a .yml file"
    )


def read_profile(path: Path) -> Profile:
    """Return the profile of a YAML file."""
    content = read_yaml(path)
    if faults := find_faults(content, _SCHEMA):
        raise IngestError(f"{safe_name(path.name)}: {'; '.join(faults)}", "Take a shipped profile as a pattern")
    shaped = {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
    shaped["series"] = {name: series for name, series in content["series"].items() if series}
    return Profile(path.stem, **shaped)


def recognise(_lines: list[list[str]]) -> bool:
    """Return that no table is known without its profile."""
    return False


def read(grid: Grid, batch: Batch) -> None:
    """Read what a table says of the columns that its profile maps into the batch."""
    profile = find_profile(batch.file.details.profile)
    _Reader(grid, batch, profile).read()


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
    ends = (f"{whole}-01-01"[:10], f"{whole}-12-31") if frequency == "year" else (f"{whole}-01", last_day(whole))
    if period not in ends and series["kind"] == "price":
        return period
    if period not in ends:
        raise IngestError(
            f"{where}: {period} is a day, and the series has one figure a {frequency}",
            f"Is it the figure of {whole}? Then write {whole}",
        )
    return whole


class _Reader:
    """Reads one table by one profile."""

    def __init__(self, grid: Grid, batch: Batch, profile: Profile):
        self.grid, self.batch, self.profile = grid, batch, profile
        self.catalogue = Catalogue()
        for series in profile.series.values():
            if series not in self.catalogue:
                raise IngestError(
                    f"The profile {profile.name} names the series '{shown(series)}', which is not in series.csv",
                    "Mend 'series' in the profile",
                )

    def read(self) -> None:
        """Read the rows below the header."""
        profile = self.profile
        head, body = self._split()
        self.header = head["header"]
        key = profile.origin.replace("-", "_")
        self.batch.set_source(
            Origin(profile.origin, profile.publisher, profile.url, profile.licence, key), profile.title
        )
        self.batch.kind = f"table by the profile {profile.name} ({profile.evidence}), {len(body)} rows"
        self.dates = self._place(profile.date_column)
        (self._read_columns if profile.layout == "columns" else self._read_long)(head, body)

    def _split(self) -> tuple[dict[str, list[str]], list[Line]]:
        """Return the rows above the data by their label ("header" for the header), and the rows of data."""
        rows, profile = self.grid.rows, self.profile
        wanted = profile.header
        is_header = (lambda row: str(row[0]) == wanted) if wanted.isdecimal() else (lambda row: wanted in row[1])
        at = next((at for at, row in enumerate(rows) if is_header(row)), None)
        if at is None:
            raise IngestError(
                f"{self.grid.file} has no header row as the profile {profile.name} describes: {shown(wanted)}",
                "Mend 'header' in a copy of the profile",
            )
        head, body = {"header": rows[at][1]}, []
        labels = [*profile.label_rows, *([profile.unit_row] if profile.unit_row else [])]
        for number, cells in rows[at + 1 :]:
            first = next((cell for cell in cells if cell), "")
            label = next((word for word in labels if first.startswith(word)), "")
            if any(first.startswith(word) for word in profile.footer):
                continue
            if label and not body:
                head[label] = cells
            else:
                body.append((number, cells))
        if not body:
            raise IngestError(f"{self.grid.file} has no rows below its header", "Look at the file")
        return head, body

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

    def _day(self, number: int, cells: list[str]) -> str:
        text, where = _cell(cells, self.dates), self.grid.where(number, self.dates)
        day = read_period(text)
        if not day:
            raise IngestError(
                f"{where}: '{shown(text)}' is not a day or month",
                explain_date(text) or "Add the word that the row begins with to 'footer' or 'label_rows'",
            )
        return day

    def _read_columns(self, head: dict[str, list[str]], body: list[Line]) -> None:
        """Read a table with one date a row and one series a column."""
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
        known = {self.dates, *columns}
        self.batch.unmapped += [f"column '{shown(name)}'" for at, name in enumerate(header) if name and at not in known]
        units = head.get(profile.unit_row, [])
        for number, cells in body:
            with self.batch.collect():
                day = self._day(number, cells)
                for at, series in columns.items():
                    self._state(series, day, _cell(cells, at), _cell(units, at) or profile.unit, number, at)

    def _read_long(self, _head: dict[str, list[str]], body: list[Line]) -> None:
        """Read a table with one figure a row, its series named in a column."""
        profile, unmapped = self.profile, Counter()
        names, values = self._place(profile.name_column), self._place(profile.value_column)
        unit_at = self._place(profile.unit_column) if profile.unit_column else None
        ends = [self._place(wanted) for wanted in (profile.low_column, profile.high_column) if wanted]
        for number, cells in body:
            name = _cell(cells, names)
            if name not in profile.series:
                unmapped[name] += 1
                continue
            with self.batch.collect():
                day = self._day(number, cells)
                unit = profile.unit if unit_at is None else _cell(cells, unit_at)
                span = [_cell(cells, at) for at in ends]
                self._state(profile.series[name], day, _cell(cells, values), unit, number, values, span)
        self.batch.unmapped += [f"'{shown(name)}': {count} rows" for name, count in sorted(unmapped.items())]

    def _state(
        self, series: str, day: str, text: str, unit: str, number: int, at: int, span: list[str] | None = None
    ) -> None:
        if is_missing(text):
            return
        where, measure = self.grid.where(number, at), self.profile.measure
        period = fit_period(day, self.catalogue[series], where)
        known = self.profile.units.get(unit)
        if known is None:
            raise IngestError(
                f"{where}: the unit '{shown(unit)}' is not known to the profile {self.profile.name}",
                "Add it to 'units' in the profile: '元/吨: CNY/t'",
            )
        row_unit, _, by = known.partition(" x ")
        factor, bare = Decimal(by or "1"), text.removesuffix("%") if row_unit == "%" else text
        value = self.grid.number(bare, number, at, signed=row_unit == "%") * factor
        row = self.batch.state(series, measure, period, value, row_unit, f"{bare} {unit}", where, text)
        if span and len(span) == 2 and not any(map(is_missing, span)) and span[0] != span[1]:
            self._quote_range(row, span, unit, factor, number, at)
        if factor != 1:
            self.batch.arithmetic.append(f"{series} {period} = {text} {unit} x {factor} = {row['value']} {row_unit}")

    def _quote_range(self, row: Row, span: list[str], unit: str, factor: Decimal, number: int, at: int) -> None:
        """Give the row its quoted range; its value is the middle, near which the average of the sheet must be."""
        low, high = (self.grid.number(end, number, at) * factor for end in span)
        if not low <= Decimal(row["value"]) <= high:
            self.batch.statements.remove(row)
            raise IngestError(
                f"{row['_where']}: the average {row['value']} does not lie within {shown(span[0])} to {shown(span[1])}",
                "Look at the row, or at the columns in the profile",
            )
        row |= {"value": plain((low + high) / 2), "low": plain(low), "high": plain(high)}
        row["stated"] = f"{span[0]}-{span[1]} {unit}"


def _cell(cells: list[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""
