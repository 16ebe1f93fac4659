import pytest

from metalsbook.publish.sanitise import clean_html, is_safe_address


@pytest.mark.parametrize(
    ("markup", "clean", "refused"),
    [
        ("<b>a &amp; b</b>", "<b>a &amp; b</b>", []),
        ("<script>alert(1)</script>x", "x", ["<script>"]),
        ("<p onclick='x()'>y</p>", "<p>y</p>", ["onclick="]),
        ("<a href='javascript:x()'>y</a>", "<a>y</a>", ["href=javascript:x()"]),
        ("<a href=' JaVaScript:x()'>y</a>", "<a>y</a>", ["href= JaVaScript:x()"]),
        ("<a href='//evil.example/'>y</a>", "<a>y</a>", ["href=//evil.example/"]),
        ("<img src='data:image/svg+xml,x'>", "<img>", ["src=data:image/svg+xml,x"]),
        (
            "<style scoped>.a{}</style><table border='1'><tr style='x'><td>1</td></tr></table>",
            "<table><tr><td>1</td></tr></table>",
            [],
        ),
        ("<iframe src='x'>in</iframe>out", "out", ["<iframe>"]),
        ("<form action='x'><input name='q'></form>", "", ["<form>", "<input>"]),
        ("<blink>kept as text</blink>", "kept as text", []),
        (
            "<svg viewBox='0 0 1 1'><path d='M0 0' onload='x'/></svg>",
            '<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>',
            ["onload="],
        ),
        ("<p title='a\"b'>1 < 2</p>", '<p title="a&quot;b">1 &lt; 2</p>', []),
        ("<details open><summary>s</summary></details>", '<details open=""><summary>s</summary></details>', []),
        ("&lt;script&gt;", "&lt;script&gt;", []),
    ],
)
def test_only_harmless_html_is_left(markup, clean, refused):
    assert clean_html(markup) == (clean, refused)


def test_a_date_is_one_word():
    assert clean_html("<td>2025-11-30</td>")[0] == "<td><time>2025-11-30</time></td>"
    assert clean_html("on 2025-11.")[0] == "on <time>2025-11</time>."
    assert clean_html("sn-2025-11-30 and 2025-2026")[0] == "sn-2025-11-30 and 2025-2026"


@pytest.mark.parametrize("address", ["https://a.example/b", "http://a", "page.html#x", "#x", "../data/a.csv"])
def test_addresses_of_the_web_and_the_site_are_safe(address):
    assert is_safe_address(address)


@pytest.mark.parametrize("address", ["javascript:x", "data:text/html,x", "vbscript:x", "file:///etc/x", "//a.example"])
def test_other_addresses_are_not(address):
    assert not is_safe_address(address)
