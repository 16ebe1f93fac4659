"""Sentences on prices: rivals, ratio, implied rate, premium, moves, and costs."""

import pandas as pd

from metalsbook.analysis.costs import build_up, calibrate, stoichiometric
from metalsbook.analysis.intervals import Interval, exact
from metalsbook.analysis.prices import moves, ratio_on_same_days
from metalsbook.page.cost_words import assumptions_table, cost_sentences, cost_text
from metalsbook.page.price_words import (
    implied_rate_sentence,
    last_known_sentence,
    month_move_sentence,
    moves_table,
    moves_text,
    peak_sentence,
    premium_table,
    ratio_sentences,
    rival_months,
    rivals_table,
    together_sentence,
)
from tests.page.editions import edition, printed

PRICE = {"unit": "CNY/t", "kind": "price"}
EVENTS = pd.DataFrame(
    [{"date": "2025-10-30", "what": "A meeting.", "publisher": "SMM", "url": "https://smm", "topic": "rules"}]
)


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
    assert "as printed" in markup
    assert "Without a figure for this month: C." in markup


def test_a_peak_is_set_against_the_last_quote():
    made = book(quote("a", "2021-09-22", 65000), quote("a", "2025-11-25", 16250))
    assert peak_sentence(made, "a", "ingot") == (
        "The highest quote of ingot known here is 65,000 CNY/t on 22 September 2021; the last one is 25% of it."
    )


def test_too_few_common_days_say_nothing_of_moving_together():
    made = book(quote("a", "2025-11-03", 1), quote("b", "2025-11-03", 2))
    assert "too few days in common" in together_sentence(made, "a", "b", "A and B")


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


def test_a_premium_needs_a_common_day():
    made = book(quote("alloy", "2025-11-03", 18000), quote("ingot", "2025-11-03", 16000))
    assert "2,000" in premium_table(made, "alloy", "ingot").markup
    assert "mb-gap" in premium_table(made, "unknown", "ingot").markup


def test_a_rare_quote_says_how_old_it_is():
    made = book(quote("coke", "2024-10-14", 930))
    assert last_known_sentence(made, "coke", "Semi-coke") == (
        "Semi-coke was last quoted at 930 CNY/t on 14 October 2024, 14 months before this edition's cut-off."
    )
    assert last_known_sentence(made, "unknown", "X") == "No quote of X is known to this edition."


def test_the_largest_step_stands_beside_the_calendar():
    steps = moves(
        book(quote("a", "2025-10-28", 16250), quote("a", "2025-11-03", 16150), quote("a", "2025-11-04", 16150)).quotes(
            "a"
        )
    )
    said = month_move_sentence(steps, EVENTS, "2025-11")
    assert said == (
        "The largest step of November 2025 was \u22120.62%, from 28 October 2025 to 3 November 2025; near it "
        "the calendar has: 30 October 2025: A meeting."
    )
    assert "nothing dated near it" in month_move_sentence(steps, EVENTS.head(0), "2025-11")
    assert month_move_sentence(steps, EVENTS, "2025-12").startswith("Within December 2025 no quote differs")
    assert "A meeting." in moves_table(steps, EVENTS).markup
    assert moves_text(steps).startswith("2 moves from quote to quote: 0 up, 1 down, 1 flat")


def costs(*months: tuple[str, float]) -> pd.DataFrame:
    prices = {
        name: pd.DataFrame({"period": [month for month, _ in months], "value": value})
        for name, value in (("si", 5800.0), ("stone", 100.0))
    }
    mg = pd.DataFrame({"period": [month for month, _ in months], "value": [value for _, value in months]})
    return build_up(mg, prices["si"], prices["stone"], stoichiometric(Interval(73, 75, 74)), exact(7700.0))


def test_a_margin_is_told_with_what_moved_it():
    said = cost_sentences(book(quote("a", "2025-11-03", 1)), costs(("2025-10", 16200.0), ("2025-11", 16000.0)))
    assert "in November 2025" in said[0]
    assert said[-1] == (
        "Against October 2025 the margin changed by \u2212200 CNY/t: \u2212200 CNY/t from the ingot price "
        "and 0 CNY/t from raw materials."
    )
    missing = cost_sentences(book(quote("a", "2025-11-03", 1)), costs(("2025-10", 16200.0)))
    assert missing == ["November 2025 has no quote of all three prices, so that no cost is computed."]


def test_one_month_of_costs_is_told_once():
    assert cost_text(costs(("2025-11", 16000.0))).count("November 2025") == 1


def test_every_assumption_is_on_the_page():
    profit = printed("mg.profit.avg.cn", "2025-06-30", 1758, unit="CNY/t")
    recovery = printed("mg.pidgeon.recovery", "2010", 74, unit="%", low=73.0, high=75.0, resolution=2.0)
    made = edition([profit, recovery])
    day = pd.DataFrame({"period": ["2025-06-26"], "value": [5000.0]})
    needs = stoichiometric(Interval(73, 75, 74))
    stated = made.statements.set_index("series", drop=False)
    calibration = calibrate(stated.loc["mg.profit.avg.cn"], day, day, day, needs)
    markup = assumptions_table(made, needs, stated.loc["mg.pidgeon.recovery"], calibration).markup
    for word in ("73 to 75%", "75%", "96%", "1,758 CNY/t", "2025-06-26", "Tax"):
        assert word in markup
