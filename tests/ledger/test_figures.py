import math
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import read_figure, read_figures, shows_sign
from metalsbook.ledger.vocabulary import CHANGE_MEASURES, UNITS
from metalsbook.ledger.words import vocabulary


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


@pytest.mark.parametrize("stated", ["", "CO2", "2024年", "in 2024", "t"])
def test_text_without_a_number_is_refused(stated):
    with pytest.raises(LedgerError, match="holds no number"):
        read_figure(stated, "t")


# What people type: taken right or refused, never silently wrong.


@pytest.mark.parametrize(
    ("stated", "unit", "value"),
    [
        ("20,000 lbs", "t", 9.0718474),
        ("20,000 short tons", "t", 18_143.6948),
        ("1.5e4 t", "t", 15_000),
        ("15,000 t/month", "t", 15_000),
        ("5.4 t", "kg", 5_400),
        ("3万8千9百吨", "t", 38_900),
        ("3万8900吨", "t", 38_900),
        ("1,100万", "unit", 11_000_000),
        ("年产30万吨", "t/year", 300_000),
        ("<5 t", "t", 5),
        ("15%", "ratio", 0.15),
        ("5,000 t at $2,300", "t", 5_000),
        ("5,000 t at $2,300", "USD", 2_300),
    ],
)
def test_known_words_convert(stated, unit, value):
    assert read_figure(stated, unit).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("stated", "unit", "named"),
    [
        ("2,300 USD/t", "CNY/t", "'USD' does not fit a figure in CNY/t"),
        ("2,300 (USD/t)", "CNY/t", "'USD' does not fit"),
        ("16,350 yuan/t", "USD/t", "'CNY' does not fit"),
        ("€2,300/t", "USD/t", "'EUR' does not fit"),
        ("A$2,300/t", "USD/t", "'A' in 'A\\$2,300/t' is not known"),
        ("15,000 t/month", "t/year", "'per month' does not fit"),
        ("2,300 USD/t/day", "USD/t", "'per day' does not fit"),
        ("38,900 units", "t", "'unit' does not fit"),
        ("38,900 t", "unit", "'t' does not fit"),
        ("16,350 yuan/dmt", "CNY/t", "'dmt' in '16,350 yuan/dmt' is not known"),
        ("10⁴ t", "t", "'⁴' in '10⁴ t' is not known"),
        ("1,234 (1,000 lbs)", "t", "leaves open in which unit"),
        ("16,350, or 2,300 USD/t", "CNY/t", "'or' in"),
        ("16,350 and 2,300 USD/t", "CNY/t", "'USD' does not fit"),
        ("21 (est) 441 t", "t", "more than one way"),
        ("0.9(Mt", "t", "more than one way"),
        ("38,900-", "t", "'38,900-' in '38,900-' is not known"),
        ("3.5个百分点", "%", "'pp' does not fit a figure in %"),
    ],
)
def test_unknown_and_unfitting_words_are_refused_and_named(stated, unit, named):
    with pytest.raises(LedgerError, match=named):
        read_figure(stated, unit)


@pytest.mark.parametrize(
    "stated",
    [
        "跌3.5%",
        "fell by 3.5%, to 2%",
        "降幅3.5%",
        "(3.5)%",
        "(3.5%)",
        "▼3.5%",
        "slid 3.5%",
        "contracted 3.5%",
        "同比减少3.5%",
        "3.5% (down)",
    ],
)
def test_a_fall_is_below_zero(stated):
    assert read_figure(stated, "%", "yoy").value == -3.5


def test_a_fall_in_the_unit_of_the_series_is_below_zero():
    assert read_figure("down 12,000 mt from 2018", "t", "yoy_change").value == -12_000
    assert read_figure("下降3.5个百分点", "%", "yoy_change").value == -3.5
    assert read_figure("fell to 38,900 tons", "t").value == 38_900


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ("降幅收窄3.5个百分点", "'收窄'"),
        ("跌幅扩大3.5%", "'扩大'"),
        ("▲3.5%", "'▲'"),
        ("slowed 3.5%", "'slowed'"),
        ("fell to 3.5%", "says where a figure went"),
        ("增速回落至3.5%", "'速'"),
        ("下降至3.5%", "says where a figure went"),
        ("up 3.5% after falling 2%", "'after'"),
        ("up 3.5%, down 2%", "says both up and down"),
        ("down +3.5%", "says both up and down"),
        ("3.5% MoM", "'MoM' in '3.5% MoM' does not fit the measure yoy"),
        ("环比3.5%", "'环比'"),
    ],
)
def test_a_change_that_no_word_decides_is_refused(stated, named):
    with pytest.raises(LedgerError, match=named):
        read_figure(stated, "%", "yoy")


