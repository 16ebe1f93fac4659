"""Files of the inbox: what is known of one before its content is read, and what the analyst says of it.

A file may have a sidecar `<file>.yml` with what its content does not tell: flow, month, day of publication. What it and
a profile may hold stands in `schemas/`, as JSON Schema.
"""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from metalsbook.errors import IngestError, UsageError

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is opened; a whole year of a customs query has a tenth of it."""
MAX_SIDECAR_BYTES = 64 * 1024
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
    """Return a file with its content and what is said of it; options go before its sidecar."""
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
    told = {option: text for option, text in vars(options).items() if text}
    return InboxFile(path, content, replace(read_sidecar(path), **told))


def sidecar_of(path: Path) -> Path:
    """Return where the sidecar of a file would lie."""
    return path.with_name(path.name + ".yml")


def read_sidecar(path: Path) -> Details:
    """Return what the sidecar of a file says; nothing where it has none."""
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        return Details()
    content = read_yaml(sidecar)
    if faults := find_faults(content, read_schema("sidecar")):
        raise IngestError(
            f"{safe_name(sidecar.name)}: {'; '.join(faults)}", "data/inbox/README.md says what it may hold"
        )
    return Details(**{key: text for key, text in content.items() if key != "note"})


def check_details(details: Details) -> None:
    """Refuse details that are not what their names want."""
    told = {name: text for name, text in vars(details).items() if text}
    if faults := find_faults(told, read_schema("sidecar")):
        raise UsageError("; ".join(faults), "See metalsbook ingest --help")


@cache
def read_schema(name: str) -> dict:
    """Return a JSON Schema of `schemas/`; it says what a sidecar or a profile may hold."""
    return json.loads((Path(__file__).parent / "schemas" / f"{name}.json").read_text("utf-8"))


def find_faults(content: object, schema: dict) -> list[str]:
    """Return what in a map breaks its schema, each with its key; `description` says in words what a key wants."""
    faults = []
    for error in Draft202012Validator(schema, format_checker=FormatChecker(["date"])).iter_errors(content):
        key, wanted = ", ".join(map(str, error.absolute_path)), error.schema.get("description")
        said = f"{key} is not {wanted}: '{shown(error.instance)}'" if key and wanted else error.message
        faults.append(shown(said, 300))
    return faults


class _Texts(yaml.BaseLoader):
    """Takes every scalar as text without the blanks around it, and no key twice: nothing is run, dated or counted."""

    def construct_scalar(self, node: yaml.Node) -> str:
        return super().construct_scalar(node).strip()

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict:
        keys: list[Any] = []
        for key, _ in node.value:
            keys.append(self.construct_object(key, deep=True))
            if keys[-1] in keys[:-1]:
                raise yaml.constructor.ConstructorError(None, None, f"'{keys[-1]}' is there twice", key.start_mark)
        return super().construct_mapping(node, deep=True)


def read_yaml(path: Path) -> dict:
    """Return a YAML map whose scalars are all text."""
    name = safe_name(path.name)
    try:
        if path.stat().st_size > MAX_SIDECAR_BYTES:
            raise IngestError(f"{name} has more than {MAX_SIDECAR_BYTES:,} bytes")
        content = yaml.load(path.read_text("utf-8-sig"), Loader=_Texts)
    except OSError as error:
        raise IngestError(f"{name} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f", row {mark.line + 1}" if mark else ""
        why = f": {shown(problem)}" if problem else ""
        raise IngestError(f"{name}{where} is not readable as YAML{why}", "Write it as lines of 'name: text'") from None
    if not isinstance(content, dict):
        raise IngestError(f"{name} holds no lines of 'name: text'")
    return content
