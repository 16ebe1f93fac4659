"""The workbook: real numbers and dates, nothing that computes, and the same bytes twice."""

import datetime as dt
import json

import openpyxl
import pandas as pd
import pytest

from metalsbook.downloads.explorer import FILE, MORE, explorer_scripts
from metalsbook.downloads.figures import all_figures
from metalsbook.downloads.workbook import write_workbook
from tests.page.editions import edition, month, printed

INGOT, FUGU = "mg.export.ingot", "mg.price.ingot.fugu"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(folder))
        days = [printed(FUGU, f"2025-11-{day:02d}", 16000 + day, unit="CNY/t", stated="=1+1") for day in (3, 10, 17)]
        statements = [printed(INGOT, "2025-11", 22218.4), *days]
        statements += [printed(INGOT, "2024", 250000), printed(INGOT, "2023", 31436123)]
        estimates = [month(INGOT, "2025-10", 13782.5, 10, "implied"), month(INGOT, "2025-11", 22218.4)]
        catalogue = {FUGU: {"title": "=HYPERLINK(1)", "kind": "price", "unit": "CNY/t"}}
        made = edition(statements, estimates, catalogue=catalogue)
        made.sources["url"] = "https://example.org"
        for name in ("claims", "outlooks"):
            made.__dict__["_derived"][name] = pd.DataFrame({"claim": ["c-1"], "verdict": ["confirmed"]})
        figures = all_figures(made)
        for name in ("one", "two"):
            write_workbook(made, figures, folder / f"{name}.xlsx")
        (folder / "made.json").write_text(json.dumps(explorer_scripts(made, figures)))
    return folder, figures


def test_all_that_is_known_is_in_the_figures(book):
    told = set(book[1][["series", "length", "period", "value", "status"]].itertuples(index=False, name=None))
    assert {
        (INGOT, "month", "2025-10", 13782.5, "derived"),
        (INGOT, "year", "2024", 250000, "published"),
        (FUGU, "month", "2025-11", 16010, "derived"),
        (FUGU, "day", "2025-11-03", 16003, "published"),
    } <= told


def test_the_explorer_shows_months_and_years_at_once_and_is_handed_days_and_ends_later(book):
    scripts = json.loads((book[0] / "made.json").read_text())
    first, more = (json.loads(scripts[name].partition("(")[2].removesuffix(");\n")) for name in (FILE, MORE))
    (ids, *_, days, points), publishers = first["series"], first["publishers"]
    assert (ids, days) == ([FUGU, INGOT], ["2025-11-03", ""])
    assert set(points[0]) == {"month"} and set(points[1]) == {"month", "year"}
    told = []
    for series, lengths in more.items():
        for length, columns in lengths.items():
            whole = points[ids.index(series)].get(length, []) + columns
            full = [column + column[-1:] * (len(whole[0]) - len(column)) for column in whole]
            told += [(series, length, *row) for row in zip(*full, strict=True)]
    known = book[1].assign(derived=book[1]["status"].eq("derived").astype(int))
    known["who"] = [publishers.index(name) if name in publishers else -1 for name in known["publisher"]]
    known = known[["series", "length", "period", "value", "derived", "who", "low", "high"]]
    assert sorted(told) == sorted(known.itertuples(index=False, name=None))


def test_months_stand_in_columns_and_their_status_in_colour(book):
    sheet = openpyxl.load_workbook(book[0] / "one.xlsx")["Monthly"]
    row = next(row for row in sheet.iter_rows(min_row=3) if row[2].value == INGOT)
    months = [dt.datetime(2025, 10, 1), dt.datetime(2025, 11, 1)]
    assert [cell.value for cell in (*sheet[2][3:], *row[3:])] == [*months, 13782.5, 22218.4]
    assert row[3].fill.start_color.rgb.endswith("DCEBF7") and row[4].fill.fill_type is None
    assert sheet.freeze_panes == "D3" and sheet.auto_filter.ref == "A2:E4"


def test_numbers_are_numbers_dates_dates_and_text_never_computes_and_every_build_gives_the_same_bytes(book):
    read = openpyxl.load_workbook(book[0] / "one.xlsx")
    price = next(row for row in read["Figures"].iter_rows(min_row=2) if row[0].value == FUGU)
    assert (price[4].value, price[5].value) == (dt.datetime(2025, 11, 3), 16003)
    assert (price[10].value, price[10].data_type) == ("=1+1", "s")
    assert [sheet.title for sheet in read for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert (book[0] / "one.xlsx").read_bytes() == (book[0] / "two.xlsx").read_bytes()
