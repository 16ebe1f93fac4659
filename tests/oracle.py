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
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
KEPT = BUILD / "oracle" / "kept"
MONTHS = ["2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"]
# Months with next to no data: frozen with their gaps in a top folder of their own.
THIN = ["2023-12", "2024-06"]
THIN_ROOT = BUILD / "oracle" / "thin"
SHARED = "site"
SHOWN = 6
# Names that tell contents, and so change with what they name: of the shared assets, of the data of a chart.
_BY_CONTENT = re.compile(r"_shared/[0-9a-f]+|data-[0-9a-f]{32}")
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "small", "span", "strong", "sub", "sup", "mark", "wbr", "time"}
_BLOCKS = re.compile(r"\s*(?=<(?:p|li|tr|t[dh]|div|details|summary|h\d|ul|ol|dl|dt|dd|table|caption|figure)\b)")

Kinds = dict[str, list[str]]


class Page(HTMLParser):
    """The parts of a page: `text` that is seen at once, what folds hold (`folded`), `links`, `cells` and `alts`."""

    def __init__(self, markup: str):
        super().__init__()
        self.kinds: Kinds = {kind: [] for kind in ("text", "folded", "links", "cells", "alts")}
        self._open: list[str] = []
        self._pieces: list[str] = []
        self._link: tuple[str, list[str]] | None = None
        self._row: list[str] | None = None
        self.feed(markup)
        self._end_line()

    def handle_starttag(self, name, attributes):
        told = dict(attributes)
        if name not in _INLINE:
            self._end_line()
        if name not in _VOID:
            self._open.append(name)
        if name == "a" and "href" in told:
            self._link = (_BY_CONTENT.sub("*", told["href"] or ""), [])
        elif name == "tr":
            self._row = []
        elif name in ("td", "th") and self._row is not None:
            self._row.append("")
        for key in ("alt", "aria-label"):
            if told.get(key):
                self.kinds["alts"].append(f"{key}: {told[key]}")

    def handle_endtag(self, name):
        if name not in _INLINE:
            self._end_line()
        if name in self._open:
            while self._open.pop() != name:
                pass
        if name == "a" and self._link:
            self.kinds["links"].append(f"{' '.join(''.join(self._link[1]).split())} -> {self._link[0]}")
            self._link = None
        elif name == "tr" and self._row is not None:
            self.kinds["cells"].append(" | ".join(" ".join(cell.split()) for cell in self._row))
            self._row = None

    def handle_data(self, data):
        if self._open and self._open[-1] in ("script", "style"):
            return
        self._pieces.append(data)
        if self._link:
            self._link[1].append(data)
        if self._row:
            self._row[-1] += data

    def _end_line(self):
        line = " ".join("".join(self._pieces).split())
        self._pieces.clear()
        if line:
            folded = "details" in self._open and "summary" not in self._open
            self.kinds["folded" if folded else "text"].append(line)


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
            found[name.removesuffix(".html")] = Page(path.read_text("utf-8")).kinds
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
        _link_root()
        _build(THIN_ROOT, "--months", ",".join(thin), "--allow-gaps")


def _build(root: Path, *options: str) -> None:
    environment = {**os.environ, "METALSBOOK_ROOT": str(root)}
    environment.pop("METALSBOOK_BASE_URL", None)
    subprocess.run([sys.executable, "-m", "metalsbook.cli", "site", *options], cwd=ROOT, env=environment, check=True)


def _link_root() -> None:
    """Lay out the top folder of the thin months: all of the book but what was built, and its snapshots for lessons."""
    snapshots = THIN_ROOT / "data" / "snapshots"
    # Frozen anew each time: the rules of freezing are checked as well.
    shutil.rmtree(snapshots, ignore_errors=True)
    snapshots.mkdir(parents=True)
    for source in (*ROOT.iterdir(), *(ROOT / "data").iterdir(), *(ROOT / "data" / "snapshots").iterdir()):
        target = THIN_ROOT / source.relative_to(ROOT)
        if source.name in ("data", "snapshots", "_build") or source.name.startswith("."):
            continue
        target.unlink(missing_ok=True)
        target.symlink_to(source)


def read_all(months: list[str]) -> dict[str, dict[str, Kinds]]:
    """Return what stands on disk of these months, and under `site` what the editions share."""
    books = {month: read_book(THIN_ROOT if month in THIN else ROOT, month) for month in months}
    site = BUILD / "site"
    shared = {"start page": Page((site / "index.html").read_text("utf-8")).kinds} if set(months) >= set(MONTHS) else {}
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
