"""China customs query (stats.customs.gov.cn): rows of a commodity, partner, regime and province, added up to series.

The file says neither whether it is of exports or imports nor, for a single month, which month: file name, sidecar or
options say it, and without them it is refused. Quantities are kilograms, as customs print them for all mapped items.
"""

import re
import unicodedata

import pandas as pd

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import ABOUT, Batch, Row, print_t
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.grid import Grid, is_missing
from metalsbook.ingest.mappings import Catalogue, read_mapping

_ABOUT = ABOUT["customs"]
CUT_AT_ROWS = 10_000
"""The portal cuts a result here without a word."""
_NAMES = {header.casefold(): name for name, headers in _ABOUT["headers"].items() for header in headers}
_FEWEST_KNOWN = 3
_PARTS = {"partner": "partners", "regime": "customs regimes", "place": "provinces"}
_KILOGRAMS = ("千克", "公斤", "kilogram", "kilograms", "kg")
_MONTH = r"^(20[0-9]{2})[-年]?(0[1-9]|1[0-2])月?$"
_MONTH_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2})-?(0[1-9]|1[0-2])(?![0-9])")
_FLOW_WORDS = {"export": ("export", "出口"), "import": ("import", "进口")}
_YES = ("yes", "true")
_YEARS = ("first_year", "last_year")
_DIGITS_OF_ITEMS = 8


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first line is the header of a customs query."""
    names = [_column(cell) for cell in lines[0]]
    return "code" in names and len([name for name in names if name not in ("", "?")]) >= _FEWEST_KNOWN


def _column(header: str) -> str:
    """Return the column that a header means, "" for an empty one, "?" for one that is not known."""
    text = " ".join(header.replace("\ufeff", " ").split())
    return _NAMES.get(text.casefold(), "?") if text else ""


def read(batch: Batch) -> None:
    """Read a customs query into the batch."""
    rows = batch.read_rows()
    batch.titles = _read_header(list(rows), batch.grid)
    rows.columns = list(batch.titles)
    if len(rows) == CUT_AT_ROWS:
        raise IngestError(
            f"{batch.name} has exactly {CUT_AT_ROWS:,} rows, where the portal cuts a result",
            "Split the query, by month or by commodity, and download it in parts",
        )
    flow = _find_flow(batch.file)
    batch.kind = f"{_ABOUT['title']}, {flow}s, {len(rows):,} rows"
    items = {row["code"]: row for row in read_mapping("hs8") if row["flow"] == flow}
    taken = _check_rows(rows, items, batch)
    if batch.problems or taken.empty:
        return
    months = sorted(set(taken["month"]))
    batch.set_source(_ABOUT, f", {flow}s, {' to '.join(dict.fromkeys((months[0], months[-1])))}")
    if "cny" in rows:
        batch.notes.append("values are in yuan: no series is of them, only quantities are taken")
    parts = [f"{rows[name].nunique()} {word}" for name, word in _PARTS.items() if name in rows]
    batch.arithmetic.append("rows of one commodity are added up" + (f" over {', '.join(parts)}" if parts else ""))
    partners, catalogue = _name_partners(rows, batch) if "partner" in rows else {}, Catalogue()
    for month, of_month in taken.groupby("month"):
        if batch.file.details.partial in _YES:
            batch.notes.append("the query asked for some partners only: no totals are made of it")
        else:
            for code, of_item in of_month.groupby("code"):
                _state(batch, items[code], of_item, month)
            _state_totals(batch, items, of_month, month)
        for code, of_item in of_month.groupby("code") if {"partner", "kg"} <= set(of_month) else ():
            if items[code]["destinations"] == "yes":
                _state_destinations(batch, items[code], of_item, month, partners, catalogue)


def _read_header(header: list[str], grid: Grid) -> dict[str, str]:
    """Return the header cell of each column that the query has."""
    number, names = grid.rows[0][0], [_column(cell) for cell in header]
    for at, (name, cell) in enumerate(zip(names, header, strict=True)):
        if name in ("", "?") or names.index(name) != at:
            raise IngestError(
                f"{grid.where(number, at)}: the header '{shown(cell)}' is not known or there twice",
                "The layout has changed: compare it with the columns in data/inbox/README.md",
            )
    have = set(names)
    faults = {
        "there is no column 'Commodity code' (商品编码)": "code" not in have,
        "there is neither a quantity nor a value": not have & {"kg", "usd", "cny"},
        "there are two currencies": {"usd", "cny"} <= have,
        "there is a quantity without the column 'Unit' (第一计量单位)": "kg" in have and "unit" not in have,
    }
    for what in (fault for fault, is_there in faults.items() if is_there):
        raise IngestError(f"{grid.where(number)}: {what}", "Download it again, with what is asked for")
    return dict(zip(names, header, strict=True))


def _find_flow(file: InboxFile) -> str:
    """Return "export" or "import" from sidecar, options or file name."""
    name = file.path.name.casefold()
    named = [flow for flow, words in _FLOW_WORDS.items() if any(word in name for word in words)]
    if file.details.flow or len(named) == 1:
        return file.details.flow or named[0]
    raise IngestError(
        f"{file.name} does not say whether it is of exports or imports",
        f"Add --flow export (or import), or a file {file.name}.yml with the line 'flow: export'",
    )


def _check_rows(rows: pd.DataFrame, items: dict[str, Row], batch: Batch) -> pd.DataFrame:
    """Return the rows of items that have a series, with their month, and kg and usd as numbers; list the others."""
    months = _months(rows, batch)
    todo = "A spreadsheet may have made a number of it: download the file again"
    batch.refuse(rows["code"], ~rows["code"].str.fullmatch("[0-9]{2,10}"), "is not a commodity code", todo)
    if "partner" in rows:
        is_code = rows["partner"].str.fullmatch("[0-9]+")
        batch.refuse(rows["partner"], ~is_code, "is not a partner code", "Customs' codes are three digits")
    keys = ["month", "code", *(name for name in _PARTS if name in rows)]
    what = "month, commodity and partner, and all else that the query has"
    rows = batch.drop_repeats(rows.assign(month=months), keys, what)
    is_item = rows["code"].isin(items)
    for code, others in rows[~is_item].groupby("code"):
        goods = f" ({shown(others['goods'].iloc[0])})" if "goods" in rows else ""
        short = ": series are of items of 8 digits, ask for those" if len(code) < _DIGITS_OF_ITEMS else ""
        batch.unmapped.append(f"commodity {code}{goods}, {len(others):,} rows{short}")
    rows = rows[is_item]
    if "unit" in rows:
        todo = "Customs print all mapped items in kilograms: has the file been edited?"
        batch.refuse(rows["unit"], ~rows["unit"].str.casefold().isin(_KILOGRAMS), "is not kilograms", todo)
    first, last = (rows["code"].map({code: item[name] for code, item in items.items()}) for name in _YEARS)
    has_no_meaning = (rows["month"] != "") & ~rows["month"].str.slice(0, 4).between(first, last)
    what = "has no meaning in the year of its row, by mappings/hs8.csv"
    todo = "Compare the customs list of that year and change the years in the table"
    batch.refuse(rows["code"], has_no_meaning, what, todo)
    for name in [name for name in ("kg", "usd") if name in rows]:
        todo = "A sum without it would be wrong: look at the query"
        batch.refuse(rows[name], rows[name].map(is_missing).astype(bool), "is no figure", todo)
        rows = rows.assign(**{name: batch.numbers(rows[name])})
    return rows


def _months(rows: pd.DataFrame, batch: Batch) -> pd.Series:
    """Return the month of each row, as its column or else sidecar, options or file name tell it."""
    file, told = batch.file, batch.file.details.month
    if "month" not in rows:
        named = {"-".join(match.groups()) for match in _MONTH_IN_NAME.finditer(file.path.name)}
        if not told and len(named) != 1:
            raise IngestError(
                f"{file.name} does not say its month: it has no column 'Date of data' (数据年月)",
                f"Add --month YYYY-MM, or a file {file.name}.yml with the line 'month: YYYY-MM'",
            )
        return pd.Series(told or named.pop(), rows.index, dtype="str")
    parts = rows["month"].str.extract(_MONTH)
    months = (parts[0] + "-" + parts[1]).fillna("")
    todo = "It looks like 202511; a range of months is a query that is not split by month"
    batch.refuse(rows["month"], months == "", "is not a month as customs write it", todo)
    todo = "Leave the month out: the file has its own, row by row"
    batch.refuse(rows["month"], (months != "") & (months != (told or months)), f"is another month than {told}", todo)
    return months


def _name_partners(rows: pd.DataFrame, batch: Batch) -> dict[str, Row]:
    """Return the row of `mappings/partners.csv` of each partner code whose name in the file agrees; list the others."""
    known, found = {row["code"]: row for row in read_mapping("partners")}, {}
    for code, of_partner in rows.groupby("partner", sort=False):
        called = {_bare(name) for name in of_partner.get("partner_name", ()) if not is_missing(name)}
        row = known.get(code)
        if row and called <= {_bare(name) for name in row["names"].split("|")}:
            found[code] = row
        else:
            said = shown(", ".join(sorted(called))) or "no name"
            other = f" here and {row['place']} in mappings/partners.csv" if row else ""
            batch.unmapped.append(f"partner {code} is called {said}{other}: in the totals only")
    return found


def _bare(name: str) -> str:
    """Return a name without the width of its marks, its blanks and its case."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _state(batch: Batch, names: Row, summed: pd.DataFrame, month: str) -> None:
    """State the sum of rows under the series of `names`."""
    rows = "1 row" if len(summed) == 1 else f"{len(summed):,} rows"
    kg, usd = (summed[name].sum() if name in summed else None for name in ("kg", "usd"))
    measure, where = batch.file.details.measure or "level", f"{batch.name}, {rows} of {month}"
    batch.state_trade(names, measure, month, kg, usd, where, rows)


