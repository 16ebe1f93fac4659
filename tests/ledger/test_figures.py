"""What a printed text says of the true figure: its interval, its sign and unit, or why it is refused."""

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
from tests.cases import cases


def bounds(stated, unit="t", measure="level", value=None, rounding="nearest"):
    figure = read_figure(stated, unit, measure, value, rounding)
    return figure.bound_low, figure.bound_high


@pytest.mark.parametrize(
    ("stated", "unit", "low", "high", "qualifier"),
    cases("""
        38,900 tons              | t          | 38850       | 38950       |
        3.87万吨                 | t          | 38650       | 38750       |
        61.21%                   | %          | 61.205      | 61.215      |
        1.268 million            | unit       | 1267500     | 1268500     |
        20%                      | %          | 19.5        | 20.5        |
        17,000 yuan/mt           | CNY/t      | 16950       | 17050       |
        17,050 yuan/mt           | CNY/t      | 17045       | 17055       |
        $49.10/kg                | USD/t      | 49095       | 49105       |
        580 million kilowatts    | GW         | 575         | 585         |
        50 g per ton             | kg/t       | 0.0495      | 0.0505      |
        8.36 million kg          | t          | 8355        | 8365        |
        about 12 pounds          | kg/vehicle | 4.98951607  | 5.89670081  | about
        Yn402-405/kg             | CNY/t      | 401500      | 405500      | range
        around 35 to 40 MWh      | kWh/t      | 34500       | 40500       | range
        6.95-7 million yuan/mt   | CNY/t      | 6945000     | 7005000     | range
        over 60%                 | %          | 60          | 65          | over
        more than 140,000 tonnes | t          | 140000      | 150000      | over
        超100万吨                | t          | 1000000     | 1500000     | over
        20Kg 以上                | kg/vehicle | 20          | 25          | over
        at least 5 t             | t          | 5           | 6           | over
        近10%                    | %          | 5           | 10          | nearly
        just under 6,150 tonnes  | t          | 6140        | 6150        | nearly
        below 35t currently      | t          | 0           | 35          | below
        不足10%                  | %          | 0           | 10          | below
        up to 1.3 kg of NdPr     | kg/robot   | 0           | 1.3         | up_to
        about 30,000 tons        | t          | 27500       | 32500       | about
        about 53%                | %          | 52          | 54          | about
        rund 25.280 Tonnen       | t          | 25270       | 25290       | about
        约16.96万吨              | t          | 169500      | 169700      | about
        ~0.9kg                   | kg/unit    | 0.8         | 1.0         | about
        3公斤左右                | kg/vehicle | 2           | 4           | about
    """),
)
def test_the_interval_in_which_the_figure_lies(stated, unit, low, high, qualifier):
    assert bounds(stated, unit) == pytest.approx((float(low), float(high)), rel=1e-9)
    assert read_figure(stated, unit).qualifier == qualifier


def test_truncation_and_words_of_a_fall_reach_away_from_zero():
    assert bounds("3.87万吨", rounding="truncate") == (38_700, 38_800)
    assert bounds("down 2.6%", "%", "mom", rounding="truncate") == (-2.7, -2.6)
    assert bounds("10-12 t", rounding="truncate") == (10, 13)
    assert bounds("over 47%", "%", "mom", value=-47) == (-48, -47)
    assert bounds("nearly 28%", "%", "yoy", value=-28) == (-28, -27)
    with pytest.raises(LedgerError, match="'up' is not known"):
        read_figure("5 t", "t", rounding="up")


@pytest.mark.parametrize(
    ("stated", "unit", "low", "high"),
    cases("""
        5,600 to 5,700 yuan/mt                 | CNY/t      | 5600    | 5700
        1.61万元~1.64万元/吨                   | CNY/t      | 16100   | 16400
        1.62-1.64 million yuan/mt              | CNY/t      | 1620000 | 1640000
        1.6 million to 1.62 million yuan/mt    | CNY/t      | 1600000 | 1620000
        6.95-7 million yuan/mt                 | CNY/t      | 6950000 | 7000000
        800,000-1mn t/yr                       | t          | 800000  | 1000000
        2950~3千ドル                           | USD/t      | 2950    | 3000
        RMB 22,000~22,300/t                    | CNY/t      | 22000   | 22300
        28,500 yuan and as low as 19,900 yuan  | CNY/t      | 19900   | 28500
        between 73 per cent and 75 per cent    | %          | 73      | 75
        13050 Mel 13100 yuan / ton             | CNY/t      | 13050   | 13100
        $250/kg- $310/kg                       | USD/kg     | 250     | 310
        5公斤至10公斤                          | kg/vehicle | 5       | 10
        1-1.16Mt                               | t          | 1000000 | 1160000
        2 kt to 3,000 Mt                       | t          | 2000    | 3000000000
    """),
)
def test_ranges(stated, unit, low, high):
    figure = read_figure(stated, unit)
    assert (figure.qualifier, figure.low, figure.high) == ("range", float(low), float(high))
    assert figure.value == (figure.low + figure.high) / 2
    assert figure.bound_low < figure.low < figure.high < figure.bound_high


