"""The command line answers at once, and later starts are quick even where a container forbids bytecode by habit."""

import os
import subprocess
import sys

import pytest

HEAVY = ("altair", "jinja2", "nbformat", "numpy", "pandas", "papermill", "pyarrow", "scipy", "sphinx", "yaml")


@pytest.mark.parametrize("options", [["--help"], ["status", "--month", "2025-11"]], ids=" ".join)
def test_the_command_line_needs_none_of_the_heavy_libraries(options):
    code = (
        f"import sys; from metalsbook.cli import main\ntry: main({options!r})\nexcept SystemExit: pass\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_bytecode_is_kept_where_the_environment_forbids_it_by_habit(tmp_path):
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    command = [sys.executable, "-m", "metalsbook.cli", "status", "--month", "2025-11"]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    assert {"status", "paths"} <= {path.name.split(".")[0] for path in tmp_path.rglob("metalsbook/*.pyc")}
