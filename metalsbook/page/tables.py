"""Tables as the book shows them: a caption, headed rows, figures aligned, and the origin of each statement at hand."""

from collections.abc import Callable

import pandas as pd

from metalsbook.page.narrative import MINUS, Html, count_of, escape, gap, link, number, tag

Format = Callable[[object], str]


def table(
    frame: pd.DataFrame,
    caption: str,
    formats: dict[str, Format] | None = None,
    css: str = "",
    filters: pd.DataFrame | None = None,
    missing: str = "",
) -> Html:
    """Return a table; the first column heads its rows, numbers stand right, a missing value is shown as a gap ("–").

    Args:
        frame: What to show, in the order and under the names shown. Cells may be `Html`.
        caption: What the table shows, with the unit where all figures share one.
        formats: For a column, the function that writes its values.
        css: A further class of the table.
        filters: One column for each menu by which the reader can choose rows, in the order of the rows; the site
            draws the menus, elsewhere all rows are shown.
        missing: The note in the place of a table without rows; default nothing, as the sentence beside it says so.
    """
    if frame.empty:
        return gap(missing) if missing else Html("", "")
    kinds = {name: "num" if frame[name].dtype.kind in "fiu" else "" for name in frame}
    head = "".join(tag("th", escape(str(name)), scope="col", class_=kind) for name, kind in kinds.items())
    forms = [(formats or {}).get(name) for name in frame]
    chosen = [{}] * len(frame) if filters is None else filters.to_dict("records")
    rows = []
    for row, keys in zip(frame.itertuples(index=False, name=None), chosen, strict=True):
        first, *others = map(_cell, row, forms)
        cells = [tag("td", shown, class_=kind) for shown, kind in zip(others, [*kinds.values()][1:], strict=True)]
        marks = {f"data_{key}": value for key, value in keys.items()}
        rows.append(tag("tr", tag("th", first, scope="row") + "".join(cells), **marks))
    body = tag("caption", escape(caption)) + tag("thead", tag("tr", head)) + tag("tbody", "\n".join(rows))
    markup = tag("table", body, class_=f"mb-table {css}".strip())
    # A wide table scrolls in its own box; the box can be reached by keyboard.
    box = tag("div", markup, class_="mb-scroll", tabindex="0", role="region", aria_label=caption)
    return Html(box, f"<table: {caption}, {count_of(len(frame), 'row')}>")


def _cell(value: object, form: Format | None) -> str:
    """Return a value as a cell; what a form writes gets a true minus sign, nought none."""
    if isinstance(value, Html):
        return value.markup
    if value == "" or pd.isna(value):
        return tag("span", "\u2013", class_="mb-missing")
    if form is None:
        whole = 1 if isinstance(value, int) else None
        return escape(number(value, resolution=whole) if isinstance(value, (int, float)) else str(value))
    shown = form(value)
    sign = "" if shown[:1] not in ("+", "-") or not any(digit in "123456789" for digit in shown) else shown[0]
    return escape(sign.replace("-", MINUS) + shown.lstrip("+-"))


def origin(edition, statement: pd.Series, label: str = "") -> Html:
    """Return the origin of a statement, folded under a label (default the publisher): print, source, date, link, id."""
    source = edition.pages[statement["source"]]
    dated = statement["published"] if statement["published_basis"] == "stated" else "undated page"
    parts = [
        f"printed \u201c{escape(statement['stated'])}\u201d",
        link(source["url"], source["title"] or source["publisher"]),
        escape(f"{source['publisher']}, {dated}"),
        tag("code", escape(statement["statement"])),
    ]
    shown = tag("summary", escape(label or source["publisher"])) + tag("span", " \u00b7 ".join(parts))
    return Html(tag("details", shown, class_="mb-origin"), f"{source['publisher']}, {dated}")


def source_cells(edition, sources: pd.Series) -> list[Html]:
    """Return sources as cells of a table: the publisher with a link to the page."""
    return [Html(link(edition.pages[one]["url"], edition.who(one)), edition.who(one)) for one in sources]
