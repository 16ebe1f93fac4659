"""China customs query (stats.customs.gov.cn): rows of a commodity, partner, regime and province, added up to series.

The file says neither whether it is of exports or imports nor, for a single month, which month: file name, sidecar or
options say it, and without them it is refused. Quantities are kilograms, as customs print them for all mapped items.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.batch import Batch, Origin, Row, print_t, print_thousand_usd, source_row, statement_row
from metalsbook.ingest.customs_columns import is_customs_header
from metalsbook.ingest.customs_table import CustomsTable, read_amounts, read_table
from metalsbook.ingest.destinations import name_destinations
from metalsbook.ingest.files import FLOWS, InboxFile, shown
from metalsbook.ingest.mappings import read_catalogue, read_mapping, waiting_series
from metalsbook.months import parse_month

KIND = "China customs query"
ORIGIN = Origin(
    "gacc", "General Administration of Customs of China", "http://stats.customs.gov.cn/", "official statistics", "gacc"
)
_KILOGRAMS = ("千克", "公斤", "kilogram", "kilograms", "kg")
_MONTH = re.compile(r"(20[0-9]{2})[-年]?(0[1-9]|1[0-2])月?")
_MONTH_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2})-?(0[1-9]|1[0-2])(?![0-9])")
_FLOW_WORDS = {"export": ("export", "出口"), "import": ("import", "进口")}
_THOUSAND = 1000


@dataclass(frozen=True)
class Group:
    """The sum of the rows of one month, item and partner ("" where the query has no partners).

    Attributes:
        kg: Kilograms; None where the query has no quantity.
        usd: Dollars; None where it has none.
        printed: The amounts as printed where the group is a single row, by column.
    """

    month: str
    code: str
    partner: str
    rows: int
    kg: Decimal | None
    usd: Decimal | None
    printed: tuple[str, str]


def recognise(header: list[str]) -> bool:
    """Return whether the first line is that of a customs query."""
    return is_customs_header(header)


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
        groups = _add_up(table, months, keep)
        _check_years(groups, mapping)
        _state(batch, file, groups, mapping, table, flow)
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
    raise IngestError(f"{file.name} does not say whether it is of exports or imports",
                      f"Add --flow export (or import), or a file {file.name}.yml with the line 'flow: export'")


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
            raise IngestError(f"{file.name} does not say its month: it has no column 'Date of data' (数据年月)",
                              f"Add --month YYYY-MM, or a file {file.name}.yml with the line 'month: YYYY-MM'")
        return [told], np.zeros(table.rows, dtype=np.int64)
    column, months = table.texts["month"], []
    for text, row in zip(column.texts, column.first_rows(), strict=True):
        match = _MONTH.fullmatch(text)
        if match is None:
            raise IngestError(f"{table.where(row, 'month')}: '{shown(text)}' is not a month as customs write it",
                              "It looks like 202511; a range of months is a query that is not split by month")
        months.append(_checked_month("-".join(match.groups()), table, row))
        if file.details.month and months[-1] != file.details.month:
            raise IngestError(f"{table.where(row, 'month')}: the month is {months[-1]}, not {file.details.month}",
                              "Leave the month out: the file has its own, row by row")
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
            raise IngestError(f"{table.where(row, 'code')}: '{shown(text)}' is not a commodity code",
                              "A spreadsheet may have made a number of it: download the file again")
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
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if len(again):
        first, second = sorted((int(order[again[0]]), int(order[again[0] + 1])))
        raise IngestError(
            f"{table.file.name}, row {table.line(second)} repeats row {table.line(first)}: same month, commodity and "
            "partner, and all else that the query has", "Two downloads in one file? Download it again")


def _check_units(table: CustomsTable, keep: np.ndarray) -> None:
    if "quantity" not in table.raw:
        return
    column = table.texts["unit"]
    for place in np.unique(column.places[keep]).tolist():
        if column.texts[place].casefold() not in _KILOGRAMS:
            row = int(keep[int(np.argmax(column.places[keep] == place))])
            raise IngestError(f"{table.where(row, 'unit')}: the unit '{shown(column.texts[place])}' is not kilograms",
                              "Customs print all mapped items in kilograms: has the file been edited?")


def _add_up(table: CustomsTable, months: tuple[list[str], np.ndarray], keep: np.ndarray) -> list[Group]:
    """Return the sums by month, item and partner, in the order of their names."""
    codes, partners = table.texts["code"], table.texts.get("partner")
    key = months[1][keep] * len(codes.texts) + codes.places[keep]
    names = [""] if partners is None else partners.texts
    if partners is not None:
        key = key * len(names) + partners.places[keep]
    distinct, first, place = np.unique(key, return_index=True, return_inverse=True)
    rows = np.bincount(place)
    sums = {name: np.bincount(place, read_amounts(table, name, keep)) for name in table.raw}
    groups = []
    for number, code_key in enumerate(distinct.tolist()):
        rest, partner = divmod(code_key, len(names)) if partners is not None else (code_key, 0)
        month, code = divmod(rest, len(codes.texts))
        single = int(keep[first[number]]) if rows[number] == 1 else None
        amounts = [_exact(sums[name][number]) if name in sums else None for name in ("quantity", "usd")]
        printed = tuple(_printed(table, name, single) for name in ("quantity", "usd"))
        groups.append(Group(months[0][month], codes.texts[code], names[partner], int(rows[number]), *amounts, printed))
    return sorted(groups, key=lambda group: (group.month, group.code, group.partner))


def _exact(thousandths: float) -> Decimal:
    return Decimal(int(thousandths)) / _THOUSAND


def _printed(table: CustomsTable, name: str, row: int | None) -> str:
    if row is None or name not in table.raw:
        return ""
    return table.raw[name][row].as_py().decode(table.encoding).strip()


def _check_years(groups: list[Group], mapping: dict[str, Row]) -> None:
    for group in groups:
        row = mapping[group.code]
        if not row["first_year"] <= group.month[:4] <= row["last_year"]:
            raise IngestError(
                f"mappings/hs8.csv knows what {group.code} means from {row['first_year']} to {row['last_year']}, not "
                f"in {group.month}", "Compare the customs list of that year and change the years in the table")


def _state(
    batch: Batch, file: InboxFile, groups: list[Group], mapping: dict[str, Row], table: CustomsTable, flow: str
) -> None:
    """Add source, statements and catalogue rows to the batch."""
    months = sorted({group.month for group in groups})
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    batch.source = source_row(file, ORIGIN, f"{KIND}, {flow}s, {span}", file.details.published)
    batch.sources = [batch.source]
    if "cny" in table.columns:
        batch.notes.append("values are in yuan: no series is of them, only quantities are taken")
    destinations = name_destinations(table, batch) if "partner" in table.texts else {}
    _show_parts(batch, table)
    used: set[str] = set()
    for month in months:
        of_month = [group for group in groups if group.month == month]
        if file.details.partial not in ("yes", "true"):
            _state_items(batch, file, of_month, mapping, used)
        _state_destinations(batch, file, of_month, mapping, destinations, used)
    if file.details.partial in ("yes", "true"):
        batch.notes.append("the query asked for some partners only: no totals are made of it")
    catalogue, waiting = read_catalogue(), waiting_series()
    batch.series += [waiting[name] for name in sorted(used - set(catalogue)) if name in waiting]


def _show_parts(batch: Batch, table: CustomsTable) -> None:
    """Say what the rows of one item are added over."""
    words = {"partner": "partners", "regime": "customs regimes", "place": "provinces"}
    parts = [f"{len(table.texts[name].texts)} {word}" for name, word in words.items() if name in table.texts]
    batch.arithmetic.append("rows of one commodity are added up" + (f" over {', '.join(parts)}" if parts else ""))


def _state_items(
    batch: Batch, file: InboxFile, groups: list[Group], mapping: dict[str, Row], used: set[str]
) -> None:
    """State the sums of each item, and of a total whose items are all there."""
    month, items = groups[0].month, {}
    for code in dict.fromkeys(group.code for group in groups):
        items[code] = _sum_groups([group for group in groups if group.code == code])
        used.update(_state_amounts(batch, file, items[code], mapping[code]["series"], mapping[code]["value_series"]))
    totals = {(row["total"], row["value_total"]) for row in mapping.values() if row["total"]}
    for total, value_total in sorted(totals):
        parts = [code for code, row in mapping.items() if row["total"] == total]
        present = [code for code in parts if code in items]
        absent = [code for code in parts if code not in items and not _all_asked(code, file)]
        if present and absent:
            batch.notes.append(f"no {total} for {month}: no rows of {', '.join(absent)}; if the query asked for them "
                               f"and there were none, say so with --complete {_common(parts)}")
        elif present:
            whole = _sum_groups([items[code] for code in present])
            batch.arithmetic.append(f"{total} {month} = " + " + ".join(mapping[code]["series"] for code in present))
            used.update(_state_amounts(batch, file, whole, total, value_total))


def _all_asked(code: str, file: InboxFile) -> bool:
    asked = re.split("[ ,]+", file.details.complete) if file.details.complete else []
    return any(code.startswith(prefix) for prefix in asked)


def _common(codes: list[str]) -> str:
    return codes[0][:4]


def _sum_groups(groups: list[Group]) -> Group:
    if len(groups) == 1:
        return groups[0]

    def add(amounts: list[Decimal | None]) -> Decimal | None:
        return None if None in amounts else sum(amounts, Decimal(0))

    kg, usd = add([group.kg for group in groups]), add([group.usd for group in groups])
    return Group(groups[0].month, groups[0].code, "", sum(group.rows for group in groups), kg, usd, ("", ""))


def _state_destinations(
    batch: Batch, file: InboxFile, groups: list[Group], mapping: dict[str, Row], destinations: dict, used: set[str]
) -> None:
    catalogue = read_catalogue()
    _show_coverage(batch, groups, mapping, destinations)
    for group in groups:
        row, place = mapping[group.code], destinations.get(group.partner)
        if place is None or row["destinations"] != "yes" or group.kg is None:
            continue
        series = f"{row['series']}.to.{place.iso}"
        if series not in catalogue and all(known["series"] != series for known in batch.series):
            batch.series.append(place.describe(catalogue.get(row["series"]) or waiting_series()[row["series"]],
                                               row["goods"], catalogue))
        _state_amounts(batch, file, group, series, "")
        used.add(row["series"])


def _show_coverage(batch: Batch, groups: list[Group], mapping: dict[str, Row], destinations: dict) -> None:
    """Set what the partners with a series add up to against the sum over all partners."""
    for code in dict.fromkeys(group.code for group in groups):
        of_item = [group for group in groups if group.code == code and group.partner and group.kg is not None]
        if not of_item or mapping[code]["destinations"] != "yes":
            continue
        known = [group for group in of_item if group.partner in destinations]
        total = sum((group.kg for group in of_item), Decimal(0))
        part = sum((group.kg for group in known), Decimal(0))
        batch.arithmetic.append(
            f"{mapping[code]['series']} {of_item[0].month}: {len(of_item)} partners add up to {print_t(total)}; "
            f"{len(known)} of them have a series, {print_t(part)}; the rest is {print_t(total - part)}")


def _state_amounts(batch: Batch, file: InboxFile, group: Group, series: str, value_series: str) -> list[str]:
    """State quantity and value of a group with the arithmetic; return the series used."""
    measure, used = file.details.measure or "level", []
    rows = "1 row" if group.rows == 1 else f"{group.rows:,} rows"
    if group.kg is not None and series:
        what = group.printed[0] or f"{group.kg:f}".removesuffix(".000")
        stated = f"{print_t(group.kg)} ({rows}, {what} kg)"
        batch.arithmetic.append(f"{series} {group.month} = {rows}, {group.kg:,f} kg / 1000 = {print_t(group.kg)}")
        batch.statements.append(statement_row(
            series, measure, group.month, group.kg / _THOUSAND, "t", stated, batch.source["source"]))
        used.append(series)
    if group.usd is not None and value_series:
        stated = f"{print_thousand_usd(group.usd)} ({rows})"
        batch.arithmetic.append(f"{value_series} {group.month} = {rows}, {group.usd:,f} USD")
        batch.statements.append(statement_row(
            value_series, measure, group.month, group.usd, "USD", stated, batch.source["source"]))
        used.append(value_series)
    return used
