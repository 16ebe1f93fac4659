"""The command line: parses and delegates. Heavy modules are imported by the command that needs them.

Exit codes: 0 done; 2 a wrong month, option or name; 3 the ledger breaks its rules; 4 a snapshot is missing, damaged or
published; 5 a chapter failed; 6 the site could not be built; 7 a file could not be taken over; 8 another build is
running; 1 anything else.
"""

import argparse
import sys

import metalsbook
from metalsbook.errors import BookError
from metalsbook.months import month_range, parse_month

REFERENCE_MONTH = "2025-11"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except BookError as error:
        if options.debug:
            raise
        print(f"metalsbook: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("metalsbook: stopped", file=sys.stderr)
        return 130


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
    book.add_argument("--engine", choices=["auto", "inprocess", "kernel"], default="auto", help="how chapters are run")
    site = add("site", _site, "build every edition and the start page")
    site.add_argument("--months", help="only these months, YYYY-MM:YYYY-MM; default: every snapshot")
    snapshot = add("snapshot", _snapshot, "freeze the inputs of a month")
    snapshot.add_argument("--month", required=True, help="data month, YYYY-MM")
    snapshot.add_argument("--replace", action="store_true", help="put it in the place of a published snapshot")
    snapshot.add_argument("--reason", default="", help="why a published snapshot is replaced; goes into CHANGELOG.md")
    add("verify", _verify, "check the ledger and every committed snapshot")
    add("chapters", _chapters, f"run the chapters for the reference month {REFERENCE_MONTH} and keep their outputs")
    serve = add("serve", _serve, "show the built site on this machine only")
    serve.add_argument("--port", type=int, default=8000, help="port on the loopback address")
    return parser


def _book(options: argparse.Namespace) -> None:
    from metalsbook.publish.book import build_book

    print(build_book(parse_month(options.month), engine=options.engine))


def _site(options: argparse.Namespace) -> None:
    from metalsbook.paths import snapshots_folder
    from metalsbook.publish.book import build_all
    from metalsbook.snapshots import published_months

    months = published_months(snapshots_folder())
    if options.months:
        first, _, last = options.months.partition(":")
        months = month_range(parse_month(first), parse_month(last or first))
    print(build_all(months))


def _snapshot(options: argparse.Namespace) -> None:
    from metalsbook.publish.freeze import freeze_month

    snapshot = freeze_month(parse_month(options.month), replace=options.replace, reason=options.reason)
    print(f"{snapshot.month}: {len(snapshot.tables['statements'])} statements, content {snapshot.content_hash[:12]}")


def _verify(options: argparse.Namespace) -> None:
    from metalsbook.publish.freeze import verify_all

    for line in verify_all():
        print(line)


def _chapters(options: argparse.Namespace) -> None:
    from metalsbook.publish.execute import refresh_chapters

    refresh_chapters(REFERENCE_MONTH)


def _serve(options: argparse.Namespace) -> None:
    from metalsbook.publish.site import serve

    serve(options.port)


if __name__ == "__main__":
    sys.exit(main())
