"""The commands that set the book's environment up, each from an empty cache and on the same lock file."""

from pathlib import Path

from benchmarks.setting import PYTHON

_BOOK = ["--no-deps", "--no-build-isolation", "--editable"]


def set_up_with_pip(root: Path, venv: Path) -> list[list[str]]:
    """Return the README's commands for a machine without make."""
    pip = [
        str(venv / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-cache-dir",
    ]
    return [
        [PYTHON, "-m", "venv", str(venv)],
        [*pip, "--require-hashes", "--requirement", str(root / "requirements.txt")],
        [*pip, *_BOOK, str(root)],
    ]


def set_up_with_uv(root: Path, venv: Path) -> list[list[str]]:
    """Return the commands of `make setup`, uv's own installation included."""
    python, uv = str(venv / "bin" / "python"), [str(venv / "bin" / "uv"), "pip"]
    options = ["--quiet", "--no-cache", "--python", python]
    return [
        [PYTHON, "-m", "venv", str(venv)],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "uv"],
        [*uv, "sync", *options, "--require-hashes", str(root / "requirements.txt")],
        [*uv, "install", *options, *_BOOK, str(root)],
    ]
