"""Decides which codes may be billed: sheets and criteria, units, explanations and what is next."""
