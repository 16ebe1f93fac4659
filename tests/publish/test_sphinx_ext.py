import json
import re

import pytest
from click.testing import CliRunner
from docutils import nodes
from jupyter_book.cli.main import main as jupyter_book

from metalsbook.publish import sphinx_ext
from tests import sample_book


@pytest.fixture(scope="module")
def plain_book(tmp_path_factory):
    """The sample book as `jupyter-book build .` builds it from the committed outputs."""
    root = sample_book.make_root(tmp_path_factory.mktemp("plain") / "book")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(root))
        done = CliRunner().invoke(jupyter_book, ["build", "-W", "-n", "--keep-going", str(root)])
    assert done.exit_code == 0, done.output
    return root / "_build" / "html"


def test_jupyter_book_s_own_command_builds_the_same_pages(plain_book, sample_site):
    ours = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    theirs = (plain_book / "chapters" / "prices.html").read_text("utf-8")
    figures = re.compile(r'<figure class="chart".*?</figure>', re.DOTALL)
    assert len(figures.findall(theirs)) == 2
    assert [one.replace("../charts/", "charts/") for one in figures.findall(theirs)] == figures.findall(ours)
    # Its site carries its own assets.
    page = (plain_book / "chapters" / "prices.html").read_text("utf-8")
    own = {path.name for path in (plain_book / "_static").iterdir()}
    assert {"book.css", "charts.js", "vega.js", "scheme.js", "OFL.txt"} <= own
    assert 'href="../_static/book.css"' in page and "<summary>Code" in page
    assert "<summary>Code" not in (plain_book / "chapters" / "guide" / "glossary.html").read_text("utf-8")
    assert "editions.js" not in page


def test_formulas_need_no_script(sample_site):
    page = (sample_site / "2025-11" / "index.html").read_text("utf-8")
    assert "<math" in page and "mathjax" not in page.lower()
    assert "dollars are money" in page and "as $v$ stands" in page


def test_code_is_folded_in_chapters_and_shown_in_the_guide_where_solutions_are_folded(sample_site):
    chapter = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    assert chapter.count('<details class="hide"><summary>Code') == 6
    guide = (sample_site / "guide" / "glossary.html").read_text("utf-8")
    assert "<summary>Code" not in guide and "frame" in guide
    assert "<summary>Solution</summary>" in guide and "toggle-button" not in guide
    assert '<details class="dropdown"' in guide


def test_structured_data_cannot_end_its_script():
    edition = dict.fromkeys(("month", "name", "cut_off", "snapshot", "method"), "") | {"downloads": {"tables": []}}
    hostile = "</script><script>alert(1)</script>"
    text = sphinx_ext._structured({"edition": edition, "base": "", "docstitle": "Book", "description": hostile})
    assert "<" not in text
    assert json.loads(text)["description"] == hostile


def test_the_headline_is_the_first_computed_sentence_else_the_first_long_paragraph():
    points = '<ul class="mb-points"><li><a href="x">Ingot</a> fell &amp; fell.</li><li>More.</li></ul>'
    long = nodes.paragraph(text="word " * 20)
    assert sphinx_ext.headline(nodes.section("", long, nodes.raw("", points, format="html"))) == "Ingot fell & fell."
    assert sphinx_ext.headline(nodes.section("", nodes.paragraph(text="short"), long)) == ("word " * 20).strip()
    assert sphinx_ext.headline(nodes.section("", nodes.paragraph(text="short"))) == ""


def test_terms_in_an_edition_lead_to_the_glossary_of_the_guide(sample_site):
    page = (sample_site / "2025-11" / "index.html").read_text("utf-8")
    glossary = (sample_site / "guide" / "glossary.html").read_text("utf-8")
    for term in ("dolomite", "Pidgeon-process"):
        assert f'href="../guide/glossary.html#term-{term}"' in page and f'id="term-{term}"' in glossary
