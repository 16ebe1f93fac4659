"""The small ledger read: rows, ids, aliases, units and days; and the book's own ledger as a whole."""

import hashlib

import pandas as pd
import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import read_figure
from metalsbook.ledger.reading import COLUMNS, assume_published, read_ledger, read_rows, statement_ids
from metalsbook.ledger.schemas import AS_READ, FILE, LINE, TABLES
from tests.cases import each


def test_figures_come_from_the_text_in_the_unit_of_their_series(read_once):
    names = ["value", "unit", "factor", "qualifier", "resolution", "bound_low", "bound_high"]
    found = read_once.set_index("stated")[names].T.to_dict("list")
    assert found == {
        "22,200 tons": [22_200, "t", 1, "", 100, 22_150, 22_250],
        "down 2.6%": [-2.6, "%", 1, "", 0.1, pytest.approx(-2.65), pytest.approx(-2.55)],
        "16,300-16,400 yuan/mt": [16_350, "CNY/t", 1, "range", 100, 16_250, 16_450],
        "1600元/公斤": [1_600_000, "CNY/t", 1000, "", 10_000, 1_595_000, 1_605_000],
        "125万吨": [1_250_000, "t", 1, "", 10_000, 1_245_000, 1_255_000],
    }


def hashed(row: str) -> str:
    return "st-" + hashlib.sha256(row.encode()).hexdigest()[:10]


def test_an_alias_gives_series_measure_and_factor_and_the_printed_id_stays(ledger):
    ledger.change("statements", "mg.output.old,forecast", "mg.output.old,level")
    ledger.change("aliases", "mg.output.cn,,,", "mg.output.cn,forecast,2,")
    row = read_ledger(ledger.path).statements.set_index("series_as_printed").loc["mg.output.old"]
    assert (row["series"], row["measure"], row["value"], row["factor"]) == ("mg.output.cn", "forecast", 2_500_000, 2)
    assert (row["bound_low"], row["resolution"], row["stated"]) == (2_490_000, 20_000, "125万吨")
    assert row["statement"] == hashed("mg.output.old|level|2027|1250000|125万吨|page-undated-bbbbbb")


def test_id_is_the_hash_of_what_the_row_says_and_repeats_are_numbered(ledger):
    expected = hashed("mg.export.ingot|level|2025-10|22200|22,200 tons|smm-2025-11-20-aaaaaa")
    read = read_ledger(ledger.path)
    statements, outlooks = read.statements, read.outlooks
    assert outlooks.columns.tolist() == TABLES["outlooks"].columns
    assert outlooks["target_low"].tolist() == [16000.0], "numbers of other tables are numbers"
    assert statements["statement"].iloc[0] == expected
    printed = read_rows(ledger.file("statements"), TABLES["statements"].columns, ledger.path)
    first, again, third = statement_ids(pd.concat([printed.head(1)] * 3))
    assert (first, again, third) == (expected, f"{expected}-2", f"{expected}-3")
    lines = ledger.file("statements").read_text(encoding="utf-8").splitlines()
    ledger.write("statements", [lines[0], *reversed(lines[3:])])
    (ledger.path / "statements" / "a.csv").write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    apart = read_ledger(ledger.path).statements
    assert set(apart["statement"]) == set(statements["statement"]) and set(apart["topic"]) == {"topic", "a"}


def rows_of(tmp_path, content: bytes):
    (tmp_path / "a.csv").write_bytes(content)
    return read_rows(tmp_path / "a.csv", ["x", "y"], tmp_path)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_rows_are_text_and_know_their_line(tmp_path, mark):
    rows = rows_of(tmp_path, mark + b'x,y\n1,NA\n"a\nb",\n2,3\n')
    assert rows[["x", "y", LINE]].values.tolist() == [["1", "NA", 2], ["a\nb", "", 3], ["2", "3", 5]]
    assert set(rows[FILE]) == {"a.csv"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x,z\n1,2\n", r"a.csv, row 1: the header is x,z. It must be x,y"),
        (b"x,y\n1,2\n3\n", r"a.csv, row 3: '3' - must have 2 cells: x,y"),
        (b"x,y\n1,\xd6\xd0\n", r"a.csv is not UTF-8 \(byte 6\)"),
        (b'x,y\n1,"2\n', r"a.csv is not readable as CSV"),
    ],
)
def test_broken_files_are_refused(tmp_path, content, message):
    with pytest.raises(LedgerError, match=message):
        rows_of(tmp_path, content)


