"""The software bill of materials: every locked package with its hashes, as CycloneDX 1.6.

It is made from the lock file alone and has no serial number and no time, so that the same lock gives the same bytes.
"""

import json
import re
from pathlib import Path

import metalsbook

FILE = "bom.cdx.json"
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))?(?: \\)?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def read_lock(text: str) -> list[dict]:
    """Return the pinned packages of a lock file: `name`, `version`, `marker` ("" for all systems), `hashes`."""
    packages: list[dict] = []
    for line in text.splitlines():
        pin = _PIN.match(line)
        if pin:
            packages.append({**pin.groupdict(default=""), "hashes": []})
        elif packages:
            packages[-1]["hashes"] += _HASH.findall(line)
    return packages


def bill_of_materials(lock: str) -> str:
    """Return the bill of materials of a lock file's text as JSON."""
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "metalsbook",
                "name": "metalsbook",
                "version": metalsbook.__version__,
            },
        },
        "components": [_component(package) for package in read_lock(lock)],
    }
    return json.dumps(bill, indent=1) + "\n"


def _component(package: dict) -> dict:
    address = f"pkg:pypi/{package['name'].lower().replace('_', '-')}@{package['version']}"
    where = [{"name": "environment marker", "value": package["marker"]}] if package["marker"] else []
    return {
        "type": "library",
        "bom-ref": address,
        "name": package["name"],
        "version": package["version"],
        "purl": address,
        # One for each file of the release that the lock allows: a wheel for each system, or the source.
        "properties": [*where, *({"name": "allowed file, sha256", "value": each} for each in package["hashes"])],
    }


def write_bill(root: Path, folder: Path) -> Path:
    """Write the bill of materials of a book's lock file into a folder."""
    path = folder / FILE
    path.write_text(bill_of_materials((root / "requirements.txt").read_text("utf-8")), "utf-8")
    return path
