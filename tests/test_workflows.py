import os
import re
import subprocess

import pytest
import yaml

from tests.sample_book import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")}
CHECKED = "Check that the month is one"


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_do_little_and_calls_make_alone(name):
    workflow, text = WORKFLOWS[name], (FOLDER / f"{name}.yml").read_text("utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in used)
    assert workflow["permissions"] == {"contents": "read"}
    allowed = {"build": {"contents": "read", "pages": "read"}, "deploy": {"pages": "write", "id-token": "write"}}
    for job, settings in workflow["jobs"].items():
        assert settings.get("permissions", {}) == allowed.get(job, {})
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for step in steps_of(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        if "run" in step and step.get("name") != CHECKED:
            command = step["run"].split()
            assert command[0] == "make" and command[1] in targets
        assert "${{" not in step.get("run", "")


def test_a_month_is_checked_before_anything_is_built_for_it():
    steps = steps_of(WORKFLOWS["publish"])
    names = [step.get("name", step.get("run", "")) for step in steps]
    assert names.index(CHECKED) < names.index("make book PYTHON=python")
    [check] = [step["run"] for step in steps if step.get("name") == CHECKED]
    for month, code in {"2025-11": 0, "2025-13": 1, "2025-11; x": 1, "$(x)2025-11": 1, "2025-11\nx": 1, "": 1}.items():
        done = subprocess.run(["sh", "-c", check], env=os.environ | {"MONTH": month}, capture_output=True, check=False)
        assert done.returncode == code, month
