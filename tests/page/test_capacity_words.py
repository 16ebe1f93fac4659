import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.page.facts import capacity
from metalsbook.page.words import say_line
from tests.page.branches import unreached
from tests.page.editions import edition, month, printed

NOW, THEN = Interval(99890, 100870, 100380), Interval(92680, 93660, 93170)
MOM = Interval(7.735, 7.745, 7.74)
AHEAD = {"month": "2025-12", "level": 105000.0, "change": 4.6, "who": "SMM"}
OUTPUT = {
    "month": "2025-11",
    "before": "2025-10",
    "now": NOW,
    "then": THEN,
    "mom": MOM,
    "mom_before": Interval(6.65, 6.75, 6.7),
    "yoy": 12.0,
    "ahead": AHEAD,
    "association": Interval(87200, 94900, 91100),
    "association_month": "2025-10",
}
NONE = OUTPUT | {"now": None, "then": None, "mom": None, "mom_before": None, "ahead": None, "association": None}
LEVEL = {
    "month": "2025-11",
    "year": "2024",
    "output": Interval(941000, 1026000, 983500),
    "n_figures": 5,
    "n_houses": 9,
    "apart": 9.03,
    "room": Interval(1487500, 1487500, 1487500),
    "room_year": "2024",
    "first_room": 762000.0,
    "first_year": "2004",
}
RATES = {
    "month": "2025-11",
    "year": "2024",
    "good": 85,
    "n": 5,
    "low": (63.3, "SMM"),
    "high": (69.0, "China Ferroalloy Online and 3 more"),
    "outright": [(73.0, "Fugu Magnesium Association", "above")],
    "ten_years": (63.0, "Argus Media"),
    "world": Interval(57.2, 63.8, 60),
    "to_retire": Interval(280400, 380400, 330000),
    "to_retire_pct": Interval(18.9, 25.6, 22),
    "claim": ("Only 70% was used.", "consistent"),
}
OPERATING = {
    "month": "2025-11",
    "before": "2025-10",
    "now": 75.89,
    "then": 70.4,
    "change": 5.5,
    "who": "SMM",
    "working": 57,
    "asked": 60,
    "daily": (1800.0, "SMM", "2025-10-30", [("Yulin", 2000.0, "Fugu Magnesium Association", "2025-10")]),
}
REGION = {"share": Interval(60.8, 63.4, 62.1), "period": "2025-01", "ytd": False}
REGION |= {"first": 36.0, "first_period": "2011-09", "first_ytd": True}
REGIONS = {"month": "2025-11", "shaanxi": REGION, "fugu": REGION | {"period": "2025-05", "ytd": True}}
OWNERS = {
    "month": "2025-11",
    "n": 19,
    "top": "Baowu Magnesium",
    "top_t": 100000.0,
    "first": "2019",
    "last": "2025",
    "covered": 43.2,
    "top5": 19.1,
    "cr3": 18.0,
    "cr5": 24.9,
    "cr_year": "2021",
    "cr_who": "Huajing",
    "scattered": True,
    "additions": [("Xinjiang Jinsheng", 35000.0, "2026", "Metalnomist")],
    "added": 35000.0,
    "cautions": ["An investor's expectation."],
}
WORLD = {"month": "2025-11", "year": "2024", "share": Interval(90, 92, 91), "n_houses": 6}
WORLD |= {"low_who": "Metalnomist", "high_who": "China Magnesium"}
BALANCE = {
    "month": "2025-11",
    "year": "2024",
    "gap": Interval(25000, 113000, 69000),
    "share": Interval(2.5, 11.4, 7),
    "closes": False,
    "closed": ["2020"],
    "repeats": [("2020", "2019")],
}
SAID = [
    (
        "headline",
        OUTPUT,
        "SMM put November output 7.7% above October but gave no tonnage. Its December forecast (105,000 t, +4.6%) "
        "implies 100,000 t in November and about 93,200 t (92,680–93,660) in October.",
    ),
    (
        "headline",
        OUTPUT | {"ahead": None},
        "China made 100,000 t of primary magnesium in November on SMM's count, up 7.7% m/m and up 12% y/y.",
    ),
    ("headline", NONE | {"mom": MOM}, "SMM put November output 7.7% above October; we hold no tonnage."),
    ("headline", NONE, "We hold no output of primary magnesium for November on SMM's count."),
    ("output_title", OUTPUT, "Output about 100,000 t in November, 93,200 t in October"),
    ("changes_title", OUTPUT, "Output rose 7.7% in November after 6.7% in October"),
    ("changes_title", OUTPUT | {"mom_before": -1.0}, "Output rose 7.7% in November"),
    ("levels_title", LEVEL, "China can make 1.49 million t a year and made 0.94 to 1.03 million t in 2024"),
    (
        "levels",
        LEVEL,
        "Five figures of 2024 output stand side by side, from 941,000 t to 1,026,000 t, 9.0% apart; they come from "
        "nine houses. Capacity was 762,000 t in 2004.",
    ),
    (
        "rates",
        RATES,
        "Smelters ran at 63% to 69% of capacity in 2024, depending on whose figures are taken: SMM gives the low end, "
        "China Ferroalloy Online and 3 more the high. Fugu Magnesium Association states 73%, above every pair. "
        "The world stood at 57% to 64%. A ten-year mean is put at 63% (Argus Media).",
    ),
    (
        "retire",
        RATES,
        "For 2024 output to fill 85% of capacity, 280,000 to 380,000 t a year would have to go: 19% to 26% of what "
        "stands. The 85% is our assumption.",
    ),
    (
        "operating",
        OPERATING | {"daily": None},
        "SMM's sample ran at 75.9% of its capacity in November, +5.5 pp on October, with 57 of 60 smelters at work.",
    ),
    ("regions_title", REGIONS, "Shaanxi makes six tonnes in ten"),
    (
        "regions",
        REGIONS,
        "Shaanxi made 60.8–63.4% of China's primary magnesium in January, against 36% in January to September 2011. "
        "Fugu county alone made 62% in January to May.",
    ),
    (
        "world",
        WORLD,
        "China made 90% (Metalnomist) to 92% (China Magnesium) of the world's primary magnesium in 2024, by six "
        "houses.",
    ),
    (
        "balance",
        BALANCE,
        "The balance of 2024 does not close: 25 to 113 thousand t, 2.5% to 11% of output, are neither exported nor "
        "said to be used. 2020 closes. The consumption published for 2020 is that of 2019 to the last digit: one may "
        "repeat the other.",
    ),
]


