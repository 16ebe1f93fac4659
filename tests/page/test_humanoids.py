import pandas as pd
import pytest

from metalsbook.analysis.scenarios import StatedPath
from metalsbook.page import humanoids, magnet_scale
from metalsbook.page.html import Html
from tests.page.editions import edition, printed

PATH = StatedPath((24_000.0, 23_000.0, 25_000.0), (75.0, 74.95, 75.05), 2024, 2035, "smm")
KG = {"unit": "kg/robot", "kind": "ratio"}
WEIGHT = printed("humanoid.ndfeb.kg_per_robot", "2025", 3.0, low=2.0, high=4.0, unit="kg/robot")
ROBOTS = {"who": "Goldman Sachs", "year": 2035, "low": 1.4e6, "high": 1.4e6, "source": "argus"}


def known(*statements):
    names = {"humanoid.ndfeb.kg_per_robot": KG, "humanoid.shipments.cn": {"unit": "unit"}}
    return edition(list(statements), catalogue=names)


def said(ed, path, robots=()):
    return [
        one
        for one in humanoids.sentences(
            ed, path, humanoids.known_weights(ed), pd.DataFrame(list(robots), columns=list(ROBOTS))
        )
        if one
    ]


def test_the_path_is_told_with_the_base_that_it_implies():
    ed = known(
        WEIGHT,
        printed("humanoid.shipments.cn", "2024", 2400, unit="unit", source="argus"),
        printed("humanoid.ndfeb.demand", "2030", 3200, "forecast", unit="t", source="argus"),
    )
    told = said(ed, PATH, [ROBOTS])
    assert told[0].startswith("The note of SMM (Shanghai) ends at 24,000 t in 2035 after growth of 75.0% a year from")
    assert told[0].endswith("a base that it does not print: 49 to 53 t in 2024.")
    assert told[1] == (
        "With 2 to 4 kg of magnets in each, that base is about 12,000 to 27,000 robots; for China Argus "
        "prints 2,400 shipped that year."
    )
    assert told[2] == (
        "For 2030 the path gives 1,400 to 1,530 t, against 3,200 t by Argus: that is about 2.2 times the path."
    )
    assert "run to 1,400,000; with the stated 2 to 4 kg each they need about 2,800 to 5,600 t" in told[3]
    assert told[4].startswith("The path's end means about 5.8 to 12 million robots in 2035, or about 17 kg of magnets")


@pytest.mark.parametrize(
    ("value", "qualifier", "words"),
    [
        (35, "below", "against less than 35 t by Argus: the path is more than 2.4 times that."),
        (35, "about", "against about 35 t by Argus: the path is about 2.5 times that."),
        (200, "over", "against more than 200 t by Argus: that is more than 2.1 times the path."),
    ],
)
def test_a_bound_stays_a_bound_beside_the_path(value, qualifier, words):
    ed = known(
        printed("humanoid.ndfeb.demand", "2025", value, "forecast", unit="t", source="argus", qualifier=qualifier)
    )
    assert said(ed, PATH)[2].endswith(words)


def test_a_copy_is_no_second_forecaster():
    rows = [
        printed("humanoid.output.world", "2030", 890_000, "forecast", unit="unit", source=source)
        for source in ("argus", "smm")
    ]
    ed = known(*rows)
    ed.sources["repeats"] = ["argus", ""]
    assert humanoids.known_robots(ed)["who"].tolist() == ["Argus"]


def test_metal_alone_is_no_weight_of_magnets():
    alone = printed("humanoid.ndpr.kg_per_robot", "2030", 0.9, unit="kg/robot", low=0.9, high=1.3)
    doubtful = printed("humanoid.ndfeb.kg_per_robot", "2026", 1.1, low=0.9, high=1.3, unit="kg/robot", source="argus")
    ed = known(WEIGHT, alone, doubtful)
    weights = humanoids.known_weights(ed)
    assert humanoids.weight_range(weights) == (2.0, 4.0)
    assert sorted(weights["kind"]) == sorted([humanoids.MAGNETS, humanoids.METAL, humanoids.DOUBTFUL])
    assert any(one.startswith("Not used: 0.9 to 1.3 kg that are said of magnets") for one in said(ed, PATH))


