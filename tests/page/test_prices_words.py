import pandas as pd
import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.page.facts import prices
from metalsbook.page.words import say_line
from tests.page.branches import unreached
from tests.page.editions import edition, printed

NOW = Interval(15950, 16200, 16095)
QUOTED = {
    "month": "2025-11",
    "before": "2025-10",
    "unit": "CNY/t",
    "now": NOW,
    "mom": -1.1,
    "thin": False,
    "n_quotes": 10,
    "last": "2025-11",
    "last_figure": NOW,
    "first": ("2025-11-03", 16150.0),
    "last_quote": ("2025-11-25", 16050.0),
    "newest": ("2025-11-25", 16050.0),
    "within": -0.62,
    "low": ("2025-03-06", 15050.0),
    "high": ("2025-08-11", 17400.0),
    "above_low": 6.6,
    "below_high": 7.8,
    "extreme": "lowest",
    "since": "2025-03",
    "n_months": 30,
    "top": ("2021-09-22", 65000.0),
    "below_top": 75.3,
    "closeness": "closely",
    "correlation": 0.99,
    "without_largest": 0.8,
    "largest": "2021-09-22",
}
NONE = QUOTED | {"now": None, "mom": None, "last": "2025-10", "within": None, "low": None, "top": None, "extreme": ""}
FLAT = QUOTED | {"mom": 0.0, "within": 0.0, "extreme": "", "below_top": 1.0, "n_quotes": 0}
PARITY = {"month": "2025-11", "before": "2025-10", "rate": 7.1, "now": 218.2, "then": 318.0, "n_days": 6}
RATIO = {
    "month": "2025-11",
    "now": 0.7501,
    "extreme": "lowest",
    "since": "2025-03",
    "n_known": 13,
    "level": ["2025-03"],
    "n_run": 13,
    "run": "2024-09",
    "stated": [(0.76, ["Fugu Magnesium Association"]), (0.75, ["A", "B"])],
    "threshold": (1.55, "Platts", "2006-05"),
    "cost": 16057.0,
    "cost_who": "SMM",
    "above_cost": 33.6,
}
COST = {
    "month": "2025-11",
    "lacking": [],
    "cost": Interval(14810, 14830, 14822),
    "margin": 1273.0,
    "margin_pct": 7.9,
    "silicon_pct": 37.2,
    "since": "2025-06-29",
    "before": "2025-10",
    "change": 53.0,
    "from_price": -180.0,
    "from_materials": 233.0,
    "said": [("2025-11-29", "Over half of the producers lose money.")],
    "margins": [(-5.0, "%", "2025-01", "SMM"), (1758.0, "CNY/t", "2025-06-29", "SMM")],
}
PREMIUM = {"month": "2025-11", "day": "2025-09-04", "premium": 1670.0, "premium_pct": 9.8, "unit": "CNY/t"}
PREMIUM |= {"fees": [(2000.0, "CNY/t", "2025-11", "SMM")]}
STOCK = {
    "month": "2025-11",
    "now": 24510.0,
    "day": "2025-11-15",
    "who": "the association",
    "then": 22010.0,
    "then_day": "2025-11-08",
    "change": 11.4,
    "apart": [("2025-10-10", [(18569.0, "CCMN"), (17000.0, "chinese-mg.com")])],
}
COMPARED = {"month": "2025-11", "n": 2, "without": ["Changjiang spot"], "lowest": ("Fugu", 16095.0)}
COMPARED |= {"highest": ("SunSirs", 16213.0), "apart": 0.7}
MOVES = {"month": "2025-11", "since": "2025-06", "rates": [("Fugu", 8.5, 50), ("FOB", 8.8, 31)]}
SAID = [
    (
        "headline",
        QUOTED,
        "Fugu magnesium ingot averaged CNY 16,095/t in November, down 1.1% on October "
        "(ten quotes, range 15,950–16,200).",
    ),
    ("headline", NONE, "We hold no Fugu price for November; the last month known is October, at CNY 16,095/t."),
    (
        "headline",
        QUOTED | {"thin": True, "mom": None, "n_quotes": 2},
        "Fugu magnesium ingot averaged CNY 16,095/t in November (two quotes, range 15,950–16,200). "
        "The month is thinly quoted, so that no change is given.",
    ),
    ("fugu_title", QUOTED, "Fugu ingot: lowest month since March"),
    ("fugu_title", QUOTED | {"extreme": ""}, "Fugu ingot fell 1.1% to CNY 16,095/t in November"),
    (
        "fugu",
        QUOTED,
        "Within November the price fell 0.6%, from CNY 16,150/t on 3 November to CNY 16,050/t on 25 November. "
        "The last quote, CNY 16,050/t on 25 November, stood 6.6% above the twelve-month low (15,050 on 6 March) and "
        "7.8% below the high (17,400 on 11 August).",
    ),
    (
        "fugu",
        QUOTED | {"within": None, "below_high": 0.0},
        "The last quote, CNY 16,050/t on 25 November, is the highest in twelve months, 6.6% above the low (15,050 on "
        "6 March).",
    ),
    (
        "fugu",
        QUOTED | {"within": None, "above_low": 0.0},
        "The last quote, CNY 16,050/t on 25 November, is the lowest in twelve months, 7.8% below the high (17,400 on "
        "11 August).",
    ),
    ("fob_title", QUOTED | {"unit": "USD/t"}, "FOB China fell 1.1% to USD 16,095/t in November"),
    ("parity_title", PARITY, "FOB in yuan stood CNY 218/t above Fugu in November"),
    ("parity_title", PARITY | {"now": -131.0}, "FOB in yuan stood CNY 131/t below Fugu in November"),
    ("ratio_title", RATIO, "Magnesium at 0.75 of aluminium: lowest since March"),
    (
        "ratio",
        RATIO,
        "A tonne of magnesium cost 0.75 times a tonne of aluminium in November, level with March. Each of the "
        "13 known months from September 2024 on lies below one. Fugu Magnesium Association puts it at 0.76. "
        "A and B put it at 0.75. Aluminium itself stood 34% above its full cost of CNY 16,057/t (SMM), so the ratio "
        "reflects aluminium's margin as much as cheap magnesium.",
    ),
    ("cost_title", COST, "Cost model leaves about CNY 1,270/t of the Fugu price"),
    ("cost_title", COST | {"margin": -250.0}, "Cost model: the Fugu price falls about CNY 250/t short"),
    (
        "said",
        COST,
        "29 November: Over half of the producers lose money. Margins published within twelve months: −5.0% for "
        "January (SMM); CNY 1,758/t for 29 June (SMM).",
    ),
    (
        "cost",
        COST,
        "Our model puts the cost at CNY 14,820/t in November, which leaves CNY 1,270/t or 7.9% of the price. "
        "Ferrosilicon takes 37% of it. Since October the margin moved by CNY 53/t: −180 from the ingot price, 230 from "
        "raw materials. Where producers say otherwise, the model is the weaker evidence.",
    ),
    (
        "stock",
        STOCK,
        "the association counted 24,510 t at producers in Fugu and Shenmu on 15 November, up 11% from 22,010 t on "
        "8 November. Houses differ: for 10 October we hold 18,569 t (CCMN) and 17,000 t (chinese-mg.com).",
    ),
]


