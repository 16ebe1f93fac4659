import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from types import SimpleNamespace

import pytest

from metalsbook.publish import chart_node, sphinx_ext
from tests import sample_book


@pytest.fixture(scope="module")
def plain_book(tmp_path_factory):
    """The sample book as `jupyter-book build .` builds it from the committed outputs."""
    root = sample_book.make_root(tmp_path_factory.mktemp("plain") / "book")
    program = shutil.which("jupyter-book", path=str(sample_book.Path(sys.executable).parent))
    done = subprocess.run(
        [program, "build", "-W", "-n", "--keep-going", "."], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return root / "_build" / "html"


def test_jupyter_book_s_own_command_builds_the_same_pages(plain_book, sample_site):
    ours = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    theirs = (plain_book / "chapters" / "prices.html").read_text("utf-8")
    figures = re.compile(r'<figure class="chart".*?</figure>', re.DOTALL)
    assert len(figures.findall(theirs)) == 2
    assert [one.replace("../charts/", "charts/") for one in figures.findall(theirs)] == figures.findall(ours)


def test_its_site_carries_its_own_assets(plain_book):
    page = (plain_book / "chapters" / "prices.html").read_text("utf-8")
    for name in ("book.css", "charts.js", "vega.js", "scheme.js"):
        assert (plain_book / "_static" / name).is_file()
    assert 'href="../_static/book.css"' in page
    assert "editions.js" not in page


def test_the_mime_renderer_is_registered():
    registered = {entry.value for entry in entry_points(group="myst_nb.mime_renderers")}
    assert "metalsbook.publish.chart_node:VegaLiteMime" in registered


def test_formulas_need_no_script(sample_site):
    page = (sample_site / "2025-11" / "index.html").read_text("utf-8")
    assert "<math" in page and "mathjax" not in page.lower()
    assert "dollars are money" in page and "as $v$ stands" in page


def test_code_is_folded_in_chapters_and_shown_in_the_guide(sample_site):
    chapter = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    assert chapter.count('<details class="hide"><summary>Code') == 6
    guide = (sample_site / "guide" / "glossary.html").read_text("utf-8")
    assert "<summary>Code" not in guide and "frame" in guide


def test_pages_note_nothing_of_this_machine(sample_site, sample_root):
    for path in sample_site.rglob("*"):
        if path.suffix in (".html", ".js", ".json", ".svg"):
            assert str(sample_root) not in path.read_text("utf-8"), path


def test_the_plugin_leaves_other_outputs_alone():
    class Data:
        mime_type = "text/html"

    assert chart_node.VegaLiteMime.handle_mime(None, Data, False) is None


def test_structured_data_cannot_end_its_script():
    edition = {
        "month": "2025-11",
        "name": "November 2025",
        "cut_off": "2025-12-31",
        "snapshot": "a",
        "method": "1",
        "downloads": {"tables": []},
    }
    hostile = "</script><script>alert(1)</script>"
    text = sphinx_ext._structured({"edition": edition, "base": "", "docstitle": "Book", "description": hostile})
    assert "<" not in text
    assert json.loads(text)["description"] == hostile


@pytest.mark.parametrize(
    ("page", "charts", "first_has_one", "own"),
    [
        ("prices", 2, True, True),
        ("index", 1, True, True),
        ("audit", 1, True, False),
        ("audit", 1, False, True),
        ("guide/lessons/one", 1, True, True),
    ],
)
def test_a_page_with_one_chart_shows_the_card_of_the_first_page(monkeypatch, page, charts, first_has_one, own):
    app = SimpleNamespace(config=SimpleNamespace(root_doc="index"))
    monkeypatch.setattr(sphinx_ext, "_has_chart", lambda _, name: first_has_one and name == "index")
    monkeypatch.setattr(sphinx_ext, "_make_card", lambda *_: "its own")
    context = {"base": "https://example.org/", "folder": "2025-11/"}
    address = sphinx_ext._card(app, page, context, [{}] * charts)
    assert address == ("its own" if own else "https://example.org/2025-11/cards/index.jpg")
