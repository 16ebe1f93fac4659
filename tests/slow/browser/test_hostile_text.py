"""Hostile text in every column of the ledger that takes text: refused with a clear error, or shown as what it is."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree

import pytest

from metalsbook.errors import BookError
from metalsbook.ledger.reading import read_ledger
from metalsbook.ledger.schemas import TABLES, broken_rules
from tests.slow.browser import hostile_ledger as hostile
from tests.slow.faults.scratch import ROOT
from tests.visits import NO_OUTSIDE, built_pages

EVERY = [(name, column) for name, table in TABLES.items() for column in table.columns]
FREE, ADDRESSES = hostile.free_columns(), hostile.address_columns()
NUMBER = re.compile(r"[-+]?[0-9.,]*[0-9](?:[eE][-+]?[0-9]+)?%?")
# Shown nowhere: they say why to whoever edits the ledger.
SHOWN_NOWHERE = {"aliases.why"}


@pytest.mark.parametrize(("name", "column"), EVERY, ids=[".".join(one) for one in EVERY])
def test_no_column_takes_markup_or_what_steers_a_terminal(name, column):
    for text in hostile.REFUSED:
        assert broken_rules(name, column, text), text
    if (name, column) in ADDRESSES:
        for text in hostile.NO_ADDRESSES:
            assert broken_rules(name, column, text), text
    elif (name, column) not in FREE:
        for text in hostile.NO_NAMES:
            assert broken_rules(name, column, text), text


READ = [(name, column) for name, columns in hostile.READ_BY_CODE.items() for column in columns]


def test_every_free_column_is_planted_or_read_by_code():
    assert set(READ) <= set(FREE)
    # Of `taken` both columns are names of a fixed form, of a statement none is free but the text that is read.
    assert {name for name, _ in hostile.planted_columns()} == set(TABLES) - {"taken", "statements"}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The edition of a ledger that is hostile everywhere, all chapters built."""
    return hostile.make_hostile_book(tmp_path_factory.mktemp("hostile") / "book")


@pytest.fixture(scope="module")
def site(book):
    return book.root / "_build" / "site"


BREAKS = re.compile(r"[\s|]+")
WANTED = BREAKS.sub("", hostile.HOSTILE)


def shown_as(text: str, mark: str) -> set[str]:
    """Return how the hostile text behind each of its marks is shown: "whole", "cut" or "changed".

    Titles of charts are broken into lines, names of publishers are cut before a bracket, long texts at an ellipsis.
    """
    found = (text[one.end() : one.end() + len(WANTED)] for one in re.finditer(mark, text))
    return {"whole" if tail == WANTED else "cut" if is_cut(tail) else "changed" for tail in found}


def is_cut(tail: str) -> bool:
    before, ellipsis, _ = tail.partition("…")
    return tail.startswith(WANTED[:5]) or (ellipsis != "" and WANTED.startswith(before))


def test_pages_show_it_as_text_and_run_none_of_it(site, visit):
    shown = set()
    # The guide shows nothing of the ledger.
    for page in built_pages(site, without="guide"):
        seen = visit(f"{site.as_uri()}/{page}")
        dialogs = []
        seen.page.on("dialog", lambda dialog, dialogs=dialogs: (dialogs.append(dialog.message), dialog.dismiss()))
        seen.draw_charts()
        assert not seen.complaints + dialogs, page
        assert all(NO_OUTSIDE.match(url) for url in seen.requests), page
        made = seen.page.evaluate(
            """() => ({
                inline: [...document.scripts].filter((one) => !one.src && one.type !== "application/ld+json").length,
                handlers: [...document.querySelectorAll("*")].filter((one) =>
                    [...one.attributes].some((name) => /^on/i.test(name.name))).length,
                mathematics: document.querySelectorAll("math, mjx-container, .math").length,
                protocols: [...new Set([...document.querySelectorAll("a[href]")].map((one) => one.protocol))],
                text: document.documentElement.textContent,
            })"""
        )
        assert (made["inline"], made["handlers"], made["mathematics"]) == (0, 0, 0), page
        assert set(made["protocols"]) <= {"http:", "https:", "file:"}, page
        text = BREAKS.sub("", made["text"])
        for name, column in hostile.planted_columns():
            how = shown_as(text, hostile.mark_of(name, column))
            assert "changed" not in how, (page, name, column)
            shown |= {f"{name}.{column}"} if "whole" in how else set()
        seen.context.close()
    assert len(shown) > len(hostile.planted_columns()) / 2, sorted(shown)
    assert not shown & SHOWN_NOWHERE


def csv_files(site):
    """Yield the name and text of every CSV of the site, those in archives too."""
    for path in sorted(site.rglob("*.csv")):
        yield path.relative_to(site).as_posix(), path.read_text("utf-8-sig")
    for path in sorted(site.rglob("*.zip")):
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                assert not name.startswith(("/", "..")) and "/../" not in name
                # Those of the practice folder are made up, some in the encoding of Chinese customs.
                if name.endswith(".csv") and "february" not in name:
                    yield f"{path.name}/{name}", package.read(name).decode("utf-8-sig")


def test_no_cell_of_a_download_is_a_formula(site):
    marks = set()
    for name, text in csv_files(site):
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or NUMBER.fullmatch(cell), (name, cell)
                marks |= set(re.findall("zq[a-z]+zq", cell))
    assert len(marks) > 10
    assert any("'" + hostile.FORMULA in text for _, text in csv_files(site))


def test_it_reaches_no_code_of_a_notebook_and_no_name_of_a_file(book, site):
    for path in (book.root / "_build" / "chapters" / hostile.MONTH).rglob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        sources = ["".join(cell["source"]) for cell in notebook["cells"]]
        assert not any("zq" in source for source in sources), path.name
        if (own := ROOT / "chapters" / path.name).is_file():
            cells = json.loads(own.read_text("utf-8"))["cells"]
            # The cell of parameters sets another month.
            same = [cell for cell in cells if "parameters" not in cell["metadata"].get("tags", [])]
            assert {"".join(cell["source"]) for cell in same} <= {*sources, ""}
        assert "zq" not in json.dumps(notebook["metadata"])
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", path.name) for path in site.rglob("*"))


def test_feeds_and_structured_data_can_be_read(site):
    ElementTree.parse(site / "feed.xml")
    for path in site.rglob("*.json"):
        json.loads(path.read_text("utf-8"))
    for page in built_pages(site):
        text = (site / page).read_text("utf-8")
        for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
            assert "</" not in found.removesuffix("</script>")
            json.loads(found)


@pytest.mark.parametrize(("name", "column"), READ, ids=[".".join(one) for one in READ])
def test_columns_that_code_reads_refuse_it(book, monkeypatch, name, column):
    """Hostile text is refused by the name of its file, or of the one whose figure it would correct."""
    monkeypatch.setenv("METALSBOOK_ROOT", str(book.root))
    path = hostile.files_of(book.root / "data" / "ledger", name)[0]
    good = path.read_bytes()
    hostile.rewrite(path, lambda _, row: row | {column: f"a{hostile.HOSTILE}"})
    try:
        with pytest.raises(BookError) as told:
            from metalsbook.audit import describe_verdicts

            read_ledger()
            list(describe_verdicts(hostile.MONTH, None))
        assert ".csv" in str(told.value) or "must hold a number that can be read" in str(told.value)
    finally:
        path.write_bytes(good)
