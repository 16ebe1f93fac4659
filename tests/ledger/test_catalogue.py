"""The book's own catalogue as it stands in `data/ledger`: what the ledger's rules cannot know of its series."""

from types import SimpleNamespace

import pandas as pd
import pytest

from metalsbook.paths import ledger_folder

KEYS = {"series": "series", "aliases": "alias", "sources": "source", "events": "event", "outlooks": "outlook"}
UNITS = {
    "price": "CNY/t CNY/kg USD/t USD/kg USD/lb".split(),
    "share": ["%"],
    "flow": "t unit USD GW".split(),
    "stock": "t t/year t/day unit GW %".split(),
}
COMPARABLE = (
    "aircon.output.cn auto.output.nbs.cn crude_steel.output.cn nev.output.nbs.cn nonferrous10.output.cn "
    "robot.industrial.output.cn robot.service.output.cn smartphone.output.cn wind_turbine.output.cn"
).split()
"""Series whose printed growth is on a comparable sample, not on the published levels."""
ONLY_FORECAST = ["ree.price.ndpr_oxide.usd", "nev.retail.cn.cpca", "nev.wholesale.cn.cpca"]
"""Series that outlooks name and no statement is of."""
FAR_AHEAD = ["ol-258"]
"""Outlooks whose target rightly lies far from what the series has shown: humanoid magnets in 2035."""


@pytest.fixture(scope="module")
def book():
    """The tables by name as text, and all statements with the series that they mean."""
    folder = ledger_folder()
    tables = {name: _read(folder / f"{name}.csv") for name in (*KEYS, "corrections", "claims")}
    rows = pd.concat(map(_read, sorted((folder / "statements").glob("*.csv"))), ignore_index=True)
    meant = tables["aliases"].set_index("alias")["series"]
    rows["means"] = rows["series"].map(meant).fillna(rows["series"])
    return SimpleNamespace(**tables, statements=rows, about=tables["series"].set_index("series"))


def _read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def where(frame, bad, column="series"):
    """Return the ids of the rows that are bad."""
    return sorted(frame.loc[bad, column])


def test_tables_are_sorted_by_their_key_with_plain_line_ends(book):
    for name, key in KEYS.items():
        keys, raw = list(getattr(book, name)[key]), (ledger_folder() / f"{name}.csv").read_bytes()
        assert keys == sorted(set(keys)), name
        assert b"\r" not in raw and raw.endswith(b"\n"), name


def test_everything_described_is_used(book):
    rows, corrected = book.statements, book.corrections.query("kind == 'relabel'")["becomes"]
    assert set(book.series["series"]) - {*rows["means"], *book.outlooks["series"], *corrected} == set()
    assert set(book.sources["source"]) - {*rows["source"], *book.claims["note"]} == set()
    assert set(book.aliases["alias"]) - set(rows["series"]) == set()


def test_parts_are_flows_of_one_unit_and_growth_basis_and_lead_to_a_total(book):
    parts = book.about[book.about["part_of"] != ""].reset_index()
    for column in ("kind", "unit", "growth_basis"):
        assert where(parts, parts[column] != parts["part_of"].map(book.about[column])) == [], column
    above = parts.set_index("series")["part_of"]
    for _ in range(len(above)):
        above = above.map(book.about["part_of"]).loc[lambda total: total != ""]
    assert list(above.index) == [], "parts of themselves"


def test_families_of_statistics_are_joined_as_their_publishers_do(book):
    part_of, aliases = book.about["part_of"], book.aliases
    # The association's output and SMM's; CAAM's vehicles and those of NBS.
    assert part_of["mg.output.cn.smm"] == "" and "mg.output.cn.smm" not in set(part_of)
    assert "mg.output.cn.smm" not in where(aliases, aliases["series"] == "mg.output.cn", "alias")
    vehicles = part_of[part_of.str.contains(r"^(?:auto|nev)\.")]
    assert [part for part, total in vehicles.items() if (".nbs." in part) != (".nbs." in total)] == []


def test_kinds_units_and_growth_bases_agree(book):
    rows = book.series
    for kind, units in UNITS.items():
        assert where(rows, (rows["kind"] == kind) & ~rows["unit"].isin(units)) == [], kind
    assert where(rows, rows["growth_basis"] == "comparable_sample") == COMPARABLE
    assert where(rows, (rows["kind"] == "flow") != (rows["growth_basis"] != "")) == []
    pairs = book.about.loc[book.about["share_of"] != "", ["kind", "share_of"]]
    assert [name for name, (kind, pair) in pairs.iterrows() if kind != "share" or len({*pair.split("/")}) == 1] == []


def test_every_series_says_what_it_is_in_plain_words(book):
    rows = book.series
    for column in ("title", "place", "basis"):
        assert where(rows, rows[column] == "") == [], column
    assert where(rows, ~rows["definition"].str.endswith(".")) == []
    assert rows["title"].is_unique
    assert [row.event for row in book.events.itertuples() if f"ev-{row.date}-" not in row.event] == []
    texts = pd.concat([rows["definition"], book.aliases["why"], book.outlooks["note"]])
    assert list(texts[texts.str.contains(r"\s{2,}|\.csv|TODO|\?\?")]) == []


def test_copies_of_a_page_count_as_that_page(book):
    sources = book.sources.set_index("source")
    assert list(sources.index[sources["repeats"].map(sources["repeats"]).fillna("") != ""]) == []
    address = sources["url"].str.replace(r"^https?://(?:www\.)?", "", regex=True).str.rstrip("/")
    article = sources["url"].str.extract(r"newscontent/(\d+)")[0].fillna(address)
    originals = sources["repeats"].where(sources["repeats"] != "", sources.index).groupby(article).nunique()
    assert list(originals[originals > 1].index) == []


def test_outlooks_have_sane_horizons_and_targets(book):
    rows, levels = book.outlooks, book.statements
    begins, ends, made = (rows[name].str.slice(0, 7) for name in ("horizon_from", "horizon_to", "made_on"))
    assert where(rows, begins > rows["horizon_to"], "outlook") == []
    assert where(rows, (ends < made) & ~rows["note"].str.contains("nowcast"), "outlook") == []
    aimed = rows[(rows["direction"] == "level") & (rows["series"] != "")]
    assert where(aimed, aimed["unit"] != aimed["series"].map(book.about["unit"]), "outlook") == []
    levels = levels[levels["measure"].isin(["level", "ytd", "forecast"]) & (levels["unit"] != "%")]
    shown = levels["value"].astype(float).groupby(levels["means"]).agg(["min", "max"])
    aimed = aimed[~aimed["series"].isin(ONLY_FORECAST) & ~aimed["outlook"].isin(FAR_AHEAD)]
    span = aimed["series"].map(shown["min"]) / 3, aimed["series"].map(shown["max"]) * 3
    assert where(aimed, ~aimed["target_low"].astype(float).between(*span), "outlook") == []
