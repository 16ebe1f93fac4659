import math
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import read_figure, read_figures


def bounds(stated, unit="t", measure="level", value=None, rounding="nearest"):
    figure = read_figure(stated, unit, measure, value, rounding)
    return figure.bound_low, figure.bound_high


@pytest.mark.parametrize(
    ("stated", "unit", "low", "high"),
    [
        ("38,900 tons", "t", 38_850, 38_950),
        ("3.87万吨", "t", 38_650, 38_750),
        ("61.21%", "%", 61.205, 61.215),
        ("1.268 million", "unit", 1_267_500, 1_268_500),
        ("20%", "%", 19.5, 20.5),
        ("17,000 yuan/mt", "CNY/t", 16_950, 17_050),
        ("17,050 yuan/mt", "CNY/t", 17_045, 17_055),
        ("Yn402-405/kg", "CNY/t", 401_500, 405_500),
        ("$49.10/kg", "USD/t", 49_095, 49_105),
        ("about 12 pounds", "kg/vehicle", 11 * 0.45359237, 13 * 0.45359237),
        ("580 million kilowatts", "GW", 575, 585),
        ("around 35 to 40 MWh", "kWh/t", 34_500, 40_500),
        ("50 g per ton", "kg/t", 0.0495, 0.0505),
        ("8.36 million kg", "t", 8_355, 8_365),
        ("5.00 euro", "ratio", 4.995, 5.005),
    ],
)
def test_rounding_to_nearest(stated, unit, low, high):
    assert bounds(stated, unit) == pytest.approx((low, high), rel=1e-12)


def test_truncation_reaches_away_from_zero_only():
    assert bounds("3.87万吨", rounding="truncate") == (38_700, 38_800)
    assert bounds("down 2.6%", "%", "mom", rounding="truncate") == (-2.7, -2.6)
    assert bounds("10-12 t", rounding="truncate") == (10, 13)


def test_unknown_rounding_is_refused():
    with pytest.raises(LedgerError, match="'up' is not known"):
        read_figure("5 t", "t", rounding="up")


@pytest.mark.parametrize(
    ("stated", "unit", "qualifier", "low", "high"),
    [
        ("over 60%", "%", "over", 60, 65),
        ("more than 140,000 tonnes", "t", "over", 140_000, 150_000),
        ("超100万吨", "t", "over", 1_000_000, 1_500_000),
        ("20Kg 以上", "kg/vehicle", "over", 20, 25),
        ("at least 5 t", "t", "over", 5, 6),
        ("近10%", "%", "nearly", 5, 10),
        ("just under 6,150 tonnes", "t", "nearly", 6_140, 6_150),
        ("below 35t currently", "t", "below", 0, 35),
        ("不足10%", "%", "below", 0, 10),
        ("up to 1.3 kg of NdPr", "kg/robot", "up_to", 0, 1.3),
        ("about 30,000 tons", "t", "about", 27_500, 32_500),
        ("about 53%", "%", "about", 52, 54),
        ("rund 25.280 Tonnen", "t", "about", 25_270, 25_290),
        ("约16.96万吨", "t", "about", 169_500, 169_700),
        ("~0.9kg", "kg/unit", "about", 0.8, 1.0),
        ("3公斤左右", "kg/vehicle", "about", 2, 4),
    ],
)
def test_words_that_widen(stated, unit, qualifier, low, high):
    figure = read_figure(stated, unit)
    assert figure.qualifier == qualifier
    assert (figure.bound_low, figure.bound_high) == pytest.approx((low, high))


def test_words_that_widen_a_fall_reach_below_it():
    assert bounds("over 47%", "%", "mom", value=-47) == (-48, -47)
    assert bounds("nearly 28%", "%", "yoy", value=-28) == (-28, -27)


