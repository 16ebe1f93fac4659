"""Drawings made lighter: what a group shares is said once, a repeated mark is drawn once and used, idle groups go.

Nothing here changes a picture: each step keeps the order of what is painted, and opacity stays where it was.
"""

import re
from collections import Counter
from itertools import groupby
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_SHARED = ("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
           "text-anchor", "font-weight", "font-size", "font-family")
"""Attributes that an element takes over from its group."""
_MOVE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_LEAST_USES = 3
_SLOTS = ("transform", "id")


def lighten(svg: str) -> str:
    """Return a drawing of Vega with the same picture in fewer bytes.

    Args:
        svg: The drawing; its root fills nothing (`fill="none"` on the outermost group), as Vega writes it.
    """
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(svg)
    _tidy(root, "none", "none")
    _unwrap(root)
    _join_lines(root)
    _use_repeated(root)
    _place_texts(root)
    _say_opacity_of_paint(root, "none", "none")
    _share(root)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _tidy(element: ElementTree.Element, fill: str, stroke: str) -> None:
    """Drop what paints nothing and what says nothing, and round lengths of lines."""
    fill, stroke = element.get("fill", fill), element.get("stroke", stroke)
    if element.get("transform") == "translate(0,0)":
        del element.attrib["transform"]
    if stroke == "none" and _name(element) != "g":
        for name in ("stroke-width", "stroke-dasharray"):
            element.attrib.pop(name, None)
    for name in ("x2", "y2"):
        if name in element.attrib:
            element.set(name, _short(float(element.get(name))))
    for child in list(element):
        _tidy(child, fill, stroke)
        unseen = child.get("fill", fill) == "none" and child.get("stroke", stroke) == "none"
        unused = "id" not in child.attrib and _name(element) != "clipPath"
        if (_name(child) == "path" and unseen and unused) or (_name(child) == "g" and len(child) == 0):
            element.remove(child)


def _short(value: float) -> str:
    return f"{round(value, 1):g}"


def _unwrap(element: ElementTree.Element) -> None:
    """Put the children of a group without attributes in its place."""
    for child in list(element):
        _unwrap(child)
        if _name(child) == "g" and not child.attrib:
            place = list(element).index(child)
            element.remove(child)
            for offset, grandchild in enumerate(list(child)):
                element.insert(place + offset, grandchild)


def _line_path(element: ElementTree.Element) -> str | None:
    """Return a line as a path from where it stands, or None for anything else."""
    if _name(element) != "line":
        return None
    move = _MOVE.fullmatch(element.get("transform", "translate(0,0)"))
    if move is None:
        return None
    width, height = element.get("x2", "0"), element.get("y2", "0")
    step = f"h{width}" if float(height) == 0 else f"v{height}" if float(width) == 0 else f"l{width},{height}"
    return f"M{move[1]},{move[2]}{step}"


def _join_lines(element: ElementTree.Element) -> None:
    """Turn lines into paths; neighbours that look alike and are not seen through become one."""
    before: ElementTree.Element | None = None
    for child in list(element):
        _join_lines(child)
        path = _line_path(child)
        if path is None:
            before = None
            continue
        look = {name: value for name, value in child.attrib.items() if name not in ("transform", "x2", "y2")}
        if before is not None and "opacity" not in look and look == _look_of(before):
            before.set("d", before.get("d") + path)
            element.remove(child)
            continue
        child.tag = f"{{{_SVG}}}path"
        child.attrib.clear()
        child.attrib.update(d=path, **look)
        before = child


def _look_of(path: ElementTree.Element) -> dict[str, str]:
    return {name: value for name, value in path.attrib.items() if name != "d"}


def _use_repeated(root: ElementTree.Element) -> None:
    """Draw a mark that stands at several places once, and use it at each."""
    marks = [one for one in root.iter(f"{{{_SVG}}}path") if _MOVE.fullmatch(one.get("transform", ""))]
    looks = [tuple(sorted((name, value) for name, value in one.attrib.items() if name not in _SLOTS)) for one in marks]
    names = {}
    for look, uses in Counter(looks).items():
        if uses >= _LEAST_USES:
            names[look] = f"m{len(names)}"
    kept = ElementTree.Element(f"{{{_SVG}}}defs")
    for look, name in names.items():
        ElementTree.SubElement(kept, f"{{{_SVG}}}path", {"id": name, **dict(look)})
    for mark, look in zip(marks, looks, strict=True):
        if look in names:
            x, y = _MOVE.fullmatch(mark.get("transform")).groups()
            mark.tag = f"{{{_SVG}}}use"
            mark.attrib.clear()
            mark.attrib.update(href=f"#{names[look]}", x=x, y=y)
    if names:
        root.insert(0, kept)


def _say_opacity_of_paint(element: ElementTree.Element, fill: str, stroke: str) -> None:
    """Say how a mark with one paint is seen through in the attribute of that paint, which a group can share."""
    fill, stroke = element.get("fill", fill), element.get("stroke", stroke)
    if "opacity" in element.attrib and len(element) == 0 and "none" in (fill, stroke):
        name = "stroke-opacity" if fill == "none" else "fill-opacity"
        if name not in element.attrib:
            element.set(name, element.attrib.pop("opacity"))
    for child in element:
        _say_opacity_of_paint(child, fill, stroke)


def _share(element: ElementTree.Element) -> None:
    """Say on a group what neighbours all say; where they are all of a group's children, the group itself says it."""
    for child in element:
        if _name(child) not in ("defs", "clipPath"):
            _share(child)
    if _name(element) not in ("g", "svg"):
        return
    runs = [(dict(look), list(run)) for look, run in groupby(list(element), key=_shared_look)]
    for look, run in runs:
        if not look or len(run) < _LEAST_USES:
            continue
        whole = len(run) == len(element) and _name(element) == "g"
        group = element if whole else ElementTree.Element(f"{{{_SVG}}}g")
        if not whole:
            element.insert(list(element).index(run[0]), group)
        group.attrib.update(look)
        for child in run:
            for name in look:
                del child.attrib[name]
            if not whole:
                element.remove(child)
                group.append(child)


def _shared_look(element: ElementTree.Element) -> tuple[tuple[str, str], ...]:
    return tuple((name, element.get(name)) for name in _SHARED if name in element.attrib)


def _place_texts(root: ElementTree.Element) -> None:
    """Place a line of text by its own coordinates rather than by moving its ground."""
    for text in root.iter(f"{{{_SVG}}}text"):
        move = _MOVE.fullmatch(text.get("transform", ""))
        if move and len(text) == 0 and not {"x", "y"} & set(text.attrib):
            del text.attrib["transform"]
            text.attrib.update(x=move[1], y=move[2])
