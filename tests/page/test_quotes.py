"""Quotes: what a month's quotes say, also where there is one, none, or no month before."""

from metalsbook.page.quotes import course_sentence, extremes_sentence, month_sentence, price, quote_figure
from tests.page.editions import edition, printed

CATALOGUE = {"mg": {"unit": "CNY/t", "kind": "price", "basis": "ex-works"}}


def quote(day: str, value: float, half: float = 50.0) -> dict:
    return printed("mg", day, value, unit="CNY/t", low=value - half, high=value + half)


def made(*quotes: dict):
    return edition(list(quotes), catalogue=CATALOGUE)


def test_a_month_says_mean_range_count_and_change():
    book = made(quote("2025-10-09", 16400), quote("2025-11-03", 16150), quote("2025-11-25", 16050))
    assert month_sentence(book, "mg", "Ingot") == (
        "Ingot stood at 16,100 CNY/t in November 2025 (the mean of 2 quotes), quoted between 16,000 and 16,200 CNY/t; "
        "the mean fell by 1.8% on October 2025."
    )
    assert course_sentence(book, "mg") == (
        "Within the month it fell by 0.6%, from 16,150 on 3 November 2025 to 16,050 CNY/t on 25 November 2025."
    )


def test_the_only_quote_and_the_first_month_say_so():
    book = made(quote("2025-11-03", 16150))
    assert "(the only quote)" in month_sentence(book, "mg", "Ingot")
    assert " on October" not in month_sentence(book, "mg", "Ingot")
    assert course_sentence(book, "mg") is None
    assert extremes_sentence(book, "mg") is None


def test_a_month_without_quotes_is_a_gap():
    book = made(quote("2025-10-03", 16150))
    assert month_sentence(book, "mg", "Ingot") == "Ingot has no quote in November 2025; the last is of 3 October 2025."
    assert quote_figure(book, "Ingot", "mg").value == ""


def test_the_last_quote_lies_between_low_and_high_of_twelve_months():
    book = made(
        quote("2024-10-01", 99000), quote("2025-03-06", 15000), quote("2025-08-11", 20000), quote("2025-11-25", 16000)
    )
    said = extremes_sentence(book, "mg")
    assert "6.7% above the low of the last twelve months (15,000 on 6 March 2025)" in said
    assert "20.0% below their high (20,000 on 11 August 2025)" in said


def test_a_new_low_is_at_the_low():
    book = made(quote("2025-09-01", 17000), quote("2025-10-01", 16500), quote("2025-11-25", 16000))
    assert "lies at the low of the last twelve months and" in extremes_sentence(book, "mg")


def test_the_key_figure_counts_its_quotes():
    book = made(quote("2025-10-09", 16400), quote("2025-11-03", 16150), quote("2025-11-25", 16050))
    figure = quote_figure(book, "Ingot", "mg")
    assert (figure.value, figure.period, figure.change) == (
        "16,100 CNY/t",
        "November 2025",
        "\u22121.8% on October 2025",
    )
    assert "mean of 2 quotes: SMM" in figure.origin.markup


def test_prices_are_whole_where_they_are_large():
    assert (price(16095.2), price(78.0, "CNY/t"), price(90.57)) == ("16,095", "78 CNY/t", "90.6")
