"""A small book of four pages and two editions, built once for all tests that look at a site."""

import shutil
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd

from metalsbook.paths import build_folder
from metalsbook.publish.assets import vega_bundle
from metalsbook.snapshots.snapshot import freeze_snapshot

BOOK = Path(__file__).parent / "book"
ROOT = Path(__file__).parent.parent
MONTHS = ("2025-10", "2025-11")
PAGES = ("index", "prices", "shapes")
HOSTILE = "<script>alert(1)</script>\"'=cmd()"


def make_root(folder: Path) -> Path:
    shutil.copytree(BOOK, folder)
    for name in ("_config.yml", "pyproject.toml", "Makefile", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "requirements.txt").write_text(f"pandas==3.1.1 \\\n    --hash=sha256:{'a' * 64}\n", "utf-8")
    bring_vega(folder)
    for number, month in enumerate(MONTHS):
        freeze_snapshot(_tables(number), month, folder / "data" / "snapshots")
        (folder / "_build" / "chapters" / month).mkdir(parents=True)
        for path in (folder / "chapters").glob("*.ipynb"):
            text = path.read_text("utf-8").replace('month = \\"2025-11\\"', f'month = \\"{month}\\"')
            (folder / "_build" / "chapters" / month / path.name).write_text(text, "utf-8")
    return folder


def bring_vega(root: Path) -> None:
    """Take the bundle of Vega over into another book: made once for the book and all tests, it takes seconds."""
    vega_bundle()
    (root / "_build" / "cache").mkdir(parents=True, exist_ok=True)
    for path in (build_folder() / "cache").glob("vega-*"):
        shutil.copyfile(path, root / "_build" / "cache" / path.name)


def _tables(number: int) -> dict[str, pd.DataFrame]:
    columns = ["statement", "period", "value", "stated", "source"]
    rows = [("st-1", "2025-09", 16100.0, "16,100", "a"), ("st-2", "2025-10", 16200.0, "-5.1%", "b")]
    statements = pd.DataFrame([*rows, ("st-3", "2025-11", None, HOSTILE, "b")], columns=columns)
    statements = statements.assign(series="mg.price.ingot.fugu", measure="level")
    slips = {
        "correction": ["slip-1", "slip-2"],
        "column": "stated",
        "was": ["1", HOSTILE],
        "becomes": "2",
        "why": "a slip",
    }
    name = pd.DataFrame({"source": ["a", "b"], "title": ["A page", HOSTILE]})
    named = dict.fromkeys(("series", "sources", "claims", "outlooks", "events"), name)
    corrections = pd.DataFrame(slips)
    return named | {"statements": statements.iloc[: 2 + number], "corrections": corrections.iloc[: 1 + number]}


def derived(_: object) -> dict[str, pd.DataFrame]:
    """Stand in for what the method makes of a snapshot."""
    verdicts = pd.DataFrame({"claim": ["c-1", "c-2"], "verdict": ["contradicted", "confirmed"]})
    return {"claims": verdicts, "conflicts": pd.DataFrame({"conflict": ["k-1", "k-1"], "statement": ["st-1", "st-2"]})}


FIGURES = pd.DataFrame(
    [
        ("mg.export.ingot", "Ingot exports", "t", "month", "2025-09", 99.5, 100.0, 100.5, "published", "Customs"),
        ("mg.export.ingot", "Ingot exports", "t", "month", "2025-11", 150.0, 200.0, 250.0, "derived", HOSTILE),
        ("mg.price.fugu", "Fugu price", "CNY/t", "month", "2025-11", 16000.0, 16000.0, 16000.0, "published", "SMM"),
    ],
    columns=["series", "title", "unit", "length", "period", "low", "value", "high", "status", "publisher"],
)
CATALOGUE = pd.DataFrame(
    [
        ("mg.export.ingot", "Ingot exports", "t", "magnesium_exports", ""),
        ("mg.price.fugu", "Fugu price", "CNY/t", "magnesium_prices", HOSTILE),
    ],
    columns=["series", "title", "unit", "chapter", "basis"],
)


def takeaways(edition, figures: pd.DataFrame, folder: Path) -> dict[str, dict]:
    """Stand in for the files that need a whole edition; the explorer's data are real."""
    from metalsbook.downloads import explorer
    from metalsbook.downloads.files import describe_file

    told = SimpleNamespace(month=edition.month, series=CATALOGUE)
    for name, script in explorer.explorer_scripts(told, figures).items():
        (folder / name).write_text(script, "utf-8")
    for name in ("book.xlsx", "brief.pdf", "brief.txt"):
        (folder / name).write_bytes(b"")
    kinds = {"workbook": "book.xlsx", "explorer": explorer.FILE, "brief": "brief.pdf", "brief_text": "brief.txt"}
    return {kind: describe_file(folder / name) for kind, name in kinds.items()}


@contextmanager
def stand_ins():
    """Let what the method would make of the snapshots be stood in for."""
    changes = {"month": "2025-11", "counts": {"revised_figures": 0}, "revised_figures": []}
    with (
        patch("metalsbook.downloads.files.derive_tables", derived),
        patch("metalsbook.downloads.files.Edition.changes_as_dict", lambda _: changes),
        patch("metalsbook.downloads.files.all_figures", lambda _: FIGURES),
        patch("metalsbook.downloads.files.write_takeaways", takeaways),
        # What stands in would not reach other processes.
        patch("metalsbook.publish.pool.count_workers", lambda _: 1),
    ):
        yield


def build(*months: str) -> Path:
    """Build editions of the sample book that is the project's root, by default all, and return the site's folder."""
    from metalsbook.publish import site

    with stand_ins():
        return site.build_site(list(months or MONTHS))
