import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.page.facts import rare_earths
from metalsbook.page.words import say_line
from tests.page.branches import unreached
from tests.page.editions import ALONE, WAITING, edition, month, printed


def near(value: float, half: float = 0.0) -> Interval:
    return Interval(value - half, value + half, value)


PRICE = {
    "month": "2025-11",
    "before": "2025-10",
    "unit": "CNY/t",
    "now": Interval(540_000, 557_000, 546_333),
    "mom": 2.7,
    "thin": False,
    "n_quotes": 3,
    "last": "2025-11",
    "last_figure": near(546_333),
    "extreme": "",
    "since": "",
    "n_months": 30,
    "newest": ("2025-11-20", 555_000.0),
    "low": ("2024-12-23", 396_000.0),
    "high": ("2025-08-21", 631_500.0),
    "above_low": 40.2,
    "below_high": 12.1,
}
NONE = PRICE | {"now": None, "mom": None, "low": None, "last": "2025-10"}
THIN = PRICE | {"mom": None, "thin": True, "n_quotes": 1, "now": near(682_500)}
PRND = PRICE | {"metal": THIN}
TEST = {"month": "2025-11", "n": 56, "n_out": 4, "low": 1.21, "high": 1.25, "last_out": "2024-05-31", "needed": 1.177}
TEST |= {"own": near(1.224), "n_own": 1, "fits": True, "left": Interval(21_000, 32_000, 26_500)}
TEST |= {"left_day": "2025-11-11"}
LICENCES = {"month": "2025-11", "rate": 7.2, "vat": 13.0, "floor": 110.0, "floor_month": "2025-07", "floor_times": 1.63}
LICENCES |= {"exports": [("dysprosium", 3.501, -80.0, "2025-10")]}
CHAIN = {
    "month": "2025-11",
    "base": 2024,
    "answer": "in part",
    "since": "2025-01-03",
    "oxide": 39.4,
    "ahead": [],
    "near": ["carbonate"],
    "behind": ["medium-yttrium ore"],
    "moves": [("Pr-Nd oxide", 39.4), ("medium-yttrium ore", 22.6)],
    "listed": 26_205.0,
    "listed_change": 37.1,
    "quarter": "2025-10",
}
FLOW = {
    "month": "2025-11",
    "now": near(6149.95),
    "mom": near(12.0),
    "yoy": near(28.3),
    "ytd": near(51_440),
    "ytd_yoy": near(-2.0),
} | ALONE
MAGNETS = FLOW | {
    "highest_since": "2025-01",
    "start": "2025-04",
    "base": Interval(5250, 5470, 5360),
    "base_month": "2025-03",
    "trough": near(1238),
    "trough_month": "2025-05",
    "fall": near(-77.0),
    "regained": "2025-07",
    "output_share": 20.4,
    "output": near(30_182),
    "output_who": "SMM",
}
GAP = FLOW | {"now": None, "mom": None, "yoy": None, "ytd": None}
BOTH = GAP | {"month": "2026-02", "together": near(11_000), "together_yoy": near(4.0), "highest_since": ""}
PLACES = {"month": "2025-11", "missing": ["Japan"], "told": [("European Union", near(2569), 41.8, 24.7, 59.5)]}
QUOTA = {
    "month": "2025-11",
    "own_year": "2025",
    "published": False,
    "year": "2024",
    "mining": 270_000.0,
    "first_year": "2019",
    "first": 132_000.0,
    "step": 5.9,
    "fastest": 25.0,
    "fastest_year": "2022",
    "smelting": 254_000.0,
    "smelting_year": "2024",
    "rival": 270_000.0,
    "rival_year": "2023",
    "headlines": [("A silent quota", "Reuters")],
}
SUPPLY = {
    "month": "2025-11",
    "year": "2024",
    "mined": 270_000.0,
    "world": Interval(390_000, 399_930, 395_000),
    "share": Interval(67.5, 69.2, 67.5),
    "is_quota": True,
    "left_out": ["an old page"],
}
PATH = {
    "who": "CITIC",
    "end": 24_000.0,
    "last": "2035",
    "rate": 75.0,
    "first": "2024",
    "base": Interval(48.6, 53.2, 51),
}
ROBOTS = {
    "month": "2025-11",
    "path": PATH,
    "kg": Interval(2, 4, 3),
    "rivals": [("2030", Interval(1400, 1530, 1465), near(3200), "Argus")],
    "end_robots": Interval(5_875_000, 12_250_000, 0),
    "forecasts": Interval(1_400_000, 2_600_000, 2_600_000),
    "forecast_year": "2035",
    "forecast_who": ["Omdia"],
    "need": Interval(2800, 10_400, 0),
}
VEHICLES = {"month": "2025-11", "tonnes": near(40_800), "until": "2025-08", "who": "SMM", "made": near(9_625_000)}
VEHICLES |= {"kg": near(4.24), "stated": Interval(3, 5, 4), "fits": True}
SAID = [
    (
        "headline",
        PRND | {"exports": FLOW},
        "Pr-Nd oxide averaged CNY 546,333/t in November, up 2.7% on October (three quotes, range 540,000–557,000). "
        "Magnet exports came to 6,150 t, up 12% m/m and up 28% y/y.",
    ),
    (
        "headline",
        NONE | {"exports": GAP},
        "We hold no price of Pr-Nd oxide for November; the last month known is October, at CNY 546,333/t.",
    ),
    ("prnd_title", PRND, "Pr-Nd oxide rose 2.7% to CNY 546,333/t in November"),
    ("prnd_title", PRND | {"extreme": "highest", "since": "2025-08"}, "Pr-Nd oxide: highest month since August"),
    (
        "prnd",
        PRND,
        "The last quote, CNY 555,000/t on 20 November, stood 40% above the twelve-month low (396,000 on 23 December "
        "2024) and 12% below the high (631,500 on 21 August). Metal has one quote in November, at CNY 682,500/t: "
        "indicative only.",
    ),
    (
        "test",
        TEST,
        "On one day of November with both quotes metal stood at 1.224 times oxide: the two fit. Of 56 such days, 4 lay "
        "outside 1.21 to 1.25, last on 31 May 2024. On 11 November a tonne of metal left 21,000–32,000 CNY over the "
        "1.177 t of oxide that it takes.",
    ),
    (
        "heavy_title",
        {"month": "2025-11", "dy": PRICE, "tb": THIN},
        "Dysprosium oxide rose 2.7% to CNY 546,333/t in November",
    ),
    ("chain_title", CHAIN, "Medium-yttrium ore lags behind the oxide"),
    (
        "chain",
        CHAIN,
        "Since 3 January: Pr-Nd oxide +39%, medium-yttrium ore +23%. Northern Rare Earth's contract price of "
        "concentrate moved +37% for the quarter from October, to CNY 26,205/t.",
    ),
    ("magnets_title", MAGNETS, "Magnet exports: 6,150 t in November, most since January"),
    (
        "controls",
        MAGNETS,
        "After the controls of April exports fell from about 5,360 t (5,250–5,470) in March to 1,238 t in May, down "
        "77%. They passed the old level in July. November exports were 20% of the 30,200 t of sintered blanks that SMM "
        "puts at China's output.",
    ),
    ("places_title", PLACES, "The European Union took 2,570 t of magnets in November"),
    (
        "places",
        PLACES,
        "The European Union: 2,570 t (42% of all), up 25% m/m, up 60% y/y. We hold no November figure for Japan.",
    ),
    ("quotas_title", QUOTA, "Mining quota: 270,000 t in 2024; none held for 2025"),
    (
        "quotas",
        QUOTA,
        "The mining quota rose from 132,000 t in 2019 to 270,000 t in 2024, by 5.9% in the last step and 25% at most "
        "(2022). The smelting quota of 2024 is 254,000 t. For 2023 another source gives 270,000 t, which the published "
        "growth does not fit. We hold no quota for 2025. Reuters headlines “A silent quota”.",
    ),
    ("supply_title", SUPPLY, "China mines 68% of the world's rare earths"),
    (
        "robots",
        ROBOTS,
        "CITIC puts magnets for humanoid robots at 24,000 t in 2035 after 75% a year. That implies 48.6–53.2 t in "
        "2024, a figure that it does not give. For 2030 the path gives 1,400–1,530 t, Argus 3,200 t. At 2.0–4.0 kg a "
        "robot the end means 5.9 to 12 million robots; forecasts for 2035 end at 2.60 million.",
    ),
    (
        "vehicles",
        VEHICLES,
        "SMM puts magnets in China's new-energy vehicles over January to August at 40,800 t: about 4.2 kg in each of "
        "9.63 million, inside the 3.0–5.0 kg that sources state.",
    ),
]


