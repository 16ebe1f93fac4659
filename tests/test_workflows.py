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


def test_the_workflows_are_there():
    assert set(WORKFLOWS) == {"check", "nightly", "publish"}


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_actions_are_pinned_by_commit(name):
    lines = re.findall(r"uses: (.*)", (FOLDER / f"{name}.yml").read_text("utf-8"))
    assert lines
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in lines)


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_only_make_targets_are_called(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for step in steps_of(WORKFLOWS[name]):
        if "run" in step and step.get("name") != CHECKED:
            command = step["run"].split()
            assert command[0] == "make" and command[1] in targets
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_permissions_are_the_least(name):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    allowed = {"build": {"contents": "read", "pages": "read"}, "deploy": {"pages": "write", "id-token": "write"}}
    for job, settings in WORKFLOWS[name]["jobs"].items():
        assert settings.get("permissions", {}) == allowed.get(job, {})


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_checkouts_keep_no_credentials(name):
    for step in steps_of(WORKFLOWS[name]):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_checks_run_on_every_supported_python():
    assert WORKFLOWS["check"]["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


def test_publishing_runs_by_hand_with_a_month_on_a_schedule_and_on_pushes():
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


def test_all_tests_run_every_night():
    assert "schedule" in WORKFLOWS["nightly"][ON]
    assert "make test-all PYTHON=python" in [step.get("run") for step in steps_of(WORKFLOWS["nightly"])]
