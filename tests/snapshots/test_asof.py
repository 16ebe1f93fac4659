import pandas as pd
import pytest

from metalsbook.months import cut_off, last_day, period_end, period_start
from metalsbook.snapshots.asof import select_as_of, select_statements
from tests.cases import each

SERIES = pd.DataFrame({"series": ["mg.export", "mg.price"], "kind": ["flow", "price"]})
ROW = {"statement": "st-1", "series": "mg.export", "measure": "level", "period": "2025-08", "published": "2025-09-20"}
ROW |= {"published_basis": "stated", "vintage_from": "", "corrected": ""}


@each("""
    month   | enters | cells
    2025-08 | no     | published=2025-10-01
    2025-08 | yes    | published=2025-09-30
    2025-09 | yes    | published=2025-10-01
    2025-08 | no     | period=2025-09
    2025-08 | no     | period=2025-09-01 series=mg.price
    2025-08 | yes    | period=2025-08-31 series=mg.price
    2025-08 | yes    | period=2024
    2025-08 | yes    | period=2025 series=mg.price published=2025-08-01
    2025-08 | yes    | published=2025-09-30 published_basis=assumed
    2025-07 | no     | published=2025-09-30 published_basis=assumed
    2025-10 | no     | measure=forecast period=2035 published=2036-01-31 published_basis=assumed vintage_from=2025-11
    2025-11 | yes    | measure=forecast period=2035 published=2036-01-31 published_basis=assumed vintage_from=2025-11
    2025-08 | yes    | measure=forecast period=2035 published=2025-08-18
    2025-08 | no     | measure=forecast period=2035 published=2025-10-18
""")
def test_a_row_enters_with_its_publication_and_its_period(month, enters, cells):
    row = ROW | dict(cell.split("=") for cell in cells.split(" "))
    assert len(select_statements(pd.DataFrame([row]), SERIES, month)) == (enters == "yes")


@each("""
    series    | measure | month   | becomes
    mg.export | level   | 2025-08 | forecast
    mg.export | yoy     | 2025-08 | forecast_yoy
    mg.export | level   | 2025-11 | level
    mg.price  | level   | 2025-08 | level
""")
def test_a_flow_of_a_year_not_over_by_the_cut_off_is_a_forecast(series, measure, month, becomes):
    row = ROW | {"series": series, "measure": measure, "period": "2025", "published": "2025-09-01"}
    rows = select_statements(pd.DataFrame([row]), SERIES, month)
    assert rows.loc[0, ["measure", "measure_as_printed"]].tolist() == [becomes, measure]


@pytest.mark.parametrize("month", ["2025-06", "2025-11"])
def test_the_real_ledger_keeps_the_rule(real_ledger, month):
    tables = select_as_of(real_ledger, month)
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