# What a page tells, the first of which is asked for, and its days.
@each("""
    told                                      | day        | seen       | published  | basis   | vintage
    flow level 2025-10                        | 2025-11-20 |            | 2025-11-20 | stated  |
    flow forecast 2030                        | 2025-11-20 |            | 2025-11-20 | stated  |
    flow level 2025-11, flow level 2025-12    | 2025-11-20 |            | 2025-11-20 | stated  |
    flow level 2025-10                        |            | 2026-01-14 | 2026-01-14 | seen    |
    flow forecast 2030                        |            | 2026-01-14 | 2026-01-14 | seen    |
    flow level 2025-10                        |            |            | 2025-11-30 | assumed |
    flow level 2024-01                        |            |            | 2024-02-29 | assumed |
    price level 2025-12-05                    |            |            | 2026-01-31 | assumed |
    flow yoy 2024                             |            |            | 2025-01-31 | assumed |
    price level 2025-11, flow level 2025-12   |            |            | 2026-01-01 | assumed |
    price level 2025-11, flow yoy 2025-12     |            |            | 2026-01-01 | assumed |
    price level 2025-11, price level 2026-01-02 |          |            | 2026-01-03 | assumed |
    price level 2025-11, flow level 2025      |            |            | 2026-01-01 | assumed |
    price level 2025-11, price level 2025     |            |            | 2025-12-31 | assumed |
    price level 2025-11, flow forecast 2025-12 |           |            | 2025-12-31 | assumed |
    price level 2025-11, flow set_aside 2025-12 |          |            | 2025-12-31 | assumed |
    flow forecast 2019                        |            |            | 2025-12-31 | assumed | 2025-11
    flow forecast_yoy 2030                    |            |            | 2025-12-31 | assumed | 2025-11
    flow forecast 2030, flow level 2026-01    |            |            | 2026-02-28 | assumed | 2026-01
""")
def test_publication_rule(told, day, seen, published, basis, vintage):
    sources = pd.DataFrame({"source": ["page"], "published": day, "seen": seen})
    rows = [(*one.split(" "), "page") for one in told.split(", ")]
    frame = pd.DataFrame(rows, columns=["series", "measure", "period", "source"], index=range(5, 5 + len(rows)))
    assert assume_published(frame, sources, {"flow"}).loc[5].tolist() == [published, basis, vintage]


def test_every_statement_of_the_book_is_read(real_ledger):
    rows = real_ledger.statements
    assert len(rows) >= 3846
    assert rows.columns.tolist() == list(COLUMNS) and rows["statement"].is_unique
    assert set(rows.select_dtypes("number")) == {name for name, column in AS_READ.items() if column.number}
    levels = rows[(rows["unit"] != "%") & (rows["measure"] != "set_aside")]
    assert (levels["unit"] == levels["series"].map(real_ledger.series.set_index("series")["unit"])).all()
    slack = 1e-9 * rows["value"].abs() + rows["resolution"] / 2
    assert rows["value"].between(rows["bound_low"] - slack, rows["bound_high"] + slack).all()


def test_corrections_of_the_book_are_needed_and_what_is_set_aside_is_so_alone(real_ledger):
    readings = real_ledger.corrections[real_ledger.corrections["kind"] == "reading"]
    for row in real_ledger.statements.set_index("statement").loc[readings["statement"]].itertuples():
        printed = read_figure(row.stated, row.unit, row.measure, row.value)
        assert abs(printed.value - row.value) > printed.resolution, row.stated
    aside = real_ledger.corrections.loc[real_ledger.corrections["kind"] == "set_aside", "correction"]
    rows = real_ledger.statements[real_ledger.statements["measure"] == "set_aside"]
    assert sorted(rows["corrected"]) == sorted(aside)
