"""The book's prose: the Markdown that people wrote, without code, quotations and addresses."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CHAPTERS = ROOT / "chapters"
FENCE = re.compile(r"^(`{3,})[^\n`]*\n.*?^\1\s*$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]+`")
# What somebody else said, "so" or “so”, keeps its own words.
QUOTED = re.compile(r'"[^"\n]{1,80}"|“[^”\n]{1,80}”')
ADDRESS = re.compile(r"\]\([^)\s]*\)|<?https?://[^\s>)]+>?|\b[\w.-]+\.(?:cn|com|org|gov)\b\S*")
ROLE = re.compile(r"\{[\w-]+\}")


def pages() -> list[Path]:
    """The Markdown files for readers: those of the book, and those at the top."""
    own = [path for path in CHAPTERS.rglob("*.md") if ".ipynb_checkpoints" not in path.parts]
    return [*sorted(own), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]


def written(path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def without_code(text: str) -> str:
    """Markdown without fenced and inline code; boxes fenced by colons are text and stay."""
    return INLINE.sub(" ", FENCE.sub("\n", text))


def prose(text: str) -> str:
    """Markdown as its author's own words: no code, quotation, address or role name."""
    return ROLE.sub(" ", ADDRESS.sub(" ", QUOTED.sub(" ", without_code(text))))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
