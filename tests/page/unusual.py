"""Facts that none of the months read has, as changes to those of its blocks: what is missing, and what comes rarely."""

from metalsbook.analysis.intervals import exact

_TOGETHER = {"now": None, "together": exact(75_000.0), "together_yoy": 3.2}
_FLOW = {"now": exact(100_000.0), "mom": 7.7, "swing": ""}
_NONE = {"now": None, "mom": None, "implied": None, "together": None, "with_february": False}
_ROTTERDAM = {"name": "Rotterdam", "value": 2800.0, "unit": "USD/t"}
_ROTTERDAM |= {"period": "2025-11-12", "old": False, "spread": -9.0}

UNUSUAL: dict[str, dict[str, list[dict]]] = {
    "prices": {
        "western": [{"rows": [_ROTTERDAM]}],
        "headline": [{"now": None}],
        "fugu_title": [{"extreme": "lowest", "since": ""}, {"extreme": ""}, {"extreme": "", "mom": None}],
        "fugu": [{"within": 0.0}, {"below_high": 0.0}],
        "fob_title": [{"mom": None}],
        "parity": [{"now": -131.0}],
        "ratio_title": [{"extreme": "lowest", "since": "2025-03"}, {"extreme": ""}],
        "materials_title": [{"mom": None}],
        "cost_title": [{"own": {"margin": -131.0}}],
        "stock": [{"counts": [{"who": "SMM", "best": 22_000.0, "period": "2025-10-10"}], "then": []}],
    },
    "capacity": {
        "headline": [{"ahead": None, "yoy": 12.0}, {"mom": None}],
        "output_title": [{"then": None}],
        "changes_title": [{"mom_before": None}],
        "levels_title": [{"output": []}, {"capacity": []}],
        "rates": [{"year": ""}],
        "operating": [{"daily": (1800.0, "SMM", "2025-10-30", [("Yulin", 2000.0, "the association", "2025-10")])}],
        "regions_title": [{"shaanxi": []}],
        "regions": [{"shaanxi": []}],
        "world": [{"shares": []}],
    },
    "exports": {
        "headline": [{"mom": 61.2, "yoy": -1.7}, _TOGETHER],
        "total_title": [_TOGETHER, {"mom": None}],
        "ingot_title": [_TOGETHER, {"mom": None}, {"swing": "return"}, {"swing": "", "mom": exact(0.0)}],
        "ingot": [_TOGETHER],
        "drivers_title": [{"main_share": None}],
        "drivers": [{"rest_open": False}],
        "usual_title": [{"then": None}],
        "usual": [{"usual": None}, {"swing": "return"}],
        "reasons": [{"ruled": True}],
        "worth": [{"growth": {"period": "2025-06", "rates": [-29.0, -11.0, -20.0], "fits": True}}],
    },
    "rare_earths": {
        "headline": [{"now": None}],
        "prnd_title": [{"extreme": "lowest", "since": ""}, {"extreme": "", "mom": None}],
        "test": [{"own": None}],
        "heavy_title": [{"dy": {"now": None, "mom": None}}],
        "chain_title": [{"answer": "yes"}, {"answer": "no"}],
        "exports_title": [{"mom": None}],
        "magnets_title": [_TOGETHER, {"highest_since": "", "mom": None}],
        "magnets": [_TOGETHER],
        "controls": [{"regained": ""}],
        "supply_title": [{"share": None}],
    },
    "downstream": {
        "headline": [{"now": None}],
        "counts": [{"pairs": [("NEVs", None, exact(1e6), None)]}],
        "share_title": [{"sold": None}],
        "steel_title": [{"mom": None}],
        "steel": [{"left": exact(7e7), "fits": True}],
        "metal_title": [{"span": exact(150_000.0)}],
    },
    "landing": {
        "takeaways": [{"output": _FLOW, "ingot": _FLOW}, {"output": _NONE, "association": _FLOW}],
        "claims": [{"wrong": 0}],
    },
    "explorer": {
        "retired_title": [{"output": None}],
        "retired_alt": [{"rate": None}],
    },
    "checks": {
        "claims": [{"notes": []}],
        "claims_title": [{"n": 0}, {"wrong": 0}],
        "conflicts": [{"n": 0}],
        "conflicts_title": [{"widest": ""}],
        "allowances": [{"limits": []}],
        "scores": [{"resolved": 0}, {"told": False}],
        "forecasts_newest": [{"on": float("nan")}],
        "forecasts": [{"due": []}, {"due": ["2025-12-31"]}],
        "changed": [{"compared_with": ""}],
        "method": [{"compared_with": ""}, {"changed": 1, "old": "1.0"}],
        "gone": [{"gone": 0}, {"gone": 2}],
        "holds": [{"figures": 1, "sources": 1, "series": 1}],
        "coverage_title": [{"chapter": "rare earths", "best": 3, "period": "2025-05"}],
        "coverage_caption": [{"months": 24}],
        "wanted_caption": [{}],
        "sources": [{"name": "A", "figures": 9}],
    },
    "shared": {
        "card_value": [{"now": None, "implied": 1e5}],
        "card_change": [{"now": None, "implied": 1e5, "implied_who": "SMM", "implied_ahead": "2025-12"}],
        "status": [
            {},
            _NONE,
            _NONE | {"implied": 1e5},
            _NONE | {"mom": 7.7},
            _NONE | {"together": 75_000.0},
            _NONE | {"with_february": True},
        ],
    },
}
