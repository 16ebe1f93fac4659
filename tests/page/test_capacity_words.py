"""Sentences on capacity and smelters: rates of rivals, retirement, companies, regions, operating rates, events."""

import pandas as pd

from metalsbook.analysis.capacity import balances, part_shares, world_shares
from metalsbook.page.capacity_words import (
    CAPACITY,
    OUTPUT,
    OUTPUT_SMM,
    RATE,
    last_year_with_rate,
    most_printed,
    range_text,
    rates_of_year,
    rates_sentences,
    retirement_sentences,
    stated_years,
)
from metalsbook.page.smelter_words import (
    balance_table,
    company_capacities,
    concentration_sentences,
    events_frame,
    operating_table,
    output_figure,
    region_sentence,
    region_shares,
    world_share_sentence,
)
from tests.page.editions import edition, printed


def book(*more: dict, **keywords):
    return edition([
        printed(CAPACITY, "2024", 1487500, resolution=100), printed(OUTPUT, "2024", 1026000, resolution=1000),
        printed(OUTPUT, "2024", 1025800, resolution=100, source="argus"),
        printed(OUTPUT_SMM, "2024", 941000, resolution=1000), printed(RATE, "2024", 73, resolution=1, unit="%"),
        printed(OUTPUT, "2024", 24.7, "yoy", 0.1), printed("mg.output.world", "2024", 1120000, resolution=10000),
        printed("mg.capacity.world", "2024", 1750000, resolution=10000), *more,
    ], catalogue={RATE: {"unit": "%"}}, **keywords)  # fmt: skip


def test_one_year_has_as_many_rates_as_pairs_of_figures():
    made = book()
    rates = rates_of_year(made, last_year_with_rate(made))
    china = rates[rates["region"] == "China"]
    assert [round(value) for value in china["value"]] == [69, 63, 73]
    said = " ".join(rates_sentences(made, rates, "2024"))
    assert "anything from 63% (SMM over SMM) to 69%" in said
    assert "Stated outright is 73%, which no pair of printed figures reaches." in said
    assert "The world as a whole reads 64%." in said


def test_without_a_capacity_there_is_no_rate():
    made = edition(
        [printed(OUTPUT, "2024", 1026000)],
        catalogue={
            name: {}
            for name in (CAPACITY, OUTPUT_SMM, RATE, "mg.output.world", "mg.capacity.world", "mg.utilisation.world")
        },
    )
    assert last_year_with_rate(made) == ""
    assert rates_sentences(made, rates_of_year(made, ""), "")[0].startswith("No year known to this edition")


def test_the_key_figure_is_what_most_houses_print_with_its_own_growth():
    figure = most_printed(book(), "Output", OUTPUT)
    assert figure.value == "1,026,000 t"
    assert figure.change == "+24.7% on the year, as printed"
    assert "2 rival figures" in figure.basis


def test_retiring_depends_on_whose_output_counts():
    rates = rates_of_year(book(), "2024")
    china = rates[(rates["region"] == "China") & rates["output_t"].notna()]
    said = retirement_sentences(china, "2024")[0]
    assert "280 to 380 thousand t a year would have to go" in said
    assert "(an assumption" in said


def test_companies_cover_a_part_of_capacity_and_bound_concentration():
    made = book(
        printed(f"{CAPACITY}.one", "2022", 100000),
        printed(f"{CAPACITY}.two", "2023", 50000),
        printed(f"{CAPACITY}.fugu", "2014", 583500),
        printed(f"{CAPACITY}.three.new", "2025", 20000),
        printed("mg.concentration.cr3", "2021", 18, unit="%"),
        printed("mg.concentration.cr5", "2021", 24.9, unit="%"),
    )
    companies = company_capacities(made)
    assert companies["value"].tolist() == [100000, 50000]
    said = " ".join(concentration_sentences(made, companies))
    assert "make 10% of China's" in said
    assert "between 132 and 430 of ten thousand, a scattered industry" in said


def test_regions_are_shares_of_the_same_span():
    made = book(printed("mg.output.cn.shaanxi", "2024", 600000), printed("mg.output.cn.shaanxi", "2025-05", 1, "ytd"))
    shares = part_shares(*region_shares(made))
    assert region_sentence(made, shares) == "Latest known: Shaanxi 58% to 59% of China's primary magnesium in 2024."


def test_shares_of_the_world_and_balances_are_told_or_missing():
    shares = world_shares(
        stated_years(book(), OUTPUT),
        stated_years(book(), "mg.output.world"),
        pd.DataFrame(columns=["period", "bound_low", "bound_high", "value", "who"]),
    )
    assert world_share_sentence(shares).startswith("For 2024, 1 figure of China's share")
    assert "No share of China" in world_share_sentence(shares.head(0))
    made, sent, used = (
        pd.DataFrame([{"period": "2024", "value": value, "bound_low": value, "bound_high": value}])
        for value in (1026000.0, 460000.0, 455000.0)
    )
    assert "111" in balance_table(balances(made, sent, used)).markup
    assert "mb-gap" in balance_table(balances(made, sent, used.assign(period="2020"))).markup


def test_a_printed_change_stands_in_for_a_level_that_nobody_prints():
    made = book(printed(OUTPUT_SMM, "2025-11", 7.74, "mom", 0.01))
    figure = output_figure(made, "Output", OUTPUT_SMM, "SMM's own count")
    assert (figure.value, figure.change) == ("+7.74% on the month", "the level is not printed")


def test_operating_rates_of_the_last_year_or_a_gap():
    assert "mb-gap" in operating_table(book()).markup
    made = book(printed("mg.operating_rate.primary", "2025-11", 75.89, resolution=0.01, unit="%"))
    assert "75.89%" in operating_table(made).markup


def test_events_are_of_the_chapter_and_the_last_months():
    events = [
        {"date": date, "topic": "restart", "what": what, "publisher": "SMM", "url": "", "chapter": chapter}
        for date, what, chapter in (
            ("2025-10-30", "new", "magnesium_capacity"),
            ("2025", "year only", "magnesium_capacity"),
            ("2024-01", "old", "magnesium_capacity"),
            ("2025-10-30", "other", "rare_earths"),
        )
    ]
    assert events_frame(book(events=events), 12)["what"].tolist() == ["new"]


def test_figures_of_the_last_year_are_told_by_kind():
    frame = pd.DataFrame({"period": ["2023", "2024", "2024"], "value": [60.0, 63.0, 69.0], "kind": "computed"})
    assert range_text(frame, "utilisation", "%") == (
        "3 figures from 2023 to 2024. Utilisation of 2024: computed 63.00% to 69.00%."
    )
