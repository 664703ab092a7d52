"""Caretally: from what happened to cited decisions on what remote monitoring may bill."""

__version__ = "0.1.0"
