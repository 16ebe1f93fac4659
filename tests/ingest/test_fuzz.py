"""Mutated files with a fixed seed: each ends in the right figures or in a clear error, never in a traceback.

What is right is said by a second, slow reading of the mutated customs file with the standard library alone.
"""

import csv
import io
import random
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from metalsbook.errors import BookError
from metalsbook.ingest.mappings import read_mapping
from tests.ingest.conftest import (
    CHINESE,
    ENGLISH,
    KOREA,
    NETHERLANDS,
    ROOT,
    customs_row,
    customs_text,
    read,
)

CASES = 200
DECEMBER = ROOT / "chapters" / "guide" / "december"
TOKENS = ["-", ",", '"', "\n", "\r", "\t", "\x00", ";", "0", "9", "1e9", "NaN", "∞", "１", "=1+1", "<b>", "{{x}}",
          "../..", "\u202e", "千克", "吨", "?", "--", "…", "2025", "M", " ", "\ufeff", "'", "\\", "%", "$"]  # fmt: skip


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Return the content with one to three faults of the kinds that files really get."""
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(content) + 1)
        kind = chance.randrange(9)
        if kind == 0:
            content = content[:place]
        elif kind == 1:
            content = content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
        elif kind == 2:
            token = chance.choice(TOKENS).encode(chance.choice(["utf-8", "gb18030"]), "ignore")
            content = content[:place] + token + content[place:]
        elif kind == 3:
            content = content[:place] + content[place + chance.randint(1, 40) :]
        else:
            content = mutate_lines(content, chance, kind)
        content = content or b"x"
    return content


def mutate_lines(content: bytes, chance: random.Random, kind: int) -> bytes:
    lines = content.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    if kind == 4:
        lines[one], lines[two] = lines[two], lines[one]
    elif kind == 5:
        lines.insert(one, lines[two])
    elif kind == 6:
        del lines[one]
    elif kind == 7:
        cells = lines[one].split(b",")
        at, other = chance.randrange(len(cells)), chance.randrange(len(cells))
        cells[at], cells[other] = cells[other], cells[at]
        lines[one] = b",".join(cells)
    else:
        cells = lines[one].split(b",")
        cells[chance.randrange(len(cells))] = chance.choice(TOKENS).encode("utf-8")
        lines[one] = b",".join(cells)
    return b"\n".join(lines)


def customs_original(chance: random.Random) -> bytes:
    rows = [customs_row(code=code, kg=str(chance.randrange(1, 10**7)), usd=f"{chance.randrange(1, 10**8):,}",
                        partner=partner, place=place)
            for code in ("81041100", "81041900", "29012920")
            for partner in (KOREA, NETHERLANDS) for place in ("14", "61")]
    header = chance.choice([CHINESE, ENGLISH])
    return customs_text(rows, header=header).encode(chance.choice(["gb18030", "utf-8", "utf-8-sig"]))


def slow_sums(content: bytes) -> dict[tuple[str, str], Decimal]:
    """Return kilograms by series and month, read with the standard library."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    series = {row["code"]: row["series"] for row in read_mapping("hs8")}
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    header = [" ".join(cell.split()).casefold() for cell in rows[0]]

    def at(*names):
        return next(header.index(name.casefold()) for name in names if name.casefold() in header)

    month, code = at("数据年月", "Date of data"), at("商品编码", "Commodity code")
    kg = at("第一数量", "Quantity")
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows[1:]:
        if row[code].strip() in series:
            digits = re.sub("[^0-9]", "", row[month])
            sums[series[row[code].strip()], f"{digits[:4]}-{digits[4:]}"] += Decimal(row[kg].strip().replace(",", ""))
    return dict(sums)


@pytest.mark.parametrize("part", range(4))
def test_mutated_customs_files_give_right_figures_or_a_clear_error(tmp_path, part):
    refused = 0
    for number in range(part * CASES // 4, (part + 1) * CASES // 4):
        chance = random.Random(number)
        content = mutate(customs_original(chance), chance)
        path = tmp_path / f"{number}-export.csv"
        path.write_bytes(content)
        try:
            batch = read(path, format="customs")
        except BookError as error:
            refused += 1
            assert path.name in str(error), number
            continue
        expected = slow_sums(content)
        found = {(row["series"], row["period"]): Decimal(row["value"]) * 1000 for row in batch.statements
                 if row["unit"] == "t" and ".to." not in row["series"]}
        assert found == expected, number
    assert 0 < refused < CASES // 4


ORIGINALS = sorted(path for path in DECEMBER.iterdir() if path.suffix in (".csv", ".xlsx"))


@pytest.mark.parametrize("original", ORIGINALS, ids=[path.stem for path in ORIGINALS])
def test_mutated_files_of_every_format_end_in_a_batch_or_a_clear_error(tmp_path, original):
    sidecar = original.with_name(original.name + ".yml")
    for number in range(CASES):
        chance = random.Random(f"{original.name} {number}")
        path = tmp_path / f"{number}-{original.name}"
        path.write_bytes(mutate(original.read_bytes(), chance))
        if sidecar.is_file():
            path.with_name(path.name + ".yml").write_bytes(sidecar.read_bytes())
        try:
            batch = read(path)
        except BookError as error:
            assert str(error).isprintable() or "\n" in str(error), number
            continue
        for row in batch.statements:
            assert re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", row["value"]), number


def test_mutated_sidecars_and_profiles_end_in_details_or_a_clear_error(tmp_path):
    from metalsbook.ingest.files import read_sidecar
    from metalsbook.ingest.table_profile import SHIPPED, read_profile

    sidecar = (DECEMBER / "made-up-customs-export.csv.yml").read_bytes()
    profiles = [path.read_bytes() for path in sorted(SHIPPED.glob("*.yml"))]
    for number in range(CASES):
        chance = random.Random(number)
        own = tmp_path / f"{number}.yml"
        for content, reader, path in ((sidecar, read_sidecar, Path(str(own)[:-4])),
                                      (chance.choice(profiles), read_profile, own)):
            own.write_bytes(mutate(content, chance))
            try:
                reader(path)
            except BookError as error:
                assert own.name in str(error), number
