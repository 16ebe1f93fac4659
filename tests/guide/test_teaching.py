"""What teaches: lessons with a month of their own, exercises with solutions that run, a glossary that is found."""

import io
import re

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from metalsbook.paths import snapshots_folder
from metalsbook.publish.notebooks import OWN_MONTH_TAG, cell_source, own_month, read_chapter
from metalsbook.publish.search import ENTRY, page_sections
from tests.guide.prose import CHAPTERS, name

NEEDED = (
    "皮江法 硅铁 白云石 兰炭 出厂价 离岸价 稀土氧化物 镨钕氧化物 镨钕金属 氧化镝 氧化铽 环比 同比 可比口径 反内卷 原镁 "
    "镁锭 镁合金 镁粉 烧结钕铁硼 稀土永磁 人形机器人 新能源汽车 渗透率 产能利用率 海关总署 中汽协 国家统计局 收储 府谷"
).split(" ")
FEWEST_TERMS = 80
HAN = re.compile(r"[\u4e00-\u9fff]")


def lessons():
    return sorted((CHAPTERS / "guide" / "lessons").glob("*.ipynb"))


def find_unchecked(notebook: dict) -> list[str]:
    """Return the solutions of exercises (code cells folded whole) that were not run, check nothing or show nothing."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    folded = [cell for cell in code if "hide-cell" in cell["metadata"].get("tags", [])]
    found = [cell_source(cell) for cell in folded if not cell["outputs"] or "assert " not in cell_source(cell)]
    return found if folded else ["no solution"]


@pytest.mark.parametrize("path", [*lessons(), CHAPTERS / "guide" / "method.ipynb"], ids=name)
def test_lesson_keeps_a_month_that_is_frozen_and_checks_what_it_says(path):
    chapter = read_chapter(path)
    month = own_month(chapter)
    assert month is not None, f"the parameters cell lacks the tag {OWN_MONTH_TAG}"
    assert (snapshots_folder() / month).is_dir()
    assert any("assert " in cell_source(cell) for cell in chapter.code_cells)
    assert find_unchecked(chapter.notebook) == []
    for word in ("ed.claims", "ed.estimates", "ed.conflicts", "ed.outlooks", "ed.changes"):
        assert not any(word in cell_source(cell) for cell in chapter.code_cells), "a lesson reads statements only"


def test_there_are_lessons():
    assert len(lessons()) >= 7


@pytest.mark.parametrize("path", lessons(), ids=name)
def test_lesson_ends_with_what_to_check_next_time(path):
    cells = read_chapter(path).notebook["cells"]
    last = "".join([cell for cell in cells if cell["cell_type"] == "markdown"][-1]["source"])
    assert "## What to check next time" in last and "**Exercise.**" in last
    assert len(re.findall(r"^\d\. ", last, re.MULTILINE)) >= 4


@pytest.fixture(scope="module")
def glossary(tmp_path_factory):
    """The entries of the glossary as search finds them: names, definition."""
    folder = tmp_path_factory.mktemp("glossary")
    (folder / "index.md").write_text((CHAPTERS / "guide" / "glossary.md").read_text("utf-8"), "utf-8")
    # Endings of its own: Sphinx writes what extensions add into its default, which later builds inherit.
    settings = {"extensions": ["myst_parser"], "root_doc": "index", "source_suffix": {".md": "markdown"}}
    settings |= {"myst_enable_extensions": ["colon_fence"]}
    complaints, places = io.StringIO(), (folder, None, folder / "out", folder / "trees")
    with patch_docutils(None), docutils_namespace():
        app = Sphinx(*places, "dummy", confoverrides=settings, status=None, warning=complaints)
        app.build()
    assert complaints.getvalue() == ""
    sections = page_sections(app.env.get_doctree("index"))
    return [(title.split(" / "), text) for _, title, text, rank in sections if rank == ENTRY]


def test_glossary_has_its_terms_in_both_languages(glossary):
    assert len(glossary) >= FEWEST_TERMS
    for names, definition in glossary:
        assert any(HAN.search(term) for term in names), f"{names} lacks its Chinese name"
        assert any(not HAN.search(term) for term in names), f"{names} lacks its English name"
        assert definition.endswith((".", '."', ")."))
    assert set(NEEDED) <= {term for names, _ in glossary for term in names}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"source": "print(1)"}, ["print(1)"]),
        ({"outputs": []}, ["assert x"]),
        ({"metadata": {}}, ["no solution"]),
    ],
)
def test_a_solution_without_a_check_is_noticed(changes, found):
    cell = {"cell_type": "code", "source": "assert x", "outputs": [{}], "metadata": {"tags": ["hide-cell"]}}
    assert find_unchecked({"cells": [cell | changes]}) == found
