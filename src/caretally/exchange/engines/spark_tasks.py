"""Runs parts on Spark by `mapInArrow`, one part a task; folders must be seen by every executor.

Uses the session that is active, or starts Spark on this machine and stops it again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from caretally.exchange.extras import pa, sql
from caretally.exchange.tables.deciding import decide_part
from caretally.exchange.tables.settings import BulkSettings, PartDone, package_root

COLUMNS = "done string"
Batches = Callable[[Iterable[Any]], Iterator[Any]]


def deciding(out: Path, settings: BulkSettings) -> Batches:
    """Return the function that turns batches of parts into batches of what was done."""

    def decide_batches(batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            for part in batch.column("part").to_pylist():
                done = decide_part(Path(part), out, settings)
                yield pa.RecordBatch.from_pylist([{"done": done.to_json()}])

    return decide_batches


def run(
    parts: Sequence[Path], out: Path, settings: BulkSettings, workers: int
) -> Iterator[PartDone]:
    """Yield the parts when all are done."""
    active = sql.SparkSession.getActiveSession()
    session = active or local_session(workers)
    try:
        rows = session.sparkContext.parallelize([(str(part),) for part in parts], len(parts))
        frame = session.createDataFrame(rows, "part string")
        for row in frame.mapInArrow(deciding(out, settings), COLUMNS).collect():
            yield PartDone.from_json(row.done)
    finally:
        if active is None:
            session.stop()


def local_session(workers: int) -> Any:
    """Start Spark on this machine, quietly; its processes run this very Python and package."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = (
        sql.SparkSession.builder.appName("caretally")
        .master(f"local[{workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executorEnv.PYTHONPATH", str(package_root()))
    )
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
