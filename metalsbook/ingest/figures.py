"""Check a figure as it will be checked in the ledger, but name the row of the file that it comes from."""

from metalsbook.errors import IngestError, LedgerError
from metalsbook.ingest.batch import Row
from metalsbook.ingest.files import shown
from metalsbook.ledger.figures import read_figure

_SLACK = 1e-9


def check_figure(row: Row, where: str) -> None:
    """Refuse a statement whose printed text does not say its value.

    Args:
        row: A row of `statements`; its cells keep the rules of their columns.
        where: File and row for the error.

    Raises:
        IngestError: If the text holds no number in the row's unit, or another one.
    """
    try:
        figure = read_figure(row["stated"], row["unit"], row["measure"], float(row["value"]))
    except LedgerError as error:
        raise IngestError(f"{where}, column 'stated': {error.what}", "Give the figure as it is printed") from None
    for name, printed in (("value", figure.value), ("low", figure.low), ("high", figure.high)):
        if row[name] == "" or printed != printed:
            continue
        if not abs(float(row[name]) - printed) <= figure.resolution / 2 + _SLACK * abs(printed):
            raise IngestError(
                f"{where}, column '{name}': {row[name]} is not what '{shown(row['stated'])}' says, "
                f"{printed:.10g} {row['unit']}",
                "Mend the number or the text",
            )
