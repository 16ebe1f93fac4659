import pandas as pd
import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.page.facts import downstream
from metalsbook.page.words import say_line
from tests.page.branches import unreached
from tests.page.editions import ALONE, WAITING, edition, month, printed


def near(value: float, half: float = 0.0) -> Interval:
    return Interval(value - half, value + half, value)


ONE = {
    "month": "2025-11",
    "now": near(3_532_000, 500),
    "mom": near(5.1),
    "yoy": near(2.8),
    "ytd": near(31_231_000, 500),
    "ytd_yoy": near(11.9),
    "last": "2025-11",
    "last_figure": near(3_532_000),
} | ALONE
BOTH = {"month": "2026-02", "now": None, "together": near(166_300_000), "together_yoy": near(-1.5), "left": None}
NOTHING = ONE | {"now": None, "mom": None, "yoy": None, "ytd": None, "last": "2025-10"}
VEHICLES = ONE | {"nev": ONE | {"now": near(1_880_000)}, "exports": ONE | {"now": near(728_000)}}
VEHICLES |= {"nev_exports": ONE | {"now": near(300_000)}}
EMPTY = NOTHING | {"nev": NOTHING, "exports": NOTHING, "nev_exports": NOTHING}
COUNTS = {
    "month": "2025-11",
    "pairs": [("Vehicles", near(3_532_000), near(3_520_000), near(-0.34))],
    "rates": [("Vehicles", 2.8, 2.4)],
}
SHARES = {
    "month": "2025-11",
    "before": "2025-10",
    "sold": Interval(53.15, 53.18, 53.16),
    "made": Interval(53.1, 53.4, 53.23),
    "sold_change": 1.5,
    "gap": Interval(-0.2, 0.1, -0.07),
    "half": "2025-10",
    "published": [(53.2, "SteelOrbis")],
}
USES = {"month": "2025-11", "n": 7, "n_down": 2, "missing": ["Smartphones, NBS"]}
USES |= {"most": ("NEVs exported, CAAM", 260.0), "least": ("Air conditioners, NBS", -23.0)}
STEEL = ONE | {"now": near(69_870_000), "mom": near(-2.96), "left": near(73_800_000), "fits": False, "apart": 3_930_000}
STEEL |= {"apart_pct": 5.6}
METAL = {
    "month": "2025-11",
    "span": Interval(93_850, 312_820, 200_000),
    "times": 3.33,
    "years": ["2024"],
    "consumed": 455_000.0,
    "consumed_year": "2024",
    "above": [("2025", True, 680_000.0, "JRJ")],
    "world": Interval(380_000, 950_000, 665_000),
    "world_year": "2024",
}
LOOP = {"month": "2025-11", "year": "2024", "steel": Interval(50_000, 500_000, 250_000), "used": near(130_000)}
LOOP |= {"bought": Interval(231_000, 282_000, 250_000), "recycled": near(33_000), "inside": near(250_000)}
SAID = [
    (
        "headline",
        VEHICLES,
        "China made 3.53 million vehicles in November, up 5.1% m/m and up 2.8% y/y (CAAM). New-energy vehicles came to "
        "1.88 million, up 2.8% y/y.",
    ),
    (
        "headline",
        EMPTY,
        "We hold no count of vehicles made in November; the last month known is October, with 3.53 million.",
    ),
    ("made_title", VEHICLES, "Vehicle output rose 2.8% y/y to 3.53 million in November"),
    (
        "counts",
        COUNTS,
        "Vehicles in November: 3.532 million by CAAM, 3.520 million by the NBS (−0.3%). Growth y/y: Vehicles +2.8% "
        "(CAAM) and +2.4% (NBS).",
    ),
    ("share_title", SHARES, "New-energy vehicles were 53.2% of sales in November"),
    (
        "share",
        SHARES,
        "In November they were 53.2% of vehicles sold, +1.5 pp m/m, and 53.1–53.4% of vehicles made. The rounded "
        "counts do not tell the two apart. Since October every known month was at 50% or more of sales. SteelOrbis "
        "publishes 53.2%.",
    ),
    ("exports_title", VEHICLES, "Vehicle exports rose 2.8% y/y to 728,000 in November"),
    ("uses_title", USES, "NEVs exported grew fastest in November, +260% y/y"),
    (
        "uses",
        USES,
        "Seven uses have a figure for November; 2 fell y/y. Weakest: air conditioners, −23%. We hold none for November "
        "on smartphones.",
    ),
    ("steel_title", STEEL, "Crude steel fell 3.0% m/m to 69.9 million t in November"),
    (
        "steel",
        STEEL,
        "China made 69.87 million t of crude steel in November, down 3.0% m/m and up 2.8% y/y. The sums since January "
        "leave 73.8 million t, 5.6% more: earlier months were revised, or the two are counted apart.",
    ),
    ("steel_title", NOTHING | BOTH, "Crude steel: 166 million t in January and February"),
    (
        "steel",
        NOTHING | BOTH,
        "China made 166.3 million t of crude steel in January and February, which are published as one figure; down "
        "1.5% y/y.",
    ),
    ("steel_title", NOTHING | WAITING, "Crude steel: January comes with February"),
    (
        "steel",
        NOTHING | WAITING | {"left": None},
        "The statistics bureau publishes January together with February, in March.",
    ),
    ("metal_title", METAL, "Estimates of magnesium in China's vehicles differ 3.3-fold"),
    (
        "metal",
        METAL,
        "Published weights times the vehicles made in 2024 give 94,000 to 310,000 t of magnesium. JRJ forecasts "
        "680,000 t for China's vehicles in 2025, more than all the 455,000 t that China consumed in 2024. For the "
        "world's vehicles of 2024 sources give 380,000 to 950,000 t.",
    ),
    (
        "loops",
        LOOP,
        "At published rates all of China's steel of 2024 would take 50,000 to 500,000 t of magnesium; 130,000 t are "
        "said to be used worldwide. Not all steel is treated with magnesium. Titanium sponge would take 230,000 to "
        "280,000 t if no plant won its magnesium back, and 33,000 t if all did; 250,000 t are said to be made in the "
        "plants themselves: a loop more than a demand.",
    ),
]


