"""Rules of the facts, on small editions; what real months make of them stands in the golden text."""

import pandas as pd
import pytest

from metalsbook.page.facts import capacity, downstream, exports, landing, prices, rare_earths
from metalsbook.page.facts.series import facts_of
from metalsbook.page.verdicts import fits_words
from tests.page.editions import edition, month, printed


def flows(values: dict[str, float], series: str = exports.INGOT) -> list[dict]:
    return [month(series, period, value) for period, value in values.items()]


@pytest.mark.parametrize(
    ("october", "november", "swing"), [(60, 98, "rebound"), (150, 104, "return"), (60, 130, ""), (95, 98, "")]
)
def test_a_large_change_to_near_the_usual_level_is_a_rebound_or_a_return(october, november, swing):
    year = {f"2024-{number}": 100.0 for number in (10, 11, 12)} | {f"2025-0{number}": 100.0 for number in range(1, 10)}
    made = edition([], flows(year | {"2025-10": october, "2025-11": november}))
    assert exports.flow(made, exports.INGOT)["swing"] == swing


def test_an_unknown_month_makes_no_change_and_no_rank():
    known = [*flows({"2025-09": 90.0, "2025-10": 100.0}), month(exports.INGOT, "2025-11", 100, 60, "open")]
    facts = facts_of(edition([], known), exports.INGOT)
    assert facts["now"] is None and facts["mom"] is None and facts["rank"] is None
    assert (facts["last"], facts["last_figure"].best) == ("2025-10", 100.0)


def test_a_published_change_goes_before_one_of_rounded_levels():
    known = flows({"2025-10": 100.0, "2025-11": 150.0})
    facts = facts_of(edition([printed(exports.INGOT, "2025-11", 50.4, "mom", 0.1)], known), exports.INGOT)
    assert facts["mom"].best == 50.4


@pytest.mark.parametrize(
    ("at", "summed", "grown"), [("2025-01", None, None), ("2025-02", 20, None), ("2025-12", 120, 2.5)]
)
def test_a_sum_since_january_is_none_in_january_and_the_years_in_december(at, summed, grown):
    rows = [printed(exports.INGOT, f"2025-{number:02d}", 10.0 * number, "ytd") for number in (1, 2, 12)]
    rows.append(printed(exports.INGOT, "2025", 2.5, "yoy"))
    facts = facts_of(edition([row for row in rows if row["period"] <= at], at=at), exports.INGOT)
    assert [facts[name] and facts[name].best for name in ("ytd", "ytd_yoy")] == [summed, grown]


def test_the_sum_of_a_december_and_the_year_are_one_figure():
    rows = [
        printed("mg.export.unit_value.ingot", period, value, measure)
        for period, value, measure in (("2025", 2206, "level"), ("2025-12", 2206, "ytd"), ("2025-12", 2093, "level"))
    ]
    made = edition([*rows, printed("mg.export.unit_value.ingot", "2025-11", 2217, "ytd")], at="2025-12")
    values = exports.unit_values(made)
    told = {"2025": 2206, "December 2025": 2093, "Jan\u2013Nov 2025": 2217}
    assert dict(zip(values["named"], values["printed"], strict=True)) == told
    assert exports.worth(made, values)["span"] == "2025"


def test_a_mean_published_since_january_stands_for_its_months():
    rows = [
        printed(exports.FOB, "2025-03", 2400, "ytd", unit="USD/t"),
        printed(exports.FOB, "2025-02", 9999, unit="USD/t"),
        printed(exports.FOB, "2025-04", 2000, unit="USD/t"),
        printed("mg.export.unit_value.ingot", "2025-04", 2200, "ytd", unit="USD/t"),
    ]
    made = edition(rows, catalogue={exports.FOB: {"kind": "price", "unit": "USD/t"}})
    found = exports.worth(made, exports.unit_values(made))
    assert (found["span"], found["fob"], found["n_fob"]) == ("2025-04", 2300.0, 4)


def test_a_share_of_something_else_is_found():
    series = {"Netherlands": "mg.export.ingot.to.NLD", "Canada": "mg.export.ingot.to.CAN"}
    rows = [printed(series[name], "2025-11", tonnes) for name, tonnes in (("Netherlands", 3000), ("Canada", 1000))]
    shares = (("Netherlands", 20), ("Canada", 10))
    rows += [printed(f"{series[name]}.share", "2025-11", share, unit="%") for name, share in shares]
    places = {one: {"place": f"China to {name}"} for name, one in series.items()}
    made = edition(rows, [month(exports.INGOT, "2025-11", 10000)], catalogue=places)
    found = exports.markets(made, exports.destinations(made))
    assert (found["top"], found["share"], found["odd"]) == ("Netherlands", 30.0, ["Netherlands"])
    assert (round(found["fitting"].low), round(found["fitting"].high)) == (14634, 15385)


