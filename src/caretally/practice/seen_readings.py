"""Readings on record, kept ready between batches for the patients filed last.

Nothing is trusted: what is kept is held against the stream each time, and made anew where the
stream does not go on from it. Only filing asks, inside the lock of the practice.
"""

from __future__ import annotations

from collections import OrderedDict

from caretally.devices.seen import Seen
from caretally.store.database import Database
from caretally.store.shelf import Shelf
from caretally.store.streams import Stream

MOST_READINGS = 100_000
"""Readings kept ready in one process."""


class SeenReadings:
    """What one process remembers of patients' readings."""

    def __init__(self, most: int = MOST_READINGS) -> None:
        """Keep so many readings at most, the patients asked for last first."""
        self.most = most
        self.kept: OrderedDict[tuple[str, int], Seen] = OrderedDict()

    def of(self, db: Database, shelf: Shelf, stream: Stream) -> Seen:
        """Return the readings in force of a patient's stream.

        In the middle of a batch it is ahead of the stream by what the batch will append.
        """
        key = (db.alias, stream.id)
        seen = self.kept.get(key)
        if seen is None or not seen.is_open:
            entries = shelf.entries(db, stream)
            if seen is None or not seen.goes_on_in(entries):
                seen = self.kept[key] = Seen()
            seen.take(entries[seen.count :])
            seen.is_open = True
            self.kept.move_to_end(key)
        return seen

    def close(self) -> None:
        """End a batch that was stored: from here on streams are looked at again."""
        for seen in reversed(self.kept.values()):
            if not seen.is_open:
                break
            seen.is_open = False
        count = sum(seen.count for seen in self.kept.values())
        while count > self.most and len(self.kept) > 1:
            _, dropped = self.kept.popitem(last=False)
            count -= dropped.count

    def forget(self) -> None:
        """Forget what the batch at work added, since it was not stored."""
        for key in [key for key, seen in self.kept.items() if seen.is_open]:
            del self.kept[key]
