import pandas as pd
import pytest

from metalsbook.ledger.reading import read_ledger
from metalsbook.months import cut_off, last_day, period_end, period_start
from metalsbook.snapshots.asof import select_as_of, select_statements

SERIES = pd.DataFrame({"series": ["mg.export", "mg.price"], "kind": ["flow", "price"]})


def statements(**columns) -> pd.DataFrame:
    row = {
        "statement": "st-1",
        "series": "mg.export",
        "measure": "level",
        "period": "2025-08",
        "published": "2025-09-20",
        "published_basis": "stated",
        "vintage_from": "",
        "corrected": "",
    }
    return pd.DataFrame([row | columns])


def kept(month, **columns) -> bool:
    return len(select_statements(statements(**columns), SERIES, month)) == 1


def test_a_row_enters_with_its_publication():
    assert not kept("2025-08", published="2025-10-01")
    assert kept("2025-08", published="2025-09-30")
    assert kept("2025-09", published="2025-10-01")


def test_a_row_enters_with_its_period():
    assert not kept("2025-08", period="2025-09")
    assert not kept("2025-08", period="2025-09-01", series="mg.price")
    assert kept("2025-08", period="2025-08-31", series="mg.price")
    assert kept("2025-08", period="2024")
    assert kept("2025-08", period="2025", series="mg.price", published="2025-08-01")


def test_an_undated_figure_waits_for_its_assumed_publication():
    undated = {"published": "2025-09-30", "published_basis": "assumed"}
    assert kept("2025-08", **undated)
    assert not kept("2025-07", **undated)


def test_an_undated_forecast_enters_with_its_vintage():
    undated = {"measure": "forecast", "period": "2035", "published": "2036-01-31", "published_basis": "assumed"}
    assert not kept("2025-10", **undated, vintage_from="2025-11")
    assert kept("2025-11", **undated, vintage_from="2025-11")


def test_a_dated_forecast_needs_only_its_publication():
    assert kept("2025-08", measure="forecast", period="2035", published="2025-08-18")
    assert not kept("2025-08", measure="forecast", period="2035", published="2025-10-18")


@pytest.mark.parametrize(("measure", "becomes"), [("level", "forecast"), ("yoy", "forecast_yoy")])
def test_a_flow_of_a_year_not_over_is_a_forecast(measure, becomes):
    rows = select_statements(statements(period="2025", measure=measure, published="2025-09-01"), SERIES, "2025-08")
    assert rows.loc[0, ["measure", "measure_as_printed"]].tolist() == [becomes, measure]


def test_it_is_an_observation_once_the_year_is_over():
    rows = select_statements(statements(period="2025", published="2025-09-01"), SERIES, "2025-11")
    assert rows.loc[0, "measure"] == "level"


def test_a_stock_of_the_year_stays_an_observation():
    rows = select_statements(statements(period="2025", series="mg.price", published="2025-09-01"), SERIES, "2025-08")
    assert rows.loc[0, "measure"] == "level"


@pytest.mark.parametrize("month", ["2025-06", "2025-08", "2025-11"])
def test_the_real_ledger_keeps_the_rule(month):
    tables = select_as_of(read_ledger(), month)
    rows = tables["statements"]
    undated_forecast = rows["vintage_from"] != ""
    assert (rows.loc[~undated_forecast, "published"] <= cut_off(month)).all()
    assert (rows.loc[undated_forecast, "vintage_from"] <= month).all()
    observed = rows[~rows["measure"].str.startswith("forecast")]
    assert (observed["period"].map(period_start) <= last_day(month)).all()
    dated = observed[observed["period"].str.len() > 4]
    assert (dated["period"].map(period_end) <= last_day(month)).all()
    assert (tables["events"]["date"].map(period_start) <= last_day(month)).all()
    assert (tables["outlooks"]["made_on"].map(period_end) <= cut_off(month)).all()
    assert set(rows["series"]) <= set(tables["series"]["series"])
    assert set(rows["source"]) <= set(tables["sources"]["source"])


def test_a_later_print_wins_and_the_earlier_stays():
    from metalsbook.edition import Edition
    from metalsbook.snapshots.snapshot import Snapshot

    rows = pd.concat(
        [
            statements(statement="st-1", published="2025-09-20").assign(value=100.0, resolution=1.0),
            statements(statement="st-2", published="2025-09-25").assign(value=103.0, resolution=1.0),
        ],
        ignore_index=True,
    )
    tables = dict.fromkeys(["series", "sources", "events", "corrections"], pd.DataFrame({"series": []}))
    edition = Edition(Snapshot("2025-08", "2025-09-30", "x", tables | {"statements": rows}))
    assert edition.figure("mg.export")["value"] == 103.0
    assert edition.prints("mg.export")["value"].tolist() == [100.0, 103.0]
    assert edition.printed_months("mg.export")["value"].tolist() == [103.0]
