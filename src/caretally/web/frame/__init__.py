"""What every page shares: who is asking, what a refusal looks like, the bar at the top."""
