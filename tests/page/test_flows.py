"""Reconciled months: printed, implied, open, unknown, and rival prints, each told as what it is."""

from metalsbook.page.flows import (
    change_text,
    flow_figure,
    growth_table,
    level_words,
    month_row,
    month_sentence,
    prints_text,
    to_date_sentence,
)
from tests.page.editions import edition, month, printed

WHAT = "China's exports"


def test_a_printed_month_names_its_printer_and_its_changes():
    made = edition(
        [printed("total", "2025-11", 38900, resolution=100), printed("total", "2025-11", 30.75, "mom", 0.01)],
        [month("total", "2025-11", 38900, 50), month("total", "2025-10", 29751, 40, "implied")],
    )
    assert month_sentence(made, "total", WHAT) == (
        "China's exports in November 2025 came to 38,900 t as printed by SMM (Shanghai), +30.75% on October 2025."
    )


def test_rival_prints_stand_side_by_side_and_roundings_do_not():
    made = edition(
        [
            printed("total", "2025-11", 43500, resolution=100),
            printed("total", "2025-11", 43400, resolution=100, source="argus"),
        ]
    )
    assert prints_text(made, "total", "2025-11") == "43,400 t as printed by Argus, but 43,500 t by SMM (Shanghai)"
    made = edition(
        [printed("ingot", "2025-11", 22200, resolution=100), printed("ingot", "2025-11", 22218, source="argus")]
    )
    assert prints_text(made, "ingot", "2025-11") == "22,218 t as printed by Argus and SMM (Shanghai)"


def test_an_implied_month_says_that_nobody_printed_it():
    made = edition([], [month("total", "2025-11", 29751, 40, "implied"), month("total", "2025-10", 43400, 50)])
    said = month_sentence(made, "total", WHAT)
    assert said.startswith("No source prints China's exports for November 2025, but what they print leaves only 29,7")
    assert "on October 2025" in said
    assert "on November 2024" not in said


def test_an_open_month_is_no_figure_but_keeps_its_printed_change():
    made = edition(
        [printed("output", "2025-11", 7.74, "mom", 0.01)], [month("output", "2025-11", 50000, 50000, "open")]
    )
    assert month_sentence(made, "output", "output") == (
        "No source prints output for November 2025; what they print leaves it open; only a change is printed, "
        "+7.74% on October 2025."
    )
    assert level_words(made, "output", month_row(made, "output")) == ""
    assert flow_figure(made, "Output", "output").value == ""


AHEAD = (
    printed("output", "2025-12", 105000, "forecast", 1000, published="2025-12-24", unit="t"),
    printed("output", "2025-12", 4.6, "forecast_mom", 0.1, published="2025-12-24"),
)


def test_a_level_behind_a_forecast_is_told_as_implied_and_never_as_printed():
    made = edition(
        [printed("output", "2025-11", 7.74, "mom", 0.01), *AHEAD], [month("output", "2025-11", 50000, 50000, "open")]
    )
    said = month_sentence(made, "output", "output")
    assert said.endswith(
        "SMM's forecast for December 2025, 105,000 t or +4.6% on the month, implies 99,900 to 100,900 t for "
        "November 2025: implied by a forecast of 24 December 2025, not printed; with the printed change, October 2025 "
        "comes to 92,700 to 93,700 t."
    )
    figure = flow_figure(made, "Output", "output", "own count")
    assert (figure.value, figure.change) == ("99,900 to 100,900 t", "+7.74% on the month before")
    assert figure.basis == "own count, implied by SMM's forecast for December 2025, not printed"


def test_a_level_and_a_change_of_two_houses_imply_nothing():
    other = printed("output", "2025-12", 4.6, "forecast_mom", 0.1, published="2025-12-24", source="argus")
    made = edition([AHEAD[0], other], [month("output", "2025-11", 50000, 50000, "open")])
    assert "implies" not in month_sentence(made, "output", "output")
    assert flow_figure(made, "Output", "output").value == ""


def test_a_printed_month_needs_no_forecast():
    made = edition([printed("output", "2025-11", 98000), *AHEAD], [month("output", "2025-11", 98000)])
    assert "forecast" not in month_sentence(made, "output", "output")


def test_a_forecast_of_the_month_itself_is_told_where_nothing_else_is():
    ahead = printed("output", "2025-11", 85000, "forecast", 1000, published="2025-10-29", unit="t")
    made = edition([ahead], [month("output", "2025-11", 50000, 50000, "open")])
    assert month_sentence(made, "output", "output").endswith("SMM had forecast 85,000 t for it on 29 October 2025.")


