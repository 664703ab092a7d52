"""Enrollment on pages: new patients, and the evidence that each code needs, piece by piece."""
