"""Profiles: where in a table header, dates, units and columns are, and which series a column is of. YAML, all text."""

import re
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.files import read_yaml, safe_name, shown
from metalsbook.ledger.vocabulary import MEASURES, UNITS

SHIPPED = Path(__file__).parent / "profiles"
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
LAYOUTS = {"columns": "one date a row, one series a column", "long": "one figure a row, its series named in a column"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_UNIT = re.compile(r"(.+?)(?: x ([0-9]+(?:\.[0-9]+)?))?")
_LISTED = 2_000


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
    note: str = field(default="")


_MAPS = ("series", "units")
_LISTS = ("encodings", "label_rows", "footer")


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
        IngestError: If a key is missing, not known or of another shape; the message names it.
    """
    name, content = safe_name(path.name), read_yaml(path)
    known = {item.name: item for item in fields(Profile) if item.name != "name"}
    for key in content:
        if key not in known:
            raise IngestError(f"{name}: '{shown(key)}' is not known", f"A profile may hold {', '.join(known)}")
    for key, item in known.items():
        if key not in content and item.default is MISSING:
            raise IngestError(f"{name}: '{key}' is missing", "Take a shipped profile as a pattern")
    shaped = {key: _shape(key, value, name) for key, value in content.items()}
    return _check(Profile(path.stem, **shaped), name)


def _shape(key: str, value: object, file: str) -> object:
    """Return a value as its key wants it: text, a list of text, or a map of text."""
    if key in _MAPS:
        if not isinstance(value, dict) or len(value) > _LISTED:
            raise IngestError(f"{file}: '{key}' must be lines of 'name: text'")
        if not all(isinstance(text, str) for pair in value.items() for text in pair):
            raise IngestError(f"{file}: '{key}' must hold text only")
        return {name.strip(): text.strip() for name, text in value.items() if text.strip()}
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            raise IngestError(f"{file}: '{key}' must be a list of text")
        return tuple(text.strip() for text in value)
    if not isinstance(value, str):
        raise IngestError(f"{file}: '{key}' must be one text")
    return value.strip()


def _check(profile: Profile, file: str) -> Profile:
    limits = {"layout": tuple(LAYOUTS), "evidence": ("verified", "unverified"), "measure": tuple(MEASURES)}
    for key, words in limits.items():
        if getattr(profile, key) not in words:
            raise IngestError(
                f"{file}: {key} '{shown(getattr(profile, key))}' is not known", f"It is one of {', '.join(words)}"
            )
    odd = [name for name in profile.encodings if name not in ENCODINGS]
    if odd or not profile.encodings:
        raise IngestError(f"{file}: the encoding '{shown(', '.join(odd))}' is not known", f"Use {', '.join(ENCODINGS)}")
    for printed, known in profile.units.items():
        match = _UNIT.fullmatch(known)
        if match is None or match[1] not in UNITS:
            raise IngestError(
                f"{file}: units, '{shown(printed)}': '{shown(known)}' is no unit of the ledger",
                "Write 'CNY/t', or 'CNY/t x 10000'",
            )
    needed = ("header", "date_column") + (("name_column", "value_column") if profile.layout == "long" else ())
    for key in needed:
        if not getattr(profile, key):
            raise IngestError(f"{file}: '{key}' is empty", f"The layout {profile.layout} needs it")
    if profile.unit_row and profile.unit_row not in profile.label_rows:
        raise IngestError(f"{file}: unit_row '{shown(profile.unit_row)}' is not among label_rows")
    if not profile.series:
        raise IngestError(f"{file}: 'series' maps no column", "Add lines 'column: series'; see data/ledger/series.csv")
    return profile
