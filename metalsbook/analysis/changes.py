"""Changes: what an edition says that the one before did not, and for which reason.

Three reasons are kept apart, since they are three people's business: a source changed a figure (`revised_figures`,
printed anew; `implied_revisions`, which later sums give away), we read a printed figure otherwise than before
(`corrections_of_ours`), and the method that derives estimates and verdicts changed (`method_changes`).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from metalsbook.analysis.outlooks import RESOLVED
from metalsbook.analysis.sources import origins, publisher_key
from metalsbook.months import step_month

FIGURE = ["series", "measure", "period"]
SILENT_MONTHS = 12
"""A series that had no figure for so long before counts as ended, not as silent."""
REGULAR = ("day", "week", "month")
"""Frequencies of which every edition can expect a new figure."""
_PRINTED = ["statement", *FIGURE, "value", "unit", "stated", "source", "published"]
_REVISION = ["series", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"]
_READ_AS = ["series", "measure_as_printed", "period", "value", "bound_low", "bound_high", "unit"]
"""What a correction can change; the as-of rule turns the measure of a finished year, which is no correction."""

Tables = Mapping[str, Any]


def compare_editions(old: Tables | None, new: Tables) -> dict[str, pd.DataFrame]:
    """Return what changed from one edition to the next, as frames by name.

    Args:
        old: Tables of the earlier edition by name: `month` and `method_version` (text); `statements`, `series`,
            `sources`, `conflicts`, `claims` and `outlooks` (judged), and `revisions`. None for the first edition: all
            is new then.
        new: The same of the later edition.

    Returns:
        - `new_figures`: statements of figures that nobody had printed (columns of statements); of a later period than
          any before with the change against the last one, `change_pct` (of a figure in per cent, points), and the
          period of that one, `change_on`; the largest news of each chapter first.
        - `further_prints`: statements that print a known figure once more, agreeing or by somebody else.
        - `revised_figures`: series, measure, period, unit, old_value, old_stated, old_source, new_value, new_stated,
          new_source, change_pct: the same publisher printed another value, which nobody who relays its origin had.
        - `implied_revisions`: series, period, printed, later, gap, gap_pct, direction, statements: sums that include a
          new statement fit the earlier prints only if these were revised since.
        - `corrections_of_ours`: statement, series, measure, period, column, was, becomes, correction: the same printed
          row is read otherwise; a row that is no longer there has the column `statement` and `becomes` nothing.
        - `method_changes`: old_version, new_version: one row if the method changed, else none.
        - `new_conflicts`, `gone_conflicts`: conflict, statements (ids), and what is said of the conflict as a whole.
        - `new_claims`: claims that the earlier edition did not know; `turned_verdicts`: claim, note, statement,
          old_verdict, new_verdict, evidence.
        - `resolved_outlooks`: outlooks that this edition resolved (columns of judged outlooks, newest horizon first);
          `turned_outlooks`: outlook, says, old_verdict, new_verdict, reason, of those resolved before.
        - `silent_series`: series, title, frequency, last_period: regular series without any new statement.
    """
    nothing = {name: table.iloc[:0] if isinstance(table, pd.DataFrame) else "" for name, table in new.items()}
    old = {**nothing, **(old or {})}
    before, after = old["statements"], new["statements"]
    added = after[~after["statement"].isin(before["statement"])]
    known = pd.MultiIndex.from_frame(added[FIGURE]).isin(pd.MultiIndex.from_frame(before[FIGURE]))
    revised = _revised(before, added[known], new["sources"], old["sources"])
    further = added[known & ~added["statement"].isin(revised["new_statement"])]
    conflicts_before, conflicts = (_gathered(tables["conflicts"]) for tables in (old, new))
    said, turned_claims = _turned(old["claims"], new["claims"], "claim", ["note", "statement"], "evidence")
    scored, turned_outlooks = _turned(old["outlooks"], new["outlooks"], "outlook", ["says"], "reason")
    resolved = new["outlooks"][new["outlooks"]["verdict"].isin(RESOLVED) & ~scored.isin(RESOLVED)]
    methods = [(old["method_version"], new["method_version"])]
    return {
        "new_figures": _largest_first(added.loc[~known, _PRINTED], before, new["series"]),
        "further_prints": further[_PRINTED].reset_index(drop=True),
        "revised_figures": revised.drop(columns="new_statement"),
        "implied_revisions": _implied(old["revisions"], new["revisions"], set(added["statement"])),
        "corrections_of_ours": _corrections(before, after),
        "method_changes": pd.DataFrame(
            [pair for pair in methods if "" != pair[0] != pair[1]], columns=["old_version", "new_version"]
        ),
        "new_conflicts": _unlike(conflicts, conflicts_before),
        "gone_conflicts": _unlike(conflicts_before, conflicts),
        "new_claims": new["claims"][said.isna()].reset_index(drop=True),
        "turned_verdicts": turned_claims,
        "resolved_outlooks": resolved.sort_values(
            ["horizon_to", "outlook"], ascending=[False, True], ignore_index=True
        ),
        "turned_outlooks": turned_outlooks[turned_outlooks["old_verdict"].isin(RESOLVED)].reset_index(drop=True),
        "silent_series": _silent(before, added, new),
    }


def _largest_first(figures: pd.DataFrame, before: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return new figures with their change: one of each series by the size of its change, chapter by chapter in turn.

    The change is that of a level of a later month or day than any before, against the last of these. What has none, and
    the other figures of a series, come after.
    """
    levels = before[(before["measure"] == "level") & (before["period"].str.len() > 4)]
    last = levels.sort_values(["period", "published", "statement"]).drop_duplicates("series", keep="last")
    last = last.set_index("series")[["period", "value"]].reindex(figures["series"]).set_index(figures.index)
    is_news = (figures["measure"] == "level") & (figures["period"] > last["period"].fillna("9")) & (last["value"] > 0)
    points, share = figures["value"] - last["value"], 100 * (figures["value"] / last["value"] - 1)
    change = share.mask(figures["unit"] == "%", points).where(is_news)
    chapters = figures["series"].map(series.set_index("series")["chapter"]).fillna("")
    told = {"change_pct": change, "change_on": last["period"].where(is_news, "")}
    ranked = figures.assign(**told, chapter=chapters, size=change.abs().fillna(-1))
    ranked = ranked.sort_values(["size", "period", "series"], ascending=[False, False, True], kind="stable")
    # The last quote of a month stands for it: it tells where the series has got to.
    newest = ranked.sort_values(["period"], ascending=False, kind="stable").drop_duplicates("series").index
    ranked = ranked.assign(other=~ranked.index.isin(newest)).sort_values(["other"], kind="stable")
    ranked["place"] = ranked.groupby(["other", "chapter"]).cumcount()
    ranked = ranked.sort_values(["other", "place", "chapter"], kind="stable", ignore_index=True)
    return ranked[[*_PRINTED, *told]]


