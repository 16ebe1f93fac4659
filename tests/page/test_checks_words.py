import pandas as pd

from metalsbook.analysis.intervals import Interval
from metalsbook.page.facts import checks
from tests.page.branches import unreached
from tests.page.editions import edition

KINDS = [("figure", 2, ["1 confirmed", "1 contradicted"]), ("loose words", 1, ["1 consistent"])]
NOTE = {"name": "SMM", "n": 3, "kinds": KINDS}
CONFLICTS = {"month": "2025-11", "n": 52, "clashing": 158, "usable": 1583, "fresh": 3, "median": 0.9, "explained": 17}
CONFLICTS |= {"widest": "Ingot, May 2024", "gap": 26.6}
SCORES = {"resolved": 108, "hits": 80, "hit_rate_pct": 74.1, "no_change_pct": 53, "last_direction_pct": 52}
SCORES |= {"open": 62, "unmeasured": 54, "hedged": 47, "same": 23, "house": "SMM", "reading": "flat", "others": 73}
SCORES |= {"others_hits": 52, "clusters": 40, "too_easy": 3, "own_quotes": 7, "bounds": Interval(49, 82, 49)}
SCORES |= {"skill": Interval(4, 38, 21), "told": True, "last_direction_n": 92}
CHANGED = dict.fromkeys(
    ("new_figures", "further_prints", "revised", "corrections", "method_changes", "new_conflicts"), 1
)
CHANGED |= dict.fromkeys(("gone_conflicts", "new_claims", "resolved_outlooks", "turned"), 0)
CHANGED |= {"month": "2025-11", "compared_with": "2025-10"}
METHOD = {"compared_with": "2025-10", "changed": 1, "old": "1.0", "method": "1.1"}
RULES = "then_days band week_band week_days level_tolerance rate_tolerance horizon_days".split()


def test_every_branch_of_the_check_words_is_reached():
    cases = [("claims", {"notes": []}), ("claims", {"notes": [NOTE]})]
    cases += [("claims_title", {"n": n, "held": 3, "wrong": wrong}) for n, wrong in ((0, 0), (5, 1), (5, 0))]
    cases += [(block, {"n": 5}) for block in ("claims_by_chapter", "claims_caption", "band_caption")]
    cases += [("conflicts", CONFLICTS), ("conflicts", CONFLICTS | {"n": 0})]
    cases += [("conflicts_title", CONFLICTS), ("conflicts_title", CONFLICTS | {"widest": ""})]
    cases += [("scores", SCORES), ("scores", SCORES | {"resolved": 0}), ("scores", SCORES | {"told": False})]
    cases += [("hedged", SCORES)]
    cases += [("scores_caption", {"by": "by subject", "few": 10}), ("rules", dict.fromkeys(RULES, "1"))]
    cases += [("changed", CHANGED), ("changed", CHANGED | {"compared_with": ""})]
    cases += [("listed", {"n": 61, "what": "figure", "whats": "figures", "cut": 60})]
    cases += [("method", METHOD), ("method", METHOD | {"compared_with": ""}), ("method", METHOD | {"changed": 0})]
    cases += [("gone", CHANGED | {"gone": gone}) for gone in (0, 2)]
    cases += [("holds", {"figures": 1, "sources": 1, "series": 1})]
    cases += [("coverage_title", {"month": "2025-11", "chapter": "rare earths", "best": 3, "period": "2025-05"})]
    cases += [("allowances", {"limits": [("customs", 0.2)], "cap": 3.0}), ("allowances", {"limits": [], "cap": None})]
    cases += [("allowances_caption", {}), ("revisions_caption", {"n": 3, "up": 2})]
    cases += [("forecasts_newest", {"verdicts": ["hit"], "on": on}) for on in ("2025-11", float("nan"))]
    dues = ([], ["2025-11-30"], ["2025-12-31", "2026-01-31"])
    cases += [("forecasts", {"what": "open", "due": due, "month": "2025-11"}) for due in dues]
    cases += [("sources", {"name": "A", "n": 2, "figures": 9})]
    cases += [("coverage_caption", {"months": 24}), ("wanted_caption", {})]
    assert unreached("checks", cases) == []


def test_verdicts_are_counted_from_what_holds_to_what_does_not():
    found = checks.counted(pd.Series(["contradicted", "confirmed", "contradicted", "odd"]))
    assert found == ["1 confirmed", "2 contradicted", "1 odd"]


def test_without_a_note_there_is_nothing_to_check():
    made = edition([])
    made.__dict__["_derived"]["claims"] = pd.DataFrame()
    assert checks.claims(made) == {"n": 0, "held": 0, "wrong": 0, "notes": []}
