"""Files that are flipped, cut, emptied or exchanged: found and named before a page is built from them."""

import itertools
import random

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.reading import read_ledger
from metalsbook.snapshots.freeze import check_published_rows
from metalsbook.snapshots.snapshot import open_snapshot
from tests.slow.faults.scratch import ROOT, hash_tree

MONTH = ("book", "--month", "2025-11")
SNAPSHOT = ("statements", "series", "sources", "claims", "outlooks", "events", "corrections")


def flip(path, other, chance):
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 0x80
    path.write_bytes(content)


def cut(path, other, chance):
    content = path.read_bytes()
    # Within a row: a ledger that ends with a row is a shorter ledger, which the snapshots tell.
    places = [place for place in range(len(content) // 2, len(content)) if content[place - 1 : place].isalnum()]
    path.write_bytes(content[: chance.choice(places)])


def empty(path, other, chance):
    path.write_bytes(b"")


def exchange(path, other, chance):
    path.write_bytes(other.read_bytes())


DAMAGES = [flip, cut, empty, exchange]


def damage_of(name: str):
    """Return one of the damages, another for the next name."""
    # A row of `taken.csv` ends with the name of a file: a shorter one is a name, too.
    return flip if name == "taken.csv" else DAMAGES[sum(name.encode()) % len(DAMAGES)]


@pytest.mark.parametrize("name", [*(f"{name}.parquet" for name in SNAPSHOT), "datapackage.json"])
def test_a_damaged_snapshot_is_named(scratch, name):
    folder = scratch.root / "data" / "snapshots" / "2025-11"
    path, other = folder / name, folder / ("series.parquet" if name != "series.parquet" else "events.parquet")
    good, site = path.read_bytes(), hash_tree(scratch.root / "_build" / "site")
    damage_of(name)(path, other, random.Random(name))
    assert f"data/snapshots/2025-11/{name}" in scratch.says(4, *MONTH)
    assert hash_tree(scratch.root / "_build" / "site") == site
    path.write_bytes(good)


def ledger_files():
    folder = ROOT / "data" / "ledger"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.csv") if "mappings" not in path.parts)


@pytest.mark.parametrize("name", ledger_files())
def test_a_damaged_ledger_is_named(scratch, name, monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", str(scratch.root))
    folder = scratch.root / "data" / "ledger"
    path, other = folder / name, folder / ("events.csv" if name != "events.csv" else "aliases.csv")
    good, snapshot = path.read_bytes(), open_snapshot(scratch.root / "data" / "snapshots" / "2025-11")
    damage_of(name)(path, other, random.Random(name))
    with pytest.raises(LedgerError) as told:
        check_published_rows(snapshot, read_ledger())
    assert path.name in str(told.value)
    path.write_bytes(good)


def test_a_figure_of_the_ledger_that_was_changed_in_place_is_named(scratch):
    """A valid figure in the place of another one: nothing but what was published tells."""
    path = scratch.root / "data" / "ledger" / "statements" / "magnesium_exports.csv"
    good = path.read_text("utf-8")
    row = next(line for line in good.splitlines() if line.startswith("mg.export.total,level,2025-09,"))
    for becomes in ("", row.replace("4.34", "4.37").replace("43400", "43700") + "\n"):
        assert becomes != row + "\n"
        path.write_text(good.replace(row + "\n", becomes), "utf-8")
        assert "statements/magnesium_exports.csv: 1 rows of the snapshot 2025-10" in scratch.says(3, "verify")
    path.write_text(good, "utf-8")


def test_a_page_that_was_changed_is_built_again_and_what_was_kept_is_not_used_where_it_is_damaged(scratch):
    build = scratch.root / "_build"
    wanted, page = hash_tree(build / "site"), build / "site" / "2025-11" / "conflicts.html"
    # What takes longest to make again, once: one month is derived, Vega is not bundled.
    kept = [path for path in (build / "cache").glob("[!v]*/**/*") if path.is_file() and path.stat().st_size]
    files = sorted([*kept, *(build / "derived" / "2025-10").iterdir()])
    assert len(files) > 10
    for damage, path in zip(itertools.cycle([flip, cut]), files, strict=False):
        damage(path, files[0], random.Random(path.name))
    page.write_bytes(page.read_bytes()[:-100])
    scratch.must(*MONTH)
    assert hash_tree(build / "site") == wanted
