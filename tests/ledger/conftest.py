"""A small ledger that keeps every rule; tests break one thing in it."""

import csv
from pathlib import Path

import pytest

from metalsbook.ledger.reading import read_ledger
from metalsbook.ledger.schemas import TABLES

ROWS = {
    "statements": [
        'mg.export.ingot,level,2025-10,22200,,,t,"22,200 tons",smm-2025-11-20-aaaaaa',
        "mg.export.ingot,mom,2025-10,-2.6,,,%,down 2.6%,smm-2025-11-20-aaaaaa",
        'mg.price.ingot.fugu,level,2025-10-31,16350,16300,16400,CNY/t,"16,300-16,400 yuan/mt",smm-2025-11-20-aaaaaa',
        "dy.price,level,2025-10,1600,,,CNY/kg,1600元/公斤,page-undated-bbbbbb",
        "mg.output.old,forecast,2027,1250000,,,t,125万吨,page-undated-bbbbbb",
    ],
    "series": [
        "mg.export.ingot,Ingot exports,t,month,flow,China,,,published_levels,,,magnesium_exports,Customs exports.",
        "mg.price.ingot.fugu,Ingot price,CNY/t,day,price,Fugu,99.9%,ex-works,,,,magnesium_prices,Ex-works price.",
        "dy.price,Dysprosium,CNY/t,day,price,China,,tax included,,,,rare_earths,Price in China.",
        "mg.output.cn,Output,t,year,flow,China,,,published_levels,,,magnesium_capacity,Association output.",
    ],
    "sources": [
        "smm-2025-11-20-aaaaaa,SMM,A page,2025-11-20,https://example.org/a,figures cited,,smm,",
        "page-undated-bbbbbb,Page,Another page,,https://example.org/b,figures cited,,page,",
    ],
    "aliases": ["mg.output.old,mg.output.cn,,,Same figure under an older id."],
    "events": ["ev-1,2025-09,policy,A rule.,A page,SMM,https://example.org/e,rare_earths"],
    "outlooks": [
        "ol-1,SMM,A page,https://example.org/o,2025-10-09,price,mg.price.ingot.fugu,2025-10-10,2025-10-17,down,16000,"
        "16200,CNY/t,,,,,,,Prices seen falling."
    ],
    "claims": [
        "cl-1,smm-2025-11-20-aaaaaa,1,magnesium_exports,Exports fell.,,mg.export.ingot,mom,2025-10,2.6%,%,change,"
    ],
    "corrections": [],
    "taken": [],
}


class LedgerFolder:
    """A ledger on disk that a test changes."""

    def __init__(self, path: Path):
        self.path = path
        (path / "statements").mkdir(parents=True)
        for name, lines in ROWS.items():
            self.write(name, [",".join(TABLES[name].columns), *lines])

    def file(self, name: str) -> Path:
        return self.path / (f"{name}.csv" if name != "statements" else "statements/topic.csv")

    def write(self, name: str, lines: list[str]) -> None:
        self.file(name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def add(self, name: str, *cells: str) -> None:
        with self.file(name).open("a", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerow(cells)

    def change(self, name: str, old: str, new: str) -> None:
        text = self.file(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must stand once in {name}"
        self.file(name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def ledger(tmp_path) -> LedgerFolder:
    return LedgerFolder(tmp_path / "ledger")


@pytest.fixture(scope="session")
def read_once(tmp_path_factory):
    """The statements of the small ledger, for tests that change nothing in it."""
    return read_ledger(LedgerFolder(tmp_path_factory.mktemp("once") / "ledger").path).statements
