"""The book's own catalogue: series, aliases, sources, events and outlooks, as they stand in `data/ledger`."""

import re
from functools import lru_cache

import pandas as pd
import pytest

from metalsbook.paths import ledger_folder

PER_MASS = ("CNY/t", "CNY/kg", "USD/t", "USD/kg", "USD/lb")
FLOW_UNITS = ("t", "unit", "USD", "GW")
STOCK_UNITS = ("t", "t/year", "t/day", "unit", "GW")
COMPARABLE = {
    "aircon.output.cn",
    "auto.output.nbs.cn",
    "crude_steel.output.cn",
    "nev.output.nbs.cn",
    "nonferrous10.output.cn",
    "robot.industrial.output.cn",
    "robot.service.output.cn",
    "smartphone.output.cn",
    "wind_turbine.output.cn",
}
EXPORT_ITEMS = ("ingot", "alloy", "powder", "scrap", "wrought", "products")
ONLY_FORECAST = {"ree.price.ndpr_oxide.usd", "nev.retail.cn.cpca", "nev.wholesale.cn.cpca"}
"""Series that outlooks name and no statement is of."""
FAR_AHEAD = {"ol-258": "humanoid magnets in 2035: the ledger's last year is 2030"}
"""Outlooks whose target rightly lies far from what the series has shown."""


@lru_cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(ledger_folder() / f"{name}.csv", dtype=str, keep_default_na=False)


@lru_cache
def statements() -> pd.DataFrame:
    """All statement rows, with the series and measure that they mean."""
    files = sorted((ledger_folder() / "statements").glob("*.csv"))
    rows = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files], ignore_index=True)
    known = table("aliases").set_index("alias")
    series = rows["series"].map(known["series"]).fillna(rows["series"])
    measure = rows["series"].map(known["measure"]).fillna("")
    return rows.assign(means=series, measure=measure.where(measure != "", rows["measure"]))


def series(column: str) -> pd.Series:
    return table("series").set_index("series")[column]


def names(rows: pd.DataFrame, column: str = "series") -> list[str]:
    return sorted(rows[column])


