"""Where speed is measured: a book of its own, with chapters, settings and data copied and nothing built."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import clean_environment

ROOT = Path(__file__).resolve().parent.parent
MONTH = "2025-11"
BOOK_STARTS = "2023-12"
"""First of the 24 months that are built in one command; those without a snapshot are frozen off the clock."""
PYTHON = sys.executable


def make_root(folder: Path) -> Path:
    """Make the top folder of a book, and return it."""
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copyfile(path, folder / path.name)
    for name in ("chapters", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    if (ROOT / "_build" / "derived").is_dir():
        shutil.copytree(ROOT / "_build" / "derived", folder / "_build" / "derived")
    return folder


def forget(root: Path) -> None:
    """Remove what is built, but for what the snapshots derive: every contestant finds that there."""
    for path in (root / "_build").iterdir():
        if path.is_dir() and path.name != "derived":
            shutil.rmtree(path)


def derive(root: Path, months: list[str]) -> None:
    """Freeze the months that have no snapshot and reconcile all of them, and the month before each, off the clock."""
    code = (
        "import sys; from metalsbook.snapshots.freeze import ensure_snapshot\n"
        "from metalsbook.publish.book import derive_months\n"
        "for month in sys.argv[1:]: ensure_snapshot(month, allow_gaps=True)\n"
        "derive_months(sys.argv[1:])"
    )
    subprocess.run([PYTHON, "-c", code, *months], check=True, env=clean_environment(root), stderr=subprocess.DEVNULL)


def add_statement(root: Path, number: int) -> None:
    """Add a made-up quote of the month to the copied ledger: another day for every number."""
    with (root / "data" / "ledger" / "sources.csv").open(encoding="utf-8", newline="") as file:
        source = next(row["source"] for row in csv.DictReader(file) if row["published"].startswith(MONTH))
    day, price = f"{MONTH}-{number % 28 + 1:02}", 16_000 + number
    with (root / "data" / "ledger" / "statements" / "magnesium_prices.csv").open("a", encoding="utf-8") as file:
        file.write(f'mg.price.ingot.fugu,level,{day},{price},,,CNY/t,"{price:,} yuan/mt (made up)",{source}\n')


def book(*options: str) -> list[str]:
    return [PYTHON, "-m", "metalsbook.cli", "book", "--month", MONTH, *options]


def site(months: str, *options: str) -> list[str]:
    return [PYTHON, "-m", "metalsbook.cli", "site", "--months", months, "--allow-gaps", *options]
