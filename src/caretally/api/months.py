"""Operations on patient-months: the contract's decision, and a cheap way to see that it changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from ninja import Field, Router

from caretally.api.asking import asked, office_of
from caretally.api.responses import answers
from caretally.api.shapes import Decision, Id, Month, MonthVersion
from caretally.clock import ServiceMonth
from caretally.errors import InputError, Problem
from caretally.journal.scalars import INSTANT_PATTERN, instant_of_text
from caretally.practice.months import decision_on, version_of

router = Router(tags=["months"])

Policy = Literal["", "cms_combined", "interactive_only", "cms_combined_min_live"]
AsOf = Annotated[
    str,
    Field(
        max_length=40,
        pattern=f"^({INSTANT_PATTERN})?$",
        description="Use only what was recorded by this instant; with an offset.",
    ),
]


@router.get(
    "/patients/{patient}/months/{month}",
    response=answers(Decision, 404),
    summary="What may be billed for a month, why, and what is missing",
)
@asked("policy", "as_of")
def decision(
    request: HttpRequest, patient: Id, month: Month, policy: Policy = "", as_of: AsOf = ""
) -> HttpResponse:
    """Return the bytes that `caretally decide --json` prints of the same entries.

    policy: overrides the payer's counting policy.
    """
    at = known_at(as_of)
    made = decision_on(
        office_of(request), patient, ServiceMonth.parse(month), policy=policy or None, as_of=at
    )
    return HttpResponse(msgspec.json.encode(made.to_json()), content_type="application/json")


def known_at(text: str) -> datetime | None:
    """Return the instant of `as_of`; None where it is not asked.

    Raises:
        InputError: it has the form of an instant and is none, such as a 30th of February.
    """
    if not text:
        return None
    found = instant_of_text(text)
    if found is None:
        raise InputError([
            Problem(where="query", field="as_of", found="a text that is no instant",
                    expected="an instant with offset, such as 2026-04-02T09:00:00-05:00",
                    hint="a + in an address is written %2B")
        ])  # fmt: skip
    return found


@router.get(
    "/patients/{patient}/months/{month}/version",
    response={**answers(MonthVersion, 404), 304: None},
    summary="Whether a month changed",
)
@asked()
def version(request: HttpRequest, patient: Id, month: Month) -> HttpResponse:
    """Return a number that grows when the month changes; 304 to `If-None-Match` while it stands."""
    number = version_of(office_of(request), patient, ServiceMonth.parse(month))
    tag = f'"{number}"'
    if request.headers.get("If-None-Match", "").strip() == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        content = MonthVersion(patient=patient, month=month, version=number)
        answer = HttpResponse(content.model_dump_json(), content_type="application/json")
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer
