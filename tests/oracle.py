"""What the book shows, kept and compared: the check of a change that is meant to leave the book as it is.

    python -m tests.oracle keep              build six months and two thin ones, keep what they show
    python -m tests.oracle                   build them again, tell every difference by month, page and kind
    python -m tests.oracle --months 2025-11 --against FOLDER --full

It reads what stands on disk (executed notebooks, derived tables, pages of the site), not the package, so that a book of
an older or newer commit is read alike. What is kept lies in `_build/oracle/kept`, one file a month.
"""

import argparse
import difflib
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
KEPT = BUILD / "oracle" / "kept"
MONTHS = ["2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"]
# Months with next to no data, the first with the least: frozen with their gaps in a top folder of their own.
THIN = ["2023-12", "2024-06"]
THIN_ROOT = BUILD / "oracle" / "thin"
SHARED = "site"
SHOWN = 6
# Names that tell contents, and so change with what they name: of the shared assets, of the data of a chart.
_BY_CONTENT = re.compile(r"_shared/[0-9a-f]+|data-[0-9a-f]{32}")
_INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "small", "span", "strong", "sub", "sup", "mark", "wbr", "time"}
_BLOCKS = re.compile(r"\s*(?=<(?:p|li|tr|t[dh]|div|details|summary|h\d|ul|ol|dl|dt|dd|table|caption|figure)\b)")

Kinds = dict[str, list[str]]


def read_page(markup: str) -> Kinds:
    """Return the parts of a page: `text` that is seen at once, what folds hold (`folded`), `links`, `cells`, `alts`."""
    page = BeautifulSoup(markup, "html.parser")
    for hidden in page(["script", "style"]):
        hidden.decompose()
    links = [f"{_words(link)} -> {_BY_CONTENT.sub('*', link['href'])}" for link in page("a", href=True)]
    cells = [" | ".join(map(_words, row(["td", "th"]))) for row in page("tr")]
    told = [(key, each.get(key)) for each in page(True) for key in ("alt", "aria-label")]
    for block in page(lambda tag: tag.name not in _INLINE):
        block.insert_before("\n")
        block.append("\n")
    folded = []
    for fold in page("details"):
        # One within another fold went with that one.
        if any(parent is page for parent in fold.parents):
            folded += [part.extract() for part in list(fold.children) if part.name != "summary"]
    return {
        "text": _lines(page.get_text()),
        "folded": _lines("".join(part.get_text() for part in folded)),
        "links": links,
        "cells": cells,
        "alts": [f"{key}: {text}" for key, text in told if text],
    }


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def read_book(root: Path, month: str) -> dict[str, Kinds]:
    """Return what the book of a month shows: page, then kind, then lines."""
    found: dict[str, Kinds] = defaultdict(dict)
    for path in sorted((root / "_build" / "chapters" / month).rglob("*.ipynb")):
        found[path.stem].update(_read_notebook(json.loads(path.read_text("utf-8"))))
    for path in sorted((root / "_build" / "derived" / month).glob("*.parquet")):
        # As text to nine digits: the bytes of Parquet depend on who wrote it.
        found[f"derived/{path.stem}"]["rows"] = (
            pd.read_parquet(path).to_csv(index=False, float_format="%.9g").splitlines()
        )
    for page, kinds in _read_site(root / "_build" / "site" / month).items():
        found[page].update(kinds)
    return dict(found)


def _read_site(folder: Path) -> dict[str, Kinds]:
    """Return the parts of every page below a folder, and the hash of each other file."""
    found: dict[str, Kinds] = {"files": {"data": [], "pictures": [], "other": []}}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".html":
            found[name.removesuffix(".html")] = read_page(path.read_text("utf-8"))
            continue
        kind = {".csv": "data", ".parquet": "data", ".svg": "pictures", ".png": "pictures"}.get(path.suffix, "other")
        found["files"][kind].append(f"{name} {_hash(path)}")
    return found


def _hash(path: Path) -> str:
    if path.suffix in (".zip", ".gz", ".parquet"):
        # What is packed stands beside it as text.
        return "packed"
    return hashlib.sha256(_BY_CONTENT.sub("*", path.read_bytes().decode("latin-1")).encode()).hexdigest()[:16]


def _read_notebook(notebook: dict) -> Kinds:
    kinds: Kinds = {"outputs": [], "specs": [], "chart rows": []}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            told = output.get("data") or {"text": output.get("text") or output.get("evalue", "")}
            for kind, value in sorted(told.items()):
                _add_output(kinds, kind, value)
    return kinds


def _add_output(kinds: Kinds, kind: str, value: object) -> None:
    if isinstance(value, dict):
        rows: list[str] = []
        spec = json.dumps(_without_rows(value, rows), indent=1, ensure_ascii=False)
        kinds["specs"] += _BY_CONTENT.sub("*", spec).splitlines()
        kinds["chart rows"] += rows
        return
    text = "".join(value) if isinstance(value, list) else str(value)
    if kind.startswith("image/") or (kind == "text/plain" and "<" in text):
        text = hashlib.sha256(text.encode()).hexdigest()[:16] if kind.startswith("image/") else text.split("<")[0]
    parts = _BLOCKS.split(text) if kind == "text/html" else text.splitlines()
    kinds["outputs"] += [_BY_CONTENT.sub("*", part) for part in parts if part.strip()]


def _without_rows(spec: object, rows: list[str]) -> object:
    """Return a spec without the rows of its data sets, which are added to `rows`, one line each."""
    if isinstance(spec, list):
        return [_without_rows(each, rows) for each in spec]
    if not isinstance(spec, dict):
        return spec
    left = {}
    for key, value in spec.items():
        if isinstance(value, list) and (key == "values" or _BY_CONTENT.match(key)) and value:
            rows += [json.dumps(row, ensure_ascii=False) for row in value]
            left[key] = f"{len(value)} rows"
        else:
            left[key] = _without_rows(value, rows)
    return left


def build(months: list[str]) -> None:
    """Build the editions of these months; those with next to no data in a top folder of their own."""
    usual, thin = [each for each in months if each in MONTHS], [each for each in months if each in THIN]
    if usual:
        _build(ROOT, "--months", ",".join(usual))
    if thin:
        link_root(THIN_ROOT)
        _build(THIN_ROOT, "--months", ",".join(thin), "--allow-gaps")


def _build(root: Path, *options: str) -> None:
    environment = {**os.environ, "METALSBOOK_ROOT": str(root)}
    environment.pop("METALSBOOK_BASE_URL", None)
    subprocess.run([sys.executable, "-m", "metalsbook.cli", "site", *options], cwd=ROOT, env=environment, check=True)


def link_root(root: Path) -> None:
    """Lay out a top folder for thin months: all of the book but what was built, and its snapshots for lessons."""
    snapshots = root / "data" / "snapshots"
    # Frozen anew each time: the rules of freezing are checked as well.
    shutil.rmtree(snapshots, ignore_errors=True)
    snapshots.mkdir(parents=True)
    for source in (*ROOT.iterdir(), *(ROOT / "data").iterdir(), *(ROOT / "data" / "snapshots").iterdir()):
        target = root / source.relative_to(ROOT)
        if source.name in ("data", "snapshots", "_build") or source.name.startswith("."):
            continue
        target.unlink(missing_ok=True)
        target.symlink_to(source)


def read_all(months: list[str]) -> dict[str, dict[str, Kinds]]:
    """Return what stands on disk of these months, and under `site` what the editions share."""
    books = {month: read_book(THIN_ROOT if month in THIN else ROOT, month) for month in months}
    site = BUILD / "site"
    shared = {"start page": read_page((site / "index.html").read_text("utf-8"))} if set(months) >= set(MONTHS) else {}
    shared.update({f"guide/{page}": kinds for page, kinds in _read_site(site / "guide").items()} if shared else {})
    return {**books, SHARED: shared} if shared else books


def keep(books: dict[str, dict[str, Kinds]], folder: Path) -> None:
    """Write what is kept, one file a month; the same contents make the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for month, pages in books.items():
        text = json.dumps(pages, ensure_ascii=False, sort_keys=True)
        (folder / f"{month}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def differences(kept: dict[str, Kinds], now: dict[str, Kinds]) -> dict[tuple[str, str], list[str]]:
    """Return the lines that went (-) and came (+) by page and kind; a page that is new or gone as one line."""
    found = {}
    for page in sorted({*kept, *now}):
        if page not in kept or page not in now:
            found[page, "page"] = [f"{'-' if page in kept else '+'}{page}"]
            continue
        for kind in sorted({*kept[page], *now[page]}):
            one, other = kept[page].get(kind, []), now[page].get(kind, [])
            if one != other:
                changed = [*difflib.unified_diff(one, other, n=0, lineterm="")][2:]
                found[page, kind] = [line for line in changed if not line.startswith("@@")]
    return found


def main(arguments: list[str] | None = None) -> int:
    """Keep, or compare and return 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", nargs="?", choices=["compare", "keep"], default="compare")
    parser.add_argument("--months", default=",".join([*MONTHS, *THIN]), help="only these, with commas")
    parser.add_argument("--against", type=Path, default=KEPT, metavar="FOLDER", help="where it is kept")
    parser.add_argument("--built", action="store_true", help="read what stands on disk, build nothing")
    parser.add_argument("--full", action="store_true", help=f"show all lines, not the first {SHOWN} of each")
    options = parser.parse_args(arguments)
    months = options.months.split(",")
    if unknown := set(months) - {*MONTHS, *THIN}:
        parser.error(f"{', '.join(sorted(unknown))}: the months are {', '.join([*MONTHS, *THIN])}")
    if not options.built:
        build(months)
    books = read_all(months)
    if options.action == "keep":
        keep(books, options.against)
        print(f"Kept {', '.join(books)} in {options.against}")
        return 0
    return _tell(books, options.against, options.full)


def _tell(books: dict[str, dict[str, Kinds]], folder: Path, full: bool) -> int:
    counts: dict[str, int] = defaultdict(int)
    for month, pages in books.items():
        path = folder / f"{month}.json.gz"
        if not path.is_file():
            print(f"{month}: nothing is kept in {folder}; keep it with: python -m tests.oracle keep")
            counts["not kept"] += 1
            continue
        for (page, kind), lines in differences(json.loads(gzip.decompress(path.read_bytes())), pages).items():
            counts[kind] += len(lines)
            print(f"\n{month} {page}: {kind} ({len(lines)} lines)")
            print("\n".join(line if full else line[:240] for line in (lines if full else lines[:SHOWN])))
    print("\n" + (", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())) or "No difference"))
    return int(bool(counts))


if __name__ == "__main__":
    sys.exit(main())
