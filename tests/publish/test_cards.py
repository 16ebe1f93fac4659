import xml.etree.ElementTree as ElementTree

from metalsbook.publish import cards

CHART = '<svg width="700" height="300" viewBox="0 0 700 300"><style>a{}</style><rect width="7" height="9"/></svg>'
TITLE = "Exports & <b>imports</b> of magnesium, a title that is far too long for one line"


def test_a_card_holds_chart_title_and_edition_as_text():
    svg = cards.card_svg(CHART, TITLE, "Edition")
    root = ElementTree.fromstring(svg)
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "Edition"
    assert " ".join(texts[1:]) == TITLE
    assert "style" not in svg
    (chart,) = root.findall("{http://www.w3.org/2000/svg}svg")
    wide, high = float(chart.get("width")), float(chart.get("height"))
    assert abs(wide / high - 700 / 300) < 0.01
    assert float(chart.get("y")) + high <= cards.HEIGHT


def test_a_card_is_drawn_once(tmp_path):
    cards.write_card(CHART, "Title", "Edition", tmp_path / "a" / "x.jpg", tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    before = kept.stat().st_mtime_ns
    cards.write_card(CHART, "Title", "Edition", tmp_path / "a" / "y.jpg", tmp_path / "cache")
    assert kept.stat().st_mtime_ns == before
    assert (tmp_path / "a" / "x.jpg").read_bytes().startswith(b"\xff\xd8")
    assert (tmp_path / "a" / "y.jpg").read_bytes() == (tmp_path / "a" / "x.jpg").read_bytes()
