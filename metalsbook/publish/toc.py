"""The book's pages in the order of `_toc.yml`, and their sources laid out for Sphinx.

A page is known by its file in `chapters/` without the ending: `rare_earths`, `guide/method`. Those in `guide/` are a
Sphinx project of their own, since they belong to no month; all others are the project of each edition.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from metalsbook.addresses import GUIDE
from metalsbook.errors import SiteError
from metalsbook.paths import chapters_folder, project_root

_FOLDER, _OF_GUIDE = "chapters/", f"{GUIDE}/"
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page of the book: `name` is its place in `chapters/` without ending, `part` the caption above it."""

    name: str
    part: str
    file: Path
    title: str

    @property
    def in_guide(self) -> bool:
        """Whether it is a page of the guide."""
        return self.name.startswith(_OF_GUIDE)


def read_pages() -> list[Page]:
    """Return the pages of `_toc.yml`, the first page first; one that does not exist is an error."""
    path = project_root() / "_toc.yml"
    if not path.is_file():
        raise SiteError("The book has no _toc.yml", "Restore it from git")
    toc = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(toc, dict) or "root" not in toc:
        raise SiteError("_toc.yml names no first page (root)", "Restore it from git")
    return [_find_page(entry, part) for entry, part in _entries(toc, "")]


def _entries(toc: dict[str, Any], part: str) -> Iterator[tuple[str, str]]:
    if entry := toc.get("root") or toc.get("file"):
        yield entry, part
    for key in ("parts", "subtrees", "chapters", "sections", "entries"):
        for child in toc.get(key) or []:
            yield from _entries(child, child.get("caption") or part)


def _find_page(entry: str, part: str) -> Page:
    plain = entry.removesuffix(".ipynb").removesuffix(".md")
    name = plain.removeprefix(_FOLDER)
    for file in (project_root() / f"{plain}{suffix}" for suffix in (".ipynb", ".md")):
        if file.is_file():
            text = file.read_text("utf-8")
            if file.suffix == ".ipynb":
                cells = json.loads(text)["cells"]
                text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
            found = _HEADING.search(text)
            return Page(name, part, file, found[1].strip() if found else name)
    raise SiteError(f"_toc.yml names the page '{name}', and there is no such file", "Add the page or remove its entry")


def stage_sources(executed: Path, target: Path, *, guide: bool) -> dict[str, Path]:
    """Lay out the sources of an edition or of the guide: executed chapters, pages, pictures, settings.

    Pages lie at the top there, so that an edition's addresses are `<month>/rare_earths.html`.

    Args:
        executed: Folder of executed chapters; a page that is not in it is taken as it stands in `chapters/`.
        target: Folder for the sources; made anew.
        guide: Whether it is the guide.

    Returns:
        The staged file of each page by its name in the project, in the order of `_toc.yml`; none without a guide.
    """
    pages = [page for page in read_pages() if page.in_guide == guide]
    shutil.rmtree(target, ignore_errors=True)
    if not pages:
        return {}
    # What is no page: pictures.
    left_out = ("*.ipynb", "*.md", ".ipynb_checkpoints", *([] if guide else [GUIDE]))
    shutil.copytree(
        chapters_folder() / GUIDE if guide else chapters_folder(), target, ignore=shutil.ignore_patterns(*left_out)
    )
    staged = {}
    for page in pages:
        ran = executed / f"{page.name}.ipynb"
        source = ran if ran.is_file() else page.file
        name = page.name.removeprefix(_OF_GUIDE) if guide else page.name
        staged[name] = target / f"{name}{source.suffix}"
        staged[name].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, staged[name])
    first, *others = staged
    toc = {"format": "jb-book", "root": first} | ({"chapters": [{"file": name} for name in others]} if others else {})
    (target / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False, allow_unicode=True), "utf-8")
    return staged
