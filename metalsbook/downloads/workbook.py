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
from metalsbook.page.narrative import period_name

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
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

Cells = list[object]


def write_workbook(edition: Edition, figures: pd.DataFrame, path: Path) -> None:
    """Write the workbook of an edition; `figures` are its `figures.all_figures`."""
    book = Workbook(write_only=True)
    _sheet(book, "Summary", *_summary(edition))
    _monthly(book, figures)
    _sheet(book, "Figures", *_picked(_figures(edition, figures), _FIGURES, text="period"))
    _sheet(book, "Prices", *_picked(_prices(edition, figures), _PRICES))
    _sheet(book, "Contradictions", *_picked(_contradictions(edition), _CONFLICTS))
    _sheet(book, "Claims", *_picked(edition.claims.rename(columns={"statement": "says"}), _CLAIMS))
    _sheet(book, "Forecasts", *_picked(edition.outlooks, _OUTLOOKS))
    _sheet(book, "Sources", *_picked(edition.sources.rename(columns={"title": "page"}), _SOURCES))
    _sheet(book, "Notes", ("Sheet", "Column", "What it is"), _notes(edition))
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(_same_each_time(out.getvalue(), edition.cut_off))


_HEADS = {
    "says": "What it says",
    "printed": "Published",
    "recomputed_low": "Recomputed, low",
    "recomputed_high": "Recomputed, high",
    "recomputed_unit": "Unit",
    "would_decide": "What would decide",
    "conflict": "Contradiction",
    "statement": "Figure",
    "stated": "As printed",
    "gap_unit": "Unit of the gap",
    "gap_pct": "Gap, %",
    "explanation": "What would explain it",
    "outlook": "Forecast",
    "horizon_from": "From",
    "horizon_to": "To",
    "level_in_horizon": "Level in the horizon",
    "resolved_on": "Resolved in",
    "url": "Address",
}
"""Column -> header, where that is not the column's name."""
_CLAIMS = (
    "claim says series period printed verdict recomputed_low recomputed_high recomputed_unit evidence would_decide"
)
_CONFLICTS = "conflict statement series measure period value unit publisher gap gap_unit gap_pct explanation"
_OUTLOOKS = (
    "outlook publisher made_on says series horizon_from horizon_to verdict level_then level_in_horizon resolved_on"
)
_SOURCES = "source publisher page published url licence"
_FIGURES = "series title measure period from value low high unit status stated publisher published statement"
_PRICES = "series title date value low high unit publisher"


def _summary(edition: Edition) -> tuple[Cells, Iterator[Cells]]:
    head = ["Series", "Month", "Latest", "Unit", "m/m, %", "y/y, %", "YTD", "YTD y/y, %", "Status", "Publisher", "Id"]

    def best(figure) -> float | None:
        return figure and figure.best

    rows = (
        [row["name"], row["month"] and pd.Period(row["month"], "M"), best(row["latest"]), row["unit"]]
        + [best(row[key]) for key in ("mom", "yoy", "ytd", "ytd_yoy")]
        + [row["status"], row["who"], row["series"]]
        for row in board_rows(edition, BOARD)
    )
    return head, rows


