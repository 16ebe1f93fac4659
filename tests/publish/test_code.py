from pygments import highlight
from pygments.formatters import HtmlFormatter

from metalsbook.publish.code import ChapterLexer

CODE = 'month = "2025-11"  # the month\nprint(month + "!", not 1)\n'


def test_coloured_tokens_stay_marked_and_the_others_are_text():
    shown = highlight(CODE, ChapterLexer(), HtmlFormatter(nowrap=True))
    assert shown == (
        'month = <span class="s2">"2025-11"</span>  <span class="c1"># the month</span>\n'
        '<span class="nb">print</span>(month + <span class="s2">"!"</span>, '
        '<span class="ow">not</span> <span class="mi">1</span>)\n'
    )


def test_no_sign_of_the_code_is_lost():
    assert "".join(text for _, text in ChapterLexer().get_tokens(CODE)) == CODE


def test_pages_use_it(sample_site):
    assert '<span class="n">' not in (sample_site / "2025-11" / "prices.html").read_text("utf-8")
