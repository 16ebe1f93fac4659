"""Sentences on exports: contributions, bases, swings, seasons, remainders, shares, unit values."""

import pandas as pd
import pytest

from metalsbook.analysis.exports import contributions, destinations, remainders, unit_values, year_shapes
from metalsbook.months import month_range
from metalsbook.page.charts import describe_course
from metalsbook.page.export_words import (
    PARTS,
    TOTAL,
    base_sentences,
    contribution_sentences,
    months_text,
    months_unit,
    run_sentence,
    season_sentences,
    swing_sentences,
    with_a_known_month,
)
from metalsbook.page.remainder_words import SCRAP, remainder_sentences, year_remainder_sentences
from metalsbook.page.trade_events import events_sentence, headings_sentence, trade_events
from metalsbook.page.trade_words import (
    FOB,
    VALUES,
    destination_changes_sentence,
    destination_sentences,
    shares_table,
    totals_for_shares,
    value_change_sentence,
    value_sentences,
)
from tests.page.editions import edition, month, printed

INGOT, ALLOY, POWDER = PARTS.values()
MONTHS = [
    *(month(INGOT, each, 20000) for each in month_range("2024-09", "2025-09")),
    month(INGOT, "2025-10", 10000),
    month(INGOT, "2025-11", 20000),
    *(month(ALLOY, each, 8000) for each in ("2025-10", "2025-11")),
    *(month(POWDER, each, 6000) for each in ("2025-10", "2025-11")),
    month(TOTAL, "2025-10", 25500, 50, "implied"),
    month(TOTAL, "2025-11", 35600, 50),
]


def test_a_change_is_told_by_its_parts():
    book = edition([], MONTHS)
    first, second = contribution_sentences(book, contributions(book.estimates, PARTS, TOTAL, "2025-11"))
    assert first == (
        "Exports of all products changed by +10,100 t on October 2025. Named products: ingot +10,000 t (+39.2 pp, 99% "
        "of it), alloy 0 t (0.0 pp) and powder 0 t (0.0 pp)."
    )
    assert second == ("What is in none of them moved by +100 t (0 to +200 t), which rounding alone may explain.")


def test_what_keeps_a_change_from_being_taken_apart_is_named():
    book = edition([], [row for row in MONTHS if row["series"] != ALLOY])
    said = contribution_sentences(book, contributions(book.estimates, PARTS, TOTAL, "2025-11"))
    assert said == [
        "The change cannot be taken apart by product: not known well enough are alloy (October 2025 and November 2025)."
    ]


def test_a_low_base_swells_a_rise():
    said = " ".join(base_sentences(edition([], MONTHS), INGOT, "Ingot exports"))
    assert "Ingot exports rose by 100.0% in November 2025. Their usual level is 20,000 t" in said
    assert "November 2025 lies at it, October 2025 50.0% below it." in said
    assert "the other +100.0 pp come from the month before: a low base swelled the rise." in said


def test_a_base_is_no_verdict_on_a_change_that_may_be_none():
    rows = [*MONTHS[:14], month(INGOT, "2025-11", 10000, 200, "implied")]
    assert base_sentences(edition([], rows), INGOT, "They")[1].endswith(
        "a low base, while the figures leave open whether there was a change at all."
    )


def test_too_few_months_make_no_base():
    said = base_sentences(edition([], MONTHS[-9:-6]), INGOT, "Ingot exports")
    assert len(said) == 1
    assert "cannot be set against their usual level" in said[0]


def test_the_worked_example_is_the_sharpest_change_with_its_neighbours():
    said = " ".join(filter(None, swing_sentences(edition([], MONTHS, at="2025-10"), INGOT, "ingot")))
    assert "into October 2025: \u221250.0%" in said
    assert "November 2025" not in said
    assert "To undo it takes +100.0%" in said
    assert "The mean of September 2025 and October 2025 is 15,000 t, 25.0% below August 2025." in said
    assert "a halving outweighs a rise by half" in said
    assert "calendar" not in said
    book = edition([], [*MONTHS[:14], month(INGOT, "2025-11", 11000)])
    later = " ".join(filter(None, swing_sentences(book, INGOT, "it")))
    assert "nothing on magnesium's trade in September 2025 and October 2025: no event of the ledger explains" in later


def test_no_season_without_whole_years():
    book = edition([], MONTHS)
    first, second = season_sentences(book, year_shapes(book.estimates, INGOT), "ingot exports")
    assert first == "Ingot exports of earlier Novembers that are known: 2024 (20,000 t)."
    assert second.endswith("no year of this edition has them, so that nothing here is called seasonal.")


