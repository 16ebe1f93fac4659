"""What a reader takes along from an edition: workbook, brief and the data of the explorer, beside its downloads."""

import hashlib
from pathlib import Path

import pandas as pd

from metalsbook.edition import Edition
from metalsbook.publish import explorer
from metalsbook.publish.workbook import write_workbook


def write_takeaways(edition: Edition, figures: pd.DataFrame, folder: Path) -> dict[str, dict]:
    """Write workbook and explorer data into the edition's `data/` folder.

    Returns:
        What `index.json` says of each file, by its kind: `workbook`, `explorer`.
    """
    files = {"workbook": folder / f"strategic-metals-{edition.month}.xlsx", "explorer": folder / explorer.FILE}
    write_workbook(edition, figures, files["workbook"])
    files["explorer"].write_text(explorer.explorer_script(edition, figures), "utf-8", newline="")
    return {kind: describe_file(path) for kind, path in files.items()}


def describe_file(path: Path) -> dict:
    """Return name, size and hash of a file as `index.json` lists it."""
    content = path.read_bytes()
    return {"path": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
