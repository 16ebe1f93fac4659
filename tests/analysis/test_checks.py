import pandas as pd
import pytest

from metalsbook.analysis.checks import CHECKS, Claim, read_arguments, read_printed, run_check
from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import NoFigure
from metalsbook.errors import LedgerError
from tests.analysis import frames

SOURCES = frames.sources(("a", "House A", ""), ("b", "House B", ""))
EVENTS = pd.DataFrame(
    [
        ("2025-04-04", "export control", "Licences for samarium-magnesium alloys."),
        ("2025-11-07", "export control", "Suspended."),
    ],
    columns=["date", "topic", "what"],
)
MONTHS = [
    ("exports.ingot", "level", f"2025-{month:02d}", f"{value}.0 t", "a")
    for month, value in enumerate((210, 200, 230, 190, 180, 200, 220, 260, 277, 138, 222), start=1)
]


def run(
    name,
    arguments="",
    rows=MONTHS,
    series="exports.ingot",
    measure="level",
    period="2025-11",
    printed="",
    unit="t",
    siblings=(),
    events=EVENTS,
):
    figures = {claim: read_printed(claim, text, kind, of) for claim, text, kind, of in siblings}
    claim = Claim("cl-x", series, measure, period, printed, unit, figures, events=events)
    book = Evidence(frames.statements(*rows), frames.series(), SOURCES)
    return run_check(name, arguments, claim, book)


def best(*args, **more):
    return run(*args, **more).finding.best


def test_every_check_says_what_it_does():
    assert len(CHECKS) >= 18
    assert all(function.__doc__ for function in CHECKS.values())


def test_level_and_change():
    assert best("level") == 222
    assert best("change", measure="mom") == pytest.approx(100 * (222 / 138 - 1))
    assert best("change", "since=2025-09") == pytest.approx(100 * (222 / 277 - 1))


def test_ratio_and_share():
    rows = [
        ("metal.price", "level", "2025-08-18", "17,300 yuan", "a"),
        ("rival.price", "level", "2025-08-18", "20,550", "b"),
    ]
    found = best("ratio", "numerator=metal.price; denominator=rival.price", rows, "metal.ratio", period="2025-08-18")
    assert found == pytest.approx(17_300 / 20_550)
    rows = [*MONTHS, ("exports.total", "level", "2025-11", "389.0 t", "b")]
    assert best("share", "part=exports.ingot; total=exports.total", rows) == pytest.approx(100 * 222 / 389)


def test_change_of_a_share_is_in_points():
    rows = [
        ("cars.electric.output", "level", "2025-06", "1.268 million", "a"),
        ("cars.output", "level", "2025-06", "2.794 million", "a"),
        ("cars.electric.output", "level", "2024-06", "1.003 million", "a"),
        ("cars.output", "level", "2024-06", "2.507 million", "a"),
    ]
    arguments = "part=cars.electric.output; total=cars.output; since=2024-06"
    assert best("share_change", arguments, rows, "cars.electric.share", period="2025-06") == pytest.approx(
        5.37, abs=0.01
    )


def test_share_of_a_change():
    rows = [
        *MONTHS,
        ("exports.total", "level", "2025-10", "297.0 t", "b"),
        ("exports.total", "level", "2025-11", "389.0 t", "b"),
    ]
    arguments = "part=exports.ingot; total=exports.total; since=2025-10"
    assert best("share_of_change", arguments, rows) == pytest.approx(100 * 84 / 92)


def test_means_of_months():
    assert best("mean_of_months", "first=2025-09; last=2025-11") == pytest.approx((277 + 138 + 222) / 3)
    halves = "first=2025-07; last=2025-08; base_first=2025-01; base_last=2025-02"
    assert best("mean_against_mean", halves) == pytest.approx(100 * (480 / 410 - 1))


def test_implied_base_of_a_growth_rate():
    siblings = [("cl-level", "222 t", "t", "level"), ("cl-x", "61%", "%", "mom")]
    outcome = run("implied_base", "level_claim=cl-level", measure="mom", printed="61%", unit="%", siblings=siblings)
    assert outcome.unit == "%"
    assert outcome.finding.best == pytest.approx(100 * (222 / 138 - 1))
    assert outcome.finding.low < 60.5 < 61.2 < outcome.finding.high < 61.3
    assert outcome.capped
    with pytest.raises(LedgerError, match="claim cl-x: its note has no claim 'cl-other'"):
        run("implied_base", "level_claim=cl-other", measure="mom", siblings=siblings)


