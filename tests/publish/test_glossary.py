"""Links to the glossary, on a small book of two pages."""

import re

import pytest

from metalsbook.publish.glossary import Entry, Glossary

GLOSSARY = """# Words

:::{glossary}
magnesium alloy
镁合金
  Mostly *die-cast*.

alloy
合金
  A mixture of metals.

level (measure)
  The figure itself.

FOB
离岸价
  Free on board.

rare earths
稀土
  A family.

statistics bureau
  Counts "output" & more.
:::

A paragraph about alloy and FOB.
"""
PAGE = """# About alloy

Text on `alloy` and [an alloy](https://example.org/). Then magnesium alloys, an alloy, alloy again; FOBs but no fob.
The level of 镁合金 and 离岸价, *稀土*, {term}`a bureau <statistics bureau>` and the statistics bureau.

```{raw} html
<p class="mb-say">The <a href="x">level (measure)</a> of &lt;rare earths&gt;: rare earth-like, a Level.</p>
<ul class="mb-points"><li>see {term}</li></ul>
```
"""
COMPUTED = """# Computed

```{raw} html
<p>Plain alloy.</p>
```

```{raw} html
<p class="mb-say">Rare earths &amp; <code>FOB</code> and <a href="x">FOB</a>, then FOB &lt;now&gt;.</p><p>alloy</p>
<ul class="mb-points"><li>an <b>Alloy</b> of magnesium</li><li>no other alloy</li></ul>
<span class="mb-basis">statistics bureau</span> <span>magnesium alloy</span>
<table><tr><th scope="col">Magnesium alloy</th></tr><tr><th scope="row">Magnesium alloy</th></tr></table>
```
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    folder = tmp_path_factory.mktemp("words")
    (folder / "sub").mkdir()
    for name, text in {"index": PAGE, "sub/words": GLOSSARY, "sub/computed": COMPUTED}.items():
        head = "" if name == "index" else "---\norphan: true\n---\n"
        (folder / f"{name}.md").write_text(head + text, "utf-8")
    settings = {
        "extensions": ["myst_parser", "metalsbook.publish.glossary"],
        "root_doc": "index",
        # Of its own: Sphinx writes what extensions add into its default, which later builds would inherit.
        "source_suffix": {".md": "markdown"},
        "myst_enable_extensions": ["colon_fence"],
        "html_theme": "basic",
    }
    with patch_docutils(None), docutils_namespace():
        app = Sphinx(
            str(folder),
            None,
            str(folder / "out"),
            str(folder / "trees"),
            "html",
            confoverrides=settings,
            status=None,
            warningiserror=True,
        )
        app.build()
    return {
        name: body((folder / "out" / f"{name}.html").read_text("utf-8"))
        for name in ("index", "sub/words", "sub/computed")
    }


def body(page: str) -> str:
    return page.split('<div class="body"', 1)[1].split('<div class="clearer"', 1)[0]


def links(page: str) -> list[tuple[str, str, str]]:
    """Text, address and tooltip of every link to the glossary."""
    found = re.findall(r'<a class="[^"]*mb-term[^"]*" href="([^"]*)" title="([^"]*)">(.*?)</a>', page)
    return [(re.sub(r"<[^>]+>", "", text), address, tip) for address, tip, text in found]


def test_first_use_in_a_paragraph_is_linked_with_its_definition(pages):
    found = links(pages["index"])
    assert [text for text, _, _ in found] == ["magnesium alloys", "alloy", "FOBs", "稀土", "a bureau"]
    assert found[0][1:] == ("sub/words.html#term-magnesium-alloy", "镁合金: Mostly die-cast.")
    assert found[3][1].startswith("sub/words.html#term-")


def test_tooltip_names_the_other_language_and_is_escaped(pages):
    tips = {text: tip for text, _, tip in links(pages["index"])}
    assert tips["稀土"] == "rare earths: A family."
    assert tips["a bureau"] == "statistics bureau: Counts “output” &amp; more."


def test_headings_code_and_links_stay_as_they_are(pages):
    assert re.search(r"<h1>About alloy<a", pages["index"])
    assert '<span class="pre">alloy</span>' in pages["index"]
    assert '<a class="reference external" href="https://example.org/">an alloy</a>' in pages["index"]


def test_sentences_that_cells_computed_are_linked(pages):
    page = pages["sub/computed"]
    linked = [text for text, _, _ in links(page)]
    assert linked == ["Rare earths", "FOB", "Alloy", "statistics bureau", "Magnesium alloy"]
    assert '<th scope="col">Magnesium alloy</th>' in page
    assert '<code>FOB</code> and <a href="x">FOB</a>, then <a class="mb-term"' in page
    assert "</a> &lt;now&gt;.</p><p>alloy</p>" in page
    assert "<p>Plain alloy.</p>" in page
    assert links(page)[0][1] == "words.html#term-rare-earths"


def test_the_glossary_does_not_link_to_itself(pages):
    assert links(pages["sub/words"]) == []


def test_longest_name_wins_and_brackets_are_never_looked_for():
    alloy, metal = Entry(("alloy",), ("a",), "x"), Entry(("magnesium alloy", "镁合金"), ("b", "c"), "y")
    glossary = Glossary("words", [alloy, metal, Entry(("level (measure)",), ("d",), "z")])
    found = glossary.find("Magnesium alloy, alloys; non-alloy, level (measure); 镁合金锭")
    assert [(entry.names[0], anchor) for *_, entry, anchor in found] == [
        ("magnesium alloy", "b"),
        ("alloy", "a"),
        ("magnesium alloy", "c"),
    ]


def test_long_definition_is_cut_at_a_word():
    tip = Entry(("a", "甲"), ("x", "y"), "word " * 100).tip("a")
    assert tip.startswith("甲: word word") and tip.endswith("word …")
    assert len(tip) < 230


def test_an_empty_glossary_finds_nothing():
    assert Glossary("words", []).find("anything") == []
