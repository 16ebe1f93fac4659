"""Every outlook with what became of it: the newest resolved ones in sight, the others folded by what is known of them.

An analyst asks which forecasts have just met their figures, what is still to come, and, less often, how one of last
year went. Only the first stands open. Years of few resolved outlooks share a fold, and a short table gets no menus.
"""

import pandas as pd

from metalsbook.months import period_end
from metalsbook.page.html import Html, escape, folded, tag
from metalsbook.page.narrative import count_of, gap, period_name
from metalsbook.page.tables import table
from metalsbook.page.verdicts import badge, count_words, outlook_words

LEAST_ROWS = 10
"""A year of fewer resolved outlooks takes the year before into its fold."""
LEAST_CHOSEN_FROM = 15
"""Fewer rows are read faster than they are chosen from."""
_RESOLVED = ("hit", "miss")


def all_outlooks(edition) -> Html:
    """Return every outlook: the newest resolved as a table, then folds: open, resolved earlier by year, the others."""
    if edition.outlooks.empty:
        return gap("This edition knows no outlook.")
    outlooks = edition.outlooks.assign(due=edition.outlooks["horizon_to"].map(period_end))
    resolved = _newest_first(outlooks[outlooks["verdict"].isin(_RESOLVED)])
    newest = resolved["resolved_on"] == resolved["resolved_on"].max()
    parts = [_newest(edition, resolved[newest]), _open(edition, outlooks[outlooks["verdict"] == "open"])]
    parts += [_earlier(edition, group) for group in _by_years(resolved[~newest])]
    parts.append(_not_measurable(edition, _newest_first(outlooks[outlooks["verdict"] == "not measurable"])))
    return sum((part for part in parts if part is not None), start=Html(""))


def _newest_first(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["due", "outlook"], ascending=[False, True])


def _newest(edition, rows: pd.DataFrame) -> Html | None:
    if rows.empty:
        return None
    told = f"Newest resolved, with figures up to {period_name(rows['resolved_on'].iloc[0])}: {_counted(rows)}"
    return _table(_resolved_columns(edition, rows), told, rows)


def _open(edition, rows: pd.DataFrame) -> Html | None:
    """Return the outlooks of which the horizon goes on, those that fall due next first."""
    rows = rows.sort_values(["due", "outlook"])
    shown = _said(edition, rows) | {"Due": rows["horizon_to"].map(period_name)}
    told = f"Open: {count_of(len(rows), 'outlook')}, {_due(rows)}"
    return _fold(told, "Open outlooks, the next due first", shown, rows)


def _earlier(edition, rows: pd.DataFrame) -> Html | None:
    first, last = rows["due"].min()[:4], rows["due"].max()[:4]
    due = f"due in {first}" if first == last else f"due in {first} to {last}"
    caption = f"Outlooks resolved earlier, {due}, the newest first"
    return _fold(f"Resolved earlier, {due}: {_counted(rows)}", caption, _resolved_columns(edition, rows), rows)


def _not_measurable(edition, rows: pd.DataFrame) -> Html | None:
    told = f"Not measurable: {count_of(len(rows), 'outlook')}, {_due(rows)}"
    caption = "Outlooks that cannot be told right from wrong, the newest first"
    return _fold(told, caption, _said(edition, rows) | {"Why": rows["reason"]}, rows)


def _by_years(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return outlooks by the year in which they fall due, the newest first; years of few rows join older ones."""
    groups: list[pd.DataFrame] = []
    for _, year in reversed(list(rows.groupby(rows["due"].str[:4]))):
        if groups and len(groups[-1]) < LEAST_ROWS:
            groups[-1] = pd.concat([groups[-1], year])
        else:
            groups.append(year)
    return groups


def _counted(rows: pd.DataFrame) -> str:
    return f"{count_of(len(rows), 'outlook')}, {count_words(rows['verdict'], _RESOLVED)}"


def _due(rows: pd.DataFrame) -> str:
    """Return in which months outlooks fall due: "due from December 2025 to August 2026"; "" where there is none."""
    if rows.empty:
        return ""
    months = rows["due"].str[:7]
    first, last = period_name(months.min()), period_name(months.max())
    return f"due in {first}" if first == last else f"due from {first} to {last}"


def _said(edition, rows: pd.DataFrame) -> dict:
    """Return the columns that every table of outlooks begins with: what was said, and of which series."""
    titles = edition.series.set_index("series")["title"]
    cells = [forecast_cell(row, row["note"]) for _, row in rows.iterrows()]
    return {"Said": cells, "Of": rows["series"].map(titles).fillna("")}


def _resolved_columns(edition, rows: pd.DataFrame) -> dict:
    return _said(edition, rows) | {
        "Verdict": [badge(verdict) for verdict in rows["verdict"]],
        "What happened": [outlook_words(row) for _, row in rows.iterrows()],
        "Why": rows["reason"],
    }


def _fold(summary: str, caption: str, columns: dict, rows: pd.DataFrame) -> Html | None:
    return None if rows.empty else folded(summary, _table(columns, caption, rows))


def _table(columns: dict, caption: str, rows: pd.DataFrame) -> Html:
    """Return a table of outlooks, with menus for what its rows differ in where it has enough of them."""
    keys = [key for key in ("verdict", "subject", "direction") if rows[key].nunique() > 1]
    menus = rows[keys] if keys and len(rows) >= LEAST_CHOSEN_FROM else None
    return table(pd.DataFrame(columns), caption, filters=menus)


def forecast_cell(row: pd.Series, note: str = "") -> Html:
    """Return a forecast and, smaller below it, by whom, when, for when, how it was read, and its id."""
    said = f"{row['publisher']}, {row['made_on']}, for {row['horizon_from']} to {row['horizon_to']}"
    facts = ". ".join(filter(None, (said, f"Read as: {row['read_as']}", note.rstrip("."))))
    small = tag("span", f"{escape(facts)}. {tag('code', escape(row['outlook']))}", class_="mb-meant")
    return Html(f"{escape(row['says'])} {small}", row["says"])