@pytest.mark.parametrize(("block", "facts", "said"), SAID)
def test_a_sentence_follows_its_facts(block, facts, said):
    assert say_line(f"rare_earths/{block}", **facts) == said


def test_every_branch_of_the_words_is_reached():
    both = {"month": "2025-11", "dy": PRICE, "tb": THIN}
    cases = [(block, facts) for block, facts, _ in SAID]
    cases += [(block, FLOW) for block in ("exports_title", "exports")]
    waiting = GAP | WAITING | {"highest_since": ""}
    blocks = ("exports_title", "exports", "magnets_title", "magnets")
    cases += [(block, facts) for block in blocks for facts in (BOTH, BOTH | {"together_yoy": None}, waiting)]
    cases += [
        (block, GAP | {"highest_since": ""}) for block in ("exports_title", "exports", "magnets_title", "magnets")
    ]
    cases += [
        ("prnd_title", PRND | {"now": None}),
        ("prnd_title", PRND | {"extreme": "lowest"}),
        ("prnd_title", PRND | {"mom": None}),
        ("prnd", PRND | {"metal": PRICE}),
        ("prnd", PRND | {"metal": NONE}),
        ("test", TEST | {"own": None}),
        ("test", TEST | {"n": 0}),
        ("heavy_title", both | {"dy": THIN}),
        ("heavy_title", both | {"dy": NONE}),
        ("heavy_title", both | {"dy": NONE, "tb": NONE}),
        ("heavy", both),
        ("heavy", both | {"dy": NONE}),
        ("abroad_caption", LICENCES),
        ("licences", LICENCES),
        ("licences", LICENCES | {"exports": [], "floor": None}),
        *[("chain_title", CHAIN | {"answer": answer}) for answer in ("", "yes", "no")],
        ("chain", CHAIN | {"answer": ""}),
        ("chain_unit", CHAIN),
        *[("prnd", PRND | {end: 0.0}) for end in ("below_high", "above_low")],
        ("imports_caption", {}),
        ("worth_caption", {}),
        ("exports_title", FLOW | {"mom": None}),
        ("magnets", MAGNETS),
        ("magnets_title", MAGNETS | {"highest_since": ""}),
        ("magnets_title", MAGNETS | {"highest_since": "", "mom": None}),
        ("controls", MAGNETS | {"regained": ""}),
        ("places_title", PLACES | {"told": []}),
        ("quotas_title", QUOTA | {"year": ""}),
        ("quotas_title", QUOTA | {"published": True}),
        ("supply_title", SUPPLY | {"share": None}),
        ("supply_title", SUPPLY | {"year": ""}),
        ("supply", SUPPLY),
        ("supply", SUPPLY | {"year": ""}),
        ("scale_title", ROBOTS),
        ("scale_title", ROBOTS | {"path": None}),
        ("robots", ROBOTS | {"path": None}),
        ("robots", ROBOTS | {"path": None, "forecasts": None}),
        ("vehicles", VEHICLES | {"tonnes": None}),
    ]
    cases += [("world_caption", {})]
    assert unreached("rare_earths", cases) == []


