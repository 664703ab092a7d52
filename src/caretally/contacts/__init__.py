"""Conversations and attempts: the form, the note made from it, copied notes, and the ladder."""
