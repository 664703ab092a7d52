"""The journal: what happened, as immutable entries, and how it is read, written and corrected."""
