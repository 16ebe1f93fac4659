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
}
"""What each version of the method changed, oldest first."""
METHOD_VERSION = list(METHOD_CHANGES)[-1]
"""Changes whenever the same snapshot would give other estimates, conflicts or verdicts; an edition names it."""