def test_a_forecast_for_china_is_set_beside_the_worlds():
    ed = known(printed("humanoid.shipments.cn.morgan_stanley", "2035", 2_600_000, "forecast", unit="unit"))
    told = said(ed, None, [ROBOTS])
    assert told[2] == (
        "For China alone Morgan Stanley forecasts 2,600,000 in 2035, against 1,400,000 for the whole "
        "world by Goldman Sachs: they cannot count alike."
    )


def test_without_a_path_the_gap_is_named_and_the_robots_still_told():
    told = said(known(), None, [ROBOTS])
    assert told[0] == "No note known to the edition of November 2025 states a path of their magnet demand."
    assert "with the assumed 1 to 4 kg each" in told[1]
    assert said(known(), None)[1] == "No forecast of humanoid robots a year is known to this edition."
    assert isinstance(humanoids.path_chart(known(), None), Html)
    assert isinstance(humanoids.robots_chart(known(), pd.DataFrame(columns=list(ROBOTS)), pd.DataFrame(), None), Html)


@pytest.mark.parametrize(
    ("stated", "words"), [((3.0, 5.0), "inside the 3 to 5 kg"), ((6.0, 9.5), "outside the 6 to 9.5 kg")]
)
def test_magnets_in_vehicles_give_a_weight_that_is_held_against_stated_ones(stated, words):
    ed = known(
        printed("ndfeb.demand.nev.cn", "2025-08", 40_800, "ytd", 100),
        printed("nev.output.cn", "2025-08", 9_625_000, "ytd", 1000),
        printed("ndfeb.kg_per_nev", "2025", sum(stated) / 2, low=stated[0], high=stated[1], unit="kg"),
    )
    told = magnet_scale.vehicle_sentences(ed, None)
    assert "about 4.2 kg each" in told[0]
    assert words in told[0]
    assert told[1] is None


def test_the_end_of_the_path_is_set_beside_vehicles():
    ed = known(printed("ndfeb.demand.auto.cn", "2023", 36_200))
    assert magnet_scale.vehicle_sentences(ed, PATH)[-1] == (
        "The path's end in 2035 is about 66% of the 36,200 t that vehicles in China are said to take in 2023 (SMM)."
    )


def test_a_share_of_a_lower_bound_is_an_upper_one_and_its_caution_is_told():
    ed = edition(
        [printed("ndfeb.demand.nev.world", "2025", 60_000, "forecast", unit="t", qualifier="over")],
        catalogue={"ndfeb.demand.nev.world": {"definition": "Magnets. Area not certain."}},
    )
    assert magnet_scale.vehicle_sentences(ed, PATH)[-1] == (
        "The path's end in 2035 is at most 40% of the more than 60,000 t that new-energy vehicles are said to need in "
        "2025 (SMM). Caution: Area not certain."
    )
    rows = magnet_scale.scale_rows(ed, None)
    assert rows.iloc[0][["what", "qualifier"]].tolist() == [
        "New-energy vehicles, world or China, 2025 (forecast), more than",
        "over",
    ]


def test_a_sum_since_january_is_carried_to_the_month_that_its_source_expects():
    ed = known(
        printed("ndfeb.demand.nev.cn", "2025-08", 40_800, "ytd", 100, qualifier="about"),
        printed("ndfeb.demand.nev.cn", "2025-09", 6_638, "forecast", unit="t", qualifier="about"),
        printed("nev.output.cn", "2025-08", 9_625_000, "ytd", 1000),
    )
    assert magnet_scale.vehicle_sentences(ed, None)[0].endswith(
        "; with the about 6,638 t that it expected for September 2025 the sum is about 47,400 t."
    )


def test_tonnages_are_ordered_on_one_scale_with_the_path_among_them():
    rows = magnet_scale.scale_rows(
        known(
            printed("ndfeb.output.world", "2023", 270_000),
            printed("ndfeb.demand.wind", "2025", 19_620, "forecast", unit="t"),
        ),
        PATH,
    )
    assert rows["what"].tolist() == [
        "World output, 2023",
        "Humanoid robots, 2035 (the note)",
        "Wind turbines, area not stated, 2025 (forecast)",
    ]
