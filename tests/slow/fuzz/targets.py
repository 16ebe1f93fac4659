"""What is fuzzed: for each reader good inputs to begin with, and what tells that it took something wrong.

A target's `check` gets bytes and returns whether the reader took them. Whatever it raises is a fault: `AssertionError`
where the reader took what it should not have, or found something else than a second reading; any other where it broke.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from metalsbook.errors import BookError
from metalsbook.ingest.batch import Row
from metalsbook.ingest.files import Details, open_file, read_schema, read_sidecar
from metalsbook.ingest.mappings import Catalogue
from metalsbook.ingest.run import read_file
from metalsbook.ingest.statements import take_statements
from metalsbook.ingest.terminal import SHIPPED, read_profile
from tests.ingest.conftest import CHINESE, ENGLISH, KOREA, NETHERLANDS, customs_row, customs_text
from tests.ingest.test_usgs import ONE_TABLE, SALIENT
from tests.slow.fuzz import readings
from tests.slow.fuzz.mutations import Mutate, mutate, mutate_words, mutate_workbook
from tests.slow.fuzz.printed import check_figure, check_reading, figure_seeds, known_words, mutate_figure

ROOT = Path(__file__).resolve().parents[3]
FEBRUARY = ROOT / "chapters" / "guide" / "february"


@dataclass(frozen=True)
class Target:
    """A reader under test.

    Attributes:
        name: What is read.
        seeds: Returns good inputs.
        check: Reads an input; returns whether it was taken, and fails where it was taken wrongly.
        mutate: Puts faults of the format's own kind into an input.
    """

    name: str
    seeds: Callable[[], list[bytes]]
    check: Callable[[bytes], bool]
    mutate: Mutate


# In memory where the system has such a place; it goes with the process.
_SCRATCH = tempfile.TemporaryDirectory(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
SCRATCH = Path(_SCRATCH.name)


def yaml_texts(content: bytes) -> Counter[str]:
    """Return all scalars of a YAML text, by the parser's events alone."""
    events = yaml.parse(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    return Counter(event.value.strip() for event in events if isinstance(event, yaml.ScalarEvent))


def yaml_keys_differ(content: bytes) -> bool:
    def differ(node: yaml.Node) -> bool:
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            return len(set(keys)) == len(keys) and all(differ(value) for _, value in node.value)
        return not isinstance(node, yaml.SequenceNode) or all(map(differ, node.value))

    return differ(yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader))


_UNSAID = [("measure", "level"), *((name, "") for name in (*vars(Details()), *read_schema("profile")["properties"]))]
"""What a key that is left out stands for."""


def check_yaml(content: bytes, reader: Callable[[Path], object], path: Path, own: Path) -> bool:
    own.write_bytes(content)
    try:
        found = vars(reader(path))
    except BookError as error:
        assert own.name in str(error) or path.name in str(error)
        return False
    there = yaml_texts(content)
    assert yaml_keys_differ(content), "a key twice: which one is meant?"
    for name, value in found.items():
        texts = [value] if isinstance(value, str) else [*value, *(value.values() if isinstance(value, dict) else ())]
        for text in texts if (name, value) not in _UNSAID and name != "name" else ():
            assert type(text) is str and there[text], (name, text)
    return True


def check_sidecar(content: bytes) -> bool:
    path = SCRATCH / "told.csv"
    return check_yaml(content, read_sidecar, path, path.with_name(path.name + ".yml"))


def check_profile(content: bytes) -> bool:
    path = SCRATCH / "made_up.yml"
    return check_yaml(content, read_profile, path, path)


