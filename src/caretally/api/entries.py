"""The operation that takes entries: all or none, each once however often it is sent."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from caretally.api.asking import asked, office_of, token_number
from caretally.api.bodies import JSON, NDJSON, body_of, content_type_of, entries_in
from caretally.api.responses import answers
from caretally.api.shapes import NO_CONTROL, Taken
from caretally.practice.idempotency import Answer, Keyed, answered_once
from caretally.practice.intake import check_intake, take_in
from caretally.practice.office import Office

router = Router(tags=["entries"])

KEY: Any = Header(
    "",
    alias="Idempotency-Key",
    max_length=255,
    pattern=NO_CONTROL,
    description="The same request under the same key is done once.",
)
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}}},
            NDJSON: {"schema": {"type": "string", "description": "An entry a line."}},
        },
    }
}


@router.post(
    "/entries",
    response=answers(Taken, 409, 413, 415),
    summary="Store entries",
    openapi_extra=BODY,
)
@asked()
def store_entries(request: HttpRequest, key: str = KEY) -> HttpResponse:
    """Store entries of the practice, all or none; what is stored already is passed over.

    Needs `write_entries`. The body may be packed with gzip. With an `Idempotency-Key` the answer is
    kept for seven days and given again to the same request.
    """
    office = office_of(request)
    check_intake(office)
    content_type, body = content_type_of(request), body_of(request)
    if not key:
        return shown(stored(office, body, content_type))
    keyed = Keyed(
        caller=f"token:{token_number(request)}", key=key,
        asked=sha256(b"\n".join((b"POST /entries", content_type.encode(), body))).digest(),
    )  # fmt: skip
    return shown(answered_once(office, keyed, lambda: stored(office, body, content_type)))


def stored(office: Office, body: bytes, content_type: str) -> Answer:
    """Store the entries of a body and say what became of them."""
    appended = take_in(office, entries_in(body, content_type))
    told = {"accepted": appended.accepted, "known": appended.known, "problems": ()}
    return Answer(status=200, body=msgspec.json.encode(told).decode())


def shown(answer: Answer) -> HttpResponse:
    """Return an answer; one that was given before says so in a header."""
    made = HttpResponse(answer.body, status=answer.status, content_type=JSON)
    if answer.is_again:
        made["Idempotency-Replayed"] = "true"
    return made
