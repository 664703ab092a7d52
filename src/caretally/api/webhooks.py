"""Where vendors deliver: checked, stored, answered; what is in it is read later.

There is no token: a delivery is genuine by its signature or secret, as its vendor has it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import msgspec
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import Router

from caretally.api.bodies import JSON, read_body
from caretally.api.problems import RefusedError, not_genuine, problem_answer
from caretally.api.shapes import DeliveryTaken, ProblemDetails
from caretally.clock import now
from caretally.devices.unpacked import Posted
from caretally.practice.connections import ENDED, PAUSED
from caretally.practice.opened import journal
from caretally.practice.receiving import ADDRESS_OF_CALLER, QUERY, Door, door, is_genuine, receive

router = Router(tags=["deliveries"])

MOST_BYTES = 2 * 1024 * 1024
"""Of a delivery, once unpacked."""
ADDRESS = "/webhooks/{vendor}/{connection}"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "As the vendor has it; see the page of the vendor.",
        "content": {"*/*": {"schema": {}}},
    }
}


@router.post(
    ADDRESS,
    auth=None,
    response={
        202: DeliveryTaken,
        **dict.fromkeys((400, 401, 404, 410, 413, 415, 422, 503), ProblemDetails),
    },
    summary="Deliver readings as their vendor",
    openapi_extra=BODY,
)
def deliver(request: HttpRequest, vendor: str, connection: str) -> HttpResponse:
    """Store a delivery whole, and answer at once; it is read afterwards.

    202: stored, or known from before. 401: not signed as agreed. 404: no such connection. 410: it
    was ended. 503: it is paused, or nothing could be stored; send it again later.
    """
    db = journal().db
    try:
        found = opened(door(db, vendor, connection))
        posted = posted_in(request, found)
        if not is_genuine(found, posted):
            return not_genuine()
        kept = receive(db, found, posted)
    except DatabaseError:
        return problem_answer(503, "Nothing was stored; send it again.")
    told = {"delivery": str(kept.number), "known": kept.seen > 1}
    return HttpResponse(msgspec.json.encode(told), status=202, content_type=JSON)


@router.api_operation(
    ["GET", "HEAD"],
    ADDRESS,
    auth=None,
    response={200: None, **dict.fromkeys((400, 401, 404, 405, 410, 422, 503), ProblemDetails)},
    summary="Ask whether a connection listens",
)
def listens(request: HttpRequest, vendor: str, connection: str) -> HttpResponse:
    """Answer vendors that look before they deliver; nothing is told of the connection."""
    try:
        found = opened(door(journal().db, vendor, connection))
    except DatabaseError:
        return problem_answer(503, "The database does not answer.")
    if not found.slice.answers_head:
        refusal = problem_answer(405, "Allowed: POST")
        refusal["Allow"] = "POST"
        return refusal
    return HttpResponse(status=200, content_type="text/plain")


def opened(found: Door | None) -> Door:
    """Return a connection that takes deliveries.

    Raises:
        RefusedError: there is none, it was ended, or it is paused.
    """
    if found is None:
        raise RefusedError(404, "No connection of this vendor and name.")
    if found.state == ENDED:
        raise RefusedError(410, "The connection was ended; nothing more is taken.")
    if found.state == PAUSED:
        raise RefusedError(503, "The connection is paused; send it again later.")
    return found


def posted_in(request: HttpRequest, found: Door) -> Posted:
    """Return what was sent.

    Raises:
        RefusedError: another content type, or too large.
        InputError: it is packed and does not unpack.
    """
    allowed = found.slice.content_types
    if (request.content_type or "").lower() not in allowed:
        raise RefusedError(415, f"Send {' or '.join(allowed)}.")
    body = read_body(request, MOST_BYTES)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers[QUERY] = unquote(request.META.get("QUERY_STRING", ""))
    headers[ADDRESS_OF_CALLER] = request.META.get("REMOTE_ADDR", "")
    return Posted(body=body, headers=headers, received_at=now(), settings=found.settings)
