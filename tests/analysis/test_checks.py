import pandas as pd
import pytest

from metalsbook.analysis.checks import Claim, read_arguments, read_printed, run_check
from metalsbook.analysis.findings import NoFigure
from metalsbook.errors import LedgerError
from tests.analysis import frames
from tests.cases import each

CONTROL = "export control"
EVENTS = pd.DataFrame(
    [("2025-04-04", CONTROL, "Licences for samarium-magnesium alloys."), ("2025-11-07", CONTROL, "Suspended.")],
    columns=["date", "topic", "what"],
)
INGOT, TOTAL, PRICE = "exports.ingot", "exports.total", "metal.price"
MADE, NEV, LANDS = "cars.output", "cars.electric.output", "exports.ingot.to."
TONNES = dict(enumerate((210, 200, 230, 190, 180, 200, 220, 260, 277, 138, 222), start=1))
MONTHS = [(INGOT, "level", f"2025-{month:02d}", f"{value}.0 t") for month, value in TONNES.items()]


def level(name, period, stated, source="a"):
    return name, "level", period, stated, source


def quotes(**days: str):
    """Return quotes of a price in 2025, by month and day: `d0306` is the sixth of March."""
    return [level(PRICE, f"2025-{day[1:3]}-{day[3:]}", f"{price} yuan") for day, price in days.items()]


def run(name, arguments="", rows=MONTHS, series=INGOT, period="2025-11", measure="level", printed="", unit="t", of=()):
    figures = {claim: read_printed(claim, text, kind, what) for claim, text, kind, what in of}
    claim = Claim("cl-x", series, measure, period, printed, unit, figures, events=EVENTS)
    return run_check(name, arguments, claim, frames.evidence(*rows))


LEDGER = [
    *MONTHS,
    level("exports.alloy", "2025-11", "90.0 t"),
    level(TOTAL, "2025-10", "208.0 t", "b"),
    level(TOTAL, "2025-11", "300.0 t", "b"),
    *quotes(d0306="15,050", d0521="17,200", d0818="17,300"),
    level("rival.price", "2025-08-18", "20,550", "b"),
    level(NEV, "2024-06", "1.003 million"),
    level(MADE, "2024-06", "2.507 million"),
    level(NEV, "2025-06", "1.268 million"),
    level(MADE, "2025-06", "2.794 million"),
    level("demand", "2023", "822,400 t"),
    level("capacity", "2023", "1,360,000 t"),
    level("demand", "2024", "1,026,000 t"),
    level("capacity", "2024", "1,487,500 t", "b"),
]


@each("""
    found    | period     | series      | name                | arguments
    222      | 2025-11    |             | level               |
    -19.8556 | 2025-11    |             | change              | since=2025-09
    0.841849 | 2025-08-18 | metal.ratio | ratio               | numerator=metal.price; denominator=rival.price
    74       | 2025-11    |             | share               | part=exports.ingot; total=exports.total
    5.375    | 2025-06    |             | share_change | part=cars.electric.output; total=cars.output; since=2024-06
    91.3043  | 2025-11    |             | share_of_change     | part=exports.ingot; total=exports.total; since=2025-10
    212.3333 | 2025-11    |             | mean_of_months      | first=2025-09; last=2025-11
    17.0732  | 2025-11    |  | mean_against_mean | first=2025-07; last=2025-08; base_first=2025-01; base_last=2025-02
    104      | 2025-11    |             | part_of             | parts=exports.ingot+exports.alloy; total=exports.total
    68.9748  | 2024       | demand      | converted           | numerator=demand; denominator=capacity; times=100
    68.9748  | 2024       | demand      | highest_share       | part=demand; total=capacity; first=2010; last=2024
    0        | 2025-10    |             | extreme_since       | since=2025-01; kind=low
    3        | 2025-11    |             | extreme_since       | since=2025-01; kind=high
    0        | 2025-09    |             | extreme_since       | since=2025-01; kind=high
    14.9502  | 2025-08-18 | metal.price | change_from_extreme | since=2024-08-18; kind=low
    4    | 2025-11 |  | count_of_months_above | first=2025-07; last=2025-11; base_first=2025-01; base_last=2025-06
    1        | 2025-10    |             | dated               |
    0        | 2024-10    |             | dated               |
    1        | 2025-11    |             | no_event | first=2025-01-01; last=2025-11-30; topic=control; word=magnesium
""")
def test_what_a_check_recomputes(found, period, series, name, arguments):
    outcome = run(name, arguments, LEDGER, series or INGOT, period)
    assert outcome.finding.best == pytest.approx(float(found), rel=1e-4)
    assert name != "part_of" or outcome.expected == (0, 100), "parts must fit into their total"


