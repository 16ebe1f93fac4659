"""Sources to pages: Sphinx with jupyter-book's settings, in this process."""

import io
import os
import re
from pathlib import Path
from typing import Any

from metalsbook.errors import SiteError
from metalsbook.paths import build_folder, project_root

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SHOWN_WARNINGS = 5


def run_sphinx(month: str, source: Path, out: Path, shared: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Build the pages with jupyter-book's settings; any warning is an error.

    Args:
        month: Month of the edition.
        source: Folder of the staged sources.
        out: Folder for the pages.
        shared: Address of the shared assets within the site.
        facts: What the pages say of the edition, see `edition_facts`, and its `downloads`.

    Returns:
        Name, title, headline and charts of every page, the first page first.

    Raises:
        SiteError: If Sphinx fails or warns; the message holds its first lines.
    """
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    settings = _settings(source)
    settings.update(metalsbook_month=month, metalsbook_assets=shared, metalsbook_edition=facts)
    warnings = io.StringIO()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                str(source),
                None,
                str(out),
                str(out.parent / "doctrees"),
                "html",
                confoverrides=settings,
                status=None,
                warning=warnings,
                freshenv=True,
                warningiserror=True,
                keep_going=True,
            )
            app.build(force_all=True)
    except SphinxError as error:
        raise SiteError(f"The pages of {month} could not be built: {error}") from error
    _refuse_warnings(month, warnings.getvalue().replace(f"{source}{os.sep}", ""), app.statuscode)
    return app.metalsbook_pages.in_order(app.config.root_doc)


def _settings(source: Path) -> dict[str, Any]:
    """Return the book's settings for Sphinx, as jupyter-book reads them from `_config.yml`."""
    from jupyter_book.config import get_final_config

    settings, _ = get_final_config(
        user_yaml=project_root() / "_config.yml", cli_config={"latex_individualpages": False}, sourcedir=source
    )
    return {**settings, "metalsbook_chart_cache": str(build_folder() / "cache" / "charts"), "nitpicky": True}


def _refuse_warnings(month: str, told: str, status: int) -> None:
    complaints = [line for line in _ANSI.sub("", told).splitlines() if line]
    if complaints or status:
        shown = "; ".join(complaints[:_SHOWN_WARNINGS]) or "no reason given"
        raise SiteError(f"The pages of {month} have {len(complaints)} warnings: {shown}")
