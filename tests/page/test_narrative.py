import pytest

from metalsbook.page.narrative import as_printed, bullets, say
from tests.page.editions import printed

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "low", "resolution", "qualifier", "stated", "shown"),
    [
        (60_000, NAN, 1000, "over", "more than 60,000t", "more than 60,000 t"),
        (20, NAN, 1, "over", "20Kg \u4ee5\u4e0a", "at least 20 t"),
        (35, NAN, 1, "below", "below 35t", "less than 35 t"),
        (542_500, 542_000, 1000, "range", "542,000-543,000", "542,500 t"),
        (4.5, 4, 1, "range", "4-5", "4.5 t"),
        (1.3, NAN, 0.1, "up_to", "up to 1.3", "up to 1.3 t"),
        (5474, NAN, 1, "", "5,474", "5,474 t"),
    ],
)
def test_a_figure_keeps_the_word_of_its_print(value, low, resolution, qualifier, stated, shown):
    ends = {"low": low, "high": 2 * value - low}
    row = printed("x", "2025", value, resolution=resolution, qualifier=qualifier, stated=stated, **ends)
    assert as_printed(row) == shown


def test_sentences_are_escaped():
    assert say("One <b>.", "Two.").markup == '<p class="mb-say">One &lt;b&gt;. Two.</p>'
    assert "x &amp; y" in bullets(["x & y"]).markup