@pytest.mark.parametrize(
    ("stated", "measure", "shown"),
    [
        ("3.5%", "yoy", False),
        ("-3.5%", "yoy", True),
        ("up 3.5%", "yoy", True),
        ("0%", "yoy", True),
        ("5 t", "level", True),
    ],
)
def test_whether_a_text_shows_the_sign_of_its_change(stated, measure, shown):
    assert shows_sign(stated, "%" if "%" in stated else "t", measure) is shown


def test_frame_keeps_unreadable_rows_as_missing():
    rows = pd.DataFrame(
        {"read_as": ["5 t", "none"], "unit": "t", "measure": "level", "value": [5.0, 6.0], "period": "2025"},
        index=[7, 9],
    )
    figures = read_figures(rows)
    assert list(figures.index) == [7, 9]
    assert figures.loc[7, "bound_high"] == 5.5
    assert math.isnan(figures.loc[9, "printed_value"])
    assert figures["unread"].tolist() == ["", "'none' in 'none' is not known"]


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
    # One digit behind 万 can mean two things.
    rest = 0 if rest < 10 else rest
    number = thousands * 10_000 + rest
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


KNOWN = vocabulary()
LATIN = st.text("abcdefghijklmnopqrstuvwxyzäéß", min_size=1, max_size=9).filter(lambda word: word not in KNOWN)
CHINESE = st.text("斤两桶磁矿港韩瑞担石捆", min_size=1, max_size=3)
PLACES = st.sampled_from(["38,900 {}", "38,900 t/{}", "{} 38,900", "38,900 t ({})", "USD {} 38,900 per t", "5-6 {}"])


@given(LATIN | CHINESE, PLACES, st.sampled_from(sorted(UNITS)))
def test_any_word_outside_the_vocabulary_is_refused(word, form, unit):
    text = form.format(word)
    if word[0].isascii() and word in ("k", "m", "mn", "bn", "million", "billion", "mil", "mio", "mrd", "tsd"):
        return
    with pytest.raises(LedgerError, match="is not known"):
        read_figure(text, unit)


DOWN = sorted(word for word, meaning in KNOWN.items() if meaning == ("directions", "down"))
UP = sorted(word for word, meaning in KNOWN.items() if meaning == ("directions", "up"))
FORMS = st.sampled_from(["{word} {number}%", "{number}% {word}", "{word} by {number} percent", "{number}% ({word})"])


@given(st.sampled_from(DOWN), FORMS, st.decimals(1, 99, places=1), st.sampled_from(CHANGE_MEASURES))
def test_any_word_of_a_fall_gives_a_value_below_zero(word, form, number, measure):
    assert read_figure(form.format(word=word, number=number), "%", measure).value == -float(number)
    assert read_figure(form.format(word=word, number=f"-{number}"), "%", measure).value == -float(number)


@given(st.sampled_from(DOWN), st.sampled_from(UP), st.decimals(1, 99, places=1))
def test_words_of_a_fall_and_of_a_rise_together_are_refused(down, up, number):
    with pytest.raises(LedgerError, match="both up and down"):
        read_figure(f"{up} {number}% {down}", "%", "yoy")


CURRENCIES = {"CNY": ["yuan", "RMB", "元", "CNY"], "USD": ["USD", "$", "美元", "dollars"], "EUR": ["€", "euro"]}


@given(st.sampled_from(sorted(CURRENCIES)), st.sampled_from(["CNY", "USD"]), st.integers(1, 99_999), st.data())
def test_a_price_in_another_currency_is_never_taken(printed, wanted, number, data):
    text = f"{number} {data.draw(st.sampled_from(CURRENCIES[printed]))}/t"
    if printed == wanted:
        assert read_figure(text, f"{wanted}/t").value == number
    else:
        with pytest.raises(LedgerError, match=f"'{printed}' does not fit"):
            read_figure(text, f"{wanted}/t")


@given(st.integers(1, 9_999), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_chinese_groups(ten_thousands, thousands, hundreds, tens):
    number = ten_thousands * 10_000 + thousands * 1_000 + hundreds * 100 + tens * 10
    assert read_figure(f"{ten_thousands}万{thousands}千{hundreds}百{tens}十吨", "t").value == number
    assert read_figure(f"{ten_thousands}万{number % 10_000}吨", "t").value == number
