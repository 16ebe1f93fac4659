import re

import pytest
import yaml

from tests.sample_book import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")}
# YAML 1.1 reads the key `on` as true.
ON = True


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_both_workflows_are_there():
    assert set(WORKFLOWS) == {"check", "publish"}


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_actions_are_pinned_by_commit(name):
    lines = re.findall(r"uses: (.*)", (FOLDER / f"{name}.yml").read_text("utf-8"))
    assert lines
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in lines)


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_only_make_targets_are_called(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for step in steps_of(WORKFLOWS[name]):
        if "run" in step:
            command = step["run"].split()
            assert command[0] == "make" and command[1] in targets
            assert "${{" not in step["run"]


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
