import json

from docutils import nodes
from docutils.utils import new_document

from metalsbook.publish.search import CHAPTER, ENTRY, OTHER, page_sections


def unpack(script):
    return json.loads(script.removeprefix("metalsbookIndex(").removesuffix(");\n"))


def rows_of(site, folder="2025-11"):
    return unpack((site / folder / "search-index.js").read_text("utf-8"))


def test_every_section_figure_and_chart_is_found_under_its_page(sample_site):
    assert {row[0] for row in rows_of(sample_site)} == {"index", "prices", "shapes"}
    rows = rows_of(sample_site, "guide")
    assert {row[0] for row in rows} == {"glossary"}
    entry = next(row for row in rows if row[2] == "Pidgeon process / 皮江法")
    assert entry[3].startswith("Silicothermic reduction") and entry[4] == ENTRY
    assert {row[4] for row in rows_of(sample_site) if row[0] == "prices"} == {CHAPTER}
    found = " ".join(f"{row[2]} {row[3]}" for row in rows_of(sample_site))
    assert "16,050 CNY/t" in found and "The Fugu ingot price" in found


def test_a_folded_part_with_an_anchor_is_found_by_itself():
    markup = (
        '<p>before</p><details class="s" id="series-a"><summary><b>Ingot</b> <code>mg.a</code></summary><p>CNY/t</p>'
        '<details class="mb-origin"><summary>SMM</summary>printed</details></details><p>after</p>'
    )
    section = nodes.section("", nodes.title(text="Series"), nodes.raw("", markup, format="html"), ids=["series"])
    tree = new_document("page")
    tree += section
    rows = page_sections(tree)
    assert rows[0] == ["series", "Series", "before after", OTHER]
    assert rows[1] == ["series-a", "Ingot mg.a", "CNY/t", ENTRY]
