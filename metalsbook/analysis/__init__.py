"""Pure functions on frames: what the method makes of a snapshot."""
