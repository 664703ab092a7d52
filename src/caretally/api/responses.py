"""Which answers an operation can give, so that the description names every one of them."""

from __future__ import annotations

from typing import Any

from caretally.api.shapes import ProblemDetails

ALWAYS = (400, 401, 403, 422)
"""What every operation can answer: an unreadable request, no token, no right, a wrong parameter."""


def answers(model: object, *others: int, status: int = 200) -> dict[int, Any]:
    """Return the documented answers of an operation.

    others: refusals beside those that every operation has.
    """
    refusals: dict[int, Any] = dict.fromkeys(sorted({*ALWAYS, *others}), ProblemDetails)
    return {status: model, **refusals}
