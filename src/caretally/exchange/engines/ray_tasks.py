"""Runs parts on Ray, one part a task; folders must be seen by every node.

Joins the cluster that RAY_ADDRESS names, or starts Ray on this machine and stops it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from caretally.exchange.extras import ray
from caretally.exchange.tables.deciding import decide_part
from caretally.exchange.tables.settings import BulkSettings, PartDone, package_root


def run(
    parts: Sequence[Path], out: Path, settings: BulkSettings, workers: int
) -> Iterator[PartDone]:
    """Yield the parts as they are done, in any order."""
    starts = not ray.is_initialized()
    if starts:
        own = {} if os.environ.get("RAY_ADDRESS") else own_machine(workers)
        ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR", **own)
    try:
        task = ray.remote(num_cpus=1)(decide_part)
        waiting = [task.remote(part, out, settings) for part in parts]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield from ray.get(done)
    finally:
        if starts:
            ray.shutdown()


def own_machine(workers: int) -> dict[str, Any]:
    """Return how Ray is started here: its processes import the very package that runs now."""
    return {
        "num_cpus": workers,
        "runtime_env": {"env_vars": {"PYTHONPATH": str(package_root())}},
    }
