"""China customs query (stats.customs.gov.cn): rows of a commodity, partner, regime and province, added up to series.

The file says neither whether it is of exports or imports nor, for a single month, which month: file name, sidecar or
options say it, and without them it is refused. Quantities are kilograms, as customs print them for all mapped items.
"""

import re
from decimal import Decimal

import numpy as np

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.batch import Batch, Row
from metalsbook.ingest.customs_figures import KIND, Group, state_groups
from metalsbook.ingest.customs_table import CustomsTable, read_amounts, read_table
from metalsbook.ingest.files import FLOWS, InboxFile, shown
from metalsbook.ingest.mappings import read_mapping
from metalsbook.months import parse_month

_KILOGRAMS = ("千克", "公斤", "kilogram", "kilograms", "kg")
_MONTH = re.compile(r"(20[0-9]{2})[-年]?(0[1-9]|1[0-2])月?")
_MONTH_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2})-?(0[1-9]|1[0-2])(?![0-9])")
_FLOW_WORDS = {"export": ("export", "出口"), "import": ("import", "进口")}
_THOUSAND = 1000


def read_customs(file: InboxFile) -> Batch:
    """Return what a customs query says.

    Raises:
        IngestError: If flow or month is not told, or a row cannot be right; the message names file, row and column.
    """
    table = read_table(file)
    flow = find_flow(file)
    mapping = {row["code"]: row for row in read_mapping("hs8") if row["flow"] == flow}
    months = _read_months(table)
    batch = Batch(file.name, f"{KIND}, {flow}s, {table.encoding.removesuffix('-sig').upper()}, {table.rows:,} rows")
    keep = _mapped_rows(table, mapping, batch)
    if len(keep):
        _refuse_repeats(table, months)
        _check_units(table, keep)
        groups = _add_up(table, months, keep, mapping)
        _check_years(groups, mapping, file)
        state_groups(batch, file, groups, mapping, table, flow)
    return batch


def find_flow(file: InboxFile) -> str:
    """Return "export" or "import" from sidecar, options or file name.

    Raises:
        IngestError: If none says it, or the name says both.
    """
    if file.details.flow:
        return file.details.flow
    name = file.path.name.casefold()
    named = [flow for flow in FLOWS if any(word in name for word in _FLOW_WORDS[flow])]
    if len(named) == 1:
        return named[0]
    raise IngestError(
        f"{file.name} does not say whether it is of exports or imports",
        f"Add --flow export (or import), or a file {file.name}.yml with the line 'flow: export'",
    )


def _told_month(file: InboxFile) -> str:
    if file.details.month:
        return file.details.month
    found = {"-".join(match.groups()) for match in _MONTH_IN_NAME.finditer(file.path.name)}
    return found.pop() if len(found) == 1 else ""


def _read_months(table: CustomsTable) -> tuple[list[str], np.ndarray]:
    """Return the months of the file and the place of each row's month in them."""
    file = table.file
    told = _told_month(file)
    if "month" not in table.texts:
        if not told:
            raise IngestError(
                f"{file.name} does not say its month: it has no column 'Date of data' (数据年月)",
                f"Add --month YYYY-MM, or a file {file.name}.yml with the line 'month: YYYY-MM'",
            )
        return [told], np.zeros(table.rows, dtype=np.int64)
    column, months = table.texts["month"], []
    for text, row in zip(column.texts, column.first_rows(), strict=True):
        match = _MONTH.fullmatch(text)
        if match is None:
            raise IngestError(
                f"{table.where(row, 'month')}: '{shown(text)}' is not a month as customs write it",
                "It looks like 202511; a range of months is a query that is not split by month",
            )
        months.append(_checked_month("-".join(match.groups()), table, row))
        if file.details.month and months[-1] != file.details.month:
            raise IngestError(
                f"{table.where(row, 'month')}: the month is {months[-1]}, not {file.details.month}",
                "Leave the month out: the file has its own, row by row",
            )
    return months, column.places


def _checked_month(text: str, table: CustomsTable, row: int) -> str:
    try:
        return parse_month(text)
    except UsageError as error:
        raise IngestError(f"{table.where(row, 'month')}: {error.what}") from None


def _mapped_rows(table: CustomsTable, mapping: dict[str, Row], batch: Batch) -> np.ndarray:
    """Return the rows whose item has a series; list the others in the batch."""
    column = table.texts["code"]
    counts = np.bincount(column.places, minlength=len(column.texts))
    mapped = np.zeros(len(column.texts), dtype=bool)
    for place, (text, row) in enumerate(zip(column.texts, column.first_rows(), strict=True)):
        if not re.fullmatch("[0-9]{2,10}", text):
            raise IngestError(
                f"{table.where(row, 'code')}: '{shown(text)}' is not a commodity code",
                "A spreadsheet may have made a number of it: download the file again",
            )
        mapped[place] = text in mapping
        if not mapped[place]:
            goods = _text_at(table, "goods", row)
            batch.unmapped.append(f"commodity {text}{goods}: {counts[place]:,} rows")
    return np.flatnonzero(mapped[column.places])


