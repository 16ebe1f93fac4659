"""World Bank Pink Sheet: the layout of the real workbook, with made-up prices."""

import openpyxl
import pytest

from metalsbook.ingest import pinksheet
from tests.ingest.conftest import read, refusal, values

NAMES, UNITS = ["Crude oil, average ", "Aluminum", "Coal, Australian **"], ["($/bbl)", "($/mt)", "($/mt)"]
CODES = ["CRUDE_PETRO", "ALUMINUM", "COAL_AUS"]
PRICES = [("2025M10", 11, 1111.11, 111.1), ("2025M11", 12, 2222.222, "…"), ("2025M12", 13, 3333.3, "...")]


def pink_sheet(folder, prices=PRICES, codes=True, updated="Updated on January 05, 2026", units=UNITS):
    workbook = openpyxl.Workbook()
    workbook.active.title = "AFOSHEET"
    workbook.active.sheet_state = "hidden"
    sheet = workbook.create_sheet("Monthly Prices")
    title = ["World Bank Commodity Price Data (The Pink Sheet), made up"]
    about = ["monthly prices in nominal US dollars, 1960 to present"]
    for row in (title, about, ["note"], [updated], [None, *NAMES], [None, *units]):
        sheet.append(row)
    for row in ([[None, *CODES]] if codes else []) + [list(row) for row in prices]:
        sheet.append(row)
        for cell in sheet[sheet.max_row][1:]:
            cell.number_format = "0.00"
    path = folder / "CMO-Historical-Data-Monthly.xlsx"
    workbook.save(path)
    return path


@pytest.mark.parametrize("codes", [True, False])
def test_prices_are_taken_with_the_vintage_of_the_sheet(tmp_path, codes):
    batch = read(pink_sheet(tmp_path, codes=codes))
    metal = {"2025-10": "1111.11", "2025-11": "2222.22", "2025-12": "3333.3"}
    prices = {("al.price.wb", "level", month): value for month, value in metal.items()}
    assert values(batch) == prices | {("coal.price.wb.aus", "level", "2025-10"): "111.1"}
    assert batch.source["published"] == "2026-01-05"
    assert batch.statements[2]["stated"] == "3,333.30 $/mt"
    assert not codes or batch.unmapped == ["1 columns: CRUDE_PETRO"]


def test_only_the_last_months_are_taken_and_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(pinksheet, "MONTHS_TAKEN", 2)
    batch = read(pink_sheet(tmp_path))
    assert {row["period"] for row in batch.statements} == {"2025-11", "2025-12"}
    assert "months before 2025-11 left out: 2 are taken" in batch.notes


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ({"units": ["($/bbl)", "($/kg)", "($/mt)"]}, "the unit of Aluminum is not ($/mt)"),
        ({"updated": "Updated lately"}, "does not say when it was updated"),
        ({"prices": [("2025M10", 1, "n/k", 1)]}, "row 8, column C: 'n/k' is not a number"),
        ({"prices": [("2025M10", 1, -5, 1)]}, "'-5.00' is negative"),
        ({"prices": [("2025M10", 1, 1, 1), ("2025M10", 1, 1, 1)]}, "row 9: '2025M10' is not the month after"),
        ({"prices": [("2025M10", 1, 1, 1), ("2025M12", 1, 1, 1)]}, "row 9: '2025M12' is not the month after"),
        ({"prices": [("October", 1, 1, 1)]}, "has no month like 2025M11"),
    ],
)
def test_bad_sheets_are_refused(tmp_path, layout, said):
    assert said in refusal(pink_sheet(tmp_path, **layout))
