"""What is built already and need not be built again: an edition, the guide, or what else all editions share.

A record under `_build/cache/site/` says of each what it was built from and the hash of every file. Where the record is
another one, or a file is damaged, missing or foreign, it is built again.
"""

import json
import os
from pathlib import Path

from metalsbook import store
from metalsbook.paths import build_folder, chapters_folder, project_root, snapshots_folder
from metalsbook.publish.notebooks import months_of_lessons

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


class KeptSite:
    """The records of what stands in a site's folder; what all of it comes from is hashed once."""

    def __init__(self, site: Path):
        root = project_root()
        self._site = site
        # Read from all notebooks: once, not for every edition.
        self._lessons = months_of_lessons()
        self._common = {
            "package": store.hash_package(),
            "environment": store.describe_environment(),
            "settings": store.hash_all([root / name for name in ROOT_FILES], root),
            "chapters": store.hash_all([chapters_folder()], root),
            "address": os.environ.get("METALSBOOK_BASE_URL", ""),
        }

    def edition_sources(self, month: str, executed: Path) -> dict[str, str]:
        """Return the name and hash of everything that an edition is built from."""
        folder = snapshots_folder()
        known = {path.name for path in folder.glob("[0-9]*") if path.name <= month} | self._lessons
        return self._common | {
            "executed": store.hash_all([executed], executed),
            "snapshots": store.hash_all([folder / name for name in known], folder),
        }

    def guide_sources(self) -> dict[str, str]:
        """Return the name and hash of everything that the guide is built from.

        Its lessons run before an edition is built, and are among the edition's sources.
        """
        return self._common

    def shared_sources(self) -> dict[str, str]:
        """Return the name and hash of everything that the shared pages are made of."""
        listed = [*self._site.glob("[0-9]*/data/index.json"), *self._site.glob(f"{GUIDE}/**/*.html")]
        return self._common | {"editions": store.hash_all(listed, self._site)}

    def is_whole(self, name: str, sources: dict[str, str]) -> bool:
        """Return whether an edition, the guide or what else is shared was built from these sources and has its files.

        Args:
            name: Month of the edition, `GUIDE` or `SHARED`.
            sources: From `edition_sources`, `guide_sources` or `shared_sources`.
        """
        return store.look_up(self._path(name), sources).content == self._describe(name)

    def keep(self, name: str, sources: dict[str, str]) -> None:
        """Record what was just built; where that cannot be written, it is built again the next time."""
        store.keep(self._path(name), sources, self._describe(name))

    def _describe(self, name: str) -> bytes:
        """Return the hash of each file of an edition or the guide, or of all else, by its name in the site."""
        parts = [self._site / name]
        if name == SHARED:
            own = (path for path in self._site.glob("*") if not path.name[0].isdigit())
            parts = [path for path in own if path.name != GUIDE]
        return json.dumps(store.hash_each(parts, self._site)).encode()

    @staticmethod
    def _path(name: str) -> Path:
        return build_folder() / "cache" / "site" / f"{name}.kept"
