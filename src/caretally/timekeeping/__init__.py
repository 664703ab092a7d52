"""Clinical time: timers that a server keeps, spans written by hand, and their corrections."""
