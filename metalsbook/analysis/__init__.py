"""Pure functions on frames: what the method makes of a snapshot."""

METHOD_VERSION = "1.0"
"""Changes whenever the same snapshot would give other estimates, conflicts or verdicts; an edition names it."""
