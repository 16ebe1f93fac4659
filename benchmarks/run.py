"""How long the book takes, against the floor and against the ordinary way; writes `speed.csv` and `speed.md`.

    python -m benchmarks.run                 all cases, 5 rounds, about 10 minutes on two cores
    python -m benchmarks.run --rounds 9 --case chapters

A round runs every contestant of a case once; ratios are taken within a round and their median is given.
"""

import argparse
import csv
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Contestant, clean_environment, ratio, run_rounds
from metalsbook.publish.notebooks import list_chapters

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
MONTH = "2025-11"
FIVE = ("magnesium_prices", "magnesium_capacity", "magnesium_exports", "rare_earths", "downstream_demand")
PYTHON = sys.executable
COLUMNS = ["case", "contestant", "against", "ratio", "median_s", "min_s", "max_s", "peak_mb", "rounds"]


def make_root(folder: Path) -> Path:
    """A top folder of its own: chapters and settings copied, data shared, nothing built."""
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copyfile(path, folder / path.name)
    shutil.copytree(ROOT / "chapters", folder / "chapters", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    if (ROOT / "_build" / "derived").is_dir():
        shutil.copytree(ROOT / "_build" / "derived", folder / "_build" / "derived")
    (folder / "data").symlink_to(ROOT / "data")
    return folder


def forget(root: Path) -> None:
    """Remove what is built, but for what the snapshots derive: every contestant finds that there."""
    for path in (root / "_build").iterdir():
        if path.is_dir() and path.name != "derived":
            shutil.rmtree(path)


def derive(root: Path) -> None:
    """Reconcile the month and the one before it, off the clock."""
    code = f"from metalsbook.publish.prepare import prepare_editions; prepare_editions(['{MONTH}'], 2, print)"
    subprocess.run([PYTHON, "-c", code], check=True, env=clean_environment(root))


def book(*options: str) -> list[str]:
    return [PYTHON, "-m", "metalsbook.cli", "book", "--month", MONTH, *options]


def papermill(source: Path, target: Path) -> list[str]:
    return [PYTHON, "-m", "papermill", "--no-progress-bar", str(source), str(target), "-p", "month", MONTH]


def execute(root: Path, engine: str) -> list[str]:
    code = ("import sys; from pathlib import Path; from metalsbook.publish.execute import execute_chapters;"
            "execute_chapters(sys.argv[1], [Path(path) for path in sys.argv[3:]], engine=sys.argv[2])")
    return [PYTHON, "-c", code, MONTH, engine, *(str(root / "chapters" / f"{name}.ipynb") for name in FIVE)]


def case_chapters(root: Path, out: Path) -> list[Contestant]:
    """The five chapters executed."""
    chapters = [root / "chapters" / f"{name}.ipynb" for name in FIVE]
    floor = [PYTHON, "-m", "benchmarks.floor", MONTH, *map(str, chapters)]
    fresh = {"prepare": lambda: forget(root)}
    return [
        Contestant("floor: one plain script", [floor]),
        Contestant("ours: one fork for each chapter", [execute(root, "inprocess")], **fresh),
        Contestant("ours: Jupyter kernels", [execute(root, "kernel")], **fresh),
        Contestant("ordinary: papermill for each chapter", [papermill(path, out / path.name) for path in chapters]),
    ]


def case_month(root: Path, out: Path) -> list[Contestant]:
    """A month executed and published, nothing of it there before."""
    ordinary = out / "ordinary"

    def prepare() -> None:
        forget(root)
        shutil.rmtree(ordinary, ignore_errors=True)
        ordinary.mkdir(parents=True)
        for name in ("_config.yml", "_toc.yml"):
            shutil.copyfile(root / name, ordinary / name)
        shutil.copytree(root / "chapters", ordinary / "chapters")

    targets = [(path, ordinary / "chapters" / path.relative_to(root / "chapters")) for path in
               list_chapters(root / "chapters")]
    build = [str(Path(PYTHON).with_name("jupyter-book")), "build", str(ordinary)]
    return [
        Contestant("ordinary: papermill for each chapter, jupyter-book build",
                   [*(papermill(path, target) for path, target in targets), build], prepare),
        Contestant("ours: metalsbook book", [book()], lambda: forget(root)),
    ]


def case_again(root: Path, out: Path) -> list[Contestant]:
    """A month once more."""
    changed = root / "chapters" / f"{FIVE[0]}.ipynb"
    counter = iter(range(1000))

    def change() -> None:
        text = changed.read_text("utf-8")
        mark = f'month = \\"{MONTH}\\"'
        start = text.index(mark) + len(mark)
        end = min(place for place in (text.find("\\n", start), text.find('"', start)) if place >= 0)
        changed.write_text(f"{text[:start]}  # {next(counter)}{text[end:]}", "utf-8")

    return [
        Contestant("all from the snapshot", [book()], lambda: forget(root)),
        Contestant("nothing changed", [book()]),
        Contestant("one chapter changed", [book()], change),
    ]


CASES = {"chapters": case_chapters, "month": case_month, "again": case_again}


def write_tables(rows: list[dict]) -> None:
    """Write the results: a CSV for the book's page, a Markdown table for readers of the repository."""
    with (HERE / "speed.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    lines = ["# Speed", "", f"`python -m benchmarks.run` writes this. {os.cpu_count()} cores, {platform.system()}, "
             f"Python {platform.python_version()}. Seconds of the whole command; ratios are medians of ratios within "
             "a round. Reconciling the snapshots is not in these figures: it is done once for each.", ""]
    for case in dict.fromkeys(row["case"] for row in rows):
        lines += [f"## {CASES[case].__doc__}", "", "| | median (min to max), s | ratio | peak memory, MB |",
                  "| --- | --- | --- | --- |"]
        lines += [f"| {row['contestant']} | {row['median_s']} ({row['min_s']} to {row['max_s']}) | {row['ratio']} | "
                  f"{row['peak_mb']} |" for row in rows if row["case"] == case] + [""]
    (HERE / "speed.md").write_text("\n".join(lines), "utf-8")


def describe(case: str, contestant: Contestant, base: Contestant) -> dict:
    seconds = contestant.seconds
    return dict(zip(COLUMNS, [
        case, contestant.name, base.name, f"{ratio(contestant, base):.3f}", f"{statistics.median(seconds):.2f}",
        f"{min(seconds):.2f}", f"{max(seconds):.2f}", f"{max(contestant.peak_mb):.0f}", len(seconds),
    ], strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--case", choices=CASES, action="append", help="only this case; may be given more than once")
    options = parser.parse_args()
    rows = []
    for case in options.case or CASES:
        print(case, flush=True)
        with tempfile.TemporaryDirectory(prefix="book-") as folder:
            root, out = make_root(Path(folder) / "book"), Path(folder) / "out"
            out.mkdir()
            derive(root)
            contestants = CASES[case](root, out)
            run_rounds(contestants, options.rounds, root, clean_environment(root))
        rows += [describe(case, contestant, contestants[0]) for contestant in contestants]
    if options.case:
        for row in rows:
            print(row)
    else:
        write_tables(rows)


if __name__ == "__main__":
    main()
