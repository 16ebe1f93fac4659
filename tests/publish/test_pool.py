import os
import sys
from pathlib import Path

from metalsbook.errors import SiteError
from metalsbook.publish import pool
from metalsbook.publish.pool import Call, Stopped, run_apart


def double(number):
    return 2 * number


def fail(kind, *words):
    raise kind(*words)


def end(code):
    pool.note("started")
    os._exit(code)


def loop():
    pool.note("started")
    while True:
        pass


def look():
    return dict(os.environ), len([*Path(f"/proc/{os.getppid()}/task").glob("*")])


def leave_behind():
    left = getattr(pool, "left", None), os.environ.get("LEFT")
    pool.left = os.environ["LEFT"] = "behind"
    return left


def test_one_that_dies_fails_or_takes_too_long_leaves_the_others_alone():
    faults = (SiteError, "what", "todo"), (FileNotFoundError, 2, "No such file", "x"), (ValueError, "a fault")
    failing = [Call(end, (3,)), Call(loop, (), 1.0), *(Call(fail, fault) for fault in faults), Call(input, ())]
    found = dict(run_apart([Call(double, (3,)), *failing, Call(double, (4,))], workers=2))
    assert (found[0], found[7]) == (6, 8)
    assert (found[1].how, found[1].note, found[1].in_time) == ("with code 3", "started", True)
    assert (found[2].how, found[2].note, found[2].in_time) == ("after 1 s", "started", False)
    assert (type(found[3]), found[3].what, found[3].todo) == (SiteError, "what", "todo")
    assert (type(found[4]), found[4].filename) == (FileNotFoundError, "x")
    assert found[5].how == "with code 1 (ValueError: a fault)"
    assert isinstance(found[6], Stopped), "who asks for input gets none"


def test_processes_see_neither_each_other_nor_what_they_are_not_told(monkeypatch):
    assert [left for _, left in run_apart([Call(leave_behind, ())] * 2, workers=1)] == [(None, None)] * 2
    monkeypatch.setenv("SECRET_TOKEN", "swordfish")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    [(_, (seen, threads))] = run_apart([Call(look, ())])
    assert (seen["TZ"], seen["PYTHONHASHSEED"]) == ("UTC", "0")
    assert not seen.keys() & {"SECRET_TOKEN", "PYTHONDONTWRITEBYTECODE"}
    assert os.environ["SECRET_TOKEN"] == "swordfish"
    assert threads == (1 if sys.platform == "linux" else 0), "a process with threads must not be forked"
