"""The words that ledger columns are limited to, each with its meaning, as `vocabulary.toml` has them."""

import tomllib
from pathlib import Path

WORDS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))
"""What a column holds, as `columns.csv` names it -> word -> meaning."""
MEASURES, UNITS = WORDS["measure"], WORDS["unit"]
WORDS |= {name: UNITS | WORDS[name] for name in ("claim_unit", "target_unit")}

CHAPTERS = ("magnesium_prices", "magnesium_capacity", "magnesium_exports", "rare_earths", "downstream_demand")
CHANGE_MEASURES = tuple(name for name, meaning in MEASURES.items() if meaning.endswith(", %"))
"""Measures that are changes in per cent: their unit is % whatever the unit of the series."""
PRICE_UNITS = ("CNY/t", "CNY/kg", "USD/t", "USD/kg", "USD/lb")
"""Units of prices, whose quotes are not rounded as coarsely as quantities are."""
FIRST_UNDATED_FORECASTS = "2025-11"
"""The first edition that holds forecasts without a date: they have no vintage, and no earlier edition may know them."""
