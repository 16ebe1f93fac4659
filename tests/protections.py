"""Switch each protection off, once, and see the test that guards it fail; writes `benchmarks/protections.md`.

    python -m tests.protections            all, several minutes
    python -m tests.protections --only lock

A protection is switched off by a change of one line in a copy of the book; a test that still passes guards nothing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "benchmarks" / "protections.md"
NOT_COPIED = (".git", ".venv", "_build", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis")


@dataclass(frozen=True)
class Protection:
    """A protection, the change that switches it off, and the test that must then fail.

    Attributes:
        name: What is protected against what.
        file: Module that protects.
        was: Text that stands in it once.
        becomes: Text without the protection.
        test: The test, as pytest names it.
    """

    name: str
    file: str
    was: str
    becomes: str
    test: str


PROTECTIONS = (
    Protection(
        "lock: two builds at once",
        "metalsbook/publish/locks.py",
        "if not _try_lock(file):",
        "if _try_lock(file) is None:",
        "tests/publish/test_locks.py::test_second_build_is_told_who_holds_the_lock",
    ),
    Protection(
        "exchange in one step: a half-written ledger",
        "metalsbook/ingest/append.py",
        "put_in_place(staged, ledger.folder)",
        # On a slow disk.
        "[(shutil.copyfile(path, ledger.folder / path.relative_to(staged)), __import__('time').sleep(0.02)) "
        "for path in sorted(staged.rglob('*.csv'))]",
        "tests/ingest/test_append.py::test_readers_see_the_ledger_before_or_after_and_nothing_between",
    ),
    Protection(
        "recovery: an edition that a kill left aside",
        "metalsbook/swap.py",
        "old.rename(target)\n",
        "pass\n",
        "tests/test_swap.py::test_what_a_killed_build_left_is_brought_back",
    ),
    Protection(
        "hash: a damaged chapter in the cache",
        "metalsbook/publish/cache.py",
        "if not sound:",
        "if sound is None:",
        "tests/publish/test_cache.py::test_every_flipped_byte_and_every_cut_is_found",
    ),
    Protection(
        "hash: a damaged page of the site",
        "metalsbook/publish/kept_site.py",
        '{"sources": sources, "files": self._hash_each(name)}\n        except',
        '{"sources": sources, "files": json.loads(self._path(name).read_bytes())["files"]}\n        except',
        "tests/publish/test_kept_site.py::test_what_is_damaged_is_built_again",
    ),
    Protection(
        "hash: a damaged table that was derived",
        "metalsbook/publish/derived.py",
        "if any(hashlib.sha256(content).hexdigest() != entry",
        "if any(False and hashlib.sha256(content) != entry",
        "tests/publish/test_derived.py::test_a_damaged_cache_is_not_used",
    ),
    Protection(
        "hash: a damaged file of a snapshot",
        "metalsbook/snapshots/package.py",
        'if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource.get("hash"):',
        "if False:",
        "tests/snapshots/test_snapshot.py::test_damaged_files_are_found_without_opening_them",
    ),
    Protection(
        "hash: another content of a snapshot",
        "metalsbook/snapshots/snapshot.py",
        "if found != snapshot.content_hash:",
        "if False:",
        "tests/snapshots/test_snapshot.py::test_each_fault_is_found_and_named",
    ),
    Protection(
        "append-only: a row of the ledger changed in place",
        "metalsbook/snapshots/freeze.py",
        "if len(gone):",
        "if len(gone) < 0:",
        "tests/snapshots/test_freeze.py::test_a_published_row_that_was_changed_in_place_is_named",
    ),
    Protection(
        "policy: scripts that are not the site's",
        "metalsbook/publish/sphinx_ext.py",
        "default-src 'none'; ",
        "default-src *; ",
        "tests/publish/test_site.py::test_every_page_has_a_strict_policy",
    ),
    Protection(
        "sanitiser: a script in the HTML of a cell",
        "metalsbook/publish/pages.py",
        "            if refused:",
        "            if refused is None:",
        "tests/publish/test_site.py::test_a_script_in_a_cell_is_an_error",
    ),
    Protection(
        "sanitiser: elements that run or load",
        "metalsbook/publish/markup.py",
        "tags=_ELEMENTS,",
        'tags=_ELEMENTS | {"iframe"},',
        "tests/publish/test_markup.py::test_what_would_be_changed_is_refused_and_named",
    ),
    Protection(
        "addresses: links that are no web address",
        "metalsbook/publish/markup.py",
        'url_schemes={"http", "https"}',
        'url_schemes={"http", "https", "javascript"}',
        "tests/publish/test_markup.py::test_what_would_be_changed_is_refused_and_named",
    ),
    Protection(
        "addresses: those of the ledger",
        "metalsbook/ledger/rules.py",
        'matches(r"https?://',
        'matches(r"[a-zA-Z]+:[^ ]*|https?://',
        "tests/slow/browser/test_hostile_text.py::test_no_column_takes_markup_or_what_steers_a_terminal",
    ),
    Protection(
        "markup in the ledger",
        "metalsbook/ledger/rules.py",
        r'r"<[a-zA-Z/!]|\]\(|\{\{|\{%"',
        'r"$^"',
        "tests/slow/browser/test_hostile_text.py::test_no_column_takes_markup_or_what_steers_a_terminal",
    ),
    Protection(
        "control and bidirectional characters in the ledger",
        "metalsbook/ledger/rules.py",
        "~cells.str.contains(_UNSEEN, regex=True) & ",
        "",
        "tests/slow/browser/test_hostile_text.py::test_no_column_takes_markup_or_what_steers_a_terminal",
    ),
    Protection(
        "formulas in CSV downloads",
        "metalsbook/publish/chart_files.py",
        "if isinstance(value, str) and _FORMULA.match(value):",
        "if value is ...:",
        "tests/publish/test_table_files.py::test_figures_keep_their_digits_and_gaps_stay_gaps",
    ),
    Protection(
        "file names: a series that leaves its folder",
        "metalsbook/publish/table_files.py",
        "if _SERIES_NAME.fullmatch(str(series)):",
        "if series:",
        "tests/publish/test_table_files.py::test_a_series_has_its_rows_and_none_leaves_the_folder",
    ),
    Protection(
        "file names: what a shell or page could take for more",
        "metalsbook/ingest/files.py",
        r'r"[^\w.() -]+", "_", name',
        r'r"\0", "_", name',
        "tests/ingest/test_files.py",
    ),
    Protection(
        "zip: a bomb",
        "metalsbook/ingest/workbook.py",
        "or worst > MAX_RATIO:",
        "or worst < 0:",
        "tests/ingest/test_workbook.py::test_packages_that_are_no_sound_workbook_are_refused",
    ),
    Protection(
        "XML: entities",
        "metalsbook/ingest/workbook_parts.py",
        "parser.StartDoctypeDeclHandler = ",
        "parser.CommentHandler = ",
        "tests/ingest/test_workbook.py::test_packages_that_are_no_sound_workbook_are_refused",
    ),
    Protection(
        "sheets: rows out of order",
        "metalsbook/ingest/workbook_parts.py",
        "int(number) <= self._row:",
        "int(number) < 0:",
        "tests/ingest/test_workbook.py::test_packages_that_are_no_sound_workbook_are_refused",
    ),
    Protection(
        "YAML: what makes objects",
        "metalsbook/ingest/files.py",
        "content = yaml.load(text, Loader=yaml.BaseLoader)",
        "content = yaml.load(text, Loader=yaml.UnsafeLoader)",
        "tests/ingest/test_files.py::test_a_sidecar_makes_no_objects",
    ),
    Protection(
        "YAML: a key twice",
        "metalsbook/ingest/files.py",
        "_refuse_repeated_keys(yaml.compose(text, Loader=yaml.BaseLoader), name)",
        "pass",
        "tests/ingest/test_files.py::test_a_sidecar_that_says_something_odd_is_refused_by_name",
    ),
    Protection(
        "environment: secrets of the user",
        "metalsbook/publish/environment.py",
        "for name in ALLOWED if name in outer}",
        "for name in outer}",
        "tests/publish/test_execute.py::test_chapter_sees_only_the_variables_that_are_allowed",
    ),
    Protection(
        "time-out: a cell that hangs",
        "metalsbook/publish/fork_server.py",
        "time.monotonic() + job.limit_s, bytearray()",
        "time.monotonic() + 20 + job.limit_s, bytearray()",
        "tests/publish/test_execute.py::test_endless_chapter_is_stopped_in_its_time",
    ),
    Protection(
        "ports: a kernel that does not start",
        "metalsbook/publish/execute.py",
        "_KERNEL_STARTS = 2",
        "_KERNEL_STARTS = 1",
        "tests/publish/test_execute.py::test_kernel_that_does_not_start_is_tried_once_more",
    ),
    Protection(
        "customs: a result that was cut at 10,000 rows",
        "metalsbook/ingest/customs_table.py",
        "if table.num_rows == CUT_AT_ROWS:",
        "if table.num_rows < 0:",
        "tests/ingest/test_customs.py",
    ),
    Protection(
        "customs: a row twice",
        "metalsbook/ingest/customs.py",
        "if (ordered[1:] == ordered[:-1]).any():",
        "if len(ordered) < 0:",
        "tests/ingest/test_customs.py",
    ),
    Protection(
        "readers: a column twice",
        "metalsbook/ingest/text.py",
        "if cell and header.index(cell) + 1 != number:",
        "if number < 0:",
        "tests/ingest/test_comtrade.py::test_a_column_that_is_there_twice_is_refused",
    ),
    Protection(
        "readers: another encoding",
        "metalsbook/ingest/text.py",
        'ENCODINGS = ("utf-8-sig", "gb18030")',
        'ENCODINGS = ("utf-8-sig", "latin-1")',
        "tests/ingest/test_text.py",
    ),
    Protection(
        "server: other machines",
        "metalsbook/publish/serve.py",
        'HOST = "127.0.0.1"',
        'HOST = "0.0.0.0"',
        "tests/publish/test_serve.py::test_the_site_is_served_on_this_machine_only",
    ),
    Protection(
        "errors: one line, no traceback",
        "metalsbook/cli.py",
        "    if not options.debug:\n        # What nobody",
        "    if options.debug:\n        # What nobody",
        "tests/test_cli.py::test_what_nobody_foresaw_is_one_line_too",
    ),
)


def copy_book(folder: Path) -> Path:
    """Copy what the tests need; data that nobody changes is shared."""
    root = folder / "book"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
    return root


def run_test(root: Path, test: str) -> subprocess.CompletedProcess:
    """Run a test of the copy against the copy's package."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", test]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def try_without(protection: Protection, root: Path) -> str:
    """Return what the guarding test says without the protection, or "" where it does not mind."""
    path = root / protection.file
    good = path.read_text("utf-8")
    path.write_text(good.replace(protection.was, protection.becomes), "utf-8")
    try:
        done = run_test(root, protection.test)
    finally:
        path.write_text(good, "utf-8")
    told = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    return told[0].removeprefix("FAILED ").split(" - ")[0] if done.returncode == 1 and told else ""


