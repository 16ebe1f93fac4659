import pandas as pd
import pytest

from metalsbook.analysis.scenarios import StatedPath
from metalsbook.page import humanoids
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
    return [one for one in humanoids.sentences(
        ed, path, humanoids.known_weights(ed), pd.DataFrame(list(robots), columns=list(ROBOTS))) if one]


def test_the_path_is_told_with_the_base_that_it_implies():
    ed = known(WEIGHT, printed("humanoid.shipments.cn", "2024", 2400, unit="unit", source="argus"),
               printed("humanoid.ndfeb.demand", "2030", 3200, "forecast", unit="t", source="argus"))
    told = said(ed, PATH, [ROBOTS])
    assert told[0].startswith("The note of SMM (Shanghai) ends at 24,000 t in 2035 after growth of 75.0% a year from")
    assert "51 t in 2024 (49 to 53 t by its rounding)" in told[0]
    assert told[1] == ("With 2.0 to 4.0 kg of magnets in each, that base is 12,700 to 25,500 robots in 2024; in China "
                       "2,400 were shipped that year (Argus).")
    assert told[2] == "For 2030 the path gives 1,462 t, against 3,200 t by Argus: that is 2.2 times the path."
    assert "run to 1,400,000; with the stated 2.0 to 4.0 kg each they need 2,800 to 5,600 t" in told[3]
    assert told[4].startswith("The path's end means 6.0 to 12.0 million robots in 2035, or 17.1 kg of magnets in each")


def test_without_a_path_the_gap_is_named_and_the_robots_still_told():
    told = said(known(), None, [ROBOTS])
    assert told[0] == "No note known to the edition of November 2025 states a path of their magnet demand."
    assert "with the assumed 1.0 to 4.0 kg each" in told[1]
    assert said(known(), None)[1] == "No forecast of humanoid robots a year is known to this edition."
    assert isinstance(humanoids.path_chart(known(), None), Html)
    assert isinstance(humanoids.robots_chart(known(), pd.DataFrame(columns=list(ROBOTS)), pd.DataFrame(), None), Html)


@pytest.mark.parametrize(
    ("stated", "words"), [((3.0, 5.0), "inside the 3.0 to 5.0 kg"), ((6.0, 9.0), "outside the 6.0 to 9.0 kg")]
)
def test_magnets_in_vehicles_give_a_weight_that_is_held_against_stated_ones(stated, words):
    ed = known(
        printed("ndfeb.demand.nev.cn", "2025-08", 40_800, "ytd", 100),
        printed("nev.output.cn", "2025-08", 9_625_000, "ytd", 1000),
        printed("ndfeb.kg_per_nev", "2025", sum(stated) / 2, low=stated[0], high=stated[1], unit="kg"))
    told = humanoids.vehicle_sentences(ed, None)
    assert "4.23 to 4.24 kg each" in told[0]
    assert words in told[0]
    assert told[1] is None


def test_the_end_of_the_path_is_set_beside_vehicles():
    ed = known(printed("ndfeb.demand.auto.cn", "2023", 36_200))
    assert humanoids.vehicle_sentences(ed, PATH)[-1] == (
        "The path's end in 2035 is 66% of what vehicles in China are said to take in 2023 (36,200 t, SMM).")


def test_tonnages_are_ordered_on_one_scale_with_the_path_among_them():
    rows = humanoids.scale_rows(known(printed("ndfeb.output.world", "2023", 270_000),
                                      printed("ndfeb.demand.wind", "2025", 19_620, "forecast", unit="t")), PATH)
    assert rows["what"].tolist() == [
        "World output, 2023", "Humanoid robots, 2035 (the note)", "Wind turbines, 2025 (forecast)"]