@pytest.mark.parametrize(("block", "facts", "said"), SAID)
def test_a_sentence_follows_its_facts(block, facts, said):
    assert say_line(f"capacity/{block}", **facts) == said


def test_every_branch_of_the_words_is_reached():
    cases = [(block, facts) for block, facts, _ in SAID]
    cases += [
        ("headline", OUTPUT | {"mom": None}),
        ("headline", NONE | {"association": OUTPUT["association"]}),
        ("output_title", OUTPUT | {"then": None}),
        ("output_title", NONE),
        ("output", OUTPUT),
        ("output", NONE),
        ("changes_title", NONE),
        *[(f"{name}_caption", {}) for name in ("yearly", "rates", "operating", "balance")],
        ("levels_title", LEVEL | {"room": None}),
        ("levels_title", LEVEL | {"room": Interval(1480000, 1590000, 1535000)}),
        ("levels_title", LEVEL | {"year": ""}),
        ("rates", RATES | {"n": 1}),
        ("rates", RATES | {"year": ""}),
        ("rates", RATES | {"world": Interval(61, 61, 61)}),
        ("claimed", RATES),
        ("operating", OPERATING),
        ("operating", OPERATING | {"now": None}),
        ("regions_title", REGIONS | {"shaanxi": REGION | {"share": Interval(70, 70, 70)}}),
        ("regions_title", REGIONS | {"shaanxi": None}),
        ("regions", REGIONS | {"shaanxi": None, "fugu": None}),
        ("companies_title", OWNERS),
        ("companies_title", OWNERS | {"n": 0}),
        ("companies", OWNERS),
        ("additions", OWNERS),
        ("additions", OWNERS | {"additions": []}),
        ("world", WORLD | {"year": ""}),
        ("world", WORLD | {"share": Interval(90, 90, 90)}),
        ("balance", BALANCE | {"year": "", "repeats": []}),
        ("balance", BALANCE | {"closes": True}),
        ("events", {"month": "2025-11", "events": [("2025-10-30", "A halt.", "SMM")]}),
        ("events", {"month": "2025-11", "events": []}),
    ]
    cases += [("world_caption", {})]
    assert unreached("capacity", cases) == []