@pytest.mark.parametrize(
    ("stated", "unit", "low", "high"),
    [
        ("5,600 to 5,700 yuan/mt", "CNY/t", 5_600, 5_700),
        ("1.61万元~1.64万元/吨", "CNY/t", 16_100, 16_400),
        ("1.62-1.64 million yuan/mt", "CNY/t", 1_620_000, 1_640_000),
        ("1.6 million to 1.62 million yuan/mt", "CNY/t", 1_600_000, 1_620_000),
        ("6.95-7 million yuan/mt", "CNY/t", 6_950_000, 7_000_000),
        ("800,000-1mn t/yr", "t", 800_000, 1_000_000),
        ("2950~3千ドル", "USD/t", 2_950, 3_000),
        ("RMB 22,000~22,300/t", "CNY/t", 22_000, 22_300),
        ("28,500 yuan and as low as 19,900 yuan", "CNY/t", 19_900, 28_500),
        ("between 73 per cent and 75 per cent", "%", 73, 75),
        ("13050 Mel 13100 yuan / ton", "CNY/t", 13_050, 13_100),
        ("$250/kg- $310/kg", "USD/kg", 250, 310),
        ("5公斤至10公斤", "kg/vehicle", 5, 10),
        ("1-1.16Mt", "t", 1_000_000, 1_160_000),
        ("2 kt to 3,000 Mt", "t", 2_000, 3_000_000_000),
    ],
)
def test_ranges(stated, unit, low, high):
    figure = read_figure(stated, unit)
    assert (figure.qualifier, figure.low, figure.high) == ("range", low, high)
    assert figure.value == (low + high) / 2
    assert figure.bound_low < low < high < figure.bound_high


def test_a_range_of_falls_keeps_its_order():
    figure = read_figure("20%-25%", "%", "forecast_qoq", -22.5)
    assert (figure.low, figure.high, figure.value) == (-25, -20, -22.5)


def test_a_range_across_zero_is_unreadable_rather_than_misread():
    with pytest.raises(LedgerError, match="holds no number"):
        read_figure("-2% to 3%", "%")


@pytest.mark.parametrize(("value", "meant"), [(900_000, 900_000), (134e6, 134e6), (1.019e9, 1.019e9)])
def test_a_list_gives_the_figure_that_the_row_names(value, meant):
    assert read_figure("0.9/134/1,019mn unit", "unit", "forecast", value).value == meant


@pytest.mark.parametrize(
    ("stated", "measure", "value", "expected"),
    [
        ("down 2.6% MoM", "mom", None, -2.6),
        ("70% MoM decrease", "mom", None, -70),
        ("下降11.2%", "ytd_yoy", None, -11.2),
        ("33・0%減", "yoy", None, -33),
        ("–22.4%", "ytd_yoy", None, -22.4),
        ("+8.8%", "yoy", None, 8.8),
        ("同比增长28.94%", "yoy", None, 28.94),
        ("17.57%", "mom", -17.57, -17.57),
        ("17.57%", "mom", 17.57, 17.57),
        ("down 2.6%", "mom", 2.6, -2.6),
        ("能耗降低10%", "level", 10, 10),
        ("1.4-fold", "yoy", None, 140),
        ("doubled", "yoy", None, 100),
        ("halved", "yoy", None, -50),
        ("-2,7%", "yoy", None, -2.7),
        ("63. 9 percent", "ytd_yoy", None, 63.9),
        ("650 بالمائة", "forecast_yoy", None, 650),
    ],
)
def test_changes(stated, measure, value, expected):
    assert read_figure(stated, "%", measure, value).value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("stated", "unit", "expected"),
    [
        ("11% in 2008", "%", 11),
        ("$7,800 in 2023", "USD/t", 7_800),
        ("up 12,000 mt from 2018", "t", 12_000),
        ("18,825 yuan/mt (Q2 2025)", "CNY/t", 18_825),
        ("In 2024, 5,000 t were exported", "t", 5_000),
        ("2024年 3.87万吨", "t", 38_700),
        ("Jan 2025 exports 5,000 t", "t", 5_000),
        ("29.5万吨(约26%)", "t", 295_000),
        ("29.5万吨(约26%)", "%", 26),
        ("50355(万美元)", "USD", 503_550_000),
        ("1,020 (est) thousand tonnes", "t", 1_020_000),
        ("17个月", "unit", 17),
        ("42 kg CO2 eq/kg Mg ingot (37-47)", "t/t", 42),
        ("one billion", "unit", 1e9),
        ("about a kilo of rare earths", "kg/robot", 1),
        ("26,887.2 yuan/ton (REO=51%)", "CNY/t", 26_887.2),
    ],
)
def test_numbers_that_are_meant(stated, unit, expected):
    assert read_figure(stated, unit).value == pytest.approx(expected)


@pytest.mark.parametrize("stated", ["", "no figure", "CO2", "2024年"])
def test_text_without_a_number_is_refused(stated):
    with pytest.raises(LedgerError, match="holds no number"):
        read_figure(stated, "t")


def test_frame_keeps_unreadable_rows_as_missing():
    rows = pd.DataFrame(
        {"read_as": ["5 t", "none"], "unit": "t", "measure": "level", "value": [5.0, 6.0]}, index=[7, 9]
    )
    figures = read_figures(rows)
    assert list(figures.index) == [7, 9]
    assert figures.loc[7, "bound_high"] == 5.5
    assert math.isnan(figures.loc[9, "printed_value"])


