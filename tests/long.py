"""The long variants of the checks, run by `make test-long`: hours of one core; figures go into `benchmarks/`.

What `make test` does in minutes with few cases is done here with many: kills, mutated files, fuzzing, every edition.
"""

import os
import sys

from tests.run import PYTHON, main

MORE = {"METALSBOOK_KILLS": "200", "METALSBOOK_MUTATED_FILES": "5000"}
STEPS = {
    "faults: 200 kills of each command, everything else (benchmarks/faults.md)": [*PYTHON, "benchmarks.faults"],
    "mutated files: 5,000 of each format": [*PYTHON, "pytest", "-q", "-n", "0", "tests/slow/fuzz/test_files.py"],
    "protections, each switched off (benchmarks/protections.md)": [*PYTHON, "tests.protections"],
    "every edition": [*PYTHON, "metalsbook.cli", "site"],
    "every page of every edition in a browser": [*PYTHON, "pytest", "-q", "-n", "0", "tests/slow/browser"],
    "fuzzing, guided: 100,000 cases of each reader (benchmarks/fuzz.md)": [*PYTHON, "benchmarks.fuzz"],
    "fuzzing, hypothesis": [*PYTHON, "benchmarks.fuzz", "--way", "hypothesis", "--cases", "10000"],
}

if __name__ == "__main__":
    os.environ.update(MORE)
    sys.exit(main(STEPS))