def test_a_remainder_names_its_month():
    book = edition([], MONTHS)
    rest = remainders(book.estimates, list(PARTS.values()), TOTAL)
    assert remainder_sentences(book, rest)[0].startswith("In November 2025, 1,550 to 1,650 t (4.5% of the total)")
    earlier = rest[rest["period"] < "2025-11"]
    assert remainder_sentences(book, earlier)[0].startswith("November 2025 lacks the total or a product. In October")


def test_runs_need_more_than_one_month():
    assert run_sentence(edition([], MONTHS), INGOT, "Ingot exports") is None
    rising = [month(INGOT, f"2025-{number:02d}", number) for number in (8, 9, 10, 11)]
    assert run_sentence(edition([], rising), INGOT, "They") == "They have risen for 3 months in a row."


def test_months_that_are_all_open_are_not_drawn():
    open_only = pd.DataFrame([month(INGOT, "2025-11", 5, 5, "open")])
    assert with_a_known_month(open_only).empty
    assert months_text(open_only, "Exports") == "1 month: 1 open. Exports: no figure."


def test_a_share_of_something_else_is_found():
    place = "mg.export.ingot.to.NLD"
    book = edition(
        [
            printed(INGOT, "2024-05", 20836),
            printed(place, "2024-05", 6140),
            printed(f"{place}.share", "2024-05", 25, unit="%"),
        ]
    )
    places = destinations(book.statements, "mg.export.ingot.to.", totals_for_shares(book, INGOT))
    said = " ".join(destination_sentences(book, places))
    assert "Nobody printed a destination for November 2025." in said
    assert "one destination of ingot is printed: the Netherlands with 6,140 t, 29.5% of the month's ingot" in said
    assert "do not fit the printed tonnes of ingot" in said
    assert "one total of 24,100 to 25,100 t would fit them all" in said
    assert "the page does not say" in said


def test_a_printed_share_stands_beside_that_of_the_printed_tonnes():
    catalogue = {"share": {"share_of": f"{INGOT}/{TOTAL}", "kind": "share", "title": "Share of ingot"}}
    book = edition(
        [printed(INGOT, "2025-07", 21600), printed(TOTAL, "2025-07", 36600), printed("share", "2025-07", 59, unit="%")],
        catalogue=catalogue,
    )
    assert "<td>59%</td><td>59.02%</td>" in shares_table(book).markup


def test_a_share_stands_beside_the_catalogue_s_caution():
    definition = "A part of all exports. The 58% does not fit the month's tonnages."
    catalogue = {"share": {"share_of": f"{ALLOY}/{TOTAL}", "kind": "share", "definition": definition}}
    book = edition([printed("share", "2025-05", 58, unit="%")], catalogue=catalogue)
    assert "The 58% does not fit the month&#x27;s tonnages." in shares_table(book).markup


def test_unit_values_are_set_against_quotes_of_the_same_months():
    quotes = [
        printed("mg.price.ingot.fob_china", day, value, unit="USD/t")
        for day, value in (("2025-06-17", 2250), ("2025-07-22", 2360), ("2024-01-01", 9999))
    ]
    book = edition([printed(VALUES["Ingot"][2], "2025-11", 2217, "ytd", unit="USD/t"), *quotes])
    said = value_sentences(book, unit_values(book.statements, VALUES))[0]
    assert said.endswith(
        "declared at 2,217 USD/t; that is 4% below the 2,305 USD/t that FOB prices average over 2 months of the span "
        "that are known."
    )


def test_a_mean_printed_since_january_stands_for_its_months():
    rows = [
        printed(VALUES["Ingot"][2], "2025-11", 2217, "ytd", unit="USD/t"),
        printed(FOB, "2025-03", 2400, "ytd", unit="USD/t"),
        printed(FOB, "2025-03-31", 9999, unit="USD/t"),
        printed(FOB, "2025-06-17", 2000, unit="USD/t"),
    ]
    book = edition(rows)
    said = value_sentences(book, unit_values(book.statements, VALUES))[0]
    assert "2,300 USD/t that FOB prices average over 4 months" in said


def test_changes_of_values_and_destinations_are_told_with_their_span():
    book = edition(
        [
            printed(VALUES["All products"][0], "2025-06", -24.38, "ytd_yoy", 0.01),
            printed(VALUES["Ingot"][2], "2025-06", -24, "ytd_yoy", 1, qualifier="about", stated="about 24%"),
            printed("mg.export.ingot.to.NLD", "2025-06", -55.7, "yoy", 0.1),
        ],
        catalogue={VALUES["Ingot"][0]: {}},
    )
    said = value_change_sentence(book)
    assert said.startswith("From January to June 2025, on the year before, as printed by SMM: the value of all exports")
    assert "\u221224.38%" in said
    assert "the Netherlands \u221255.7%" in destination_changes_sentence(book)
    assert value_change_sentence(edition([printed("x", "2025-11", 1)])) is None


