"""What teaches: lessons with a month of their own, exercises with solutions that run, a glossary that is found."""

import re

import pytest

from metalsbook.paths import snapshots_folder
from metalsbook.publish.notebooks import OWN_MONTH_TAG, cell_source, own_month, read_chapter
from tests.guide.prose import CHAPTERS, name

NEEDED = (
    "皮江法 硅铁 白云石 兰炭 出厂价 离岸价 稀土氧化物 镨钕氧化物 镨钕金属 氧化镝 氧化铽 环比 同比 可比口径 反内卷 原镁 "
    "镁锭 镁合金 镁粉 烧结钕铁硼 稀土永磁 人形机器人 新能源汽车 渗透率 产能利用率 海关总署 中汽协 国家统计局 收储 府谷"
).split(" ")
FEWEST_TERMS = 80
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
def test_lesson_reads_statements_only_and_ends_with_what_to_check_next_time(path):
    chapter = read_chapter(path)
    code = "\n".join(map(cell_source, chapter.code_cells))
    assert re.findall(r"\bed\.(?:claims|estimates|conflicts|outlooks|changes)\b", code) == []
    last = [cell_source(cell) for cell in chapter.notebook["cells"] if cell["cell_type"] == "markdown"][-1]
    assert "## What to check next time" in last and "**Exercise.**" in last
    assert len(re.findall(r"^\d\. ", last, re.MULTILINE)) >= 4


def test_glossary_has_its_terms_in_both_languages():
    text = (CHAPTERS / "guide" / "glossary.md").read_text("utf-8")
    boxes = re.findall(r"^:::\{glossary\}\n(.*?)^:::$", text, re.MULTILINE | re.DOTALL)
    entries = [entry.splitlines() for box in boxes for entry in box.strip().split("\n\n")]
    assert len(entries) >= FEWEST_TERMS
    for *names, definition in entries:
        assert any(HAN.search(term) for term in names), f"{names} lacks its Chinese name"
        assert any(not HAN.search(term) for term in names), f"{names} lacks its English name"
        assert definition.startswith("  ") and definition.endswith((".", '."', ")."))
    assert set(NEEDED) <= {term for *names, _ in entries for term in names}
