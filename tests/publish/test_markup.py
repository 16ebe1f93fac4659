import pytest

from metalsbook.publish.markup import take_markup


@pytest.mark.parametrize(
    "markup",
    [
        "<b>a &amp; b</b>",
        "&lt;script&gt;",
        '<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>',
        '<table><tbody><tr data-verdict="hit"><td>1</td></tr></tbody></table>',
        '<ol><li value="142">x</li></ol>',
        '<a href="../data/a.csv" rel="noopener">y</a><a href="https://a.example/b">z</a>',
        '<details open=""><summary>s</summary>t</details>',
    ],
)
def test_what_is_harmless_stays_as_it_is(markup):
    assert take_markup(markup) == (markup, [])


@pytest.mark.parametrize(
    ("markup", "named"),
    [
        ("<script>alert(1)</script>x", "<script>"),
        ("<p onclick='x()'>y</p>", "p onclick=x()"),
        ("<a href='javascript:x()'>y</a>", "a href=javascript:x()"),
        ("<a href='//evil.example/'>y</a>", "a href=//evil.example/"),
        ("<img src='https://evil.example/x'>", "img src=https://evil.example/x"),
        ("<form action='x'><input name='q'></form>", "<form>"),
        ("<p style='x'>y</p>", "p style=x"),
        ("<style>p{}</style>", "<style>"),
        ("<svg viewBox='0 0 1 1'><path d='M0 0' onload='x'/></svg>", "path onload=x"),
        ("<td>1</td>", "<td>"),
        ("<p>not closed", "elements out of order"),
    ],
)
def test_what_would_be_changed_is_refused_and_named(markup, named):
    shown, refused = take_markup(markup)
    assert named in refused and "<" not in shown


def test_brackets_in_addresses_are_escaped_and_those_in_texts_stay():
    assert take_markup('<a href="https://a.example/[b]">[c]</a>')[0] == '<a href="https://a.example/%5Bb%5D">[c]</a>'


def test_pandas_tables_lose_their_style_and_dates_are_one_word():
    assert take_markup("<style scoped>\n.a {}\n</style>\n<b>x</b>") == ("<b>x</b>", [])
    row = '<table><tbody><tr style="text-align: right;"><td>1</td></tr></tbody></table>'
    assert take_markup(row) == ("<table><tbody><tr><td>1</td></tr></tbody></table>", [])
    assert take_markup("<b>2025-11-30</b>")[0] == "<b><time>2025-11-30</time></b>"
    assert take_markup("on 2025-11.")[0] == "on <time>2025-11</time>."
    for two_years in ("2025-26", "2025-2026", "sn-2025-11-30"):
        assert take_markup(two_years)[0] == two_years
