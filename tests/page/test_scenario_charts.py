"""The sliders compute in the chart: the drawn spec must hold the figures that the sentence beside it tells."""

import json

import pandas as pd
import vl_convert

from metalsbook.page import scenario_charts
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
