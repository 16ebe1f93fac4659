"""Snapshots: the frozen inputs of an edition, chosen by the as-of rule, written once and checked at every opening."""
