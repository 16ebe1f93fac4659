"""Numbers of the check pages: verdicts on claims, contradictions, scores of forecasts, what changed."""

from metalsbook.analysis.intervals import Interval
from metalsbook.analysis.scores import overall_score
from metalsbook.page.verdicts import counted, new_conflicts, note_names, place_words

HOLDING, WRONG = ("confirmed", "consistent"), ("contradicted", "mislabelled")
ONE_SAYING = 10
"""A forecast repeated in the same words so often is told apart: it is right or wrong together."""


def claims(edition) -> dict[str, object]:
    """Return n claims, held and wrong of them; notes [{name, n, kinds [(kind, number, ["3 confirmed", ...])]}]."""
    rows, names, notes = edition.claims, note_names(edition), []
    for note, own in rows.groupby("note", sort=True):
        kinds = [(kind, len(of_kind), counted(of_kind["verdict"])) for kind, of_kind in own.groupby("kind", sort=False)]
        notes.append({"name": names[note], "n": len(own), "kinds": kinds})
    held, wrong = (int(rows["verdict"].isin(verdicts).sum()) for verdicts in (HOLDING, WRONG))
    return {"n": len(rows), "held": held, "wrong": wrong, "notes": notes}


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
        "fresh": len(new_conflicts(edition)),
        "median": float(each["gap_pct"].median()) if len(each) else 0.0,
        "explained": rows.loc[rows["explanation"] != "", "conflict"].nunique(),
        "widest": place_words(edition, wide.iloc[0]) if len(wide) else "",
        "gap": float(wide["gap_pct"].iloc[0]) if len(wide) else 0.0,
    }


def scores(edition) -> dict[str, object]:
    """Return how the scored forecasts did beside naive ones, and what the rate hangs on: hedges and repetitions.

    Returns:
        What `analysis.scores.overall_score` has; skill (`Interval`, points), bounds (`Interval`, per cent) of all due;
        hedged (number); same: forecasts of one house in the same words, 0 or at
        least `ONE_SAYING`, with house, reading, others (its other ones) and others_hits.
    """
    score = overall_score(edition.outlooks)
    scored = edition.outlooks[edition.outlooks["verdict"].isin(["hit", "miss"])]
    groups = scored.groupby(["house", "series", "read_as"]).size()
    facts = score | {
        "skill": Interval(score["skill_low_pp"], score["skill_high_pp"], score["skill_pp"]),
        "bounds": Interval(score["least_pct"], score["most_pct"], score["least_pct"]),
        "hedged": int(scored["read_as"].str.startswith("flat or ").sum()),
        "same": 0,
    }
    if len(groups) and groups.max() >= ONE_SAYING:
        house, series, reading = groups.idxmax()
        own = scored[scored["house"] == house]
        rest = own[(own["series"] != series) | (own["read_as"] != reading)]
        facts |= {"same": int(groups.max()), "house": house, "reading": reading}
        facts |= {"others": len(rest), "others_hits": int((rest["verdict"] == "hit").sum())}
    return facts


def changed(edition) -> dict[str, object]:
    """Return how much of each kind is new since the edition before."""
    counts = {name: len(frame) for name, frame in edition.changes.items()}
    # Between other figures a contradiction is neither new nor gone.
    clashing = set(edition.conflicts["statement"])
    gone = [ids for ids in edition.changes["gone_conflicts"]["statements"] if clashing.isdisjoint(ids.split())]
    return counts | {
        "new_conflicts": len(new_conflicts(edition)),
        "gone_conflicts": len(gone),
        "month": edition.month,
        "compared_with": edition.compared_with,
    }
