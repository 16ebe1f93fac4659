"""What the sums of a customs query are statements of: items, totals, destinations, each with its arithmetic."""

import re
from dataclasses import dataclass
from decimal import Decimal

from metalsbook.ingest.batch import Batch, Origin, Row, print_t, print_thousand_usd, source_row, statement_row
from metalsbook.ingest.customs_table import CustomsTable
from metalsbook.ingest.destinations import Destination, name_destinations
from metalsbook.ingest.files import InboxFile
from metalsbook.ingest.mappings import read_catalogue, waiting_series
from metalsbook.ledger.units import KG_PER_T

KIND = "China customs query"
ORIGIN = Origin(
    "gacc", "General Administration of Customs of China", "http://stats.customs.gov.cn/", "official statistics", "gacc"
)
_YES = ("yes", "true")


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


def state_groups(
    batch: Batch, file: InboxFile, groups: list[Group], mapping: dict[str, Row], table: CustomsTable, flow: str
) -> None:
    """Add source, statements and catalogue rows to the batch.

    Args:
        batch: What the file says; changed.
        file: The file.
        groups: The sums.
        mapping: Rows of `mappings/hs8.csv` by code.
        table: The rows of the query.
        flow: "export" or "import".
    """
    by_month = _split(groups, "month")
    span = min(by_month) if len(by_month) == 1 else f"{min(by_month)} to {max(by_month)}"
    batch.source = source_row(file, ORIGIN, f"{KIND}, {flow}s, {span}", file.details.published)
    batch.sources = [batch.source]
    if "cny" in table.columns:
        batch.notes.append("values are in yuan: no series is of them, only quantities are taken")
    destinations = name_destinations(table, batch) if "partner" in table.texts else {}
    _show_parts(batch, table)
    writer = _Writer(batch, file, mapping, destinations)
    partial = file.details.partial in _YES
    for of_month in by_month.values():
        if not partial:
            writer.state_items(of_month)
        writer.state_destinations(of_month)
    if partial:
        batch.notes.append("the query asked for some partners only: no totals are made of it")
    writer.describe_used()


def _split(groups: list[Group], name: str) -> dict[str, list[Group]]:
    """Return the groups by month or code, in their order."""
    parts: dict[str, list[Group]] = {}
    for group in groups:
        parts.setdefault(getattr(group, name), []).append(group)
    return parts


def _show_parts(batch: Batch, table: CustomsTable) -> None:
    """Say what the rows of one item are added over."""
    words = {"partner": "partners", "regime": "customs regimes", "place": "provinces"}
    parts = [f"{len(table.texts[name].texts)} {word}" for name, word in words.items() if name in table.texts]
    batch.arithmetic.append("rows of one commodity are added up" + (f" over {', '.join(parts)}" if parts else ""))


def _sum_groups(groups: list[Group]) -> Group:
    if len(groups) == 1:
        return groups[0]

    def add(amounts: list[Decimal | None]) -> Decimal | None:
        return None if None in amounts else sum(amounts, Decimal(0))

    kg, usd = add([group.kg for group in groups]), add([group.usd for group in groups])
    return Group(groups[0].month, groups[0].code, "", sum(group.rows for group in groups), kg, usd, ("", ""))


