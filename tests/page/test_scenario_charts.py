"""The sliders compute in the chart: the drawn spec must hold the figures that the sentence beside it tells."""

import json

import pandas as pd
import pytest
import vl_convert

from metalsbook.page import downstream_charts, scenario_charts
from metalsbook.publish.outputs import is_empty

YEARS = pd.DataFrame({"year": [2024, 2025], "value": [400.0, 800.0], "low": [390.0, 790.0], "high": [410.0, 810.0]})
RIVALS = pd.DataFrame({"who": ["Argus"], "year": [2025], "low": [35.0], "high": [35.0]})


def drawn(chart) -> str:
    spec = chart.to_dict()
    assert not is_empty(spec)
    return vl_convert.vegalite_to_svg(json.dumps(spec))


def parameters(chart) -> dict:
    return {one["name"]: one["value"] for one in chart.to_dict()["params"] if "bind" in one}


def test_a_slider_starts_within_its_reach():
    assert scenario_charts.slider("x", "X", 0, 10, 1, 40).param.value == 10
    assert scenario_charts.slider("x", "X", 5, 10, 1, 4).param.value == 5
    assert scenario_charts.slider("x", "X", 0, 10, 1, 4).param.bind.name == "X "


def test_the_path_computes_its_base_in_the_chart():
    chart = scenario_charts.growth_path(YEARS, RIVALS, 24_000.0, 100.0, 2025, "t")
    assert parameters(chart) == {"end_t": 24_000.0, "growth": 100.0}
    svg = drawn(chart)
    assert "implied for 2024: 12,000 t" in svg
    assert "Argus 2025: 35 t" in svg
    assert "implied for 2024" in drawn(scenario_charts.growth_path(YEARS, RIVALS.head(0), 24_000.0, 100.0, 2025, "t"))


def test_units_times_weight_marks_what_it_is_compared_with():
    units = pd.DataFrame({"who": ["A", "B"], "year": [2030, 2035], "low": [1e6, 2e6], "high": [1e6, 3e6]})
    marks = pd.DataFrame({"what": ["the note"], "tonnes": [24_000.0]})
    chart = scenario_charts.units_times_weight(units, 2.5, 20, "t", marks=marks)
    assert parameters(chart) == {"kg": 2.5}
    svg = drawn(chart)
    assert "the note" in svg
    assert "2035" in svg
    assert "the note" not in drawn(scenario_charts.units_times_weight(units, 2.5, 20, "t"))


@pytest.mark.parametrize("marked", [True, False])
def test_the_metal_of_a_years_vehicles_is_summed_in_the_chart(marked):
    marks = pd.DataFrame({"metal": ["magnesium"], "what": ["all uses"], "tonnes": [455_000.0]}).head(int(marked))
    start = pd.DataFrame({"value": {"nev": 12.0, "other": 18.0, "mg_nev": 10.0, "mg_other": 5.0, "ndfeb": 4.0}})
    svg = drawn(downstream_charts.demand_scenario(start, marks))
    assert ">210<" in svg
    assert ">48<" in svg
    assert ("all uses" in svg) is marked
