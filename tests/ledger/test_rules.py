import pandas as pd
import pytest

from metalsbook.ledger import rules


def keeps(rule: rules.Rule, text: str) -> bool:
    return bool(rule.test(pd.Series([text], dtype="str")).iloc[0])


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (rules.PERIOD, ["2025", "2025-01", "2024-02-29"], ["2025-13", "2025-02-29", "25-01", "2025-1", "2025-Q1"]),
        (rules.DATE, ["2024-02-29"], ["2025-02-29", "2025-02", "2025-06-31", "20250101"]),
        (rules.NUMBER, ["1", "-2.5", "0.001"], ["1,000", "1e5", ".5", "1.", "--1", "１２", "nan", "1 "]),
        (
            rules.SERIES_ID,
            ["mg.export.ingot.to.IDN", "ree.export.magnet.cn.to.EU", "mg_al.price_ratio"],
            ["Mg.export", "mg..export", "mg.export.", "mg export", "mg/export", "mg.<b>", ".mg"],
        ),
        (rules.SLUG, ["smm-2025-12-22-44b724", "a--b", "cl-1"], ["SMM-1", "a b", "-a", "a/b", "a<b>"]),
        (rules.STATEMENT_ID, ["st-0123456789", "st-0123456789-2"], ["st-012345678", "0123456789", "st-012345678g"]),
        (rules.SERIES_PAIR, ["a.b/c.d"], ["a.b", "a/b/c", "/a"]),
        (
            rules.URL,
            ["https://example.org/a?b=1#c", "http://example.org/中"],
            ["javascript:alert(1)", "ftp://a", "https://a b", 'https://a"', "https://a<b>", "//a", "data:text/html,x"],
        ),
        (rules.PLAIN, ["a < b", "a > b [1]"], ["<script>", "</p>", "<!--", "[a](b)", "{{ x }}", "{% x"]),
        (
            rules.CLEAN,
            ["plain 中文 \u0639\u0631\u0628\u064a – é"],
            ["a\x00b", "a\nb", "a\tb", "a\u202eb", "a\u2066b", "a\u200bb", "\ufeffa", "a\u00adb", " a", "a ", "\ufffd"],
        ),
    ],
)
def test_rules(rule, good, bad):
    assert [text for text in good if not keeps(rule, text)] == []
    assert [text for text in bad if keeps(rule, text)] == []


def test_unique_marks_the_repeats_only():
    assert rules.UNIQUE.test(pd.Series(["a", "b", "a"])).tolist() == [True, True, False]


def test_one_of_names_the_words():
    rule = rules.one_of(("a", "b"), "a word")
    assert rule.text == "a word: one of a, b"
    assert keeps(rule, "a")
    assert not keeps(rule, "c")