def rows_of(content: bytes, name: str, **details: str) -> list[Row] | None:
    """Let an importer read a file and return its statements, None where it refuses it and says which file it is."""
    path = SCRATCH / name
    path.write_bytes(content)
    try:
        batch = read_file(open_file(path, Details(**details)))[0]
        take_statements(batch, Catalogue())
        problems = batch.problems
    except BookError as error:
        problems = [str(error)]
    if problems:
        assert all(file_is_named(problem, name) for problem in problems), problems
        return None
    # A file with a series that nobody knows is refused until it is described.
    if batch.unknown:
        return None
    odd = [row for row in batch.statements if not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", row["value"])]
    assert not odd, f"no numbers: {odd}"
    return batch.statements


def check_file(content: bytes, name: str, reading: Callable[[bytes], readings.Figures], **details: str) -> bool:
    """Let an importer read a file; what it finds must be what a second reading finds."""
    rows = rows_of(content, name, **details)
    if rows is None:
        return False
    if details.get("format") == "customs":
        # Totals and destinations are sums of what is compared here.
        rows = [row for row in rows if row["unit"] == "t" and ".to." not in row["series"]]
    found = Counter((row["series"], row["measure"], row["period"], Decimal(row["value"])) for row in rows)
    wanted = read_again(reading, content)
    if details.get("format") == "pinksheet":
        found, wanted = rounded(found), rounded(wanted)
    assert found == wanted, f"{found - wanted} instead of {wanted - found}"
    return True


def read_again(reading: Callable[[bytes], Counter], content: bytes) -> Counter:
    try:
        return reading(content)
    except readings.Unreadable as error:
        raise AssertionError(f"taken, though it cannot be read in one way: {error}") from error


def check_statements(content: bytes) -> bool:
    """Read rows of the ledger: each value is the one given, or else what a second reading of the printed text says."""
    rows = rows_of(content, "made-up.csv", format="statements")
    if rows is None:
        return False
    wanted = read_again(readings.read_statements, content)
    for row in rows:
        key = tuple(row[name] for name in ("series", "measure", "period", "stated"))
        given = (*key, Decimal(row["value"]))
        if not wanted[given]:
            value, *ends = (float(row[name]) for name in ("value", "low", "high") if row[name])
            ends = ends if len(ends) == 2 and sum(ends) == 2 * value else [value]
            check_reading(value, row["stated"], ends)
            given = (*key, None)
        wanted[given] -= 1
    assert not any(wanted.values()), f"not taken as they stand, or twice: {[key for key in wanted if wanted[key]]}"
    return True


def file_is_named(complaint: str, name: str) -> bool:
    """Return whether an error says in one line of plain text which file (or profile) is meant."""
    return complaint.isprintable() and (name in complaint or "profile" in complaint)


def rounded(figures: readings.Figures) -> Counter:
    """Return prices to one decimal: a sheet stores more digits than it shows."""
    return Counter({key: 1 for key in {(*key[:3], round(float(key[3]), 1)) for key in figures}})


def customs_seeds() -> list[bytes]:
    rows = [
        customs_row(code=code, kg=kg, usd="1,234", partner=partner, place=place)
        for code, kg in (("81041100", "1,234,567"), ("81041900", "89"), ("29012920", "0"))
        for partner in (KOREA, NETHERLANDS)
        for place in ("14", "61")
    ]
    return [
        customs_text(rows, header=header, comma=comma).encode(encoding)
        for header, comma, encoding in ((CHINESE, ",", "gb18030"), (ENGLISH, "", "utf-8-sig"))
    ]


def usgs_seeds() -> list[bytes]:
    one = [
        'x,World,Rare earths,China,Production,,metric tons,2025,"111,000",estimated,Yes,',
        'x,World,Rare earths,World total (rounded),Production,,metric tons,2025,"222,000",,Yes,',
    ]
    salient = ["x,Magnesium Metal,2024,W,111,55,11,66,--,3.1,1,W,400,>75"]
    tables = [(ONE_TABLE, one), (SALIENT, salient)]
    made_up = [("\n".join([header, *rows]) + "\n").encode() for header, rows in tables]
    return [*made_up, (FEBRUARY / "made-up-usgs-world.csv").read_bytes()]


def statements_seeds() -> list[bytes]:
    """Return rows with their values, the same with the values left to their printed texts, and other such texts."""
    # Compiled before the first case is timed.
    known_words()
    given = (FEBRUARY / "made-up-statements.csv").read_bytes()
    unread = re.sub("(,20[0-9]{2}-[0-9]{2}),[0-9.]+", r"\1,", given.decode())
    header, first = unread.splitlines()[:2]
    page = first.partition("(made up),")[2]
    typed = [
        "auto.output.cn,yoy,2025-12,,,,,up 3.5%",
        "auto.sales.cn,yoy,2025-12,,,,,跌3.5%",
        "auto.export.cn,yoy,2025-12,,,,,(3.5)%",
        'al.cost.full.cn,,2025-12,,,,,"16,000-16,100 yuan/mt"',
        "nev.sales.cn,,2025-12,,,,,about 1.62 million units",
        "nev.export.cn,,2025-12,,,,,3万8千9百辆",
    ]
    return [given, unread.encode(), *(f"{header}\n{row},{page}\n".encode() for row in typed)]


@cache
def price_profile() -> dict:
    return yaml.load((SHIPPED / "smm_table.yml").read_text("utf-8"), Loader=yaml.BaseLoader)


def files(folder: Path, pattern: str) -> Callable[[], list[bytes]]:
    """Return what reads good files as seeds."""
    return lambda: [path.read_bytes() for path in sorted(folder.glob(pattern))]


def importer(
    name: str,
    reading: Callable[[bytes], readings.Figures],
    seeds: Callable[[], list[bytes]] | str,
    file: str = "made-up.csv",
    change: Mutate = mutate,
    **details: str,
) -> Target:
    """Return the target of a reader of files in the inbox; seeds may be named by their file of the practice folder."""
    own = files(FEBRUARY, seeds) if isinstance(seeds, str) else seeds
    details = details or {"format": name}
    return Target(name, own, lambda content: check_file(content, file, reading, **details), change)


def read_prices(content: bytes) -> readings.Figures:
    return readings.read_price_table(content, price_profile())


_ALL = (
    Target("figure", figure_seeds, check_figure, mutate_figure),
    Target("sidecar", files(FEBRUARY, "*.yml"), check_sidecar, mutate_words),
    Target("profile", files(SHIPPED, "*.yml"), check_profile, mutate_words),
    importer("customs", readings.read_customs, customs_seeds, "made-up-export.csv"),
    importer("comtrade", readings.read_comtrade, "TradeData_*.csv"),
    importer("pinksheet", readings.read_pinksheet, "CMO-*.xlsx", "made-up.xlsx", mutate_workbook),
    importer("usgs", readings.read_usgs, usgs_seeds),
    importer("nbs", readings.read_nbs, "made-up-nbs.csv"),
    importer("terminal table", read_prices, "made-up-price-table.csv", profile="smm_table"),
    Target("statements", statements_seeds, check_statements, mutate),
)
TARGETS = {target.name: target for target in _ALL}
