import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.page.facts import exports
from metalsbook.page.facts.series import facts_of
from metalsbook.page.words import say_line
from tests.page.branches import unreached
from tests.page.editions import ALONE, WAITING, edition, month, printed

NOW, THEN = Interval(22217.5, 22218.5, 22218), Interval(13781.5, 13782.5, 13782)
FLOW = {
    "month": "2025-11",
    "before": "2025-10",
    "year_ago": "2024-11",
    "now": NOW,
    "then": THEN,
    "mom": Interval(61.2, 61.22, 61.21),
    "yoy": -1.7,
    "ytd": 229800,
    "ytd_yoy": -5.1,
    "rank": 5,
    "n_known": 12,
    "last": "2025-11",
    "last_figure": NOW,
    "usual": Interval(22000, 22050, 22025),
    "n_usual": 12,
    "against_usual": 0.9,
    "then_against_usual": -37.4,
    "swing": "rebound",
    "n_months": 17,
    "n_reported": 4,
    "n_derived": 1,
    "n_unknown": 12,
} | ALONE
NONE = FLOW | {
    "now": None,
    "mom": None,
    "yoy": None,
    "ytd": None,
    "rank": None,
    "swing": "",
    "usual": None,
    "last": "2025-09",
}
PLAIN = FLOW | {"swing": ""}
DRIVERS = {
    "month": "2025-11",
    "before": "2025-10",
    "missing": [],
    "whole": 9149,
    "main": "Ingot",
    "main_share": 92.2,
    "rest_open": True,
    "parts": [("Ingot", Interval(8435, 8437, 8436)), ("Alloy", Interval(-924, -922, -923))],
    "rest": Interval(-24, 162, 69),
}
REASONS = {"month": "2025-11", "months": ["2025-10", "2025-11"], "events": [], "ruled": False, "headings": []}
SEASON = {"month": "2025-11", "now": NOW, "earlier": {"2024-11": NOW}, "n_whole": 1, "place": "lowest"}
PLACES = {
    "month": "2025-11",
    "period": "2025-11",
    "n": 1,
    "top": "Netherlands",
    "tonnes": 6609.0,
    "share": 29.7,
    "then": "2025-06",
    "change": 112.0,
    "odd": ["Japan"],
    "odd_month": "2025-06",
    "fitting": Interval(9000, 9100, 9050),
    "yoy": [("India", 30.0)],
    "yoy_month": "2025-06",
}
GROWTH = {"period": "2025-06", "rates": [-29.0, -11.0, -24.0], "implied": Interval(-20.5, -20.1, -20.3), "fits": False}
WORTH = {
    "month": "2025-11",
    "span": "2025-11",
    "unit_value": 2217.0,
    "fob": 2334.0,
    "n_fob": 7,
    "apart": -5.0,
    "growth": GROWTH,
}
SAID = [
    (
        "headline",
        FLOW,
        "China exported 22,200 t of magnesium products in November, up 61% m/m and down 1.7% y/y. "
        "January to November: 229,800 t, down 5.1% y/y.",
    ),
    (
        "headline",
        NONE,
        "We hold no figure for China's total exports in November. The last month known is September, with 22,200 t.",
    ),
    ("ingot_title", FLOW, "Ingot exports rebounded to 22,200 t in November"),
    ("ingot_title", FLOW | {"swing": "return"}, "Ingot exports fell back to 22,200 t in November"),
    ("ingot_title", PLAIN, "Ingot exports rose 61% to 22,200 t in November"),
    ("ingot_title", PLAIN | {"mom": Interval(-1, 1, 0)}, "Ingot exports held at 22,200 t in November"),
    ("ingot_title", PLAIN | {"mom": None}, "Ingot exports: 22,200 t in November"),
    ("ingot_title", NONE, "Ingot exports: no figure for November"),
    ("total_title", FLOW, "Total exports rose 61% to 22,200 t in November"),
    ("total_title", FLOW | {"mom": Interval(-1, 1, 0)}, "Total exports held at 22,200 t in November"),
    (
        "usual",
        FLOW,
        "It is a rebound, not a surge: ingot exports in November were 0.9% above the average of 22,000 t. "
        "October was 37% below.",
    ),
    (
        "drivers",
        DRIVERS,
        "Total exports rose by 9,150 t on October. Ingot added 8,440 t; Alloy took off 923 t. "
        "Other products were flat within rounding.",
    ),
    ("reasons", REASONS, "We hold no event on magnesium trade in October and November."),
    ("season_title", SEASON, "November was the lowest of two known Novembers"),
    (
        "worth",
        WORTH,
        "Over January to November a tonne of ingot was declared at USD 2,217/t, 5.0% below the USD 2,334/t that FOB "
        "prices averaged over seven known months of that span. Year to June: value −29%, tonnes −11%, unit value −24% "
        "y/y as published. Value and tonnes imply −20% for the unit value: one of the three is wrong.",
    ),
]


