"""The ledger: what every source printed, as text in git, validated when it is read."""
