"""Files that tell how far they are read, so that a long reading shows a bar."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from caretally.cli import screen
from caretally.journal.lines import Source

LARGE = 8 * 1024 * 1024
"""Bytes of all files together from which on a bar is shown."""


class Watched(io.RawIOBase):
    """A file that tells how many bytes were read of it."""

    def __init__(self, file: BinaryIO, told: Callable[[int], None]) -> None:
        """Read from an open file, telling the bytes of each reading."""
        self.file = file
        self.told = told

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer and tell how much it was."""
        count = cast(int, self.file.readinto(buffer))  # type: ignore[attr-defined]
        self.told(count)
        return count


@contextmanager
def watched(sources: Sequence[Source | Path]) -> Iterator[list[Source | Path]]:
    """Open files so that a bar shows how far they are read; small or missing ones stay as named."""
    files = [each for each in sources if isinstance(each, Path) and each.is_file()]
    total = sum(file.stat().st_size for file in files)
    if total < LARGE:
        yield list(sources)
        return
    with ExitStack() as opened, screen.progress("reading bytes", total) as bars:

        def told(count: int) -> None:
            if bars.tasks:
                bars.advance(bars.task_ids[0], count)

        yield [opened_watched(each, opened, told) if each in files else each for each in sources]


def opened_watched(
    source: Source | Path, opened: ExitStack, told: Callable[[int], None]
) -> Source | Path:
    """Return a file as a stream that tells how far it is read; unreadable ones as they are."""
    if isinstance(source, Source):
        return source
    try:
        file = opened.enter_context(source.open("rb", buffering=0))
    except OSError:
        return source
    stream = io.BufferedReader(Watched(cast(BinaryIO, file), told), LARGE // 16)
    return Source(
        name=str(source), stream=cast(BinaryIO, stream), compressed=source.name.endswith(".gz")
    )
