"""Invented people: the fixed cast, and seeded programs of whole practices."""
