"""Files of the inbox: what is known of one before its content is read, and what the analyst says of it.

A file may have a sidecar `<file>.yml` with what its content does not tell: flow, month, day of publication.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from metalsbook.errors import IngestError, UsageError

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is opened; a whole year of a customs query has a tenth of it."""
MAX_SIDECAR_BYTES = 64 * 1024
FLOWS = ("export", "import")
TEXT = {"type": "string", "description": "one text"}
_DAY = {"type": "string", "format": "date", "pattern": "^(19|20)[0-9]{2}-", "description": "a day YYYY-MM-DD"}
_MONTH = TEXT | {"pattern": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", "description": "a month YYYY-MM"}
_CODES = TEXT | {"pattern": "^[0-9]{4,8}([ ,]+[0-9]{4,8})*$", "description": "HS codes of 4 to 8 digits"}
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "format": TEXT,
        "flow": {"enum": list(FLOWS), "description": "export or import"},
        "month": _MONTH,
        "measure": {"enum": ["level", "ytd"], "description": "level or ytd"},
        "published": _DAY,
        "seen": _DAY,
        "complete": _CODES,
        "partial": {"enum": ["yes", "no", "true", "false"], "description": "yes or no"},
        "profile": TEXT,
        "note": TEXT,
    },
}
_KEPT_NAME_BYTES = 150
"""What is kept of a file's name beside 64 digits of its hash: file systems take names of 255 bytes."""


@dataclass(frozen=True)
class Details:
    """What options or a sidecar say of a file, as data/inbox/README.md explains it; "" where they say nothing."""

    format: str = ""
    flow: str = ""
    month: str = ""
    measure: str = ""
    published: str = ""
    seen: str = ""
    complete: str = ""
    partial: str = ""
    profile: str = ""

    def over(self, other: "Details") -> "Details":
        """Return the details, with those of `other` where these say nothing."""
        return replace(other, **{name: text for name, text in vars(self).items() if text})


@dataclass(frozen=True)
class InboxFile:
    """A file as it was read once, with what its sidecar and the options say of it."""

    path: Path
    content: bytes
    details: Details

    @property
    def name(self) -> str:
        """The file's name as it can be printed and stored: letters, digits and a few marks."""
        return safe_name(self.path.name)

    @cached_property
    def sha256(self) -> str:
        """Hash of its content, 64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def archive_name(self) -> str:
        """The name under which it is kept: its hash and its own name."""
        return f"{self.sha256}-{kept_name(self.path)}"


def safe_name(name: str) -> str:
    """Return a file name without anything that a page, a shell or a terminal could take for more than text."""
    return re.sub(r"[^\w.() -]+", "_", name, flags=re.ASCII if name.isascii() else 0).strip(" .") or "file"


def kept_name(path: Path) -> str:
    """Return the end of a file's name that its archived copy bears."""
    return safe_name(path.name).encode()[-_KEPT_NAME_BYTES:].decode(errors="ignore").lstrip(" .")


def shown(text: object, limit: int = 60) -> str:
    """Return text from a file as an error can show it: printable, short."""
    clean = "".join(mark if mark.isprintable() else "\ufffd" for mark in str(text)[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def open_file(path: Path, options: Details) -> InboxFile:
    """Return a file with its content and what is said of it."""
    name = safe_name(path.name)
    try:
        if not path.is_file():
            raise IngestError(f"{name}: no such file", "Name a file, or put it into data/inbox/")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise IngestError(f"{name} has {size:,} bytes; at most {MAX_BYTES:,} are read", "Split the query")
        if size == 0:
            raise IngestError(f"{name} is empty", "Download it again")
        content = path.read_bytes()
    except OSError as error:
        raise IngestError(f"{name} cannot be read: {error.strerror or error}") from error
    return InboxFile(path, content, options.over(read_sidecar(path)))


def sidecar_of(path: Path) -> Path:
    """Return where the sidecar of a file would lie."""
    return path.with_name(path.name + ".yml")


def read_sidecar(path: Path) -> Details:
    """Return what the sidecar of a file says; nothing where it has none."""
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        return Details()
    content = read_yaml(sidecar)
    if faults := find_faults(content, _SCHEMA):
        raise IngestError(
            f"{safe_name(sidecar.name)}: {'; '.join(faults)}", "data/inbox/README.md says what it may hold"
        )
    return Details(**{key: text for key, text in content.items() if key != "note"})


def find_faults(content: object, schema: dict) -> list[str]:
    """Return what in a map breaks its schema, each with its key; `description` says in words what a key wants."""
    from jsonschema import Draft202012Validator, FormatChecker

    faults = []
    for error in Draft202012Validator(schema, format_checker=FormatChecker(["date"])).iter_errors(content):
        key, wanted = ", ".join(map(str, error.absolute_path)), error.schema.get("description")
        said = f"{key} is not {wanted}: '{shown(error.instance)}'" if key and wanted else error.message
        faults.append(shown(said, 300))
    return faults


def read_yaml(path: Path) -> dict:
    """Return a YAML map whose scalars are all text: nothing in it is run, dated or counted."""
    import yaml

    name = safe_name(path.name)
    try:
        if path.stat().st_size > MAX_SIDECAR_BYTES:
            raise IngestError(f"{name} has more than {MAX_SIDECAR_BYTES:,} bytes")
        text = path.read_text("utf-8-sig")
        _refuse_repeated_keys(yaml.compose(text, Loader=yaml.BaseLoader), name)
        content = _strip(yaml.load(text, Loader=yaml.BaseLoader))
    except OSError as error:
        raise IngestError(f"{name} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f", row {line + 1}"
        raise IngestError(f"{name}{where} is not readable as YAML", "Write it as lines of 'name: text'") from None
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise IngestError(f"{name} holds no lines of 'name: text'")
    return content


def _strip(value: Any) -> Any:
    """Return texts without the blanks and line ends around them, in lists and maps, too."""
    if isinstance(value, dict):
        return {_strip(key): _strip(text) for key, text in value.items()}
    return [_strip(text) for text in value] if isinstance(value, list) else value.strip() if value else value


def _refuse_repeated_keys(node, name: str) -> None:
    """Refuse a map that has a key twice: YAML would take the last one without a word."""
    pairs = node.value if node is not None and node.id == "mapping" else []
    seen: set[str] = set()
    for key, value in pairs:
        if str(key.value).strip() in seen:
            raise IngestError(
                f"{name}, row {key.start_mark.line + 1}: '{shown(key.value)}' is there twice",
                "Keep the one that is meant",
            )
        seen.add(str(key.value).strip())
        _refuse_repeated_keys(value, name)


def check_details(details: Details) -> None:
    """Refuse details that are not what their names want."""
    if faults := find_faults({name: text for name, text in vars(details).items() if text}, _SCHEMA):
        raise UsageError("; ".join(faults), "See metalsbook ingest --help")