def test_a_forecast_of_level_and_change_gives_the_month_and_the_one_before_away():
    ahead = [
        printed(capacity.OUTPUT_SMM, "2025-12", 105000, "forecast", 1000),
        printed(capacity.OUTPUT_SMM, "2025-12", 4.6, "forecast_mom", 0.1),
        printed(capacity.OUTPUT_SMM, "2025-11", 7.74, "mom", 0.01),
    ]
    made = edition(ahead, [month(capacity.OUTPUT_SMM, "2025-09", 87000)])
    rows = capacity.output_months(made, last=3)
    assert rows["status"].tolist() == ["reported", "derived", "derived"]
    assert rows["best"].iloc[1:].round(-2).tolist() == [93200, 100400]
    facts = capacity.output(made, rows)
    assert facts["ahead"]["month"] == "2025-12" and facts["now"].low < 100382 < facts["now"].high


def test_the_capacity_of_a_country_is_none_of_its_companies():
    named = {"baowu": "Magnesium capacity, Baowu", "usgs": "Magnesium capacity, China, USGS"}
    catalogue = {f"{capacity.CAPACITY}.{name}": {"title": title} for name, title in named.items()}
    rows = [printed(name, "2025", 100_000 if name.endswith("baowu") else 1_480_000) for name in catalogue]
    made = edition([*rows, printed(capacity.CAPACITY, "2025", 1_590_000)], catalogue=catalogue)
    assert capacity.companies(made)["name"].tolist() == ["Baowu"]


def test_what_is_published_goes_before_what_a_forecast_implies():
    ahead = [printed(capacity.OUTPUT_SMM, "2025-12", 105000, "forecast", 1000)]
    ahead.append(printed(capacity.OUTPUT_SMM, "2025-12", 4.6, "forecast_mom", 0.1))
    rows = capacity.output_months(edition(ahead, [month(capacity.OUTPUT_SMM, "2025-11", 99000)]), last=1)
    assert rows[["best", "status"]].iloc[0].tolist() == [99000, "reported"]


def test_the_figure_that_most_houses_publish_stands_for_a_year():
    rows = [
        printed(capacity.OUTPUT, "2024", 1000, source="smm"),
        printed(capacity.OUTPUT, "2024", 1100, source="argus"),
        printed(capacity.OUTPUT, "2024", 1100, source="smm"),
    ]
    shown = capacity.yearly(edition(rows), {"Output": [capacity.OUTPUT, capacity.OUTPUT_SMM]})
    assert shown["Value"].tolist() == [1100] and shown["Other figures"].iloc[0].startswith("1,000")


def test_an_empty_edition_says_so_everywhere():
    made = edition([], catalogue={name: {} for name in (capacity.OUTPUT, capacity.OUTPUT_SMM, capacity.CAPACITY)})
    pairs = capacity.utilisation(made)
    assert capacity.rates(made, pairs)["year"] == "" and capacity.level(made, capacity.levels(made))["year"] == ""
    assert capacity.companies(made).empty and capacity.regions(made).empty and capacity.balances(made).empty
    assert capacity.world(made)["year"] == "" and capacity.operating(made).empty
