"""From a request with a token to the office of its caller."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from caretally.clock import now
from caretally.errors import InputError, Problem
from caretally.practice.office import Office
from caretally.practice.opened import journal
from caretally.practice.roles import USE_API
from caretally.practice.tokens import Shown, shown_token
from caretally.store.database import ALL, scoped

View = Callable[..., Any]


class Bearer(HttpBearer):
    """A token of the API, made with `caretally token create`."""

    def authenticate(self, request: HttpRequest, token: str) -> Shown | None:  # noqa: ARG002
        """Return the token and its caller; None where it does not stand.

        Raises:
            ForbiddenError: the person may not use the API any more.
        """
        with scoped(ALL):
            shown = shown_token(journal().db, token, now())
        if shown is not None:
            shown.caller.require(USE_API)
        return shown


def office_of(request: HttpRequest) -> Office:
    """Return the office of whoever asks; everything in one request happens at one instant."""
    shown: Shown = request.auth
    return Office(journal=journal(), caller=shown.caller, now=now())


def token_number(request: HttpRequest) -> int:
    """Return the number of the token that was shown."""
    shown: Shown = request.auth
    return shown.number


def asked(*query: str) -> Callable[[View], View]:
    """Make a view an operation that knows its query parameters and refuses all others."""

    def made(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **named: Any) -> HttpResponse | Any:
            refuse_unknown(request, query)
            with scoped(office_of(request).practice):
                return view(request, **named)

        answered.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        return answered

    return made


def refuse_unknown(request: HttpRequest, known: Collection[str]) -> None:
    """Refuse query parameters nobody reads: a misspelled filter is no filter.

    Raises:
        InputError: there are such, or one is there twice.
    """
    expected = f"only {', '.join(known)}" if known else "none"
    problems = [
        Problem(where="query", field=name[:60], found="a parameter nobody reads", expected=expected)
        for name in request.GET
        if name not in known
    ]
    problems += [
        Problem(where="query", field=name, found="the parameter twice", expected="it once")
        for name in known
        if len(request.GET.getlist(name)) > 1
    ]
    if problems:
        raise InputError(problems)
