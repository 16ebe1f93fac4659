import sys

from tests.run import run_all

SAID = [sys.executable, "-c", "print('seen')"]
FAILS = [sys.executable, "-c", "print('why'); raise SystemExit(3)"]


def test_failed_step_fails_the_whole_and_the_others_still_run(capfd):
    assert run_all({}, {"first": SAID, "second": FAILS, "third": SAID}) == 1
    shown = capfd.readouterr().out
    assert shown.count("seen") == 2 and "FAILED (3)" in shown and shown.count("passed") == 2
    assert run_all({"ahead": FAILS, "sound": SAID}, {"then": SAID}) == 1
    shown = capfd.readouterr().out
    assert "why" in shown and shown.count("seen") == 1, "what runs ahead is told where it fails"
