"""A table that a YAML profile describes: exports of terminals and price sheets, CSV or workbook.

The profile says where header, dates and columns are, in which unit they are, and which series a column is of. Shipped
profiles are in `profiles/`; those marked `evidence: unverified` were written from memory, without a file seen.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import SOURCE_COLUMNS, Batch, Origin, Row, source_row, statement_row
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.mappings import read_catalogue, waiting_series
from metalsbook.ingest.plain import check_rows, needed_series
from metalsbook.ingest.table_profile import Profile, find_profile
from metalsbook.ingest.text import is_missing, read_number, read_rows, read_text
from metalsbook.months import last_day

KIND = "table"
_ZIP = b"PK\x03\x04"
_DATES = (
    re.compile(r"((?:19|20)[0-9]{2})[-/.年](1[0-2]|0?[1-9])[-/.月](3[01]|[12][0-9]|0?[1-9])日?(?: 00:00(?::00)?)?"),
    re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"),
)
_MONTHS = (
    re.compile(r"((?:19|20)[0-9]{2})[-/.年](1[0-2]|0?[1-9])月?"),
    re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])"),
)
Line = tuple[int, list[str]]


def read_table(file: InboxFile) -> Batch:
    """Return what a table says of the columns that its profile maps.

    Raises:
        IngestError: If the profile does not fit the table, or a cell is neither a number nor missing.
    """
    profile = find_profile(file.details.profile)
    _check_series(profile)
    lines = list(read_lines(file, profile.sheet, profile.encodings))
    head, body = split_lines(lines, profile, file)
    origin = Origin(profile.origin, profile.publisher, profile.url, profile.licence, profile.origin.replace("-", "_"))
    batch = Batch(file.name, f"{KIND} by the profile {profile.name} ({profile.evidence}), {len(body)} rows")
    batch.source = source_row(file, origin, profile.title, file.details.published)
    batch.sources = [batch.source]
    read = {"columns": _read_columns, "long": _read_long}[profile.layout]
    read(batch, file, profile, head, body)
    check_rows("sources", [(1, batch.source)], SOURCE_COLUMNS, file.name)
    batch.series = needed_series({row["series"] for row in batch.statements})
    return batch


def read_lines(
    file: InboxFile, sheet: str = "", encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
) -> Iterator[Line]:
    """Yield the rows of a table as text, with their number in the file; empty ones are left out.

    Raises:
        IngestError: If the file is neither text nor a workbook.
    """
    if not file.head.startswith(_ZIP):
        yield from read_rows(read_text(file, encodings)[0], file.name)
        return
    from metalsbook.ingest.workbook import read_sheet

    for number, row in enumerate(read_sheet(file, sheet), start=1):
        cells = [_as_text(cell.value) for cell in row]
        if any(cells):
            yield number, cells


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and abs(value) < 1e15:
        # A spreadsheet keeps 15 digits: 16350.1 is stored as 16350.099999999999.
        return f"{Decimal(f'{value:.15g}'):f}"
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def split_lines(lines: list[Line], profile: Profile, file: InboxFile) -> tuple[dict[str, list[str]], list[Line]]:
    """Return the rows above the data by their label ("header" for the header), and the rows of data.

    Raises:
        IngestError: If there is no header where the profile says.
    """
    at = _find_header(lines, profile)
    if at is None:
        raise IngestError(
            f"{file.name} has no header row as the profile {profile.name} describes: {shown(profile.header)}",
            "Compare it with --guess",
        )
    head, body = {"header": lines[at][1]}, []
    for number, cells in lines[at + 1 :]:
        first = next((cell for cell in cells if cell), "")
        if any(first.startswith(word) for word in profile.footer):
            continue
        label = next((word for word in profile.label_rows if first.startswith(word)), "")
        if label and not body:
            head[label] = cells
        else:
            body.append((number, cells))
    if not body:
        raise IngestError(f"{file.name} has no rows below its header", "Look at the file")
    return head, body


def _find_header(lines: list[Line], profile: Profile) -> int | None:
    if profile.header.isdecimal():
        wanted = int(profile.header)
        return next((at for at, (number, _) in enumerate(lines) if number == wanted), None)
    return next((at for at, (_, cells) in enumerate(lines) if profile.header in cells), None)


def read_period(text: str) -> str:
    """Return a day or month as sheets write it, as "YYYY-MM-DD" or "YYYY-MM"; "" if it is neither."""
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if match:
            day = f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
            return day if day <= last_day(day[:7]) else ""
    for pattern in _MONTHS:
        match = pattern.fullmatch(text)
        if match:
            return f"{match[1]}-{int(match[2]):02d}"
    return ""


def _place(header: list[str], wanted: str, file: InboxFile, profile: Profile) -> int:
    """Return the place of a column that the profile names by its header or its number."""
    if wanted in header:
        if header.count(wanted) > 1:
            raise IngestError(f"{file.name}: the header '{shown(wanted)}' is there twice", "Name the column by number")
        return header.index(wanted)
    if wanted.isdecimal() and 1 <= int(wanted) <= len(header):
        return int(wanted) - 1
    raise IngestError(
        f"{file.name} has no column '{shown(wanted)}', which the profile {profile.name} names",
        "Compare it with --guess",
    )


def _cell(cells: list[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def _read_columns(
    batch: Batch, file: InboxFile, profile: Profile, head: dict[str, list[str]], body: list[Line]
) -> None:
    """Read a table with one date a row and one series a column."""
    header = head["header"]
    dates = _place(header, profile.date_column, file, profile)
    there = {name: series for name, series in profile.series.items() if name in header or name.isdecimal()}
    absent = sorted(profile.series.keys() - there)
    batch.notes += [f"the file has no column '{shown(name)}' of the profile" for name in absent]
    columns = {_place(header, name, file, profile): series for name, series in there.items()}
    if not columns:
        raise IngestError(
            f"{file.name} has none of the columns that the profile {profile.name} maps",
            f"It has {shown(', '.join(header), 300)}; map them under 'series'",
        )
    known = {dates, *columns}
    batch.unmapped += [f"column '{shown(name)}'" for at, name in enumerate(header) if name and at not in known]
    units = {at: _column_unit(at, head, profile) for at in columns}
    for number, cells in body:
        period = read_period(_cell(cells, dates))
        if not period:
            raise IngestError(
                f"{file.name}, row {number}, column {dates + 1}: '{shown(_cell(cells, dates))}' is not a day or month",
                "Add the word that the row begins with to 'footer' or 'label_rows'",
            )
        for at, series in columns.items():
            _state(
                batch,
                profile,
                series,
                period,
                _cell(cells, at),
                units[at],
                f"{file.name}, row {number}, column '{shown(header[at])}'",
            )


def _column_unit(at: int, head: dict[str, list[str]], profile: Profile) -> str:
    """Return the unit of a column as the sheet prints it: from its row of units, else from the profile."""
    return _cell(head.get(profile.unit_row, []), at) or profile.unit


def _read_long(batch: Batch, file: InboxFile, profile: Profile, head: dict[str, list[str]], body: list[Line]) -> None:
    """Read a table with one figure a row, its series named in a column."""
    header = head["header"]
    dates, names, values = (
        _place(header, wanted, file, profile)
        for wanted in (profile.date_column, profile.name_column, profile.value_column)
    )
    unit_at = _place(header, profile.unit_column, file, profile) if profile.unit_column else None
    ends = [
        _place(header, wanted, file, profile) if wanted else None
        for wanted in (profile.low_column, profile.high_column)
    ]
    unmapped: dict[str, int] = {}
    for number, cells in body:
        name = _cell(cells, names)
        series = profile.series.get(name)
        if series is None:
            unmapped[name] = unmapped.get(name, 0) + 1
            continue
        where = f"{file.name}, row {number}"
        period = read_period(_cell(cells, dates))
        if not period:
            raise IngestError(
                f"{where}, column {dates + 1}: '{shown(_cell(cells, dates))}' is not a day or month",
                "Add the word that the row begins with to 'footer'",
            )
        unit = _cell(cells, unit_at) if unit_at is not None else profile.unit
        span = tuple(_cell(cells, at) for at in ends if at is not None)
        _state(batch, profile, series, period, _cell(cells, values), unit, where, span)
    batch.unmapped += [f"'{shown(name)}': {count} rows" for name, count in sorted(unmapped.items())]


def _state(
    batch: Batch,
    profile: Profile,
    series: str,
    period: str,
    text: str,
    unit: str,
    where: str,
    span: tuple[str, ...] = (),
) -> None:
    if is_missing(text):
        return
    row_unit, factor = _row_unit(profile, unit, where)
    value = read_number(text, where) * factor
    row = statement_row(series, profile.measure, period, value, row_unit, f"{text} {unit}", batch.source["source"])
    if len(span) == 2 and not any(is_missing(end) for end in span) and span[0] != span[1]:
        row = _with_range(row, span, unit, factor, where)
    if factor != 1:
        batch.arithmetic.append(f"{series} {period} = {text} {unit} x {factor} = {row['value']} {row_unit}")
    batch.statements.append(row)


def _with_range(row: Row, span: tuple[str, ...], unit: str, factor: Decimal, where: str) -> Row:
    """Return the row with the quoted range; its value is the middle, which the average of the sheet must be."""
    low, high = (read_number(end, where) * factor for end in span)
    if low > high:
        raise IngestError(
            f"{where}: the low end {shown(span[0])} is above the high end {shown(span[1])}",
            "Look at the row, or at the columns in the profile",
        )
    if not low <= Decimal(row["value"]) <= high:
        raise IngestError(
            f"{where}: the average {row['value']} lies outside {shown(span[0])} to {shown(span[1])}",
            "Look at the row, or at the columns in the profile",
        )
    middle = statement_row(
        row["series"],
        row["measure"],
        row["period"],
        (low + high) / 2,
        row["unit"],
        f"{span[0]}-{span[1]} {unit}",
        row["source"],
    )
    ends = [statement_row("", "", "", end, "", "", "")["value"] for end in (low, high)]
    return middle | {"low": ends[0], "high": ends[1]}


def _row_unit(profile: Profile, printed: str, where: str) -> tuple[str, Decimal]:
    """Return the unit of the row and what the printed number is multiplied by to be in it.

    Raises:
        IngestError: If the printed unit is not in the profile's table of units.
    """
    known = profile.units.get(printed)
    if known is None:
        raise IngestError(
            f"{where}: the unit '{shown(printed)}' is not known to the profile {profile.name}",
            "Add it to 'units' in the profile: '元/吨: CNY/t'",
        )
    unit, _, factor = known.partition(" x ")
    return unit, Decimal(factor or "1")


def _check_series(profile: Profile) -> None:
    known = read_catalogue().keys() | waiting_series().keys()
    for series in profile.series.values():
        if series not in known:
            raise IngestError(
                f"The profile {profile.name} names the series '{shown(series)}', which is not in series.csv",
                "Mend 'series' in the profile",
            )
