import pandas as pd
import pytest

from metalsbook.analysis import downstream as analysis
from metalsbook.page import apart as apart_words
from metalsbook.page import downstream as story
from metalsbook.page import downstream_charts, metal_demand, metal_scenario
from tests.page.editions import edition, month, printed

VEHICLE = {"unit": "unit"}
NAMES = (
    "auto.output.cn",
    "nev.output.cn",
    "auto.sales.cn",
    "nev.sales.cn",
    "auto.output.nbs.cn",
    "nev.output.nbs.cn",
    "nev.penetration.cn",
)


def vehicles(*statements, at="2025-06", estimates=()):
    return edition(list(statements), list(estimates), at=at, catalogue={name: VEHICLE for name in NAMES})


def count(series, period, value, **more):
    return printed(series, period, value, resolution=1000, unit="unit", **more)


JUNE = [
    count("auto.output.cn", "2025-06", 2_794_000),
    count("nev.output.cn", "2025-06", 1_268_000),
    count("auto.sales.cn", "2025-06", 2_904_000),
    count("nev.sales.cn", "2025-06", 1_329_000),
    count("auto.output.nbs.cn", "2025-06", 2_809_000),
    count("nev.output.nbs.cn", "2025-06", 1_234_000),
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


def test_shares_that_rounding_leaves_alike_are_not_told_apart():
    ed = vehicles(
        count("auto.output.cn", "2025-06", 3_532_000),
        printed("nev.output.cn", "2025-06", 1_880_000, resolution=10_000, unit="unit"),
        count("auto.sales.cn", "2025-06", 3_429_000),
        count("nev.sales.cn", "2025-06", 1_823_000),
    )
    said = said_of_shares(ed)
    assert said[0].startswith("In June 2025 new-energy vehicles were 53.2% of those sold and 53.1 to 53.4% of those")
    assert said[1].startswith("The printed digits do not tell the two apart this month")
    assert said[1].endswith("is between \u22120.2 and +0.1 pp.")
    figure = story.share_figure("Share", story.penetration(ed, "output"), "2025-06", "CAAM")
    assert figure.value == "53.1 to 53.4%"


def test_a_month_is_held_against_its_sums_since_january():
    def said(printed_t, before=817_870_000.0, now=891_670_000.0):
        rows = [
            printed("steel", "2025-11", printed_t, resolution=10_000),
            printed("steel", "2025-11", now, "ytd", 10_000),
            printed("steel", "2025-10", before, "ytd", 10_000),
        ]
        return story.sums_sentence(edition(rows), "steel", "Crude steel")

    assert said(69_870_000.0).startswith("Crude steel of November 2025 is printed as 69,870,000 t; its sums since")
    assert "leave 73,800,000 t: 3,930,000 t more, 5.6% of the month." in said(69_870_000.0)
    assert said(73_800_000.0).endswith("leave 73,800,000 t: they fit.")
    assert story.sums_sentence(edition([printed("steel", "2025-11", 1.0)]), "steel", "Crude steel") is None


def test_a_flow_without_a_print_is_told_by_its_last_known():
    ed = edition(
        [
            printed("robots", "2025-10", 17.9, "yoy", 0.1),
            printed("robots", "2025-09", 595_000, "ytd", 1000),
            printed("robots", "2021-08", 57.4, "yoy", 0.1),
        ]
    )
    assert story.last_sentence(ed, "robots", "Industrial robots") == (
        "Industrial robots: no number is printed for November 2025; last known: +17.9% on the year in October 2025 and "
        "595,000 t from January to September 2025."
    )
    assert story.last_sentence(edition([printed("robots", "2025-11", 1.0)]), "robots", "X") is None


def test_implied_months_are_drawn_apart():
    rows = pd.DataFrame(
        {
            "date": pd.to_datetime(["2025-05-31", "2025-06-30"]),
            "period": ["2025-05", "2025-06"],
            "value": [2e6, 3e6],
            "bound_low": [1.9e6, 3e6],
            "bound_high": [2.1e6, 3e6],
            "who": "vehicles",
            "source": ["", "smm"],
        }
    )
    layers = downstream_charts.draw_counts(rows).to_dict()["layer"]
    assert [one["mark"]["type"] for one in layers] == ["line", "point", "rule", "point"]
    assert layers[-1]["mark"]["shape"] == "diamond"
    assert len(downstream_charts.draw_counts(rows.tail(1)).to_dict()["layer"]) == 2


def test_rival_totals_are_all_marked_and_roundings_are_not():
    ed = edition(
        [
            printed("ndfeb.output.cn", "2023", 240_000, resolution=10_000),
            printed("ndfeb.output.cn", "2023", 270_000, resolution=10_000, source="argus"),
            printed("mg.consumption.world", "2024", 1_100_000, resolution=100_000),
            printed("mg.consumption.world", "2024", 1_120_000, resolution=10_000, source="argus"),
        ]
    )
    marks = metal_scenario.scenario_marks(ed)
    assert marks["tonnes"].tolist() == [1_120_000, 240_000, 270_000]
    assert marks["what"].tolist() == ["all uses, world 2024", "", "output, China 2023"]


def test_without_counts_no_share_is_told():
    assert said_of_shares(vehicles(*JUNE, at="2025-07")) == [
        "CAAM's figures for July 2025 are not known here, so neither share can be told."
    ]


def test_implied_months_fill_the_course_but_never_replace_a_print():
    ed = vehicles(
        *JUNE,
        estimates=[
            month("auto.output.cn", "2025-05", 2_600_000, 5_000, "implied"),
            month("auto.output.cn", "2025-06", 1.0, 0, "implied"),
            month("auto.output.cn", "2025-04", 2_000_000, 900_000, "open"),
        ],
    )
    rows = story.known_months(ed, "auto.output.cn")
    assert rows["period"].tolist() == ["2025-05", "2025-06"]
    assert rows["value"].tolist() == [2_600_000, 2_794_000]
    assert story.printed_only(rows)["period"].tolist() == ["2025-06"]


def test_two_counts_stand_side_by_side():
    ed = vehicles(
        *JUNE,
        printed("auto.output.cn", "2025-06", 11.4, "yoy", 0.1),
        printed("auto.output.nbs.cn", "2025-06", 8.8, "yoy", 0.1),
    )
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
    said = story.growth_sentence(
        grid(
            ("Robots", "2025-06", 35.6, "ytd_yoy"),
            ("Cars", "2025-06", 11.4, "yoy"),
            ("Steel", "2025-06", -9.2, "yoy"),
            ("Phones", "2025-05", 1.0, "yoy"),
        ),
        "2025-06",
    )
    assert said.startswith("3 rows of the chart have a print for June 2025; 1 fell on the year (vehicles stand in")
    assert said.endswith(
        " Most of those with a change of the month itself: cars +11.4%; least: steel \u22129.2%. No "
        "print for the month: phones."
    )
    labels = [
        ("Ind. robots, NBS", "industrial robots (NBS)"),
        ("Air con. exported", "air conditioners exported"),
        ("NEVs sold, CAAM", "NEVs sold (CAAM)"),
    ]
    for label, words in labels:
        assert f"{words} +1.0%" in story.growth_sentence(grid((label, "2025-06", 1.0, "yoy")), "2025-06")
    assert story.growth_sentence(grid(), "2025-06") == "No growth by end use is printed for June 2025."


def apart(*rows):
    return pd.DataFrame(rows, columns=["printed", "key", "value", "low", "high", "holds", "fits"])


def test_the_sentence_names_what_each_wrong_figure_is():
    said = apart_words.apart_sentences(
        apart(
            (
                "1.268 million",
                "level:auto.output.cn",
                2_794_000.0,
                2_793_500.0,
                2_794_500.0,
                "no",
                ["new-energy vehicles made"],
            ),
            ("45.4%", "share:nev.output.cn/auto.output.cn", 45.4, 45.35, 45.45, "yes", []),
            ("5.4", "share_change:nev.output.cn/auto.output.cn", 5.0, -15.0, 25.0, "open", []),
        ),
        "2025-06",
    )
    assert said == [
        "The sentence on the vehicles of June 2025 gives a wrong name to some figures.",
        "\u201c1.268 million\u201d as the vehicles made: the ledger has 2,794,000 for that; it is the new-energy "
        "vehicles made.",
        "Right as they stand: \u201c45.4%\u201d as the share of new-energy vehicles in the vehicles made.",
        "Not to be told by this edition: \u201c5.4\u201d as the change on the year of the share of new-energy vehicles "
        "in the vehicles made.",
    ]
    assert apart_words.apart_sentences(apart(), "2025-06") == []


def test_a_sentence_without_slips_is_not_accused():
    right = apart(("45.4%", "level:auto.output.cn", 45.4, 45.35, 45.45, "yes", []))
    assert apart_words.apart_sentences(right, "2025-06") == [
        "Right as they stand: \u201c45.4%\u201d as the vehicles made."
    ]


def test_what_the_sentence_leaves_out_is_told():
    ed = vehicles(*JUNE, printed("nev.output.cn", "2025-06", 26.4, "yoy", 0.1), rate(45.8, source="argus"))
    ed.sources["repeats"] = ""
    claims = pd.DataFrame({"period": ["2025-06"], "note": ["note"]})
    rows = apart(
        (
            "1.268 million",
            "level:auto.output.cn",
            2_794_000.0,
            2_793_500.0,
            2_794_500.0,
            "no",
            ["new-energy vehicles made"],
        )
    )
    assert apart_words.belonging_sentences(ed, claims, rows) == [
        "The growth that belongs to \u201c1.268 million\u201d, the new-energy vehicles made, is +26.4%.",
        "CAAM's own rate is of sales: 45.8% in June 2025 (Argus).",
    ]
    assert apart_words.belonging_sentences(ed, claims, rows.head(0)) == []


def test_weights_times_vehicles_are_set_against_what_is_consumed():
    kg = {"unit": "kg/vehicle", "kind": "ratio", "frequency": "irregular"}
    names = {
        "mg.per_vehicle.cn": kg,
        "mg.per_vehicle.nev.cn": kg,
        "mg.consumption.cn": {},
        "auto.output.cn": VEHICLE,
        "mg.demand.auto.cn": {},
        "nev.output.cn": VEHICLE,
    }
    ed = edition(
        [
            printed("mg.per_vehicle.cn", "2024", 4.0, low=3.0, high=5.0, unit="kg/vehicle"),
            printed("mg.per_vehicle.cn", "2015", 1.5, unit="kg/vehicle"),
            count("auto.output.cn", "2024", 30_000_000),
            printed("mg.per_vehicle.nev.cn", "2024", 10.0, unit="kg/vehicle"),
            count("nev.output.cn", "2024", 13_000_000),
            printed("mg.demand.auto.cn", "2024", 300_000),
            printed("mg.consumption.cn", "2024", 455_000),
            printed("mg.demand.auto.cn", "2025", 680_000, "forecast", unit="t"),
        ],
        catalogue=names,
    )
    rows = metal_demand.vehicle_rows(ed)
    implied = rows[rows["kind"] == "implied"]
    assert implied["what"].tolist() == [
        "3 to 5 kg in all vehicles made in China, 2024",
        "10 kg in new-energy vehicles made in China, 2024",
    ]
    assert implied[["low", "high"]].to_numpy().tolist() == [[90_000.0, 150_000.0], [130_000.0, 130_000.0]]
    said = metal_demand.vehicle_sentences(rows)
    assert len(said) == 2
    assert said[0].startswith("Stated weights times the vehicles made in 2024 give 90,000 to 150,000 t")
    assert said[1] == (
        "SMM forecasts 680,000 t for the vehicles of China in 2025, more than all the magnesium "
        "consumed in China in 2024 (455,000 t): they may not count the same thing."
    )
    assert metal_demand.vehicle_sentences(rows.head(0))[0].startswith("No source known")


@pytest.mark.parametrize("known", [True, False])
def test_the_sliders_begin_at_statements_or_at_a_named_assumption(known):
    statements = [count("auto.output.cn", "2024", 31_000_000), count("nev.output.cn", "2024", 13_000_000)]
    if known:
        statements.append(printed("mg.per_vehicle.nev.cn", "2024", 12.0, unit="kg/vehicle"))
    start = metal_scenario.scenario_start(edition(statements))
    assert start.loc["other", "value"] == pytest.approx(18.0)
    assert start.loc["mg_nev", "value"] == (12.0 if known else metal_scenario.ASSUMED_KG["mg_nev"])
    assert ("assumption" in start.loc["mg_nev", "why"]) is not known


def test_without_a_full_year_of_vehicles_there_is_no_scenario():
    start = metal_scenario.scenario_start(edition([count("auto.output.cn", "2024", 31_000_000)]))
    assert start.empty
    assert "no full year" in metal_scenario.start_table(start).markup
    assert metal_scenario.scenario_alt(start, pd.DataFrame()) == metal_scenario.NO_YEAR


def test_loops_are_told_with_their_rates():
    names = {
        "mg.per_t_steel": {"unit": "kg/t"},
        "mg.intensity.ti_sponge.semi_process": {"unit": "t/t"},
        "mg.intensity.ti_sponge.full_process": {"unit": "t/t"},
    }
    rows = metal_demand.loop_rows(
        edition(
            [
                printed("mg.per_t_steel", "2024", 0.45, low=0.4, high=0.5, unit="kg/t"),
                printed("crude_steel.output.cn", "2024", 1_000_000_000),
                printed("titanium.sponge.output.cn", "2024", 220_000),
                printed("mg.intensity.ti_sponge.semi_process", "2021", 1.1, unit="t/t"),
                printed("mg.intensity.ti_sponge.full_process", "2021", 0.15, unit="t/t"),
                printed("mg.consumption.world.steel_desulf", "2024", 130_000),
            ],
            catalogue=names,
        )
    )
    said = metal_demand.loop_sentences(rows)
    assert "400,000 to 500,000 t of magnesium; 130,000 t are said to be used worldwide in 2024, less than" in said[0]
    assert said[1] == (
        "China's 220,000 t of titanium sponge of 2024 would take 240,000 t of bought magnesium if no "
        "plant won it back from the chloride, and 33,000 t if all did: a loop more than a demand."
    )
    own = pd.DataFrame(
        [
            {
                "what": "Titanium 2023, China: said to be made in the plants",
                "low": 250_000.0,
                "high": 250_000.0,
                "source": "argus",
                "period": "2023",
            }
        ]
    )
    more = metal_demand.loop_sentences(pd.concat([rows, own]))[1]
    assert "250,000 t are said to be made in the plants themselves (2023), as much as all sponge takes by some" in more
    assert metal_demand.loop_sentences(rows.head(0)) == [
        "No rate of magnesium in steel or titanium is known to this edition."
    ]


def test_growth_cells_carry_no_sign_that_the_colour_shows():
    ed = edition(
        [
            printed("auto.output.cn", "2025-06", -9.2, "yoy", 0.1),
            printed("nev.output.cn", "2025-06", 35.6, "ytd_yoy", 0.1),
        ],
        at="2025-06",
        catalogue={
            "auto.output.cn": {"growth_basis": "published_levels"},
            "nev.output.cn": {"growth_basis": "published_levels"},
        },
    )
    rows = story.growth_rows(ed)
    assert rows["text"].tolist() == ["\u22129", "36c"]
    assert set(rows["basis"]) == {analysis.CAAM_BASIS}
