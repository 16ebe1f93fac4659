"""Path data of a drawing: read into relative steps, moved, joined, bounded and written in few bytes.

Coordinates are whole tenths of a pixel, so that sums of steps are exact.
"""

import re
from itertools import pairwise

Step = tuple[str, tuple[int, ...]]
Box = tuple[float, float, float, float]

_COMMAND = re.compile(r"([a-df-zA-DF-Z])([^a-df-zA-DF-Z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_ARITY = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}
_CIRCLE = re.compile(r"m(?P<r>[\d.]+),0a(?P=r),(?P=r),0,1,1-(?P<d>[\d.]+),0,(?P=r),(?P=r),0,1,1,(?P=d),0z?")


def read_path(data: str) -> list[Step]:
    """Return the steps of a path, each seen from the end of the one before it."""
    steps: list[Step] = []
    x = y = start_x = start_y = 0
    for letter, text in _COMMAND.findall(data):
        name = letter.lower()
        numbers = [round(float(number) * 10) for number in _NUMBER.findall(text)]
        if name == "z":
            steps.append(("z", ()))
            x, y = start_x, start_y
            continue
        size = _ARITY[name]
        for place in range(0, len(numbers), size):
            values = tuple(numbers[place : place + size])
            if letter.isupper():
                values = _relative(name, values, x, y)
            step = _straight("l" if name == "m" and place else name, values)
            steps.append(step)
            x, y = _end(step, x, y)
            if step[0] == "m":
                start_x, start_y = x, y
    return steps


def _relative(name: str, values: tuple[int, ...], x: int, y: int) -> tuple[int, ...]:
    origin = {"h": (x,), "v": (y,), "a": (0, 0, 0, 0, 0, x, y)}.get(name, (x, y) * 3)
    return tuple(value - base for value, base in zip(values, origin, strict=False))


def _straight(name: str, values: tuple[int, ...]) -> Step:
    """Return a step as a level or upright one where it is such a line."""
    if name == "l" and 0 in values:
        return ("h", values[:1]) if values[1] == 0 else ("v", values[1:])
    return name, values


def _end(step: Step, x: int, y: int) -> tuple[int, int]:
    name, values = step
    if name in "hv":
        return (x + values[0], y) if name == "h" else (x, y + values[0])
    return x + values[-2], y + values[-1]


def points_of(steps: list[Step]) -> list[tuple[int, int]]:
    """Return the point at which each step ends."""
    points = []
    x = y = 0
    start = (0, 0)
    for step in steps:
        x, y = start if step[0] == "z" else _end(step, x, y)
        if step[0] == "m":
            start = (x, y)
        points.append((x, y))
    return points


def move_path(steps: list[Step], x: int, y: int) -> list[Step]:
    """Return the steps moved by tenths of a pixel."""
    return [("m", (steps[0][1][0] + x, steps[0][1][1] + y)), *steps[1:]] if steps else []


def join_paths(paths: list[list[Step]]) -> list[Step]:
    """Return one path that holds several, each where it was."""
    joined = list(paths[0])
    for before, path in pairwise(paths):
        x, y = points_of(before)[-1]
        joined += move_path(path, -x, -y)
    return joined


def straight_box(steps: list[Step], margin: float) -> Box | None:
    """Return the box around a path of straight lines, widened by a margin in pixels; None if there are curves."""
    if any(name not in "mlhvz" for name, _ in steps):
        return None
    across, down = zip(*points_of(steps), strict=True)
    widen = margin * 10
    return min(across) - widen, min(down) - widen, max(across) + widen, max(down) + widen


def write_path(steps: list[Step]) -> str:
    """Return path data without the letters and separators that can be left out."""
    parts: list[str] = []
    before = ""
    for name, values in steps:
        # Pairs that follow a move are lines to the next point.
        letter = "" if (name == before and name != "m") or (name, before) == ("l", "m") else name
        # All were read as tenths, the angle and the flags of an arc, too.
        numbers = [write_number(value / 10) for value in values]
        text = letter
        for place, number in enumerate(numbers):
            apart = place > 0 or not letter
            text += f",{number}" if apart and not number.startswith("-") else number
        parts.append(text)
        before = name
    return "".join(parts)


def write_number(value: float) -> str:
    """Return a number with one decimal at most and without needless noughts."""
    text = f"{round(value, 1) + 0:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def circle_radius(data: str) -> str | None:
    """Return the radius of a path that is a circle around the origin, as Vega draws it, else None."""
    circle = _CIRCLE.fullmatch(data)
    return circle["r"] if circle else None
