"""What is built already and need not be built again: an edition, the guide, or what else all editions share.

A record under `_build/cache/site/` says of each what it was built from and the hash of every file. Where the record is
another one, or a file is damaged, missing or foreign, it is built again.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from metalsbook.paths import build_folder, chapters_folder, project_root, snapshots_folder
from metalsbook.publish.cache import describe_environment, hash_files, hash_package
from metalsbook.publish.notebooks import months_of_lessons, write_whole

FORMAT = 1
SHARED, GUIDE = "shared", "guide"
ROOT_FILES = (
    "pyproject.toml",
    "requirements.txt",
    "Makefile",
    "README.md",
    "LICENSE",
    "CITATION.cff",
    "_config.yml",
    "_toc.yml",
)
"""Files at the top of the book that pages or downloads are made of."""

SHOWN = ("METALSBOOK_BASE_URL",)
"""Of the environment, the pages show the site's address alone."""


class KeptSite:
    """The records of what stands in a site's folder; what all of it comes from is hashed once."""

    def __init__(self, site: Path):
        root = project_root()
        self._site = site
        # Read from all notebooks: once, not for every edition.
        self._lessons = months_of_lessons()
        self._common = {
            "format": str(FORMAT),
            "package": hash_package(),
            "environment": describe_environment(),
            "settings": hash_files([root / name for name in (*ROOT_FILES, "benchmarks/speed.csv")], root),
            "chapters": hash_files(_files_below([chapters_folder()]), root),
            "address": json.dumps([os.environ.get(name) for name in SHOWN]),
        }

    def edition_sources(self, month: str, executed: Path) -> dict[str, str]:
        """Return the name and hash of everything that an edition is built from."""
        folder = snapshots_folder()
        known = {path.name for path in folder.glob("[0-9]*") if path.name <= month} | self._lessons
        return self._common | {
            "executed": hash_files(_files_below([executed]), executed),
            "snapshots": hash_files(_files_below(folder / name for name in sorted(known)), folder),
        }

    def guide_sources(self) -> dict[str, str]:
        """Return the name and hash of everything that the guide is built from.

        Its lessons run before an edition is built, and are among the edition's sources.
        """
        return self._common

    def shared_sources(self) -> dict[str, str]:
        """Return the name and hash of everything that the shared pages are made of."""
        listed = [*self._site.glob("[0-9]*/data/index.json"), *self._site.glob(f"{GUIDE}/**/*.html")]
        return self._common | {"editions": hash_files(sorted(listed), self._site)}

    def is_whole(self, name: str, sources: dict[str, str]) -> bool:
        """Return whether an edition, the guide or what else is shared was built from these sources and has its files.

        Args:
            name: Month of the edition, `GUIDE` or `SHARED`.
            sources: From `edition_sources`, `guide_sources` or `shared_sources`.
        """
        try:
            return json.loads(self._path(name).read_bytes()) == {"sources": sources, "files": self._hash_each(name)}
        except (OSError, ValueError):
            return False

    def keep(self, name: str, sources: dict[str, str]) -> None:
        """Record what was just built; where that cannot be written, it is built again the next time."""
        record = {"sources": sources, "files": self._hash_each(name)}
        with contextlib.suppress(OSError):
            write_whole(self._path(name), json.dumps(record, sort_keys=True).encode())

    def _hash_each(self, name: str) -> dict[str, str]:
        """Return the hash of each file of an edition or the guide, or of all else, by its name in the site."""
        parts = (
            [self._site / name]
            if name != SHARED
            else [path for path in self._site.iterdir() if not path.name[0].isdigit() and path.name != GUIDE]
        )
        return {os.path.relpath(path, self._site): _hash(path) for path in _files_below(parts)}

    @staticmethod
    def _path(name: str) -> Path:
        return build_folder() / "cache" / "site" / f"{name}.json"


def _files_below(places: Iterable[Path]) -> list[Path]:
    found = []
    for place in places:
        found += [place] if place.is_file() else place.rglob("*")
    return sorted(path for path in found if path.is_file() and ".ipynb_checkpoints" not in path.parts)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
