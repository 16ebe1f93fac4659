import json

import pytest

from metalsbook.publish.search_index import index_script


def rows_of(site):
    script = (site / "2025-11" / "search-index.js").read_text("utf-8")
    return json.loads(script.removeprefix("metalsbookIndex(").removesuffix(");\n"))


def test_every_section_is_found_under_its_page(sample_site):
    rows = rows_of(sample_site)
    assert {row[0] for row in rows} == {"index", "prices", "shapes", "guide/glossary"}
    glossary = next(row for row in rows if row[2] == "Glossary")
    assert "皮江法" in glossary[3] and "Silicothermic reduction" in glossary[3]


@pytest.mark.parametrize("text", ["16,050 CNY/t", "The Fugu ingot price"])
def test_figures_and_charts_are_found(sample_site, text):
    assert text in " ".join(f"{row[2]} {row[3]}" for row in rows_of(sample_site))


def test_the_script_is_in_a_fixed_order():
    assert index_script({"b": [["", "B", "t"]], "a": [["x", "A", "t"]]}) == (
        'metalsbookIndex([["a","x","A","t"],["b","","B","t"]]);\n')
