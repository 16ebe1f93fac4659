import pandas as pd

from metalsbook.page import rare_earth_charts as draw
from metalsbook.page import rare_earth_supply as supply
from metalsbook.page import rare_earth_trade as trade
from metalsbook.page import rare_earths as story
from tests.page.editions import edition, month, printed

NAN = float("nan")


def ratios(*rows):
    return pd.DataFrame(rows, columns=["period", "value", "low", "high", "inside"])


def test_the_ratio_passes_or_names_the_day_that_fails():
    good, bad = ("2025-11-03", 1.22, 1.21, 1.23, True), ("2025-11-11", 1.16, 1.16, 1.16, False)
    said = story.ratio_sentence(ratios(good), "2025-11", (1.21, 1.25))
    assert "was 1.220 on the only day of November 2025" in said
    assert "the test passes. The only same-day pair known here lies within 1.21 to 1.25." in said
    said = story.ratio_sentence(ratios(good, bad), "2025-11", (1.21, 1.25))
    assert "1.160 to 1.220" in said
    assert "fails on 11 November 2025" in said
    assert said.endswith("the last of them on 11 November 2025.")


def test_without_a_pair_in_the_month_the_test_waits():
    said = story.ratio_sentence(ratios(("2025-10-16", 1.22, 1.21, 1.23, True)), "2025-11")
    assert said.startswith("No day of November 2025 has a quote of both")


def premium(*rows):
    return pd.DataFrame(rows, columns=["period", "inside_usd_kg", "outside_usd_kg", "value", "low", "high"])


def test_the_premium_says_when_its_last_quote_is_old():
    both = premium(("2025-04", 202.0, 280.0, 1.38, 1.23, 1.53), ("2025-06", 200.0, 750.0, 3.74, 3.74, 3.74))
    said = story.premium_sentence("Dysprosium", both, "2025-06")
    assert said == (
        "Dysprosium cost 3.7 times as much in Europe as in China in June 2025, after 1.4 times in April 2025."
    )
    assert "No later quote abroad is known to the edition of August 2025." in (
        story.premium_sentence("Dysprosium", both, "2025-08")
    )
    assert "(quotes of 1.2 to 1.5 times)" in story.premium_sentence("Dysprosium", both.head(1), "2025-04")
    risen = pd.concat([both.head(1), premium(("2025-05", 200.0, 860.0, 4.3, 4.3, 4.3)), both.tail(1)])
    assert "after 1.4 times in April 2025 and 4.3 times in May 2025." in (
        story.premium_sentence("Dysprosium oxide", risen, "2025-06")
    )
    assert "knows no month" in story.premium_sentence("Dysprosium", both.head(0), "2025-04")


def months(*rows):
    return pd.DataFrame(rows, columns=["period", "best", "low", "high", "basis"])


MAGNETS = months(
    ("2025-03", 5361.0, 5296.0, 5427.0, "implied"),
    ("2025-04", 2627.0, 2627.0, 2627.0, "reported"),
    ("2025-05", 1238.0, 1238.0, 1238.0, "reported"),
    ("2025-06", 3188.0, 3188.0, 3188.0, "reported"),
)


def test_the_controls_are_told_with_base_and_trough():
    said = trade.controls_sentences(MAGNETS, "2025-06", ["2025-04"])
    assert said[0] == (
        "Exports of March 2025, before the controls of April 2025, were 5,300 to 5,430 t (implied); the "
        "trough was May 2025 with 1,238 t, \u221277.2% to \u221276.6%."
    )
    assert said[1] == "Up to June 2025 no month has reached the level before them."
    risen = pd.concat([MAGNETS, months(("2025-07", 5577.0, 5577.0, 5577.0, "reported"))])
    assert trade.controls_sentences(risen, "2025-07", ["2025-04"])[1] == (
        "The level before them was reached again in July 2025."
    )
    early = MAGNETS.assign(best=[5361.0, 6000.0, 1238.0, 3188.0])
    assert trade.controls_sentences(early, "2025-06", ["2025-04"])[1].startswith("Up to June 2025 no month")
    assert "both sides" in trade.controls_sentences(MAGNETS.tail(2), "2025-06", ["2025-04"])[0]
    assert trade.controls_sentences(MAGNETS, "2025-06", []) == []


def quotas(*rows):
    return pd.DataFrame(rows, columns=["period", "value", "rival"])


