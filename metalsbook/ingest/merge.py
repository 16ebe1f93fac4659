"""What of the batches is new to the ledger: nothing twice, a changed figure as a new row, a doubtful one refused."""

from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property

import pandas as pd

from metalsbook.ingest.append import LedgerText, to_line
from metalsbook.ingest.batch import COLUMNS, FILE_MARK, WHERE, Batch, Row
from metalsbook.ingest.mappings import Catalogue
from metalsbook.ingest.statements import LICENCE, guess_origins, propose_series
from metalsbook.ledger.reading import statement_ids
from metalsbook.ledger.units import conversion_factor
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
_KEY = ("series", "measure", "period")
CHANGE = "_change"
"""Key of a statement with the change against the series' last figure, in words."""


class Merger:
    """Merges the batches of one command, which get problems and doubts, into the text of a ledger, in memory."""

    def __init__(self, ledger: LedgerText, batches: list[Batch]):
        self.ledger, self.batches = ledger, batches
        self.catalogue = Catalogue()
        for row in [row for batch in batches for row in batch.series]:
            self.catalogue.describe(row)
        self.sources = {row["source"]: row for row in ledger.sources.rows}
        self.unknown: dict[str, list[Row]] = defaultdict(list)
        self.history: dict[tuple, list[Row]] = defaultdict(list)
        for row in [row for topic in ledger.topics.values() for row in topic.rows]:
            self.history[self._key(row)].append(row)
        self.sizes: dict[tuple, list[Row]] = defaultdict(list)
        for rows in self.history.values():
            for row in rows:
                self.sizes[self._kind(row)].append(row)

    def merge(self) -> None:
        """Sort out what of each batch is new, and add it to the ledger's text."""
        for step in (self._take_sources, self._sort, self._write):
            for batch in self.batches:
                step(batch)
        new = {id(row) for file in (self.ledger.sources, self.ledger.series) for row in file.rows if WHERE in row}
        for batch in self.batches:
            batch.used = bool(batch.count) or any(id(row) in new for row in (*batch.sources, *batch.series))

    def proposals(self) -> list[str]:
        """Return lines for a file of series that the statements name and nobody knows."""
        rows = [propose_series(name, of_name, self.catalogue) for name, of_name in sorted(self.unknown.items())]
        return [",".join(COLUMNS["series"]), *(to_line(row, COLUMNS["series"]).strip() for row in rows)] if rows else []

    def _key(self, row: Row) -> tuple[str, ...]:
        alias = self.catalogue.aliases.get(row["series"])
        series, measure = (alias["series"], alias["measure"]) if alias else (row["series"], "")
        return series, measure or row["measure"], row["period"]

    def _kind(self, row: Row) -> tuple:
        """Return series, measure and length of the period: rows whose sizes can be compared."""
        series, measure, period = self._key(row)
        return series, _SIZES.get(measure, measure), len(period)

    def _day(self, row: Row) -> str:
        """Return the day on which a statement counts as published: that of its source, or the ledger's rule."""
        source = self.sources.get(row["source"], {})
        return source.get("published") or source.get("seen") or cut_off(period_end(row["period"])[:7])

    def _publisher(self, row: Row) -> str:
        return self.sources.get(row["source"], {}).get("publisher", "")

    def _take_sources(self, batch: Batch) -> None:
        """Make the pages and files of a batch known; the same id must have the same words."""
        guess = guess_origins(self.ledger.sources.rows)
        files = {row["url"]: row for row in self.ledger.sources.rows if FILE_MARK in row["url"]}
        addresses = {row["url"]: row["source"] for row in self.ledger.sources.rows}
        for row in batch.sources:
            same = addresses.get(row["url"], row["source"])
            is_new = row["url"] not in files and row["source"] not in self.sources
            if is_new and same not in (row["source"], row["repeats"]):
                batch.notes.append(f"{row['source']} has the address of {same}: if it is that page, use its id")
            elif is_new and FILE_MARK not in row["url"]:
                batch.notes += self._almost_known(row)
            before = files.get(row["url"])
            if before and before["published"] != row["published"]:
                batch.problems.append(
                    f"{batch.name} was taken over as published {before['published'] or 'on an unknown day'}, not "
                    f"{row['published'] or 'on an unknown day'}. If that was wrong, mend sources.csv"
                )
                continue
            held = self.sources.get(row["source"])
            row["origin"] = row["origin"] or (held or {}).get("origin") or guess(row)
            for name in COLUMNS["sources"] if held and not before else ():
                if row[name] not in ("", held[name], LICENCE):
                    batch.problems.append(
                        f"{row[WHERE]}, column '{name}': '{row[name]}' for the source {row['source']}, which is known "
                        f"with '{held[name]}'. Give the page another id, or the same words"
                    )
            self.sources.setdefault(row["source"], row)

    @cached_property
    def _held(self) -> tuple[dict[str, str], dict[str, str], set[str]]:
        """The ledger's pages by plain title, its publishers by plain name, and its origins."""
        rows = self.ledger.sources.rows
        titles = {_plain(row["title"]): row["source"] for row in reversed(rows)}
        return titles, {_plain(row["publisher"]): row["publisher"] for row in rows}, {row["origin"] for row in rows}

    def _almost_known(self, row: Row) -> Iterator[str]:
        """Yield what of a new page looks like one that the ledger has in other words."""
        titles, publishers, origins = self._held
        same = titles.get(_plain(row["title"]))
        if same and not row["repeats"]:
            yield f"{row['source']} has the title of {same}: if it repeats that page, say so in repeats"
        for close in get_close_matches(_plain(row["publisher"]), publishers, 1, 0.9):
            if publishers[close] != row["publisher"]:
                yield f"{row['source']}: '{row['publisher']}' is a new publisher; '{publishers[close]}' is known"
        if row["origin"] and row["origin"] not in origins:
            known = "".join(f"; {one} is known" for one in get_close_matches(row["origin"], origins, 2, 0.6))
            yield f"{row['source']}: '{row['origin']}' is a new origin{known}"

    def _sort(self, batch: Batch) -> None:
        for row in batch.statements:
            if row["series"] not in self.catalogue:
                self.unknown[row["series"]].append(row)
            elif row["source"] not in self.sources:
                batch.problems.append(
                    f"{row[WHERE]}, column 'source': '{row['source']}' is not in sources.csv. Give its publisher, "
                    "title and address in the file, or in a file of sources beside it"
                )
            else:
                self._place(batch, row)
        self._name_late(batch)
        for row in batch.unread:
            if row["series"] not in self.catalogue:
                self.unknown[row["series"]].append(row)
        named = [*batch.statements, *batch.unread]
        for name in sorted({row["series"] for row in named} & self.unknown.keys()):
            rows = [row[WHERE].rpartition(" ")[2] for row in named if row["series"] == name]
            batch.problems.append(
                f"{batch.name}, row {', '.join(rows)}: the series {name} is not in series.csv{self._alike(name)}"
            )
        for table, same in (("outlooks", ("publisher", "url", "series", "horizon_to")), ("events", ("what", "url"))):
            rows = [row for row in getattr(batch, table) if self._is_known_series(row.get("series", ""), batch, row)]
            held = {tuple(row[name] for name in same) for row in getattr(self.ledger, table).rows}
            new = [row for row in rows if tuple(row[name] for name in same) not in held]
            key = table.removesuffix("s")
            taken = {row[key] for row in getattr(self.ledger, table).rows}
            batch.problems += [
                f"{row[WHERE]}, column '{key}': '{row[key]}' is another one in {table}.csv. Leave it empty"
                for row in new
                if row[key] in taken
            ]
            batch.known += len(rows) - len(new)
            setattr(batch, table, new)

    def _name_late(self, batch: Batch) -> None:
        """Note the pages that were seen only after the edition of their newest month was closed."""
        newest: dict[str, str] = {}
        for row in batch.taken:
            newest[row["source"]] = max(newest.get(row["source"], ""), period_end(row["period"])[:7])
        for name, month in newest.items():
            seen = "" if self.sources[name].get("published") else self.sources[name].get("seen", "")
            if seen > cut_off(month):
                batch.notes.append(
                    f"{name} has no day and was seen on {seen}: the edition {month} knows what was there by "
                    f"{cut_off(month)} and will not have its figures. If the page was there by then, say so in seen"
                )

    def _alike(self, name: str) -> str:
        ids = [*self.catalogue.rows, *self.catalogue.aliases]
        turned = [one for one in ids if sorted(one.split(".")) == sorted(name.split("."))]
        close = (self.catalogue.find(one)["series"] for one in turned or get_close_matches(name, ids, 2, 0.8))
        return f". Is it {' or '.join(dict.fromkeys(close))}?" if close else ""

    def _is_known_series(self, series: str, batch: Batch, row: Row) -> bool:
        if series in ("", *self.catalogue.rows, *self.catalogue.waiting):
            return True
        batch.problems.append(f"{row[WHERE]}: the series {series} is not in series.csv. Leave it empty, or describe it")
        return False

    def _place(self, batch: Batch, row: Row) -> None:
        """Sort a statement into added, revised or known, and look at its size beside what is known."""
        of_key, day = self.history[self._key(row)], self._day(row)
        own = [known for known in of_key if self._publisher(known) == self._publisher(row)]
        of_page = [known for known in own if known["source"] == row["source"]]
        earlier = sorted((known for known in own if self._day(known) <= day), key=self._day)
        latest = [known for known in earlier if self._day(known) == self._day(earlier[-1])]
        if any(_same(known, row) for known in (*of_page, *latest)):
            batch.known += 1
            return
        said = f"{row[WHERE]}: {' '.join(self._key(row))} is {row['stated']}"
        if of_page:
            batch.doubts.append(f"{said}; the same source says {of_page[-1]['stated']}")
        if earlier and FILE_MARK in self.sources[row["source"]]["url"]:
            other = f"{said}; {latest[-1]['source']} says {latest[-1]['stated']}"
            if not (self.sources[row["source"]]["published"] or self.sources[row["source"]].get("seen")):
                batch.problems.append(f"{other}. A revision needs its day: add --published YYYY-MM-DD, or --seen")
            elif self._day(latest[-1]) == day:
                batch.problems.append(
                    f"{other} on the same day. One of the two queries was filtered, or --published is wrong"
                )
            batch.revised.append((latest[-1], row))
        else:
            batch.added.append(row)
        self._compare(batch, row, of_key)
        self._look_back(batch, row)
        self.history[self._key(row)].append(row)

    def _compare(self, batch: Batch, row: Row, of_key: list[Row]) -> None:
        """Set a figure beside those of other sources; doubt a flow that is far from all other publishers'."""
        others = [known for known in of_key if _ratio(row, known) is not None and known["source"] != row["source"]]
        if not others:
            return
        nearest = min(others, key=lambda known: abs(_ratio(row, known) - 1))
        difference = _ratio(row, nearest) - 1
        line = (
            f"{' '.join(self._key(row))}: {row['stated']}; {nearest['source']} prints {nearest['stated']} "
            f"({difference:+.1%})"
        )
        batch.rivals.append(line)
        rival = any(self._publisher(known) != self._publisher(row) for known in others)
        if rival and abs(difference) > RIVAL_LIMIT and self.catalogue[row["series"]]["kind"] == "flow":
            batch.doubts.append(f"{row[WHERE]}: {line}. Was the query filtered, the unit changed?")

    def _look_back(self, batch: Batch, row: Row) -> None:
        """Note the change against the series' last figure, and doubt a size that is far from it."""
        past = self.sizes[self._kind(row)]
        before = [known for known in past if known["period"] < row["period"]]
        last = max(before, key=lambda known: known["period"]) if before else None
        ratio = _ratio(row, last) if last else None
        row[CHANGE] = f"last {last['period']}: {last['value']} {last['unit']}" if last else "no figure before"
        row[CHANGE] += "" if ratio is None else f", {ratio - 1:+.1%}"
        # What has been reached since January begins anew each year.
        is_same = last and ("ytd" not in row["measure"] or last["period"][:4] == row["period"][:4])
        ratios = [(ratio, known) for known in past if (ratio := _ratio(row, known)) is not None and ratio > 0]
        beside = [(ratio, last)] if is_same and ratio and ratio > 0 else ratios
        if beside and not any(1 / FAR <= ratio <= FAR for ratio, _ in beside):
            which = "the series' last figure" if beside is not ratios else "the nearest that the series has had"
            _, nearest = min(beside, key=lambda pair: abs(pair[0] - 1))
            batch.doubts.append(
                f"{row[WHERE]}: {' '.join(self._key(row))} is {row['stated']}, read as {row['value']} {row['unit']}; "
                f"{which} is {nearest['stated']} ({nearest['period']})"
            )

    def _write(self, batch: Batch) -> None:
        ledger = self.ledger
        needed = self.catalogue.needed(
            {self._key(row)[0] for row in batch.taken} | {row["series"] for row in batch.outlooks}
        )
        for name in sorted({row["source"] for row in batch.taken}):
            ledger.sources.insert_new(self.sources[name], "source")
        for row in needed:
            ledger.series.insert_new(row, "series")
        for row in batch.taken:
            ledger.append_statement(row, self.catalogue[row["series"]]["chapter"])
        if batch.archived:
            frame = pd.DataFrame(batch.taken, columns=list(COLUMNS["statements"]))
            for name in statement_ids(frame):
                ledger.taken.append({"statement": name, "file": batch.archived})
        for row in batch.outlooks:
            numbers = [int(known["outlook"][3:]) for known in ledger.outlooks.rows if known["outlook"][3:].isdecimal()]
            row["outlook"] = row["outlook"] or f"ol-{max(numbers, default=0) + 1:03d}"
            ledger.outlooks.insert_new(row, "outlook")
        for row in batch.events:
            ledger.events.insert_new(row, "event")


def _plain(text: str) -> str:
    """Return the letters and digits of a name or title."""
    return "".join(filter(str.isalnum, text.casefold()))


def _same(one: Row, other: Row) -> bool:
    """Return whether two rows give the same figure, also in other units."""
    factor = conversion_factor(one["unit"], other["unit"])
    if factor is None:
        return False
    for name in ("value", "low", "high"):
        if (one[name] == "") != (other[name] == ""):
            return False
        if one[name] and abs(float(one[name]) * factor - float(other[name])) > 1e-9 * abs(float(other[name])):
            return False
    return True


def _ratio(row: Row, known: Row) -> float | None:
    """Return a size over another one, None where they cannot be compared."""
    factor = conversion_factor(known["unit"], row["unit"])
    if row["measure"] not in _SIZES or factor is None or float(known["value"]) == 0:
        return None
    return float(row["value"]) / (float(known["value"]) * factor)
