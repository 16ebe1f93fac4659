import re

import pytest

from metalsbook.publish.folds import pack_folds
from tests.publish.samples import fill_folds, unpack_text

ORIGIN = '<details class="mb-origin"><summary>SMM &lt;details&gt;</summary><ul><li>printed</li></ul></details>'
CARD = f'<details id="a">\n<summary>A <b>card</b></summary><p>text</p>{ORIGIN}</details>'


def test_folds_keep_their_summary_alone():
    body, packed = pack_folds(f"<p>before</p>{ORIGIN}<p>between</p>{CARD}<p>after</p>")
    assert body == (
        '<p>before</p><details class="mb-origin"><summary>SMM &lt;details&gt;</summary></details>'
        '<p>between</p><details id="a">\n<summary>A <b>card</b></summary></details><p>after</p>'
    )
    assert unpack_text(packed) == ["<ul><li>printed</li></ul>", f"<p>text</p>{ORIGIN}"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>none</p>",
        "<details>no summary</details>",
        "</details>",
        "<details><summary>",
        '<details class="hide"><summary>Solution</summary><figure class="chart"></figure></details>',
        '<figure class="chart"><details class="chart-data"><summary>Data table</summary></details></figure>',
    ],
)
def test_what_is_no_whole_fold_or_belongs_to_a_chart_stays_as_it_is(body):
    assert pack_folds(body) == (body, "")


def test_a_page_of_the_site_holds_all_of_its_folds(sample_site):
    text = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    assert "st-0123456789" not in text
    filled = fill_folds(text)
    origin = re.search(r'<details class="mb-origin">.*?</details>', filled, re.DOTALL)
    assert 'href="https://example.org/a"' in origin[0]
    assert "<pre>" not in filled and 'month = <span class="s2">"2025-11"</span>' in filled


def test_the_guide_is_read_without_scripts(sample_site):
    text = (sample_site / "guide" / "glossary.html").read_text("utf-8")
    assert 'id="folds"' not in text and "no-script" not in text
    assert "<summary>Solution</summary>\n<" in text