def test_a_year_without_quota_is_said_to_have_none():
    said = supply.quota_sentence(quotas(("2022", 210.0, NAN), ("2023", 255.0, 270.0), ("2024", 270.0, NAN)), "2025-11")
    assert "rose by 5.9%, against +21.4% in 2023 at the fastest" in said
    assert "For 2023 another source prints 270 t" in said
    assert said.endswith("No source known to this edition prints a quota for 2025.")
    assert "No source" not in supply.quota_sentence(quotas(("2025", 270.0, NAN)), "2025-11")
    assert supply.quota_sentence(quotas(), "2025-11") == "This edition knows no mining quota."


def test_shares_of_supply_say_where_the_figure_is_the_quota():
    mined = pd.DataFrame([{"place": "China", "code": "chn", "low": 140.0, "high": 270.0}])
    world = pd.DataFrame({"value": [390.0, 400.0], "cited": ["B (USGS)", "A (USGS)"]})
    said = supply.supply_sentence(mined, world, quotas(("2024", 270.0, NAN)), "2024")
    assert "68 to 69% of a world total that A (USGS) and B (USGS) print as 390 to 400 t" in said
    assert "equals the quota of 2024; whether anybody counted is not said" in said
    assert said.endswith("The least print is 140 t.")
    assert "counted" not in supply.supply_sentence(mined, world, quotas(("2024", 260.0, NAN)), "2024")
    assert "cannot be told" in supply.supply_sentence(mined, world.head(0), quotas(), "2024")


def test_inputs_name_the_day_of_an_older_quote():
    indices = pd.DataFrame(
        {
            "who": ["ore", "Pr-Nd oxide", "ore", "Pr-Nd oxide"],
            "value": [100.0, 100.0, 122.6, 150.0],
            "period": ["2024-12-31", "2024-12-31", "2025-10-30", "2025-11-20"],
        }
    )
    said = story.inputs_sentence(indices, "2025-11")
    assert said.endswith("by its last quote: Pr-Nd oxide +50.0% and ore +22.6% (30 October 2025).")
    assert story.inputs_sentence(indices.head(0), "2025-11") is None


def test_what_the_metal_leaves_above_its_oxide():
    oxide = pd.DataFrame({"period": ["2025-11-11"], "value": [557_500.0], "low": [NAN], "high": [NAN]})
    metal = pd.DataFrame({"period": ["2025-11-11"], "value": [682_500.0], "low": [680_000.0], "high": [685_000.0]})
    said = story.margin_sentence(oxide, metal, "2025-11")
    assert "a tonne of metal takes 1.177 t of oxide to make" in said
    assert "on 11 November 2025 that left 24,000 to 29,000 CNY a tonne, tax included" in said
    assert "left 27,000 CNY" in story.margin_sentence(oxide, metal.assign(low=NAN, high=NAN), "2025-11")
    assert story.margin_sentence(oxide, metal, "2025-10") is None


def test_the_answer_whether_the_ore_followed_is_yes_no_or_in_part():
    def said(*ends):
        rows = [("Pr-Nd oxide", "2025-11-20", 140.0), *ends]
        return story.followed_sentence(pd.DataFrame(rows, columns=["who", "period", "value"]), LISTED)

    assert said(("ore", "2025-11-20", 138.0)).startswith("Yes: the oxide moved +40.0%, ore within 5 points of it.")
    assert said(("ore", "2025-11-20", 120.0)).startswith("No: the oxide moved +40.0%, ore behind it.")
    part = said(("ore", "2025-11-20", 120.0), ("carbonate", "2025-11-20", 150.0))
    assert part.startswith("In part: the oxide moved +40.0%, carbonate ahead of it and ore behind it.")
    assert part.endswith("moved +37.1% for the quarter from October 2025 (26,205 after 19,109 CNY/t).")
    assert said().endswith("no quote of carbonate, monazite or ore.")
    alone = pd.DataFrame([("ore", "2025-11-20", 1.0)], columns=["who", "period", "value"])
    assert story.followed_sentence(alone, LISTED).endswith("no quote of the oxide.")


LISTED = pd.DataFrame({"period": ["2025-07", "2025-10"], "value": [19_109.0, 26_205.0]})


def test_a_price_abroad_of_one_day_is_told_as_a_span():
    inside = pd.DataFrame({"period": ["2025-09-25"], "value": [49_000.0], "low": [48_000.0], "high": [50_000.0]})
    abroad = pd.DataFrame(
        {"period": ["2025-09-25", "2025-09-26"], "value": [175.0, 1.0], "low": [150.0, NAN], "high": [200.0, NAN]}
    )
    said = story.same_day_sentence("Yttrium oxide", inside, abroad)
    assert said.startswith("Yttrium oxide cost 24 to 34 times as much in Europe as in China on 25 September 2025")
    assert story.same_day_sentence("Yttrium oxide", inside, abroad.tail(1)) is None


