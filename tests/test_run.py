import sys

from tests.run import STEPS, run_all

SAID = [sys.executable, "-c", "print('seen')"]
FAILS = [sys.executable, "-c", "print('why'); raise SystemExit(3)"]


def test_failed_step_fails_the_whole_and_the_others_still_run(capfd):
    assert run_all({}, {"first": SAID, "second": FAILS, "third": SAID}) == 1
    shown = capfd.readouterr().out
    assert shown.count("seen") == 2 and "FAILED (3)" in shown and shown.count("passed") == 2
    assert run_all({"ahead": FAILS, "sound": SAID}, {"then": SAID}) == 1
    shown = capfd.readouterr().out
    assert "why" in shown and shown.count("seen") == 1, "what runs ahead is told where it fails"


def test_habit_that_forbids_bytecode_does_not_reach_the_steps(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    program = [sys.executable, "-c", "import sys; sys.exit(sys.dont_write_bytecode)"]
    assert run_all({"first": program}, {"second": program}) == 0


def test_stored_outputs_are_compared_with_each_notebook_on_one_kernel():
    [command] = STEPS["quick"].values()
    assert command[command.index("--dist") + 1] == "loadscope" and "--nbval" in command
