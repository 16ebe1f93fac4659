"""Chapters as files: read, check before a run, clean after it.

Works on the JSON of a notebook alone, so that a run in which nothing changed imports neither nbformat nor papermill.
"""

import ast
import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from metalsbook.errors import ChapterError
from metalsbook.months import parse_month
from metalsbook.paths import chapters_folder

INJECTED_ID = "injected-parameters"
"""Papermill's tag of the cell that it adds, and here its id."""
# On the parameters cell: the notebook keeps the month that it was written with, whatever edition it is built into.
OWN_MONTH_TAG = "own-month"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}
_RUN_KEYS = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "widgets", "signature")
_LENIENT_TAGS = frozenset(["skip-execution", "raises-exception"])
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class Chapter:
    """One notebook of the book: `name` is its path below the chapters' folder without suffix, "guide/exercises"."""

    name: str
    path: Path
    notebook: dict

    @property
    def code_cells(self) -> list[dict]:
        """The code cells in order."""
        return [cell for cell in self.notebook["cells"] if cell["cell_type"] == "code"]


def list_chapters(folder: Path | None = None) -> list[Path]:
    """Return all notebooks below `folder` (default: the book's chapters) in a fixed order, without editors' copies."""
    folder = folder or chapters_folder()
    found = (path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def name_chapter(path: Path) -> str:
    """Return a notebook's name: its path below the chapters' folder, or its own name where it lies elsewhere."""
    try:
        return path.resolve().relative_to(chapters_folder().resolve()).with_suffix("").as_posix()
    except ValueError:
        return path.stem


def read_chapter(path: Path) -> Chapter:
    """Read a notebook.

    Raises:
        ChapterError: If the file is missing, is no JSON or is no notebook of format 4.
    """
    name = name_chapter(path)
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        holders = [notebook, *notebook["cells"]]
        readable = notebook["nbformat"] == 4 and all(isinstance(holder["metadata"], dict) for holder in holders)
    except FileNotFoundError:
        raise ChapterError(f"Chapter '{name}' has no file {path.name}", "Check its name against _toc.yml") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ChapterError(f"Chapter '{name}' is not a notebook ({error})", "Restore it from git") from error
    if not readable:
        raise ChapterError(f"Chapter '{name}' is not a notebook of format 4", "Open and save it in JupyterLab")
    return Chapter(name, path, notebook)


def cell_source(cell: Mapping) -> str:
    """Return a cell's text, which the file holds as text or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _tags(cell: Mapping) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


def check_chapter(chapter: Chapter) -> None:
    """Refuse what papermill and kernels only warn of or pass over.

    Raises:
        ChapterError: If the chapter has not one cell tagged `parameters` that sets `month`, no other cell reads it, or
            a tag lets a cell be skipped or fail.
    """
    for number, cell in enumerate(chapter.notebook["cells"], start=1):
        for tag in _LENIENT_TAGS.intersection(_tags(cell)):
            raise ChapterError(
                f"Chapter '{chapter.name}', cell {number} has the tag '{tag}'",
                "Remove it: every cell of a chapter runs, and none fails",
            )
    parameters, _ = _find_month(chapter)
    if not any(_reads_month(cell) for cell in chapter.code_cells if cell is not parameters):
        raise ChapterError(
            f"Chapter '{chapter.name}' never uses its parameter 'month'", "It would be the same page in every month"
        )


def _find_month(chapter: Chapter) -> tuple[dict, ast.expr]:
    """Return the chapter's parameters cell, and the expression that it sets `month` to.

    Raises:
        ChapterError: If there is not one such cell, it sets no month, or papermill injected a cell in an earlier run.
    """
    if any(INJECTED_ID in _tags(cell) for cell in chapter.notebook["cells"]):
        raise ChapterError(f"Chapter '{chapter.name}' holds a cell that papermill injected", "Remove that cell")
    tagged = [cell for cell in chapter.code_cells if "parameters" in _tags(cell)]
    if len(tagged) != 1:
        raise ChapterError(
            f"Chapter '{chapter.name}' has {len(tagged) or 'no'} cell tagged 'parameters'",
            "Tag the one that sets `month`",
        )
    try:
        statements = ast.parse(cell_source(tagged[0])).body
    except SyntaxError as error:
        where = f"Chapter '{chapter.name}', parameters cell, line {error.lineno}"
        raise ChapterError(f"{where} is not Python") from error
    for statement in statements:
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        if [getattr(target, "id", None) for target in targets] == ["month"] and statement.value:
            return tagged[0], statement.value
    raise ChapterError(
        f"Chapter '{chapter.name}' has no parameter 'month'", 'Set it in the parameters cell: month = "2025-11"'
    )


def _reads_month(cell: Mapping) -> bool:
    """Whether a cell reads `month`; one that is no plain Python counts as reading it."""
    try:
        nodes = ast.walk(ast.parse(cell_source(cell)))
    except SyntaxError:
        return True
    return any(isinstance(node, ast.Name) and node.id == "month" and isinstance(node.ctx, ast.Load) for node in nodes)


def own_month(chapter: Chapter) -> str | None:
    """Return the month that a notebook keeps in every edition, or None where it is run for the edition's month.

    A lesson on the figures of one month says so by the tag `own-month` of its parameters cell.

    Raises:
        ChapterError: If it has the tag and its parameters cell does not set `month` to a text.
        UsageError: If that text is not a month.
    """
    if not any(OWN_MONTH_TAG in _tags(cell) for cell in chapter.code_cells):
        return None
    _, month = _find_month(chapter)
    if not isinstance(month, ast.Constant):
        raise ChapterError(
            f"Chapter '{chapter.name}' keeps its own month and does not set it",
            "Set month = \"2025-11\" in the parameters cell, or remove the tag 'own-month'",
        )
    return parse_month(month.value)


def months_of_lessons() -> set[str]:
    """Return the months that notebooks keep as their own in every edition."""
    return {month for month in map(own_month, map(read_chapter, list_chapters())) if month}


def set_month(chapter: Chapter, month: str) -> dict:
    """Return the notebook with a month written into its parameters cell.

    The page of a month then shows that month, not the one that the chapter was written with; comments stay.
    """
    cell, node = _find_month(chapter)
    lines = cell_source(cell).encode().splitlines(keepends=True)
    before, after = lines[node.lineno - 1][: node.col_offset], lines[node.end_lineno - 1][node.end_col_offset :]
    lines[node.lineno - 1 : node.end_lineno] = [before + json.dumps(month).encode() + after]
    cells = [
        {**each, "source": b"".join(lines).decode()} if each is cell else each for each in chapter.notebook["cells"]
    ]
    return copy.deepcopy({**chapter.notebook, "cells": cells})


def strip_run_metadata(notebook: dict) -> dict:
    """Remove from an executed notebook all that differs between two runs; changes it in place and returns it.

    Times, paths, the environment and papermill's and editors' notes go; the kernel is named without its version; the
    injected cell gets a fixed id and the tag `remove-cell`; cells without an id get one from their place; text that a
    kernel sent in pieces is joined.
    """
    metadata = notebook["metadata"]
    for key in _RUN_KEYS:
        metadata.pop(key, None)
    metadata.update(kernelspec=dict(KERNELSPEC), language_info=dict(LANGUAGE_INFO))
    notebook.update(nbformat=4, nbformat_minor=5)
    taken = set()
    for place, cell in enumerate(notebook["cells"]):
        _strip_cell(cell)
        if cell.get("id") in taken or not _CELL_ID.fullmatch(cell.get("id", "")):
            cell["id"] = f"cell-{place + 1:02d}"
        taken.add(cell["id"])
    return notebook


def _strip_cell(cell: dict) -> None:
    for key in _RUN_KEYS:
        cell["metadata"].pop(key, None)
    if INJECTED_ID in _tags(cell):
        cell.update(id=INJECTED_ID)
        cell["metadata"]["tags"] = [INJECTED_ID, "remove-cell"]
    if not cell["metadata"].get("tags", True):
        del cell["metadata"]["tags"]
    joined: list[dict] = []
    for output in cell.get("outputs", []):
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] = "".join(last["text"]) + "".join(output["text"])
        else:
            joined.append(output)
    if cell["cell_type"] == "code":
        cell["outputs"] = joined
