"""Every reader of what comes from outside, given what hypothesis makes of good inputs: seconds here, hours in
`benchmarks.fuzz`, which also lets a fuzzer loose that is guided by the lines that are reached."""

import signal
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.slow.fuzz.targets import TARGETS

USUAL_CASES = 150
LIMIT_S = 20


@contextmanager
def limit(seconds: float):
    """Stop what takes longer than these seconds of the processor: a hang, whatever else the machine does."""

    def stop(*_):
        raise AssertionError(f"not done after {seconds} s")

    if not hasattr(signal, "ITIMER_VIRTUAL"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def splice(content: bytes, place: int, length: int, text: str) -> bytes:
    place %= len(content) + 1
    return content[:place] + text.encode("utf-8", "replace") + content[place + length :]


def inputs(name: str) -> st.SearchStrategy[bytes]:
    """Return good inputs with faults of the format's kind, with any text in them, and any bytes at all."""
    target = TARGETS[name]
    good = st.sampled_from(target.seeds())
    return st.one_of(
        st.builds(target.mutate, good, st.randoms(use_true_random=False)),
        st.builds(splice, good, st.integers(0, 10_000), st.integers(0, 30), st.text(max_size=20)),
        st.binary(max_size=200),
    )


def fuzz(name: str, cases: int, *, at_random: bool) -> tuple[int, int]:
    """Let a reader read this many inputs, the same each time or not; return how many were tried and taken."""
    counts = {"cases": 0, "taken": 0}

    @settings(
        max_examples=cases, database=None, derandomize=not at_random, deadline=None, suppress_health_check=HealthCheck
    )
    @given(inputs(name))
    def run(content):
        with limit(LIMIT_S):
            taken = TARGETS[name].check(content)
        counts["cases"] += 1
        counts["taken"] += taken

    run()
    return counts["cases"], counts["taken"]


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_hangs_or_is_taken_wrongly(name):
    assert fuzz(name, USUAL_CASES, at_random=False)


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "figure"])
def test_good_inputs_are_taken(name):
    assert all(TARGETS[name].check(content) for content in TARGETS[name].seeds())
