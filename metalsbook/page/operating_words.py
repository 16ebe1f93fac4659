"""Operating rates, smelters at work and output a day: what is printed, what it counts, and what does not fit."""

import pandas as pd

from metalsbook.months import step_month
from metalsbook.page.cited import caution
from metalsbook.page.html import Html
from metalsbook.page.narrative import as_printed, gap, join_words, percent, period_name
from metalsbook.page.tables import table, with_publisher

RATE, RATE_WEEK = "mg.operating_rate.primary", "mg.operating_rate.primary.weekly"
AT_WORK, ASKED = "mg.smelters.operating", "mg.smelters.sample"
DAILY_CHINA = "mg.output.cn.daily"
DAILY_PARTS = ("mg.output.cn.yulin.daily", "mg.output.daily.fugu_shenmu")
"""Output a day of a county or two: parts of China's."""
ORDER = (RATE, RATE_WEEK, AT_WORK, ASKED, "mg.smelters.yulin.operating", DAILY_CHINA, *DAILY_PARTS)
_MONTHS = 12


def operating_rows(edition) -> pd.DataFrame:
    """Return what is printed of operating rates, smelters at work and output a day within the last twelve months.

    Returns:
        Rows of `Edition.statements` with `who`, the newest period first, within it in the order of `ORDER`.
    """
    rows = edition.rows_of(*ORDER)
    rows = rows[rows["period"] >= step_month(edition.month, 1 - _MONTHS)]
    rows = with_publisher(edition, rows).assign(month=rows["period"].str[:7], place=rows["series"].map(ORDER.index))
    return rows.sort_values(["month", "place", "period"], ascending=[False, True, False], ignore_index=True)


def operating_table(edition) -> Html:
    """Return the operating rates, each beside what the catalogue says that it counts and does not."""
    rows = operating_rows(edition)
    if rows.empty:
        return gap("No operating rate of the last twelve months is known to this edition.")
    specs = [edition.spec(name) for name in rows["series"]]
    shown = pd.DataFrame(
        {
            "Period": rows["period"],
            "Figure": [spec["title"] for spec in specs],
            "Value": [as_printed(row) for _, row in rows.iterrows()],
            "Who": rows["who"],
            "What it counts": [_what(edition, name, spec) for name, spec in zip(rows["series"], specs, strict=True)],
        }
    )
    return table(shown, "Operating rates and smelters at work, output a day: the last twelve months, as printed")


def _what(edition, name: str, spec: pd.Series) -> str:
    return ". ".join(part for part in (spec["basis"], caution(edition, name)) if part)


def operating_sentences(edition, yearly_pct: tuple[float, float] | None, year: str) -> list[str | None]:
    """Return the newest operating rate with the smelters behind it, beside the year's utilisation, and what clashes.

    Args:
        edition: The edition.
        yearly_pct: Least and greatest utilisation of the last year that has any, or None.
        year: That year.
    """
    rows = operating_rows(edition)
    return [_rate_sentence(rows, yearly_pct, year), *_daily_sentences(edition, rows)]


def _rate_sentence(rows: pd.DataFrame, yearly_pct: tuple[float, float] | None, year: str) -> str | None:
    rates = rows[rows["series"] == RATE]
    if rates.empty:
        return None
    rate = rates.iloc[0]
    own = rows[rows["period"] == rate["period"]].set_index("series")
    said = f"{rate['who']}'s sample ran at {as_printed(rate)} of its capacity in {period_name(rate['period'])}"
    if AT_WORK in own.index and ASKED in own.index:
        working, asked = own.loc[AT_WORK, "value"], own.loc[ASKED, "value"]
        share = 100 * working / asked
        said += f", with {working:.0f} of the {asked:.0f} smelters asked at work"
        if share > rate["bound_high"]:
            said += ": those at work were far from full"
    if yearly_pct:
        ends = list(dict.fromkeys(percent(end, 0, False) for end in yearly_pct))
        said += (
            f". The {' to '.join(ends)} of {year} is of all capacity, idle plants with it, so that the two do not "
            "compare"
        )
    return f"{said}."


def _daily_sentences(edition, rows: pd.DataFrame) -> list[str]:
    """Return parts that exceed their whole of the same month, told as what they are."""
    china = rows[rows["series"] == DAILY_CHINA]
    if china.empty:
        return []
    whole = china.iloc[0]
    parts = rows[rows["series"].isin(DAILY_PARTS) & (rows["month"] == whole["month"])]
    above = parts[parts["bound_low"] > whole["value"]]
    if above.empty:
        return []
    titles = [
        f"{edition.spec(row['series'])['place']} alone with {as_printed(row)} ({row['who']}, "
        f"{period_name(row['period'])})"
        for _, row in above.iterrows()
    ]
    months = f"{as_printed(whole)} ({whole['who']}, {period_name(whole['period'])})"
    warning = caution(edition, DAILY_CHINA)
    verb = "stands" if len(titles) == 1 else "stand"
    return [
        f"{join_words(titles)} {verb} against {months} named for all of China: "
        f"a part above its whole, so that the two count different things. {warning}".rstrip()
    ]
