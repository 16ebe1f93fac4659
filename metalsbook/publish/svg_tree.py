"""Drawings made lighter: what a group shares is said once, marks and lines that look alike become one, idle groups go.

Nothing here changes a picture: what is painted over something else stays so, and what is seen through is as dark.
"""

import copy
import re
from collections import Counter
from itertools import groupby
from xml.etree import ElementTree

from metalsbook.publish.svg_layers import can_join, join_alike
from metalsbook.publish.svg_path import circle_radius, move_path, read_path, write_number, write_path

_SVG = "http://www.w3.org/2000/svg"
_SHARED = (
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "stroke-linecap",
    "text-anchor",
    "font-weight",
    "font-size",
    "font-family",
)
"""Attributes that an element takes over from its group."""
_MOVE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_TURNED = re.compile(r"(translate\([^)]*\)) (rotate\([^)]*\)) translate\((-?[\d.]+),(-?[\d.]+)\)")
_MARKED = ("style", "marker-end")
"""Attributes by which a path, itself unseen, shows marks at its points."""
_LEAST_USES = 3
_PLACES = {"text": ("x", "y"), "tspan": ("x", "y"), "circle": ("cx", "cy")}


def lighten(svg: str) -> str:
    """Return a drawing of Vega with the same picture in fewer bytes.

    Args:
        svg: The drawing; its root fills nothing (`fill="none"` on the outermost group), as Vega writes it.
    """
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(svg)
    _tidy(root, "none", "none")
    _unwrap(root)
    _mark_repeated(root)
    _place(root)
    _settle(root)
    _join_paths(root, {"fill": "none", "stroke": "none"})
    _say_opacity_of_paint(root, "none", "none")
    _share(root, _SHARED)
    # Labels of one axis differ in where they are anchored.
    _share(root, tuple(name for name in _SHARED if name != "text-anchor"))
    _drop_noughts(root)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _tidy(element: ElementTree.Element, fill: str, stroke: str) -> None:
    """Drop what paints nothing and what says nothing."""
    fill, stroke = element.get("fill", fill), element.get("stroke", stroke)
    if element.get("transform") == "translate(0,0)":
        del element.attrib["transform"]
    if element.get("text-anchor") == "start":
        del element.attrib["text-anchor"]
    if stroke == "none" and _name(element) != "g":
        for name in ("stroke-width", "stroke-dasharray"):
            element.attrib.pop(name, None)
    for child in list(element):
        _tidy(child, fill, stroke)
        unused = not {"id", *_MARKED} & set(child.attrib) and _name(element) != "clipPath"
        unseen = _name(child) in ("path", "text") and _is_unseen(child, fill, stroke)
        # Vega writes the line of a series without a single figure so.
        unseen |= _name(child) == "path" and not child.get("d")
        if (unseen and unused) or (_name(child) == "g" and len(child) == 0):
            element.remove(child)


def _is_unseen(element: ElementTree.Element, fill: str, stroke: str) -> bool:
    """Tell whether a mark paints nothing; Vega so hides labels that would overlap."""
    paints = {"fill": element.get("fill", fill), "stroke": element.get("stroke", stroke)}
    seen = [name for name, paint in paints.items() if paint != "none" and element.get(f"{name}-opacity") != "0"]
    return not seen or element.get("opacity") == "0"


def _unwrap(element: ElementTree.Element) -> None:
    """Put the children of a group without attributes in its place."""
    for child in list(element):
        _unwrap(child)
        if _name(child) == "g" and not child.attrib:
            _replace(element, [child], list(child))


def _replace(parent: ElementTree.Element, old: list[ElementTree.Element], new: list[ElementTree.Element]) -> None:
    """Put new children in the place of neighbours."""
    place = list(parent).index(old[0])
    parent[place : place + len(old)] = new


def _mark_look(element: ElementTree.Element) -> tuple[tuple[str, str], ...] | None:
    """Return all that a mark says but its place, or None for what is no mark."""
    if _name(element) != "path" or not _MOVE.fullmatch(element.get("transform", "")):
        return None
    return tuple(sorted((name, value) for name, value in element.attrib.items() if name != "transform"))


