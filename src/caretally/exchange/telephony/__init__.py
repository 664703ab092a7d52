"""Calls over carriers: one leg's sound, and a whole call led on it."""
