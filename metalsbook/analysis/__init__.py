"""Pure functions on frames: what the method makes of a snapshot."""

METHOD_CHANGES = {
    "1.0": "Reconciliation, claims and outlooks as first published.",
    "1.1": (
        "Loose words in claims are read as their row says and neither confirmed nor contradicted; what only the same "
        "house prints is own arithmetic; growth rates are judged as rates. Hedged forecasts (\u201cstays soft\u201d, "
        "\u201cunder pressure\u201d) may stand still. One rule for which print of a price counts. Revision allowances "
        "from each series' own figures, where these can tell. Two prints that meet only at the edge of their rounding "
        "clash, and the month covers both. A gap between figures is told in the series in which it is measured."
    ),
    "1.2": (
        "Claims: what neighbouring figures bound is checked, and what stays open names the figure that would decide; "
        "a verdict counts the independent origins behind it, and as many that print another make it a dispute; words "
        "are judged of the figure printed with them; what is not known can lie beyond an extreme; an interval on both "
        "sides, an incomplete calendar and a hope decide nothing; a note can contradict itself. Forecasts: one horizon "
        "for all of a price that state none; a hedge is open to one side; skill is the difference to \u201cno "
        "change\u201d with an interval clustered by series and month; a second verdict by the figures of others; "
        "taken down twice from one page, a forecast counts once. "
        "Unusual moves are measured against the same month of earlier years. "
        "Revisions and restated bases have a limit for each office, estimated from all its series and capped; "
        "a year whose base a rate beside both levels shows has its own. "
        "Publishers that cut digits off are told from those that round, and prints that meet at the edge of their "
        "rounding no longer clash where cut digits explain it. Contradictions are settled in as few slips as will do, "
        "and months cover only these ways: most are narrower, and what an office printed stays in sight. "
        "Annual figures take part. Every bound is exact. A likely band holds four of five hidden prints."
    ),
}
"""What each version of the method changed, oldest first."""
METHOD_VERSION = list(METHOD_CHANGES)[-1]
"""Changes whenever the same snapshot would give other estimates, conflicts or verdicts; an edition names it."""
