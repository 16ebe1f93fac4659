import json
import re

import pytest

from metalsbook.page.theme import MIME
from metalsbook.publish import chart_node

HOSTILE = '"><script>alert(1)</script>'
SPEC = {
    "title": {"text": f"Output {HOSTILE}", "subtitle": "t"},
    "description": f"Rises {HOSTILE}",
    "usermeta": {"source": HOSTILE},
    "width": 600,
    "data": {"values": [{HOSTILE: HOSTILE, "value": number} for number in range(80)]},
    "mark": "bar",
    "encoding": {"y": {"field": "value", "type": "quantitative"}},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("charts")
    return folder, chart_node.write_chart(SPEC, "prices-1", folder, "../charts/prices.js")


def test_every_file_that_the_figure_names_is_written(written):
    folder, figure = written
    named = set(re.findall(r'(?:src|srcset|href|data-spec)="\.\./charts/([^"]+)"', figure))
    assert named == {"prices-1.svg", "prices-1-narrow.svg", "prices-1.csv", "prices-1.json", "prices.js"}
    assert named == {"prices.js"} | {path.name for path in folder.iterdir()}


def test_text_of_a_chart_stays_text(written):
    _, figure = written
    assert "<script" not in figure
    assert figure.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_the_picture_says_how_large_it_is_and_what_it_shows(written):
    _, figure = written
    assert re.search(r'<img src="[^"]+" width="700" height="\d+" alt="Rises ', figure)


def test_each_table_has_its_file_and_its_fold(written):
    folder, figure = written
    assert (folder / "prices-1.csv").read_text("utf-8-sig").count("\n") == 81
    assert figure.count('<details class="chart-data"><summary>Data table</summary></details>') == 1


def test_the_spec_is_kept_whole(written):
    folder, _ = written
    assert json.loads((folder / "prices-1.json").read_text("utf-8")) == SPEC


def test_two_tables_of_a_chart_have_two_files():
    layers = [{"data": {"values": [{"a": number}]}} for number in range(2)]
    listed = chart_node.list_chart({"layer": layers}, "x-1")
    assert listed["csv"] == ["../charts/x-1.csv", "../charts/x-1-2.csv"]


def test_a_spec_may_come_as_text():
    class Data:
        mime_type = MIME
        content = json.dumps(SPEC)

    (node,) = chart_node.VegaLiteMime.handle_mime(None, Data, False)
    assert node["spec"] == SPEC
