"""What of the batches is new to the ledger: nothing twice, a changed figure as a new row, a doubtful one refused."""

from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from math import isclose, isnan, nan
from typing import NamedTuple

import pandas as pd

from metalsbook.errors import LedgerError
from metalsbook.ingest.append import LedgerText
from metalsbook.ingest.batch import COLUMNS, FILE_MARK, WHERE, Batch, Row
from metalsbook.ingest.mappings import Catalogue
from metalsbook.ingest.statements import LICENCE, guess_origin, take_statements
from metalsbook.ledger.reading import statement_ids
from metalsbook.ledger.units import conversion_factor
from metalsbook.ledger.vocabulary import CHANGE_MEASURES
from metalsbook.months import cut_off, period_end

RIVAL_LIMIT = 0.2
"""A flow that differs by more from every other source's figure is refused until a person accepts it: the usual reasons
are a filtered query, a wrong unit or imports taken for exports."""
FAR = 5
"""A size so many times above or below the series' last figure is refused until a person accepts it; where there is
none before it, one that is so far from all others. A slip of one digit is tenfold, less what the series itself moves;
of the ledger's figures one in 200 is so far from the one before it."""
_SIZES = {"level": "level", "ytd": "ytd", "mean3": "level", "forecast": "level"}
"""Measure -> the measure whose history says what is usual."""
_ALMOST = {"title": 1, "publisher": 0.9, "origin": 0.6}
"""Column of a page -> how near its letters must be to those of a known page for a person to be told."""
CHANGE, BEFORE = "_change", "_before"
"""Keys of a statement: its change against the series' last figure, in words; of a revision, what was printed before."""


class Print(NamedTuple):
    """A statement beside others of its series: aliases applied, numbers in the unit of the series (NaN for none)."""

    key: tuple[str, str, str]
    publisher: str
    day: str
    numbers: list[float]
    row: Row

    @property
    def period(self) -> str:
        """The period that it is of."""
        return self.key[2]

    @property
    def kind(self) -> tuple:
        """Series, measure and length of the period: statements whose sizes can be compared."""
        series, measure, period = self.key
        return series, _SIZES.get(measure, measure), len(period)

    def is_same(self, other: "Print") -> bool:
        """Return whether two give the same figure."""
        pairs = zip(self.numbers, other.numbers, strict=True)
        return all(isclose(one, two, rel_tol=1e-9) or (isnan(one) and isnan(two)) for one, two in pairs)

    def times(self, other: "Print") -> float:
        """Return its size over that of another one, NaN where they cannot be compared."""
        can_be = self.key[1] in _SIZES and other.numbers[0]
        return self.numbers[0] / other.numbers[0] if can_be else nan


