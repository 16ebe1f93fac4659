"""The software bill of materials of an edition: every locked package with its licence and hashes, as CycloneDX."""

import re
import uuid
from functools import cache
from importlib import metadata

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

import metalsbook

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


@cache
def bill_of_materials(lock: str) -> str:
    """Return the bill of a lock file's text as CycloneDX 1.6; the same lock gives the same bytes.

    A package that is not installed here, since it is for another system, has no licence.
    """
    bom = Bom(components=[_component(package) for package in read_lock(lock)])
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, lock)
    bom.metadata.timestamp = None
    book = Component(
        type=ComponentType.APPLICATION, name="metalsbook", version=metalsbook.__version__, bom_ref="metalsbook"
    )
    bom.metadata.component = book
    direct = {re.split(r"[^A-Za-z0-9._-]", named)[0] for named in metadata.requires("metalsbook") or ()}
    bom.register_dependency(book, [part for part in bom.components if part.name in direct])
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _component(package: dict) -> Component:
    address = PackageURL("pypi", name=package["name"], version=package["version"])
    # One for each file of the release that the lock allows: a wheel for each system, or the source.
    files = [
        ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(str(address)),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each)],
        )
        for each in package["hashes"]
    ]
    return Component(
        type=ComponentType.LIBRARY,
        name=package["name"],
        version=package["version"],
        bom_ref=str(address),
        purl=address,
        licenses=[LicenseFactory().make_from_string(said) for said in _licences(package["name"])],
        properties=[Property(name="environment marker", value=package["marker"])] if package["marker"] else [],
        external_references=files,
    )


def _licences(name: str) -> list[str]:
    """Return what an installed package says of its licence, nothing where it is not installed or says nothing."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if expression := about.get("License-Expression"):
        return [expression]
    named = [line.rsplit(" :: ", 1)[-1] for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    return named or (about.get("License") or "").strip().splitlines()[:1]