def test_a_range_of_falls_keeps_its_order_and_a_list_gives_the_figure_that_the_row_names():
    figure = read_figure("20%-25%", "%", "forecast_qoq", -22.5)
    assert (figure.low, figure.high, figure.value) == (-25, -20, -22.5)
    for meant in (900_000, 134e6, 1.019e9):
        assert read_figure("0.9/134/1,019mn unit", "unit", "forecast", meant).value == meant


@pytest.mark.parametrize(
    ("stated", "given", "expected"),
    cases("""
        down 2.6% MoM         |        | -2.6
        70% MoM decrease      |        | -70
        下降11.2%             |        | -11.2
        33・0%減              |        | -33
        –22.4%                |        | -22.4
        +8.8%                 |        | 8.8
        环比增长28.94%        |        | 28.94
        17.57%                | -17.57 | -17.57
        17.57%                | 17.57  | 17.57
        down 2.6%             | 2.6    | -2.6
        1.4-fold              |        | 140
        doubled               |        | 100
        halved                |        | -50
        -2,7%                 |        | -2.7
        63. 9 percent         |        | 63.9
        650 بالمائة           |        | 650
        跌3.5%                |        | -3.5
        fell by 3.5%, to 2%   |        | -3.5
        降幅3.5%              |        | -3.5
        (3.5)%                |        | -3.5
        (3.5%)                |        | -3.5
        ▼3.5%                 |        | -3.5
        slid 3.5%             |        | -3.5
        contracted 3.5%       |        | -3.5
        环比减少3.5%          |        | -3.5
        3.5% (down)           |        | -3.5
    """),
)
def test_changes(stated, given, expected):
    figure = read_figure(stated, "%", "mom", float(given) if given else None)
    assert figure.value == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("stated", "unit", "measure", "expected"),
    cases("""
        11% in 2008                         | %      | level | 11
        $7,800 in 2023                      | USD/t  | level | 7800
        up 12,000 mt from 2018              | t      | level | 12000
        18,825 yuan/mt (Q2 2025)            | CNY/t  | level | 18825
        In 2024, 5,000 t were exported      | t      | level | 5000
        2024年 3.87万吨                     | t      | level | 38700
        Jan 2025 exports 5,000 t            | t      | level | 5000
        29.5万吨(约26%)                     | t      | level | 295000
        29.5万吨(约26%)                     | %      | level | 26
        50355(万美元)                       | USD    | level | 503550000
        1,020 (est) thousand tonnes         | t      | level | 1020000
        42 kg CO2 eq/kg Mg ingot (37-47)    | t/t    | level | 42
        one billion                         | unit   | level | 1000000000
        about a kilo of rare earths         | kg/robot | level | 1
        26,887.2 yuan/ton (REO=51%)         | CNY/t  | level | 26887.2
        20,000 lbs                          | t      | level | 9.0718474
        20,000 short tons                   | t      | level | 18143.6948
        1.5e4 t                             | t      | level | 15000
        15,000 t/month                      | t      | level | 15000
        5.4 t                               | kg     | level | 5400
        3万8千9百吨                         | t      | level | 38900
        3万8900吨                           | t      | level | 38900
        1,100万                             | unit   | level | 11000000
        年产30万吨                          | t/year | level | 300000
        <5 t                                | t      | level | 5
        15%                                 | ratio  | level | 0.15
        5,000 t at $2,300                   | t      | level | 5000
        5,000 t at $2,300                   | USD    | level | 2300
        能耗降低10%                         | %      | level | 10
        fell to 38,900 tons                 | t      | level | 38900
        down 12,000 mt from 2018            | t      | yoy_change | -12000
        下降3.5个百分点                     | %      | yoy_change | -3.5
    """),
)
def test_the_number_that_is_meant_in_the_unit_that_is_wanted(stated, unit, measure, expected):
    assert read_figure(stated, unit, measure).value == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("stated", "unit", "named"),
    cases("""
                                | t      | holds no number
        CO2                     | t      | holds no number
        2024年                  | t      | holds no number
        -2% to 3%               | %      | holds no number
        2,300 USD/t             | CNY/t  | 'USD' does not fit a figure in CNY/t
        2,300 (USD/t)           | CNY/t  | 'USD' does not fit
        16,350 yuan/t           | USD/t  | 'CNY' does not fit
        €2,300/t                | USD/t  | 'EUR' does not fit
        A$2,300/t               | USD/t  | 'A' in 'A$2,300/t' is not known
        15,000 t/month          | t/year | 'per month' does not fit
        2,300 USD/t/day         | USD/t  | 'per day' does not fit
        38,900 units            | t      | 'unit' does not fit
        38,900 t                | unit   | 't' does not fit
        16,350 yuan/dmt         | CNY/t  | 'dmt' in '16,350 yuan/dmt' is not known
        10⁴ t                   | t      | '⁴' in '10⁴ t' is not known
        1,234 (1,000 lbs)       | t      | leaves open in which unit
        16,350, or 2,300 USD/t  | CNY/t  | 'or' in
        16,350 and 2,300 USD/t  | CNY/t  | 'USD' does not fit
        21 (est) 441 t          | t      | more than one way
        0.9(Mt                  | t      | more than one way
        38,900-                 | t      | '38,900-' in '38,900-' is not known
        3.5个百分点             | %      | 'pp' does not fit a figure in %
        降幅收窄3.5个百分点     | yoy    | '收窄'
        跌幅扩大3.5%            | yoy    | '扩大'
        ▲3.5%                   | yoy    | '▲'
        slowed 3.5%             | yoy    | 'slowed'
        fell to 3.5%            | yoy    | says where a figure went
        增速回落至3.5%          | yoy    | '速'
        下降至3.5%              | yoy    | says where a figure went
        up 3.5% after falling 2% | yoy   | 'after'
        up 3.5%, down 2%        | yoy    | says both up and down
        down +3.5%              | yoy    | says both up and down
        3.5% MoM                | yoy    | 'MoM' in '3.5% MoM' does not fit the measure yoy
        环比3.5%                | yoy    | '环比'
    """),
)
def test_what_nothing_decides_is_refused_and_named(stated, unit, named):
    unit, measure = ("%", "yoy") if unit == "yoy" else (unit, "level")
    with pytest.raises(LedgerError) as caught:
        read_figure(stated, unit, measure)
    assert named in str(caught.value)


