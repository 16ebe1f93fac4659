"""Sentences on prices: rivals, ratio, implied rate, premium, moves, and costs."""

import pandas as pd

from metalsbook.analysis.intervals import Interval, exact
from metalsbook.analysis.prices import Calibration, build_up, moves, ratio_on_same_days
from metalsbook.page.cost_words import (
    CostBasis,
    assumptions_table,
    cost_basis,
    cost_sentences,
    cost_text,
    said_beside,
    stated_table,
)
from metalsbook.page.price_moves import (
    bearing_on_prices,
    largest_known_sentence,
    month_move_sentence,
    moves_table,
    moves_text,
    together_sentence,
    volatility_sentences,
)
from metalsbook.page.price_ratio import aluminium_cost_sentence, ratio_sentences, stated_ratios
from metalsbook.page.price_words import (
    fee_sentence,
    implied_rate_sentence,
    last_known_sentence,
    peak_sentence,
    premium_table,
    rival_months,
    rivals_table,
    stocks_sentences,
    stocks_table,
)
from tests.page.editions import edition, printed

PRICE = {"unit": "CNY/t", "kind": "price"}
EVENTS = pd.DataFrame(
    [
        {"date": "2025-10-30", "what": "A meeting.", "topic": "rules", "chapter": "magnesium_prices"},
        {"date": "2025-10-30", "what": "A plant.", "topic": "new capacity", "chapter": "magnesium_capacity"},
        {"date": "2025-10-30", "what": "A quota.", "topic": "rules", "chapter": "rare_earths"},
    ]
).assign(publisher="SMM", url="https://smm")
NEAR = bearing_on_prices(EVENTS)


def quote(series: str, day: str, value: float) -> dict:
    return printed(series, day, value, unit="CNY/t")


def book(*quotes: dict, **more):
    return edition(list(quotes), catalogue={row["series"]: PRICE for row in quotes}, **more)


def test_rivals_stand_side_by_side_with_their_basis():
    made = book(
        quote("a", "2025-11-03", 100),
        quote("a", "2025-11-04", 102),
        quote("b", "2025-11", 110),
        quote("c", "2025-10-03", 90),
    )
    rivals = rival_months(made, {"A": "a", "B": "b", "C": "c", "D": "unknown"}, 12)
    markup = rivals_table(made, rivals).markup
    assert "mean of 2 quotes" in markup
    assert "as SMM prints it for the month" in markup
    assert "Without a figure for this month: C." in markup


def test_a_rival_shows_its_print_and_the_other_prints_of_its_month():
    made = book(
        quote("a", "2025-11-03", 16150),
        quote("a", "2025-11-04", 16275),
        printed("b", "2025-11", 17466.67, unit="CNY/t", resolution=0.01),
        printed("b", "2025-11", 17345, unit="CNY/t", source="argus"),
    )
    markup = rivals_table(made, rival_months(made, {"A": "a", "B": "b"}, 12)).markup
    assert "16,213" in markup
    assert "17,466.67" in markup and "17,345 (Argus)" in markup


def test_a_peak_is_set_against_the_last_quote():
    made = book(quote("a", "2021-09-22", 65000), quote("a", "2025-11-25", 16250))
    assert peak_sentence(made, "a", "ingot") == (
        "The highest quote of ingot in this ledger is 65,000 CNY/t on 22 September 2021; the latest quote, 16,250 "
        "CNY/t on 25 November 2025, is 25% of it."
    )


def test_too_few_common_days_say_nothing_of_moving_together():
    made = book(quote("a", "2025-11-03", 1), quote("b", "2025-11-03", 2))
    assert "too few days in common" in together_sentence(made, "a", "b", "A and B")


def test_a_correlation_names_its_span_and_what_it_is_without_its_largest_step():
    values = {
        "2021-09-17": (1.0, 1.0),
        "2021-09-22": (2.0, 2.0),
        "2025-11-03": (1.0, 1.0),
        "2025-11-04": (1.01, 1.0),
        "2025-11-05": (1.0, 1.01),
        "2025-11-06": (1.01, 1.0),
        "2025-11-07": (1.0, 1.01),
    }
    made = book(*(quote(name, day, pair[place]) for day, pair in values.items() for place, name in enumerate("ab")))
    said = together_sentence(made, "a", "b", "A and B")
    assert said.startswith("A and B move together hardly: over 5 steps")
    assert "from 17 September 2021 to 7 November 2025" in said
    assert "without the largest (into 22 September 2021)" in said


