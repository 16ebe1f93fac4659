"""Whether every machine of a cluster has what the lock file says, so that each makes the same bytes of the same job."""

from collections.abc import Iterable, Mapping
from importlib import metadata

from metalsbook.errors import UsageError
from metalsbook.paths import project_root
from metalsbook.publish.materials import read_lock

_TODO = "Set it up from the same clone with `make setup-all`, then start it again"


def describe_machine(packages: Iterable[str]) -> dict[str, str]:
    """Return what this machine runs: `Python`, `system`, `metalsbook` with a hash of its files, and these packages.

    It travels to the workers as code and not by name, so it imports all that it uses itself, and nothing of the book:
    a worker may have none, or another version. What is not installed is "".
    """
    import hashlib
    import platform
    import sys
    from importlib import metadata, util
    from pathlib import Path

    def version(name: str) -> str:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return ""

    found = util.find_spec("metalsbook")
    book = version("metalsbook") or "of no version"
    content = hashlib.sha256()
    folder = Path(found.origin).parent if found else None
    for path in sorted(folder.rglob("*")) if folder else []:
        if path.is_file() and "__pycache__" not in path.parts:
            content.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    own = {
        "Python": platform.python_version(),
        "system": f"{sys.platform} on {platform.machine()}",
        "metalsbook": f"{book} (content {content.hexdigest()[:12]})" if found else "",
    }
    return own | {name: version(name) for name in packages if name not in own}


def needed_versions() -> dict[str, str]:
    """Return what every machine must have: this one's Python, system and book, and the locked packages that it needs.

    Raises:
        UsageError: If this machine has another version of a package than the lock file.
    """
    locked = {}
    for package in read_lock((project_root() / "requirements.txt").read_text("utf-8")):
        locked.setdefault(_plain(package["name"]), set()).add(package["version"])
    here = describe_machine(_needed_packages())
    for name, version in here.items():
        if version not in locked.get(name, {version}):
            wanted = " or ".join(sorted(locked[name]))
            raise UsageError(
                f"This machine has {name} {version or '(none)'}, and requirements.txt locks {wanted}",
                "Run `make setup`",
            )
    return here


def check_machine(machine: str, found: Mapping[str, str], needed: Mapping[str, str]) -> None:
    """Check what a machine has.

    Args:
        machine: What the user knows it by: "Worker tcp://10.0.0.2:41000".
        found: What it has, from `describe_machine`.
        needed: From `needed_versions`.

    Raises:
        UsageError: If anything differs; names the machine, the package and both versions.
    """
    other = [name for name in needed if found.get(name, "") != needed[name]]
    if other:
        name, more = other[0], f" ({len(other) - 1} more differ)" if len(other) > 1 else ""
        has = f"has {name} {found[name]}" if found.get(name) else f"has no {name}"
        raise UsageError(f"{machine} {has}, and {needed[name]} is needed{more}", _TODO)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _needed_packages() -> list[str]:
    """Return the names of the packages that running chapters on a cluster needs, those of others among them."""
    from packaging.requirements import Requirement

    queue = [Requirement("metalsbook[cluster]")]
    seen: set[tuple[str, str]] = set()
    while queue:
        wanted = queue.pop()
        for extra in ("", *wanted.extras):
            entry = (_plain(wanted.name), extra)
            if entry in seen:
                continue
            seen.add(entry)
            inner = map(Requirement, metadata.requires(wanted.name) or ())
            queue += [each for each in inner if each.marker is None or each.marker.evaluate({"extra": extra})]
    return sorted({name for name, _ in seen} - {"metalsbook"})
