import sys

from tests.run import STEPS, main


def test_failed_step_fails_the_whole_and_the_others_still_run(capfd):
    said = [sys.executable, "-c", "print('seen')"]
    assert main({"first": said, "second": [sys.executable, "-c", "raise SystemExit(3)"], "third": said}) == 1
    shown = capfd.readouterr().out
    assert shown.count("seen") == 2
    assert "FAILED (3)" in shown
    assert shown.count("passed") == 2


def test_all_passed_is_success(capfd):
    assert main({"first": [sys.executable, "-c", ""]}) == 0


def test_habit_that_forbids_bytecode_does_not_reach_the_steps(monkeypatch, capfd):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert main({"first": [sys.executable, "-c", "import sys; sys.exit(sys.dont_write_bytecode)"]}) == 0


def test_stored_outputs_are_compared_with_each_notebook_on_one_kernel():
    command = STEPS["stored outputs of the chapters (nbval)"]
    assert command[command.index("--dist") + 1] == "loadscope"
    assert "--nbval" in command
