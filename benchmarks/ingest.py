"""Time the reading of a customs query of a million rows, beside pyarrow and pandas reading the same file.

Run: .venv/bin/python -m benchmarks.ingest  (writes benchmarks/ingest.md; takes about a minute)
"""

import argparse
import platform
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = 1_000_000
RUNS = 5
TARGET = Path(__file__).with_suffix(".md")
_HEADER = (
    '"Date of data","Commodity code","Commodity","Trading partner code","Trading partner","Customs Regime code",'
    '"Customs Regime","Locations of importers and exporters code","Locations of importers and exporters","Quantity",'
    '"Unit","Supplementary Quantity","Supplementary Unit","US dollar",\n'
)
_WAYS = {
    "metalsbook, read and add up": (
        "from pathlib import Path; from metalsbook.ingest.files import Details, open_file\n"
        "from metalsbook.ingest.customs import read_customs\n"
        "run = lambda: read_customs(open_file(Path(PATH), Details(flow='export')))"
    ),
    "pyarrow.csv, read only": (
        "import pyarrow.csv as c\nrun = lambda: c.read_csv(PATH, read_options=c.ReadOptions(encoding=ENCODING))"
    ),
    "pandas.read_csv, read only": (
        "import pandas\nrun = lambda: pandas.read_csv(PATH, encoding=ENCODING, dtype=str, index_col=False)"
    ),
}
_MEASURE = (
    "\nimport resource, time\nstart = time.perf_counter(); run(); seconds = time.perf_counter() - start\n"
    "print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def make_file(path: Path, rows: int, encoding: str) -> None:
    """Write a made-up query: every item of the mapping, 80 partners, 20 regimes, 31 provinces, 12 months."""
    from metalsbook.ingest.mappings import read_mapping

    random.seed(rows)
    codes = [row["code"] for row in read_mapping("hs8")]
    partners = [(row["code"], row["names"].split("|")[-1]) for row in read_mapping("partners")]
    months = [f"{year}{month:02d}" for year in (2025,) for month in range(1, 13)]
    seen = set()
    with path.open("w", encoding=encoding, newline="") as handle:
        handle.write(_HEADER)
        while len(seen) < rows:
            key = (
                random.choice(months),
                random.choice(codes),
                random.randrange(len(partners)),
                random.randrange(10, 30),
                random.randrange(11, 42),
            )
            if key in seen:
                continue
            seen.add(key)
            month, code, partner, regime, place = key
            number, name = partners[partner]
            kg = random.randrange(1, 999_999)
            handle.write(
                f'"{month}","{code}","made up","{number}","{name}","{regime}","一般贸易","{place}","陕西省",'
                f'"{kg}","千克","0","?","{kg * 3:,}",\n'
            )


def measure(way: str, path: Path, encoding: str) -> tuple[float, float]:
    """Return seconds (start of Python and imports left out) and peak memory in MiB of one way in its own process."""
    code = f"PATH = {str(path)!r}; ENCODING = {encoding!r}\n{_WAYS[way]}{_MEASURE}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, kib = done.stdout.split()
    return float(seconds), int(kib) / 1024


def compare(rows: int, runs: int) -> list[str]:
    """Return the lines of the table: each way, in turns, so that a slow moment meets all of them."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for encoding in ("utf-8", "gb18030"):
            path = Path(folder) / f"{encoding}.csv"
            make_file(path, rows, encoding)
            times: dict[str, list[float]] = {way: [] for way in _WAYS}
            memory = dict.fromkeys(_WAYS, 0.0)
            for _ in range(runs):
                for way in _WAYS:
                    seconds, mib = measure(way, path, encoding)
                    times[way].append(seconds)
                    memory[way] = max(memory[way], mib)
            base = times["pyarrow.csv, read only"]
            for way, seconds in times.items():
                ratio = statistics.median(own / other for own, other in zip(seconds, base, strict=True))
                span = f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"
                lines.append(
                    f"| {encoding}, {path.stat().st_size / 1e6:.0f} MB | {way} | {span} | {ratio:.2f} "
                    f"| {memory[way]:.0f} |"
                )
    return lines


def report(lines: list[str], rows: int, runs: int) -> str:
    """Return the results as Markdown."""
    return "\n".join(
        [
            "# Benchmark: reading a customs query",
            "",
            f"A made-up query of {rows:,} rows, all of mapped items. Median of {runs} runs in turns, each in its own "
            "process, imports left out; the ratio is the median of the ratios within a turn. Reading checks every cell "
            "that counts, refuses rows that are there twice, and adds up by month, item and partner.",
            f"Python {platform.python_version()}, {platform.machine()}.",
            "",
            "| file | way | seconds (least to greatest) | times pyarrow | peak MiB |",
            "| --- | --- | ---: | ---: | ---: |",
            *lines,
            "",
            "Run again: `.venv/bin/python -m benchmarks.ingest`.",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=RUNS)
    chosen = parser.parse_args()
    text = report(compare(chosen.rows, chosen.runs), chosen.rows, chosen.runs)
    TARGET.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