@pytest.mark.parametrize(("block", "facts", "said"), SAID)
def test_a_sentence_follows_its_facts(block, facts, said):
    assert say_line(f"downstream/{block}", **facts) == said


def test_every_branch_of_the_words_is_reached():
    cases = [(block, facts) for block, facts, _ in SAID]
    cases += [(block, VEHICLES) for block in ("made", "exports")]
    cases += [(block, EMPTY) for block in ("made_title", "exports_title", "exports")]
    cases += [
        ("made_title", VEHICLES | {"yoy": None}),
        ("exports_title", VEHICLES | {"exports": ONE | {"yoy": None}}),
        ("counts", COUNTS | {"pairs": [("Vehicles", near(1e6), None, None), ("NEVs", None, near(1e6), None)]}),
        ("counts", COUNTS | {"pairs": [], "rates": []}),
        ("share_title", SHARES | {"sold": None}),
        ("share_title", SHARES | {"sold": None, "made": None}),
        ("share", SHARES | {"sold": None, "made": None, "gap": None}),
        ("share", SHARES | {"gap": near(0.5)}),
        ("uses_title", USES | {"n": 0}),
        ("steel_title", NOTHING),
        ("steel_title", STEEL | {"mom": None}),
        ("steel", NOTHING | {"left": None}),
        ("steel", STEEL | {"fits": True}),
        ("steel", NOTHING | BOTH | {"together_yoy": None}),
        *[(f"{name}_caption", {}) for name in ("others", "weights", "loops")],
        ("metal_title", METAL | {"times": 1.2}),
        ("metal_title", METAL | {"span": None}),
        ("metal", METAL | {"span": None}),
        ("loops", LOOP | {"steel": None, "bought": None}),
    ]
    assert unreached("downstream", cases) == []


def test_a_month_that_sums_leave_otherwise_is_told_with_the_gap():
    rows = [
        printed(downstream.STEEL, "2025-11", 69_870_000, resolution=10_000),
        printed(downstream.STEEL, "2025-10", 817_870_000, "ytd", 10_000),
        printed(downstream.STEEL, "2025-11", 891_670_000, "ytd", 10_000),
    ]
    facts = downstream.steel(edition(rows, [month(downstream.STEEL, "2025-11", 69_870_000)]))
    assert not facts["fits"] and facts["left"].best == 73_800_000 and round(facts["apart_pct"], 1) == 5.6


def test_the_share_of_sales_is_told_from_that_of_output_as_far_as_rounding_allows():
    rows = pd.DataFrame(
        {
            "name": ["of sales", "of output"],
            "month": pd.to_datetime(["2025-11", "2025-11"]),
            "low": [53.15, 53.1],
            "best": [53.16, 53.23],
            "high": [53.18, 53.4],
        }
    )
    facts = downstream.shares(edition([], catalogue={downstream.MADE: {}}), rows)
    assert facts["gap"].sign == 0 and facts["half"] == "2025-11" and facts["sold_change"] is None


def test_a_growth_of_january_and_february_together_fills_both_columns():
    rows = [
        printed(downstream.STEEL, "2026-02", -1.5, "ytd_yoy", 0.1),
        printed(downstream.MADE, "2026-01", 0.01, "yoy", 0.01),
        printed(downstream.MADE, "2026-02", 3.0, "ytd_yoy", 0.1),
    ]
    grid = downstream.growth(edition(rows, at="2026-02"))
    told = {(row.name_, f"{row.month:%m}"): row.text for row in grid.rename(columns={"name": "name_"}).itertuples()}
    steel, made = downstream.USES[downstream.STEEL], downstream.USES[downstream.MADE]
    assert told == {(steel, "01"): "", (steel, "02"): "-2*", (made, "01"): "0", (made, "02"): "3*"}


def test_weights_are_multiplied_by_the_vehicles_of_their_own_year():
    weight = {"catalogue": {downstream.MADE: {"unit": "unit"}, "mg.per_vehicle.cn": {"unit": "kg/vehicle"}}}
    rows = [printed(downstream.MADE, "2024", 31_000_000), printed("mg.per_vehicle.cn", "2024", 10, resolution=1)]
    found = downstream.metal(edition([*rows, printed("mg.per_vehicle.cn", "2020", 5)], **weight))
    assert found["name"].tolist() == ["10 kg in all vehicles, 2024"] and found["high"].tolist() == [310_000]


def test_an_empty_edition_says_so_everywhere():
    made = edition([], catalogue={name: {} for name in (downstream.MADE, downstream.STEEL)})
    assert downstream.counts(made)["pairs"] == [] and downstream.growth(made).empty and downstream.metal(made).empty
    assert downstream.loops(made).empty and downstream.weights(made).empty
    assert downstream.last_known(made, downstream.OTHER_USES).empty