def test_growth_path_meets_a_year_on_the_way():
    rows = [("demand", "forecast", "2025", "below 35 t", "a")]
    siblings = [("cl-end", "24,000 tons", "t", "level"), ("cl-x", "75.0%", "%", "level")]
    arguments = "end_claim=cl-end; start=2024; end=2035; at=2025"
    outcome = run("growth_of_path", arguments, rows, "demand", "forecast_yoy", "2035", "75.0%", "%", siblings)
    assert outcome.unit == "%"
    assert 90 < outcome.finding.low < 93
    assert outcome.finding.high == float("inf")
    assert "starts from 51 t in 2024" in outcome.finding.words


def test_changes_that_go_both_ways_are_counted():
    rows = [
        ("exports.ingot", "mom", "2025-10", "-50%", "a"),
        ("exports.ingot", "ytd_yoy", "2025-10", "-5%", "a"),
        ("exports.alloy", "yoy", "2025-10", "4%", "b"),
    ]
    names = ("exports.ingot mom", "exports.ingot ytd_yoy", "exports.alloy yoy", "exports.alloy mom")
    figures = "+".join(f"{name} 2025-10" for name in names)
    outcome = run("count_of_changes", f"figures={figures}; direction=down", rows)
    assert (outcome.finding.low, outcome.finding.high) == (2, 2)
    assert outcome.expected == (3, 3)
    assert outcome.shown == "2 of 3 fall"
    with pytest.raises(NoFigure):
        run("count_of_changes", "figures=exports.alloy mom 2025-09; direction=up", rows)


def test_parts_must_fit_into_their_total():
    rows = [
        *MONTHS,
        ("exports.alloy", "level", "2025-11", "90.0 t", "a"),
        ("exports.total", "level", "2025-11", "300.0 t", "b"),
    ]
    outcome = run("part_of", "parts=exports.ingot+exports.alloy; total=exports.total", rows, "exports.total")
    assert outcome.finding.best == pytest.approx(104)
    assert outcome.expected == (0, 100)


def test_converted_and_the_highest_share_of_years():
    rows = [
        ("demand", "level", "2023", "822,400 t", "a"),
        ("capacity", "level", "2023", "1,360,000 t", "a"),
        ("demand", "level", "2024", "1,026,000 t", "a"),
        ("capacity", "level", "2024", "1,487,500 t", "b"),
    ]
    arguments = "numerator=demand; denominator=capacity; times=100"
    assert best("converted", arguments, rows, "demand", period="2024") == pytest.approx(68.97, abs=0.01)
    arguments = "part=demand; total=capacity; first=2010; last=2024"
    assert best("highest_share", arguments, rows, "demand", period="2024") == pytest.approx(68.97, abs=0.01)


def test_what_the_ledger_lacks_is_named():
    with pytest.raises(NoFigure, match="no operating rates"):
        run("needs_data", "missing=operating rates")


def test_extremes_count_the_readings_beyond():
    assert best("extreme_since", "since=2025-01; kind=low", period="2025-10") == 0
    assert best("extreme_since", "since=2025-01; kind=high", period="2025-11") == 3
    assert best("extreme_since", "since=2025-01; kind=high", period="2025-09") == 0


def test_months_that_are_not_known_can_lie_beyond_an_extreme():
    outcome = run("extreme_since", "since=2024-11; kind=low", period="2025-10")
    assert (outcome.finding.low, outcome.finding.high) == (0, 2)
    assert "not known are 2024-11, 2024-12" in outcome.finding.words
    assert outcome.wanted == "'exports.ingot title' for 2024-11, 2024-12"


def test_a_price_may_have_been_higher_in_days_without_a_quote():
    days = {"2025-07-14": "440,000", "2025-07-22": "478,000", "2025-08-07": "523,500"}
    rows = [("metal.price", "level", day, f"{text} yuan", "a") for day, text in days.items()]
    of = dict(rows=rows, series="metal.price", period="2025-08-07")
    finding = run("extreme_since", "since=2025-01; kind=high", **of).finding
    assert (finding.low, finding.high) == (0, 1)
    assert "not known are 2025-07-22 to 2025-08-07" in finding.words
    rows.insert(2, ("metal.price", "level", "2025-07-30", "500,000 yuan", "a"))
    assert run("extreme_since", "since=2025-01; kind=high", **of).finding.high == 0