@pytest.mark.parametrize(("unit_value", "fits"), [(-20.33, True), (-24.0, False)])
def test_growth_of_value_and_tonnes_is_held_against_that_of_the_unit_value(unit_value, fits):
    grown = {"mg.export.value.ingot": -28.85, "mg.export.ingot": -10.69, "mg.export.unit_value.ingot": unit_value}
    made = edition([printed(name, "2025-06", value, "ytd_yoy", 0.01) for name, value in grown.items()])
    assert exports.worth(made, exports.unit_values(made))["growth"]["fits"] == fits


AHEAD = [
    printed(capacity.OUTPUT_SMM, "2025-12", 105000, "forecast", 1000),
    printed(capacity.OUTPUT_SMM, "2025-12", 4.6, "forecast_mom", 0.1),
]


def test_a_forecast_of_level_and_change_gives_the_month_and_the_one_before_away():
    change = printed(capacity.OUTPUT_SMM, "2025-11", 7.74, "mom", 0.01)
    made = edition([*AHEAD, change], [month(capacity.OUTPUT_SMM, "2025-09", 87000)])
    rows = capacity.output_months(made, last=3)
    assert rows["status"].tolist() == ["reported", "derived", "derived"]
    assert rows["best"].iloc[1:].round(-2).tolist() == [93200, 100400]
    facts = capacity.output(made, rows)
    assert facts["ahead"]["month"] == "2025-12" and facts["now"].low < 100382 < facts["now"].high


def test_what_is_published_goes_before_what_a_forecast_implies():
    rows = capacity.output_months(edition(AHEAD, [month(capacity.OUTPUT_SMM, "2025-11", 99000)]), last=1)
    assert rows[["best", "status"]].iloc[0].tolist() == [99000, "reported"]


def test_the_capacity_of_a_country_is_none_of_its_companies():
    named = {"baowu": "Magnesium capacity, Baowu", "usgs": "Magnesium capacity, China, USGS"}
    catalogue = {f"{capacity.CAPACITY}.{name}": {"title": title} for name, title in named.items()}
    rows = [printed(name, "2025", 100_000 if name.endswith("baowu") else 1_480_000) for name in catalogue]
    made = edition([*rows, printed(capacity.CAPACITY, "2025", 1_590_000)], catalogue=catalogue)
    assert capacity.companies(made)["name"].tolist() == ["Baowu"]


def test_the_figure_that_most_houses_publish_stands_for_a_year():
    prints = ((1000, "smm"), (1100, "argus"), (1100, "smm"))
    rows = [printed(capacity.OUTPUT, "2024", value, source=source) for value, source in prints]
    shown = capacity.yearly(edition(rows), {"Output": [capacity.OUTPUT, capacity.OUTPUT_SMM]})
    assert shown["Value"].tolist() == [1100] and shown["Other figures"].iloc[0].startswith("1,000")


def test_a_month_is_the_lowest_since_the_last_one_that_was_as_low():
    days = {f"2025-{number:02d}-{day}": 100.0 + number for number in range(3, 10) for day in ("05", "10", "15")}
    days |= {f"2025-11-{day}": 103.5 for day in ("03", "10", "25")}
    rows = [printed(prices.FUGU, day, value) for day, value in days.items()]
    facts = prices.quoted(edition(rows, catalogue={prices.FUGU: {"kind": "price"}}), prices.FUGU)
    assert (facts["extreme"], facts["since"], facts["n_quotes"]) == ("lowest", "2025-03", 3)
    assert facts["low"] == {"period": "2025-03-05", "value": 103.0} and facts["within"] == 0


def test_the_cost_model_says_what_it_lacks():
    costs, calibration, lacking = prices.cost_model(edition([printed(prices.FUGU, "2025-11-03", 16150.0)]))
    assert "stated profit" in lacking and "quote of ingot" not in lacking and costs.empty and calibration is None


