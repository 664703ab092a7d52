"""Moves whole journals out, so that a practice can leave with everything it wrote."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

from caretally.errors import ExchangeError


def write_lines(lines: Iterable[bytes], target: Path) -> int:
    """Write lines to a file, gzip if its name ends in .gz; the file appears whole or not at all.

    Returns:
        How many were written.

    Raises:
        ExchangeError: the file cannot be written.
    """
    partial = target.with_name(f"{target.name}.partial")
    count = 0
    try:
        with partial.open("wb") as plain:
            packed = target.name.endswith(".gz")
            out = gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if packed else plain
            for line in lines:
                out.write(line)
                count += 1
            if packed:
                out.close()
        partial.replace(target)
    except OSError as error:
        raise ExchangeError(
            f"{target}: cannot be written ({error.strerror}); "
            "name a file in a folder that exists and may be written to"
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return count
