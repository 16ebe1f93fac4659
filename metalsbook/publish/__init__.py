"""From snapshots and notebooks to the published site."""
