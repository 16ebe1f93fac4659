"""Mutated files with a fixed seed: each ends in the right figures or in a clear error, never in a traceback.

What is right is said by a second, slow reading of the mutated customs file (`tests.slow.fuzz.readings`).
"""

import os
import random
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from metalsbook.errors import BookError
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
from tests.slow.fuzz.mutations import mutate
from tests.slow.fuzz.readings import read_customs

CASES = int(os.environ.get("METALSBOOK_MUTATED_FILES", "200"))
DECEMBER = ROOT / "chapters" / "guide" / "december"


def customs_original(chance: random.Random) -> bytes:
    rows = [
        customs_row(
            code=code,
            kg=str(chance.randrange(1, 10**7)),
            usd=f"{chance.randrange(1, 10**8):,}",
            partner=partner,
            place=place,
        )
        for code in ("81041100", "81041900", "29012920")
        for partner in (KOREA, NETHERLANDS)
        for place in ("14", "61")
    ]
    header = chance.choice([CHINESE, ENGLISH])
    return customs_text(rows, header=header).encode(chance.choice(["gb18030", "utf-8", "utf-8-sig"]))


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
        found = Counter(
            (row["series"], row["measure"], row["period"], Decimal(row["value"]))
            for row in batch.statements
            if row["unit"] == "t" and ".to." not in row["series"]
        )
        assert found == read_customs(content), number
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
    from metalsbook.ingest.profile import SHIPPED, read_profile

    sidecar = (DECEMBER / "made-up-customs-export.csv.yml").read_bytes()
    profiles = [path.read_bytes() for path in sorted(SHIPPED.glob("*.yml"))]
    for number in range(CASES):
        chance = random.Random(number)
        own = tmp_path / f"{number}.yml"
        for content, reader, path in (
            (sidecar, read_sidecar, Path(str(own)[:-4])),
            (chance.choice(profiles), read_profile, own),
        ):
            own.write_bytes(mutate(content, chance))
            try:
                reader(path)
            except BookError as error:
                assert own.name in str(error), number
