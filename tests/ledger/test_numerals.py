from decimal import Decimal

import pytest

from metalsbook.ledger.numerals import NUMERAL, is_continental, read_numeral


def read(text: str, significant: int = 2):
    match = NUMERAL.search(text)
    return read_numeral(match["digits"], match["scale"] or "", match["more"], significant, is_continental(text))


@pytest.mark.parametrize(
    ("text", "value", "resolution"),
    [
        ("38,900 tons", 38_900, 100),
        ("17,050", 17_050, 10),
        ("20,000", 20_000, 1_000),
        ("3.87万吨", 38_700, 100),
        ("75万吨", 750_000, 10_000),
        ("100万吨", 1_000_000, 100_000),
        ("1.301亿", 130_100_000, 100_000),
        ("24만2000톤", 242_000, 1_000),
        ("1万7493トン", 17_493, 1),
        ("24万2,000トン", 242_000, 1_000),
        ("2千万円", 20_000_000, 10_000_000),
        ("3億2千万円", 320_000_000, 10_000_000),
        ("5千亿元", 500_000_000_000, 100_000_000_000),
        # Groups that do not fit into what stands before them are numbers of their own.
        ("1千5000", 1_000, 1_000),
        ("0.9万7493", 9_000, 1_000),
        ("1万5億", 10_000, 10_000),
        ("1万5千ドル", 15_000, 1_000),
        ("2億6598万4千台", 265_984_000, 1_000),
        ("3百万", 3_000_000, 1_000_000),
        ("1.268 million", 1_268_000, 1_000),
        ("2,38 milhões", 2_380_000, 10_000),
        ("1005,09 млн. тонн", 1_005_090_000, 10_000),
        ("25.280 Tonnen", 25_280, 10),
        ("2,552 Millionen", 2_552_000, 1_000),
        ("1,36 million de tonnes", 1_360_000, 10_000),
        ("822 400 tonnes", 822_400, 100),
        ("18 ألف", 18_000, 1_000),
        ("485 kt", 485_000, 1_000),
        ("1.3Mt", 1_300_000, 100_000),
        ("88.27 mnt", 88_270_000, 10_000),
        ("466 mt", 466, 1),
        ("523K tonnes", 523_000, 1_000),
        ("3.279M", 3_279_000, 1_000),
        ("19,758.0", 19_758, Decimal("0.1")),
        ("1.234.567,5", Decimal("1234567.5"), Decimal("0.1")),
        ("10千克", 10, 1),
    ],
)
def test_reads_value_and_resolution(text, value, resolution):
    assert read(text)[:2] == (value, resolution)


def test_letters_behind_a_number_are_no_scale_inside_a_word():
    assert read("17 months").value == 17
    assert read("5 kg").value == 5


def test_digits_inside_a_word_are_no_number_but_behind_a_currency_they_are():
    assert NUMERAL.search("CO2") is None
    assert read("Yn402")[0] == 402


@pytest.mark.parametrize(("significant", "resolution"), [(0, 1), (2, 1_000), (3, 100)])
def test_leading_digits_that_always_count(significant, resolution):
    assert read("10,000", significant).resolution == resolution


def test_step_is_the_last_digit_that_is_not_zero():
    assert read("300,000").step == 100_000
    assert read("1.50 million").step == 100_000
