"""Where things lie in the site, as all that builds it knows them.

An edition is the folder `<month>/`. The guide is the book's and not an edition's: it stands once, in `guide/`. What all
pages load lies in `_shared/<hash of the content>/`.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from metalsbook.errors import SiteError
from metalsbook.paths import project_root

GUIDE, LATEST, SHARED = "guide", "latest", "_shared"
_FILES = "pyproject.toml requirements.txt Makefile README.md LICENSE CITATION.cff _config.yml _toc.yml"
ROOT_FILES = tuple(_FILES.split())
"""Files at the top of the book that pages or downloads are made of."""
# Nothing from elsewhere, no inline script or style, no code made from text.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'"
)


@lru_cache
def _settings(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text("utf-8"))


def book_title() -> str:
    """Return the book's title as `_config.yml` has it."""
    return _settings(project_root() / "_config.yml")["title"]


def base_address() -> str:
    """Return the address of the published site, ending in a slash; empty where it is not known."""
    known = _settings(project_root() / "_config.yml").get("html", {}).get("baseurl") or ""
    address = os.environ.get("METALSBOOK_BASE_URL", known).strip()
    if address and not address.startswith(("https://", "http://")):
        raise SiteError(f"The site's address '{address}' is no web address", "Set html: baseurl in _config.yml")
    return f"{address.rstrip('/')}/" if address else ""
