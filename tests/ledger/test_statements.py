import hashlib

import pandas as pd

from metalsbook.ledger import read_ledger
from metalsbook.ledger.statements import apply_aliases, statement_ids


def test_id_is_the_hash_of_what_the_row_says(ledger):
    row = "mg.export.ingot|level|2025-10|22200|22,200 tons|smm-2025-11-20-aaaaaa"
    expected = "st-" + hashlib.sha256(row.encode()).hexdigest()[:10]
    assert read_ledger(ledger.path).statements["statement"].iloc[0] == expected


def test_exact_repeats_are_numbered():
    rows = pd.DataFrame({"series": ["a", "b", "a", "a"], "measure": "level", "period": "2025", "value": "1"})
    ids = statement_ids(rows.assign(stated="1", source="s"))
    assert ids[2] == f"{ids[0]}-2"
    assert ids[3] == f"{ids[0]}-3"
    assert len(set(ids)) == 4


def test_ids_do_not_depend_on_the_order_of_rows_or_files(ledger):
    before = set(read_ledger(ledger.path).statements["statement"])
    lines = ledger.file("statements").read_text(encoding="utf-8").splitlines()
    ledger.write("statements", [lines[0], *reversed(lines[3:])])
    (ledger.path / "statements" / "a.csv").write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    statements = read_ledger(ledger.path).statements
    assert set(statements["statement"]) == before
    assert set(statements["topic"]) == {"topic", "a"}


def test_alias_gives_series_measure_and_factor():
    rows = pd.DataFrame({"series": ["old", "other", "bare"], "measure": ["level", "yoy", "mom"]})
    aliases = pd.DataFrame(
        {"alias": ["old", "bare"], "series": ["new", "newer"], "measure": ["ytd", ""], "factor": ["0.5", ""]}
    )
    result = apply_aliases(rows, aliases)
    assert result["series"].tolist() == ["new", "other", "newer"]
    assert result["measure"].tolist() == ["ytd", "yoy", "mom"]
    assert result["alias_factor"].tolist() == [0.5, 1.0, 1.0]


def test_aliased_row_keeps_the_printed_id_and_scales(ledger):
    ledger.change("aliases", "mg.output.cn,,,", "mg.output.cn,level,2,")
    row = read_ledger(ledger.path).statements.set_index("series_as_printed").loc["mg.output.old"]
    assert (row["series"], row["measure"], row["value"], row["factor"]) == ("mg.output.cn", "level", 2_500_000, 2)
    assert (row["bound_low"], row["resolution"], row["stated"]) == (2_490_000, 20_000, "125万吨")


def test_units_are_those_of_the_series_and_changes_in_per_cent(ledger):
    rows = read_ledger(ledger.path).statements.set_index("stated")
    assert rows.loc["1600元/公斤", ["value", "unit", "factor"]].tolist() == [1_600_000, "CNY/t", 1000]
    assert rows.loc["down 2.6%", ["unit", "factor"]].tolist() == ["%", 1]


def test_columns_that_come_from_the_text(ledger):
    rows = read_ledger(ledger.path).statements.set_index("stated")
    wanted = ["value", "qualifier", "resolution", "bound_low", "bound_high"]
    assert rows.loc["22,200 tons", wanted].tolist() == [22_200, "", 100, 22_150, 22_250]
    assert rows.loc["16,300-16,400 yuan/mt", wanted].tolist() == [16_350, "range", 100, 16_250, 16_450]
