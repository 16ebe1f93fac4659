"""What no way into the ledger takes: figures that nothing can have, and periods that nobody could know."""

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.reading import read_ledger
from metalsbook.ledger.schemas import TABLES

SMM = "smm-2025-11-20-aaaaaa"
UNDATED = "page-undated-bbbbbb"
VALUE = "mg.export.value.ingot,Value,USD,month,flow,China,,,published_levels,,,magnesium_exports,Dollars of exports."
MARGIN = "mg.margin.cn,Margin,CNY/t,month,price,China,,,,,,magnesium_prices,Price less cost."
LIST_PRICE = "mg.list.cn,List price,CNY/t,quarter,price,China,,,,,,magnesium_prices,Price of a quarter."


def add(ledger, *cells: str, series: str = "") -> None:
    if series:
        ledger.add("series", *series.split(","))
    ledger.add("statements", *cells)


def refused(ledger, column: str, rule: str) -> None:
    with pytest.raises(LedgerError, match=f"topic.csv, row 7, column {column}: .* - .*{rule}"):
        read_ledger(ledger.path)


@pytest.mark.parametrize("value", ["0", "-16000"])
@pytest.mark.parametrize("measure", ["level", "ytd", "mean3", "forecast"])
def test_a_price_is_above_zero(ledger, value, measure):
    add(ledger, "mg.price.ingot.fugu", measure, "2025-10", value, "", "", "CNY/t", f"{value} yuan/mt", SMM)
    refused(ledger, "value", "a price is above 0")


def test_a_price_may_fall_by_all_and_a_margin_below_zero(ledger):
    add(ledger, "mg.margin.cn", "level", "2025-10", "-200", "", "", "CNY/t", "-200 yuan/mt", SMM, series=MARGIN)
    add(ledger, "mg.price.ingot.fugu", "mom", "2025-10", "0", "", "", "%", "0%", SMM)
    assert len(read_ledger(ledger.path).statements) == 7


def test_an_amount_is_not_below_zero(ledger):
    add(ledger, "mg.export.ingot", "ytd", "2025-10", "-38900", "", "", "t", "(38,900)", SMM)
    refused(ledger, "value", "an amount is not below 0")


def test_a_zero_beside_a_value_is_no_figure(ledger):
    cells = ("level", "2025-09")
    add(ledger, "mg.export.ingot", *cells, "0", "", "", "t", "0 t", SMM, series=VALUE)
    assert len(read_ledger(ledger.path).statements) == 6
    add(ledger, "mg.export.value.ingot", *cells, "16665000", "", "", "USD", "16,665,000 USD", SMM)
    refused(ledger, "value", "a 0 beside a value")


@pytest.mark.parametrize(("series", "period"), [("mg.export.ingot", "2025-10-31"), ("mg.output.cn", "2024-12-31")])
def test_what_adds_up_over_a_month_or_a_year_has_no_day(ledger, series, period):
    add(ledger, series, "level", period, "38900", "", "", "t", "38,900 t", SMM)
    refused(ledger, "period", "no day")


def test_a_quarter_goes_by_its_first_or_last_month(ledger):
    add(ledger, "mg.list.cn", "level", "2025-08", "17000", "", "", "CNY/t", "17,000", SMM, series=LIST_PRICE)
    refused(ledger, "period", "month of a quarter")


@pytest.mark.parametrize("source", [SMM, UNDATED])
def test_a_level_long_after_its_publication_is_refused(ledger, source):
    add(ledger, "mg.export.ingot", "level", "2052-11", "38900", "", "", "t", "38,900 t", source)
    refused(ledger, "period", "begins long after its publication")


def test_a_ledger_without_sources_is_refused_in_words(ledger):
    ledger.write("sources", [",".join(TABLES["sources"].columns)])
    with pytest.raises(LedgerError, match=r"must be a source of sources\.csv"):
        read_ledger(ledger.path)


def test_a_forecast_and_a_price_announced_ahead_are_not(ledger):
    add(ledger, "mg.export.ingot", "forecast", "2052-11", "38900", "", "", "t", "38,900 t", SMM)
    add(ledger, "mg.price.ingot.fugu", "level", "2025-12", "17000", "", "", "CNY/t", "17,000 yuan/mt", SMM)
    assert len(read_ledger(ledger.path).statements) == 7


def test_a_rate_of_another_period_is_refused(ledger):
    add(ledger, "mg.output.cn", "level", "2024", "15000", "", "", "t", "15,000 t/month", SMM)
    refused(ledger, "stated", "'per month' does not fit")
