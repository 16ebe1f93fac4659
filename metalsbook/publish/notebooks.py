"""Chapters as files: read, check before a run, clean after it.

Works on the JSON of a notebook alone, so that a run in which nothing changed imports neither nbformat nor papermill.
"""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from metalsbook.errors import ChapterError
from metalsbook.months import parse_month
from metalsbook.paths import chapters_folder

INJECTED_ID = "injected-parameters"
INJECTED_TAGS = ["injected-parameters", "remove-cell"]
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


def find_parameters_cell(chapter: Chapter) -> dict:
    """Return the chapter's one cell tagged `parameters`.

    Raises:
        ChapterError: If there is none, more than one, or a cell that papermill injected in an earlier run.
    """
    if any("injected-parameters" in _tags(cell) for cell in chapter.notebook["cells"]):
        raise ChapterError(f"Chapter '{chapter.name}' holds a cell that papermill injected", "Remove that cell")
    tagged = [cell for cell in chapter.code_cells if "parameters" in _tags(cell)]
    if not tagged:
        raise ChapterError(
            f"Chapter '{chapter.name}' has no cell tagged 'parameters'", "Tag the cell that sets `month`"
        )
    if len(tagged) > 1:
        raise ChapterError(f"Chapter '{chapter.name}' has {len(tagged)} cells tagged 'parameters'", "Keep one")
    return tagged[0]


def read_parameters(chapter: Chapter) -> dict[str, ast.expr]:
    """Return the names that the parameters cell sets, each with the expression it is set to.

    Raises:
        ChapterError: If the cell holds anything but assignments to plain names.
    """
    source = cell_source(find_parameters_cell(chapter))
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        where = f"Chapter '{chapter.name}', parameters cell, line {error.lineno}"
        raise ChapterError(f"{where} is not Python") from error
    found = {}
    for statement in statements:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if not all(isinstance(target, ast.Name) for target in targets) or statement.value is None:
            raise ChapterError(
                f"Chapter '{chapter.name}': line {statement.lineno} of the parameters cell is not an assignment",
                'Keep only lines such as month = "2025-11" there',
            )
        found.update((target.id, statement.value) for target in targets)
    return found


def own_month(chapter: Chapter) -> str | None:
    """Return the month that a notebook keeps in every edition, or None where it is run for the edition's month.

    A lesson on the figures of one month says so by the tag `own-month` of its parameters cell.

    Raises:
        ChapterError: If it has the tag and its parameters cell does not set `month` to a text.
        UsageError: If that text is not a month.
    """
    if OWN_MONTH_TAG not in _tags(find_parameters_cell(chapter)):
        return None
    month = read_parameters(chapter).get("month")
    if not isinstance(month, ast.Constant):
        raise ChapterError(
            f"Chapter '{chapter.name}' keeps its own month and does not set it",
            "Set month = \"2025-11\" in the parameters cell, or remove the tag 'own-month'",
        )
    return parse_month(month.value)


def check_parameters(chapter: Chapter, given: Iterable[str]) -> None:
    """Refuse what papermill only warns of.

    Raises:
        ChapterError: If a given parameter is unknown to the chapter, or known but used by none of its other cells.
    """
    known = read_parameters(chapter)
    for name in given:
        if name not in known:
            raise ChapterError(
                f"Chapter '{chapter.name}' has no parameter '{name}'",
                f"Its parameters cell sets: {', '.join(known) or 'nothing'}",
            )
        if not _is_used(chapter, name):
            raise ChapterError(
                f"Chapter '{chapter.name}' never uses its parameter '{name}'",
                "It would be the same page whatever is given",
            )


def check_tags(chapter: Chapter) -> None:
    """Refuse tags by which a kernel passes over a cell or its error.

    Raises:
        ChapterError: If a cell has one; names chapter, cell and tag.
    """
    for number, cell in enumerate(chapter.notebook["cells"], start=1):
        for tag in _LENIENT_TAGS.intersection(_tags(cell)):
            raise ChapterError(
                f"Chapter '{chapter.name}', cell {number} has the tag '{tag}'",
                "Remove it: every cell of a chapter runs, and none fails",
            )


def _is_used(chapter: Chapter, name: str) -> bool:
    """Whether a cell other than the parameters cell reads `name`; a cell that is no plain Python counts as reading."""
    for cell in chapter.code_cells:
        if "parameters" in _tags(cell):
            continue
        try:
            nodes = ast.walk(ast.parse(cell_source(cell)))
        except SyntaxError:
            return True
        if any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) for node in nodes):
            return True
    return False


def set_parameters(chapter: Chapter, values: Mapping[str, object]) -> dict:
    """Return the notebook with `values` written into its parameters cell.

    The page of a month then shows that month, not the one that the chapter was written with; comments stay.
    """
    expressions = read_parameters(chapter)
    notebook = json.loads(json.dumps(chapter.notebook))
    cell = next(cell for cell in notebook["cells"] if "parameters" in _tags(cell))
    lines = cell_source(cell).encode().splitlines(keepends=True)
    for name in sorted(values, key=lambda name: (expressions[name].lineno, expressions[name].col_offset), reverse=True):
        node = expressions[name]
        before, after = lines[node.lineno - 1][: node.col_offset], lines[node.end_lineno - 1][node.end_col_offset :]
        shown = json.dumps(values[name], ensure_ascii=False) if isinstance(values[name], str) else repr(values[name])
        lines[node.lineno - 1 : node.end_lineno] = [before + shown.encode() + after]
    cell["source"] = b"".join(lines).decode()
    return notebook


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
    if "injected-parameters" in _tags(cell):
        cell.update(id=INJECTED_ID)
        cell["metadata"]["tags"] = list(INJECTED_TAGS)
    if not cell["metadata"].get("tags", True):
        del cell["metadata"]["tags"]
    if cell["cell_type"] == "code":
        cell["outputs"] = _join_streams(cell["outputs"])


def _join_streams(outputs: list[dict]) -> list[dict]:
    joined: list[dict] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] = "".join(last["text"]) + "".join(output["text"])
        else:
            joined.append(output)
    return joined


def months_of_lessons() -> set[str]:
    """Return the months that notebooks keep as their own in every edition."""
    chapters = map(read_chapter, list_chapters())
    tagged = (one for one in chapters if any(OWN_MONTH_TAG in _tags(cell) for cell in one.notebook["cells"]))
    return {month for month in map(own_month, tagged) if month}