@pytest.mark.parametrize(("block", "facts", "said"), SAID)
def test_a_sentence_follows_its_facts(block, facts, said):
    assert say_line(f"exports/{block}", **facts) == said


BOTH = NONE | {"month": "2026-02", "together": Interval(74_950, 75_050, 75_000), "together_yoy": 3.2}


def test_january_waits_for_february_and_both_are_told_as_one():
    assert say_line("exports/total_title", **NONE | WAITING) == "Total exports: January comes with February"
    assert say_line("exports/headline", **NONE | WAITING) == (
        "Customs publish January together with February, in March. "
        "The last month known is September 2025, with 22,200 t."
    )
    assert say_line("exports/ingot", **BOTH) == (
        "China exported 75,000 t of magnesium ingot in January and February, which are published as one figure; up "
        "3.2% y/y."
    )


def test_a_sum_since_january_is_told_by_its_span():
    rows = [printed(exports.INGOT, f"2025-{number:02d}", 10.0 * number, "ytd") for number in (1, 2, 12)]
    year = [printed(exports.INGOT, "2025", 121.0), printed(exports.INGOT, "2025", 2.5, "yoy")]
    facts = {at: facts_of(edition([*rows, *year][: 3 if at < "2025-12" else 5], at=at), exports.INGOT) for at in SPANS}
    assert [facts[at]["ytd"] and facts[at]["ytd"].best for at in SPANS] == [None, 20.0, 120.0]
    assert facts["2025-12"]["ytd_yoy"].best == 2.5
    assert [
        say_line("exports/worth", **WORTH | {"month": at, "span": at, "growth": None}).split(" a ")[0] for at in SPANS
    ] == ["Over January", "Over January and February", "Over January to December"]


def test_the_sum_of_a_december_and_the_year_are_one_figure():
    rows = [
        printed("mg.export.unit_value.ingot", period, value, measure)
        for period, value, measure in (("2025", 2206, "level"), ("2025-12", 2206, "ytd"), ("2025-12", 2093, "level"))
    ]
    made = edition([*rows, printed("mg.export.unit_value.ingot", "2025-11", 2217, "ytd")], at="2025-12")
    values = exports.unit_values(made)
    assert dict(zip(values["named"], values["printed"], strict=True)) == {
        "2025": 2206,
        "December 2025": 2093,
        "Jan\u2013Nov 2025": 2217,
    }
    assert exports.worth(made, values)["span"] == "2025"


SPANS = ("2025-01", "2025-02", "2025-12")


