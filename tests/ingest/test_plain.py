"""Statements as the ledger has them, with the pages they are from."""

import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import SOURCE_COLUMNS, STATEMENT_COLUMNS
from metalsbook.ingest.files import Details
from metalsbook.ingest.run import take_files
from metalsbook.ledger import read_ledger
from tests.ingest.conftest import ledger_bytes, read, write_csv

ROW = ("mg.export.ingot", "level", "2025-12", "11100", "", "", "t", "11,100 t (made up)", "smm-2025-11-22-aaaaaa")
PAGE = ("Made-up publisher", "Made-up page", "2026-01-10", "https://example.org/new", "made up", "", "made_up", "")


def plain_file(folder, rows=(ROW,), columns=STATEMENT_COLUMNS):
    return write_csv(folder / "made-up.csv", columns, rows)


def test_figures_of_a_known_page_are_added(book, tmp_path):
    path = plain_file(tmp_path)
    assert take_files([path], Details(), say=lambda _: None) == 1
    assert "11,100 t (made up)" in set(read_ledger().statements["stated"])
    before = ledger_bytes(book)
    assert take_files([path], Details(), say=lambda _: None) == 0
    assert ledger_bytes(book) == before


def test_each_figure_names_the_file_that_brought_it(book, tmp_path):
    rows = [ROW, changed(period="2025-12", stated="11,200 t (made up)", value="11200")]
    take_files([plain_file(tmp_path, rows)], Details(), say=lambda _: None)
    ledger = read_ledger()
    archived = sorted((book / "data" / "inbox" / "archive").iterdir())
    named = ledger.taken.merge(ledger.statements, on="statement")
    assert list(named["stated"]) == ["11,100 t (made up)", "11,200 t (made up)"]
    assert set(named["file"]) == {path.name for path in archived}


def test_a_new_page_is_described_in_the_file(book, tmp_path):
    row = (*ROW[:-1], "made-up-2026-01-10-bbbbbb", *PAGE)
    path = plain_file(tmp_path, [row], (*STATEMENT_COLUMNS, *SOURCE_COLUMNS[1:]))
    assert take_files([path], Details(), say=lambda _: None) == 1
    assert "made-up-2026-01-10-bbbbbb" in set(read_ledger().sources["source"])


def test_columns_may_stand_in_any_order(book, tmp_path):
    path = plain_file(tmp_path, [ROW[::-1]], STATEMENT_COLUMNS[::-1])
    assert read(path).statements[0]["stated"] == "11,100 t (made up)"


def changed(**cells):
    return tuple(cells.get(name, cell) for name, cell in zip(STATEMENT_COLUMNS, ROW, strict=True))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"series": "Mg Export"}, "row 2, column 'series'"),
        ({"measure": "mum"}, "row 2, column 'measure'"),
        ({"period": "2025-13"}, "row 2, column 'period'"),
        ({"value": "11,100"}, "row 2, column 'value'"),
        ({"unit": "tons"}, "row 2, column 'unit'"),
        ({"stated": ""}, "row 2, column 'stated'"),
        ({"stated": "<script>1</script>"}, "row 2, column 'stated'"),
        ({"stated": "11,100 \u202et"}, "column 'stated'"),
        ({"stated": "12,100 t"}, "row 2, column 'value': 11100 is not what '12,100 t' says"),
        ({"stated": "many"}, "row 2, column 'stated'"),
        ({"source": "a b"}, "row 2, column 'source'"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named(book, tmp_path, cells, said):
    with pytest.raises(IngestError, match=said):
        read(plain_file(tmp_path, [changed(**cells)]))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"series": "mg.export.nothing"}, r"mg\.export\.nothing is not in series\.csv"),
        ({"source": "nobody"}, "the source 'nobody' is not in sources.csv"),
    ],
)
def test_what_the_ledger_does_not_know_is_refused(book, tmp_path, cells, said):
    before = ledger_bytes(book)
    with pytest.raises(Exception, match=said) as caught:
        take_files([plain_file(tmp_path, [changed(**cells)])], Details(), say=lambda _: None)
    assert caught.value.exit_code in (3, 7)
    assert ledger_bytes(book) == before


def test_one_page_described_in_two_ways_is_refused(book, tmp_path):
    rows = [(*ROW[:-1], "made-up", *PAGE), (*changed(period="2025-11")[:-1], "made-up", "Another", *PAGE[1:])]
    with pytest.raises(IngestError, match="row 3 describes the source made-up otherwise than row 2"):
        read(plain_file(tmp_path, rows, (*STATEMENT_COLUMNS, *SOURCE_COLUMNS[1:])))


def test_an_unknown_column_is_refused(book, tmp_path):
    with pytest.raises(IngestError, match="row 1, column 10: the header 'colour'"):
        read(plain_file(tmp_path, [(*ROW, "red")], (*STATEMENT_COLUMNS, "colour")))
