"""Read the ledger: the CSV tables, validated, with the columns that are derived from a statement's own row."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from metalsbook.errors import LedgerError
from metalsbook.ledger.corrections import apply_corrections
from metalsbook.ledger.figures import read_figures
from metalsbook.ledger.rules import check_references, check_statements
from metalsbook.ledger.schemas import AS_READ, FILE, LINE, TABLES, Violation, find_violations, refuse, violations_at
from metalsbook.ledger.units import conversion_factor
from metalsbook.ledger.vocabulary import CHANGE_MEASURES, FIRST_UNDATED_FORECASTS
from metalsbook.months import cut_off, period_end, shift_day, step_month
from metalsbook.paths import ledger_folder
from metalsbook.store import hash_text, recover

IDENTITY = ("series", "measure", "period", "value", "stated", "source")
COLUMNS = list(AS_READ)
_SCALED = ("value", "low", "high", "resolution", "bound_low", "bound_high")


@dataclass(frozen=True)
class Ledger:
    """The validated tables; rows and columns as in the data dictionary (`data/README.md`), text as `str`."""

    statements: pd.DataFrame
    series: pd.DataFrame
    sources: pd.DataFrame
    claims: pd.DataFrame
    outlooks: pd.DataFrame
    events: pd.DataFrame
    corrections: pd.DataFrame
    aliases: pd.DataFrame
    taken: pd.DataFrame


def read_ledger(folder: Path | None = None) -> Ledger:
    """Return the validated ledger of a folder, the book's own where none is given.

    Raises:
        LedgerError: If a table is missing or breaks a rule; the message names file, row, column, value and rule, for
            up to 20 violations at once.
    """
    folder = ledger_folder() if folder is None else Path(folder)
    if not folder.is_dir():
        # Where a system cannot exchange folders in one step, a killed change leaves the ledger beside its place.
        recover(folder.parent)
    others = [name for name in TABLES if name != "statements"]
    tables = {name: read_rows(folder / TABLES[name].file, TABLES[name].columns, folder) for name in others}
    files = sorted((folder / "statements").glob("*.csv"))
    if not files:
        raise LedgerError("The ledger has no statements", "Put them into data/ledger/statements/<topic>.csv")
    topics = [read_rows(path, TABLES["statements"].columns, folder).assign(topic=path.stem) for path in files]
    printed = pd.concat(topics, ignore_index=True)
    every = tables | {"statements": printed}
    refuse(violation for name, rows in every.items() for violation in find_violations(name, rows))
    refuse(check_references(tables))
    numbers = {name: {one: to_number(rows[one]) for one in TABLES[name].numbers} for name, rows in tables.items()}
    typed = {name: rows.assign(**numbers[name])[TABLES[name].columns] for name, rows in tables.items()}
    return Ledger(statements=derive_statements(printed, tables), **typed)


def read_rows(path: Path, columns: list[str], folder: Path) -> pd.DataFrame:
    """Return the rows of a CSV file as text, with `FILE` (as seen from the ledger's folder) and `LINE`.

    Raises:
        LedgerError: If the file is missing, is not UTF-8 or not CSV, or its header or a row has other columns.
    """
    name = path.relative_to(folder).as_posix()
    rows, begins = [], 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            for cells in reader:
                rows.append((begins, cells))
                # A cell may hold a line break, which the schema then refuses.
                begins = reader.line_num + 1
    except FileNotFoundError:
        raise LedgerError(f"The ledger has no {name}", f"Add it with the header {','.join(columns)}") from None
    except UnicodeDecodeError as error:
        raise LedgerError(f"{name} is not UTF-8 (byte {error.start})", "Save it as CSV UTF-8") from None
    except csv.Error as error:
        raise LedgerError(f"{name} is not readable as CSV: {error}", "Look for an open quote or a zero byte") from None
    header = rows[0][1] if rows else []
    if header != columns:
        raise LedgerError(f"{name}, row 1: the header is {','.join(header)}", f"It must be {','.join(columns)}")
    rule = f"must have {len(columns)} cells: {','.join(columns)}"
    refuse(Violation(name, line, "", ",".join(cells), rule) for line, cells in rows if len(cells) != len(columns))
    frame = pd.DataFrame([cells for _, cells in rows[1:]], columns=columns, dtype="str")
    return frame.assign(**{FILE: name, LINE: pd.Series([line for line, _ in rows[1:]], dtype="int64")})


def derive_statements(printed: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the statements with their derived columns (`COLUMNS`), one row each, in the order of the files.

    Both are text: `printed` with `topic`, `FILE` and `LINE`, the ledger's other tables by name.

    Raises:
        LedgerError: If a correction fits no row, an id names nothing, or text and number disagree.
    """
    named = printed.assign(statement=statement_ids(printed), series_as_printed=printed["series"])
    corrected, violations = apply_corrections(named, tables["corrections"])
    rows = apply_aliases(corrected, tables["aliases"])
    rows = rows.assign(**{name: to_number(rows[name]) for name in ("value", "low", "high")})
    rows = rows.join(read_figures(rows))
    taken = tables["taken"]
    unknown = ~taken["statement"].isin(named["statement"])
    violations += violations_at(taken, unknown, "statement", "must be the id of a statement")
    refuse([*violations, *check_statements(rows, tables)])
    rows = convert_units(rows, tables["series"])
    flows = set(tables["series"].loc[tables["series"]["kind"] == "flow", "series"])
    return rows.join(assume_published(rows, tables["sources"], flows))[COLUMNS]


def statement_ids(printed: pd.DataFrame) -> list[str]:
    """Return "st-" and 10 hex digits of the hash of what the row says; exact repeats get "-2", "-3" behind it."""
    texts = map("|".join, zip(*(printed[name].tolist() for name in IDENTITY), strict=True))
    ids = pd.Series([f"st-{hash_text(text)[:10]}" for text in texts], dtype="str")
    numbers = ids.groupby(ids).cumcount()
    return ids.where(numbers == 0, ids + "-" + (numbers + 1).astype("str")).tolist()


def apply_aliases(rows: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """Return rows, columns `series` and `measure`, under the series that they mean, with `alias_factor`."""
    known = aliases.set_index("alias")
    # An empty table maps to float NaN, which takes no text.
    measure = rows["series"].map(known["measure"]).astype("str").fillna("")
    factor = rows["series"].map(to_number(known["factor"])).fillna(1.0)
    series = rows["series"].map(known["series"]).astype("str").fillna(rows["series"])
    return rows.assign(series=series, measure=measure.where(measure != "", rows["measure"]), alias_factor=factor)


def with_wholes(names: Collection[str], series: pd.DataFrame) -> set[str]:
    """Return the series of a catalogue that are named, and what they are part or share of."""
    wholes = dict(zip(series["series"], series["part_of"] + "/" + series["share_of"], strict=True))
    found, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name in wholes and name not in found:
            found.add(name)
            queue += wholes[name].split("/")
    return found


def to_number(text: pd.Series) -> pd.Series:
    """Return numbers as float; empty text is NaN."""
    return pd.to_numeric(text.where(text != "", None)).astype(float)


def convert_units(rows: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return levels in the one unit of their series, with `factor`: what value and bounds were multiplied by.

    Changes are in %, whatever the unit of the series.

    Raises:
        LedgerError: If a row's unit cannot be converted to that of its series.
    """
    units = rows["series"].map(series.set_index("series")["unit"])
    units = units.mask(rows["measure"].isin((*CHANGE_MEASURES, "set_aside")), rows["unit"])
    pairs = list(zip(rows["unit"].tolist(), units.tolist(), strict=True))
    factors = {pair: conversion_factor(*pair) for pair in set(pairs)}
    factor = pd.Series([factors[pair] for pair in pairs], index=rows.index, dtype=float)
    refuse(violations_at(rows, factor.isna(), "unit", "no conversion to the series' unit " + units))
    factor = factor * rows["alias_factor"]
    return rows.assign(unit=units, factor=factor, **{name: rows[name] * factor for name in _SCALED})


def assume_published(statements: pd.DataFrame, sources: pd.DataFrame, flows: Collection[str]) -> pd.DataFrame:
    """Return `published`, `published_basis` ("stated", "seen" or "assumed") and `vintage_from` of each statement.

    A dated source's date holds. An undated source counts from the day on which it was seen. Where that is not known
    either, an observed figure counts as published on the last day of the month after its period (a day counts as its
    month, a year as its December), but not before the day after the newest fact that its page tells: nobody could
    print it earlier. A forecast of such a source gets no date: it enters with the edition `FIRST_UNDATED_FORECASTS`,
    or with the first that may know its page, whose cut-off stands as its assumed date.

    Of `statements` the columns series, measure, period and source are asked, of `sources` source, published and seen.
    The figure of a year of one of the `flows` is known when it is over; a capacity or a price may be told within it.
    """
    by_source = sources.set_index("source")
    dates = statements["source"].map(by_source["published"]).fillna("")
    seen = statements["source"].map(by_source["seen"]).fillna("")
    undated = (dates == "") & (seen == "")
    forecast = undated & statements["measure"].str.startswith("forecast")
    facts = undated & ~forecast & (statements["measure"] != "set_aside")
    facts &= (statements["period"].str.len() > 4) | statements["series"].isin(flows)
    told = statements["period"].where(facts).dropna()
    after = told.map({period: shift_day(period_end(period), 1) for period in told.unique()})
    by_page = after.groupby(statements["source"]).max().to_dict()
    earliest = pd.Series([by_page.get(page, "") for page in statements["source"]], index=statements.index, dtype="str")
    # The first edition that may hold the forecasts of a page that is not older than this day.
    vintages = {
        day: max(FIRST_UNDATED_FORECASTS, step_month(day[:7], -1)) if day else FIRST_UNDATED_FORECASTS
        for day in earliest.unique()
    }
    months = statements["period"].str.slice(0, 7)
    months = months.where(months.str.len() == 7, months.str.slice(0, 4) + "-12")
    months = months.where(~forecast, earliest.map(vintages))
    assumed = months.map({month: cut_off(month) for month in months.unique()})
    assumed = assumed.where(assumed >= earliest, earliest)
    return pd.DataFrame(
        {
            "published": dates.where(dates != "", seen.where(~undated, assumed)).astype(str),
            "published_basis": np.select([undated, dates == ""], ["assumed", "seen"], "stated"),
            "vintage_from": np.where(forecast, months, ""),
        },
        index=statements.index,
    ).astype(str)