class Merger:
    """Merges the batches of one command, which get problems and doubts, into the text of a ledger, in memory."""

    def __init__(self, ledger: LedgerText, batches: list[Batch]):
        self.ledger, self.batches = ledger, batches
        self.catalogue = Catalogue()
        self.catalogue.waiting |= {row["series"]: row for batch in batches for row in batch.series}
        for batch in batches:
            take_statements(batch, self.catalogue)
        self.sources = {row["source"]: row for row in ledger["sources"].rows}
        self.before: dict[tuple, list[Print]] = defaultdict(list)
        self.new: dict[tuple, list[Print]] = defaultdict(list)
        for row in ledger.statements:
            try:
                known = self._see(row)
            except ValueError:
                said = f"{row['series']} {row['measure']} {row['period']} = {row['value']}"
                raise LedgerError(f"The ledger breaks its rules at {said}", "Run metalsbook verify") from None
            self.before[known.kind].append(known)

    def merge(self) -> None:
        """Sort out what of each batch is new, and add it to the ledger's text."""
        for step in (self._take_sources, self._sort, self._write):
            for batch in self.batches:
                step(batch)
        new = {id(row) for name in ("sources", "series") for row in self.ledger[name].rows if WHERE in row}
        for batch in self.batches:
            batch.used = bool(batch.count) or any(id(row) in new for row in (*batch.sources, *batch.series))

    def _see(self, row: Row) -> Print:
        alias = self.catalogue.aliases.get(row["series"], {})
        series, measure = alias.get("series") or row["series"], alias.get("measure") or row["measure"]
        source, known = self.sources.get(row["source"], {}), self.catalogue.get(series)
        # A page without a day counts by the ledger's rule.
        day = source.get("published") or source.get("seen") or cut_off(period_end(row["period"])[:7])
        factor: float | None = float(alias.get("factor") or 1)
        if known and measure not in CHANGE_MEASURES:
            factor = (conversion_factor(row["unit"], known["unit"]) or nan) * factor
        numbers = [float(row[name]) * factor if row[name] else nan for name in ("value", "low", "high")]
        return Print((series, measure, row["period"]), source.get("publisher", ""), day, numbers, row)

    def _take_sources(self, batch: Batch) -> None:
        """Make the pages and files of a batch known; the same id must have the same words."""
        pages = self.ledger["sources"].rows
        known = {row["url"]: row for row in pages}
        for row in batch.sources:
            same, held = known.get(row["url"]), self.sources.get(row["source"])
            is_file = FILE_MARK in row["url"]
            if not is_file and held is None:
                batch.notes += self._almost_known(row, same)
            if is_file and same and same["published"] != row["published"]:
                batch.problems.append(
                    f"{batch.name} was taken over as published {same['published'] or 'on an unknown day'}, not "
                    f"{row['published'] or 'on an unknown day'}. If that was wrong, mend sources.csv"
                )
                continue
            row["origin"] = row["origin"] or (held or {}).get("origin") or guess_origin(row["publisher"], pages)
            for name in COLUMNS["sources"] if held and not (is_file and same) else ():
                if row[name] not in ("", held[name], LICENCE):
                    batch.problems.append(
                        f"{row[WHERE]}, column '{name}': '{row[name]}' for the source {row['source']}, which is known "
                        f"with '{held[name]}'. Give the page another id, or the same words"
                    )
            self.sources.setdefault(row["source"], row)

    def _almost_known(self, row: Row, same: Row | None) -> Iterator[str]:
        """Yield what of a new page looks like what the ledger has in other words."""
        if same and same["source"] != row["repeats"]:
            yield f"{row['source']} has the address of {same['source']}: if it is that page, use its id"
        for column, nearness in _ALMOST.items():
            known = {_letters(page[column]): page for page in reversed(self.ledger["sources"].rows)}
            for letters in get_close_matches(_letters(row[column]), known, 1, nearness):
                page = known[letters]
                if column == "title" and not row["repeats"]:
                    yield f"{row['source']} has the title of {page['source']}: say so in repeats if it is a copy"
                elif column != "title" and page[column] != row[column]:
                    yield f"{row['source']}: '{row[column]}' is a new {column}; '{page[column]}' is known"

    def _sort(self, batch: Batch) -> None:
        for row in batch.statements:
            if row["series"] not in self.catalogue:
                batch.unknown[row["series"]].append(row[WHERE])
            elif row["source"] not in self.sources:
                batch.problems.append(
                    f"{row[WHERE]}, column 'source': '{row['source']}' is not in sources.csv. Give its publisher, "
                    "title and address in the file, or in a file of sources beside it"
                )
            else:
                self._place(batch, self._see(row))
        for name, places in sorted(batch.unknown.items()):
            rows = ", ".join(where.rpartition(" ")[2] for where in places)
            close = get_close_matches(name, [*self.catalogue.rows, *self.catalogue.aliases], 2, 0.7)
            alike = f". Is it {' or '.join(close)}?" if close else ""
            batch.problems.append(f"{batch.name}, row {rows}: the series {name} is not in series.csv{alike}")
        self._name_late(batch)
        for table, same in (("outlooks", ("publisher", "url", "series", "horizon_to")), ("events", ("what", "url"))):
            key, held = table.removesuffix("s"), self.ledger[table].rows
            rows, known = getattr(batch, table), {tuple(row[name] for name in same) for row in held}
            new = [row for row in rows if tuple(row[name] for name in same) not in known]
            for row in new:
                if row[key] in {other[key] for other in held}:
                    batch.problems.append(
                        f"{row[WHERE]}, column '{key}': '{row[key]}' is another one in {table}.csv. Leave it empty"
                    )
            batch.known += len(rows) - len(new)
            setattr(batch, table, new)

    def _name_late(self, batch: Batch) -> None:
        """Note the pages that were seen only after the edition of their newest month was closed."""
        for name in sorted({row["source"] for row in batch.taken}):
            month = max(period_end(row["period"])[:7] for row in batch.taken if row["source"] == name)
            seen = "" if self.sources[name].get("published") else self.sources[name].get("seen", "")
            if seen > cut_off(month):
                batch.notes.append(
                    f"{name} has no day and was seen on {seen}: the edition {month} knows what was there by "
                    f"{cut_off(month)} and will not have its figures. If the page was there by then, say so in seen"
                )

    def _place(self, batch: Batch, new: Print) -> None:
        """Take a statement that is new or revised, and look at its size beside what is known."""
        row, past = new.row, self.before[new.kind]
        of_key = [known for known in past if known.key == new.key] + self.new[new.key]
        own = [known for known in of_key if known.publisher == new.publisher]
        of_page = [known for known in own if known.row["source"] == row["source"]]
        earlier = sorted((known for known in own if known.day <= new.day), key=lambda known: known.day)
        latest = [known for known in earlier if known.day == earlier[-1].day]
        if any(new.is_same(known) for known in (*of_page, *latest)):
            batch.known += 1
            return
        said = f"{row[WHERE]}: {' '.join(new.key)} is {row['stated']}"
        if of_page:
            batch.doubts.append(f"{said}; the same source says {of_page[-1].row['stated']}")
        source = self.sources[row["source"]]
        if earlier and FILE_MARK in source["url"]:
            last = latest[-1]
            other = f"{said}; {last.row['source']} says {last.row['stated']}"
            if not (source["published"] or source.get("seen")):
                batch.problems.append(f"{other}. A revision needs its day: add --published YYYY-MM-DD, or --seen")
            elif last.day == new.day:
                batch.problems.append(
                    f"{other} on the same day. One of the two queries was filtered, or --published is wrong"
                )
            row[BEFORE] = f"{last.row['stated']} ({last.row['source']})"
        batch.taken.append(row)
        self._compare(batch, new, of_key)
        self._look_back(batch, new, past)
        self.new[new.key].append(new)

    def _compare(self, batch: Batch, new: Print, of_key: list[Print]) -> None:
        """Set a figure beside those of other sources; doubt a flow that is far from all other publishers'."""
        others = [known for known in of_key if not isnan(new.times(known)) and known.row["source"] != new.row["source"]]
        if not others:
            return
        nearest = min(others, key=lambda known: abs(new.times(known) - 1))
        difference = new.times(nearest) - 1
        line = (
            f"{' '.join(new.key)}: {new.row['stated']}; {nearest.row['source']} prints {nearest.row['stated']} "
            f"({difference:+.1%})"
        )
        batch.rivals.append(line)
        is_flow = self.catalogue[new.row["series"]]["kind"] == "flow"
        if is_flow and abs(difference) > RIVAL_LIMIT and {known.publisher for known in others} != {new.publisher}:
            batch.doubts.append(f"{new.row[WHERE]}: {line}. Was the query filtered, the unit changed?")

    def _look_back(self, batch: Batch, new: Print, past: list[Print]) -> None:
        """Note the change against the series' last figure, and doubt a size that is far from it."""
        row = new.row
        last = max((known for known in past if known.period < new.period), key=lambda one: one.period, default=None)
        ratio = new.times(last) if last else nan
        row[CHANGE] = f"last {last.period}: {last.row['value']} {last.row['unit']}" if last else "no figure before"
        row[CHANGE] += "" if isnan(ratio) else f", {ratio - 1:+.1%}"
        # What has been reached since January begins anew each year.
        is_same = last is not None and ("ytd" not in new.key[1] or last.period[:4] == new.period[:4])
        beside = [last] if is_same and ratio > 0 else [known for known in past if new.times(known) > 0]
        if beside and not any(1 / FAR <= new.times(known) <= FAR for known in beside):
            which = "the series' last figure" if is_same and ratio > 0 else "the nearest that the series has had"
            nearest = min(beside, key=lambda known: abs(new.times(known) - 1))
            batch.doubts.append(
                f"{row[WHERE]}: {' '.join(new.key)} is {row['stated']}, read as {row['value']} {row['unit']}; "
                f"{which} is {nearest.row['stated']} ({nearest.period})"
            )

    def _write(self, batch: Batch) -> None:
        ledger = self.ledger
        series = {self._see(row).key[0] for row in batch.taken} | {row["series"] for row in batch.outlooks}
        for name in sorted({row["source"] for row in batch.taken}):
            ledger["sources"].add(self.sources[name])
        for row in self.catalogue.needed(series):
            ledger["series"].add(row)
        for row in batch.taken:
            ledger[f"statements/{self.catalogue[row['series']]['chapter']}"].add(row)
        if batch.file and not batch.source:
            # Its rows name pages, not the file, as their source.
            for name in statement_ids(pd.DataFrame(batch.taken, columns=list(COLUMNS["statements"]))):
                ledger["taken"].add({"statement": name, "file": batch.file.archive_name})
        for row in batch.outlooks:
            ids = [known["outlook"][3:] for known in ledger["outlooks"].rows]
            row["outlook"] = row["outlook"] or f"ol-{max([0, *map(int, filter(str.isdecimal, ids))]) + 1:03d}"
            ledger["outlooks"].add(row)
        for row in batch.events:
            ledger["events"].add(row)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