class _Writer:
    """Writes the statements of a query into its batch, with the arithmetic behind each."""

    def __init__(self, batch: Batch, file: InboxFile, mapping: dict[str, Row], destinations: dict[str, Destination]):
        self.batch, self.mapping, self.destinations = batch, mapping, destinations
        self.measure = file.details.measure or "level"
        self.complete = tuple(re.split("[ ,]+", file.details.complete)) if file.details.complete else ()
        self.catalogue, self.waiting = read_catalogue(), waiting_series()
        self.described: dict[str, Row] = {}
        self.used: set[str] = set()

    def state_items(self, groups: list[Group]) -> None:
        """State the sums of each item of a month, and of each total whose items are all there."""
        items = {code: _sum_groups(parts) for code, parts in _split(groups, "code").items()}
        for code, item in items.items():
            self._state(item, self.mapping[code]["series"], self.mapping[code]["value_series"])
        totals = {(row["total"], row["value_total"]) for row in self.mapping.values() if row["total"]}
        for total, value_total in sorted(totals):
            self._state_total(items, total, value_total)

    def _state_total(self, items: dict[str, Group], total: str, value_total: str) -> None:
        parts = [code for code, row in self.mapping.items() if row["total"] == total]
        present = [code for code in parts if code in items]
        absent = [code for code in parts if code not in items and not code.startswith(self.complete or "-")]
        if not present:
            return
        month = items[present[0]].month
        if absent:
            self.batch.notes.append(
                f"no {total} for {month}: no rows of {', '.join(absent)}; if the query asked for them and there were "
                f"none, say so with --complete {parts[0][:4]}"
            )
            return
        names = " + ".join(self.mapping[code]["series"] for code in present)
        self.batch.arithmetic.append(f"{total} {month} = {names}")
        self._state(_sum_groups([items[code] for code in present]), total, value_total)

    def state_destinations(self, groups: list[Group]) -> None:
        """State the sums of each item of a month to each country that has a name."""
        for code, parts in _split(groups, "code").items():
            row = self.mapping[code]
            parts = [group for group in parts if group.partner and group.kg is not None]
            if row["destinations"] != "yes" or not parts:
                continue
            known = [group for group in parts if group.partner in self.destinations]
            self._show_coverage(row["series"], parts, known)
            for group in known:
                self._state(group, self._destination_series(row, self.destinations[group.partner]), "")

    def _show_coverage(self, series: str, parts: list[Group], known: list[Group]) -> None:
        """Set what the partners with a series add up to against the sum over all partners."""
        total = sum((group.kg for group in parts), Decimal(0))
        part = sum((group.kg for group in known), Decimal(0))
        self.batch.arithmetic.append(
            f"{series} {parts[0].month}: {len(parts)} partners add up to {print_t(total)}; {len(known)} of them have a "
            f"series, {print_t(part)}; the rest is {print_t(total - part)}"
        )

    def _destination_series(self, item: Row, destination: Destination) -> str:
        series = f"{item['series']}.to.{destination.iso}"
        if series not in self.catalogue and series not in self.described:
            whole = self.catalogue.get(item["series"]) or self.waiting[item["series"]]
            self.described[series] = destination.describe(whole, item["goods"], self.catalogue)
        self.used.add(item["series"])
        return series

    def _state(self, group: Group, series: str, value_series: str) -> None:
        """State quantity and value of a group, with the arithmetic."""
        rows, source = "1 row" if group.rows == 1 else f"{group.rows:,} rows", self.batch.source["source"]
        if group.kg is not None and series:
            what = group.printed[0] or f"{group.kg:f}".removesuffix(".000")
            self.batch.arithmetic.append(
                f"{series} {group.month} = {rows}, {group.kg:,f} kg / {KG_PER_T} = {print_t(group.kg)}"
            )
            self.batch.statements.append(
                statement_row(
                    series,
                    self.measure,
                    group.month,
                    group.kg / KG_PER_T,
                    "t",
                    f"{print_t(group.kg)} ({rows}, {what} kg)",
                    source,
                )
            )
            self.used.add(series)
        if group.usd is not None and value_series:
            self.batch.arithmetic.append(f"{value_series} {group.month} = {rows}, {group.usd:,f} USD")
            self.batch.statements.append(
                statement_row(
                    value_series,
                    self.measure,
                    group.month,
                    group.usd,
                    "USD",
                    f"{print_thousand_usd(group.usd)} ({rows})",
                    source,
                )
            )
            self.used.add(value_series)

    def describe_used(self) -> None:
        """Add the catalogue rows of the used series that the ledger may lack."""
        waiting = {name: self.waiting[name] for name in self.used - self.catalogue.keys() if name in self.waiting}
        self.batch.series += [row for _, row in sorted({**self.described, **waiting}.items())]
