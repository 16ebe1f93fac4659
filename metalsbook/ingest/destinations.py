"""Destinations of a customs query: customs' own partner codes as countries, and the series of an item to a country.

Code and name must agree: a code whose name in the file is another one is listed and not taken as a destination.
"""

import unicodedata
from dataclasses import dataclass

import numpy as np

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import Batch, Row
from metalsbook.ingest.customs_table import CustomsTable
from metalsbook.ingest.files import shown
from metalsbook.ingest.mappings import read_mapping


@dataclass(frozen=True)
class Destination:
    """A country as a destination.

    Attributes:
        iso: ISO 3166 code of three letters.
        place: Its name.
        in_text: Its name within a sentence, with its article.
        region: "eu", "europe" or "".
    """

    iso: str
    place: str
    in_text: str
    region: str

    def describe(self, item: Row, goods: str, catalogue: dict[str, Row]) -> Row:
        """Return the catalogue row of an item's exports to this country.

        Args:
            item: Catalogue row of the item's exports to all countries.
            goods: The item as a sentence begins with it.
            catalogue: The ledger's series by id.
        """
        return item | {
            "series": f"{item['series']}.to.{self.iso}",
            "title": f"{item['title']} to {self.in_text}",
            "place": f"China to {self.place}",
            "basis": "China customs by destination",
            "part_of": self._whole(item["series"], catalogue),
            "definition": f"{goods} that left China for {self.in_text}.",
        }

    def _whole(self, item: str, catalogue: dict[str, Row]) -> str:
        """Return the series that this one is added up to.

        Where the ledger has the item's exports to the Union, a member is part of that. Where it has them to a Europe
        whose countries no source lists, a European country may be in it: then it is a part of nothing.
        """
        if self.region == "eu" and f"{item}.to.EU" in catalogue:
            return f"{item}.to.EU"
        return "" if self.region and f"{item}.to.europe" in catalogue else item


def name_destinations(table: CustomsTable, batch: Batch) -> dict[str, Destination]:
    """Return the destination of each partner code of a file that has one; list the others in the batch.

    Raises:
        IngestError: If a partner code is no number.
    """
    known = {row["code"]: row for row in read_mapping("partners")}
    column, names_of, found = table.texts["partner"], _names(table), {}
    for code, first in zip(column.texts, column.first_rows(), strict=True):
        if not code.isascii() or not code.isdecimal():
            raise IngestError(
                f"{table.where(first, 'partner')}: '{shown(code)}' is not a partner code",
                "Customs' codes are three digits",
            )
        names = names_of.get(code, set())
        row = known.get(code)
        if row is None:
            batch.unmapped.append(f"partner {code} ({', '.join(sorted(names)) or 'no name'}): in the totals only")
        elif names - {_bare(name) for name in row["names"].split("|")}:
            batch.unmapped.append(
                f"partner {code} is called {', '.join(sorted(names))} here and {row['place']} in "
                "mappings/partners.csv: in the totals only"
            )
        else:
            in_text = f"{row['article']} {row['place']}".strip()
            found[code] = Destination(row["iso"], row["place"], in_text, row["region"])
    return found


def _names(table: CustomsTable) -> dict[str, set[str]]:
    """Return the names that the file has for each partner code."""
    if "partner_name" not in table.texts:
        return {}
    codes, names = table.texts["partner"], table.texts["partner_name"]
    pairs = np.unique(codes.places * len(names.texts) + names.places).tolist()
    found: dict[str, set[str]] = {}
    for pair in pairs:
        code, name = divmod(pair, len(names.texts))
        bare = _bare(names.texts[name])
        found.setdefault(codes.texts[code], set()).update(() if bare in ("", "?", "-") else (shown(bare),))
    return found


def _bare(name: str) -> str:
    """Return a name without the width of its marks, its blanks and its case."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
