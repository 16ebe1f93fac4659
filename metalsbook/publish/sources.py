"""The sources of an edition's pages: executed chapters, pages, pictures and settings, laid out for Sphinx."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from metalsbook.errors import SiteError
from metalsbook.paths import build_folder, chapters_folder, project_root

_SUFFIXES = (".ipynb", ".md")
_CHAPTERS = "chapters/"


def stage_sources(month: str, executed: Path) -> dict[str, Path]:
    """Lay out the sources of an edition under `_build/book/<month>/`: executed chapters, pages, pictures, settings.

    Pages lie at the top there, so that an edition's addresses are `<month>/rare_earths.html`.

    Returns:
        The staged file of each page by its name, in the order of `_toc.yml`.

    Raises:
        SiteError: If `_toc.yml` or a page that it names does not exist.
    """
    target = build_folder() / "book" / month
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    toc = read_toc(project_root() / "_toc.yml")
    pages = {}
    for entry in _toc_entries(toc):
        name = _page_name(entry)
        source = find_page(entry, executed)
        pages[name] = target / f"{name}{source.suffix}"
        pages[name].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, pages[name])
        entry["root" if "root" in entry else "file"] = name
    (target / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False, allow_unicode=True), "utf-8")
    for path in chapters_folder().rglob("*"):
        if path.is_file() and path.suffix not in _SUFFIXES and ".ipynb_checkpoints" not in path.parts:
            copy = target / path.relative_to(chapters_folder())
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return pages


def read_toc(path: Path) -> dict[str, Any]:
    """Return the book's table of contents.

    Raises:
        SiteError: If the file is missing or names no first page.
    """
    if not path.is_file():
        raise SiteError("The book has no _toc.yml", "Restore it from git")
    toc = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(toc, dict) or "root" not in toc:
        raise SiteError("_toc.yml names no first page (root)", "Restore it from git")
    return toc


def _toc_entries(toc: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every entry of a table of contents that names a page, the first page first."""
    if "root" in toc or "file" in toc:
        yield toc
    for key in ("parts", "subtrees", "chapters", "sections", "entries"):
        for child in toc.get(key) or []:
            yield from _toc_entries(child)


def _page_name(entry: dict[str, Any]) -> str:
    name = entry.get("root") or entry["file"]
    return name.removeprefix(_CHAPTERS).removesuffix(".ipynb").removesuffix(".md")


def find_page(entry: dict[str, Any], executed: Path) -> Path:
    """Return the file of a page: the executed chapter where there is one, else the file that `_toc.yml` names.

    Raises:
        SiteError: If there is neither.
    """
    name = _page_name(entry)
    plain = str(project_root() / (entry.get("root") or entry["file"])).removesuffix(".ipynb").removesuffix(".md")
    for path in [executed / f"{name}.ipynb", *(Path(f"{plain}{suffix}") for suffix in _SUFFIXES)]:
        if path.is_file():
            return path
    raise SiteError(f"_toc.yml names the page '{name}', and there is no such file", "Add the page or remove its entry")