def page(rows: list[tuple[Protection, str]]) -> str:
    """Return the page of the results."""
    lines = [
        "# Protections, each switched off once",
        "",
        "Each protection was taken out of a copy of the book by a change of one line; the test that guards it "
        "then failed, as it must. With the protection in place the tests pass: they are part of `make test`.",
        "",
        "| protection | switched off in | the test that failed |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {one.name} | `{one.file}` | {f'`{failed}`'.replace('|', chr(92) + '|') if failed else 'NONE'} |"
        for one, failed in rows
    ]
    return "\n".join([*lines, "", "Run again: `.venv/bin/python -m tests.protections`.", ""])


def main() -> int:
    """Try the book without each of its protections; fail where no test minds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only protections whose name has this text")
    wanted = [one for one in PROTECTIONS if parser.parse_args().only in one.name]
    with tempfile.TemporaryDirectory(prefix="protections-") as folder:
        root = copy_book(Path(folder))
        rows = []
        for one in wanted:
            rows.append((one, try_without(one, root)))
            print(f"{'guarded' if rows[-1][1] else 'NOT GUARDED':<12}{one.name}: {rows[-1][1]}", flush=True)
    if len(wanted) == len(PROTECTIONS):
        PAGE.write_text(page(rows), "utf-8")
    return int(not all(failed for _, failed in rows))


if __name__ == "__main__":
    sys.exit(main())
