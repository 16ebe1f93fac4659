"""A scratch book in which real commands are run and broken: real ledger and package, two snapshots, three pages."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from metalsbook.derived import is_derived
from metalsbook.paths import build_folder
from tests.sample_book import ROOT, bring_vega

COMMAND = (sys.executable, "-m", "metalsbook.cli")
MONTHS = ("2025-10", "2025-11")
TOP_FILES = "_config.yml pyproject.toml requirements.txt Makefile README.md LICENSE CITATION.cff CHANGELOG.md".split()
PAGES = ("conflicts", "outlook_scorecard")
TITLES = ("One", "Two")
TOC = "format: jb-book\nroot: chapters/conflicts\nchapters:\n- file: chapters/outlook_scorecard\n"
# Set in the shell of many: what a command does must not hang on it.
UNSET = ("METALSBOOK_BASE_URL", "PYTEST_CURRENT_TEST")


class Scratch:
    """The top folder of a scratch book and the commands that are run in it.

    `prefix` stands before each command, `umask` (-1: this process's) is what it takes from the files that it makes.
    """

    prefix: tuple[str, ...] = ()
    umask = -1

    def __init__(self, root: Path):
        self.root = root

    def copied(self, root: Path) -> "Scratch":
        shutil.copytree(self.root, root)
        return Scratch(root)

    def environment(self, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """Return the environment of a command; a change to None takes a variable away."""
        own = {"METALSBOOK_ROOT": str(self.root), "PYTHONPATH": str(ROOT), **dict.fromkeys(UNSET)}
        wanted = {**os.environ, **own, **(changes or {})}
        return {name: value for name, value in wanted.items() if value is not None}

    def start(self, *words: str, **changes: str | None) -> subprocess.Popen:
        """Start a command in a process group of its own."""
        told = {"env": self.environment(changes), "cwd": self.root, "stdout": subprocess.DEVNULL}
        return subprocess.Popen([*COMMAND, *words], start_new_session=True, stderr=subprocess.DEVNULL, **told)

    def run(self, *words: str, **changes: str | None) -> subprocess.CompletedProcess:
        """Run a command to its end, however it ends."""
        told = {"env": self.environment(changes), "cwd": self.root, "umask": self.umask, "timeout": 900}
        return subprocess.run([*self.prefix, *COMMAND, *words], capture_output=True, text=True, check=False, **told)

    def must(self, *words: str, **changes: str | None) -> str:
        """Run a command that has to succeed; return what it printed."""
        done = self.run(*words, **changes)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def says(self, exit_code: int | None, *words: str, **changes: str | None) -> str:
        """Run a command that has to fail, with this code where one is given; return its one line of complaint."""
        done = self.run(*words, **changes)
        told = f"{done.returncode}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.returncode == exit_code if exit_code is not None else done.returncode > 0, told
        assert "Traceback" not in done.stderr, told
        [complaint] = [line for line in done.stderr.splitlines() if line.startswith("metalsbook: ")]
        return complaint

    def state(self, place: str, hidden: bool = False) -> str:
        """Return a hash of all files below a folder; those of hidden folders only where asked for."""
        return hash_tree(self.root / place, hidden)

    def retitle(self, title: str) -> None:
        """Change what every page shows, so that the next build has something to do."""
        path = self.root / "_config.yml"
        path.write_text(re.sub("(?m)^title:.*", f"title: {title}", path.read_text("utf-8")), "utf-8")


def hash_tree(folder: Path, hidden: bool = False) -> str:
    """Return a hash of the names and bytes of all files below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and (hidden or not any(part.startswith(".") for part in name.parts)):
            digest.update(name.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def make_scratch(root: Path, derived: bool = True) -> Scratch:
    """Lay out a scratch book; what the book has derived of its snapshots already is taken over."""
    (root / "chapters").mkdir(parents=True)
    for name in TOP_FILES:
        shutil.copyfile(ROOT / name, root / name)
    (root / "_toc.yml").write_text(TOC, "utf-8")
    for name in PAGES:
        shutil.copyfile(ROOT / "chapters" / f"{name}.ipynb", root / "chapters" / f"{name}.ipynb")
    shutil.copytree(ROOT / "data" / "ledger", root / "data" / "ledger")
    (root / "data" / "inbox" / "archive").mkdir(parents=True)
    for month in MONTHS:
        shutil.copytree(ROOT / "data" / "snapshots" / month, root / "data" / "snapshots" / month)
        if derived and is_derived(month):
            shutil.copytree(build_folder() / "derived" / month, root / "_build" / "derived" / month)
    bring_vega(root)
    made = Scratch(root)
    made.retitle(TITLES[0])
    return made
