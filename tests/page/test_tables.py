from types import SimpleNamespace

import pandas as pd

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