@pytest.mark.parametrize(
    ("name", "key"),
    [("series", "series"), ("aliases", "alias"), ("sources", "source"), ("events", "event"), ("outlooks", "outlook")],
)
def test_tables_are_sorted_by_a_unique_key_with_plain_line_ends(name, key):
    keys = table(name)[key]
    assert keys.is_unique
    assert list(keys) == sorted(keys)
    raw = (ledger_folder() / f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")


def test_every_series_of_a_statement_is_described():
    assert sorted(set(statements()["means"]) - set(series("title").index)) == []


def test_every_series_described_is_used():
    used = set(statements()["means"]) | set(table("outlooks")["series"])
    corrections = table("corrections")
    used |= set(corrections.loc[corrections["kind"] == "relabel", "becomes"])
    assert sorted(set(series("title").index) - used) == []


def test_every_source_of_a_statement_exists_and_is_used():
    known, used = set(table("sources")["source"]), set(statements()["source"])
    assert sorted(used - known) == []
    notes = set(table("claims")["note"])
    assert sorted(known - used - notes) == []


def test_aliases_point_to_described_series_without_chains():
    aliases = table("aliases")
    described = set(series("title").index)
    assert names(aliases[~aliases["series"].isin(described)], "alias") == []
    assert names(aliases[aliases["alias"].isin(described)], "alias") == []
    assert names(aliases[aliases["why"] == ""], "alias") == []


def test_every_alias_occurs_in_statements():
    assert sorted(set(table("aliases")["alias"]) - set(statements()["series"])) == []


def test_parts_lead_to_a_total_without_cycles():
    part_of = series("part_of")
    for part in part_of[part_of != ""].index:
        seen, above = {part}, part_of[part]
        while above:
            assert above not in seen, f"{part} is a part of itself"
            seen.add(above)
            above = part_of[above]


def test_parts_and_totals_are_flows_of_one_unit_and_growth_basis():
    catalogue = table("series").set_index("series")
    parts = catalogue[catalogue["part_of"] != ""]
    for column in ("kind", "unit", "growth_basis"):
        totals = parts["part_of"].map(catalogue[column])
        assert names(parts[parts[column] != totals].reset_index()) == [], column


def test_the_six_export_items_make_up_the_total():
    part_of = series("part_of")
    assert sorted(part_of[part_of == "mg.export.total"].index) == sorted(f"mg.export.{item}" for item in EXPORT_ITEMS)


def test_the_association_and_smm_output_are_never_joined():
    catalogue = table("series").set_index("series")
    assert catalogue.loc["mg.output.cn.smm", "part_of"] == ""
    assert not (catalogue["part_of"] == "mg.output.cn.smm").any()
    assert "mg.output.cn.smm" not in set(table("aliases").query("series == 'mg.output.cn'")["alias"])


def test_caam_and_nbs_are_never_joined():
    part_of = series("part_of")
    pairs = part_of[part_of.str.contains(r"^(?:auto|nev)\.")]
    mixed = [part for part, total in pairs.items() if (".nbs." in part) != (".nbs." in total)]
    assert mixed == []


def test_shares_are_of_series_that_exist_and_differ():
    share_of = series("share_of")
    for share, pair in share_of[share_of != ""].items():
        part, total = pair.split("/")
        assert {part, total} <= set(share_of.index), share
        assert part != total, share
        assert series("kind")[share] == "share", share


def test_kinds_and_units_agree():
    catalogue = table("series")
    allowed = {"price": PER_MASS, "share": ("%",), "flow": FLOW_UNITS, "stock": (*STOCK_UNITS, "%")}
    for kind, units in allowed.items():
        wrong = catalogue[(catalogue["kind"] == kind) & ~catalogue["unit"].isin(units)]
        assert names(wrong) == [], kind


def test_every_series_says_what_it_is():
    catalogue = table("series")
    for column in ("title", "unit", "frequency", "kind", "place", "basis", "chapter", "definition"):
        assert names(catalogue[catalogue[column] == ""]) == [], column
    assert names(catalogue[~catalogue["definition"].str.endswith(".")]) == []
    assert catalogue["title"].is_unique


def test_growth_on_a_comparable_sample_is_marked_and_only_there():
    catalogue = table("series")
    assert set(catalogue.loc[catalogue["growth_basis"] == "comparable_sample", "series"]) == COMPARABLE
    flows = catalogue["kind"] == "flow"
    assert names(catalogue[flows & (catalogue["growth_basis"] == "")]) == []
    assert names(catalogue[~flows & (catalogue["growth_basis"] != "")]) == []


def test_copies_name_an_original_that_is_no_copy_itself():
    sources = table("sources").set_index("source")
    copies = sources[sources["repeats"] != ""]
    assert sorted(set(copies["repeats"]) - set(sources.index)) == []
    assert list(copies[copies["repeats"].map(sources["repeats"]) != ""].index) == []


def test_pages_with_one_address_are_one_source():
    sources = table("sources")
    address = sources["url"].str.replace(r"^https?://(?:www\.)?", "", regex=True).str.rstrip("/")
    article = sources["url"].str.extract(r"newscontent/(\d+)")[0].fillna(address)
    original = sources["repeats"].where(sources["repeats"] != "", sources["source"])
    apart = original.groupby(article).nunique()
    assert list(apart[apart > 1].index) == []


def test_reposts_of_the_broker_note_count_as_the_note():
    sources = table("sources").set_index("source")
    assert sources.loc["reportify-ai-undated-975d1a", "repeats"] == "citic-securities-2025-08"
    assert set(sources.index[sources["origin"] == "citic"]) == {
        "citic-securities-2025-08",
        "reportify-ai-undated-975d1a",
    }


def test_sources_have_a_licence_an_origin_and_a_web_address():
    sources = table("sources")
    assert names(sources[sources["licence"] == ""], "source") == []
    assert names(sources[~sources["origin"].str.fullmatch(r"[a-z0-9_]+")], "source") == []
    assert names(sources[~sources["url"].str.match(r"https?://\S+$")], "source") == []


def test_event_ids_carry_their_date():
    events = table("events")
    undated = [name for name, date in zip(events["event"], events["date"], strict=True) if f"ev-{date}-" not in name]
    assert undated == []
    assert events["date"].str.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?").all()


def test_outlooks_name_described_series_and_sane_horizons():
    outlooks = table("outlooks")
    named = outlooks[outlooks["series"] != ""]
    assert names(named[~named["series"].isin(series("title").index)], "outlook") == []
    assert names(outlooks[outlooks["horizon_from"].str.slice(0, 7) > outlooks["horizon_to"]], "outlook") == []
    over = outlooks[outlooks["horizon_to"].str.slice(0, 7) < outlooks["made_on"].str.slice(0, 7)]
    assert names(over[~over["note"].str.contains("nowcast")], "outlook") == []


def test_targets_are_in_the_unit_of_their_series():
    outlooks = table("outlooks")
    aimed = outlooks[(outlooks["direction"] == "level") & (outlooks["series"] != "")]
    assert names(aimed[aimed["unit"] != aimed["series"].map(series("unit"))], "outlook") == []


def test_targets_are_near_what_the_series_has_shown():
    outlooks, rows = table("outlooks"), statements()
    levels = rows[rows["measure"].isin(["level", "ytd", "forecast"]) & (rows["unit"] != "%")]
    shown = levels.assign(value=levels["value"].astype(float)).groupby("means")["value"].agg(["min", "max"])
    aimed = outlooks[(outlooks["direction"] == "level") & ~outlooks["series"].isin(ONLY_FORECAST)]
    aimed = aimed[~aimed["outlook"].isin(FAR_AHEAD)].set_index("outlook")
    target = aimed["target_low"].astype(float)
    span = aimed["series"].map(shown["min"]) / 3, aimed["series"].map(shown["max"]) * 3
    assert sorted(aimed.index[~target.between(*span)]) == []


def test_our_words_are_plain():
    texts = pd.concat([table("series")["definition"], table("aliases")["why"], table("outlooks")["note"]])
    stray = [text for text in texts if re.search(r"\s{2,}|\.csv|TODO|\?\?", text)]
    assert stray == []
