"""Break the book once in each room, and see `make test` find it: each break is made in a copy, the book stays.

    python -m benchmarks.breaks                all; minutes
    python -m benchmarks.breaks --only site

A break is a change of one text in one file. Named is what of `make test` is run on it, to have the answer in less than
its whole time; none of it may be a slow test. Where a text is no longer there, another break takes its place.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis")


class Break(NamedTuple):
    """A break: where it is made, in which file which first text becomes what, and what finds it (for pytest)."""

    room: str
    file: str
    was: str
    becomes: str
    found_by: str


EXPORTS = "--nbval chapters/magnesium_exports.ipynb"
LAST_25, LAST_24 = (f"ed.months(exports.INGOT, last={months})" for months in (25, 24))
MOVED, FELL = (f'{word} }}}}{{{{ " " ~ (mom | size)' for word in ("moved", 'moved("fell", "rose")'))
FACTS = "metalsbook/analysis/reconcile/facts.py"
BREAKS = (
    Break("chapter", "chapters/magnesium_exports.ipynb", LAST_25, LAST_24, EXPORTS),
    Break("figure", "metalsbook/ledger/words.py", '"万": 4', '"万": 5', "tests/ledger"),
    Break("sentence", "chapters/words/en/exports.jinja", MOVED, FELL, EXPORTS),
    Break("reader", "metalsbook/ingest/batch.py", "is_missing(text)", "False", "tests/ingest"),
    Break("page", "metalsbook/page/narrative.py", "escape(str(value))", "value", "tests/page"),
    Break(
        "snapshot", "metalsbook/snapshots/asof.py", '"published"] <= limit', '"published"] < limit', "tests/snapshots"
    ),
    Break("reconcile", FACTS, '"mean3": (end - 2', '"mean3": (end - 1', "tests/analysis"),
    Break("claim", "metalsbook/analysis/claims.py", '_result("mislabelled"', '_result("confirmed"', "tests/analysis"),
    Break("site", "metalsbook/publish/start.py", '["month"]), reverse=True', '["month"])', "tests/publish"),
    Break("cli", "metalsbook/cli.py", "return error.exit_code", "return 0", "tests/test_cli.py tests/test_status.py"),
)


def run(found_by: str, book: Path) -> list[str]:
    """Run a part of `make test` in the copy; return what failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "2", "--dist", "loadscope", *found_by.split()]
    environment = os.environ | {"PYTHONPATH": str(book), "METALSBOOK_ROOT": str(book)}
    done = subprocess.run(command, cwd=book, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 2):
        raise SystemExit(f"{found_by} could not be run:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    return [line.split(" - ")[0] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]


def find(one: Break, book: Path) -> str:
    """Make a break in a copy of the book, take it back afterwards; tell what found it."""
    path = book / one.file
    sound = path.read_text("utf-8")
    if one.was not in sound:
        return f"NOT MADE: {one.file} holds no more {one.was!r}; plant another break"
    path.write_text(sound.replace(one.was, one.becomes, 1), "utf-8")
    failed = run(one.found_by, book)
    path.write_text(sound, "utf-8")
    if failed and run(one.found_by, book):
        return f"NOT SHOWN: {one.found_by} fails without the break, too"
    return failed[0] if failed else "NOT FOUND"


def main() -> int:
    """Make every break; return 1 where one is not found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=[one.room for one in BREAKS])
    only = parser.parse_args().only
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        shutil.copytree(ROOT, book, ignore=shutil.ignore_patterns(*LEFT_OUT))
        if (ROOT / "_build" / "derived").is_dir():
            shutil.copytree(ROOT / "_build" / "derived", book / "_build" / "derived")
        for one in BREAKS:
            if only in (None, one.room):
                found = find(one, book)
                missed += found.startswith("NOT")
                print(f"{one.room:<10} {found}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
