"""A copy of the book in which the commands of the guide may do as they please."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from metalsbook.paths import build_folder
from tests.guide.prose import ROOT

LEFT_OUT = (".git", ".venv", "_build", ".*_cache", ".hypothesis", "__pycache__", ".ipynb_checkpoints", "archive")
AUTHOR = {f"GIT_{who}_{what}": "reader@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
BIN = Path(sys.executable).parent


class Copy:
    """A scratch clone of the book, set up, in which commands are run."""

    def __init__(self, root: Path):
        self.root = root

    def run(self, commands: str, limit_s: float = 900) -> str:
        """Run commands as a reader types them, stopping at the first that fails; return what they said."""
        # Without what make tells its children: a make that knows that it is one speaks of the folders it enters.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        environment = {**inherited, **AUTHOR, "METALSBOOK_ROOT": str(self.root)}
        # Without the environment that runs the tests: a page has to put its own within reach.
        folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if Path(folder) != BIN]
        environment["PATH"] = os.pathsep.join(folders)
        command = ["bash", "-e", "-o", "pipefail", "-c", commands]
        done = subprocess.run(
            command, cwd=self.root, env=environment, text=True, capture_output=True, check=False, timeout=limit_s
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Copy:
    """A scratch clone with a git history of its own; its environment is the one that runs the tests."""
    root = tmp_path_factory.mktemp("clone") / "metals book"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    # Files that wait in the real inbox are nobody's practice.
    shutil.rmtree(root / "data" / "inbox")
    (root / "data" / "inbox" / "archive").mkdir(parents=True)
    shutil.copy(ROOT / "data" / "inbox" / "README.md", root / "data" / "inbox")
    (root / "data" / "inbox" / "archive" / ".gitkeep").touch()
    (root / ".venv").mkdir()
    (root / ".venv" / "bin").symlink_to(BIN)
    # What makes a `python` of that folder the environment's own.
    (root / ".venv" / "pyvenv.cfg").symlink_to(BIN.parent / "pyvenv.cfg")
    packages = Path(sysconfig.get_path("purelib")).parent
    (root / ".venv" / "lib").mkdir()
    (root / ".venv" / "lib" / packages.name).symlink_to(packages)
    # Newer than what it is made from, so that make sees an environment that is ready.
    for name in (".ready", ".ready-all"):
        (root / ".venv" / name).touch()
    # What is built already is not built again: its stores know it by its content. Other tests may be writing there.
    for part in ("cache", "chapters", "derived", "site"):
        if (build_folder() / part).is_dir():
            shutil.copytree(build_folder() / part, root / "_build" / part, ignore=shutil.ignore_patterns(".*.tmp"))
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "copy"]):
        subprocess.run(["git", *command], cwd=root, env=os.environ | AUTHOR, check=True)
    return Copy(root)
