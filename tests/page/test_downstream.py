import pandas as pd
import pytest

from metalsbook.analysis import downstream as analysis
from metalsbook.page import downstream as story
from metalsbook.page import metal_demand
from tests.page.editions import edition, month, printed

VEHICLE = {"unit": "unit"}
NAMES = ("auto.output.cn", "nev.output.cn", "auto.sales.cn", "nev.sales.cn", "auto.output.nbs.cn", "nev.output.nbs.cn",
         "nev.penetration.cn")


def vehicles(*statements, at="2025-06", estimates=()):
    return edition(list(statements), list(estimates), at=at, catalogue={name: VEHICLE for name in NAMES})


def count(series, period, value, **more):
    return printed(series, period, value, resolution=1000, unit="unit", **more)


JUNE = [
    count("auto.output.cn", "2025-06", 2_794_000), count("nev.output.cn", "2025-06", 1_268_000),
    count("auto.sales.cn", "2025-06", 2_904_000), count("nev.sales.cn", "2025-06", 1_329_000),
    count("auto.output.nbs.cn", "2025-06", 2_809_000), count("nev.output.nbs.cn", "2025-06", 1_234_000),
]


def rate(value, **more):
    return printed("nev.penetration.cn", "2025-06", value, resolution=0.1, unit="%", **more)


def said_of_shares(ed):
    return story.share_sentences(ed, story.penetration(ed, "sales"), story.penetration(ed, "output"))


def test_each_printed_rate_is_named_after_the_share_that_it_fits():
    rates = rate(45.8), rate(45.4, source="argus"), rate(43.9, source="argus"), rate(30.0)
    said = said_of_shares(vehicles(*JUNE, *rates))
    assert said[0].startswith("In June 2025 new-energy vehicles were 45.8% of those sold and 45.4% of those made")
    assert said[1] == "The share of sales differs from that of output by +0.4 pp."
    assert "45.8% (SMM) fits the share of those sold" in said[2]
    assert "45.4% (Argus) fits the share of those made" in said[2]
    assert "fits the share of those made by the NBS's count" in said[2]
    assert "30.0% (SMM) fits none of them" in said[2]


def test_without_counts_no_share_is_told():
    assert said_of_shares(vehicles(*JUNE, at="2025-07")) == [
        "CAAM's figures for July 2025 are not known here, so neither share can be told."]


def test_implied_months_fill_the_course_but_never_replace_a_print():
    ed = vehicles(*JUNE, estimates=[month("auto.output.cn", "2025-05", 2_600_000, 5_000, "implied"),
                                    month("auto.output.cn", "2025-06", 1.0, 0, "implied"),
                                    month("auto.output.cn", "2025-04", 2_000_000, 900_000, "open")])
    rows = story.known_months(ed, "auto.output.cn")
    assert rows["period"].tolist() == ["2025-05", "2025-06"]
    assert rows["value"].tolist() == [2_600_000, 2_794_000]
    assert story.printed_only(rows)["period"].tolist() == ["2025-06"]


def test_two_counts_stand_side_by_side():
    ed = vehicles(*JUNE, printed("auto.output.cn", "2025-06", 11.4, "yoy", 0.1),
                  printed("auto.output.nbs.cn", "2025-06", 8.8, "yoy", 0.1))
    said = story.counts_sentence(ed, "auto.output.cn", "auto.output.nbs.cn", "Vehicles made")
    assert said.startswith("Vehicles made in June 2025: 2.794 million by CAAM, 2.809 million by the NBS (+0.5%)")
    assert "+11.4% against +8.8%" in said
    alone = story.counts_sentence(vehicles(JUNE[0]), "auto.output.cn", "auto.output.nbs.cn", "Vehicles made")
    assert alone == "Vehicles made in June 2025: 2.794 million by CAAM; the NBS's figure is not known here."
    none = story.counts_sentence(vehicles(*JUNE, at="2025-07"), "auto.output.cn", "auto.output.nbs.cn", "Vehicles made")
    assert none.startswith("Vehicles made: neither")


def grid(*rows):
    return pd.DataFrame(rows, columns=["use", "period", "value", "measure"])


def test_uses_are_ranked_among_changes_of_the_month_itself():
    said = story.growth_sentence(grid(
        ("Robots", "2025-06", 35.6, "ytd_yoy"), ("Cars", "2025-06", 11.4, "yoy"), ("Steel", "2025-06", -9.2, "yoy"),
        ("Phones", "2025-05", 1.0, "yoy")), "2025-06")
    assert said == ("Of 3 end uses with a print for June 2025 1 fell on the year. Most of those with a change of the "
                    "month itself: Cars +11.4%; least: Steel \u22129.2%. No print for the month: Phones.")
    assert story.growth_sentence(grid(), "2025-06") == "No growth by end use is printed for June 2025."


def apart(*rows):
    return pd.DataFrame(rows, columns=["printed", "key", "value", "low", "high", "holds", "fits"])


