"""The program opened on the home that CARETALLY_HOME names; import this before its other parts."""

from __future__ import annotations

from caretally.cli.store_commands import stored

JOURNAL = stored()