# Printing a number in any way that sources use, then reading it, gives an interval that holds the number.

NUMBERS = st.decimals(min_value=1, max_value=10**9, places=4, allow_nan=False, allow_infinity=False)
DECIMALS = st.integers(min_value=0, max_value=3)
ROUNDINGS = {"nearest": "ROUND_HALF_EVEN", "truncate": "ROUND_DOWN"}
WORDS = {
    " million tonnes": 6,
    " billion": 9,
    " mln t": 6,
    "mn t": 6,
    "万吨": 4,
    "亿吨": 8,
    "萬噸": 4,
    "만톤": 4,
    "億トン": 8,
    " thousand tons": 3,
    " kt": 3,
    "Mt": 6,
    "k": 3,
    " tonnes": 0,
    "吨": 0,
    " mt": 0,
    "t": 0,
    "톤": 0,
    "": 0,
}


def cut(number: Decimal, decimals: int, rounding: str) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUNDINGS[rounding])


@given(NUMBERS, DECIMALS, st.sampled_from(sorted(WORDS)), st.booleans(), st.sampled_from(sorted(ROUNDINGS)))
def test_scaled_numbers(number, decimals, word, grouped, rounding):
    printed = cut(number.scaleb(-WORDS[word]), decimals, rounding)
    stated = f"{printed:,f}{word}" if grouped else f"{printed:f}{word}"
    low, high = bounds(stated, rounding=rounding)
    assert low <= float(number) <= high


@given(NUMBERS, st.integers(min_value=1, max_value=3), st.sampled_from(["Tonnen", "Millionen Tonnen"]))
def test_continental_numbers(number, decimals, word):
    power = 6 if word.startswith("Mill") else 0
    printed = f"{cut(number.scaleb(-power), decimals, 'nearest'):,f}"
    stated = printed.translate(str.maketrans(",.", ".,")) + " " + word
    low, high = bounds(stated)
    assert low <= float(number) <= high


@given(st.integers(min_value=10_000, max_value=999_999_999))
def test_east_asian_groups(number):
    thousands, rest = divmod(number, 10_000)
    low, high = bounds(f"{thousands}万{rest}トン" if rest else f"{thousands}万トン")
    assert low <= float(number) <= high


@given(
    st.decimals(min_value=-99, max_value=900, places=4),
    DECIMALS,
    st.sampled_from(["{}%", "{} percent", "{}pc", "{} per cent", "{}％", "{}٪"]),
)
def test_changes_with_the_sign_in_the_value(change, decimals, form):
    printed = cut(change, decimals, "nearest")
    low, high = bounds(form.format(f"{abs(printed):f}"), "%", "yoy", float(change))
    assert low <= float(change) <= high


@given(st.decimals(min_value=-99, max_value=900, places=4), DECIMALS)
def test_changes_with_the_sign_in_words(change, decimals):
    printed = cut(change, decimals, "nearest")
    form = "down {}%" if change < 0 else "增长{}%"
    low, high = bounds(form.format(f"{abs(printed):f}"), "%", "yoy")
    assert low <= float(change) <= high


@given(NUMBERS, NUMBERS, st.integers(min_value=0, max_value=2), st.sampled_from(["-", "~", " to ", "–", "至"]))
def test_ranges_hold_all_between_their_ends(first, second, decimals, joiner):
    low_end, high_end = sorted((first, second))
    ends = [f"{cut(end, decimals, 'nearest'):,f}" for end in (low_end, high_end)]
    low, high = bounds(joiner.join(ends) + " yuan/mt", "CNY/t")
    assert low <= float(low_end) <= float(high_end) <= high


@given(NUMBERS, DECIMALS, st.sampled_from(["about {} t", "约{}吨", "~{} t", "approximately {} t"]))
def test_about_is_never_narrower_than_the_plain_figure(number, decimals, form):
    printed = f"{cut(number, decimals, 'nearest'):f}"
    plain, wide = bounds(printed), bounds(form.format(printed))
    assert wide[0] <= plain[0] <= plain[1] <= wide[1]


@given(NUMBERS, DECIMALS)
def test_one_sided_words_bound_one_side(number, decimals):
    over = f"over {cut(number, decimals, 'truncate'):f} t"
    assert bounds(over)[0] <= float(number) <= bounds(over)[1]
