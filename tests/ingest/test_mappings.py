"""The mapping tables: whole, consistent with the catalogue, and safe to extend."""

from metalsbook.ingest.batch import WHERE, Batch
from metalsbook.ingest.mappings import Catalogue, read_mapping
from metalsbook.ingest.statements import take_rows
from metalsbook.ledger.units import conversion_factor

SERIES_OF = {"hs8": ("series", "value_series", "total", "value_total"), "comtrade": ("series", "value_series")}
SERIES_OF |= dict.fromkeys(("pinksheet", "usgs", "nbs"), ("series",))


def test_mapped_series_are_known_or_wait_and_those_that_wait_are_sound_and_used():
    known, batch = Catalogue(), Batch(None)
    mapped = {row[column] for name in SERIES_OF for row in read_mapping(name) for column in SERIES_OF[name]} - {""}
    assert [series for series in sorted(mapped) if series not in known] == []
    assert sorted(known.waiting.keys() - mapped) == []
    take_rows(batch, "series", [row | {WHERE: name} for name, row in known.waiting.items()])
    assert batch.problems == []
    assert sorted(known.rows.keys() & known.waiting.keys()) == []
    titles = [row["title"] for row in (*known.rows.values(), *known.waiting.values())]
    assert len(titles) == len(set(titles))


def test_nothing_is_mapped_twice():
    keys = {"hs8": "code flow", "comtrade": "reporter flow code partner", "nbs": "indicator unit"}
    keys |= {"pinksheet": "sheet code", "usgs": "file commodity country statistic unit", "partners": "code"}
    for name, key in (*keys.items(), ("partners", "iso")):
        rows = [tuple(row[part] for part in key.split(" ")) for row in read_mapping(name)]
        assert len(rows) == len(set(rows)), name


def test_units_of_rows_fit_their_series():
    known = Catalogue()
    rows = [row for name in ("pinksheet", "usgs", "nbs") for row in read_mapping(name) if row["row_unit"] != "%"]
    wrong = [row for row in rows if conversion_factor(row["row_unit"], known[row["series"]]["unit"]) is None]
    assert wrong == []
    for row in read_mapping("hs8"):
        assert len(row["code"]) == 8 and row["code"].isdecimal()
        assert known[row["series"]]["unit"] == "t"
        assert not row["value_series"] or known[row["value_series"]]["unit"] == "USD"
