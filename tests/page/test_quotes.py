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
        "that is 1.8% below the only quote of October 2025."
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


def test_a_lone_quote_of_a_copy_names_it():
    book = made(quote("2025-11-03", 16150))
    book.sources.loc[0, "publisher"] = "x.com (SMM copy) [undated page, year nominal]"
    assert "(the only quote, by x.com (SMM copy, undated page, year assumed))" in month_sentence(book, "mg", "Ingot")


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
        "\u22121.8% on October 2025 (1 quote)",
    )
    assert "mean of 2 quotes: SMM" in figure.origin.markup
    # Each quote of the mean can be opened.
    for part in ('href="https://smm"', "2025-11-03", "2025-11-25", "st-mg-level-2025-11-25"):
        assert part in figure.origin.markup


def test_a_printed_month_goes_before_few_quotes_in_value_and_change():
    book = made(
        quote("2025-10-30", 21200),
        quote("2025-11-03", 21440),
        quote("2025-11-28", 21540),
        printed("mg", "2025-10", 20911, unit="CNY/t"),
        printed("mg", "2025-11", 21457, unit="CNY/t"),
    )
    figure = quote_figure(book, "Aluminium", "mg")
    assert (figure.value, figure.change) == ("21,457 CNY/t", "+2.6% on October 2025")
    assert "for the month, as SMM prints it" in figure.origin.markup
    said = month_sentence(book, "mg", "Aluminium")
    assert "as SMM prints it for the month" in said
    assert "2 day quotes between 21,390 and 21,590 CNY/t; that is 2.6% above that of October 2025." in said


def test_months_of_different_bases_give_no_change():
    book = made(quote("2025-10-30", 21200), printed("mg", "2025-11", 21457, unit="CNY/t"))
    assert quote_figure(book, "Aluminium", "mg").change == "no October 2025 on this basis"
    assert "October 2025 is known on another basis only" in month_sentence(book, "mg", "Aluminium")


def test_a_rank_says_how_many_months_rest_on_few_quotes():
    days = [quote(f"2025-{month}-03", 16000 + 100 * number) for number, month in enumerate(("08", "09", "10", "11"))]
    assert quote_figure(made(*days), "Ingot", "mg").rank == "highest of 4, 3 of them by fewer than 3 quotes"


def test_prices_are_whole_where_they_are_large():
    assert (price(16095.2), price(78.0, "CNY/t"), price(90.57)) == ("16,095", "78 CNY/t", "90.6")
    assert price(16212.5) == "16,213"
