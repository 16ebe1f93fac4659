import pandas as pd
import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.page.facts import landing
from metalsbook.page.verdicts import fits_words
from metalsbook.page.words import say, say_line
from tests.page.branches import unreached
from tests.page.editions import ALONE, WAITING, edition, printed

RISE, FALL, FLAT = Interval(61.2, 61.22, 61.21), Interval(-1.2, -1.0, -1.1), Interval(-1, 1, 0)
ONE = {
    "now": Interval(22200, 22240, 22218),
    "mom": RISE,
    "yoy": FALL,
    "unit": "t",
    "thin": False,
    "n_quotes": 0,
    "swing": "",
    "implied": None,
    "last": None,
} | ALONE
PRICE = ONE | {"now": Interval(15950, 16200, 16095), "mom": FALL, "unit": "CNY/t", "n_quotes": 10}
NOTHING = ONE | {"now": None, "mom": None, "yoy": None}
IMPLIED = NOTHING | {
    "implied": Interval(99900, 100900, 100400),
    "implied_ahead": "2025-12",
    "implied_who": "SMM",
    "mom": RISE,
}
FACTS = {"month": "2025-11", "price": PRICE, "prnd": PRICE, "output": IMPLIED, "association": ONE}
FACTS |= {name: ONE for name in ("total", "ingot", "magnets")}
FACTS |= {name: ONE | {"now": Interval(3.43e6, 3.43e6, 3.43e6)} for name in ("vehicles", "electric")}
FORECASTS = {"n_new": 17, "new_hits": 16, "new_naive": 14, "all_resolved": 108, "all_hits": 80, "all_naive": 57}
MOVES = {
    "n": 16,
    "n_far": 0,
    "far": 3,
    "name": "Ingot",
    "change": 61.2,
    "usual": 4.3,
    "score": 2.99,
    "n_changes": 20,
    "n_season": 0,
}
MOVES["alarms"] = 0.6


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Magnesium ingot exports rose 61% in November while the Fugu price fell 1.1%"),
        (
            {"ingot": ONE | {"swing": "rebound"}},
            "Magnesium ingot exports rebounded 61% in November while the Fugu price fell 1.1%",
        ),
        ({"price": PRICE | {"mom": RISE}}, "Magnesium ingot exports rose 61% in November and the Fugu price rose 61%"),
        ({"ingot": ONE | {"mom": FLAT}}, "Magnesium ingot exports held in November while the Fugu price fell 1.1%"),
        ({"ingot": NOTHING}, "The Fugu magnesium price fell 1.1% in November"),
        ({"price": NOTHING}, "Magnesium ingot exports rose 61% in November"),
        ({"price": NOTHING, "ingot": NOTHING}, "Magnesium and rare earths in November"),
    ],
)
def test_the_headline_follows_exports_and_price(changes, said):
    assert say_line("landing/headline", **(FACTS | changes)) == said


def test_five_takeaways_are_said_whatever_is_known():
    said = say("landing/takeaways", **FACTS).text.splitlines()
    assert said == [
        "- Fugu magnesium ingot averaged CNY 16,095/t in November, down 1.1% m/m (ten quotes, 15,950–16,200).",
        "- SMM's forecast for December implies output of about 100,000 t (99,900–100,900) in November; SMM put the "
        "change at +61% m/m.",
        "- China exported 22,200 t of magnesium products, up 61% m/m; ingot was 22,200 t, up 61%.",
        "- Pr-Nd oxide averaged CNY 16,095/t, down 1.1% m/m; magnet exports were 22,200 t, up 61% m/m.",
        "- China sold 3.43 million vehicles, down 1.1% y/y; 3.43 million were new-energy vehicles, down 1.1%.",
    ]
    nothing = FACTS | {name: NOTHING for name in FACTS if name != "month"}
    assert len(say("landing/takeaways", **nothing).text.splitlines()) == 5


def test_every_branch_of_the_landing_words_is_reached():
    facts = [FACTS]
    facts += [FACTS | {name: NOTHING} for name in FACTS if name != "month"]
    facts += [FACTS | {"price": NOTHING, "ingot": NOTHING}, FACTS | {"total": NOTHING, "ingot": NOTHING}]
    facts += [FACTS | {name: PRICE | {"thin": True, "n_quotes": 1}} for name in ("price", "prnd")]
    facts += [FACTS | {"output": ONE}, FACTS | {"output": NOTHING | {"mom": RISE}}]
    alone = FACTS | {"output": NOTHING}
    known = NOTHING | {"last": "2025-10", "last_figure": ONE["now"]}
    facts += [alone | {"association": one} for one in (ONE | {"mom": None}, NOTHING, known)]
    facts += [FACTS | {"ingot": ONE | {"swing": "rebound"}}]
    facts += [FACTS | WAITING | {"total": NOTHING | WAITING, "ingot": NOTHING | WAITING}]
    cases = [(block, each) for block in ("headline", "takeaways") for each in facts]
    cases += [("moves_title", MOVES | more) for more in ({}, {"n": 0}, {"n_far": 1})] + [
        ("moves", MOVES),
        ("moves", MOVES | {"n_season": 3}),
    ]
    cases += [("claims", {"n": n, "wrong": wrong}) for n, wrong in ((0, 0), (5, 0), (5, 1))]
    cases += [("forecasts", FORECASTS), ("forecasts", FORECASTS | {"n_new": 0})]
    cases += [("board_caption", {"month": "2025-11"}), ("claims_caption", {}), ("releases_caption", {})]
    cases += [("cite", {"month": "2025-11", "cut_off": "2025-12-31", "figures": "3", "sources": "2"})]
    assert unreached("landing", cases) == []


def test_a_release_is_expected_at_the_usual_distance_from_its_month():
    rows = [
        printed(landing.TOTAL, period, 38900, published=published)
        for period, published in (("2025-09", "2025-10-20"), ("2025-10", "2025-11-20"), ("2025-11", "2025-12-22"))
    ]
    late = printed(landing.TOTAL, "2025-08", 38600, published="2025-12-30")
    found = landing.releases(edition([*rows, late]))
    assert found[["period", "n"]].values.tolist() == [["2025-12", 3]]
    assert found["expected"].iloc[0] == pd.Timestamp("2026-01-20")


def test_what_a_figure_fits_reads_as_words():
    made = edition([], catalogue={"nev.output.cn": {"title": "NEV output"}, "auto.output.cn": {"title": "Output"}})
    assert fits_words(made, "nev.output.cn / auto.output.cn level 2025-06") == "“NEV output” over “Output” of June 2025"
