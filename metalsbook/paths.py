"""Where the book's folders are: everything is found from one root, so that a chapter runs from any folder."""

import os
from pathlib import Path


def project_root() -> Path:
    """Return the book's top folder: `METALSBOOK_ROOT` where it is set, else the folder that holds the package."""
    named = os.environ.get("METALSBOOK_ROOT")
    return Path(named).resolve() if named else Path(__file__).resolve().parent.parent


def ledger_folder() -> Path:
    """Return the folder of the ledger's CSV tables."""
    return project_root() / "data" / "ledger"


def snapshots_folder() -> Path:
    """Return the folder that holds one folder of Parquet files for each frozen month."""
    return project_root() / "data" / "snapshots"


def chapters_folder() -> Path:
    """Return the folder of the notebooks and pages."""
    return project_root() / "chapters"


def build_folder() -> Path:
    """Return the folder for all that can be built again."""
    return project_root() / "_build"