def test_whether_a_text_shows_the_sign_of_its_change():
    texts = {"3.5%": False, "-3.5%": True, "up 3.5%": True, "0%": True}
    assert {text: shows_sign(text, "%", "yoy") for text in texts} == texts
    assert shows_sign("5 t", "t", "level")


def test_frame_keeps_unreadable_rows_as_missing():
    rows = pd.DataFrame(
        {"read_as": ["5 t", "none"], "unit": "t", "measure": "level", "value": [5.0, 6.0], "period": "2025"},
        index=[7, 9],
    )
    figures = read_figures(rows)
    assert figures.loc[7, "bound_high"] == 5.5 and math.isnan(figures.loc[9, "printed_value"])
    assert figures["unread"].to_dict() == {7: "", 9: "'none' in 'none' is not known"}


# Printing a number in any way that sources use, then reading it, gives an interval that holds the number.

NUMBERS = st.decimals(min_value=1, max_value=10**9, places=4, allow_nan=False, allow_infinity=False)
CHANGES = st.decimals(min_value=-99, max_value=900, places=4)
DECIMALS = st.integers(min_value=0, max_value=3)
ROUNDINGS = {"nearest": "ROUND_HALF_EVEN", "truncate": "ROUND_DOWN"}
SCALES = {
    6: " million tonnes| mln t|mn t|Mt",
    9: " billion",
    8: "亿吨|億トン",
    4: "万吨|萬噸|만톤",
    3: " thousand tons| kt|k",
    0: " tonnes|吨| mt|t|톤|",
}
WORDS = {word: power for power, words in SCALES.items() for word in words.split("|")}


def cut(number: Decimal, decimals: int, rounding: str = "nearest") -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUNDINGS[rounding])


