"""The edition as one Excel workbook: real numbers and dates, frozen headers, filters, and no cell that computes.

The file depends on the edition alone: its times are the cut-off, its parts stand in the order in which they are named.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from metalsbook.analysis.sources import ENOUGH_QUOTES
from metalsbook.edition import Edition
from metalsbook.months import period_start
from metalsbook.page.board import board_rows
from metalsbook.page.facts.landing import BOARD
from metalsbook.publish.addresses import month_name

_STAMP = (1980, 1, 1, 0, 0, 0)
_WIDEST, _ROWS_MEASURED = 60, 200
_HEAD = {
    "font": Font(bold=True),
    "fill": PatternFill("solid", start_color="E5EAEF"),
    "alignment": Alignment(wrap_text=True),
}
_FILLS = {
    "derived": PatternFill("solid", start_color="DCEBF7"),
    "few quotes": PatternFill("solid", start_color="FDEBC8"),
}
LEGEND = {
    "published": "printed by a source for the month",
    "derived": "follows from other figures, or the mean of three or more day quotes",
    "few quotes": "the mean of one or two day quotes: an indication",
}
_DAY, _MONTH = "yyyy-mm-dd", "mmm yyyy"
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

Cells = list[object]


def write_workbook(edition: Edition, figures: pd.DataFrame, path: Path) -> None:
    """Write the workbook of an edition.

    Args:
        edition: The edition.
        figures: Its `figures.all_figures`.
        path: The file.
    """
    book = Workbook(write_only=True)
    _sheet(book, "Summary", *_summary(edition))
    _monthly(book, figures)
    _sheet(book, "Figures", *_figures(edition, figures))
    _sheet(book, "Prices", *_prices(edition, figures))
    _sheet(book, "Contradictions", *_contradictions(edition))
    _sheet(book, "Claims", *_picked(edition.claims, _CLAIMS))
    _sheet(book, "Forecasts", *_picked(edition.outlooks, _OUTLOOKS))
    _sheet(book, "Sources", *_picked(edition.sources, _SOURCES))
    _sheet(book, "Notes", ("Sheet", "Column", "What it is"), _notes(edition))
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(_same_each_time(out.getvalue(), edition.cut_off))


_CLAIMS = {
    "claim": "Claim",
    "statement": "What it says",
    "series": "Series",
    "period": "Period",
    "printed": "Published",
    "verdict": "Verdict",
    "recomputed_low": "Recomputed, low",
    "recomputed_high": "Recomputed, high",
    "recomputed_unit": "Unit",
    "evidence": "Evidence",
    "would_decide": "What would decide",
}
_CONFLICTS = {
    "conflict": "Contradiction",
    "statement": "Figure",
    "series": "Series",
    "measure": "Measure",
    "period": "Period",
    "value": "Value",
    "unit": "Unit",
    "publisher": "Publisher",
    "gap": "Gap",
    "gap_unit": "Unit of the gap",
    "gap_pct": "Gap, %",
    "explanation": "What would explain it",
}
_OUTLOOKS = {
    "outlook": "Forecast",
    "publisher": "Publisher",
    "made_on": "Made on",
    "says": "What it says",
    "series": "Series",
    "horizon_from": "From",
    "horizon_to": "To",
    "verdict": "Verdict",
    "level_then": "Level then",
    "level_in_horizon": "Level in the horizon",
    "resolved_on": "Resolved in",
}
_SOURCES = {
    "source": "Source",
    "publisher": "Publisher",
    "title": "Page",
    "published": "Published",
    "url": "Address",
    "licence": "Licence",
}


def _summary(edition: Edition) -> tuple[Cells, Iterator[Cells]]:
    head = ["Series", "Month", "Latest", "Unit", "m/m, %", "y/y, %", "YTD", "YTD y/y, %", "Status", "Publisher", "Id"]

    def best(figure) -> float | None:
        return figure and figure.best

    rows = (
        [row["name"], _date(row["month"], _MONTH), best(row["latest"]), row["unit"]]
        + [best(row[key]) for key in ("mom", "yoy", "ytd", "ytd_yoy")]
        + [row["status"], row["facts"]["who"], row["series"]]
        for row in board_rows(edition, BOARD)
    )
    return head, rows


def _monthly(book: Workbook, figures: pd.DataFrame) -> None:
    """Add the sheet with a series a row and a month a column; the colour of a cell says how it is known."""
    rows = figures[figures["length"] == "month"]
    few = rows["n_quotes"].between(1, ENOUGH_QUOTES - 1)
    rows = rows.assign(told=rows["status"].mask(few, "few quotes"))
    months = pd.period_range(rows["period"].min(), rows["period"].max(), freq="M").strftime("%Y-%m").tolist()
    sheet = book.create_sheet("Monthly")
    sheet.freeze_panes = "D3"
    for place, width in enumerate([44, 10, 34], start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for place in range(4, 4 + len(months)):
        sheet.column_dimensions[get_column_letter(place)].width = 11
    sheet.auto_filter.ref = f"A2:{get_column_letter(3 + len(months))}{2 + rows['series'].nunique()}"
    sheet.append([_cell(sheet, "How each is known:"), *(_cell(sheet, name, fill=_FILLS.get(name)) for name in LEGEND)])
    sheet.append(_heads(sheet, ["Series", "Unit", "Id", *(_date(month, _MONTH) for month in months)]))
    for (title, unit, series), group in rows.groupby(["title", "unit", "series"], sort=False):
        known = {row.period: row for row in group.itertuples()}
        cells = [_cell(sheet, text) for text in (title, unit, series)]
        for month in months:
            row = known.get(month)
            cells.append(_cell(sheet, row.value, fill=_FILLS.get(row.told)) if row else None)
        sheet.append(cells)


def _figures(edition: Edition, figures: pd.DataFrame) -> tuple[Cells, Iterator[Cells]]:
    """Return every print with its source, and every month that no source printed."""
    head = ["Series", "Title", "Measure", "Period", "From", "Value", "Low", "High", "Unit", "Status", "As printed"]
    head += ["Publisher", "Published", "Figure"]
    titles = edition.series.set_index("series")["title"]
    rows = edition.statements
    printed = (
        [
            row.series,
            titles.get(row.series),
            row.measure,
            row.period,
            _date(row.period),
            row.value,
            row.bound_low,
            row.bound_high,
            row.unit,
            "published",
            row.stated,
            name,
            _date(row.published) if row.published_basis == "stated" else "undated",
            row.statement,
        ]
        for row, name in zip(rows.itertuples(), edition.who(rows["source"]), strict=True)
    )
    own = figures[(figures["length"] == "month") & (figures["status"] == "derived")]
    derived = (
        [
            row.series,
            row.title,
            "level",
            row.period,
            _date(row.period),
            row.value,
            row.low,
            row.high,
            row.unit,
            "derived",
            None,
            row.publisher,
            None,
            None,
        ]
        for row in own.itertuples()
    )
    return head, (row for part in (printed, derived) for row in part)


def _prices(edition: Edition, figures: pd.DataFrame) -> tuple[Cells, Iterator[Cells]]:
    prices = set(edition.series.loc[edition.series["kind"] == "price", "series"])
    rows = figures[(figures["length"] == "day") & figures["series"].isin(prices)]
    head = ["Series", "Title", "Date", "Value", "Low", "High", "Unit", "Publisher"]
    cells = (
        [row.series, row.title, _date(row.period), row.value, row.low, row.high, row.unit, row.publisher]
        for row in rows.itertuples()
    )
    return head, cells


def _contradictions(edition: Edition) -> tuple[Cells, Iterator[Cells]]:
    statements = edition.statements.set_index("statement")[["value", "unit", "source"]]
    rows = edition.conflicts.join(statements, on="statement")
    rows["publisher"] = rows["source"].map(edition.publishers)
    return _picked(rows, _CONFLICTS)


def _picked(rows: pd.DataFrame, names: dict[str, str]) -> tuple[Cells, Iterator[Cells]]:
    kept = [name for name in names if name in rows]
    cells = ([_plain(value) for value in row] for row in rows[kept].itertuples(index=False, name=None))
    return [names[name] for name in kept], cells


def _notes(edition: Edition) -> Iterator[Cells]:
    yield [
        "All",
        "",
        f"Strategic Metals Book, edition {month_name(edition.month)}: figures published by {edition.cut_off}",
    ]
    yield ["All", "", f"Snapshot {edition.snapshot_id[:12]}, method {edition.method_version}"]
    yield [
        "All",
        "",
        "Figures are facts cited from their publishers; may I use it: column Licence of Sources. Code: MIT",
    ]
    yield ["All", "Unit", "The unit of the series: t, CNY/t, USD/t, %; unit means pieces, e.g. vehicles"]
    yield ["All", "Low, High", "The ends that the printed digits, the quotes of the month or other figures leave open"]
    for name, meaning in LEGEND.items():
        yield ["All", "Status", f"{name}: {meaning}"]
    yield ["Summary", "m/m, y/y", "Change in per cent, as published where it was; of a series in per cent, in points"]
    yield ["Summary", "YTD", "January to the month: as published, else the sum of the months where all are known"]
    yield ["Figures", "Measure", "level; ytd: January to the period; mom, yoy, ytd_yoy: changes in per cent; forecast"]
    yield ["Figures", "From", "First day of the period, so that Excel can sort by time"]
    yield ["Figures", "Published", "The day that the page states; undated: it states none"]
    yield ["Contradictions", "Gap", "By how much the figures that cannot all be true miss each other"]
    yield ["Claims", "Verdict", "Recomputed from other sources' figures; consistent: within rounding"]
    for row in edition.series.sort_values("series").itertuples():
        yield ["Series", row.series, f"{row.title} ({row.unit}): {row.definition or row.basis or row.kind}"]


def _sheet(book: Workbook, name: str, head: Iterable[object], rows: Iterable[Cells]) -> None:
    """Add a sheet with a header that stays in sight, a filter over it, and columns as wide as most of their cells."""
    head, rows = list(head), [list(row) for row in rows]
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(rows) + 1}"
    for place, title in enumerate(head):
        sizes = sorted(_length(row[place]) for row in rows[:_ROWS_MEASURED])
        usual = sizes[int(len(sizes) * 0.9)] if sizes else 0
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(usual, len(str(title))) + 2, _WIDEST)
    sheet.append(_heads(sheet, head))
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _length(value: object) -> int:
    return 10 if isinstance(value, (_Date, float)) else len(str(value or ""))


def _heads(sheet, head: Iterable[object]) -> list:
    return [_cell(sheet, title, **_HEAD) for title in head]


class _Date(dt.date):
    """A date with the way it is shown."""

    form = _DAY


class _Month(_Date):
    form = _MONTH


def _date(period: str, form: str = _DAY) -> _Date | None:
    if not period:
        return None
    return (_Month if form == _MONTH else _Date).fromisoformat(period_start(period))


def _plain(value: object) -> object:
    """Return a table's value as a cell takes it: an ISO day as a date, a missing value as none."""
    if isinstance(value, str):
        return _date(value) if re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", value) else value
    return None if value is None or value != value else value


def _cell(sheet, value: object, **style: object):
    """Return a cell: a text is text, whatever it begins with, and a number that is not known is an empty cell."""
    style = {name: each for name, each in style.items() if each is not None}
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
        if not style and not value.startswith("="):
            return value or None
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
    elif value is None or value != value:
        return None
    elif isinstance(value, _Date) or style:
        cell = WriteOnlyCell(sheet, value)
        if isinstance(value, _Date):
            cell.number_format = value.form
    else:
        return value
    for name, each in style.items():
        setattr(cell, name, each)
    return cell


def _same_each_time(content: bytes, day: str) -> bytes:
    """Return a workbook without the time of its making."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + f"{day}T00:00:00Z".encode(), part)
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(entry, part)
    return out.getvalue()
