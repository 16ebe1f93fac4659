"""Drawings made lighter show the same picture, point for point."""

import re

import pytest
import vl_convert

from metalsbook.publish.svg_tree import lighten

DOT = "M3,0A3,3,0,1,1,-3,0A3,3,0,1,1,3,0"
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="120" viewBox="0 0 200 120">
<defs><clipPath id="part-0"><rect x="0" y="0" width="90" height="80"/></clipPath></defs>
<g fill="none" transform="translate(10,10)"><g><g transform="translate(0,0)"><path d="M0,0h180v100h-180Z"/>
<g>{"".join(f'<line transform="translate(0,{y})" x2="180" y2="0" stroke="#d9e2ec"/>' for y in range(0, 100, 20))}</g>
<g>{
    "".join(
        f'<line transform="translate({x},60)" x2="0" y2="-20" stroke="#52606d" stroke-width="5" opacity="0.5"/>'
        for x in range(0, 60, 3)
    )
}</g>
<g>{
    "".join(
        f'<path transform="translate({x},30)" d="{DOT}" fill="#0072b2" stroke-width="2" opacity="0.7"/>'
        for x in range(20, 120, 4)
    )
}</g>
<g clip-path="url(#part-0)"><path d="M0,50l180,20" stroke="#d55e00" stroke-width="2"/></g>
<path transform="translate(150,50)" d="{DOT}" fill="#00876c" stroke="#1f2933" opacity="0.4"/>
<g>{
    "".join(
        f'<text text-anchor="middle" transform="translate({x},95)" fill="#52606d">{x}</text>'
        for x in range(20, 180, 40)
    )
}</g>
<g><text text-anchor="end" transform="translate(170,20) rotate(-90)" fill="#1f2933">turned</text></g>
</g></g></g></svg>"""


def picture(svg: str) -> bytes:
    return vl_convert.svg_to_png(svg, scale=2)


def test_the_picture_stays_the_same_in_less_than_half_the_bytes():
    # What is seen through is rounded otherwise by a hair; it has a test of its own below.
    solid = re.sub(r' opacity="[^"]*"', "", SVG)
    assert picture(lighten(solid)) == picture(solid)
    assert len(lighten(SVG)) < 0.45 * len(SVG)


@pytest.mark.parametrize(("old", "new"), [("0.7", "0.6"), ("#0072b2", "#0072ff"), ('x2="180"', 'x2="179"')])
def test_a_change_of_the_picture_would_be_seen(old, new):
    assert picture(lighten(SVG.replace(old, new))) != picture(lighten(SVG))


def test_what_is_seen_through_stays_so_with_one_paint_or_two():
    light = lighten(SVG)
    assert 'stroke-opacity="0.5"' in light
    assert 'fill-opacity="0.7"' in light
    assert re.search(r'<circle [^>]*fill="#00876c"[^>]* opacity="0.4"', light)


def test_a_second_time_changes_nothing():
    assert lighten(lighten(SVG)) == lighten(SVG)


def test_lines_that_are_seen_through_and_cross_are_not_one():
    # Where two of them cross, the crossing is darker: of 20 lines, 5 wide and 3 apart, each second can be joined.
    light = lighten(SVG)
    assert light.count("v-20") == 20
    assert len(re.findall(r'<path [^>]*d="[^"]*v-20', light)) == 2


def drawn(content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="120" viewBox="0 0 200 120" font-size="11px" '
        f'font-family="sans-serif"><g fill="none" transform="translate(10,10)">{content}</g></svg>'
    )


def marks(places: list[tuple[int, int]], look: str, shape: str = DOT) -> str:
    return "".join(f'<path transform="translate({x},{y})" d="{shape}" {look}/>' for x, y in places)


BLUE, RED = 'fill="#0072b2" fill-opacity="0.7"', 'fill="#d55e00" fill-opacity="0.7"'
ROW = [(x, 40 + x % 7) for x in range(10, 150, 5)]


@pytest.mark.parametrize(
    "content",
    [
        marks(ROW, BLUE),
        marks(ROW[:1], RED) + marks(ROW, BLUE) + marks(ROW[3:4], RED) + marks(ROW[4:6], BLUE) + marks([(90, 44)], RED),
        marks(ROW, 'stroke="#1f2933" stroke-width="3"', "M-5,-5L0,4L5,-5"),
        marks(ROW, 'fill="#d9e2ec" stroke="#1f2933"', "M-5,-5L0,4L5,-5Z"),
        marks(ROW[:2], BLUE) + '<circle r="4" transform="translate(50,50)" fill="#00876c"/>',
    ],
    ids=["row", "mixed", "outlines", "two paints", "few"],
)
def test_marks_that_repeat_look_the_same_also_where_they_overlap(content):
    assert picture(lighten(drawn(content))) == picture(drawn(content))


def test_a_row_of_marks_is_one_path_and_one_mark_is_shown_once():
    light = lighten(drawn(marks(ROW, BLUE) + marks(ROW[:1], RED) + marks(ROW, BLUE) + marks(ROW[:2], RED)))
    assert light.count("<circle") == 2 and "translate" not in light
    assert light.count('style="marker:url(#m0)"') == 2
    assert light.count('style="marker:url(#m1)"') == light.count('marker-end="url(#m1)"') == 1


LABEL = (
    '<text transform="translate(20,30)" fill="#1f2933"><tspan>first</tspan><tspan x="0" dy="13">second</tspan>'
    '<tspan x="0" dy="13">third</tspan></text>'
)
EDGE = LABEL.replace("20,30", "-40.5,30")
TURNED = '<text text-anchor="end" transform="translate(90,50) rotate(300) translate(0,3)" fill="#52606d">turned</text>'
CLIPPED = '<g transform="translate(3,4)"><g clip-path="url(#c)"><path d="M0,0h90v90h-90Z" fill="#9ecae1"/></g></g>'
CLIP = '<defs><clipPath id="c"><rect x="0" y="0" width="30" height="20"/></clipPath></defs>'


@pytest.mark.parametrize("content", [LABEL, EDGE, TURNED, CLIP + CLIPPED], ids=["lines", "edge", "turned", "clipped"])
def test_what_a_group_moves_stays_in_its_place(content):
    moved = drawn(f'<g transform="translate(30.5,12.5)">{content}<path d="M0,0L9,9L18,0" stroke="#1f2933"/></g>')
    assert picture(lighten(moved)) == picture(moved)
    assert lighten(moved).count("translate") < moved.count("translate")


def test_labels_that_vega_hides_go():
    shown = '<text transform="translate(20,30)" fill="#1f2933">shown</text>'
    hidden = shown.replace("<text", '<text opacity="0"') + shown.replace("<text", '<text fill-opacity="0"')
    assert lighten(drawn(shown + hidden)) == lighten(drawn(shown))


def test_labels_of_an_axis_share_what_they_have_in_common():
    anchors = ("start", "middle", "middle", "middle", "end")
    labels = (
        f'<text text-anchor="{anchor}" transform="translate({40 * place - 10},95)" fill="#52606d">{place}</text>'
        for place, anchor in enumerate(anchors)
    )
    light = lighten(drawn("".join(labels)))
    assert light.count("#52606d") == light.count('"middle"') == light.count('"end"') == 1
    assert "start" not in light and 'x="0"' not in light
