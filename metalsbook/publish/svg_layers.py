"""Paths of a drawing joined to fewer: those that look alike become one wherever that cannot be seen."""

import re
from dataclasses import dataclass, field

from metalsbook.publish.svg_path import Box, Step, join_paths, read_path, straight_box, write_path

_MITER_LIMIT = 10
"""As Vega's drawings say."""
_SOLID = re.compile("#(?:[0-9a-f]{3}){1,2}|[a-z]+|rgb[(][^)]*[)]", re.IGNORECASE)
Look = dict[str, str]
"""All that a path says but where it runs."""


def can_join(said: Look) -> bool:
    """Tell whether a path stands where it says and has one paint, neither a gradient nor a mark at its points."""
    one_paint = "none" in (said["fill"], said["stroke"])
    return one_paint and "transform" not in said and "url(" not in "".join(said.values())


def join_alike(paths: list[tuple[Look, str]], given: Look) -> list[tuple[Look, str]]:
    """Return fewer paths with the same picture; none comes to lie under what it covered.

    Args:
        paths: Look and data of each path, for all of which `can_join` holds, in the order in which they are painted.
        given: What they take over from their group.
    """
    layers: list[_Layer] = []
    for look, data in paths:
        said = {**given, **look}
        steps = read_path(data)
        box = straight_box(steps, _margin(said, steps))
        layer = _free_layer(layers, look, box)
        if layer is None:
            layer = _Layer(look, _is_solid_line(said))
            layers.append(layer)
        layer.paths.append(steps)
        layer.boxes.append(box)
    return [(layer.look, write_path(join_paths(layer.paths))) for layer in layers]


def _margin(said: Look, steps: list[Step]) -> float:
    """Return by how many pixels a path may reach over its points; where a line turns, it may end in a spike."""
    if said["stroke"] == "none":
        return 0
    return float(said.get("stroke-width", "1")) / 2 * (_MITER_LIMIT if len(steps) > 2 else 1)


@dataclass
class _Layer:
    """Paths of one look, of which none touches another unless they are solid lines."""

    look: Look
    solid: bool
    paths: list[list[Step]] = field(default_factory=list)
    boxes: list[Box | None] = field(default_factory=list)

    def is_clear(self, box: Box | None) -> bool:
        """Tell whether a path with this box covers none of the layer; of curves that is not known."""
        return all(_are_apart(box, other) for other in self.boxes)


def _is_solid_line(said: Look) -> bool:
    """Tell whether a path may cross itself: no area that a second turn could open, nothing that is seen through."""
    see_through = any("opacity" in name for name in said) or not _SOLID.fullmatch(said["stroke"])
    return said["fill"] == "none" and not see_through


def _free_layer(layers: list[_Layer], look: Look, box: Box | None) -> _Layer | None:
    """Return the last layer of a look that takes one more path, if nothing above it is in the way."""
    for layer in reversed(layers):
        if layer.look == look and (layer.solid or layer.is_clear(box)):
            return layer
        # The order of two paths of one look and one paint cannot be seen.
        if layer.look != look and not layer.is_clear(box):
            return None
    return None


def _are_apart(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return False
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
