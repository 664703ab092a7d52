"""The operation that gives a patient's readings as FHIR R4: US Core Observations in a Bundle."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from caretally.api.asking import asked, office_of
from caretally.api.cursors import cursor_of, number_of
from caretally.api.responses import answers
from caretally.api.shapes import FhirBundle, Id, ObservationSearch
from caretally.ehr.observations import search_set, written
from caretally.errors import InputError, Problem
from caretally.journal.scalars import instant_of_text
from caretally.practice.observing import FIRST, LAST, Stretch, readings_of

router = Router(tags=["FHIR"])

FHIR_JSON = "application/fhir+json"
KIND = "observation"
CONTENT: dict[str, Any] = {
    "responses": {200: {"content": {FHIR_JSON: {"schema": {"type": "object"}}}}}
}


@router.get(
    "/patients/{patient}/observations",
    response=answers(FhirBundle, 404),
    summary="A patient's readings as FHIR Observations",
    openapi_extra=CONTENT,
)
@asked("since", "until", "cursor", "limit")
def observations(
    request: HttpRequest, patient: Id, sought: Query[ObservationSearch]
) -> HttpResponse:
    """Return readings in force, by the time they were measured, with their devices.

    Needs `see_patients`. Profiles are those of US Core 6.1.0. `link` with relation `next` leads to
    the page after.
    """
    first = number_of(KIND, sought.cursor)
    stretch = Stretch(
        since=instant(sought.since, "since", FIRST), until=instant(sought.until, "until", LAST),
        first=first, limit=sought.limit,
    )  # fmt: skip
    found = readings_of(office_of(request), patient, stretch)
    base = request.build_absolute_uri("/api/v1/fhir")
    bundle = search_set(found.entries, found.zone, base)
    links = [{"relation": "self", "url": request.build_absolute_uri()}]
    if first + sought.limit < found.total:
        asked_for = {name: value for name, value in request.GET.items() if name != "cursor"}
        query = urlencode({**asked_for, "cursor": cursor_of(KIND, str(first + sought.limit))})
        links.append({"relation": "next", "url": request.build_absolute_uri(f"?{query}")})
    body = written({**bundle, "link": links})
    return HttpResponse(body, content_type=FHIR_JSON)


def instant(told: str, name: str, otherwise: datetime) -> datetime:
    """Return an instant that was asked for.

    Raises:
        InputError: there is none of this date.
    """
    found = instant_of_text(told) if told else otherwise
    if found is None:
        raise InputError([
            Problem(where="query", field=name, found="no instant of the calendar",
                    expected="such as 2026-03-01T00:00:00-06:00")
        ])  # fmt: skip
    return found
