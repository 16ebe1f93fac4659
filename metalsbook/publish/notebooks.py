"""Chapters as files: read, check before a run, clean after it, check what they show.

Works on the JSON of a notebook alone, so that a run in which nothing changed imports neither nbformat nor papermill.
"""

import ast
import copy
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from metalsbook.errors import ChapterError
from metalsbook.months import parse_month
from metalsbook.paths import chapters_folder, project_root

# Of the cell that papermill adds where it is given a month; here the month is set in the chapter's own cell.
_INJECTED_TAG = "injected-parameters"
# On the parameters cell: the notebook keeps the month that it was written with, whatever edition it is built into.
OWN_MONTH_TAG = "own-month"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
_RUN_KEYS = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "widgets", "signature")
_LENIENT_TAGS = frozenset(["skip-execution", "raises-exception"])
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
VEGALITE_MIME = re.compile(r"application/vnd\.vegalite\.v\d+[+.]json")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


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
    """Read a notebook; one that is missing or not of format 4 is a ChapterError."""
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
    """Return the chapter's parameters cell, and the expression that it sets `month` to."""
    if any(_INJECTED_TAG in _tags(cell) for cell in chapter.notebook["cells"]):
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

    Times, paths, environment and notes of papermill and editors go; the kernel has no version; cells get ids by place.
    """
    for holder in (notebook, *notebook["cells"]):
        for key in _RUN_KEYS:
            holder["metadata"].pop(key, None)
    notebook["metadata"].update(kernelspec=dict(KERNELSPEC), language_info={"name": "python"})
    notebook.update(nbformat=4, nbformat_minor=5)
    taken = set()
    for place, cell in enumerate(notebook["cells"]):
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]
        if cell.get("id") in taken or not _CELL_ID.fullmatch(cell.get("id", "")):
            cell["id"] = f"cell-{place + 1:02d}"
        taken.add(cell["id"])
    return notebook


def find_charts(notebook: Mapping) -> Iterator[tuple[int, dict]]:
    """Yield every Vega-Lite spec of the outputs with the number of its cell, counted from 1 over all cells."""
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", []):
            for mime, spec in output.get("data", {}).items():
                if VEGALITE_MIME.fullmatch(mime):
                    yield number, spec


def check_outputs(name: str, notebook: Mapping) -> int:
    """Check what an executed chapter shows and return how many charts it holds.

    Raises:
        ChapterError: If a cell was not run, a chart has no data, or a cell printed a warning, a path of this machine or
            the address of an object in memory; the message names the chapter and the cell.
    """
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code" and cell["execution_count"] is None and cell_source(cell).strip():
            raise ChapterError(f"Chapter '{name}', cell {number} was not run", "An earlier cell ended the run")
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", []):
            _check_text(name, number, output)
    charts = 0
    for number, spec in find_charts(notebook):
        if is_empty(spec):
            raise ChapterError(
                f"Chapter '{name}', cell {number}: the chart{_quote_title(spec)} has no data",
                "Show a sentence that says so instead, or mend what the chart reads",
            )
        charts += 1
    return charts


def _check_text(name: str, number: int, output: Mapping) -> None:
    if output["output_type"] == "stream" and output["name"] == "stderr":
        text = "".join(output["text"]).strip()
        raise ChapterError(f"Chapter '{name}', cell {number} wrote to stderr: {shorten(text)}", "Mend its cause")
    shown = json.dumps(output, ensure_ascii=False).replace("\\n", " ").replace("\\t", " ")
    for folder in {str(project_root()), os.environ.get("HOME", "")} - {"/", ""}:
        # Not in the middle of an address or of a longer path.
        if re.search(rf"(?<![\w.:/-]){re.escape(folder)}(?!\w)", shown):
            raise ChapterError(f"Chapter '{name}', cell {number} shows a path of this machine ({folder})")
    if address := _ADDRESS.search(shown):
        raise ChapterError(
            f"Chapter '{name}', cell {number} shows an object's address ({address.group()})",
            "It differs in every run: end the cell with a semicolon or show something else",
        )


def is_empty(spec: Mapping) -> bool:
    """Whether a Vega-Lite chart of one view, layered or not, draws nothing.

    One layer with data is enough. A row counts where the fields on its x and y axes are not null.
    """
    return _view_is_empty(spec, spec.get("datasets", {}), {}, {})


def _view_is_empty(view: Mapping, datasets: Mapping, data: Mapping, encoding: Mapping) -> bool:
    """Judge one view; `data` and `encoding` are those of the view around it, which it inherits."""
    data = view.get("data") or data
    encoding = {**encoding, **view.get("encoding", {})}
    if "layer" in view:
        return all(_view_is_empty(layer, datasets, data, encoding) for layer in view["layer"])
    return "mark" in view and not _has_rows(datasets, data, encoding)


def _has_rows(datasets: Mapping, data: Mapping, encoding: Mapping) -> bool:
    if not data.keys() & {"values", "name"}:
        return bool(data)
    rows = data["values"] if "values" in data else datasets.get(data["name"], [])
    if not isinstance(rows, list):
        return bool(rows)
    fields = [encoding[axis].get("field") for axis in ("x", "y") if isinstance(encoding.get(axis), Mapping)]
    # A field that a transform computes is in no row: only a null that is written down leaves a row undrawn.
    return any(not isinstance(row, Mapping) or all(row.get(field, 0) is not None for field in fields) for row in rows)


def _quote_title(spec: Mapping) -> str:
    title = spec.get("title") or spec.get("description") or ""
    text = title.get("text", "") if isinstance(title, Mapping) else title
    text = " ".join(text) if isinstance(text, list) else text
    return f" '{text}'" if text else ""


def shorten(text: str, limit: int = 300) -> str:
    """Return `text` on one line, cut at `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
