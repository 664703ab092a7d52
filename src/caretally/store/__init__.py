"""The stored journal and what is derived from it; the one Django app with models and migrations."""
