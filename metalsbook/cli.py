"""The command line: parses and delegates. Heavy modules are imported by the command that needs them.

Exit codes: 0 done; 2 a wrong month, option or name; 3 the ledger breaks its rules; 4 a snapshot is missing, damaged or
published; 5 a chapter failed; 6 the site could not be built; 7 a file could not be taken over; 8 another build is
running; 9 the cluster does not answer; 130 stopped by the user; 141 the reader of its output has gone; 1 anything else.
"""

import argparse
import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterable

import metalsbook
from metalsbook.errors import BookError
from metalsbook.months import REFERENCE_MONTH, parse_month, parse_months

SINGLE_FIGURE = {
    "series": "series that the figure is of",
    "period": "day, month or year, as 2025-12-05, 2025-12 or 2025",
    "stated": "the figure as printed: '38,900 tons'",
    "source": "id of a source that the ledger has; else what follows describes a new one",
    "publisher": "who published the page",
    "title": "its title",
    "url": "its address",
    "licence": "on what terms its figures are used",
    "origin": "who produced the figures: smm, gacc, caam, ...",
    "unit": "unit of the figure, where it is not that of the series",
}
"""Options of `ingest --add`: a figure read off a page, and the page."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Pipes of Windows and terminals of one alphabet cannot print Chinese: it is escaped, and nothing fails.
            stream.reconfigure(errors="backslashreplace")
    # Many containers forbid bytecode by habit; every start without it takes 2 to 3 times as long.
    sys.dont_write_bytecode = False
    options = _parser().parse_args(arguments)
    if not options.debug:
        # What nobody foresaw ends the command all the same; the user gets one line instead of a traceback.
        sys.excepthook = lambda kind, error, trace: print(f"metalsbook: {_describe(error)}", file=sys.stderr)
    try:
        for line in options.run(options) or ():
            print(line)
        return 0
    except BookError as error:
        if options.debug:
            raise
        print(f"metalsbook: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("metalsbook: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output has gone (`metalsbook verify | head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _describe(error: BaseException) -> str:
    """Return what happened, where and what to do, for errors that no module has given words of its own."""
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        remedy = {
            errno.ENOSPC: "Make room on the disk",
            errno.EDQUOT: "Make room within the quota",
            errno.EROFS: "Make the folder writable",
            errno.EACCES: "Check who may read and write it",
        }.get(error.errno or 0, "Check that the file or folder is there and may be used")
        return f"{error.strerror}{place}. {remedy}, then run the same command again; nothing half-done is left"
    if isinstance(error, MemoryError):
        return "The machine has run out of memory. End other programs, then run the same command again"
    return f"{type(error).__name__}: {error}. This is a fault of the book: run again with --debug and report it"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="metalsbook", description=metalsbook.__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"metalsbook {metalsbook.__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common])
        command.set_defaults(run=run)
        return command

    book = add("book", _book, "build the edition of a month and show where it is")
    book.add_argument("--month", required=True, help="data month, YYYY-MM")
    book.add_argument("--allow-gaps", action="store_true", help="build a month with too little data, its gaps shown")
    site = add("site", _site, "build every edition and the start page")
    site.add_argument(
        "--months",
        help="only these: YYYY-MM:YYYY-MM, YYYY-MM, or several with commas; default: every month that has a snapshot",
    )
    site.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="run chapters on the Dask cluster of this scheduler: tcp://HOST:PORT or tls://HOST:PORT",
    )
    site.add_argument("--allow-gaps", action="store_true", help="build months with too little data, their gaps shown")
    brief = add("brief", _brief, "write the two-page brief of a month, as PDF and as text for an e-mail")
    brief.add_argument("--month", required=True, help="data month, YYYY-MM")
    brief.add_argument("--out", default=".", help="folder for brief-YYYY-MM.pdf and .txt; default: this one")
    snapshot = add("snapshot", _snapshot, "freeze the inputs of a month")
    snapshot.add_argument("--month", required=True, help="data month, YYYY-MM")
    snapshot.add_argument("--replace", action="store_true", help="put it in the place of a published snapshot")
    snapshot.add_argument("--allow-gaps", action="store_true", help="freeze a month with too little data")
    snapshot.add_argument("--reason", default="", help="why a published snapshot is replaced; goes into CHANGELOG.md")
    _add_ingest(add("ingest", _ingest, "take over files that an analyst has, or a single figure, into the ledger"))
    status = add("status", _status, "show what the ledger has for a month, and what is missing")
    status.add_argument("--month", help="data month, YYYY-MM; default: the one after the newest snapshot")
    audit = add("audit", _audit, "judge claims of the ledger as known for a month, before they are in a snapshot")
    audit.add_argument("--month", default=REFERENCE_MONTH, help=f"data month, YYYY-MM; default: {REFERENCE_MONTH}")
    audit.add_argument("--claim", action="append", metavar="ID", help="only this claim; may be given several times")
    add("verify", _verify, "check the ledger and every committed snapshot")
    add("chapters", _chapters, f"run the chapters for the reference month {REFERENCE_MONTH} and keep their outputs")
    serve = add("serve", _serve, "show the built site on this machine only")
    serve.add_argument("--port", type=int, default=8000, help="port on the loopback address")
    return parser


def _add_ingest(ingest: argparse.ArgumentParser) -> None:
    ingest.add_argument("files", nargs="*", metavar="FILE", help="files to take over; default: those in data/inbox/")
    ingest.add_argument("--dry-run", action="store_true", help="show the figures and how they are made; write nothing")
    ingest.add_argument("--accept", action="store_true", help="take what the report calls doubtful")
    ingest.add_argument(
        "--template",
        action="store_true",
        help="write lists to fill in for --month, or the month after the newest snapshot",
    )
    told = ingest.add_argument_group("what a file does not say (a sidecar FILE.yml may say it too)")
    told.add_argument("--format", default="", help="its format, where it shall not be recognised")
    told.add_argument("--flow", default="", help="export or import")
    told.add_argument("--month", default="", help="its data month, YYYY-MM")
    told.add_argument("--measure", default="", help="level, or ytd for January to the month")
    told.add_argument("--published", default="", help="day it was published, YYYY-MM-DD")
    told.add_argument("--seen", default="", help="day on which pages without a day of publication were seen")
    told.add_argument("--complete", default="", metavar="HS", help="codes whose items were all asked for: 8104")
    told.add_argument("--partial", action="store_const", const="yes", default="", help="it has some partners only")
    told.add_argument("--profile", default="", help="profile of a table: a shipped name or a YAML file")
    figure = ingest.add_argument_group("a single figure read off a page")
    figure.add_argument("--add", action="store_true", help="add one figure")
    for name in SINGLE_FIGURE:
        figure.add_argument(f"--{name}", default="", help=SINGLE_FIGURE[name])


def _ingest(options: argparse.Namespace) -> Iterable[object]:
    from pathlib import Path

    from metalsbook.ingest.files import Details
    from metalsbook.store import hold_build_lock

    told = Details(**{name: getattr(options, name) for name in Details.__dataclass_fields__})
    if options.template:
        from metalsbook.ingest.statements import write_template
        from metalsbook.status import month_after_newest

        return write_template(parse_month(options.month) if options.month else month_after_newest())
    # A dry run changes nothing, and need not wait for a build.
    with contextlib.nullcontext() if options.dry_run else hold_build_lock("ingest"):
        from metalsbook.ingest.run import add_figure, take_files

        how = {"dry_run": options.dry_run, "accept": options.accept}
        if options.add:
            add_figure({name: getattr(options, name) for name in SINGLE_FIGURE}, told, **how)
        else:
            take_files([Path(name) for name in options.files], told, **how)
    return ()


def _status(options: argparse.Namespace) -> Iterable[object]:
    from metalsbook.status import describe_status

    return describe_status(parse_month(options.month) if options.month else None)


def _book(options: argparse.Namespace) -> Iterable[object]:
    from metalsbook.publish.book import build_editions

    month = parse_month(options.month)
    return [build_editions([month], f"book --month {month}", allow_gaps=options.allow_gaps) / month / "index.html"]


def _brief(options: argparse.Namespace) -> Iterable[object]:
    from pathlib import Path

    from metalsbook.downloads.brief import write_brief
    from metalsbook.edition import open_edition

    month = parse_month(options.month)
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"brief-{month}.{ending}" for ending in ("pdf", "txt")]
    write_brief(open_edition(month), *paths)
    return paths


def _site(options: argparse.Namespace) -> Iterable[object]:
    from metalsbook.paths import snapshots_folder
    from metalsbook.publish.book import build_editions
    from metalsbook.snapshots.package import published_months

    months = published_months(snapshots_folder()) if options.months is None else parse_months(options.months)
    return [build_editions(months, "site", allow_gaps=options.allow_gaps, scheduler=options.dask) / "index.html"]


def _snapshot(options: argparse.Namespace) -> Iterable[object]:
    from metalsbook.snapshots.freeze import freeze_month
    from metalsbook.store import hold_build_lock

    month = parse_month(options.month)
    with hold_build_lock(f"snapshot --month {month}"):
        snapshot = freeze_month(month, replace=options.replace, reason=options.reason, allow_gaps=options.allow_gaps)
    return [f"{snapshot.month}: {snapshot.count} statements, content {snapshot.content_hash[:12]}"]


def _audit(options: argparse.Namespace) -> Iterable[object]:
    from metalsbook.audit import describe_verdicts

    return describe_verdicts(parse_month(options.month), options.claim)


def _verify(options: argparse.Namespace) -> Iterable[object]:
    from metalsbook.snapshots.freeze import verify_all

    return verify_all()


def _chapters(options: argparse.Namespace) -> None:
    from metalsbook.publish.book import renew_chapters

    renew_chapters()


def _serve(options: argparse.Namespace) -> None:
    from metalsbook.publish.serve import serve

    serve(options.port)


if __name__ == "__main__":
    sys.exit(main())
