"""Chapters read aloud: their cells run in the test's own process, without charts and tables, and what they say is kept.

The months are cut from one immutable snapshot, with what the reference month derives of them, so that nothing has to
be solved: the rows are real, and months before the reference month know a little more than their editions did.
"""

from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pandas as pd
import pytest

from metalsbook import page
from metalsbook.edition import PYTHON_STRINGS, Edition, open_edition
from metalsbook.ledger import vocabulary
from metalsbook.months import REFERENCE_MONTH, cut_off
from metalsbook.page import board, catalogue, words
from metalsbook.page.narrative import Html
from metalsbook.paths import chapters_folder, snapshots_folder
from metalsbook.publish.notebooks import cell_source, read_chapter
from metalsbook.snapshots.asof import select_as_of
from metalsbook.snapshots.snapshot import Snapshot, open_snapshot

NEWEST = "2026-01"
MONTHS = (NEWEST, "2025-02", "2015-01")
"""A January, a February, a month without data; a full month stands in the notebooks."""
MORE_MONTHS = ("2025-11", "2023-12")
"""Of the slow tests: a full month, a thin one."""
CHAPTERS = (*vocabulary.CHAPTERS, "index", "explorer")
CHECKS = ("claims_audit", "conflicts", "outlook_scorecard", "what_changed")
"""Pages on the whole of our data: read in the newest month alone."""
GOLDEN = Path(__file__).parent / "golden"


def edition_of(month: str) -> Edition:
    """Return the edition of a month, cut from the newest snapshot and from what the reference month derives."""
    known = open_snapshot(snapshots_folder() / NEWEST).tables
    tables = select_as_of(SimpleNamespace(**known | {"sources": known["sources"].assign(seen="")}), month)
    derived = dict(open_edition(REFERENCE_MONTH)._derived)
    derived["estimates"] = derived["estimates"][derived["estimates"]["period"] <= month]
    for name, key, own in (
        ("conflicts", "statement", "statements"),
        ("claims", "claim", "claims"),
        ("outlooks", "outlook", "outlooks"),
    ):
        derived[name] = derived[name][derived[name][key].isin(tables[own][key])]
    made = Edition(Snapshot(month, cut_off(month), "x", tables))
    made.__dict__["_derived"] = derived
    return made


def read_aloud(chapter: str, edition: Edition, patch) -> list[tuple[str, str]]:
    """Return the block and text of all that the cells of a chapter say of an edition, in the order of the page."""
    # Whatever is drawn is nothing.
    said, nothing = [], MagicMock()

    def fill(block: str, facts: dict) -> str:
        text = own_fill(block, facts)
        said.append((block, " ".join(text.split())))
        return text

    own_fill = words._fill
    patch.setattr(words, "_fill", fill)
    for name in ("month_axis", "day_axis", "status_color", "change_color", "wide_only", "show"):
        patch.setattr(page, name, nothing)
    for room, name in ((page, "table"), (board, "board"), (catalogue, "sources_fold")):
        patch.setattr(room, name, lambda *_, **__: Html(""))
    cells = {"alt": nothing, "pd": pd}
    patch.setattr("metalsbook.open_edition", lambda month: edition)
    for cell in read_chapter(chapters_folder() / f"{chapter}.ipynb").code_cells:
        if "parameters" in cell["metadata"].get("tags", []):
            cells["month"] = edition.month
        else:
            exec(cell_source(cell).replace("import altair as alt\n", ""), cells)
    return said


def read_month(month: str) -> dict[str, list[tuple[str, str]]]:
    read = {}
    # As in the processes that run chapters.
    with pd.option_context(*PYTHON_STRINGS):
        edition = edition_of(month)
        for name in CHAPTERS + (CHECKS if month == NEWEST else ()):
            with pytest.MonkeyPatch.context() as patch:
                read[name] = read_aloud(name, edition, patch)
    return read


def golden_text(chapters: dict[str, list[tuple[str, str]]]) -> str:
    """Return what chapters say as text: each under its name, a line for each block, the same line once."""
    lines = []
    for chapter, said in chapters.items():
        lines += [f"# {chapter}", *dict.fromkeys(f"{block}: {text}" for block, text in said if text), ""]
    return "\n".join(lines)


def kept_text(month: str) -> str:
    return (GOLDEN / f"{month}.txt").read_text("utf-8")


if __name__ == "__main__":
    for month in (*MONTHS, *MORE_MONTHS):
        (GOLDEN / f"{month}.txt").write_text(golden_text(read_month(month)), "utf-8")
