"""How long the book takes, against the floor and against the ordinary way; writes `speed.csv` and `speed.md`.

    python -m benchmarks.run                    all cases, 5 rounds, about two hours on two cores
    python -m benchmarks.run --case chapters    one case, merged into the tables
    python -m benchmarks.run --rounds 1 --case month --out _build/speed    a look, the committed tables left alone

A round runs every contestant of a case once, in turns; ratios are taken within a round and their median is given.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from benchmarks import speed
from benchmarks.cluster import dask_contestant
from benchmarks.measure import Contestant, clean_environment, run_rounds
from benchmarks.set_up import set_up_with_pip, set_up_with_uv
from benchmarks.setting import BOOK_STARTS, MONTH, PYTHON, add_statement, book, derive, forget, make_root, site
from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.months import month_range
from metalsbook.publish.notebooks import list_chapters


def papermill(source: Path, target: Path) -> list[str]:
    return [PYTHON, "-m", "papermill", "--no-progress-bar", str(source), str(target), "-p", "month", MONTH]


def execute(root: Path) -> list[str]:
    code = (
        "import sys; from pathlib import Path; from metalsbook.publish.execute import execute_editions;"
        "execute_editions([sys.argv[1]], [Path(path) for path in sys.argv[2:]])"
    )
    return [PYTHON, "-c", code, MONTH, *(str(root / "chapters" / f"{name}.ipynb") for name in CHAPTERS)]


def case_chapters(root: Path, out: Path) -> list[Contestant]:
    """The five chapters executed."""
    chapters = [root / "chapters" / f"{name}.ipynb" for name in CHAPTERS]
    floor = [PYTHON, "-m", "benchmarks.floor", MONTH, *map(str, chapters)]
    fresh = {"prepare": lambda: forget(root)}
    return [
        Contestant("floor: one plain script", [floor]),
        Contestant("ours: one fork for each chapter", [execute(root)], **fresh, ratio_at_most=1.2),
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

    targets = [
        (path, ordinary / "chapters" / path.relative_to(root / "chapters")) for path in list_chapters(root / "chapters")
    ]
    build = [str(Path(PYTHON).with_name("jupyter-book")), "build", str(ordinary)]
    return [
        Contestant(
            "ordinary: papermill for each chapter, jupyter-book build",
            [*(papermill(path, target) for path, target in targets), build],
            prepare,
        ),
        Contestant("ours: metalsbook book", [book()], lambda: forget(root), ratio_at_most=0.28),
    ]


def case_again(root: Path, out: Path) -> list[Contestant]:
    """A month once more."""
    changed = root / "chapters" / f"{CHAPTERS[0]}.ipynb"
    numbers = iter(range(1000))

    def change() -> None:
        text = changed.read_text("utf-8")
        mark = f'month = \\"{MONTH}\\"'
        start = text.index(mark) + len(mark)
        end = min(place for place in (text.find("\\n", start), text.find('"', start)) if place >= 0)
        changed.write_text(f"{text[:start]}  # {next(numbers)}{text[end:]}", "utf-8")

    freeze = [PYTHON, "-m", "metalsbook.cli", "snapshot", "--month", MONTH, "--replace", "--reason", "one more figure"]
    return [
        Contestant("all from the snapshot", [book()], lambda: forget(root)),
        Contestant("nothing changed", [book()], ratio_at_most=0.1, seconds_at_most=1.0),
        Contestant("one chapter changed", [book()], change, ratio_at_most=0.5),
        Contestant(
            "one statement added: frozen, reconciled, judged and built anew",
            [freeze, book()],
            lambda: add_statement(root, next(numbers)),
        ),
    ]


def case_editions(root: Path, out: Path) -> list[Contestant]:
    """Many editions in one command, and the same on a Dask cluster of two workers on this machine."""
    every = month_range(BOOK_STARTS, MONTH)
    derive(root, every)
    fresh = {"prepare": lambda: forget(root)}
    local = f"{len(every)} editions"
    contestants = [
        Contestant("1 edition", [site(MONTH)], **fresh),
        Contestant("6 editions", [site(f"{every[-6]}:{MONTH}")], **fresh, editions=6),
        Contestant(local, [site(f"{BOOK_STARTS}:{MONTH}")], **fresh, editions=len(every), ratio_at_most=0.75),
    ]
    return [*contestants, dask_contestant(root, out, f"{BOOK_STARTS}:{MONTH}", len(every), local)]


def case_setup(root: Path, out: Path) -> list[Contestant]:
    """The environment set up from an empty cache, from the package index that pip is configured for."""
    venv = out / "venv"
    fresh = {"prepare": lambda: shutil.rmtree(venv, ignore_errors=True)}
    return [
        Contestant("pip: venv and locked packages", set_up_with_pip(root, venv), **fresh),
        Contestant("uv: venv and locked packages, as make setup", set_up_with_uv(root, venv), **fresh),
    ]


CASES = {
    "chapters": case_chapters,
    "month": case_month,
    "again": case_again,
    "editions": case_editions,
    "setup": case_setup,
}
# What they would warm is warm from deriving their snapshots; setting up is measured from nothing.
NOT_WARMED_UP = ("editions", "setup")


def measure(case: str, rounds: int) -> list[dict[str, str]]:
    """Return the rows of a case, measured in a book of its own."""
    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        root, out = make_root(Path(folder) / "book"), Path(folder) / "out"
        out.mkdir()
        derive(root, [MONTH])
        contestants = CASES[case](root, out)
        run_rounds(contestants, rounds, root, clean_environment(root), warm_up=case not in NOT_WARMED_UP)
    return [speed.describe(case, CASES[case].__doc__, contestant, contestants) for contestant in contestants]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--case", choices=CASES, action="append", help="only this case; may be given more than once")
    parser.add_argument("--out", type=Path, default=speed.HERE, help="folder of the tables; default: benchmarks")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for case in options.case or CASES:
        print(case, flush=True)
        # Case by case, so that what was measured is kept whatever happens to the next.
        speed.merge(measure(case, options.rounds), CASES, options.out)
    print((options.out / "speed.md").read_text("utf-8"))


if __name__ == "__main__":
    main()