def _state_totals(batch: Batch, items: dict[str, Row], rows: pd.DataFrame, month: str) -> None:
    """State each total whose items are all there."""
    complete = tuple(re.findall("[0-9]+", batch.file.details.complete))
    whole = set(rows["code"])
    for total, value_total in sorted({(row["total"], row["value_total"]) for row in items.values()}):
        parts = [code for code, row in items.items() if total and row["total"] == total]
        present = [code for code in parts if code in whole]
        absent = [code for code in parts if code not in whole and not code.startswith(complete)]
        if present and absent:
            batch.notes.append(
                f"no {total} for {month}: no rows of {', '.join(absent)}; if the query asked for them and there were "
                f"none, say so with --complete {parts[0][:4]}"
            )
        elif present:
            batch.arithmetic.append(f"{total} {month} = {' + '.join(items[code]['series'] for code in present)}")
            _state(batch, {"series": total, "value_series": value_total}, rows[rows["code"].isin(present)], month)


def _state_destinations(
    batch: Batch, item: Row, rows: pd.DataFrame, month: str, partners: dict[str, Row], catalogue: Catalogue
) -> None:
    """State the sums of an item to each country that has a name, and what they are of the whole."""
    known = rows[rows["partner"].isin(partners)]
    if known.empty:
        return
    total, part = rows["kg"].sum(), known["kg"].sum()
    batch.arithmetic.append(
        f"{item['series']} {month}: {rows['partner'].nunique()} partners add up to {print_t(total)}; "
        f"{known['partner'].nunique()} of them have a series, {print_t(part)}; the rest is {print_t(total - part)}"
    )
    for code, of_partner in known.groupby("partner"):
        series = f"{item['series']}.to.{partners[code]['iso']}"
        if series not in catalogue:
            catalogue.waiting[series] = _destination(series, item, partners[code], catalogue)
            batch.series.append(catalogue.waiting[series])
        _state(batch, {"series": series, "value_series": ""}, of_partner, month)


def _destination(series: str, item: Row, partner: Row, catalogue: Catalogue) -> Row:
    """Return the catalogue row of an item's exports to a country.

    Where the ledger has the item's exports to the Union, a member is part of that. Where it has them to a Europe whose
    countries no source lists, a European country may be in it: then it is a part of nothing.
    """
    whole = catalogue[item["series"]]
    union, europe = f"{item['series']}.to.EU", f"{item['series']}.to.europe"
    part_of = "" if partner["region"] and europe in catalogue else item["series"]
    part_of = union if partner["region"] == "eu" and union in catalogue else part_of
    in_text = f"{partner['article']} {partner['place']}".strip()
    return whole | {
        "series": series,
        "title": f"{whole['title']} to {in_text}",
        "place": f"China to {partner['place']}",
        "basis": "China customs by destination",
        "part_of": part_of,
        "definition": f"{item['goods']} that left China for {in_text}.",
    }