def test_magnets_are_told_through_the_controls():
    known = {"2025-02": 5000, "2025-03": 5500, "2025-04": 2600, "2025-05": 1200, "2025-06": 3200, "2025-07": 5600}
    event = {
        "date": "2025-04-04",
        "topic": rare_earths.CONTROLS,
        "what": "Licences.",
        "publisher": "SMM",
        "url": "",
        "chapter": "rare_earths",
    }
    made = edition(
        [], [month(rare_earths.MAGNETS, each, value) for each, value in known.items()], at="2025-07", events=[event]
    )
    facts = rare_earths.magnets(made)
    assert (facts["start"], facts["base_month"], facts["trough_month"], facts["regained"]) == (
        "2025-04",
        "2025-03",
        "2025-05",
        "2025-07",
    )


def test_a_quota_that_growth_leads_to_stands_for_a_year_of_rivals():
    name = "ree.quota.mining.cn"
    rows = [
        printed(name, "2022", 210_000),
        printed(name, "2023", 255_000),
        printed(name, "2023", 270_000, source="argus"),
        printed(name, "2023", 21.4, "yoy", 0.1),
    ]
    made = edition(rows, catalogue={"ree.quota.smelting.cn": {}})
    facts = rare_earths.quota(made, rare_earths.quotas(made))
    assert facts["mining"] == 255_000 and facts["rival"] == 270_000 and not facts["published"]


def test_a_page_that_gives_an_old_quota_as_output_is_left_out():
    rows = [
        printed("ree.quota.mining.cn", "2020", 140_000),
        printed("ree.quota.mining.cn", "2024", 270_000),
        printed("ree.output.chn", "2024", 270_000),
        printed("ree.output.chn", "2024", 140_000, source="argus"),
        printed("ree.output.world", "2024", 390_000),
    ]
    made = edition(rows)
    facts = rare_earths.supply(made, rare_earths.producers(made))
    assert facts["mined"] == 270_000 and facts["is_quota"] and len(facts["left_out"]) == 1
