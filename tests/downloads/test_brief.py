"""The brief: what it says of an edition, text that mail leaves alone, and a PDF that is the same on every build."""

import re

import pandas as pd
import pytest

from metalsbook.downloads.brief import brief_content, brief_pdf, brief_text
from tests.page.editions import edition, month, printed

INGOT = "mg.export.ingot"
WRONG = {"claim": "c-1", "statement": "Alloy declined slightly.", "printed": "slightly", "verdict": "contradicted"}
OPEN = dict.fromkeys(("recomputed", "evidence"), "") | {"recomputed_low": -10.04, "recomputed_high": -10.04}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text font-family="Metals Sans" y="9">1</text></svg>'
)


@pytest.fixture(scope="module")
def told():
    statements = [printed(INGOT, "2025-11", 22218), printed(INGOT, "2025-11", 61.21, "mom", 0.01)]
    made = edition(statements, [month(INGOT, "2025-11", 22218)], catalogue={INGOT: {"title": "Ingot"}})
    made.__dict__["_derived"]["claims"] = pd.DataFrame(
        [WRONG | OPEN | {"recomputed_unit": "%", "unit": "%", "kind": "figure"}]
    )
    made.__dict__["_derived"]["outlooks"] = pd.DataFrame()
    return brief_content(made)


def test_it_says_headline_table_failed_claims_and_where_from(told):
    assert told["headline"] == "Magnesium ingot exports rose 61% in November"
    assert len(told["takeaways"]) == 5
    assert told["rows"] == [["Magnesium exports, ingot", "Nov 25", "22,218", "t", "+61", "–", "–", "–", "published"]]
    assert [claim["said"] for claim in told["claims"]] == ["Alloy declined slightly."]
    assert "2 figures from 1 sources" in told["sources"]
    # Its text fits a mail.
    text = brief_text(told)
    assert "Magnesium exports, ingot (t)" in text and "Published: slightly" in text
    assert max(map(len, text.splitlines())) <= 100


def test_two_pages_in_the_books_own_type_with_the_same_bytes_twice(told):
    pictures = {f"chart-{place}.svg": SVG for place in range(3)}
    pdf = brief_pdf(told, pictures)
    assert pdf == brief_pdf(told, pictures)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    assert b"MetalsSans" in pdf and b"CreationDate" not in pdf