def _mark_repeated(root: ElementTree.Element) -> None:
    """Draw a mark that stands at several places once; a path leads from place to place and shows it at each."""
    looks = Counter(look for element in root.iter() if (look := _mark_look(element)))
    often = [look for look, uses in looks.items() if uses >= _LEAST_USES]
    names = {look: f"m{number}" for number, look in enumerate(often)}
    for parent in list(root.iter()):
        for look, run in groupby(list(parent), key=_mark_look):
            if look in names:
                marks = list(run)
                _replace(parent, marks, [_trail(marks, names[look])])
    kept = ElementTree.Element(f"{{{_SVG}}}defs")
    for look, name in names.items():
        # Without room of its own a marker would be cut to three pixels. It is scaled by the width of the unseen path's
        # stroke, which is one: Vega says such widths on marks, never on a group.
        marker = ElementTree.SubElement(kept, f"{{{_SVG}}}marker", {"id": name, "overflow": "visible"})
        ElementTree.SubElement(marker, f"{{{_SVG}}}path", dict(look))
    if names:
        # Within the outermost group a marker takes over what the marks took over there.
        root.find(f"{{{_SVG}}}g").insert(0, kept)


def _trail(marks: list[ElementTree.Element], name: str) -> ElementTree.Element:
    """Return the path, itself unseen, that shows a marker at the place of each mark, in their order."""
    places = [_MOVE.fullmatch(mark.get("transform")).groups() for mark in marks]
    data = "M" + "L".join(f"{x},{y}" for x, y in places)
    if len(places) > 1:
        return ElementTree.Element(f"{{{_SVG}}}path", {"d": data, "style": f"marker:url(#{name})"})
    # One place is both start and end, and would show the marker twice.
    return ElementTree.Element(f"{{{_SVG}}}path", {"d": data + "h0", "marker-end": f"url(#{name})"})


def _place(element: ElementTree.Element) -> None:
    """Give each mark, line and text its own coordinates instead of moving its ground."""
    for child in element:
        _place(child)
    if _name(element) == "line":
        _make_path(element)
    elif _name(element) == "path":
        _make_circle(element)
    elif _name(element) == "text" and (turned := _TURNED.fullmatch(element.get("transform", ""))):
        element.set("transform", turned[1] + turned[2])
        _move_places(element, float(turned[3]), float(turned[4]))
    move = _MOVE.fullmatch(element.get("transform", ""))
    if move and _name(element) in ("path", "circle", "text"):
        del element.attrib["transform"]
        _move(element, float(move[1]), float(move[2]))


def _make_path(line: ElementTree.Element) -> None:
    across, down = line.attrib.pop("x2", "0"), line.attrib.pop("y2", "0")
    line.tag = f"{{{_SVG}}}path"
    line.set("d", write_path(read_path(f"M0,0l{across},{down}")))


def _make_circle(path: ElementTree.Element) -> None:
    """Write a path in few bytes; a circle as what it is."""
    path.set("d", write_path(read_path(path.get("d", ""))))
    radius = circle_radius(path.get("d"))
    if radius:
        path.tag = f"{{{_SVG}}}circle"
        del path.attrib["d"]
        path.set("r", radius)


def _move(element: ElementTree.Element, x: float, y: float) -> None:
    """Move an element by its own coordinates where it has such, else by those of what it holds."""
    transform, name = element.get("transform", ""), _name(element)
    if name == "defs":
        return
    if transform or "clip-path" in element.attrib or name not in ("g", "path", *_PLACES):
        before = re.match(_MOVE, transform)
        if before:
            x, y = x + float(before[1]), y + float(before[2])
            transform = transform[before.end() :]
        element.set("transform", f"translate({write_number(x)},{write_number(y)}){transform}")
    elif name == "path":
        element.set("d", write_path(move_path(read_path(element.get("d")), round(x * 10), round(y * 10))))
    elif name == "g":
        for child in element:
            _move(child, x, y)
    else:
        _move_places(element, x, y)


