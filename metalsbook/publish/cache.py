"""Executed chapters kept for the next run: one file for each chapter, month and engine under `_build/cache/`.

A kept chapter is used only where everything that it came from is the same: the notebook, its parameters, the snapshots
up to its month, the package, the lock file, the installed packages, Python and the machine's kind. A file that is
damaged, swapped with another or written by another version of this module is not used; the chapter is run again.
"""

import contextlib
import hashlib
import json
import platform
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import metalsbook
from metalsbook.paths import build_folder, chapters_folder, project_root, snapshots_folder
from metalsbook.publish.notebooks import write_whole
from metalsbook.publish.run import Job, Ran

FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """What the cache has of a chapter: the run, or why there is none to use."""

    ran: Ran | None
    why: str


class Fingerprints:
    """Hashes of what chapters are made of, each taken once in a command."""

    def __init__(self, engine: str):
        root = project_root()
        self._common = {
            "format": str(FORMAT),
            "engine": engine,
            "package": hash_package(),
            "words": hash_files(sorted((chapters_folder() / "words").rglob("*.jinja")), root),
            "lock file": hash_files([root / "requirements.txt"], root),
            "measurements": hash_files([root / "benchmarks" / "speed.csv"], root),
            "environment": describe_environment(),
        }
        self._folders: dict[Path, str] = {}

    def of(self, job: Job) -> dict[str, str]:
        """Return the name and hash of everything that the job's outputs depend on."""
        month = str(job.parameters.get("month", ""))
        own = {
            "notebook": _hash(job.notebook.encode()),
            "parameters": json.dumps([job.parameters, job.inject], sort_keys=True),
            "snapshots": self._hash_snapshots(month),
        }
        return self._common | own

    def _hash_snapshots(self, month: str) -> str:
        """Hash the snapshots up to a month: an edition is compared with those before it and knows of none after it."""
        folder = snapshots_folder()
        known = sorted(path for path in folder.iterdir() if path.name <= month) if folder.is_dir() else []
        for path in known:
            if path not in self._folders:
                self._folders[path] = hash_files(sorted(path.rglob("*")), folder)
        return _hash("".join(self._folders[path] for path in known).encode())


def hash_files(paths: list[Path], base: Path) -> str:
    """Return one hash of the names (below `base`) and the bytes of files; what is no file is left out."""
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(base).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def hash_package() -> str:
    """Return one hash of all files of the package."""
    folder = Path(metalsbook.__file__).resolve().parent
    return hash_files(sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts), folder)


def describe_environment() -> str:
    """Return one hash of the installed packages' names and versions, of Python's version and of the kind of machine."""
    folders = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    installed = sorted(path.name for folder in folders for path in folder.glob("*.dist-info"))
    return _hash("\n".join([sys.version, sys.platform, platform.machine(), *installed]).encode())


class ChapterCache:
    """The kept chapters in one folder."""

    def __init__(self, engine: str, folder: Path | None = None):
        self._engine = engine
        self._folder = folder or build_folder() / "cache" / "chapters"
        self._fingerprints = Fingerprints(engine)

    def _path(self, job: Job) -> Path:
        return self._folder / str(job.parameters.get("month", "none")) / f"{job.name}.{self._engine}.kept"

    def look_up(self, job: Job) -> Kept:
        """Return the kept run of a job, or why it must run: what has changed since."""
        try:
            header, _, content = self._path(job).read_bytes().partition(b"\n")
            entry = json.loads(header)
            kept = dict(entry["inputs"])
            sound = entry["sha256"] == _seal(kept, entry["charts"], entry["seconds"], content)
        except FileNotFoundError:
            return Kept(None, "never run before")
        except (OSError, ValueError, KeyError, TypeError):
            return Kept(None, "what was kept is damaged")
        if not sound:
            return Kept(None, "what was kept is damaged")
        wanted = self._fingerprints.of(job)
        changed = [name for name in wanted | kept if wanted.get(name) != kept.get(name)]
        if changed:
            return Kept(None, f"changed: {', '.join(changed)}")
        return Kept(Ran(content.decode(), entry["charts"], entry["seconds"]), "nothing changed")

    def keep(self, job: Job, ran: Ran) -> None:
        """Keep a run; where the folder cannot be written, the book goes on without."""
        inputs, content = self._fingerprints.of(job), ran.notebook.encode()
        entry = {"inputs": inputs, "charts": ran.charts, "seconds": round(ran.seconds, 3)}
        entry["sha256"] = _seal(inputs, entry["charts"], entry["seconds"], content)
        with contextlib.suppress(OSError):
            write_whole(self._path(job), json.dumps(entry, sort_keys=True).encode() + b"\n" + content)


def _seal(inputs: dict, charts: int, seconds: float, content: bytes) -> str:
    """Return the hash that binds a kept notebook to what it came from."""
    return _hash(json.dumps([inputs, charts, seconds], sort_keys=True).encode() + b"\n" + content)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
