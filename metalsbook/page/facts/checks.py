"""Numbers of the check pages: verdicts on claims, contradictions, scores of forecasts, what changed."""

import pandas as pd

from metalsbook.analysis import outlooks
from metalsbook.analysis.intervals import Interval
from metalsbook.analysis.scores import overall_score
from metalsbook.page.clash_words import new_conflicts, place_words
from metalsbook.page.verdicts import counted, note_names

WRONG = ("contradicted", "mislabelled")
_NO_LIMIT_PP = 100.0
ONE_SAYING = 10
"""A forecast repeated in the same words so often is told apart: it is right or wrong together."""


def claims(edition) -> dict[str, object]:
    """Return n claims, how many hold (confirmed, consistent) and are wrong; of each note the verdicts by kind of claim.

    Returns:
        n, held, wrong; notes [{name, n, kinds [(kind, number, ["3 confirmed", ...])]}].
    """
    rows = edition.claims
    names = note_names(edition) if len(rows) else {}
    notes = []
    for note, own in rows.groupby("note", sort=True) if len(rows) else []:
        kinds = [(kind, len(of_kind), counted(of_kind["verdict"])) for kind, of_kind in own.groupby("kind", sort=False)]
        notes.append({"name": names[note], "n": len(own), "kinds": kinds})
    verdicts = rows["verdict"] if len(rows) else pd.Series(dtype=str)
    return {
        "n": len(rows),
        "held": int(verdicts.isin(["confirmed", "consistent"]).sum()),
        "wrong": int(verdicts.isin(WRONG).sum()),
        "notes": notes,
    }


def conflicts(edition) -> dict[str, object]:
    """Return n contradictions, how many figures clash of how many usable, how many are fresh, explained."""
    rows = edition.conflicts
    each = rows.drop_duplicates("conflict")
    wide = each[each["gap"] > 0].sort_values(["gap_pct", "conflict"], ascending=[False, True])
    return {
        "month": edition.month,
        "n": len(each),
        "clashing": rows["statement"].nunique(),
        "usable": edition.count - len(edition.left_out),
        "fresh": len(new_conflicts(edition)) if len(rows) else 0,
        "median": float(each["gap_pct"].median()) if len(each) else 0.0,
        "explained": rows.loc[rows["explanation"] != "", "conflict"].nunique(),
        "widest": place_words(edition, wide.iloc[0]) if len(wide) else "",
        "gap": float(wide["gap_pct"].iloc[0]) if len(wide) else 0.0,
    }


def scores(edition) -> dict[str, object]:
    """Return how the scored forecasts did beside naive ones, and what the rate hangs on: hedges and repetitions."""
    known = edition.outlooks
    score = overall_score(known)
    scored = known[known["verdict"].isin(["hit", "miss"])]
    groups = scored.groupby(["house", "series", "read_as"]).size()
    facts = {
        "resolved": score["resolved"],
        "hits": score["hits"],
        "rate": score["hit_rate_pct"],
        "naive": score["no_change_pct"],
        "skill": Interval(score["skill_low_pp"], score["skill_high_pp"], score["skill_pp"]),
        "told": score["skill_low_pp"] > -_NO_LIMIT_PP,
        "too_easy": score["too_easy"],
        "own": score["own_quotes"],
        "bounds": Interval(score["least_pct"], score["most_pct"], score["least_pct"]),
        "last": score["last_direction_pct"],
        "last_n": score["last_direction_n"],
        "open": score["open"],
        "unmeasured": score["unmeasured"],
        "hedged": int(scored["read_as"].str.startswith("flat or ").sum()) if len(scored) else 0,
        "same": 0,
    }
    if len(groups) and groups.max() >= ONE_SAYING:
        house, series, reading = groups.idxmax()
        one = (scored["house"] == house) & (scored["series"] == series) & (scored["read_as"] == reading)
        rest = scored[~one & (scored["house"] == house)]
        facts |= {"same": int(groups.max()), "house": house, "reading": reading}
        facts |= {"others": len(rest), "others_hits": int((rest["verdict"] == "hit").sum())}
    return facts


def rules() -> dict[str, str]:
    """Return the thresholds by which forecasts are scored, as they are written."""
    names = {
        "then_days": outlooks.THEN_DAYS,
        "band": outlooks.BAND_PCT,
        "week_band": outlooks.WEEK_BAND_PCT,
        "week_days": outlooks.WEEK_DAYS,
        "level_tolerance": outlooks.LEVEL_TOLERANCE_PCT,
        "rate_tolerance": outlooks.RATE_TOLERANCE_PP,
        "horizon_days": outlooks.HORIZON_DAYS,
    }
    return {name: f"{value:g}" for name, value in names.items()}


def changed(edition) -> dict[str, object]:
    """Return how much of each kind is new since the edition before."""
    counts = {name: len(frame) for name, frame in edition.changes.items()}
    return counts | {
        "month": edition.month,
        "compared_with": edition.compared_with,
        "revised": counts["revised_figures"] + counts["implied_revisions"],
        "corrections": counts["corrections_of_ours"],
        "turned": counts["turned_verdicts"] + counts["turned_outlooks"],
        "gone": counts["gone_conflicts"],
    }
