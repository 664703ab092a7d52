"""The live connections as a server runs them: WebSockets of conversations, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from channels.sessions import CookieMiddleware

from caretally.project import opening
from caretally.project.live_routes import allowed_origins, routes

opened = opening.SETTINGS_MODULE
"""The settings the program was opened with; opening comes first."""
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


async def nothing_here(scope: Mapping[str, Any], receive: object, send: Send) -> None:
    """Answer requests that are no WebSocket: pages are served elsewhere."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


application = ProtocolTypeRouter({
    "websocket": OriginValidator(CookieMiddleware(URLRouter(routes())), allowed_origins()),
    "http": nothing_here,
})  # fmt: skip
