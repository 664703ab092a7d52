"""Refusals as problem details (RFC 9457): what was found, where, what was expected, what to do.

Nothing of a patient is repeated; a place in the request, a field and a rule are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from caretally.errors import (
    CaretallyError,
    ConflictError,
    ForbiddenError,
    InputError,
    Problem,
    UnknownError,
)

PROBLEM_JSON = "application/problem+json"
MOST_TOLD = 1_000
"""Problems in one answer; who has more has sent something else."""
RETRY_SECONDS = 600
TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "A token is needed",
    403: "Not allowed",
    404: "Nothing here for you",
    405: "No such method here",
    409: "In conflict with what is stored",
    410: "Not here any more",
    413: "Too large",
    415: "Not a content type that is taken here",
    422: "Something in the request is wrong",
    500: "Something broke on our side",
    503: "Not ready",
}
SLUGS: Mapping[int, str] = {
    400: "unreadable", 401: "token-needed", 403: "not-allowed", 404: "not-there",
    405: "no-such-method", 409: "conflict", 410: "ended", 413: "too-large", 415: "content-type",
    422: "wrong-input", 500: "broke", 503: "not-ready",
}  # fmt: skip
NOT_GENUINE = "not-genuine"
NOT_GENUINE_TITLE = "The delivery is not genuine"
CHALLENGE, CHALLENGE_OF_VENDORS = 'Bearer realm="caretally"', 'Delivery realm="caretally"'
"""HTTP wants every 401 to say what is lacking; a vendor lacks no token of ours."""


class RefusedError(CaretallyError):
    """Something that only HTTP knows is refused, such as a content type."""

    def __init__(self, status: int, detail: str) -> None:
        """Keep the status and the words."""
        self.status = status
        super().__init__(detail)


def told(problem: Problem) -> dict[str, str]:
    """Return a problem as JSON has it."""
    return {
        "where": problem.where, "field": problem.field, "found": problem.found,
        "expected": problem.expected, "hint": problem.hint,
    }  # fmt: skip


def problem_answer(status: int, detail: str = "", problems: Sequence[Problem] = ()) -> HttpResponse:
    """Return an answer that says what is wrong."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    answer = told_as(SLUGS.get(status, "other"), title, status, (detail, problems))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = str(RETRY_SECONDS)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = CHALLENGE
    return answer


def told_as(
    slug: str, title: str, status: int, more: tuple[str, Sequence[Problem]]
) -> HttpResponse:
    """Return problem details of a type; more is the detail and what is wrong in particular."""
    detail, problems = more
    content = {
        "type": f"urn:caretally:problem:{slug}", "title": title, "status": status,
        "detail": detail or title, "errors": [told(each) for each in problems[:MOST_TOLD]],
    }  # fmt: skip
    return HttpResponse(msgspec.json.encode(content), status=status, content_type=PROBLEM_JSON)


def not_genuine() -> HttpResponse:
    """Answer a delivery that is not signed as agreed; why not is told to the operator alone."""
    problem = Problem(
        where="delivery", field="signature or secret", found="none that this connection takes",
        expected="one made with a secret of this connection that is live",
        hint="Compare the secret entered at the vendor with the connection's, or rotate it; the "
        "log of the program says what was wrong.",
    )  # fmt: skip
    detail = "The delivery is not signed as this connection expects; nothing was stored."
    answer = told_as(NOT_GENUINE, NOT_GENUINE_TITLE, 401, (detail, (problem,)))
    answer["WWW-Authenticate"] = CHALLENGE_OF_VENDORS
    return answer


def refused(request: HttpRequest, error: CaretallyError) -> HttpResponse:
    """Answer what the rooms below refused on purpose."""
    statuses = (
        (ConflictError, 409), (InputError, 422), (UnknownError, 404), (ForbiddenError, 403),
    )  # fmt: skip
    status = next((code for sort, code in statuses if isinstance(error, sort)), 500)
    if isinstance(error, RefusedError):
        status = error.status
    problems = error.problems if isinstance(error, InputError) else ()
    count = f"{len(problems)} problems; nothing was kept." if len(problems) > 1 else str(error)
    return problem_answer(status, count if status != 500 else "", problems)


def misshaped(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request whose parameters or body are not as documented."""
    problems = []
    for each in error.errors:
        place, *path = (str(step) for step in each["loc"])
        found = "nothing" if each["type"] == "missing" else "another value"
        problems.append(
            Problem(where=place, field=".".join(path), found=found, expected=str(each["msg"]))
        )
    return problem_answer(422, "", problems)


def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer a request without a token that stands."""
    return problem_answer(401, "Send `Authorization: Bearer …` with a token that is live.")


def other_status(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the framework refuses, such as a body that is no JSON."""
    return problem_answer(error.status_code, str(error))


def tell_problems(api: NinjaAPI) -> None:
    """Let an API answer refusals in this form."""
    api.add_exception_handler(CaretallyError, refused)
    api.add_exception_handler(ValidationError, misshaped)
    api.add_exception_handler(HttpError, other_status)
    api.add_exception_handler(AuthenticationError, no_token)
