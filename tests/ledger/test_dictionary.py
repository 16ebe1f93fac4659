from metalsbook.ledger.schemas import AS_READ, TABLES
from metalsbook.ledger.vocabulary import MEASURES, UNITS
from metalsbook.paths import project_root
from tests.ledger.dictionary import data_dictionary, write_data_dictionary


def test_the_page_explains_every_column_and_word_and_is_what_the_command_writes(tmp_path, monkeypatch):
    page = (project_root() / "data" / "README.md").read_text(encoding="utf-8")
    assert page == data_dictionary(), "run: python -m tests.ledger.dictionary"
    columns = [*AS_READ, *(column for table in TABLES.values() for column in table.columns)]
    assert [word for word in (*columns, *MEASURES, *UNITS) if f"| `{word}` |" not in page] == []
    lines = [line.replace("\\|", "") for line in page.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {3, 4}
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    write_data_dictionary()
    assert (tmp_path / "data" / "README.md").read_text(encoding="utf-8") == page