@given(NUMBERS, DECIMALS, st.sampled_from(sorted(WORDS)), st.booleans(), st.sampled_from(sorted(ROUNDINGS)))
def test_scaled_numbers(number, decimals, word, grouped, rounding):
    printed = cut(number.scaleb(-WORDS[word]), decimals, rounding)
    low, high = bounds(f"{printed:,f}{word}" if grouped else f"{printed:f}{word}", rounding=rounding)
    assert low <= float(number) <= high


@given(NUMBERS, st.integers(min_value=1, max_value=3), st.sampled_from([("Tonnen", 0), ("Millionen Tonnen", 6)]))
def test_continental_numbers(number, decimals, word):
    printed = f"{cut(number.scaleb(-word[1]), decimals):,f}".translate(str.maketrans(",.", ".,"))
    low, high = bounds(f"{printed} {word[0]}")
    assert low <= float(number) <= high


@given(st.integers(1, 9_999), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_east_asian_groups(ten_thousands, thousands, hundreds, tens):
    rest = thousands * 1_000 + hundreds * 100 + tens * 10
    for text in (f"{thousands}千{hundreds}百{tens}十吨", f"{rest}吨", f"{rest:,}トン"):
        assert read_figure(f"{ten_thousands}万{text}", "t").value == ten_thousands * 10_000 + rest


@given(CHANGES, DECIMALS, st.sampled_from("{}%|{} percent|{}pc|{} per cent|{}％|{}٪".split("|")))
def test_the_sign_of_a_change_is_in_its_value_or_its_words(change, decimals, form):
    printed = f"{abs(cut(change, decimals)):f}"
    for text, value in ((form, float(change)), ("down {}%" if change < 0 else "增长{}%", None)):
        low, high = bounds(text.format(printed), "%", "yoy", value)
        assert low <= float(change) <= high


@given(NUMBERS, NUMBERS, st.integers(min_value=0, max_value=2), st.sampled_from(["-", "~", " to ", "–", "至"]))
def test_ranges_hold_all_between_their_ends(first, second, decimals, joiner):
    ends = sorted((first, second))
    low, high = bounds(joiner.join(f"{cut(end, decimals):,f}" for end in ends) + " yuan/mt", "CNY/t")
    assert low <= float(ends[0]) <= float(ends[1]) <= high


@given(NUMBERS, DECIMALS, st.sampled_from(["about {} t", "约{}吨", "~{} t", "approximately {} t"]))
def test_words_that_widen_hold_what_the_plain_figure_holds(number, decimals, form):
    printed = f"{cut(number, decimals):f}"
    plain, wide = bounds(printed), bounds(form.format(printed))
    assert wide[0] <= plain[0] <= plain[1] <= wide[1]
    low, high = bounds(f"over {cut(number, decimals, 'truncate'):f} t")
    assert low <= float(number) <= high


KNOWN = vocabulary()
LATIN = st.text("abcdefghijklmnopqrstuvwxyzäéß", min_size=1, max_size=9)
CHINESE = st.text("斤两桶磁矿港韩瑞担石捆", min_size=1, max_size=3)
# Behind a stroke, t/a is a known word; short ones are scales.
MEANT = {*KNOWN, *(word[1:] for word in KNOWN if word[0] == "/"), *"k m mn bn million billion mil mio mrd tsd".split()}
PLACES = st.sampled_from(["38,900 {}", "38,900 t/{}", "{} 38,900", "38,900 t ({})", "USD {} 38,900 per t", "5-6 {}"])


@given(LATIN.filter(lambda word: word not in MEANT) | CHINESE, PLACES, st.sampled_from(sorted(UNITS)))
def test_any_word_outside_the_vocabulary_is_refused(word, form, unit):
    with pytest.raises(LedgerError, match="is not known"):
        read_figure(form.format(word), unit)


DOWN, UP = (sorted(w for w, meaning in KNOWN.items() if meaning == ("directions", way)) for way in ("down", "up"))
FORMS = st.sampled_from(["{word} {number}%", "{number}% {word}", "{word} by {number} percent", "{number}% ({word})"])


@given(
    st.sampled_from(DOWN), st.sampled_from(UP), FORMS, st.decimals(1, 99, places=1), st.sampled_from(CHANGE_MEASURES)
)
def test_any_word_of_a_fall_gives_a_value_below_zero_if_no_word_of_a_rise_stands_beside_it(
    down, up, form, number, measure
):
    for printed in (number, f"-{number}"):
        assert read_figure(form.format(word=down, number=printed), "%", measure).value == -float(number)
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
