"""World Bank Pink Sheet: the layout of the real workbook, with made-up prices."""

import openpyxl
import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest import pinksheet
from tests.ingest.conftest import read, values

NAMES = ["Crude oil, average ", "Aluminum", "Coal, Australian **"]
UNITS = ["($/bbl)", "($/mt)", "($/mt)"]
CODES = ["CRUDE_PETRO", "ALUMINUM", "COAL_AUS"]
PRICES = [("2025M10", 11, 1111.11, 111.1), ("2025M11", 12, 2222.222, "…"), ("2025M12", 13, 3333.3, "...")]


def pink_sheet(folder, prices=PRICES, codes=True, updated="Updated on January 05, 2026", units=UNITS, names=NAMES):
    workbook = openpyxl.Workbook()
    workbook.active.title = "AFOSHEET"
    workbook.active.sheet_state = "hidden"
    sheet = workbook.create_sheet("Monthly Prices")
    for row in (
        ["World Bank Commodity Price Data (The Pink Sheet), made up"],
        ["monthly prices in nominal US dollars, 1960 to present"],
        ["note"],
        [updated],
        [None, *names],
        [None, *units],
        *([[None, *CODES]] if codes else []),
    ):
        sheet.append(row)
    for row in prices:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row][1:]:
            cell.number_format = "0.00"
    about = workbook.create_sheet("Description")
    about.append(["Aluminum (LME), made-up description"])
    path = folder / "CMO-Historical-Data-Monthly.xlsx"
    workbook.save(path)
    return path


def test_prices_are_taken_with_the_vintage_of_the_sheet(tmp_path):
    batch = read(pink_sheet(tmp_path))
    assert values(batch) == {
        ("al.price.wb", "level", "2025-10"): "1111.11",
        ("al.price.wb", "level", "2025-11"): "2222.22",
        ("al.price.wb", "level", "2025-12"): "3333.3",
        ("coal.price.wb.aus", "level", "2025-10"): "111.1",
    }
    assert batch.source["published"] == "2026-01-05"
    assert batch.statements[2]["stated"] == "3,333.30 $/mt"


def test_columns_are_found_by_name_where_the_codes_are_not_there(tmp_path):
    assert ("coal.price.wb.aus", "level", "2025-10") in values(read(pink_sheet(tmp_path, codes=False)))


def test_what_the_sheet_says_of_a_series_is_shown(tmp_path):
    assert "al.price.wb is Aluminum (LME), made-up description" in read(pink_sheet(tmp_path)).notes


def test_other_columns_are_listed(tmp_path):
    assert read(pink_sheet(tmp_path)).unmapped == ["1 columns: CRUDE_PETRO"]


def test_only_the_last_months_are_taken_and_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(pinksheet, "MONTHS_TAKEN", 2)
    batch = read(pink_sheet(tmp_path))
    assert min(row["period"] for row in batch.statements) == "2025-11"
    assert "months before 2025-11 left out: 2 are taken" in batch.notes


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ({"units": ["($/bbl)", "($/kg)", "($/mt)"]}, r"the unit of Aluminum is not \(\$/mt\)"),
        ({"updated": "Updated lately"}, "does not say when it was updated"),
        ({"prices": [("2025M10", 1, "n/k", 1)]}, "row 8, column C: 'n/k' is not a number"),
        ({"prices": [("2025M10", 1, -5, 1)]}, "'-5.00' is negative"),
        ({"prices": [("2025M10", 1, 1, 1), ("2025M10", 1, 1, 1)]}, "or there twice"),
        ({"prices": [("October", 1, 1, 1)]}, "has no month like 2025M11"),
    ],
)
def test_bad_sheets_are_refused(tmp_path, layout, said):
    with pytest.raises(IngestError, match=said):
        read(pink_sheet(tmp_path, **layout))
