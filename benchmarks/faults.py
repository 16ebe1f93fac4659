"""Run the fault-injection suite and write what it did into `faults.md`.

    python -m benchmarks.faults [--kills 200]

Kills are counted that struck a running command; a run that ended before its moment is not one.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path(__file__).with_suffix(".md")


def run_suite(kills: int, report: Path) -> int:
    """Run the suite; return the exit code."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
        "tests/slow/faults",
    ]
    environment = os.environ | {"METALSBOOK_KILLS": str(kills)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def page(report: Path, cpu_s: float) -> str:
    """Return the page: each test, how it ended, and what it counted."""
    lines = [
        "# Faults planted in real commands",
        "",
        f"{cpu_s:.0f} s of processor time in all. A kill is a SIGKILL at a random moment of a command's run; "
        "after each the ledger, every snapshot and the site are compared with the states that they may be in.",
        "",
        "| test | outcome | counted | seconds |",
        "| --- | --- | --- | ---: |",
    ]
    for case in ElementTree.parse(report).iter("testcase"):
        told = {child.tag: child for child in case}
        outcome = next((tag for tag in ("failure", "error", "skipped") if tag in told), "passed")
        if outcome == "skipped":
            outcome = f"skipped: {told['skipped'].get('message')}"
        counted = ", ".join(f"{one.get('name')} {one.get('value')}" for one in case.iter("property"))
        name = case.get("name").removeprefix("test_").replace("_", " ").replace("|", "\\|")
        lines.append(f"| {name} | {outcome} | {counted} | {float(case.get('time')):.0f} |")
    return "\n".join([*lines, "", "Run again: `.venv/bin/python -m benchmarks.faults`.", ""])


def main() -> int:
    """Run the suite and write the page, also where a test failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=int(os.environ.get("METALSBOOK_KILLS", "200")))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = run_suite(parser.parse_args().kills, report)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        PAGE.write_text(page(report, used.ru_utime + used.ru_stime), "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
