"""The fixed cast: eight invented people with three months of life, January to March 2026.

The same in tests, documents, demonstration and screenshots. `STORIES` says what everyone's March
should come to; each life is told in `lives/`. Nothing here is drawn by chance.
"""

from __future__ import annotations

from caretally.journal.entries import Entry
from caretally.synthetic.lives import ada, ben, cleo, dev, edie, fay, gus, hal, practices
from caretally.synthetic.stories import Story

STORIES: tuple[Story, ...] = (
    ada.STORY,
    ben.STORY,
    cleo.STORY,
    dev.STORY,
    edie.STORY,
    fay.STORY,
    fay.HARBOR_STORY,
    gus.STORY,
    hal.STORY,
)
"""What March 2026 should give, a story a chart; Fay has two."""


def cast_entries() -> tuple[Entry, ...]:
    """Return every entry of the cast: practices and staff first, then the charts by name."""
    return (
        *practices.entries(),
        *ada.entries(),
        *ben.entries(),
        *cleo.entries(),
        *dev.entries(),
        *edie.entries(),
        *fay.entries(),
        *fay.harbor_entries(),
        *gus.entries(),
        *hal.entries(),
    )