def _move_places(element: ElementTree.Element, x: float, y: float) -> None:
    """Move a circle or a text with its lines by their own coordinates."""
    for part in element.iter():
        for place, by in zip(_PLACES[_name(part)], (x, y), strict=True):
            # A line of a text that does not say where it stands follows the one before it.
            if part is element or place in part.attrib:
                part.set(place, write_number(float(part.get(place, "0")) + by))


def _settle(element: ElementTree.Element) -> None:
    """Move what a group holds instead of the group, where that takes fewer bytes."""
    for child in list(element):
        _settle(child)
        move = _MOVE.fullmatch(child.get("transform", ""))
        if _name(child) != "g" or not move:
            continue
        moved = copy.deepcopy(child)
        del moved.attrib["transform"]
        _move(moved, float(move[1]), float(move[2]))
        if _weight(moved) < _weight(child):
            _replace(element, [child], [moved] if moved.attrib else list(moved))


def _weight(group: ElementTree.Element) -> int:
    return len(ElementTree.tostring(group)) - (0 if group.attrib else len("<g></g>"))


def _join_paths(element: ElementTree.Element, given: dict[str, str]) -> None:
    """Make neighbouring paths that look alike one path."""
    given = {**given, **{name: element.get(name) for name in _SHARED if name in element.attrib}}
    for child in element:
        if _name(child) not in ("defs", "clipPath"):
            _join_paths(child, given)
    runs = groupby(list(element), key=lambda child: _name(child) == "path" and can_join({**given, **child.attrib}))
    for joins, run in runs:
        paths = list(run)
        if joins and len(paths) > 1:
            joined = join_alike([(_look_of(path), path.get("d")) for path in paths], given)
            new = [ElementTree.Element(f"{{{_SVG}}}path", {"d": data, **look}) for look, data in joined]
            _replace(element, paths, new)


def _look_of(path: ElementTree.Element) -> dict[str, str]:
    return {name: value for name, value in path.attrib.items() if name != "d"}


def _say_opacity_of_paint(element: ElementTree.Element, fill: str, stroke: str) -> None:
    """Say how a mark with one paint is seen through in the attribute of that paint, which a group can share."""
    fill, stroke = element.get("fill", fill), element.get("stroke", stroke)
    if "opacity" in element.attrib and len(element) == 0 and "none" in (fill, stroke):
        name = "stroke-opacity" if fill == "none" else "fill-opacity"
        if name not in element.attrib:
            element.set(name, element.attrib.pop("opacity"))
    for child in element:
        _say_opacity_of_paint(child, fill, stroke)


def _share(element: ElementTree.Element, names: tuple[str, ...]) -> None:
    """Say on a group what neighbours all say; where they are all of a group's children, the group itself says it."""
    for child in element:
        if _name(child) not in ("defs", "clipPath"):
            _share(child, names)
    if _name(element) not in ("g", "svg"):
        return
    runs = groupby(list(element), key=lambda child: {name: child.get(name) for name in names if name in child.attrib})
    for look, run in runs:
        children = list(run)
        said = sum(len(f' {name}="{value}"') for name, value in look.items())
        whole = len(children) == len(element) and _name(element) == "g"
        if said * (len(children) - 1) <= (0 if whole else len("<g></g>")):
            continue
        for child in children:
            for name in look:
                del child.attrib[name]
        if whole:
            element.attrib.update(look)
        else:
            group = ElementTree.Element(f"{{{_SVG}}}g", look)
            _replace(element, children, [group])
            group.extend(children)


def _drop_noughts(root: ElementTree.Element) -> None:
    """Leave out coordinates that are 0 by themselves; in a part of a text they start a line."""
    for element in root.iter():
        for place in _PLACES.get(_name(element), ()):
            if element.get(place) == "0" and _name(element) != "tspan":
                del element.attrib[place]
