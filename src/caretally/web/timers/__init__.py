"""Timers and time by hand: the clock at the top of every page, and a person's own day."""