@pytest.mark.parametrize(("unit_value", "verdict"), [(-24, "the three cannot all be true"), (-20.3, "which fits")])
def test_the_growth_of_value_and_tonnes_is_held_against_that_of_the_unit_value(unit_value, verdict):
    value, tonnes, worth = VALUES["Ingot"]
    book = edition(
        [
            printed(value, "2025-06", -28.85, "ytd_yoy", 0.01),
            printed(tonnes, "2025-06", -10.69, "ytd_yoy", 0.01),
            printed(worth, "2025-06", unit_value, "ytd_yoy", 0.1),
            printed(VALUES["All products"][0], "2025-06", 1),
        ]
    )
    said = value_change_sentence(book)
    assert "tonnes of ingot are printed at \u221210.69%: value over tonnes makes \u221220.3% of the unit value" in said
    assert verdict in said


def test_sums_since_january_leave_a_remainder_and_scrap_is_named():
    sums = [
        printed(name, "2025-11", value, "ytd", 100)
        for name, value in ((TOTAL, 408800), (INGOT, 229700), (ALLOY, 90400), (POWDER, 67700))
    ]
    scrap = [printed(SCRAP, "2025-06", 8200, "ytd", 100), printed(SCRAP, "2025-06", 156, "ytd_yoy", 1)]
    first, second = year_remainder_sentences(edition(sums + scrap))
    assert first.startswith("From January to November 2025 the printed sums leave 20,800 to 21,200 t (5.1% of")
    assert second == (
        "Scrap is a part of it: 8,200 t from January to June 2025, +156% on the year before (SMM), 1,370 t a month."
    )
    assert year_remainder_sentences(edition(sums[:2])) == []


def event(date: str, what: str, topic: str = "restart", chapter: str = "magnesium_capacity") -> dict:
    return {"date": date, "topic": topic, "what": what, "publisher": "SMM (x)", "url": "", "chapter": chapter}


def test_events_that_touch_the_trade_are_found_and_told_for_what_they_are():
    events = [
        event("2025-10-30", "Exports stay weak."),
        event("2025-10-30", "A plant returns."),
        event("2025-04-04", "Licences, with magnesium alloys.", "rare earth export control", "rare_earths"),
        event("2025-04-04", "Licences.", "rare earth export control", "rare_earths"),
        event("2025", "Exports fall."),
    ]
    book = edition([printed("x", "2025-11", 1)], events=events)
    assert trade_events(book)["what"].tolist() == ["Exports stay weak.", "Licences, with magnesium alloys."]
    said = events_sentence(book, ["2025-09", "2025-10"], "this change")
    assert said.endswith("None of it is a rule on trade: no event of the ledger explains this change.")
    assert events_sentence(book, ["2025-04"], "it").endswith("Whether it stands behind it, no source says.")
    rows = pd.DataFrame([month(INGOT, "2025-10", 10000), month(INGOT, "2025-09", 90000, 5, "open")])
    assert months_unit(book, rows) == (
        "t a month; reported, implied or open; dashed or barred: 1 event that touches the trade; open, above all known "
        "months: September 2025 (90,000 t or more)"
    )


def test_a_heading_is_what_a_page_offers_as_a_cause():
    book = edition([printed(INGOT, "2025-10", 1)])
    assert headings_sentence(book, [INGOT], ["2025-10"]) is None
    book.sources["title"] = "Policy-Driven Exports [SMM Analysis]"
    said = headings_sentence(book, [INGOT], ["2025-10"])
    assert said.startswith("A page that prints these exports is headed \u201cPolicy-Driven Exports\u201d (SMM, on")


def test_implied_months_are_told_as_finely_as_their_intervals_and_open_ones_left_out():
    rows = pd.DataFrame(
        [
            month("mg.export.ingot", "2025-09", 85556, 600, "implied"),
            month("mg.export.ingot", "2025-10", 90000),
            month("mg.export.ingot", "2025-11", 9, 9, "open"),
        ]
    )
    assert months_text(rows, "Exports").startswith(
        "3 months: 1 reported, 1 implied and 1 open. Exports (best estimates of the known months) rose from 86,000 t "
        "in September 2025 to 90,000 t in October 2025"
    )


def test_a_share_moves_by_points():
    rows = pd.DataFrame({"period": ["2023-12", "2025-11"], "value": [38.3, 53.16]})
    assert "from 38.30% in December 2023 to 53.16% in November 2025 (+14.9 points)" in describe_course(rows, "S", "%")