def test_extremes_can_look_at_years_only():
    rows = [
        ("metal.ratio", "level", "2024", "0.90", "a"),
        ("metal.ratio", "level", "2025-03", "0.76", "a"),
        ("metal.ratio", "level", "2025-08-18", "0.84", "b"),
    ]
    of = dict(rows=rows, series="metal.ratio", period="2025-08-18", unit="ratio")
    assert best("extreme_since", "since=2018; kind=low", **of) == 1
    outcome = run("extreme_since", "since=2018; kind=low; readings=year", **of)
    assert outcome.finding.best == 0
    assert "of shorter time lie below it 0.76 (House A, 2025-03)" in outcome.finding.words


def test_change_from_the_lowest_quote():
    rows = [
        ("metal.price", "level", day, text, "a")
        for day, text in (("2025-03-06", "15,050 yuan"), ("2025-05-21", "17,200 yuan"), ("2025-08-18", "17,300 yuan"))
    ]
    found = best("change_from_extreme", "since=2024-08-18; kind=low", rows, "metal.price", period="2025-08-18")
    assert found == pytest.approx(100 * (17_300 / 15_050 - 1))


def test_counting_months_above_a_mean():
    base = "base_first=2025-01; base_last=2025-06"
    assert best("count_of_months_above", f"first=2025-07; last=2025-11; {base}") == 4


def test_rank_leaves_room_for_parts_that_nobody_prints():
    rows = [
        ("exports.ingot", "level", "2025-11", "100 t", "a"),
        ("exports.ingot.to.NLD", "level", "2025-11", "40.0 t", "a"),
        ("exports.ingot.to.IND", "level", "2025-11", "10.0 t", "a"),
    ]
    arguments = "parts=exports.ingot.to.; total=exports.ingot"
    finding = run("rank_among_parts", arguments, rows, "exports.ingot.to.NLD").finding
    assert (finding.low, finding.high) == (1, 2)
    rows[1] = ("exports.ingot.to.NLD", "level", "2025-11", "60.0 t", "a")
    finding = run("rank_among_parts", arguments, rows, "exports.ingot.to.NLD").finding
    assert (finding.low, finding.high) == (1, 1)


def test_a_date_is_looked_up():
    assert best("dated", period="2025-10") == 1
    assert best("dated", period="2024-10") == 0


def test_a_calendar_that_is_silent_says_nothing():
    arguments = "first=2025-10-25; last=2025-11-30; topic=control; word=magnesium"
    with pytest.raises(NoFigure, match="no complete list of announcements"):
        run("no_event", arguments)
    assert best("no_event", arguments.replace("2025-10-25", "2025-01-01")) == 1


def test_a_band_takes_the_place_of_the_printed_figure():
    outcome = run("change", "since=2025-10; at_least=60", printed="over 60%")
    assert outcome.expected == (60, float("inf"))


def test_a_coarser_reading_is_never_more_than_consistent():
    assert run("level", "resolution=10", printed="220 t").capped


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("levle", "", r"claim cl-x: there is no check 'levle'"),
        ("share", "part=exports.ingot", r"claim cl-x: check 'share' needs the argument 'total'"),
        ("level", "of=ytd", r"claim cl-x: check 'level' has no argument 'of'"),
        (
            "mean_of_months",
            "first=2025-09, last=2025-11",
            r"claim cl-x: check 'mean_of_months' needs the argument 'last'",
        ),
        ("level", "at_least", r"claim cl-x: 'at_least' is not an argument"),
        ("level", "at_least=1; at_least=2", r"claim cl-x: 'at_least=2' is not an argument"),
        ("level", "at_least=many", r"claim cl-x: argument 'at_least' is 'many', not a float"),
        ("converted", "numerator=a; denominator=b; times=x", r"argument 'times' is 'x', not a float"),
    ],
)
def test_wrong_checks_and_arguments_name_the_claim(name, arguments, message):
    with pytest.raises(LedgerError, match=message):
        read_arguments(name, arguments, "cl-x")


def test_a_print_without_figure_names_the_claim():
    with pytest.raises(LedgerError, match="claim cl-x"):
        read_printed("cl-x", "historical low", "t", "level")
