"""Sentences on capacity and smelters: rates of rivals, retirement, companies, regions, operating rates, events."""

import pandas as pd

from metalsbook.analysis.capacity import balances, part_shares, world_shares
from metalsbook.page.capacity_words import (
    CAPACITY,
    OUTPUT,
    OUTPUT_SMM,
    RATE,
    judged_rate_sentence,
    last_year_with_rate,
    level_sentences,
    most_printed,
    range_text,
    rates_of_year,
    rates_sentences,
    stated_years,
)
from metalsbook.page.operating_words import operating_sentences, operating_table
from metalsbook.page.plant_words import (
    additions_sentence,
    announced_additions,
    company_capacities,
    concentration_sentences,
    retirement_sentences,
)
from metalsbook.page.smelter_words import (
    balance_sentences,
    balance_table,
    events_frame,
    lately_sentence,
    output_figure,
    region_sentence,
    region_shares,
    world_share_sentence,
)
from tests.page.editions import edition, month, printed


def book(*more: dict, **keywords):
    return edition(
        [
            printed(CAPACITY, "2024", 1487500, resolution=100),
            printed(OUTPUT, "2024", 1026000, resolution=1000),
            printed(OUTPUT, "2024", 1025800, resolution=100, source="argus"),
            printed(OUTPUT_SMM, "2024", 941000, resolution=1000),
            printed(RATE, "2024", 73, resolution=1, unit="%"),
            printed(OUTPUT, "2024", 24.7, "yoy", 0.1),
            printed("mg.output.world", "2024", 1120000, resolution=10000),
            printed("mg.capacity.world", "2024", 1750000, resolution=10000),
            *more,
        ],
        catalogue={RATE: {"unit": "%"}},
        **keywords,
    )


def test_one_year_has_as_many_rates_as_pairs_of_figures():
    made = book()
    rates = rates_of_year(made, last_year_with_rate(made))
    china = rates[rates["region"] == "China"]
    assert [round(value) for value in china["value"]] == [69, 63, 73]
    said = " ".join(rates_sentences(made, rates, "2024"))
    assert said.startswith("For 2024, 2 pairs of a printed output and a printed capacity put China's smelters at 63%")
    assert "73% is stated outright by SMM, above what any pair makes; the same page prints 1,026,000 t made" in said
    assert "For the world, printed figures make 64%." in said


def test_the_rate_of_a_note_is_told_with_its_verdict_and_its_rivals():
    made = book()
    claim = {
        "claim": "cl-1",
        "series": RATE,
        "period": "2024",
        "statement": "Only 70% was used.",
        "verdict": "consistent",
        "recomputed": "68.94 to 69.01%",
    }
    made.__dict__["_derived"]["claims"] = pd.DataFrame([claim])
    said = judged_rate_sentence(made, rates_of_year(made, "2024"), "2024")
    assert said.endswith(
        "SMM's output makes 63% and SMM states 73% outright, so that the figure is one choice among rivals."
    )
    assert judged_rate_sentence(made, rates_of_year(made, "2024"), "2023") is None


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
    assert figure.basis == "China"
    rival = most_printed(book(printed(OUTPUT, "2024", 953100, resolution=100, source="argus")), "Output", OUTPUT)
    assert rival.basis == "China; rival: 953,100 t (Argus)"


def test_figures_of_a_year_are_counted_by_who_produced_them():
    made = book()
    made.sources["origin"] = "cnmia"
    assert level_sentences(made)[0] == (
        "2 different figures of China's output in 2024 are printed, from 941,000 t (SMM) to 1,025,800 t (Argus +1), 9% "
        "apart; they go back to 1 house, reposts not counted."
    )
    made.sources["repeats"] = ["", "smm"]
    assert "Argus" not in set(stated_years(made, OUTPUT)["who"])


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
    assert "could make 10% of the 1,487,500 t that China could in 2024" in said
    assert "between 132 and 430 of ten thousand, a scattered industry" in said


def test_a_name_plate_beside_an_effective_figure_is_no_capacity():
    made = book(
        printed(f"{CAPACITY}.one", "2022", 100000),
        printed(f"{CAPACITY}.salt", "2017", 200000),
        printed(f"{CAPACITY}.salt.effective", "2017", 30000, "forecast", unit="t"),
    )
    companies = company_capacities(made)
    assert companies["value"].tolist() == [100000]
    assert "Left out is the name-plate of" in " ".join(concentration_sentences(made, companies))