def changes_as_dict(changes: dict[str, pd.DataFrame], old: Tables | None, new: Tables) -> dict[str, object]:
    """Return the changes as plain values for JSON: months, method versions, counts, and the rows of each list."""
    return {
        "month": new["month"],
        "compared_with": old["month"] if old else None,
        "method_version": new["method_version"],
        "method_version_before": old["method_version"] if old else None,
        "counts": {name: len(frame) for name, frame in changes.items()},
        **{name: frame.astype(object).where(frame.notna(), None).to_dict("records") for name, frame in changes.items()},
    }


def _implied(old: pd.DataFrame, new: pd.DataFrame, added: set[str]) -> pd.DataFrame:
    """Return the revisions that a new statement gives away, of which the earlier edition knew nothing."""
    known, every = (pd.MultiIndex.from_frame(rows[["series", "period"]]) for rows in (old, new))
    new = new[~every.isin(known)]
    fresh = [bool(added & set(ids.split())) for ids in new["statements"]]
    return new.loc[fresh, _REVISION].reset_index(drop=True)


def _revised(
    before: pd.DataFrame, added: pd.DataFrame, sources: pd.DataFrame, old_sources: pd.DataFrame
) -> pd.DataFrame:
    """Return the prints by which a publisher changed a figure that it had printed, against its latest earlier print.

    Pages relay one another's figures: a value that any earlier print of the same origin allows is no revision.
    """
    order = ["published", "statement"]
    later, earlier = (
        rows.assign(
            teller=rows["source"].map(origins(known)),
            house=rows["source"].map(known.set_index("source")["publisher"].map(publisher_key)),
        )
        for rows, known in ((added, sources), (before, old_sources))
    )
    both = later.merge(earlier, on=[*FIGURE, "teller"], suffixes=("_new", "_old"))
    apart = (both["bound_low_new"] > both["bound_high_old"]) | (both["bound_high_new"] < both["bound_low_old"])
    both = both[apart.groupby(both["statement_new"]).transform("all")]
    own = both["house_new"] == both["house_old"]
    pairs = both[own & (both["published_new"] >= both["published_old"])]
    pairs = pairs.sort_values([f"{name}_{age}" for age in ("old", "new") for name in order])
    pairs = pairs.drop_duplicates([*FIGURE, "teller"], keep="last")
    change = 100 * (pairs["value_new"] / pairs["value_old"].where(pairs["value_old"] != 0) - 1)
    named = {f"{name}_{age}": f"{age}_{name}" for age in ("old", "new") for name in ("value", "stated", "source")}
    named |= {"unit_new": "unit", "statement_new": "new_statement"}
    columns = [*FIGURE, "unit_new", "value_old", "stated_old", "source_old", "value_new", "stated_new", "source_new"]
    columns += ["statement_new"]
    return pairs[columns].rename(columns=named).assign(change_pct=change).reset_index(drop=True)


