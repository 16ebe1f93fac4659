"""Sentences on exports: contributions, bases, swings, seasons, remainders, shares, unit values."""

import pandas as pd

from metalsbook.analysis.exports import contributions, destinations, remainders, unit_values, year_shapes
from metalsbook.months import month_range
from metalsbook.page.export_words import (
    PARTS,
    TOTAL,
    base_sentences,
    contribution_sentences,
    months_text,
    remainder_sentences,
    run_sentence,
    season_sentences,
    swing_sentences,
    with_a_known_month,
)
from metalsbook.page.trade_words import VALUES, destination_sentences, shares_table, totals_for_shares, value_sentences
from tests.page.editions import edition, month, printed

INGOT, ALLOY, POWDER = PARTS.values()
MONTHS = [
    *(month(INGOT, each, 20000) for each in month_range("2024-09", "2025-09")),
    month(INGOT, "2025-10", 10000), month(INGOT, "2025-11", 20000),
    *(month(ALLOY, each, 8000) for each in ("2025-10", "2025-11")),
    *(month(POWDER, each, 6000) for each in ("2025-10", "2025-11")),
    month(TOTAL, "2025-10", 25500, 50, "implied"), month(TOTAL, "2025-11", 35600, 50),
]  # fmt: skip


def test_a_change_is_told_by_its_parts():
    book = edition([], MONTHS)
    first, second = contribution_sentences(book, contributions(book.estimates, PARTS, TOTAL, "2025-11"))
    assert first == (
        "Of the change of +10,100 t on October 2025, ingot +10,000 t (+39.2 pp), alloy 0 t (0.0 pp) and powder 0 t "
        "(0.0 pp)."
    )
    assert second == (
        "What no named product explains moved by +100 t (0 to +200 t), which rounding alone may explain."
    )


def test_what_keeps_a_change_from_being_taken_apart_is_named():
    book = edition([], [row for row in MONTHS if row["series"] != ALLOY])
    said = contribution_sentences(book, contributions(book.estimates, PARTS, TOTAL, "2025-11"))
    assert said == [
        "The change cannot be taken apart by product: not known well enough are alloy (October 2025 and November 2025)."
    ]


def test_a_low_base_swells_a_rise():
    said = " ".join(base_sentences(edition([], MONTHS), INGOT, "Ingot exports"))
    assert "changed by +100.0% in November 2025" in said
    assert "November 2025 stood at 0.0% and October 2025 at \u221250.0%" in said
    assert "So +100.0 pp of the headline come from the month before: a low base swelled the rise." in said


def test_too_few_months_make_no_base():
    said = base_sentences(edition([], MONTHS[-9:-6]), INGOT, "Ingot exports")
    assert len(said) == 1
    assert "cannot be set against their usual level" in said[0]


def test_the_worked_example_is_the_sharpest_change_with_its_neighbours():
    said = " ".join(swing_sentences(edition([], MONTHS, at="2025-10"), INGOT, "ingot"))
    assert "into October 2025: \u221250.0%" in said
    assert "November 2025" not in said
    assert "To undo it takes +100.0%" in said
    assert "The mean of September 2025 and October 2025 is 15,000 t, \u221225.0% on August 2025." in said


def test_no_season_without_whole_years():
    book = edition([], MONTHS)
    first, second = season_sentences(book, year_shapes(book.estimates, INGOT), "ingot exports")
    assert first == "Of ingot exports in November, earlier years known are 2024 (20,000 t)."
    assert second.endswith("no year is whole here, so that nothing here is called seasonal.")


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
    book = edition([
        printed(INGOT, "2024-05", 20836), printed(place, "2024-05", 6140),
        printed(f"{place}.share", "2024-05", 25, unit="%"),
    ])  # fmt: skip
    places = destinations(book.statements, "mg.export.ingot.to.", totals_for_shares(book, INGOT))
    said = " ".join(destination_sentences(book, places))
    assert "Nobody printed a destination for November 2025." in said
    assert "Netherlands with 6,140 t, 29.5% of the month's ingot" in said
    assert "do not fit the printed tonnes of ingot" in said
    assert "24,600 t" in said


def test_a_printed_share_stands_beside_that_of_the_printed_tonnes():
    catalogue = {"share": {"share_of": f"{INGOT}/{TOTAL}", "kind": "share", "title": "Share of ingot"}}
    book = edition(
        [printed(INGOT, "2025-07", 21600), printed(TOTAL, "2025-07", 36600), printed("share", "2025-07", 59, unit="%")],
        catalogue=catalogue,
    )
    assert "<td>59%</td><td>59.02%</td>" in shares_table(book).markup


def test_unit_values_are_set_against_quotes_of_the_same_months():
    quotes = [
        printed("mg.price.ingot.fob_china", day, value, unit="USD/t")
        for day, value in (("2025-06-17", 2250), ("2025-07-22", 2360), ("2024-01-01", 9999))
    ]
    book = edition([printed(VALUES["Ingot"][2], "2025-11", 2217, "ytd", unit="USD/t"), *quotes])
    said = value_sentences(book, unit_values(book.statements, VALUES))[0]
    assert "declared at 2,217 USD/t; FOB quotes known for 2 months of the span average 2,305 USD/t, above it." in said
