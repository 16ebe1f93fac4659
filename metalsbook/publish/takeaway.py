"""What a reader takes along from an edition: workbook, brief and the data of the explorer, beside its downloads."""

import hashlib
from pathlib import Path

import pandas as pd

from metalsbook.edition import Edition
from metalsbook.publish import explorer
from metalsbook.publish.brief import write_brief
from metalsbook.publish.workbook import write_workbook


def write_takeaways(edition: Edition, figures: pd.DataFrame, folder: Path) -> dict[str, dict]:
    """Write workbook, brief and explorer data into the edition's `data/` folder.

    Returns:
        What `index.json` says of each file, by its kind: `workbook`, `brief`, `brief_text`, `explorer`.
    """
    names = {"workbook": f"strategic-metals-{edition.month}.xlsx", "explorer": explorer.FILE}
    names |= {"brief": f"brief-{edition.month}.pdf", "brief_text": f"brief-{edition.month}.txt"}
    files = {kind: folder / name for kind, name in names.items()}
    write_workbook(edition, figures, files["workbook"])
    write_brief(edition, files["brief"], files["brief_text"])
    files["explorer"].write_text(explorer.explorer_script(edition, figures), "utf-8", newline="")
    return {kind: describe_file(path) for kind, path in files.items()}


def describe_file(path: Path) -> dict:
    """Return name, size and hash of a file as `index.json` lists it."""
    content = path.read_bytes()
    return {"path": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