def test_every_branch_of_the_words_is_reached():
    cases = [
        *[
            (block, facts)
            for block in ("headline", "total_title", "ingot_title", "ingot", "usual")
            for facts in (BOTH, NONE | WAITING)
        ],
        *[(block, BOTH | {"together_yoy": None}) for block in ("headline", "ingot")],
        *[(block, facts) for block, facts, _ in SAID],
        *[(block, FLOW) for block in ("total", "ingot", "ingot_unit", "products_caption", "usual_title")],
        *[(block, NONE) for block in ("total_title", "ingot", "usual", "usual_title")],
        ("usual", PLAIN),
        ("usual", PLAIN | {"usual": None}),
        ("total_title", PLAIN | {"mom": None}),
        ("usual", FLOW | {"swing": "return"}),
        ("usual_title", FLOW | {"then": None}),
        ("drivers_title", DRIVERS),
        ("drivers_title", DRIVERS | {"main_share": None}),
        ("drivers_title", DRIVERS | {"missing": ["Alloy"]}),
        ("drivers_missing", DRIVERS | {"missing": ["Alloy"]}),
        ("drivers", DRIVERS | {"rest_open": False}),
        (
            "reasons",
            REASONS | {"ruled": True, "events": [("2025-10", "A tariff.", "SMM")], "headings": [("Up", "SMM")]},
        ),
        ("reasons", REASONS | {"events": [("2025-10", "A meeting.", "SMM")]}),
        ("season_title", SEASON | {"now": None}),
        ("season_title", SEASON | {"place": ""}),
        ("season", SEASON),
        ("season", SEASON | {"earlier": {}}),
        ("destinations_caption", {}),
        ("destinations", PLACES),
        ("destinations", PLACES | {"period": ""}),
        ("destinations", PLACES | {"period": "2025-06", "n": 2}),
        ("worth_caption", {}),
        ("worth", WORTH | {"span": "", "growth": GROWTH | {"fits": True}}),
    ]
    assert unreached("exports", cases) == []


def flows(values: dict[str, float], series: str = exports.INGOT) -> list[dict]:
    return [month(series, period, value) for period, value in values.items()]


def test_a_rise_from_a_low_month_to_the_usual_level_is_a_rebound():
    year = {f"2024-{number:02d}": 100.0 for number in range(10, 13)} | {
        f"2025-{number:02d}": 100.0 for number in range(1, 10)
    }

    def swing(october: float, november: float) -> str:
        return exports.flow(edition([], flows(year | {"2025-10": october, "2025-11": november})), exports.INGOT)[
            "swing"
        ]

    assert swing(60, 98) == "rebound"
    assert swing(150, 104) == "return"
    assert swing(60, 130) == ""
    assert swing(95, 98) == ""


def test_an_unknown_month_makes_no_change_and_no_rank():
    known = [*flows({"2025-09": 90.0, "2025-10": 100.0}), month(exports.INGOT, "2025-11", 100, 60, "open")]
    facts = exports.flow(edition([], known), exports.INGOT)
    assert facts["now"] is None and facts["mom"] is None and facts["rank"] is None
    assert (facts["last"], facts["last_figure"].best) == ("2025-10", 100.0)


def test_a_published_change_goes_before_one_of_rounded_levels():
    known = flows({"2025-10": 100.0, "2025-11": 150.0})
    facts = exports.flow(edition([printed(exports.INGOT, "2025-11", 50.4, "mom", 0.1)], known), exports.INGOT)
    assert facts["mom"].best == 50.4


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
    rows = [
        printed("mg.export.ingot.to.NLD", "2025-11", 3000),
        printed("mg.export.ingot.to.NLD.share", "2025-11", 20, unit="%"),
        printed("mg.export.ingot.to.CAN", "2025-11", 1000),
        printed("mg.export.ingot.to.CAN.share", "2025-11", 10, unit="%"),
    ]
    made = edition(rows, [month(exports.INGOT, "2025-11", 10000)])
    found = exports.markets(made, exports.destinations(made))
    assert (found["top"], found["share"], found["odd"]) == ("Netherlands", 30.0, ["Netherlands"])
    assert (round(found["fitting"].low), round(found["fitting"].high)) == (14634, 15385)


@pytest.mark.parametrize(("unit_value", "fits"), [(-20.33, True), (-24.0, False)])
def test_growth_of_value_and_tonnes_is_held_against_that_of_the_unit_value(unit_value, fits):
    names = ("mg.export.value.ingot", "mg.export.ingot", "mg.export.unit_value.ingot")
    rows = [
        printed(name, "2025-06", value, "ytd_yoy", 0.01)
        for name, value in zip(names, (-28.85, -10.69, unit_value), strict=True)
    ]
    made = edition(rows)
    assert exports.worth(made, exports.unit_values(made))["growth"]["fits"] == fits
