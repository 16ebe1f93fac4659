"""Notebooks named for the defect they hold, and a small book of its own to run them in."""

import base64
import json
import re
import shutil
import zlib
from pathlib import Path

NOTEBOOKS = Path(__file__).parent / "notebooks"


def sample(name: str) -> Path:
    return NOTEBOOKS / f"{name}.ipynb"


def make_book(folder: Path, monkeypatch, *chapters: str) -> Path:
    """A book's top folder with these samples as chapters and one file as the snapshot of each of two months."""
    for month in ("2025-10", "2025-11"):
        (folder / "data" / "snapshots" / month).mkdir(parents=True)
        (folder / "data" / "snapshots" / month / "statements.parquet").write_bytes(month.encode())
    (folder / "chapters").mkdir()
    (folder / "requirements.txt").write_text("pandas==3.1.1\n")
    for name in chapters:
        shutil.copyfile(sample(name), folder / "chapters" / f"{name}.ipynb")
    monkeypatch.setenv("METALSBOOK_ROOT", str(folder))
    return folder


def files_below(folder: Path) -> dict[str, bytes]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def unpack_text(packed: str) -> object:
    """What is handed over packed."""
    return json.loads(zlib.decompress(base64.b64decode(packed, validate=True)))


def unpack(script: str) -> object:
    """What a script hands over packed: its last string."""
    return unpack_text(script.removesuffix('");\n').rpartition('"')[2])


def fill_folds(page: str) -> str:
    """A page as its script leaves it: every fold holds what is its own."""
    packed = re.search(r'id="folds">([^<]*)<', page)
    held = iter(unpack_text(packed[1]) if packed else [])
    start = page.index("<main")
    # The table of a chart is made by another script.
    empty = '(?<!chart-data"><summary>Data table)(?<!chart-data"><summary>Data table .)</summary>(?=</details>)'
    filled = page[:start] + re.sub(empty, lambda end: end[0] + next(held, ""), page[start:])
    assert next(held, None) is None, "not all of what folds hold has its place"
    return filled


def broken_links(site: Path, pages: list[str]) -> list[str]:
    """Links of these pages of a site, also within folds, that lead to no file or to no anchor of these pages."""
    texts = {site / page: fill_folds((site / page).read_text("utf-8")) for page in pages}
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in texts.items()}
    broken = []
    for path, text in texts.items():
        for address in re.findall(r'\b(?:href|src|srcset|data-spec)="([^"]*)"', text):
            if re.match(r"[a-z]+:", address):
                continue
            place, _, anchor = address.partition("#")
            target = (path.parent / place).resolve() if place else path
            if not target.is_file() or (anchor and anchor not in anchors.get(target, {anchor})):
                broken.append(f"{path.relative_to(site)} -> {address}")
    return broken
