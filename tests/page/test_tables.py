import re
from types import SimpleNamespace

import pandas as pd
import pytest

from metalsbook.page.catalogue import MOST_PAGES, MOST_PUBLISHERS, sources_table
from metalsbook.page.narrative import Html, link
from metalsbook.page.tables import origin, table
from tests.page.editions import printed

EVIL = "<script>alert(1)</script>\"'"


def test_the_first_column_heads_rows_numbers_stand_right_and_gaps_are_shown():
    frame = pd.DataFrame({"Who": ["SMM", "NBS"], "Figure": [1234.4, float("nan")], "%": [-4.78, 0.0]})
    markup = table(frame, "A caption", {"%": "{:+.1f}".format}).markup
    for part in ('<th scope="row">SMM</th>', '<td class="num">1,234</td>', ">\u22124.8</td>", ">0.0</td>"):
        assert part in markup
    assert 'class="mb-missing"' in markup and "<caption>A caption</caption>" in markup


def test_text_from_the_ledger_stays_text():
    frame = pd.DataFrame({EVIL: [EVIL], "b": [Html("<b>kept</b>")]})
    markup = table(frame, EVIL).markup
    assert "<script" not in markup
    assert "<b>kept</b>" in markup


def test_only_web_addresses_become_links():
    assert link("javascript:alert(1)", "x") == "x"
    assert link('https://a/"onclick="x', "x").startswith('<a href="https://a/&quot;onclick')


def test_the_origin_of_a_statement_names_text_source_date_and_id():
    book = SimpleNamespace(source={"s": {"publisher": "SMM", "title": EVIL, "url": "https://a"}}.get)
    statement = printed("x", "2025-11", 38900, stated="38,900 tons", source="s") | {"statement": "st-1"}
    markup = origin(book, statement).markup
    for part in ("38,900 tons", "SMM, 2025-12-22", "st-1", 'href="https://a"', "&lt;script&gt;"):
        assert part in markup
    assert "undated page" in origin(book, statement | {"published_basis": "assumed"}).markup


def sources_of(pages: dict[str, tuple[str, str, int]]):
    """An edition of one chapter: of each page its publisher, its day and how many statements it makes."""
    rows = [(name, publisher, day, f"https://a/{day}", "T") for name, (publisher, day, _) in pages.items()]
    sources = pd.DataFrame(rows, columns=["source", "publisher", "published", "url", "title"])
    statements = sources.loc[sources.index.repeat([count for *_, count in pages.values()]), ["source", "published"]]
    statements = statements.assign(series="mg.a", measure="level", period="2025-11")
    return SimpleNamespace(
        month="2025-11", sources=sources, rows_of=lambda *_: statements, series_of=lambda _: ["mg.a"]
    )


def test_sources_name_their_newest_pages_by_day_and_count_the_others():
    days = [f"2025-11-{day:02d}" for day in range(1, MOST_PAGES + 3)]
    pages = {f"s-{day}": ("SMM", day, 1) for day in days}
    ed = sources_of(pages)
    markup = sources_table(ed, "magnesium_prices").markup
    assert f"<summary>{len(days)} pages</summary>" in markup
    assert re.findall(r'href="https://a/([^"]+)"[^>]*>([^<]+)<', markup) == [(day, day) for day in days[2:]]
    assert "and 2 older or undated pages" in markup


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, None),
        ({"p": 1}, "1 more publisher with 1 statement"),
        ({"p": 1, "q": 1}, "2 more publishers with 1 statement each"),
        ({"p": 3, "q": 12, "r": 3}, "3 more publishers with 3 to 12 statements each"),
    ],
)
def test_publishers_with_few_statements_are_folded(more, words):
    counts = {f"big {number}": 20 for number in range(MOST_PUBLISHERS)} | more
    ed = sources_of({name: (name, "2025-11-30", count) for name, count in counts.items()})
    seen, _, fold = sources_table(ed, "magnesium_prices").markup.partition('<details class="mb-group">')
    assert seen.count("<tr>") == 1 + MOST_PUBLISHERS and seen.count("big ") == MOST_PUBLISHERS
    assert fold.count("<tr>") == (1 + len(more) if more else 0)
    assert not more or f"<summary>{words}</summary>" in fold
