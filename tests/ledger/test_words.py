"""How numbers and words are written: the digits that count, and words that are not known."""

from decimal import Decimal

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.words import is_continental, read_numeral, take_apart, vocabulary
from tests.cases import cases


def read(text: str, significant: int = 2):
    return read_numeral(text, 0, significant, is_continental(text))[0]


@pytest.mark.parametrize(
    ("text", "value", "resolution"),
    cases("""
        38,900 tons            | 38900        | 100
        20,000                 | 20000        | 1000
        75万吨                 | 750000       | 10000
        100万吨                | 1000000      | 100000
        1.301亿                | 130100000    | 100000
        1万7493トン            | 17493        | 1
        24万2,000トン          | 242000       | 1000
        2千万円                | 20000000     | 10000000
        3億2千万円             | 320000000    | 10000000
        5千亿元                | 500000000000 | 100000000000
        1万5千ドル             | 15000        | 1000
        2億6598万4千台         | 265984000    | 1000
        3百万                  | 3000000      | 1000000
        3万8千9百吨            | 38900        | 100
        3万8千9百5十吨         | 38950        | 10
        3万8900                | 38900        | 100
        1,100万                | 11000000     | 1000000
        1.5e4 t                | 15000        | 1000
        1.5E+04                | 15000        | 1000
        1.268 million          | 1268000      | 1000
        2,38 milhões           | 2380000      | 10000
        1005,09 млн. тонн      | 1005090000   | 10000
        25.280 Tonnen          | 25280        | 10
        2,552 Millionen        | 2552000      | 1000
        1,36 million de tonnes | 1360000      | 10000
        822 400 tonnes         | 822400       | 100
        18 ألف                 | 18000        | 1000
        485 kt                 | 485000       | 1000
        1.3Mt                  | 1300000      | 100000
        88.27 mnt              | 88270000     | 10000
        466 mt                 | 466          | 1
        523K tonnes            | 523000       | 1000
        3.279M                 | 3279000      | 1000
        19,758.0               | 19758        | 0.1
        1.234.567,5            | 1234567.5    | 0.1
        10千克                 | 10           | 1
        17 months              | 17           | 1
        5 kg                   | 5            | 1
    """),
)
def test_value_and_resolution(text, value, resolution):
    assert read(text)[:2] == (Decimal(value), Decimal(resolution))


@pytest.mark.parametrize(("significant", "resolution"), [(0, 1), (2, 1_000), (3, 100)])
def test_leading_digits_always_count_and_the_step_is_the_last_that_is_not_zero(significant, resolution):
    assert read("10,000", significant).resolution == resolution
    assert (read("300,000").step, read("1.50 million").step) == (100_000, 100_000)


@pytest.mark.parametrize("text", "1千5000 0.9万7493 1万5億 3.5万8千 3万8 1亿5 24万20001 8千9".split(" "))
def test_groups_that_can_mean_two_things_are_refused(text):
    with pytest.raises(LedgerError, match="more than one way"):
        read(text)


@pytest.mark.parametrize("text", "12,34,567 t|3.'5年|1,234.567.8 t|3 8900 t|5,600 5,700 t|2,300, 2,400 t".split("|"))
def test_numbers_side_by_side_are_refused(text):
    with pytest.raises(LedgerError, match="more than one way"):
        take_apart(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    cases("""
        Yn402 per metric ton | units CNY, number , other per, units t
        降幅3.5个百分点      | directions down, number , units pp
        2024年3.87万吨       | date , number , units t
    """),
)
def test_a_text_is_numbers_and_known_words(text, kinds):
    assert ", ".join(f"{token.kind} {token.name}" for token in take_apart(text)) == kinds


@pytest.mark.parametrize(
    ("text", "named"),
    cases("""
        16,350 yuans/t | yuans
        2 斤           | 斤
        3万八千吨      | 八千
        38,900e t      | e
        Mg99.90        | Mg99.90
        38,900*        | *
        5 m            | m
        CO2e           | CO
        tonsil 5       | tonsil
        q16000         | q
    """),
)
def test_an_unknown_word_is_named(text, named):
    with pytest.raises(LedgerError) as caught:
        take_apart(text)
    assert f"'{named}' in '{text}' is not known" in str(caught.value)


def test_the_words_of_the_vocabulary_are_read_as_they_are_meant():
    for word, meaning in vocabulary().items():
        assert word == word.lower()
        assert [(token.kind, token.name) for token in take_apart(f"t {word} t")][1] == meaning, word