def test_the_sentence_names_what_each_wrong_figure_is():
    said = story.apart_sentences(apart(
        ("1.268 million", "level:auto", 2_794_000.0, 2_793_500.0, 2_794_500.0, "no", ["new-energy vehicles made"]),
        ("45.4%", "share:x", 45.4, 45.35, 45.45, "yes", []), ("5.4", "share_change:x", 5.0, -15.0, 25.0, "open", []),
    ), "2025-06")
    assert said == [
        "The sentence on the vehicles of June 2025 gives a wrong name to some figures.",
        "\u201c1.268 million\u201d: the ledger has 2,794,000 for what it is said to be; the figure is the new-energy "
        "vehicles made.", "Right as they stand: 45.4%.", "Not to be told by this edition: 5.4.",
    ]
    assert story.apart_sentences(apart(), "2025-06") == []


def test_a_sentence_without_slips_is_not_accused():
    right = apart(("45.4%", "share:x", 45.4, 45.35, 45.45, "yes", []))
    assert story.apart_sentences(right, "2025-06") == ["Right as they stand: 45.4%."]


def test_weights_times_vehicles_are_set_against_what_is_consumed():
    kg = {"unit": "kg/vehicle", "kind": "ratio", "frequency": "irregular"}
    names = {"mg.per_vehicle.cn": kg, "mg.per_vehicle.nev.cn": kg, "mg.consumption.cn": {}, "auto.output.cn": VEHICLE,
             "mg.demand.auto.cn": {}, "nev.output.cn": VEHICLE}
    ed = edition([
        printed("mg.per_vehicle.cn", "2024", 4.0, low=3.0, high=5.0, unit="kg/vehicle"),
        printed("mg.per_vehicle.cn", "2015", 1.5, unit="kg/vehicle"), count("auto.output.cn", "2024", 30_000_000),
        printed("mg.per_vehicle.nev.cn", "2024", 10.0, unit="kg/vehicle"), count("nev.output.cn", "2024", 13_000_000),
        printed("mg.demand.auto.cn", "2024", 300_000),
        printed("mg.consumption.cn", "2024", 455_000),
        printed("mg.demand.auto.cn", "2025", 680_000, "forecast", unit="t"),
    ], catalogue=names)
    rows = metal_demand.vehicle_rows(ed)
    implied = rows[rows["kind"] == "implied"]
    assert implied["what"].tolist() == [
        "3.0 to 5.0 kg in all vehicles made in China, 2024", "10.0 kg in new-energy vehicles made in China, 2024"]
    assert implied[["low", "high"]].to_numpy().tolist() == [[90_000.0, 150_000.0], [130_000.0, 130_000.0]]
    said = metal_demand.vehicle_sentences(rows)
    assert len(said) == 2
    assert said[0].startswith("Stated weights times vehicles made give 90,000 to 150,000 t")
    assert said[1].startswith("Demand of vehicles, China, 2025 (forecast): 680,000 t, more than all the magnesium")
    assert metal_demand.vehicle_sentences(rows.head(0))[0].startswith("No source known")


@pytest.mark.parametrize("known", [True, False])
def test_the_sliders_begin_at_statements_or_at_a_named_assumption(known):
    statements = [count("auto.output.cn", "2024", 31_000_000), count("nev.output.cn", "2024", 13_000_000)]
    if known:
        statements.append(printed("mg.per_vehicle.nev.cn", "2024", 12.0, unit="kg/vehicle"))
    start = metal_demand.scenario_start(edition(statements))
    assert start.loc["other", "value"] == pytest.approx(18.0)
    assert start.loc["mg_nev", "value"] == (12.0 if known else metal_demand.ASSUMED_KG["mg_nev"])
    assert ("assumption" in start.loc["mg_nev", "why"]) is not known


def test_loops_are_told_with_their_rates():
    names = {"mg.per_t_steel": {"unit": "kg/t"}, "mg.intensity.ti_sponge.semi_process": {"unit": "t/t"},
             "mg.intensity.ti_sponge.full_process": {"unit": "t/t"}}
    rows = metal_demand.loop_rows(edition([
        printed("mg.per_t_steel", "2024", 0.45, low=0.4, high=0.5, unit="kg/t"),
        printed("crude_steel.output.cn", "2024", 1_000_000_000), printed("titanium.sponge.output.cn", "2024", 220_000),
        printed("mg.intensity.ti_sponge.semi_process", "2021", 1.1, unit="t/t"),
        printed("mg.intensity.ti_sponge.full_process", "2021", 0.15, unit="t/t"),
        printed("mg.consumption.world.steel_desulf", "2024", 130_000),
    ], catalogue=names))
    said = metal_demand.loop_sentences(rows)
    assert "400,000 to 500,000 t of magnesium, while 130,000 t are said to be used worldwide, 26% of the" in said[0]
    assert "242,000 t of bought magnesium if no plant won it back from the chloride, and 33,000 t if all did" in said[1]
    assert metal_demand.loop_sentences(rows.head(0)) == [
        "No rate of magnesium in steel or titanium is known to this edition."]


def test_growth_cells_carry_no_sign_that_the_colour_shows():
    ed = edition([printed("auto.output.cn", "2025-06", -9.2, "yoy", 0.1),
                  printed("nev.output.cn", "2025-06", 35.6, "ytd_yoy", 0.1)], at="2025-06",
                 catalogue={"auto.output.cn": {"growth_basis": "published_levels"},
                            "nev.output.cn": {"growth_basis": "published_levels"}})
    rows = story.growth_rows(ed)
    assert rows["text"].tolist() == ["\u22129", "36c"]
    assert set(rows["basis"]) == {analysis.CAAM_BASIS}
