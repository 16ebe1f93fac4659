"""The mapping tables: whole, consistent with the catalogue, and safe to extend."""

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ingest.mappings import COLUMNS, mappings_folder, read_catalogue, read_mapping, waiting_series
from metalsbook.ingest.plain import check_rows
from metalsbook.ledger.units import conversion_factor

SERIES_OF = {
    "hs8": ("series", "value_series", "total", "value_total"),
    "comtrade": ("series", "value_series"),
    "pinksheet": ("series",),
    "usgs": ("series",),
    "nbs": ("series",),
}


@pytest.mark.parametrize("name", SERIES_OF)
def test_every_mapped_series_is_in_the_catalogue_or_waits_for_it(name):
    known = read_catalogue().keys() | waiting_series().keys()
    mapped = {row[column] for row in read_mapping(name) for column in SERIES_OF[name]} - {""}
    assert sorted(mapped - known) == []


def test_series_that_wait_are_described_by_the_rules_of_the_catalogue():
    rows = list(waiting_series().values())
    check_rows("series", list(enumerate(rows, start=2)), COLUMNS["series_waiting"], "series_waiting.csv")
    known = read_catalogue()
    assert sorted(known.keys() & waiting_series().keys()) == []
    titles = [row["title"] for row in rows] + [row["title"] for row in known.values()]
    assert len(titles) == len(set(titles))


def test_series_that_wait_are_used_by_a_mapping():
    mapped = {row[column] for name in SERIES_OF for row in read_mapping(name) for column in SERIES_OF[name]}
    assert sorted(waiting_series().keys() - mapped) == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("hs8", ("code", "flow")),
        ("partners", ("code",)),
        ("partners", ("iso",)),
        ("comtrade", ("reporter", "flow", "code", "partner")),
        ("nbs", ("indicator", "unit")),
        ("pinksheet", ("sheet", "code")),
        ("usgs", ("file", "commodity", "country", "statistic", "unit")),
    ],
)
def test_nothing_is_mapped_twice(name, key):
    keys = [tuple(row[part] for part in key) for row in read_mapping(name)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", ["pinksheet", "usgs", "nbs"])
def test_units_of_rows_fit_their_series(name):
    units = {series: row["unit"] for series, row in (read_catalogue() | waiting_series()).items()}
    wrong = [
        row["series"]
        for row in read_mapping(name)
        if row["row_unit"] != "%" and conversion_factor(row["row_unit"], units[row["series"]]) is None
    ]
    assert wrong == []


def test_customs_items_are_eight_digits_in_tonnes():
    units = {series: row["unit"] for series, row in (read_catalogue() | waiting_series()).items()}
    for row in read_mapping("hs8"):
        assert len(row["code"]) == 8
        assert row["code"].isdecimal()
        assert units[row["series"]] == "t"
        assert not row["value_series"] or units[row["value_series"]] == "USD"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "has no mappings/hs8.csv"),
        (b"code,flow\n", "row 1: the header must be"),
        (",".join(COLUMNS["hs8"]).encode() + b"\nx\n", "row 2 has 1 cells instead of 11"),
        (b"\xff\n", "cannot be read"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_named(book, content, said):
    path = mappings_folder() / "hs8.csv"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(LedgerError, match=said):
        read_mapping("hs8")
