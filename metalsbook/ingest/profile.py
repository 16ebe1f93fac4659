"""Profiles: where in a table header, dates, units and columns are, and which series a column is of. YAML, all text."""

import re
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.files import TEXT, find_faults, read_yaml, safe_name, shown
from metalsbook.ledger.vocabulary import MEASURES, UNITS

SHIPPED = Path(__file__).parent / "profiles"
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True)
class Profile:
    """How a table is read; the keys are explained in the guide, `chapters/guide/extend.md`, "A format"."""

    name: str
    title: str
    publisher: str
    url: str
    licence: str
    origin: str
    evidence: str
    layout: str
    header: str
    date_column: str
    series: dict[str, str]
    units: dict[str, str]
    sheet: str = ""
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    label_rows: tuple[str, ...] = ()
    unit_row: str = ""
    footer: tuple[str, ...] = ()
    unit: str = ""
    measure: str = "level"
    name_column: str = ""
    value_column: str = ""
    unit_column: str = ""
    low_column: str = ""
    high_column: str = ""
    note: str = ""


_MAP = {"type": "object", "additionalProperties": TEXT, "description": "lines of 'name: text'"}
_LIST = {"type": "array", "items": {"type": "string", "minLength": 1}, "description": "a list of text"}
_NAMED = TEXT | {"minLength": 1, "description": "a header or a number"}
_UNITS = "|".join(re.escape(unit) for unit in UNITS)
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": [item.name for item in fields(Profile) if item.default is MISSING and item.name != "name"],
    "properties": {item.name: TEXT for item in fields(Profile) if item.name != "name"}
    | {
        "evidence": {"enum": ["verified", "unverified"], "description": "verified or unverified"},
        "layout": {"enum": ["columns", "long"], "description": "columns or long"},
        "measure": {"enum": list(MEASURES), "description": "a measure of the ledger"},
        "encodings": {"type": "array", "minItems": 1, "items": {"enum": list(ENCODINGS)}}
        | {"description": f"a list of {', '.join(ENCODINGS)}"},
        "header": _NAMED,
        "date_column": _NAMED,
        "label_rows": _LIST,
        "footer": _LIST,
        "series": _MAP | {"minProperties": 1},
        "units": _MAP
        | {
            "additionalProperties": {
                "type": "string",
                "pattern": rf"^({_UNITS})( x [0-9]+([.][0-9]+)?)?$",
                "description": "a unit of the ledger, as 'CNY/t' or 'CNY/t x 10000'",
            }
        },
    },
    "if": {"properties": {"layout": {"const": "long"}}},
    "then": {"required": ["name_column", "value_column"]},
}


def shipped_profiles() -> list[str]:
    """Return the names of the profiles that come with the book."""
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def find_profile(name: str) -> Profile:
    """Return a profile by its shipped name or the path of a YAML file.

    Raises:
        UsageError: If there is none of that name.
        IngestError: If the file is no profile; the message names the key.
    """
    if not name:
        raise UsageError("A table needs a profile", f"Add --profile: {', '.join(shipped_profiles())} or a YAML file")
    if _NAME.fullmatch(name) and (SHIPPED / f"{name}.yml").is_file():
        return read_profile(SHIPPED / f"{name}.yml")
    path = Path(name)
    if path.suffix.lower() in (".yml", ".yaml") and path.is_file():
        return read_profile(path)
    raise UsageError(
        f"There is no profile '{shown(name)}'", f"Use {', '.join(shipped_profiles())}, or the path of a .yml file"
    )


def read_profile(path: Path) -> Profile:
    """Return the profile of a YAML file.

    Raises:
        IngestError: If a key is missing, not known or of another shape; the message names all of them.
    """
    content = read_yaml(path)
    if faults := find_faults(content, _SCHEMA):
        raise IngestError(f"{safe_name(path.name)}: {'; '.join(faults)}", "Take a shipped profile as a pattern")
    shaped = {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
    shaped["series"] = {name: series for name, series in content["series"].items() if series}
    return Profile(path.stem, **shaped)
