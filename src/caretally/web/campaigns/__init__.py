"""Campaigns of calls, the number of a patient, calling rules and agreements, as pages."""
