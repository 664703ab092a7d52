"""Withings: a notification says that there is something, and the values are fetched."""
