"""A batch: what one file says, as rows of the ledger, with everything that a person checks before they are taken."""

from dataclasses import dataclass, field
from decimal import Decimal

from metalsbook.ingest.files import InboxFile
from metalsbook.ingest.text import plain

Row = dict[str, str]
FILE_MARK = "#sha256-"
"""What stands between the publisher's address and the hash of the file, in the address of a source that is a file."""


@dataclass
class Batch:
    """What a file says.

    Attributes:
        file: Name of the file.
        archived: Name that the file is kept under, where its rows name pages and not the file as their source.
        kind: Its format in words.
        source: The row of `sources` that its figures come under; None where each row names its own source.
        statements: Rows of `statements`.
        sources: Rows of `sources` that the statements need, `source` among them.
        series: Rows of `series` that the catalogue may lack.
        arithmetic: How figures were made of cells, a line each.
        unmapped: What the file holds and no series is of, a line each.
        notes: What else a reader of the dry run must know.
    """

    file: str
    kind: str
    source: Row | None = None
    statements: list[Row] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    series: list[Row] = field(default_factory=list)
    arithmetic: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    archived: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a kind of file comes from: what its row of `sources` says beyond the file itself."""

    key: str
    publisher: str
    url: str
    licence: str
    origin: str


def source_row(file: InboxFile, origin: Origin, title: str, published: str) -> Row:
    """Return the row of `sources` for a file: its id and address hold the file's sha256, its title the file's name."""
    return {
        "source": f"{origin.key}-{published or 'undated'}-{file.sha256[:12]}",
        "publisher": origin.publisher,
        "title": f"{title}; file {file.name}",
        "published": published,
        "url": f"{origin.url}{FILE_MARK}{file.sha256}",
        "licence": origin.licence,
        "repeats": "",
        "origin": origin.origin,
        "seen": "",
    }


def statement_row(series: str, measure: str, period: str, value: Decimal, unit: str, stated: str, source: str) -> Row:
    """Return a row of `statements`; `stated` must say `value` in `unit`."""
    cells = (series, measure, period, plain(value), "", "", unit, stated, source)
    return dict(zip(STATEMENT_COLUMNS, cells, strict=True))


STATEMENT_COLUMNS = ("series", "measure", "period", "value", "low", "high", "unit", "stated", "source")
SOURCE_COLUMNS = ("source", "publisher", "title", "published", "url", "licence", "repeats", "origin", "seen")
TAKEN_COLUMNS = ("statement", "file")
SERIES_COLUMNS = (
    "series",
    "title",
    "unit",
    "frequency",
    "kind",
    "place",
    "grade",
    "basis",
    "growth_basis",
    "part_of",
    "share_of",
    "chapter",
    "definition",
)


def print_t(kg: Decimal) -> str:
    """Return kilograms as tonnes to the kilogram: 48,000 kg -> "48.000 t", whose last digit is one kilogram."""
    return f"{kg / 1000:,.3f} t" if kg == kg.to_integral_value() else f"{kg / 1000:,.6f} t"


def print_thousand_usd(usd: Decimal) -> str:
    """Return dollars as thousands to the dollar: 315,286 -> "315.286 thousand USD", whose last digit is a dollar."""
    return f"{usd / 1000:,.3f} thousand USD"