def _corrections(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    both = before.merge(after, on="statement", how="left", suffixes=("_old", "_new")).set_index("statement")
    rows = []
    for column in _READ_AS:
        was, becomes = both[f"{column}_old"], both[f"{column}_new"]
        there = both["source_new"].notna()
        differs = there & (was != becomes) & ~(was.isna() & becomes.isna())
        for statement, row in both[differs].iterrows():
            values = (row[f"{column}_{age}"] for age in ("old", "new"))
            read = [f"{value:.10g}" if isinstance(value, (int, float)) else str(value) for value in values]
            rows.append((statement, *(row[f"{name}_new"] for name in FIGURE), column, *read, row["corrected_new"]))
    for statement, row in both[both["source_new"].isna()].iterrows():
        rows.append((statement, *(row[f"{name}_old"] for name in FIGURE), "statement", row["stated_old"], "", ""))
    return pd.DataFrame(rows, columns=["statement", *FIGURE, "column", "was", "becomes", "correction"])


def _unlike(conflicts: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the gathered conflicts that are none of some others; the same statements are the same conflict."""
    return conflicts[~conflicts["statements"].isin(others["statements"])].reset_index(drop=True)


def _gathered(conflicts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a conflict, with its statements as one sorted text."""
    grouped = conflicts.groupby("conflict", sort=True)
    others = [name for name in conflicts.columns if name not in ("conflict", "statement")]
    rest = [name for name in others if not (grouped[name].nunique(dropna=False) > 1).any()]
    gathered = grouped["statement"].agg(lambda ids: " ".join(sorted(ids))).rename("statements").to_frame()
    return gathered.join(grouped[rest].first()).reset_index()


def _turned(
    old: pd.DataFrame, new: pd.DataFrame, key: str, said: list[str], why: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Return the verdicts before, NaN where there was none, and the rows with another verdict now."""
    before = new[key].map(old.set_index(key)["verdict"])
    turned = new.assign(old_verdict=before, new_verdict=new["verdict"])[before.notna() & (before != new["verdict"])]
    return before, turned[[key, *said, "old_verdict", "new_verdict", why]].reset_index(drop=True)


def _silent(before: pd.DataFrame, added: pd.DataFrame, new: Tables) -> pd.DataFrame:
    """Return the regular series that had a figure lately and got none now, longest silent first."""
    observed = before[~before["measure"].str.startswith("forecast")]
    last = observed.groupby("series")["period"].max().rename("last_period")
    table = new["series"].set_index("series").join(last, how="inner")
    recent = table["last_period"].str.slice(0, 7) >= step_month(new["month"], -SILENT_MONTHS)
    silent = table[recent & table["frequency"].isin(REGULAR) & ~table.index.isin(added["series"])]
    columns = ["series", "title", "frequency", "last_period"]
    return silent.reset_index()[columns].sort_values(["last_period", "series"], ignore_index=True)