def test_a_month_of_which_nobody_speaks_is_a_gap():
    made = edition([printed("total", "2025-10", 1)], [month("total", "2025-10", 1)])
    assert month_sentence(made, "total", WHAT) == (
        "No source known to this edition says anything of China's exports in November 2025."
    )
    assert flow_figure(made, "Total", "total").value == ""


def test_a_change_is_as_printed_else_computed_and_marked():
    estimates = [month("total", "2025-11", 110, 1), month("total", "2025-10", 100, 1)]
    assert change_text(edition([printed("total", "2025-11", 10.2, "mom", 0.1)], estimates), "total", "mom") == "+10.2%"
    assert change_text(edition([], estimates), "total", "mom") == "+7.9% to +12.1%*"
    assert change_text(edition([], estimates), "total", "yoy") == ""


def test_a_qualified_change_keeps_its_word():
    made = edition([printed("ingot", "2025-11", 24, "mom", 1, qualifier="nearly")])
    assert change_text(made, "ingot", "mom") == "nearly +24%"


def test_the_sum_since_january_has_its_growth_or_says_what_is_missing():
    both = edition(
        [printed("total", "2025-11", 408800, "ytd", 100), printed("total", "2025-11", -2.88, "ytd_yoy", 0.01)]
    )
    assert to_date_sentence(both, "total", "exports") == (
        "From January to November 2025 exports came to 408,800 t, \u22122.88% on the year before, as printed."
    )
    growth = edition([printed("total", "2025-11", -2.88, "ytd_yoy", 0.01)])
    assert "the sum itself is not printed" in to_date_sentence(growth, "total", "exports")
    assert to_date_sentence(edition([printed("total", "2025-10", 1)]), "total", "exports") == (
        "No source prints exports from January to November 2025."
    )


def test_the_table_shows_rival_sums_and_leaves_open_months_empty():
    made = edition(
        [
            printed("ingot", "2025-11", 229800, "ytd", 100),
            printed("ingot", "2025-11", 229700, "ytd", 100, source="argus"),
            printed("ingot", "2025-11", 22218),
        ],
        [month("ingot", f"2025-{number:02d}", 21000 + number, 10) for number in (9, 10, 11)]
        + [month("alloy", "2025-11", 5000, 5000, "open")],
    )
    markup = growth_table(made, {"Ingot": "ingot", "Alloy": "alloy"}, "Exports").markup
    assert "229,700 t or 229,800 t" in markup or "229,800 t or 229,700 t" in markup
    assert "21,000 to 21,020 t*" in markup
    assert "0 to 10,000" not in markup


def test_a_coarser_print_of_the_same_sum_is_no_rival():
    made = edition(
        [
            printed("ingot", "2025-11", 229800, "ytd", 100),
            printed("ingot", "2025-11", 229790, "ytd", 10, source="argus"),
        ],
        [month("ingot", "2025-11", 22218)],
    )
    markup = growth_table(made, {"Ingot": "ingot"}, "Exports").markup
    assert "229,790 t" in markup
    assert "229,800" not in markup


def test_a_sum_that_others_contradict_says_so():
    row = printed("total", "2025-11", 408800, "ytd", 100)
    said = to_date_sentence(edition([row], clashing=(row["statement"],)), "total", "exports")
    assert said.endswith("exports came to 408,800 t, as printed, which other printed figures contradict.")


def test_the_rank_of_a_month_is_a_span_where_bounds_overlap():
    own = [printed("total", "2025-11", 108.5)]
    estimates = [month("total", f"2025-{number:02d}", 100 + number) for number in (7, 8, 9)]
    estimates += [month("total", "2025-10", 110, 9, "implied"), month("total", "2025-11", 108.5)]
    assert flow_figure(edition(own, estimates), "Total", "total").rank == "2nd or 3rd highest of 5"
    estimates[-2] = month("total", "2025-10", 110)
    assert flow_figure(edition(own, estimates), "Total", "total").rank == "3rd highest of 5"


def test_a_computed_change_says_so_in_sentence_and_figure():
    made = edition([printed("total", "2025-11", 110)], [month("total", "2025-11", 110), month("total", "2025-10", 100)])
    assert "+10.0% (computed) on October 2025" in month_sentence(made, "total", WHAT)
    assert flow_figure(made, "Total", "total").change == "+10.0% on the month before, computed"
