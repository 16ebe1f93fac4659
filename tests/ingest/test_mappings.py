"""The mapping tables: whole, consistent with the catalogue, and safe to extend."""

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ingest.batch import Batch
from metalsbook.ingest.mappings import COLUMNS, Catalogue, read_mapping
from metalsbook.ingest.statements import take_rows
from metalsbook.ledger.units import conversion_factor
from tests.cases import cases

SERIES_OF = {"hs8": ("series", "value_series", "total", "value_total"), "comtrade": ("series", "value_series")}
SERIES_OF |= dict.fromkeys(("pinksheet", "usgs", "nbs"), ("series",))


def test_mapped_series_are_known_or_wait_and_those_that_wait_are_sound_and_used():
    known, batch = Catalogue(), Batch(None)
    mapped = {row[column] for name in SERIES_OF for row in read_mapping(name) for column in SERIES_OF[name]} - {""}
    assert [series for series in sorted(mapped) if series not in known] == []
    assert sorted(known.waiting.keys() - mapped) == []
    take_rows(batch, "series", [(name, row) for name, row in known.waiting.items()])
    assert batch.problems == []
    assert sorted(known.rows.keys() & known.waiting.keys()) == []
    titles = [row["title"] for row in (*known.rows.values(), *known.waiting.values())]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    ("name", "key"),
    cases("""
        hs8       | code flow
        partners  | code
        partners  | iso
        comtrade  | reporter flow code partner
        nbs       | indicator unit
        pinksheet | sheet code
        usgs      | file commodity country statistic unit
    """),
)
def test_nothing_is_mapped_twice(name, key):
    keys = [tuple(row[part] for part in key.split(" ")) for row in read_mapping(name)]
    assert len(keys) == len(set(keys))


def test_units_of_rows_fit_their_series():
    known = Catalogue()
    rows = [row for name in ("pinksheet", "usgs", "nbs") for row in read_mapping(name) if row["row_unit"] != "%"]
    wrong = [row for row in rows if conversion_factor(row["row_unit"], known[row["series"]]["unit"]) is None]
    assert wrong == []
    for row in read_mapping("hs8"):
        assert len(row["code"]) == 8 and row["code"].isdecimal()
        assert known[row["series"]]["unit"] == "t"
        assert not row["value_series"] or known[row["value_series"]]["unit"] == "USD"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "has no mappings/hs8.csv"),
        (b"code,flow\n", "row 1: the header is"),
        (",".join(COLUMNS["hs8"]).encode() + b"\nx\n", "row 2: .* must have 11 cells"),
        (b"\xff\n", "is not UTF-8"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_named(book, content, said):
    path = book / "data" / "ledger" / "mappings" / "hs8.csv"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(LedgerError, match=said):
        read_mapping("hs8")