def test_announced_capacity_is_added_to_what_stands():
    made = book(
        printed(f"{CAPACITY}.one", "2025", 100000),
        printed(f"{CAPACITY}.one", "2026", 500000, "forecast", unit="t"),
        printed(f"{CAPACITY}.two.new", "2026", 35000, "forecast", unit="t"),
    )
    assert announced_additions(made)["added_t"].tolist() == [400000, 35000]
    rates = rates_of_year(made, "2024")
    said = additions_sentence(made, rates[(rates["region"] == "China") & rates["output_t"].notna()])
    assert "together 435,000 t a year. If all of it came and output stayed, 49% to 53% of capacity" in said
    assert additions_sentence(book(), rates).startswith("No new capacity is announced")


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
    assert world_share_sentence(shares) == (
        "For 2024, China's share of the world's primary magnesium is 92% (SMM), by 1 house that states it or both "
        "outputs."
    )
    assert "No share of China" in world_share_sentence(shares.head(0))
    made, sent, used = (
        pd.DataFrame([{"period": "2024", "value": value, "bound_low": value, "bound_high": value, "who": "A"}])
        for value in (1026000.0, 460000.0, 455000.0)
    )
    assert "111" in balance_table(balances(made, sent, used)).markup
    assert "mb-gap" in balance_table(balances(made, sent, used.assign(period="2020"))).markup
    assert balance_sentences(balances(made, sent, used)) == [
        "It does not close for 2024: 111 thousand t, 11% of the output, are neither exported nor said to be used."
    ]
    twice = [pd.concat([rows, rows.assign(period="2025")]) for rows in (made, sent, used)]
    assert balance_sentences(balances(*twice))[-1].startswith("The consumption printed for 2025 is that of 2024")


def test_a_printed_change_stands_in_for_a_level_that_nobody_prints():
    made = book(printed(OUTPUT_SMM, "2025-11", 7.74, "mom", 0.01))
    figure = output_figure(made, "Output", OUTPUT_SMM, "SMM's own count")
    assert (figure.value, figure.change) == ("+7.74% on the month", "the level is not printed")


def test_operating_rates_of_the_last_year_or_a_gap():
    assert "mb-gap" in operating_table(book()).markup
    made = book(printed("mg.operating_rate.primary", "2025-11", 75.89, resolution=0.01, unit="%"))
    assert "75.89%" in operating_table(made).markup


def test_an_operating_rate_stands_beside_its_sample_and_a_part_above_its_whole_is_told():
    definition = "Tonnes a day. It cannot cover all plants."
    made = edition(
        [
            printed("mg.operating_rate.primary", "2025-11", 75.89, resolution=0.01, unit="%"),
            printed("mg.smelters.operating", "2025-11", 57, unit="unit"),
            printed("mg.smelters.sample", "2025-11", 60, unit="unit"),
            printed("mg.output.cn.daily", "2025-10", 2000, unit="t/day"),
            printed("mg.output.daily.fugu_shenmu", "2025-10-17", 2070, unit="t/day"),
            printed("mg.output.daily.fugu_shenmu", "2025-11-15", 2090, unit="t/day"),
        ],
        catalogue={"mg.output.cn.daily": {"definition": definition}, "mg.output.daily.fugu_shenmu": {"place": "Fugu"}},
    )
    rate, daily = operating_sentences(made, (63.3, 69.0), "2024")
    assert "ran at 75.89% of its capacity in November 2025, with 57 of the 60 smelters asked at work" in rate
    assert "The 63% to 69% of 2024 is of all capacity" in rate
    # Of another month than the whole's, a part says nothing.
    assert daily.startswith("Fugu alone with 2,070 t/day (SMM, 17 October 2025) stands against 2,000 t/day (SMM, ")
    assert daily.endswith("It cannot cover all plants.")
    assert "It cannot cover all plants." in operating_table(made).markup


def test_the_last_known_months_stand_in_for_an_unknown_one():
    known = [month(OUTPUT, "2025-09", 89554, 900, "implied"), month(OUTPUT, "2025-11", 9, 9, "open")]
    said = lately_sentence(edition([], known), OUTPUT, "the association's count")
    assert said.startswith("The last months known on the association's count: September 2025 88,")
    assert lately_sentence(edition([], known[1:]), OUTPUT, "it") is None


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
