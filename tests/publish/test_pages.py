from types import SimpleNamespace

import pytest
from docutils import nodes

from metalsbook.publish import pages


def test_the_headline_is_the_first_computed_sentence():
    points = '<ul class="mb-points"><li><a href="x">Ingot</a> fell &amp; fell.</li><li>More.</li></ul>'
    tree = nodes.section("", nodes.paragraph(text="word " * 20), nodes.raw("", points, format="html"))
    assert pages.headline(tree) == "Ingot fell & fell."


def test_without_one_it_is_the_first_long_paragraph_and_its_description_is_cut_at_a_word():
    tree = nodes.section("", nodes.paragraph(text="short"), nodes.paragraph(text="word " * 80))
    described = pages.shorten(pages.headline(tree))
    assert described.endswith("word …") and len(described) <= 202


def test_a_page_without_text_has_no_headline():
    assert pages.headline(nodes.section("", nodes.paragraph(text="short"))) == ""


def test_solutions_become_details(sample_site):
    page = (sample_site / "guide" / "glossary.html").read_text("utf-8")
    assert "<summary>Solution</summary>" in page
    assert '<details class="dropdown admonition' in page and "toggle-button" not in page


def test_html_of_cells_is_cleaned(sample_site):
    page = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    assert 'class="dataframe"' in page
    assert "<style" not in page and "border=" not in page


@pytest.mark.parametrize(
    ("page", "mode", "after"),
    [
        ("prices", None, ("input", "Code")),
        ("prices", "all", ("all", "Solution")),
        ("guide/method", None, (None, None)),
        ("chapters/guide/method", "all", ("all", "Solution")),
    ],
)
def test_code_of_chapters_and_solutions_everywhere_are_folded(page, mode, after):
    cell = nodes.container(nb_element="cell_code", **({"hide_mode": mode} if mode else {}))
    tree = nodes.section("", cell, nodes.container(nb_element="other"))
    pages.fold_code(SimpleNamespace(env=SimpleNamespace(docname=page)), tree)
    assert (cell.get("hide_mode"), cell.get("prompt_show")) == after
    assert "hide_mode" not in tree[1]