def test_an_implied_rate_is_a_mean_of_days_or_a_gap():
    made = book(quote("a", "2025-11-03", 16100), quote("b", "2025-11-03", 2300), quote("b", "2025-10-03", 2300))
    implied = ratio_on_same_days(made.quotes("a"), made.quotes("b"))
    assert implied_rate_sentence(implied, "2025-11") == (
        "On 1 day of November 2025 with both quotes, Fugu over FOB implies 7.00 CNY per USD."
    )
    assert implied_rate_sentence(implied, "2025-10").startswith("No day of October 2025")


def test_the_ratio_names_the_cheaper_metal_and_what_sources_state():
    ratio = pd.DataFrame(
        [{"period": "2025-11", "value": 0.75, "basis_first": "mean of 3 quotes", "basis_second": "as printed"}]
    )
    stated = pd.DataFrame([{"period": "2025-11", "value": 0.76, "resolution": 0.01, "who": "Association"}])
    said = " ".join(part for part in ratio_sentences(book(quote("a", "2025-11-03", 1)), ratio, stated) if part)
    assert "0.75 times a tonne of aluminium" in said
    assert "magnesium is the cheaper metal" in said
    assert "Stated for the month: 0.76 (Association, November 2025)." in said
    empty = ratio_sentences(book(quote("a", "2025-11-03", 1)), ratio.head(0), stated.head(0))
    assert empty[0] == "November 2025 has no price of both metals."


def ratios(*values: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=["period", "value"]).assign(basis_first="as printed", basis_second="as printed")


def test_a_lowest_ratio_names_the_months_that_are_level_with_it():
    months = ratios(("2025-01", 0.9), ("2025-03", 0.7514), ("2025-09", 0.8), ("2025-10", 0.78), ("2025-11", 0.7501))
    made = book(quote("a", "2025-11-03", 1))
    said = ratio_sentences(made, months, made.statements.head(0).assign(who=""))[1]
    assert said == (
        "Of the 5 monthly ratios computed here it is the lowest from January 2025 on, level with March 2025 (0.75) "
        "within what the quotes leave open."
    )


def test_months_below_one_are_counted_and_set_against_stated_counts():
    months = ratios(("2024-08", 1.02), ("2024-09", 0.87), ("2025-10", 0.78), ("2025-11", 0.75))
    counted = printed("mg_al.price_ratio.months_below_1", "2025-07", 11, unit="unit")
    made = edition([quote("a", "2025-11-03", 1), counted])
    said = " ".join(part for part in ratio_sentences(made, months, made.statements.head(0).assign(who="")) if part)
    assert "below one in each of the 3 known months from September 2024 on" in said
    assert "11 up to July 2025 (SMM)" in said


def test_every_print_of_the_ratio_stands_over_the_time_that_it_is_of():
    name, unit = "mg.ratio.mg_al", "ratio"
    made = edition(
        [
            printed(name, "2024", 0.9, unit=unit),
            printed(name, "2025-10", 0.85, unit=unit),
            printed(name, "2025-10", 0.78, unit=unit, source="argus"),
            printed(name, "2025-06", 0.85, "ytd", unit=unit, low=0.8, high=0.9),
            printed(name, "2025-11-15", 0.734, unit=unit),
        ]
    )
    shown = stated_ratios(made)
    spans = {
        (row["period"], row["measure"]): (str(row["begins"])[:10], str(row["date"])[:10]) for _, row in shown.iterrows()
    }
    assert len(shown) == 5
    assert spans["2024", "level"] == ("2024-01-01", "2024-12-31")
    assert spans["2025-10", "level"] == ("2025-10-01", "2025-10-31")
    assert spans["2025-06", "ytd"] == ("2025-01-01", "2025-06-30")
    assert spans["2025-11-15", "level"] == ("2025-11-15", "2025-11-15")
    assert stated_ratios(edition([quote("a", "2025-11-03", 1)])).empty


def test_aluminium_stands_beside_its_own_cost():
    made = book(
        printed("al", "2025-11", 21457, unit="CNY/t"),
        printed("cost", "2025-11", 16057, unit="CNY/t"),
        quote("al", "2025-10-30", 21200),
    )
    said = aluminium_cost_sentence(made, "al", "cost")
    assert "SMM: 16,057 CNY/t in full" in said and "21,457 CNY/t lies 34% above" in said
    assert aluminium_cost_sentence(made, "al", "unknown") is None


