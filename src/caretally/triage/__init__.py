"""Which readings call for a person: vital signs, thresholds and concerns."""
