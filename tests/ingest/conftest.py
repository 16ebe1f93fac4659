"""A scratch book with a small ledger, and made-up files in the layouts of real ones. No figure here is anybody's."""

import contextlib
import csv
import io
import shutil
from pathlib import Path

import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest import append, run
from metalsbook.ingest.batch import COLUMNS, Batch
from metalsbook.ingest.files import Details, open_file
from metalsbook.ingest.run import read_file

ROOT = Path(__file__).resolve().parents[2]
HEADER_ONLY = ("claims", "outlooks", "corrections", "aliases", "events", "taken")
SMM_ROWS = [
    ("mg.export.total", "level", "2025-10", "30000", "", "", "t", "30,000 t (made up)", "smm-2025-11-22-aaaaaa"),
    ("mg.export.ingot", "level", "2025-11", "122", "", "", "t", "122 t (made up)", "smm-2025-11-22-aaaaaa"),
]


def make_ledger(folder: Path) -> None:
    """Write a ledger that keeps every rule: the real catalogue and mappings, two made-up statements."""
    real = ROOT / "data" / "ledger"
    (folder / "statements").mkdir(parents=True)
    shutil.copytree(real / "mappings", folder / "mappings")
    shutil.copy(real / "series.csv", folder)
    for name in HEADER_ONLY:
        header = (real / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (folder / f"{name}.csv").write_text(header + "\n", "utf-8")
    page = ("smm-2025-11-22-aaaaaa", "SMM", "A page", "2025-11-22", "https://example.org/smm", "made up", "", "smm", "")
    write_csv(folder / "sources.csv", COLUMNS["sources"], [page])
    write_csv(folder / "statements" / "magnesium_exports.csv", COLUMNS["statements"], SMM_ROWS)


def write_csv(path: Path, columns, rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([columns, *rows])
    return path


def text_file(folder: Path, text: str, name="made-up.csv", encoding="utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def book(tmp_path, monkeypatch) -> Path:
    root = tmp_path / "book"
    make_ledger(root / "data" / "ledger")
    (root / "data" / "inbox").mkdir()
    monkeypatch.setenv("METALSBOOK_ROOT", str(root))
    return root


@pytest.fixture
def quick(book, monkeypatch) -> Path:
    """The scratch book without the check of the whole ledger before a change, for tests of what comes before it."""
    monkeypatch.setattr(append, "find_problems", lambda *_: [])
    return book


def ledger_bytes(root: Path) -> dict[str, bytes]:
    """Return every file of a book's ledger."""
    folder = root / "data" / "ledger"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def read(path: Path, **details: str) -> Batch:
    """Return what a file says, as `metalsbook ingest` reads it; all problems are one error."""
    batch = read_file(open_file(path, Details(**details)))[0]
    if batch.problems:
        raise IngestError("\n".join(batch.problems))
    return batch


def take(*paths: Path, **options) -> tuple[int, list[str]]:
    """Take files over as `metalsbook ingest` does; return the number of rows and the lines of the report."""
    told = Details(**{name: options.pop(name) for name in list(options) if name in Details.__dataclass_fields__})
    with contextlib.redirect_stdout(io.StringIO()) as said:
        count = run.take_files(paths, told, **options)
    return count, said.getvalue().splitlines()


def refusal(path: Path, **details: str) -> str:
    """Return why a file is refused."""
    with pytest.raises(IngestError) as caught:
        read(path, **details)
    return str(caught.value)


def values(batch: Batch) -> dict[tuple[str, str, str], str]:
    """Return the values of a batch by series, measure and period."""
    return {(row["series"], row["measure"], row["period"]): row["value"] for row in batch.statements}


ENGLISH = tuple(
    "Date of data|Commodity code|Commodity|Trading partner code|Trading partner|Customs Regime code|Customs Regime|"
    "Locations of importers and exporters code|Locations of importers and exporters|Quantity|Unit|"
    "Supplementary Quantity|Supplementary Unit|US dollar".split("|")
)
CHINESE = tuple(
    "数据年月|商品编码|商品名称|贸易伙伴编码|贸易伙伴名称|贸易方式编码|贸易方式名称|注册地编码|注册地名称|第一数量|"
    "第一计量单位|第二数量|第二计量单位|美元".split("|")
)
JAPAN, KOREA, NETHERLANDS = ("116", "日本"), ("133", "韩国"), ("309", "荷兰")


def customs_row(
    code="81041100", kg="111000", usd="333,000", month="202512", partner=JAPAN, regime="10", place="61", unit="千克"
):
    return (month, code, "made up", *partner, regime, "一般贸易", place, "陕西省", kg, unit, "0", "?", usd)


def customs_text(rows, header=CHINESE, comma=",", end="\n") -> str:
    """Return a customs query as the portal writes it: every cell quoted, a comma behind the last."""
    quoted = [",".join(f'"{cell}"' for cell in cells) + comma for cells in (header, *rows)]
    return end.join(quoted) + end


def customs_file(folder: Path, rows, name="made-up-export.csv", encoding="gb18030", **layout) -> Path:
    return text_file(folder, customs_text(rows, **layout), name, encoding)