def test_the_value_of_a_tonne_carries_the_digits_of_its_inputs():
    rows = [
        ("magnets", "2024", "level", 49_095.0, 49_267.0, 49_181.0, NAN),
        ("rare earths", "2024", "level", 8_817.9, 8_818.3, 8_818.1, 8_818.0),
        ("rare earths", "2025-09", "ytd", 7_078.0, 7_080.0, 7_079.0, NAN),
        ("magnets", "2025-11", "level", 49_065.0, 49_082.0, 49_073.0, NAN),
    ]
    worth = pd.DataFrame(rows, columns=["product", "period", "measure", "low", "high", "best", "printed"])
    assert trade.worth_sentence(worth).startswith(
        "In 2024 a tonne of exported magnets was worth 49,100 to 49,270 USD, a tonne of exported rare earths 8,818 USD"
    )
    assert trade.latest_worth_sentences(worth) == [
        "In November 2025 a tonne of exported magnets was worth 49,070 USD, as much as in the mean of 2024.",
        "From January to September 2025 a tonne of exported rare earths was worth 7,079 USD, 20% less than in the mean "
        "of 2024.",
    ]
    drawn = draw.worth_rows(worth)
    assert drawn[drawn["period"] == "2024"]["how"].tolist() == ["computed", "as printed", "computed"]
    assert "Jan\u2013Sep 2025" in set(drawn["label"])


def test_the_worth_of_a_tonne_follows_from_printed_growth():
    ed = edition([printed("value", "2025-11", 37.8, "yoy", 0.1), printed("tonnes", "2025-11", 28.29, "yoy", 0.01)])
    assert trade.worth_change_sentence(ed, "magnets", "value", "tonnes").endswith("the worth of a tonne by +7.4%.")
    assert trade.worth_change_sentence(ed, "magnets", "value", "absent") is None


def test_destinations_tell_changes_implied_months_and_rivals():
    usa, union = trade.PREFIX + "USA", trade.PREFIX + "EU"
    ed = edition(
        [
            printed(usa, "2025-11", 582.0),
            printed(usa, "2025-11", -11.0, "mom"),
            printed(usa, "2025-10", 656.0),
            printed(usa, "2025-10", 656.0, source="argus"),
            printed(usa, "2025-10", 660.0, published="2025-12-24"),
        ],
        [month(union, "2025-10", 2060.0, 1.0, "implied"), month(usa, "2025-10", 656.0)],
    )
    totals = pd.DataFrame([month("total", "2025-11", 5820.0), month("total", "2025-10", 5000.0)])
    places = trade.known_places(ed, totals, "2025-01")
    assert places["basis"].tolist() == ["implied", "reported", "reported"]
    assert "United States 582 t (10.0% of all, \u221211% on the month)" in trade.destination_sentence(ed, places)
    assert trade.rival_places_sentence(places) == (
        "Other prints, not shown: United States 660 in October 2025 (shown: 656 t)."
    )
    assert draw.place_grid(places)["text"].tolist() == ["656", "582", "2,060*"]


def test_a_page_with_an_old_figure_is_left_out_of_the_spans():
    ed = edition(
        [
            printed("ree.output.chn", "2024", 140.0, source="argus"),
            printed("ree.output.chn", "2024", 270.0),
            printed("ree.output.usa", "2024", 38.0, source="argus"),
        ]
    )
    known = quotas(("2020", 140.0, NAN), ("2024", 270.0, NAN))
    assert supply.stale_sources(ed, known, "2024") == {"argus"}
    assert supply.stale_sentence(ed, known, "2024") == (
        "Left out of the spans: Argus prints 140 t for China, which was the quota of 2020 (also United States 38 t)."
    )
    assert supply.stale_sentence(ed, quotas(("2024", 270.0, NAN)), "2024") is None


def test_a_quote_of_a_month_is_never_drawn_after_its_publication():
    quotes = pd.DataFrame(
        {
            "published": ["2025-06-09", "2025-07-09", "2025-06-09"],
            "published_basis": ["stated", "stated", "assumed"],
            "date": pd.to_datetime(["2025-06-30"] * 3),
        }
    )
    assert draw.as_published(quotes)["date"].dt.day.tolist() == [9, 30, 30]
