"""Runs parts on this machine, each in one of several processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from caretally.exchange.tables.deciding import decide_part
from caretally.exchange.tables.settings import BulkSettings, PartDone


def run(
    parts: Sequence[Path], out: Path, settings: BulkSettings, workers: int
) -> Iterator[PartDone]:
    """Yield the parts as they are done, in any order.

    Processes are started afresh rather than forked: Arrow and Numba keep threads. Where nothing is
    compiled yet, the first part goes ahead, so that not every process compiles the same.
    """
    if workers == 1 or len(parts) == 1:
        yield from (decide_part(part, out, settings) for part in parts)
        return
    is_cold = settings.compiled and not any(settings.cache.rglob("*.nbc"))
    alone = 1 if is_cold else 0
    with ProcessPoolExecutor(min(workers, len(parts)), get_context("spawn")) as pool:
        for part in parts[:alone]:
            yield pool.submit(decide_part, part, out, settings).result()
        tasks = [pool.submit(decide_part, part, out, settings) for part in parts[alone:]]
        for task in as_completed(tasks):
            yield task.result()
