"""Notebooks named for the defect they hold, and a small book of its own to run them in."""

import re
import shutil
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


def broken_links(site: Path, pages: list[str]) -> list[str]:
    """Links of these pages of a site that lead to no file or to no anchor of these pages."""
    texts = {site / page: (site / page).read_text("utf-8") for page in pages}
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in texts.items()}
    broken = []
    for path, text in texts.items():
        for address in re.findall(r'\b(?:href|src|data-spec)="([^"]*)"', text):
            if re.match(r"[a-z]+:", address):
                continue
            place, _, anchor = address.partition("#")
            target = (path.parent / place).resolve() if place else path
            if not target.is_file() or (anchor and anchor not in anchors.get(target, {anchor})):
                broken.append(f"{path.relative_to(site)} -> {address}")
    return broken
