"""Ask the public advisories about every locked package; where they cannot be reached, say so and why.

Run by `make audit`. The tool itself is fetched for the run and is no part of the book's environment.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOL = "pip-audit==2.10.1"
WORDS = (
    f"tool run {TOOL} --requirement requirements.txt --requirement requirements-test.txt --require-hashes "
    "--disable-pip --progress-spinner off --timeout 5 --format json"
)
COMMAND = [str(Path(sys.executable).with_name("uv")), *WORDS.split(" ")]


def judge(said: str, complaint: str) -> tuple[int, str]:
    """Return the exit code and what to tell of the tool's output."""
    try:
        packages = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or ["it said nothing"])[-1]
        return 0, f"Not audited: {TOOL} could not be run here ({last})"
    known = [
        f"{package['name']} {package['version']}: {', '.join(each['id'] for each in package['vulns'])}"
        for package in packages
        if package.get("vulns")
    ]
    if known:
        return 1, "Known vulnerabilities:\n  " + "\n  ".join(known)
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    asked = len(packages) - len(skipped)
    if not asked:
        return 0, f"Not audited: the advisories of none of the {len(packages)} packages could be reached from here"
    left = f"; not audited: {', '.join(skipped)}" if skipped else ""
    return 0, f"No known vulnerability in {asked} packages{left}"


def main() -> int:
    """Run the audit; a failure is a package with a known vulnerability, nothing else."""
    try:
        done = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
        code, told = judge(done.stdout, done.stderr)
    except (OSError, subprocess.TimeoutExpired) as error:
        code, told = 0, f"Not audited: {TOOL} could not be run here ({error})"
    print(told)
    return code


if __name__ == "__main__":
    sys.exit(main())
