"""From a month to its pages: snapshot, executed chapters, site."""

from pathlib import Path

from metalsbook.publish.execute import execute_chapters
from metalsbook.publish.freeze import ensure_snapshot
from metalsbook.publish.site import build_edition_site, build_site


def build_book(month: str, engine: str = "auto") -> Path:
    """Build the edition of a month and return the path of its first page.

    Raises:
        BookError: If the month has no data, a chapter fails or the site cannot be built; the last good site stays.
    """
    ensure_snapshot(month)
    executed = execute_chapters(month, engine=engine)
    return build_edition_site(month, executed[0].path.parent)


def build_all(months: list[str], engine: str = "auto") -> Path:
    """Build the editions of all months, the start page and what they share; return the path of the start page."""
    for month in months:
        ensure_snapshot(month)
        execute_chapters(month, engine=engine)
    return build_site(months)
