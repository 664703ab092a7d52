"""Alerts and the rules they come of: what calls for somebody, who answers, and what holds."""
