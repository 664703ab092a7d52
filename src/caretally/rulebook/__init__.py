"""The rulebook: dated sheets, fees, edits and sources as plain files; no code lives here."""
