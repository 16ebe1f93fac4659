"""Fuzz one target, guided by the lines that inputs reach (atheris); run by `benchmarks.fuzz`, in a process of its own.

    python -m benchmarks.fuzz_guided TARGET CASES FOLDER

The folder gets the corpus and, where a case fails, the input (`crash-...`, `timeout-...`); `counts.json` tells how many
cases were run and how many were taken.
"""

import json
import random
import sys
from pathlib import Path

import atheris

LIMIT_S = 20
MOST_BYTES = 40_000


def main(name: str, cases: int, folder: Path) -> None:
    with atheris.instrument_imports(include=["metalsbook"]):
        from benchmarks.fuzz_shortcuts import shortcuts
        from tests.slow.fuzz.targets import TARGETS
    target, counts = TARGETS[name], {"cases": 0, "taken": 0}
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = target.seeds()
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def check(content: bytes) -> None:
        taken = target.check(content)
        counts["cases"] += 1
        counts["taken"] += taken
        if counts["cases"] % 500 == 0 or counts["cases"] >= cases:
            # The fuzzer ends the process by itself.
            (folder / "counts.json").write_text(json.dumps(counts))

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        # Half of the fuzzer's own kind, half of the format's; of these, half anew from a good input.
        if chance.random() < 0.5:
            return atheris.Mutate(content, min(most, len(content) + 64))
        return target.mutate(chance.choice(seeds) if chance.random() < 0.5 else content, chance)[:most]

    options = f"-runs={cases} -max_len={MOST_BYTES} -timeout={LIMIT_S} -seed=1 -rss_limit_mb=3000".split(" ")
    options += [f"-artifact_prefix={folder}/", str(corpus)]
    with shortcuts():
        atheris.Setup(["fuzz", *options], check, custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
