"""The table of speed measurements: cases are measured one by one and merged into `speed.csv`; `speed.md` shows it."""

import csv
import datetime
import os
import platform
import statistics
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import psutil

from benchmarks.measure import Contestant, ratio

HERE = Path(__file__).resolve().parent
COLUMNS = [
    "case",
    "about",
    "contestant",
    "editions",
    "against",
    "ratio",
    "ratio_at_most",
    "median_s",
    "seconds_at_most",
    "min_s",
    "max_s",
    "peak_mb",
    "rounds",
    "date",
    "machine",
    "versions",
]
_LIBRARIES = ("pandas", "pyarrow", "papermill", "sphinx")


def describe(case: str, about: str, contestant: Contestant, contestants: list[Contestant]) -> dict[str, str]:
    """Return the row of a contestant; a ratio is for one edition, the median of the ratios within a round."""
    base = next((one for one in contestants if one.name == contestant.against), contestants[0])
    seconds = contestant.seconds
    return dict(
        zip(
            COLUMNS,
            [
                case,
                about,
                contestant.name,
                str(contestant.editions),
                base.name,
                f"{ratio(contestant, base):.3f}",
                _limit(contestant.ratio_at_most),
                f"{statistics.median(seconds):.2f}",
                _limit(contestant.seconds_at_most),
                f"{min(seconds):.2f}",
                f"{max(seconds):.2f}",
                f"{max(contestant.peak_mb):.0f}",
                str(len(seconds)),
                datetime.datetime.now(datetime.UTC).date().isoformat(),
                _machine(),
                _versions(),
            ],
            strict=True,
        )
    )


def _limit(target: float | None) -> str:
    return "" if target is None else f"{target:g}"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}"


def _versions() -> str:
    return ", ".join(
        [f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in _LIBRARIES)]
    )


def merge(rows: list[dict[str, str]], cases: Iterable[str], folder: Path = HERE) -> None:
    """Put measured rows in the place of those of the same case, and write both tables.

    Args:
        rows: As `describe` returns them.
        cases: All cases in the order of the tables; rows of others are dropped.
        folder: Where `speed.csv` and `speed.md` are.
    """
    measured = {row["case"] for row in rows}
    every = [row for row in read_rows(folder) if row["case"] not in measured] + rows
    ordered = [row for case in cases for row in every if row["case"] == case]
    with (folder / "speed.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)
    (folder / "speed.md").write_text(_report(ordered), "utf-8")


def read_rows(folder: Path = HERE) -> list[dict[str, str]]:
    """Return the rows of the committed table; none where there is none, or it has other columns."""
    path = folder / "speed.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader) if reader.fieldnames == COLUMNS else []


def _report(rows: list[dict[str, str]]) -> str:
    lines = [
        "# Speed",
        "",
        "Seconds of the whole command; ratios are medians of the ratios within a round, for one "
        "edition. Peak memory is that of all processes together. Reconciling a snapshot is not in these figures "
        "where it has not changed: it is done once for each.",
        "",
    ]
    for case in dict.fromkeys(row["case"] for row in rows):
        of_case = [row for row in rows if row["case"] == case]
        first = of_case[0]
        lines += [
            f"## {first['about']}",
            "",
            f"{first['date']}, {first['machine']}; {first['versions']}; rounds: {first['rounds']}.",
            "",
            "| | median (min to max), s | ratio | against | target | peak memory, MB |",
            "| --- | ---: | ---: | --- | --- | ---: |",
            *map(_line, of_case),
            "",
        ]
    return "\n".join(
        [*lines, "Run again: `.venv/bin/python -m benchmarks.run`, or one case of it with `--case NAME`.", ""]
    )


def _line(row: dict[str, str]) -> str:
    return (
        f"| {row['contestant']} | {row['median_s']} ({row['min_s']} to {row['max_s']}) | {row['ratio']} | "
        f"{row['against']} | {'; '.join(_verdicts(row))} | {row['peak_mb']} |"
    )


def _verdicts(row: dict[str, str]) -> list[str]:
    """Return each target of a row with what has become of it."""
    targets = (("ratio", "ratio_at_most", ""), ("median_s", "seconds_at_most", " s"))
    return [
        f"at most {row[limit]}{unit}: {'met' if float(row[figure]) <= float(row[limit]) else 'NOT MET'}"
        for figure, limit, unit in targets
        if row[limit]
    ]
