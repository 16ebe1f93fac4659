"""The words that ledger columns are limited to, each with its meaning."""

MEASURES = {
    "level": "the figure of the period itself",
    "ytd": "sum (of a price: mean) from January to the period",
    "mom": "change against the month before, %",
    "yoy": "change against the same period a year before, %",
    "ytd_yoy": "change of `ytd` against a year before, %",
    "qoq": "change against the quarter before, %",
    "wow": "change against the week before, %",
    "dod": "change against the day before, %",
    "since_year_start": "change since the start of the year, %",
    "mom_change": "difference to the month before, in the unit of the series",
    "yoy_change": "difference to the same period a year before, in the unit of the series",
    "mean3": "mean of the three months that end with the period",
    "forecast": "expected level of a period that was not over",
    "forecast_mom": "expected change against the month before, %",
    "forecast_yoy": "expected change against a year before, %",
    "forecast_qoq": "expected change against the quarter before, %",
    "set_aside": "kept to be seen, used in no analysis (see the row's correction)",
}
CHANGE_MEASURES = tuple(name for name, meaning in MEASURES.items() if meaning.endswith(", %"))
"""Measures that are changes in per cent: their unit is % whatever the unit of the series."""

UNITS = {
    "t": "tonnes",
    "t/year": "tonnes a year (capacity)",
    "t/day": "tonnes a day",
    "t/t": "tonnes per tonne of product",
    "kg": "kilograms",
    "kg/t": "kilograms per tonne of product",
    "kg/vehicle": "kilograms in one vehicle",
    "kg/robot": "kilograms in one robot",
    "kg/unit": "kilograms in one piece of equipment",
    "kg/part": "kilograms in one part",
    "CNY/t": "yuan per tonne",
    "CNY/kg": "yuan per kilogram",
    "USD/t": "US dollars per tonne",
    "USD/kg": "US dollars per kilogram",
    "USD/lb": "US dollars per pound",
    "USD": "US dollars",
    "kWh/t": "kilowatt-hours per tonne of product",
    "GW": "gigawatts",
    "unit": "pieces, vehicles, plants, months: a count",
    "ratio": "plain ratio",
    "index": "index points",
    "%": "per cent",
}
CLAIM_UNITS = {"rank": "place in an order"}
"""Units of claims beside those of statements."""
TARGET_UNITS = {"% m/m": "per cent against the month before", "% y/y": "per cent against a year before"}
"""Units of forecasts beside those of statements."""
PRICE_UNITS = ("CNY/t", "CNY/kg", "USD/t", "USD/kg", "USD/lb")
"""Units of prices, whose quotes are not rounded as coarsely as quantities are."""

FREQUENCIES = {"day": "", "week": "", "month": "", "quarter": "", "year": "", "irregular": "no fixed rhythm"}
KINDS = {
    "flow": "adds up over time: output, exports",
    "price": "price or cost per unit",
    "stock": "holds at a date: capacity, inventory, number of plants",
    "ratio": "per unit of something else, index",
    "share": "part of a total, %",
}
GROWTH_BASES = {
    "published_levels": "growth follows from the published levels",
    "comparable_sample": "growth is computed on a comparable sample, never from the published levels",
}
CHAPTERS = ("magnesium_prices", "magnesium_capacity", "magnesium_exports", "rare_earths", "downstream_demand")
DIRECTIONS = {"up": "", "down": "", "flat": "", "level": "a value or range is named"}
QUALIFIERS = {
    "": "nothing said",
    "about": "about, around, 约",
    "over": "over, more than, 超",
    "nearly": "nearly, almost, 近",
    "up_to": "up to",
    "below": "below, less than",
    "range": "two ends are printed",
}
CORRECTION_KINDS = {
    "value": "the number, its quoted range or its unit was taken down wrong: `becomes` stands in its place",
    "reading": "the printed text is garbled or a fragment: the figure is read from `becomes`, `stated` stays",
    "relabel": "the figure is right and its series or measure is not: `becomes` is the right name",
    "period": "the figure belongs to another period",
    "set_aside": "nobody can say what the figure is: it stays in sight as measure `set_aside` and enters no analysis",
}
FIRST_UNDATED_FORECASTS = "2025-11"
"""The first edition that holds forecasts without a date: they have no vintage, and no earlier edition may know them."""