def test_magnets_are_told_through_the_controls():
    known = {"2025-02": 5000, "2025-03": 5500, "2025-04": 2600, "2025-05": 1200, "2025-06": 3200, "2025-07": 5600}
    event = {"date": "2025-04-04", "topic": rare_earths.CONTROLS, "what": "Licences.", "chapter": "rare_earths"}
    facts = rare_earths.magnets(edition([], flows(known, rare_earths.MAGNETS), at="2025-07", events=[event]))
    told = [facts[name] for name in ("start", "base_month", "trough_month", "regained")]
    assert told == ["2025-04", "2025-03", "2025-05", "2025-07"]


def test_a_page_that_gives_an_old_quota_as_output_is_left_out():
    rows = [
        printed(rare_earths.QUOTA, "2020", 140_000),
        printed(rare_earths.QUOTA, "2024", 270_000),
        printed("ree.output.chn", "2024", 270_000),
        printed("ree.output.chn", "2024", 140_000, source="argus"),
        printed("ree.output.world", "2024", 390_000),
    ]
    made = edition(rows)
    facts = rare_earths.supply(made, rare_earths.producers(made))
    assert facts["mined"] == 270_000 and facts["is_quota"] and len(facts["left_out"]) == 1


def test_a_month_that_sums_leave_otherwise_is_told_with_the_gap():
    rows = [
        printed(downstream.STEEL, "2025-11", 69_870_000, resolution=10_000),
        printed(downstream.STEEL, "2025-10", 817_870_000, "ytd", 10_000),
        printed(downstream.STEEL, "2025-11", 891_670_000, "ytd", 10_000),
    ]
    facts = downstream.steel(edition(rows, [month(downstream.STEEL, "2025-11", 69_870_000)]))
    assert not facts["fits"] and facts["left"].best == 73_800_000 and round(facts["apart_pct"], 1) == 5.6


def test_the_share_of_sales_is_told_from_that_of_output_as_far_as_rounding_allows():
    spans = {"low": [53.15, 53.1], "best": [53.16, 53.23], "high": [53.18, 53.4]}
    rows = pd.DataFrame({"name": ["of sales", "of output"], "month": pd.to_datetime(["2025-11"] * 2)} | spans)
    facts = downstream.shares(edition([], catalogue={downstream.MADE: {}}), rows)
    assert facts["gap"].sign == 0 and facts["half"] == "2025-11" and facts["sold_change"] is None


def test_a_growth_of_january_and_february_together_fills_both_columns():
    rows = [
        printed(downstream.STEEL, "2026-02", -1.5, "ytd_yoy", 0.1),
        printed(downstream.MADE, "2026-01", 0.01, "yoy", 0.01),
        printed(downstream.MADE, "2026-02", 3.0, "ytd_yoy", 0.1),
    ]
    grid = downstream.growth(edition(rows, at="2026-02"))
    told = dict(zip(zip(grid["name"], grid["month"].dt.month, strict=True), grid["text"], strict=True))
    steel, made = downstream.USES[downstream.STEEL], downstream.USES[downstream.MADE]
    assert told == {(steel, 1): "", (steel, 2): "-2*", (made, 1): "0", (made, 2): "3*"}


def test_weights_are_multiplied_by_the_vehicles_of_their_own_year():
    weight = {"catalogue": {downstream.MADE: {"unit": "unit"}, "mg.per_vehicle.cn": {"unit": "kg/vehicle"}}}
    rows = [printed(downstream.MADE, "2024", 31_000_000), printed("mg.per_vehicle.cn", "2024", 10, resolution=1)]
    found = downstream.metal(edition([*rows, printed("mg.per_vehicle.cn", "2020", 5)], **weight))
    assert found["name"].tolist() == ["10 kg in all vehicles, 2024"] and found["high"].tolist() == [310_000]


def test_a_release_is_expected_at_the_usual_distance_from_its_month():
    days = {"2025-09": "2025-10-20", "2025-10": "2025-11-20", "2025-11": "2025-12-22", "2025-08": "2025-12-30"}
    rows = [printed(landing.TOTAL, period, 38900, published=day) for period, day in days.items()]
    found = landing.releases(edition(rows))
    assert found[["period", "n"]].values.tolist() == [["2025-12", 3]]
    assert found["expected"].iloc[0] == pd.Timestamp("2026-01-20")


def test_what_a_figure_fits_reads_as_words():
    made = edition([], catalogue={"nev.output.cn": {"title": "NEV output"}, "auto.output.cn": {"title": "Output"}})
    assert fits_words(made, "nev.output.cn / auto.output.cn level 2025-06") == "“NEV output” over “Output” of June 2025"
