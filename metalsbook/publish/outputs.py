"""What an executed chapter shows: no empty chart, no warning, nothing that names this machine or this run."""

import json
import os
import re
from collections.abc import Iterator, Mapping

from metalsbook.errors import ChapterError
from metalsbook.paths import project_root

VEGALITE_MIME = re.compile(r"application/vnd\.vegalite\.v\d+[+.]json")
_VIEWS = ("layer", "hconcat", "vconcat", "concat")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


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
        ChapterError: If a chart has no data, or a cell printed a warning, a path of this machine or the address of an
            object in memory; the message names the chapter and the cell.
    """
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
    """Whether a Vega-Lite chart draws nothing.

    Layers share one picture: one of them with data is enough. Of charts side by side each must have some. A row counts
    where the fields on its x and y axes are not null.
    """
    return _view_is_empty(spec, spec.get("datasets", {}), {}, {})


def _view_is_empty(view: Mapping, datasets: Mapping, data: Mapping, encoding: Mapping) -> bool:
    """Judge one view; `data` and `encoding` are those of the view around it, which it inherits."""
    data = view.get("data") or data
    encoding = {**encoding, **view.get("encoding", {})}
    children = next((view[key] for key in _VIEWS if key in view), None)
    if "spec" in view:
        children = [view["spec"]]
    if children is None:
        return not _has_rows(datasets, data, encoding)
    empty = [_view_is_empty(child, datasets, data, encoding) for child in children]
    return all(empty) if "layer" in view else any(empty) or not empty


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
