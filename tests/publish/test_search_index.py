import pytest
from docutils import nodes
from docutils.utils import new_document

from metalsbook.publish.search_index import index_script, page_sections
from tests.publish.samples import unpack


def rows_of(site, folder="2025-11"):
    return unpack((site / folder / "search-index.js").read_text("utf-8"))


def test_every_section_is_found_under_its_page(sample_site):
    assert {row[0] for row in rows_of(sample_site)} == {"index", "prices", "shapes"}
    rows = rows_of(sample_site, "guide")
    assert {row[0] for row in rows} == {"glossary"}
    glossary = next(row for row in rows if row[2] == "Glossary")
    assert "皮江法" in glossary[3] and "Silicothermic reduction" in glossary[3]


@pytest.mark.parametrize("text", ["16,050 CNY/t", "The Fugu ingot price"])
def test_figures_and_charts_are_found(sample_site, text):
    assert text in " ".join(f"{row[2]} {row[3]}" for row in rows_of(sample_site))


def test_the_script_is_in_a_fixed_order():
    pages = {"b": [["", "B", "t"]], "a": [["x", "A", "镁锭"]]}
    assert index_script(pages).startswith('metalsbookIndex("')
    assert unpack(index_script(pages)) == [["a", "x", "A", "镁锭"], ["b", "", "B", "t"]]
    assert index_script(pages) == index_script(dict(reversed(pages.items())))


def test_a_folded_part_with_an_anchor_is_found_by_itself():
    markup = (
        '<p>before</p><details class="s" id="series-a"><summary><b>Ingot</b> <code>mg.a</code></summary><p>CNY/t</p>'
        '<details class="mb-origin"><summary>SMM</summary>printed</details></details><p>after</p>'
    )
    section = nodes.section("", nodes.title(text="Series"), nodes.raw("", markup, format="html"), ids=["series"])
    tree = new_document("page")
    tree += section
    rows = page_sections(tree)
    assert rows[0] == ["series", "Series", "before after"]
    assert rows[1] == ["series-a", "Ingot mg.a", "CNY/t"]
