"""Wellness calls: signed protocols, an engine that follows them, and what a call leaves behind."""
