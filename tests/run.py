"""All checks in one command, as `make test` runs them: each step's name and seconds, and a summary at the end."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
# The cells of one notebook share a kernel and so must stay together: loadscope.
# In the order of the folders: by default the modules with the fewest tests, which here last longest, come last.
PARALLEL = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
STEPS = {
    "style (ruff)": [*PYTHON, "ruff", "check", "."],
    "format (ruff)": [*PYTHON, "ruff", "format", "--check", "--quiet", "."],
    "ledger and snapshots": [*PYTHON, "metalsbook.cli", "verify"],
    "tests (pytest)": [*PYTHON, "pytest", *PARALLEL, "tests"],
    "stored outputs of the chapters (nbval)": [*PYTHON, "pytest", "--nbval", *PARALLEL, "chapters"],
}


def main(steps: dict[str, list[str]] = STEPS) -> int:
    """Run every step, also after one has failed, and return 1 where any has."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    results = []
    for number, (name, command) in enumerate(steps.items(), start=1):
        print(f"\n[{number}/{len(steps)}] {name}", flush=True)
        started = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        results.append((name, code, time.monotonic() - started))
    print("\nSummary")
    for name, code, seconds in results:
        print(f"  {'passed' if code == 0 else f'FAILED ({code})':<12}{seconds:7.1f} s  {name}")
    return int(any(code for _, code, _ in results))


if __name__ == "__main__":
    sys.exit(main())
