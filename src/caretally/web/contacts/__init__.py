"""Conversations and attempts on pages: the form, the note, and the ladder."""