def _text_at(table: CustomsTable, name: str, row: int) -> str:
    column = table.texts.get(name)
    return "" if column is None else f" ({shown(column.texts[int(column.places[row])])})"


def _refuse_repeats(table: CustomsTable, months: tuple[list[str], np.ndarray]) -> None:
    """Refuse a file that has a row twice: its sum would be too large."""
    key = months[1].astype(np.int64)
    for name in ("code", "partner", "regime", "place"):
        if name in table.texts:
            key = key * len(table.texts[name].texts) + table.texts[name].places
    ordered = np.sort(key)
    if (ordered[1:] == ordered[:-1]).any():
        order = np.argsort(key, kind="stable")
        again = np.flatnonzero(np.diff(key[order]) == 0)
        first, second = sorted((int(order[again[0]]), int(order[again[0] + 1])))
        raise IngestError(
            f"{table.file.name}, row {table.line(second)} repeats row {table.line(first)}: same month, commodity and "
            "partner, and all else that the query has",
            "Two downloads in one file? Download it again",
        )


def _check_units(table: CustomsTable, keep: np.ndarray) -> None:
    if "quantity" not in table.raw:
        return
    column = table.texts["unit"]
    for place in np.unique(column.places[keep]).tolist():
        if column.texts[place].casefold() not in _KILOGRAMS:
            row = int(keep[int(np.argmax(column.places[keep] == place))])
            raise IngestError(
                f"{table.where(row, 'unit')}: the unit '{shown(column.texts[place])}' is not kilograms",
                "Customs print all mapped items in kilograms: has the file been edited?",
            )


def _add_up(
    table: CustomsTable, months: tuple[list[str], np.ndarray], keep: np.ndarray, mapping: dict[str, Row]
) -> list[Group]:
    """Return the sums by month, item and partner, in the order of their names."""
    axes = [_among(*months, keep), _mapped_codes(table, keep, mapping)]
    if "partner" in table.texts:
        axes.append(_among(table.texts["partner"].texts, table.texts["partner"].places, keep))
    key, size = np.zeros(len(keep), dtype=np.int64), 1
    for names, places in axes:
        key, size = key * len(names) + places, size * len(names)
    counts = np.bincount(key, minlength=size)
    sums = {name: np.bincount(key, read_amounts(table, name, keep), minlength=size) for name in table.raw}
    first = np.zeros(size, dtype=np.int64)
    first[key[::-1]] = keep[::-1]
    groups = []
    for number in np.flatnonzero(counts).tolist():
        rest, names = number, []
        for texts, _ in reversed(axes):
            rest, place = divmod(rest, len(texts))
            names.insert(0, texts[place])
        single = int(first[number]) if counts[number] == 1 else None
        amounts = [_exact(sums[name][number]) if name in sums else None for name in ("quantity", "usd")]
        printed = tuple(_printed(table, name, single) for name in ("quantity", "usd"))
        groups.append(Group(*names[:2], names[2] if len(names) > 2 else "", int(counts[number]), *amounts, printed))
    return sorted(groups, key=lambda group: (group.month, group.code, group.partner))


def _among(texts: list[str], places: np.ndarray, keep: np.ndarray) -> tuple[list[str], np.ndarray]:
    return texts, places if len(keep) == len(places) else places[keep]


def _mapped_codes(table: CustomsTable, keep: np.ndarray, mapping: dict[str, Row]) -> tuple[list[str], np.ndarray]:
    """Return the mapped codes of the file and the place of each kept row's code among them."""
    column = table.texts["code"]
    codes = [code for code in column.texts if code in mapping]
    place = {code: number for number, code in enumerate(codes)}
    renumbered = np.array([place.get(code, 0) for code in column.texts], dtype=np.int64)
    return codes, renumbered[_among(column.texts, column.places, keep)[1]]


def _exact(thousandths: float) -> Decimal:
    return Decimal(int(thousandths)) / _THOUSAND


def _printed(table: CustomsTable, name: str, row: int | None) -> str:
    if row is None or name not in table.raw:
        return ""
    return table.raw[name][row].as_py().decode(table.encoding).strip()


def _check_years(groups: list[Group], mapping: dict[str, Row], file: InboxFile) -> None:
    for group in groups:
        row = mapping[group.code]
        if not row["first_year"] <= group.month[:4] <= row["last_year"]:
            raise IngestError(
                f"{file.name}: mappings/hs8.csv knows what {group.code} means from {row['first_year']} to "
                f"{row['last_year']}, not in {group.month}",
                "Compare the customs list of that year and change the years in the table",
            )