def test_a_premium_needs_a_common_day():
    made = book(quote("alloy", "2025-11-03", 18000), quote("ingot", "2025-11-03", 16000))
    markup = premium_table(made, "alloy", "ingot").markup
    assert "2,000" in markup
    assert "alloy (China) over ingot (China)" in markup
    assert "mb-gap" in premium_table(made, "unknown", "ingot").markup


def test_a_fee_names_who_states_it_beside_the_premium_of_the_quotes():
    made = book(
        quote("alloy", "2025-09-04", 18675),
        quote("ingot", "2025-09-04", 17005),
        printed("fee", "2025-11", 2000, unit="CNY/t"),
        printed("fee", "2025-03", 3000, unit="CNY/t", source="argus"),
        printed("fee", "2024-03", 9000, unit="CNY/t"),
    )
    said = fee_sentence(made, "fee", "alloy", "ingot")
    assert "Argus states a fee of 3,000 CNY/t (March 2025) and SMM states a fee of 2,000 CNY/t (November 2025)" in said
    assert "1,670 CNY/t apart on 4 September 2025" in said
    assert fee_sentence(made, "unknown", "alloy", "ingot") is None


def test_stocks_tell_their_change_and_rival_counts():
    made = edition(
        [
            printed("stock", "2025-10-10", 18569),
            printed("stock", "2025-10-10", 17000, source="argus"),
            printed("stock", "2025-11-08", 22010),
            printed("stock", "2025-11-15", 24510),
            printed("stock", "2025-10-14", 44, "wow"),
        ]
    )
    said = " ".join(stocks_sentences(made, ["stock"]))
    assert "24,510 t (SMM, 15 November 2025); it rose by 11.4% from 22,010 t (8 November 2025)" in said
    assert "18,569 t (SMM) and 17,000 t (Argus)" in said or "17,000 t (Argus) and 18,569 t (SMM)" in said
    markup = stocks_table(made, ["stock"]).markup
    assert "change on the week" in markup and "(wow)" not in markup
    early = edition([printed("stock", "2025-08-08", 100)])
    assert stocks_sentences(early, ["stock"])[0] == "No source counts stocks in November 2025."


def test_a_rare_quote_says_how_old_it_is():
    made = book(quote("coke", "2024-10-14", 930))
    assert last_known_sentence(made, "coke", "Semi-coke") == (
        "Semi-coke was last quoted at 930 CNY/t on 14 October 2024, 13 months before the end of November 2025."
    )
    assert last_known_sentence(made, "unknown", "X") == "No quote of X is known to this edition."


def test_the_largest_step_stands_beside_the_calendar():
    steps = moves(
        book(quote("a", "2025-10-28", 16250), quote("a", "2025-11-03", 16150), quote("a", "2025-11-04", 16150)).quotes(
            "a"
        )
    )
    said = month_move_sentence(steps, NEAR, "2025-11")
    assert said == (
        "The largest step of November 2025 was \u22120.62%, from 28 October 2025 to 3 November 2025; in those days or "
        "the week before, the calendar of events has 30 October 2025: A meeting."
    )
    assert "has nothing for those days" in month_move_sentence(steps, NEAR.head(0), "2025-11")
    assert month_move_sentence(steps.tail(1), NEAR, "2025-11").startswith("Within November 2025 no quote differs")
    assert month_move_sentence(steps, NEAR, "2025-12").startswith("No quote of December 2025 lies near enough")
    markup = moves_table(steps, NEAR, "2025-10-28").markup
    assert "A meeting." in markup
    assert "since 28 October 2025 between quotes at most 21 days apart" in markup
    assert moves_text(steps).startswith("2 moves from quote to quote: 0 up, 1 down, 1 flat")


def test_a_larger_step_before_those_shown_is_named():
    made = book(
        quote("a", "2021-09-17", 45000),
        quote("a", "2021-09-22", 65000),
        quote("a", "2025-11-03", 16150),
        quote("a", "2025-11-04", 16100),
    )
    quotes = made.quotes("a")
    shown = moves(quotes[quotes["period"] > "2025"])
    assert "+44.4%, from 17 September 2021 to 22 September 2021" in largest_known_sentence(quotes, shown)
    assert largest_known_sentence(quotes, moves(quotes)) is None