def test_implied_base_of_a_growth_rate():
    of = [("cl-level", "222 t", "t", "level"), ("cl-x", "61%", "%", "mom")]
    outcome = run("implied_base", "level_claim=cl-level", measure="mom", printed="61%", unit="%", of=of)
    assert (outcome.unit, outcome.finding.best) == ("%", pytest.approx(100 * (222 / 138 - 1)))
    assert outcome.finding.low < 60.5 < 61.2 < outcome.finding.high < 61.3 and outcome.capped
    with pytest.raises(LedgerError, match="claim cl-x: its note has no claim 'cl-other'"):
        run("implied_base", "level_claim=cl-other", measure="mom", of=of)


def test_growth_path_meets_a_year_on_the_way():
    rows = [("demand", "forecast", "2025", "below 35 t")]
    of = [("cl-end", "24,000 tons", "t", "level"), ("cl-x", "75.0%", "%", "level")]
    arguments = "end_claim=cl-end; start=2024; end=2035; at=2025"
    outcome = run("growth_of_path", arguments, rows, "demand", "2035", "forecast_yoy", "75.0%", "%", of)
    assert outcome.unit == "%" and 90 < outcome.finding.low < 93 and outcome.finding.high == float("inf")
    assert "starts from 51 t in 2024" in outcome.finding.words


def test_changes_that_go_both_ways_are_counted():
    changes = ((INGOT, "mom", "-50%"), (INGOT, "ytd_yoy", "-5%"), ("exports.alloy", "yoy", "4%"))
    rows = [(name, measure, "2025-10", stated) for name, measure, stated in changes]
    names = (f"{INGOT} mom", f"{INGOT} ytd_yoy", "exports.alloy yoy", "exports.alloy mom")
    outcome = run("count_of_changes", f"figures={'+'.join(f'{one} 2025-10' for one in names)}; direction=down", rows)
    assert (outcome.finding.low, outcome.finding.high, outcome.expected) == (2, 2, (3, 3))
    assert outcome.shown == "2 of 3 fall"
    with pytest.raises(NoFigure):
        run("count_of_changes", "figures=exports.alloy mom 2025-09; direction=up", rows)


@each("""
    name       | arguments                                                        | said
    needs_data | missing=operating rates                                          | no operating rates
    no_event   | first=2025-10-25; last=2025-11-30; topic=control; word=magnesium | no complete list of announ
""")
def test_what_the_ledger_lacks_is_named_and_a_calendar_that_is_silent_says_nothing(name, arguments, said):
    with pytest.raises(NoFigure, match=said):
        run(name, arguments)


@pytest.mark.parametrize(("tonnes", "last"), [("40.0 t", 2), ("60.0 t", 1)])
def test_rank_leaves_room_for_parts_that_nobody_prints(tonnes, last):
    known = ((INGOT, "100 t"), (f"{LANDS}NLD", tonnes), (f"{LANDS}IND", "10.0 t"))
    rows = [level(name, "2025-11", stated) for name, stated in known]
    finding = run("rank_among_parts", f"parts={LANDS}; total={INGOT}", rows, f"{LANDS}NLD").finding
    assert (finding.low, finding.high) == (1, last)


def test_a_band_takes_the_place_of_the_printed_figure_and_a_coarser_reading_is_never_more_than_consistent():
    assert run("change", "since=2025-10; at_least=60", printed="over 60%").expected == (60, float("inf"))
    assert run("level", "resolution=10", printed="220 t").capped


@each("""
    name           | arguments                           | message
    levle          |                                     | there is no check 'levle'
    share          | part=exports.ingot                  | check 'share' needs the argument 'total'
    level          | of=ytd                              | check 'level' has no argument 'of'
    mean_of_months | first=2025-09, last=2025-11         | check 'mean_of_months' needs the argument 'last'
    level          | at_least                            | 'at_least' is not an argument
    level          | at_least=1; at_least=2              | 'at_least=2' is not an argument
    level          | at_least=many                       | argument 'at_least' is 'many', not a float
""")
def test_wrong_checks_and_arguments_name_the_claim(name, arguments, message):
    with pytest.raises(LedgerError, match=f"claim cl-x: .*{message}|claim cl-x: {message}"):
        read_arguments(name, arguments, "cl-x")
