import os
import re
import subprocess

import pytest
import yaml

from tests.sample_book import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")}
CHECKED = "Check that the month is one"
# YAML 1.1 reads the key `on` as true.
ON = True


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", ["check", "nightly", "publish"])
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


def test_workflows_run_on_every_python_every_night_and_by_hand():
    assert set(WORKFLOWS) == {"check", "nightly", "publish"}
    assert WORKFLOWS["check"]["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert "schedule" in WORKFLOWS["nightly"][ON]
    assert "make test-all PYTHON=python" in [step.get("run") for step in steps_of(WORKFLOWS["nightly"])]
    triggers = WORKFLOWS["publish"][ON]
    assert set(triggers) == {"push", "schedule", "workflow_dispatch"}
    assert "month" in triggers["workflow_dispatch"]["inputs"]


def test_a_month_is_checked_before_anything_is_built_for_it():
    steps = steps_of(WORKFLOWS["publish"])
    names = [step.get("name", step.get("run", "")) for step in steps]
    assert names.index(CHECKED) < names.index("make book PYTHON=python")
    [check] = [step["run"] for step in steps if step.get("name") == CHECKED]
    for month, code in {"2025-11": 0, "2025-13": 1, "2025-11; x": 1, "$(x)2025-11": 1, "2025-11\nx": 1, "": 1}.items():
        done = subprocess.run(["sh", "-c", check], env=os.environ | {"MONTH": month}, capture_output=True, check=False)
        assert done.returncode == code, month
