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

from metalsbook.errors import SiteError
from metalsbook.paths import chapters_folder, project_root
from metalsbook.publish.addresses import GUIDE

_SUFFIXES = (".ipynb", ".md")
_FOLDER, _OF_GUIDE = "chapters/", f"{GUIDE}/"
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page of the book.

    Attributes:
        name: Its place in `chapters/`, without the ending.
        part: Caption of its part of the book; empty for the first page.
        file: Its source in `chapters/`.
        title: Its first heading.
    """

    name: str
    part: str
    file: Path
    title: str

    @property
    def in_guide(self) -> bool:
        """Whether it is a page of the guide."""
        return self.name.startswith(_OF_GUIDE)


def read_pages() -> list[Page]:
    """Return the pages of `_toc.yml`, the first page first.

    Raises:
        SiteError: If there is no such file, it names no first page, or a page that it names does not exist.
    """
    path = project_root() / "_toc.yml"
    if not path.is_file():
        raise SiteError("The book has no _toc.yml", "Restore it from git")
    toc = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(toc, dict) or "root" not in toc:
        raise SiteError("_toc.yml names no first page (root)", "Restore it from git")
    return [_find_page(entry, part) for entry, part in _entries(toc, "")]


def _entries(toc: dict[str, Any], part: str) -> Iterator[tuple[str, str]]:
    """Yield name and part of every entry of a table of contents."""
    if entry := toc.get("root") or toc.get("file"):
        yield entry, part
    for key in ("parts", "subtrees", "chapters", "sections", "entries"):
        for child in toc.get(key) or []:
            yield from _entries(child, child.get("caption") or part)


def _find_page(entry: str, part: str) -> Page:
    plain = str(project_root() / entry).removesuffix(".ipynb").removesuffix(".md")
    name = entry.removeprefix(_FOLDER).removesuffix(".ipynb").removesuffix(".md")
    for file in (Path(f"{plain}{suffix}") for suffix in _SUFFIXES):
        if file.is_file():
            return Page(name, part, file, _title(file) or name)
    raise SiteError(f"_toc.yml names the page '{name}', and there is no such file", "Add the page or remove its entry")


def _title(file: Path) -> str:
    text = file.read_text("utf-8")
    if file.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = _HEADING.search(text)
    return found[1].strip() if found else ""


def stage_sources(executed: Path, target: Path, *, guide: bool) -> dict[str, Path]:
    """Lay out the sources of an edition or of the guide: executed chapters, pages, pictures, settings.

    Pages lie at the top there, so that an edition's addresses are `<month>/rare_earths.html`.

    Args:
        executed: Folder of executed chapters; a page that is not in it is taken as it stands in `chapters/`.
        target: Folder for the sources; made anew.
        guide: Whether it is the guide.

    Returns:
        The staged file of each page by its name in the project, in the order of `_toc.yml`; none without a guide.

    Raises:
        SiteError: As `read_pages`.
    """
    pages = [page for page in read_pages() if page.in_guide == guide]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    staged, parts = {}, {}
    for page in pages:
        ran = executed / f"{page.name}.ipynb"
        source = ran if ran.is_file() else page.file
        name = page.name.removeprefix(_OF_GUIDE) if guide else page.name
        staged[name] = target / f"{name}{source.suffix}"
        staged[name].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, staged[name])
        parts.setdefault(page.part, []).append({"file": name})
    if pages:
        first = next(iter(staged))
        listed = [
            {"caption": part, "chapters": chapters}
            for part, entries in parts.items()
            if (chapters := [entry for entry in entries if entry["file"] != first])
        ]
        toc = {"format": "jb-book", "root": first, **({"parts": listed} if listed else {})}
        (target / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False, allow_unicode=True), "utf-8")
    _copy_pictures(target, guide=guide)
    return staged


def _copy_pictures(target: Path, *, guide: bool) -> None:
    """Copy what is no page, from the guide's folder or from all others."""
    top = chapters_folder() / GUIDE if guide else chapters_folder()
    for path in top.rglob("*"):
        name = path.relative_to(top)
        if (not guide and name.parts[0] == GUIDE) or not path.is_file() or ".ipynb_checkpoints" in name.parts:
            continue
        if path.suffix not in _SUFFIXES:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / name)
