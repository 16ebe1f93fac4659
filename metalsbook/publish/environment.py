"""The environment that a chapter's process gets: named variables only, so that no secret and no habit reaches it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import metalsbook
from metalsbook.paths import project_root

# What a Python process needs to start; the Windows names are needed there for sockets and temporary files.
ALLOWED = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
)


def fixed_variables() -> dict[str, str]:
    """Return the variables that are the same in every run, so that its outputs are."""
    return {
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
        # One thread each: chapters run side by side, and a process with threads must not be forked.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        # The very package that runs this line, not another that happens to be installed.
        "PYTHONPATH": str(Path(metalsbook.__file__).resolve().parent.parent),
    }


def child_environment(
    private: Path, root: Path | None = None, outer: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of a chapter's process.

    Args:
        private: Folder for the files that IPython and Jupyter leave, away from the user's own settings.
        root: Top folder of the book that the process reads; this process's own by default.
        outer: The environment to choose from; the process's own by default.
    """
    outer = os.environ if outer is None else outer
    chosen = {name: outer[name] for name in ALLOWED if name in outer}
    return (
        chosen
        | fixed_variables()
        | {
            "METALSBOOK_ROOT": str(root or project_root()),
            "IPYTHONDIR": str(private / "ipython"),
            "JUPYTER_CONFIG_DIR": str(private / "jupyter"),
            "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        }
    )


def last_words(stderr: BinaryIO) -> str:
    """Return the last line that a process has left on its standard error, "" where there is none."""
    stderr.seek(0)
    return "".join(stderr.read().decode(errors="replace").strip().splitlines()[-1:])