def test_volatility_counts_its_steps():
    made = book(*(quote("a", f"2025-11-0{day}", value) for day, value in enumerate((100, 100, 101, 102), 3)))
    assert "3 steps from quote to quote, 1 without a change" in volatility_sentences(made, "a", "a")[0]


DAY = "2025-06-26"
CALIBRATION = Calibration("2025-06-30", (16150.0, DAY), (5650.0, DAY), (78.0, DAY), exact(1758.0))
BASIS = CostBasis(None, CALIBRATION)


def costs(*months: tuple[str, float]) -> pd.DataFrame:
    prices = {
        name: pd.DataFrame({"period": [month for month, _ in months], "value": value})
        for name, value in (("si", 5800.0), ("stone", 100.0))
    }
    mg = pd.DataFrame({"period": [month for month, _ in months], "value": [value for _, value in months]})
    return build_up(mg, prices["si"], prices["stone"], Interval(73, 75, 74), CALIBRATION)


def test_a_margin_is_told_with_what_moved_it():
    made = book(quote("a", "2025-11-03", 1))
    said = cost_sentences(made, costs(("2025-10", 16200.0), ("2025-11", 16000.0)), BASIS)
    assert "in November 2025" in said[0]
    assert "what it did on 30 June 2025" in said[1]
    assert said[-1] == (
        "Against October 2025 the margin changed by \u2212200 CNY/t: \u2212200 CNY/t from the ingot price "
        "and 0 CNY/t from raw materials."
    )
    missing = cost_sentences(made, costs(("2025-10", 16200.0)), BASIS)
    assert missing == ["November 2025 has no quote of all three prices, so that no cost is computed."]


def test_a_computed_margin_stands_beside_what_others_say_of_it():
    losing = {
        "date": "2025-11-29",
        "topic": "prices/margins",
        "what": "Over half lose money.",
        "chapter": "magnesium_prices",
    }
    made = edition(
        [printed("mg.margin.shaanxi", "2025-01", -5, unit="%"), printed("mg.profit.avg.cn", "2025-06-30", 1758)],
        events=[losing, losing | {"date": "2025-10-29", "what": "Of October."}],
    )
    said = " ".join(said_beside(made, BASIS, costs(("2025-11", 16000.0))))
    assert "\u22125% for January 2025 (SMM)" in said
    assert "29 November 2025: Over half lose money." in said
    assert "Of October" not in said and "1,758" not in said
    nothing = said_beside(edition([printed("mg.profit.avg.cn", "2025-06-30", 1758)]), BASIS, costs())
    assert nothing[0].startswith("No source states a margin")


def test_a_mean_to_date_is_stated_as_one():
    rows = [printed("mg.margin.gross.cn", "2024-06", 505, "ytd", unit="CNY/t")]
    assert "January to June 2024" in stated_table(edition(rows)).markup


def test_one_month_of_costs_is_told_once():
    assert cost_text(costs(("2025-11", 16000.0))).count("November 2025") == 1


def test_every_assumption_is_on_the_page():
    profit = printed("mg.profit.avg.cn", "2025-06-30", 1758, unit="CNY/t")
    recovery = printed("mg.pidgeon.recovery", "2010", 74, unit="%", low=73.0, high=75.0, resolution=2.0)
    made = edition([profit, recovery])
    day = pd.DataFrame({"period": ["2025-06-26"], "value": [5000.0]})
    markup = assumptions_table(made, cost_basis(made, day, day, day)).markup
    for word in ("73 to 75%", "75%", "96%", "1,758 CNY/t", "2025-06-26", "Tax"):
        assert word in markup


def test_what_a_cost_lacks_is_named_where_it_would_stand():
    day = pd.DataFrame({"period": ["2025-06-26"], "value": [1.0]})
    made = edition([printed("mg.profit.avg.cn", "2025-06-30", 1758)])
    basis = cost_basis(made, day, day, day.head(0))
    said = "No cost is computed, since this edition knows no stated recovery of the magnesium and no quote of dolomite."
    assert cost_sentences(made, basis.by_month(made, "a", "b", "c"), basis) == [said]
    assert said in assumptions_table(made, basis).markup
    # A profit that nothing stands on is told as any other.
    assert "1,758 t for 30 June 2025" in said_beside(made, basis, basis.by_month(made, "a", "b", "c"))[0]
