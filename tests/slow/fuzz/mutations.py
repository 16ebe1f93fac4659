"""Faults of the kinds that files really get, put into the bytes of a good file."""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

TOKENS = (
    '-|,|"|\n|\r|\t|\x00|;|0|9|1e9|NaN|∞|１|=1+1|<b>|{{x}}|../..|\u202e|千克|吨|?|--|…|2025|M| |'
    "\ufeff|'|\\|%|$|1,2|-1|1.5|%s|true|null|[|{|!!python/object/apply:os.abort []|&a|*a|2025-13|"
    "万"
).split("|")
"""What is put in the place of a cell, or between two bytes."""
_WORDS = re.compile(rb"[A-Za-z0-9_.%\x80-\xff-]+")
Mutate = Callable[[bytes, random.Random], bytes]


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Return the content of a table with one to three faults."""
    for _ in range(chance.randint(1, 3)):
        content = chance.choice([_mutate_bytes, _mutate_lines])(content, chance) or b"x"
    return content


def _mutate_bytes(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    before, after = content[:place], content[place:]
    token = chance.choice(TOKENS).encode(chance.choice(["utf-8", "gb18030"]), "ignore")
    flipped, dropped = bytes([chance.randrange(256)]) + after[1:], after[chance.randint(1, 40) :]
    return before + chance.choice([b"", flipped, token + after, dropped])


def _mutate_lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    cells = lines[one].split(b",")
    at, other = chance.randrange(len(cells)), chance.randrange(len(cells))
    kind = chance.randrange(5)
    if kind == 0:
        lines[one], lines[two] = lines[two], lines[one]
    elif kind == 1:
        lines.insert(one, lines[two])
    elif kind == 2:
        del lines[one]
    else:
        token = chance.choice(TOKENS).encode("utf-8")
        cells[other], cells[at] = (cells[at], cells[other]) if kind == 3 else (cells[other], token)
        lines[one] = b",".join(cells)
    return b"\n".join(lines)


def mutate_words(content: bytes, chance: random.Random) -> bytes:
    """Return text (JSON, YAML, XML, a sentence) with faults in its words: doubled, dropped, exchanged, others."""
    for _ in range(chance.randint(1, 3)):
        words = list(_WORDS.finditer(content))
        if not words or chance.random() < 0.3:
            content = mutate(content, chance)
            continue
        one, two = chance.choice(words), chance.choice(words)
        becomes = chance.choice([b"", two.group(), one.group() * 2, chance.choice(TOKENS).encode()])
        content = content[: one.start()] + becomes + content[one.end() :]
    return content or b"x"


def mutate_workbook(content: bytes, chance: random.Random) -> bytes:
    """Return a workbook with faults in one of its parts, or in the package itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = {part.filename: package.read(part) for part in package.infolist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
        return mutate(content, chance)
    if not parts or chance.random() < 0.1:
        return mutate(content, chance)
    # Mostly where the figures are.
    sheets = [name for name in parts if "sheet2" in name]
    name = chance.choice(sheets if sheets and chance.random() < 0.7 else sorted(parts))
    parts[name] = mutate_words(parts[name], chance)
    return pack(parts)


def pack(parts: dict[str, bytes]) -> bytes:
    """Return a zip of these parts; the same parts are the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name), part)
    return out.getvalue()
