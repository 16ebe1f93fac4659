"""The tutorial of the guide, followed word by word: its commands are run in a copy of the book."""

import re
from pathlib import Path

from tests.guide.prose import ROOT

PAGE = ROOT / "chapters" / "guide" / "new_month.md"


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_the_page_is_followed_word_by_word(copy):
    said = [copy.run(f'export PATH="$PWD/.venv/bin:$PATH"\n{block}') for block in blocks()]
    story = "\n".join(said)
    assert "Too little for an edition" in said[2]
    assert "Nothing was written: this was a dry run" in story
    assert "77 rows added to data/ledger" in story
    assert "Nothing new: the ledger is as it was" in story
    assert story.count("1 row added to data/ledger") == 2
    assert story.count("Too little for an edition") == 2
    page = next(line for line in story.splitlines() if line.strip().endswith("index.html"))
    assert "2026-02" in page
    assert Path(page.strip()).is_file()
    assert "revised: mg.export.ingot level 2026-02" in story
    assert re.search(r"^2026-02: \d+ statements, content", story, flags=re.MULTILINE)
    assert "table by the profile my_table" in story


def test_afterwards_the_book_is_as_before(copy):
    assert copy.run("git status --porcelain") == ""
    assert not (copy.root / "data" / "snapshots" / "2026-02").exists()
    inbox = copy.root / "data" / "inbox"
    assert list(inbox.iterdir()) and not list(inbox.glob("made-up*"))


def test_the_table_of_errors_quotes_real_ones():
    source = "".join(path.read_text("utf-8") for path in (ROOT / "metalsbook" / "ingest").glob("*.py"))
    table = PAGE.read_text("utf-8").split("## When a file is refused")[1]
    rows = re.findall(r"^\| `([^`]+)` \|", table, flags=re.MULTILINE)
    assert len(rows) > 8
    for said in rows:
        for part in said.split("…"):
            stripped = part.strip().replace("10,000", "{CUT_AT_ROWS:,}")
            assert stripped in source, said
