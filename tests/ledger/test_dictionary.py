from metalsbook.ledger.dictionary import data_dictionary, write_data_dictionary
from metalsbook.ledger.schemas import STATEMENTS, TABLES
from metalsbook.ledger.vocabulary import MEASURES, UNITS
from metalsbook.paths import project_root


def test_the_page_is_what_the_schemas_say():
    page = (project_root() / "data" / "README.md").read_text(encoding="utf-8")
    assert page == data_dictionary(), "run: python -m metalsbook.ledger.dictionary"


def test_every_column_and_word_is_explained():
    page = data_dictionary()
    for table in TABLES.values():
        assert all(f"| `{column}` |" in page for column in table.columns)
    assert all(f"| `{word}` |" in page for word in (*STATEMENTS.columns, *MEASURES, *UNITS))


def test_rows_of_a_table_have_two_or_three_cells():
    lines = [line.replace("\\|", "") for line in data_dictionary().splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {3, 4}


def test_the_page_is_written_below_the_root(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    write_data_dictionary()
    assert (tmp_path / "data" / "README.md").read_text(encoding="utf-8") == data_dictionary()
