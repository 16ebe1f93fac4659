import pandas as pd

from metalsbook.page import rare_earth_trade as trade
from metalsbook.page import rare_earths as story

NAN = float("nan")


def ratios(*rows):
    return pd.DataFrame(rows, columns=["period", "value", "low", "high", "inside"])


def test_the_ratio_passes_or_names_the_day_that_fails():
    good, bad = ("2025-11-03", 1.22, 1.21, 1.23, True), ("2025-11-11", 1.16, 1.16, 1.16, False)
    said = story.ratio_sentence(ratios(good), "2025-11", (1.21, 1.25))
    assert "was 1.220 on the 1 day of November 2025" in said
    assert "the test passes. Of the 1 same-day pair known here 0 lie outside 1.21 to 1.25." in said
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
    assert said == ("Dysprosium cost 3.7 times as much in Rotterdam as in China in June 2025, after 1.4 times in April "
                    "2025.")
    assert "No later quote abroad is known to the edition of August 2025." in (
        story.premium_sentence("Dysprosium", both, "2025-08"))
    assert "(quotes of 1.2 to 1.5 times)" in story.premium_sentence("Dysprosium", both.head(1), "2025-04")
    assert "knows no month" in story.premium_sentence("Dysprosium", both.head(0), "2025-04")


def months(*rows):
    return pd.DataFrame(rows, columns=["period", "best", "low", "high", "basis"])


MAGNETS = months(("2025-03", 5361.0, 5296.0, 5427.0, "implied"), ("2025-04", 2627.0, 2627.0, 2627.0, "reported"),
                 ("2025-05", 1238.0, 1238.0, 1238.0, "reported"), ("2025-06", 3188.0, 3188.0, 3188.0, "reported"))


def test_the_controls_are_told_with_base_and_trough():
    said = trade.controls_sentences(MAGNETS, "2025-06", "2025-04")
    assert "5,361 t in March 2025 (implied); the trough was May 2025 with 1,238 t, \u221276.9%" in said[0]
    assert said[1] == "Up to June 2025 no month has reached the level before them."
    risen = pd.concat([MAGNETS, months(("2025-07", 5577.0, 5577.0, 5577.0, "reported"))])
    assert trade.controls_sentences(risen, "2025-07", "2025-04")[1] == (
        "The level before them was reached again in July 2025.")
    early = MAGNETS.assign(best=[5361.0, 6000.0, 1238.0, 3188.0])
    assert trade.controls_sentences(early, "2025-06", "2025-04")[1].startswith("Up to June 2025 no month")
    assert "both sides" in trade.controls_sentences(MAGNETS.tail(2), "2025-06", "2025-04")[0]


def quotas(*rows):
    return pd.DataFrame(rows, columns=["period", "value", "rival"])


def test_a_year_without_quota_is_said_to_have_none():
    said = trade.quota_sentence(quotas(("2022", 210.0, NAN), ("2023", 255.0, 270.0), ("2024", 270.0, NAN)), "2025-11")
    assert "rose by 5.9%, against +21.4% in 2023 at the fastest" in said
    assert "For 2023 another source prints 270 t" in said
    assert said.endswith("No source known to this edition prints a quota for 2025.")
    assert "No source" not in trade.quota_sentence(quotas(("2025", 270.0, NAN)), "2025-11")
    assert trade.quota_sentence(quotas(), "2025-11") == "This edition knows no quota."


def test_shares_of_supply_say_where_the_figure_is_the_quota():
    mined = pd.DataFrame([{"place": "China", "code": "chn", "low": 140.0, "high": 270.0}])
    world = pd.DataFrame({"value": [390.0, 400.0]})
    said = trade.supply_sentence(mined, world, quotas(("2024", 270.0, NAN)), "2024")
    assert "68 to 69% of a world total that 2 sources put at 390 to 400 t" in said
    assert "it is permission, not a count" in said
    assert said.endswith("The least print is 140 t.")
    assert "permission" not in trade.supply_sentence(mined, world, quotas(("2024", 260.0, NAN)), "2024")
    assert "cannot be told" in trade.supply_sentence(mined, world.head(0), quotas(), "2024")


def test_inputs_name_the_day_of_an_older_quote():
    indices = pd.DataFrame({
        "who": ["ore", "Pr-Nd oxide", "ore", "Pr-Nd oxide"], "value": [100.0, 100.0, 122.6, 150.0],
        "period": ["2024-12-31", "2024-12-31", "2025-10-30", "2025-11-20"],
    })
    said = story.inputs_sentence(indices, "2025-11")
    assert said.endswith("by its last quote: Pr-Nd oxide +50.0% and ore +22.6% (30 October 2025).")
    assert story.inputs_sentence(indices.head(0), "2025-11") is None


def test_what_the_metal_leaves_above_its_oxide():
    oxide = pd.DataFrame({"period": ["2025-11-11"], "value": [557_500.0]})
    metal = pd.DataFrame({"period": ["2025-11-11"], "value": [682_500.0]})
    assert "on 11 November 2025 that left 27,000 CNY" in story.margin_sentence(oxide, metal, "2025-11")
    assert story.margin_sentence(oxide, metal, "2025-10") is None
