"""The journal of this process, with the rules made ready once; it serves all threads."""

from __future__ import annotations

from functools import cache

from caretally.store.stored_journal import StoredJournal


@cache
def journal() -> StoredJournal:
    """Return the journal of this process."""
    return StoredJournal()
