"""Rules of the facts, on small editions; what real months make of them stands in the golden text."""

import pandas as pd
import pytest

from metalsbook.page.facts import capacity, downstream, exports
from metalsbook.page.facts.series import facts_of
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
    ("own_quotes", "own_print", "quotes_before", "print_before", "change", "thin"),
    [
        (3, None, 3, None, 0.0, False),
        (2, 9.0, 1, 8.0, 12.5, False),
        (3, 9.0, 1, 8.0, 12.5, False),
        (2, 9.0, 3, None, None, False),
        (3, None, 1, 8.0, None, False),
        (1, None, 0, None, None, True),
    ],
)
def test_two_months_of_a_price_are_compared_on_one_basis(
    own_quotes, own_print, quotes_before, print_before, change, thin
):
    counts = (("10", quotes_before), ("11", own_quotes))
    rows = [printed("x", f"2025-{when}-0{day}", day) for when, count in counts for day in range(1, count + 1)]
    rows += [printed("x", f"2025-{when}", value) for when, value in (("10", print_before), ("11", own_print)) if value]
    facts = facts_of(edition(rows, catalogue={"x": {"kind": "price"}}), "x")
    assert (facts["mom"] and facts["mom"].best, facts["thin"]) == (change, thin)


@pytest.mark.parametrize(
    ("december", "eleven", "source", "rest"),
    [(125, "sum", "smm", True), (125, "months", "smm", True), (124, "sum", "smm", False), (125, "sum", "argus", False)],
)
def test_a_december_that_is_what_the_year_leaves_is_told_to_carry_its_revisions(december, eleven, source, rest):
    name, months = capacity.OUTPUT, [f"2025-{number:02d}" for number in range(1, 12)]
    rows = [printed(name, "2025", 1225), printed(name, "2025-12", december, source=source)]
    rows += (
        [printed(name, one, 100) for one in months] if eleven == "months" else [printed(name, "2025-11", 1100, "ytd")]
    )
    facts = capacity.output(edition(rows, flows({"2025-12": december}, name), "2026-01"))
    assert (facts["association_month"], facts["rest_of_year"]) == ("2025-12", rest)
    assert not capacity.output(edition(rows[2:], flows({"2025-11": 100}, name), "2025-11"))["rest_of_year"]


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


def test_of_rival_destinations_that_counts_which_most_print_with_the_digits_of_a_finer_one():
    usa, known = "mg.export.ingot.to.USA", ((619, 1.0, "smm"), (619, 1.0, "argus"), (619.2, 0.1, "c"))
    rows = [printed(usa, "2025-07", value, "level", size, source=who) for value, size, who in known]
    rows += [
        printed(usa, "2025-07", 625, source="d", published="2025-12-30"),
        printed(f"{usa}.x", "2025-07", 9, unit=""),
    ]
    places = exports.destinations(edition(rows, catalogue={usa: {"place": "China to United States"}}))
    assert places[["name", "best"]].to_numpy().tolist() == [["United States", 619.2]]
    assert places[["share", "printed_share"]].isna().all(axis=None)


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
    rows = made.months(capacity.OUTPUT_SMM, last=3)
    assert rows["status"].tolist() == ["reported", "derived", "derived"]
    assert rows["best"].iloc[1:].round(-2).tolist() == [93200, 100400]
    facts = capacity.output(made)
    assert facts["ahead"]["month"] == "2025-12" and facts["now"].low < 100382 < facts["now"].high


def test_what_is_published_goes_before_what_a_forecast_implies():
    made = edition(AHEAD, [month(capacity.OUTPUT_SMM, "2025-11", 99000)])
    rows = made.months(capacity.OUTPUT_SMM, last=1)
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


@pytest.mark.parametrize(
    ("made", "ends", "gaps"),
    [
        ([(1000, 1), (900, 1)], (498.5, 601.5), (48, 152)),
        # One that rounds another does not widen it.
        ([(953, 2), (950, 40)], (551, 555), (100.5, 105.5)),
    ],
)
def test_a_balance_spans_all_rivals_and_each_output_stands_over_each_capacity(made, ends, gaps):
    names = zip(made, ("smm", "argus"), strict=True)
    rows = [printed(capacity.OUTPUT, "2024", value, "level", size, source=who) for (value, size), who in names]
    rows += [printed("mg.export.total", "2024", 400, "level", 2), printed("mg.consumption.cn", "2024", 450)]
    rows += [printed(capacity.CAPACITY, "2024", 1488), printed("mg.consumption.cn", "2023", 1)]
    known = edition(rows)
    [row] = capacity.balances(known).to_dict("records")
    assert (row["low"], row["high"]) == ends and (row["gap_low"], row["gap_high"]) == gaps
    rates = capacity.utilisation(known)
    assert len(rates) == (2 if made[0][0] == 1000 else 1)
    value, size = made[0]
    highest = (100 * value / 1488, 100 * (value - size / 2) / 1488.5)
    assert (rates["best"][0], rates["low"][0]) == pytest.approx(highest)


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
