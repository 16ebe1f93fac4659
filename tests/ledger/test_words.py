from decimal import Decimal

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.words import is_continental, read_numeral, take_apart, vocabulary


def read(text: str, significant: int = 2):
    return read_numeral(text, 0, significant, is_continental(text))[0]


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
        ("1万5千ドル", 15_000, 1_000),
        ("2億6598万4千台", 265_984_000, 1_000),
        ("3百万", 3_000_000, 1_000_000),
        ("3万8千9百吨", 38_900, 100),
        ("3万8千9百5十吨", 38_950, 10),
        ("3万8900", 38_900, 100),
        ("1,100万", 11_000_000, 1_000_000),
        ("1.5e4 t", 15_000, 1_000),
        ("1.5E+04", 15_000, 1_000),
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


@pytest.mark.parametrize("text", ["1千5000", "0.9万7493", "1万5億", "3.5万8千", "3万8", "1亿5", "24万20001", "8千9"])
def test_groups_that_can_mean_two_things_are_refused(text):
    with pytest.raises(LedgerError, match="more than one way"):
        read(text)


@pytest.mark.parametrize(
    "text", ["12,34,567 t", "3.'5年", "1,234.567.8 t", "3 8900 t", "5,600 5,700 t", "2,300, 2,400 t"]
)
def test_numbers_side_by_side_are_refused(text):
    with pytest.raises(LedgerError, match="more than one way"):
        take_apart(text)


def kinds(text: str) -> list[str]:
    return [f"{token.kind} {token.name}".strip() for token in take_apart(text)]


def test_a_text_is_numbers_and_known_words():
    assert kinds("Yn402 per metric ton") == ["units CNY", "number", "other per", "units t"]
    assert kinds("降幅3.5个百分点") == ["directions down", "number", "units pp"]
    assert kinds("up to 2 kg of CO2")[-1] == "other plain"
    assert kinds("2024年3.87万吨") == ["date", "number", "units t"]
    assert kinds("about 12 t in 2024")[-1] == "date"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("16,350 yuans/t", "yuans"),
        ("2 斤", "斤"),
        ("3万八千吨", "八千"),
        ("38,900e t", "e"),
        ("Mg99.90", "Mg99.90"),
        ("38,900*", "*"),
        ("5 m", "m"),
        ("CO2e", "CO"),
        ("tonsil 5", "tonsil"),
        ("q16000", "q"),
    ],
)
def test_an_unknown_word_is_named(text, named):
    with pytest.raises(LedgerError) as caught:
        take_apart(text)
    assert f"'{named}' in '{text}' is not known" in str(caught.value)


def test_the_words_of_the_vocabulary_are_read_as_they_are_meant():
    assert all(word == word.lower() for word in vocabulary())
    for word, meaning in vocabulary().items():
        assert [(token.kind, token.name) for token in take_apart(f"t {word} t")][1] == meaning, word


@pytest.mark.parametrize(("significant", "resolution"), [(0, 1), (2, 1_000), (3, 100)])
def test_leading_digits_that_always_count(significant, resolution):
    assert read("10,000", significant).resolution == resolution


def test_step_is_the_last_digit_that_is_not_zero():
    assert read("300,000").step == 100_000
    assert read("1.50 million").step == 100_000
