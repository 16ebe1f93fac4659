"""A batch: what one table says, as rows of the ledger, with everything that a person checks before they are taken."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pandas as pd

from metalsbook.errors import IngestError
from metalsbook.ingest.files import InboxFile
from metalsbook.ingest.grid import Grid, is_missing
from metalsbook.ledger.schemas import TABLES
from metalsbook.ledger.units import KG_PER_T

Row = dict[str, str]
COLUMNS = {name: tuple(table.columns) for name, table in TABLES.items()}
"""Table of the ledger -> its header."""
WHERE, TEXT = "_where", "_text"
"""Keys of a row beside its columns: where it stands in the file, and the text that its value was read from."""
FILE_MARK = "#sha256-"
"""What stands between the publisher's address and the hash of the file, in the address of a source that is a file."""


ABOUT = tomllib.loads(Path(__file__).with_name("formats.toml").read_text("utf-8"))
"""Format -> what stands in `sources` for its files."""


@dataclass
class Batch:
    """What a table says; `file` and `grid` are None for a figure that is typed."""

    file: InboxFile | None
    grid: Grid | None = None
    # Column -> its header, where a reader calls it otherwise.
    titles: dict[str, str] = field(default_factory=dict)
    # Its format in words.
    kind: str = ""
    # The row of `sources` that its figures come under; None where each row names its own source.
    source: Row | None = None
    # Statements as an analyst typed them, with `WHERE`; read when all series are known.
    typed: list[Row] = field(default_factory=list)
    # Rows of these tables, with `WHERE` and for statements `TEXT`.
    statements: list[Row] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    series: list[Row] = field(default_factory=list)
    outlooks: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    # Lines of the report: how figures were made of cells, what is of no series, what else a reader must know.
    arithmetic: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Series that nobody knows -> where their rows stand.
    unknown: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # What is refused until a person accepts it, and what is wrong, each with file, row and column.
    doubts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    # What the ledger makes of it: statements to append, those that it has already, what others print for the same, and
    # whether it takes anything, be it the description of a page.
    taken: list[Row] = field(default_factory=list)
    known: int = 0
    rivals: list[str] = field(default_factory=list)
    used: bool = False

    @property
    def name(self) -> str:
        """Name of the file, for a person."""
        return self.file.name if self.file else "the figure"

    @property
    def count(self) -> int:
        """Number of rows that are added to statements, outlooks and events."""
        return len(self.taken) + len(self.outlooks) + len(self.events)

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Note what is wrong with a row or cell, and go on with the next."""
        try:
            yield
        except IngestError as error:
            self.problems.append(str(error))

    def read_rows(self, lines: list[tuple[int, list[str]]] | None = None) -> pd.DataFrame:
        """Return the rows below the header as text, by their number; one of another width is noted as a problem.

        The header is the first of `lines`, by default of all that the table has. A comma behind the last cell of rows
        or of the header is no column. Rows of a sheet may end early.

        Raises:
            IngestError: If the header names a column twice: which of the two is meant, nobody can say.
        """
        grid, lines = self.grid, lines or self.grid.rows
        first, header = lines[0]
        while header and not header[-1]:
            header = header[:-1]
        for at, cell in enumerate(header):
            if cell and header.index(cell) != at:
                todo = "Two downloads side by side? Download it again"
                raise grid.fault(first, at, cell, "stands in the header twice", todo)
        rows = {}
        for number, cells in lines[1:]:
            if len(cells) < len(header) and grid.sheet:
                cells = cells + [""] * (len(header) - len(cells))
            if len(cells) < len(header) or any(cells[len(header) :]):
                self.problems.append(
                    f"{grid.where(number)} has {len(cells)} cells where the header has {len(header)}. The file is cut "
                    "or was edited: download it again"
                )
            else:
                rows[number] = dict(zip(header, cells, strict=False))
        return pd.DataFrame(list(rows.values()), list(rows), list(dict.fromkeys(header)), dtype="str")

    def refuse(self, cells: pd.Series, bad: pd.Series, what: str, todo: str) -> None:
        """Note each cell of a column where `bad` holds as a problem."""
        title = self.titles.get(cells.name, cells.name)
        self.problems += [str(self.grid.fault(number, title, text, what, todo)) for number, text in cells[bad].items()]

    def drop_repeats(self, rows: pd.DataFrame, keys: list[str], what: str) -> pd.DataFrame:
        """Return the first row of each key; the others are noted as problems."""
        first = rows.index.to_series().groupby([rows[name] for name in keys]).transform("first")
        for number, before in first[first != first.index].items():
            self.problems.append(
                f"{self.grid.where(number)} repeats row {before}: same {what}. Two downloads in one file? Download it "
                "again"
            )
        return rows[first == first.index]

    def numbers(self, cells: pd.Series) -> pd.Series:
        """Return cells as Decimals, None for what is missing and for what is no number, which is noted as a problem."""
        found: dict[int, Decimal | None] = dict.fromkeys(cells.index)
        title = self.titles.get(cells.name, cells.name)
        for number, text in cells.items():
            with self.collect():
                found[number] = None if is_missing(text) else self.grid.number(text, number, title)
        return pd.Series(found, dtype=object)

    def set_source(self, about: Mapping[str, str], what: str = "", published: str = "") -> None:
        """Make the file the source of its figures: id and address hold its sha256, the title its name.

        `about` has the keys of `ABOUT`, `what` is said of the file behind their title.
        """
        published = self.file.details.published or published
        self.source = {
            "source": f"{about['key']}-{published or 'undated'}-{self.file.sha256[:12]}",
            "publisher": about["publisher"],
            "title": f"{about['title']}{what}; file {self.file.name}",
            "published": published,
            "seen": "" if published else self.file.details.seen,
            "url": f"{about['url']}{FILE_MARK}{self.file.sha256}",
            "licence": about["licence"],
            "repeats": "",
            "origin": about["origin"],
            WHERE: self.file.name,
        }
        self.sources = [self.source]

    def state(
        self, series: str, measure: str, period: str, value: Decimal, unit: str, stated: str, where: str, text: str = ""
    ) -> Row:
        """Add a statement and return it; `stated` must say `value` in `unit`, `text` is what the file has."""
        cells = (series, measure, period, plain(value), "", "", unit, stated, self.source["source"], where, text)
        row = dict(zip((*COLUMNS["statements"], WHERE, TEXT), cells, strict=True))
        self.statements.append(row)
        return row

    def state_trade(
        self, names: Row, measure: str, period: str, kg: Decimal | None, usd: Decimal | None, where: str, how: str = ""
    ) -> None:
        """State weight and value of goods under the `series` and the `value_series` of `names`.

        None is what is not given, and so is a 0 beside the other. `how` is said of the weight: "4 rows", "estimated".
        """
        if names["series"] and (kg is None or (not kg and usd)):
            self.notes.append(f"{names['series']} {period}: no weight in {where}")
        elif names["series"]:
            told = ", ".join(filter(None, (how, f"{kg:,f} kg")))
            self.arithmetic.append(f"{names['series']} {period} = {told} / {KG_PER_T} = {print_t(kg)}")
            stated = f"{print_t(kg)} ({told})"
            self.state(names["series"], measure, period, kg / KG_PER_T, "t", stated, where, f"{kg:,f} kg")
        if names["value_series"] and (usd is None or (not usd and kg)):
            self.notes.append(f"{names['value_series']} {period}: no value in {where}")
        elif names["value_series"]:
            # To the dollar: 315,286 -> "315.286 thousand USD".
            stated = f"{usd / 1000:,.3f} thousand USD"
            self.state(names["value_series"], measure, period, usd, "USD", stated, where, f"{usd:,f} USD")


def plain(number: Decimal) -> str:
    """Return a number as the ledger writes it: digits and at most one dot."""
    text = f"{number or Decimal(0):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def print_t(kg: Decimal) -> str:
    """Return kilograms as tonnes to the kilogram: 48,000 kg -> "48.000 t", whose last digit is one kilogram."""
    return f"{kg / KG_PER_T:,.3f} t" if kg == kg.to_integral_value() else f"{kg / KG_PER_T:,.6f} t"
