"""The guide is the book's and not an edition's: it is the same for every month, so it stands in the site once.

Its pages are built together with those of an edition, as one book, and then set apart. From `2025-11/rare_earths.html`
the guide lies at `../guide/`; from the guide an edition lies at `../latest/`, in place of which `static/book.js` puts
the reader's own.
"""

import filecmp
import re
import shutil
from pathlib import Path

from metalsbook.publish.kept_site import GUIDE
from metalsbook.store import put_in_place

_HOME = re.compile(rf"(?:.*/)?{GUIDE}(?=/)")


def home(page: str) -> str:
    """Return the folder of the guide for a page of it ("guide"), and "" for any other page."""
    found = _HOME.match(page)
    return found[0] if found else ""


def set_apart(built: Path, shared: str) -> Path:
    """Take the guide, where there is one, out of an edition that was just built; return its folder, beside it.

    Where its pages stood in the edition, others lead to it.

    Args:
        built: Folder of the edition.
        shared: Address of the shared assets within the site.
    """
    from metalsbook.publish.editions import lead_to_guide

    guide = built.parent / GUIDE
    if (built / GUIDE).is_dir():
        (built / GUIDE).rename(guide)
        lead_to_guide(built, guide, shared)
    return guide


def put_guide(guide: Path, site: Path) -> None:
    """Put a guide that was set apart in its place, where it is another one than the one that stands there."""
    if not guide.is_dir():
        shutil.rmtree(site / GUIDE, ignore_errors=True)
    elif not _are_same(guide, site / GUIDE):
        put_in_place(guide, site / GUIDE)


def _are_same(one: Path, other: Path) -> bool:
    names = [
        {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} for folder in (one, other)
    ]
    return names[0] == names[1] and not any(filecmp.cmpfiles(one, other, names[0], shallow=False)[1:])
