"""The optional packages this room can use, or the news which extra is missing.

A package is looked for when a module asks for its name here; where it is not installed that
import raises MissingExtraError with the extra to install.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from caretally.errors import MissingExtraError

if TYPE_CHECKING:
    import authlib.oauth2 as authlib_oauth2
    import baresip
    import httpx
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    import ray
    import websockets
    import websockets.asyncio.server as websockets_server
    from pyspark import sql

PACKAGES = {
    "authlib_oauth2": ("server", "authlib.oauth2"),
    "baresip": ("telephone", "baresip"),
    "httpx": ("server", "httpx"),
    "np": ("bulk", "numpy"),
    "pa": ("bulk", "pyarrow"),
    "pc": ("bulk", "pyarrow.compute"),
    "pq": ("bulk", "pyarrow.parquet"),
    "ray": ("cluster", "ray"),
    "sql": ("cluster", "pyspark.sql"),
    "websockets": ("telephone", "websockets"),
    "websockets_server": ("telephone", "websockets.asyncio.server"),
}
"""The extra and the package that each name stands for."""
__all__ = [
    "authlib_oauth2", "baresip", "httpx", "np", "pa", "pc", "pq", "ray", "sql", "websockets",
    "websockets_server",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Return a package by the name it goes by here."""
    if name not in PACKAGES:
        raise AttributeError(name)
    extra, package = PACKAGES[name]
    try:
        return import_module(package)
    except ModuleNotFoundError as missing:
        raise MissingExtraError(extra, missing.name or package) from missing
