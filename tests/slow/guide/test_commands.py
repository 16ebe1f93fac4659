"""Every command of README, CONTRIBUTING and guide, taken from the page as it stands: run, or parsed where that is said.

The page on a new month is followed word by word by `tests/slow/guide/test_new_month.py`.
"""

import re
import shlex

import pytest
from distributed.cli import dask_scheduler, dask_worker

from metalsbook.cli import _parser
from tests.guide.prose import CHAPTERS, ROOT, name

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((CHAPTERS / "guide").glob("*.md"))]
FOLLOWED_ELSEWHERE = "new_month.md"
PROGRAMS = ("make", "metalsbook", "papermill", "jupyter-book", "git", "python", ".venv/")
BLOCK = re.compile(r"^```(?:sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
# What a reader has to fill in, or what only names a command.
OPEN = re.compile(r"…|\.\.\.|<\w+>|[A-Z]{4,}\.yml|^make book$|^metalsbook book$")

PARSED_ONLY = {
    "make test": "it runs this test",
    "make test-all": "it runs this test",
    "make test-long": "hours",
    "make setup-all": "as make setup",
    "make oracle": "eight editions",
    "python -m tests.oracle keep": "eight editions",
    ".venv/bin/python -m tests.page.reading": "it writes what tests/slow/test_golden.py reads in the same way",
    "make chapters": "the whole book in kernels: `make test` compares the same by nbval",
    "make site": "every edition: minutes; the site's own tests build two small ones",
    ".venv/bin/jupyter lab chapters/magnesium_exports.ipynb": "until it is stopped; browser/test_jupyterlab.py",
    "make serve": "it runs until it is stopped; tests/publish/test_serve.py asks it for pages",
    "make lock": "it asks the package index for the newest versions",
    "jupyter-book build .": "below, with warnings as errors",
    "make setup": "the environment is there already; a fresh machine is set up by .ci/run",
    "make book MONTH=2025-08": "a second edition: .ci/run builds it",
    ".venv/bin/dask scheduler --host 127.0.0.1 --port 8786": "until it is stopped; tests/slow/publish/test_cluster.py",
    ".venv/bin/dask worker tcp://127.0.0.1:8786 --nworkers 2 --nthreads 1": "until it is stopped; as above",
    "metalsbook site --months 2025-06:2025-11 --dask tcp://127.0.0.1:8786": "it needs that cluster; as above",
    "metalsbook site --months 2025-06:2025-11": "six editions: minutes; tests/publish/test_book.py",
    "python -m venv .venv": "it makes an environment anew: half a minute of downloads",
}

# The same as commands that are run.
WINDOWS = ".venv/Scripts/"
DASK = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}


def commands_of(text: str) -> list[str]:
    """The commands of a page in its order: lines of its blocks, and code in its text that begins with a program."""
    places = [(found.start(1), line.strip()) for found in BLOCK.finditer(text) for line in found[1].splitlines()]
    outside = BLOCK.sub(lambda found: " " * len(found[0]), text)
    places += [(found.start(1), found[1]) for found in INLINE.finditer(outside)]
    commands = [line.split("  #")[0].strip() for _, line in sorted(places, key=lambda place: place[0])]
    return [line for line in commands if is_command(line)]


def is_command(line: str) -> bool:
    begins = line.split(" ")[0]
    known = begins in PROGRAMS or line.startswith((".venv/", "export ", "echo "))
    return known and " " in line and not OPEN.search(line)


def parse(command: str) -> None:
    """Check what a command names, without running it: a target, a subcommand with its options, files."""
    words = shlex.split(command)
    program = words[0].rsplit("/", 1)[-1]
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert words[1] in targets, command
    elif program == "metalsbook":
        _parser().parse_args(words[1:])
    elif program == "dask":
        DASK[words[1]].make_context(words[1], words[2:])
    else:
        known = program in ("python", "pip", "jupyter", "jupyter-book")
        assert known, f"{command}: nothing checks this program; run it"
        for word in words[1:]:
            assert not word.endswith(".txt") or (ROOT / word).is_file(), command


def pages_with_commands():
    return [page for page in PAGES if page.name != FOLLOWED_ELSEWHERE and commands_of(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", pages_with_commands(), ids=name)
def test_commands_that_are_parsed_only(page, capsys):
    for command in commands_of(page.read_text("utf-8")):
        if command in PARSED_ONLY or command.startswith(WINDOWS):
            parse(command)
            with capsys.disabled():
                print(f"\n  parsed only: {command} ({PARSED_ONLY.get(command, 'on Windows')})", end="")


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """What each command said; a command that several pages name is run once."""
    return {}


@pytest.mark.parametrize("page", pages_with_commands(), ids=name)
def test_commands_do_what_the_page_says(page, copy, said):
    exports = []
    for command in commands_of(page.read_text("utf-8")):
        if command.startswith("export "):
            exports.append(command)
        elif command not in PARSED_ONLY and command not in said and not command.startswith(WINDOWS):
            said[command] = copy.run("\n".join([*exports, command]))


def test_they_say_what_the_pages_promise(copy, said):
    built = said["make book MONTH=2025-11"].strip().splitlines()[-1]
    assert built.endswith("_build/site/2025-11/index.html")
    [audit] = [text for command, text in said.items() if command.startswith("metalsbook audit")]
    assert audit.splitlines()[0] == "cl-own-01: confirmed"
    assert (copy.root / "out.ipynb").is_file()
    assert copy.run("git status --porcelain data").strip() == ""


def test_the_usual_way_builds_the_book_alone(copy):
    """What a clone holds beside the book is no part of it: an environment with pages of packages, caches."""
    packages = copy.root / ".venv" / "lib" / "python3" / "site-packages" / "package"
    for folder in (packages, copy.root / ".some_cache", copy.root / "chapters" / ".ipynb_checkpoints"):
        folder.mkdir(parents=True)
        (folder / "README.md").write_text("# A page\n\n[nowhere](nowhere.md)\n", "utf-8")
    copy.run('export PATH="$PWD/.venv/bin:$PATH"\njupyter-book build . -W --keep-going')
    built = copy.root / "_build" / "html"
    assert (built / "chapters" / "magnesium_exports.html").is_file()
    assert not list(built.rglob("README.html"))


def test_no_exception_is_left_over():
    named = {command for page in PAGES for command in commands_of(page.read_text("utf-8"))}
    assert set(PARSED_ONLY) - named == set()