@pytest.mark.parametrize(("block", "facts", "said"), SAID)
def test_a_sentence_follows_its_facts(block, facts, said):
    assert say_line(f"prices/{block}", **facts) == said


def test_every_branch_of_the_words_is_reached():
    cases = [(block, facts) for block, facts, _ in SAID]
    cases += [(block, QUOTED) for block in ("history", "fob", "materials_title")]
    cases += [(block, NONE) for block in ("fugu_title", "fugu", "history", "fob_title")]
    cases += [(block, FLAT) for block in ("fugu_title", "fugu", "fob_title", "materials_title")]
    cases += [
        ("fugu_title", QUOTED | {"since": ""}),
        ("fob_title", QUOTED | {"mom": None}),
        ("materials_title", QUOTED | {"mom": None}),
        ("materials_title", NONE),
        ("fob", FLAT | {"closeness": "", "n_quotes": 0}),
        *[(f"{name}_caption", {}) for name in ("compare", "materials", "premium", "moves", "stock")],
        ("compare", COMPARED),
        ("parity_title", PARITY | {"now": None}),
        ("parity_unit", PARITY),
        *[("parity", PARITY | {"now": now}) for now in (218.0, -131.0, None)],
        ("ratio_title", RATIO | {"now": None}),
        ("ratio_title", RATIO | {"since": ""}),
        ("ratio_title", RATIO | {"extreme": ""}),
        ("ratio", RATIO | {"now": None}),
        ("threshold", RATIO),
        ("cost_title", COST | {"cost": None}),
        ("cost_missing", COST | {"lacking": ["stated profit"]}),
        ("cost_missing", COST),
        ("said", COST | {"said": [], "margins": []}),
        ("cost_note", COST),
        ("premium", PREMIUM),
        ("premium", PREMIUM | {"day": ""}),
        ("stock", STOCK | {"now": None}),
        ("stock", STOCK | {"day": "2025-10-15"}),
        ("moves", MOVES),
        ("moves", MOVES | {"rates": []}),
    ]
    quote = {
        "name": "Rotterdam",
        "value": 2800.0,
        "unit": "USD/t",
        "day": "2024-03-12",
        "days": 628,
        "old": True,
        "spread": 460.0,
    }
    others = [quote | {"old": False, "spread": -20.0}, quote | {"spread": float("nan")}]
    cases += [("western", {"rows": rows, "month": "2025-11"}) for rows in ([quote], *([one] for one in others), [])]
    cases += [("western_caption", {})]
    assert unreached("prices", cases) == []


def quotes(values: dict[str, float], series: str = prices.FUGU) -> list[dict]:
    return [printed(series, period, value) for period, value in values.items()]


def test_a_month_is_the_lowest_since_the_last_one_that_was_as_low():
    days = {f"2025-{number:02d}-{day}": 100.0 + number for number in range(3, 10) for day in ("05", "10", "15")}
    days |= {f"2025-11-{day}": 103.5 for day in ("03", "10", "25")}
    facts = prices.quoted(edition(quotes(days), catalogue={prices.FUGU: {"kind": "price"}}), prices.FUGU)
    assert (facts["extreme"], facts["since"], facts["n_quotes"]) == ("lowest", "2025-03", 3)
    assert facts["low"] == ("2025-03-05", 103.0) and facts["within"] == 0


def test_no_month_and_no_quote_make_no_figures():
    facts = prices.quoted(edition(quotes({"2024-01-05": 100.0})), prices.FUGU)
    assert facts["now"] is None and facts["extreme"] == "" and facts["first"] is None


def test_export_parity_needs_a_day_of_the_month_with_both_quotes():
    gaps = pd.DataFrame({"month": pd.to_datetime(["2025-10"]), "best": [318.0], "n_days": [4]})
    facts = prices.parity(edition([]), gaps, 7.1)
    assert (facts["now"], facts["then"], facts["n_days"]) == (None, 318.0, 0)


def test_the_cost_model_says_what_it_lacks():
    model = prices.cost_model(edition(quotes({"2025-11-03": 16150.0})))
    assert "stated profit" in model.lacking and "quote of ingot" not in model.lacking
    assert prices.cost_by_month(edition([]), model).empty and prices.assumptions(edition([]), model).empty
