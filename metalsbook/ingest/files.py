"""Files of the inbox: what is known of one before its content is read, and what the analyst says of it.

A file may have a sidecar `<file>.yml` with what its content does not tell: flow, month, day of publication.
"""

import hashlib
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from metalsbook.errors import IngestError, UsageError

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is opened; a whole year of a customs query has a tenth of it."""
MAX_SIDECAR_BYTES = 64 * 1024
_HEAD_BYTES = 64 * 1024
FLOWS = ("export", "import")
TEXT = {"type": "string", "description": "one text"}
_DAY = {"type": "string", "format": "date", "pattern": "^(19|20)[0-9]{2}-", "description": "a day YYYY-MM-DD"}
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "format": TEXT,
        "flow": {"enum": list(FLOWS), "description": "export or import"},
        "month": {"pattern": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", "description": "a month YYYY-MM"}
        | {"type": "string"},
        "measure": {"enum": ["level", "ytd"], "description": "level or ytd"},
        "published": _DAY,
        "seen": _DAY,
        "complete": {"pattern": "^[0-9]{4,8}([ ,]+[0-9]{4,8})*$", "description": "HS codes of 4 to 8 digits"}
        | {"type": "string"},
        "partial": {"enum": ["yes", "no", "true", "false"], "description": "yes or no"},
        "profile": TEXT,
        "note": TEXT,
    },
}
_KEPT_NAME_BYTES = 150
"""What is kept of a file's name beside 64 digits of its hash: file systems take names of 255 bytes."""


@dataclass(frozen=True)
class Details:
    """What options or a sidecar say of a file; "" where they say nothing.

    Attributes:
        format: Name of the format, where it shall not be recognised.
        flow: "export" or "import".
        month: Data month, "YYYY-MM".
        measure: "level" or "ytd".
        published: Day of publication, "YYYY-MM-DD"; of the pages in it that bear none, where rows name pages.
        seen: Day on which what bears no day of publication was seen, "YYYY-MM-DD".
        complete: HS codes whose items were all asked for, so that an item without rows counts as zero: "8104".
        partial: "yes" where the query asked for some partners only, so that no totals follow from it.
        profile: Profile of a table: a shipped name or the path of a YAML file.
    """

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
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(other, **{name: text for name, text in own.items() if text})


@dataclass(frozen=True)
class InboxFile:
    """A file with its identity.

    Attributes:
        path: Where it lies.
        sha256: Hash of its content, 64 hex digits.
        size: Bytes.
        head: Its first 64 KiB.
        details: What its sidecar and the options say.
    """

    path: Path
    sha256: str
    size: int
    head: bytes
    details: Details

    @property
    def name(self) -> str:
        """The file's name as it can be printed and stored: letters, digits and a few marks."""
        return safe_name(self.path.name)

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
    """Return a file with its hash, its head and what is said of it.

    Raises:
        IngestError: If it is missing, empty, no plain file or too large, or its sidecar cannot be read.
    """
    name = safe_name(path.name)
    try:
        if not path.is_file():
            raise IngestError(f"{name}: no such file", "Name a file, or put it into data/inbox/")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise IngestError(f"{name} has {size:,} bytes; at most {MAX_BYTES:,} are read", "Split the query")
        if size == 0:
            raise IngestError(f"{name} is empty", "Download it again")
        sha256, head = hash_file(path)
    except OSError as error:
        raise IngestError(f"{name} cannot be read: {error.strerror or error}") from error
    return InboxFile(path, sha256, size, head, options.over(read_sidecar(path)))


def hash_file(path: Path) -> tuple[str, bytes]:
    """Return the sha256 of a file as 64 hex digits, and its first 64 KiB."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
        handle.seek(0)
        return hashlib.file_digest(handle, "sha256").hexdigest(), head


def sidecar_of(path: Path) -> Path:
    """Return where the sidecar of a file would lie."""
    return path.with_name(path.name + ".yml")


def read_sidecar(path: Path) -> Details:
    """Return what the sidecar of a file says; nothing where it has none.

    Raises:
        IngestError: If it is no YAML map of known names to text, or a text is not what the name wants.
    """
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
    """Return a YAML map whose scalars are all text: nothing in it is run, dated or counted.

    Raises:
        IngestError: If the file is too large, is not YAML, holds no map or a key twice.
    """
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
    """Refuse details that are not what their names want.

    Raises:
        UsageError: If there are any; the message names them.
    """
    if faults := find_faults({name: text for name, text in vars(details).items() if text}, _SCHEMA):
        raise UsageError("; ".join(faults), "See metalsbook ingest --help")