def _monthly(book: Workbook, figures: pd.DataFrame) -> None:
    """Add the sheet with a series a row and a month a column; the colour of a cell says how it is known."""
    rows = figures[figures["length"] == "month"]
    few = rows["n_quotes"].between(1, ENOUGH_QUOTES - 1)
    rows = rows.assign(told=rows["status"].mask(few, "few quotes"))
    months = list(pd.period_range(rows["period"].min(), rows["period"].max(), freq="M"))
    sheet = book.create_sheet("Monthly")
    sheet.freeze_panes = "D3"
    for place, width in enumerate([44, 10, 34, *[11] * len(months)], start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.auto_filter.ref = f"A2:{get_column_letter(3 + len(months))}{2 + rows['series'].nunique()}"
    sheet.append([_cell(sheet, "How each is known:"), *(_cell(sheet, name, fill=_FILLS.get(name)) for name in LEGEND)])
    sheet.append(_heads(sheet, ["Series", "Unit", "Id", *months]))
    for (title, unit, series), group in rows.groupby(["title", "unit", "series"], sort=False):
        known = {row.period: row for row in group.itertuples()}
        cells = [_cell(sheet, text) for text in (title, unit, series)]
        for month in months:
            row = known.get(str(month))
            cells.append(_cell(sheet, row.value, fill=_FILLS.get(row.told)) if row else None)
        sheet.append(cells)


def _figures(edition: Edition, figures: pd.DataFrame) -> pd.DataFrame:
    """Return every print with its source, and every month that no source printed."""
    rows = edition.statements
    own = {
        "title": rows["series"].map(edition.series.set_index("series")["title"]),
        "status": "published",
        "publisher": edition.who(rows["source"]),
        "published": rows["published"].where(rows["published_basis"] == "stated", "undated"),
    }
    ends = {"bound_low": "low", "bound_high": "high"}
    printed = rows.drop(columns=list(ends.values())).rename(columns=ends).assign(**own)
    derived = figures[(figures["length"] == "month") & (figures["status"] == "derived")].assign(measure="level")
    both = pd.concat([printed, derived])
    return both.assign(**{"from": both["period"].map(period_start)})


def _prices(edition: Edition, figures: pd.DataFrame) -> pd.DataFrame:
    prices = set(edition.series.loc[edition.series["kind"] == "price", "series"])
    rows = figures[(figures["length"] == "day") & figures["series"].isin(prices)]
    return rows.rename(columns={"period": "date"})


def _contradictions(edition: Edition) -> pd.DataFrame:
    statements = edition.statements.set_index("statement")[["value", "unit", "source"]]
    rows = edition.conflicts.join(statements, on="statement")
    return rows.assign(publisher=rows["source"].map(edition.publishers))


def _picked(rows: pd.DataFrame, columns: str, text: str = "") -> tuple[Cells, Iterator[Cells]]:
    """Return the headers and cells of those columns that a table has: ISO days as dates, but in the column `text`."""
    kept = [name for name in columns.split() if name in rows]
    days = [name for name in kept if name != text and rows[name].dtype.kind not in "biuf"]
    dated = rows[kept].assign(**{name: rows[name].map(_plain) for name in days})
    heads = [_HEADS.get(name, name.replace("_", " ").capitalize()) for name in kept]
    return heads, dated.itertuples(index=False, name=None)


def _notes(edition: Edition) -> Iterator[Cells]:
    about = f"Strategic Metals Book, edition {period_name(edition.month)}: figures published by {edition.cut_off}"
    made = f"Snapshot {edition.snapshot_id[:12]}, method {edition.method_version}"
    terms = "Figures are facts cited from their publishers; may I use it: column Licence of Sources. Code: MIT"
    yield from (["All", "", text] for text in (about, made, terms))
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
    head, rows = list(head), list(rows)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(rows) + 1}"
    for place, title in enumerate(head):
        cells = [row[place] for row in rows[:_ROWS_MEASURED]]
        dated = (dt.date, pd.Period, float)
        sizes = sorted(10 if isinstance(cell, dated) else len(str(cell or "")) for cell in cells)
        usual = sizes[int(len(sizes) * 0.9)] if sizes else 0
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(usual, len(str(title))) + 2, _WIDEST)
    sheet.append(_heads(sheet, head))
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _heads(sheet, head: Iterable[object]) -> list:
    return [_cell(sheet, title, **_HEAD) for title in head]


def _plain(value: object) -> object:
    """Return a table's value as a cell takes it: an ISO day as a date."""
    is_day = isinstance(value, str) and re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", value)
    return dt.date.fromisoformat(value) if is_day else value


def _cell(sheet, value: object, **style: object):
    """Return a cell: a text is text, whatever it begins with, and a number that is not known is an empty cell.

    Days are `date`, months are `Period`.
    """
    if value is None or value != value or value == "":
        return None
    if isinstance(value, pd.Period):
        value, style["number_format"] = value.start_time.date(), "mmm yyyy"
    elif isinstance(value, dt.date):
        style["number_format"] = "yyyy-mm-dd"
    elif isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    for name, each in style.items():
        if each is not None:
            setattr(cell, name, each)
    return cell


def _same_each_time(content: bytes, day: str) -> bytes:
    """Return a workbook without the time of its making: a `ZipInfo` has none of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w") as kept:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + f"{day}T00:00:00Z".encode(), part)
            kept.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
