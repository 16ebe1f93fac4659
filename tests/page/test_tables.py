import pandas as pd

from metalsbook.page.narrative import Html, link
from metalsbook.page.tables import table

EVIL = "<script>alert(1)</script>\"'"


def test_text_from_the_ledger_stays_text():
    frame = pd.DataFrame({EVIL: [EVIL], "b": [Html("<b>kept</b>")]})
    markup = table(frame, EVIL).markup
    assert "<script" not in markup
    assert "<b>kept</b>" in markup


def test_only_web_addresses_become_links():
    assert link("javascript:alert(1)", "x") == "x"
    assert link('https://a/"onclick="x', "x").startswith('<a href="https://a/&quot;onclick')
