"""What teaches: lessons with a month of their own, exercises with solutions that run, a glossary that is found."""

import re

import pytest

from metalsbook.paths import snapshots_folder
from metalsbook.publish.notebooks import OWN_MONTH_TAG, cell_source, own_month, read_chapter
from tests.guide.prose import CHAPTERS, name

HAN = re.compile(r"[\u4e00-\u9fff]")


def lessons():
    return sorted((CHAPTERS / "guide" / "lessons").glob("*.ipynb"))


@pytest.mark.parametrize("path", [*lessons(), CHAPTERS / "guide" / "method.ipynb"], ids=name)
def test_lesson_keeps_a_month_that_is_frozen_and_checks_what_it_says(path):
    chapter = read_chapter(path)
    month = own_month(chapter)
    assert month is not None, f"the parameters cell lacks the tag {OWN_MONTH_TAG}"
    assert (snapshots_folder() / month).is_dir()
    solutions = [cell for cell in chapter.code_cells if "hide-cell" in cell["metadata"].get("tags", [])]
    assert solutions and all(cell["outputs"] and "assert " in cell_source(cell) for cell in solutions)


@pytest.mark.parametrize("path", lessons(), ids=name)
def test_lesson_reads_statements_only(path):
    code = "\n".join(map(cell_source, read_chapter(path).code_cells))
    assert re.findall(r"\bed\.(?:claims|estimates|conflicts|outlooks|changes)\b", code) == []


def test_glossary_has_its_terms_in_both_languages():
    text = (CHAPTERS / "guide" / "glossary.md").read_text("utf-8")
    boxes = re.findall(r"^:::\{glossary\}\n(.*?)^:::$", text, re.MULTILINE | re.DOTALL)
    entries = [entry.splitlines() for box in boxes for entry in box.strip().split("\n\n")]
    assert entries
    for *names, definition in entries:
        assert any(HAN.search(term) for term in names), f"{names} lacks its Chinese name"
        assert any(not HAN.search(term) for term in names), f"{names} lacks its English name"
        assert definition.startswith("  ") and definition.endswith((".", '."', ")."))
