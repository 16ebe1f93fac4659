"""The errors that a user can meet: each says what happened, where, and what to do.

The command line prints `str(error)` on one line and exits with `exit_code`; a traceback appears only with `--debug`.
"""


class BookError(Exception):
    """An error that the user can mend: `what` happened and where, and what `todo`, "" where `what` says it already."""

    exit_code = 1

    def __init__(self, what: str, todo: str = ""):
        self.what = _printable(what)
        self.todo = _printable(todo)
        super().__init__(f"{self.what}. {self.todo}" if todo else self.what)

    def __reduce__(self) -> tuple:
        """Travel between processes as what it was made from."""
        return type(self), (self.what, self.todo)


def _printable(text: str) -> str:
    """Return text as a terminal can show it: what a damaged file holds must not steer it."""
    return "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in text)


class UsageError(BookError):
    """A wrong month, option or name given to a command."""

    exit_code = 2


class LedgerError(BookError):
    """The ledger breaks its schema or its rules; `violations` has each cell that does, where that is known."""

    exit_code = 3
    violations: tuple = ()


class SnapshotError(BookError):
    """A snapshot is missing, damaged or would be overwritten."""

    exit_code = 4


class ChapterError(BookError):
    """A chapter cannot be run, or ran and shows nothing."""

    exit_code = 5


class SiteError(BookError):
    """The site could not be built, or lacks a page or a chart."""

    exit_code = 6


class IngestError(BookError):
    """A file from the inbox cannot be taken over as it is."""

    exit_code = 7


class BusyError(BookError):
    """Another process is building."""

    exit_code = 8


class ClusterError(BookError):
    """The cluster does not answer, or was lost."""

    exit_code = 9
