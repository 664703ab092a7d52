"""Pages by which a vendor may be asked: the key it gave, and patients who agree at the vendor's."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from caretally.devices.pulls import ACCOUNTS, PullPlan
from caretally.errors import ConflictError, ExchangeError, InputError, UnknownError
from caretally.practice.authorizing import (
    authorization_address,
    connection_in,
    fetching,
    plan_of,
    practice_in,
    set_key,
    take_code,
)
from caretally.practice.intake_pages import way_named
from caretally.practice.office import Office
from caretally.practice.pull_keys import OwnKey
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.store.database import scoped
from caretally.web.frame.asking import office_of, page
from caretally.web.frame.fields import Field, shown, typed_in

UNPROCESSABLE = 422
NUMBER = Field(name="number", label="Client id at the vendor")
SECRET = Field(
    name="secret", label="Secret", kind="password",
    hint="An API key, user:password, or the client's secret; it is kept sealed and never shown.",
)  # fmt: skip


@page(permission=MANAGE_PRACTICE)
def connection_fetching(request: HttpRequest, office: Office, connection: str) -> HttpResponse:
    """Show how fetching stands, and take the key the vendor gave."""
    plan = asked_plan(office, connection)
    error: InputError | None = None
    typed: dict[str, str] = {}
    if request.method == "POST":
        typed = typed_in(request)
        own = OwnKey(number=typed.get("number", ""), secret=typed.get("secret", ""))
        try:
            set_key(office, connection, own)
        except (InputError, ConflictError) as refusal:
            error = refusal
        else:
            messages.success(request, "The key is kept; the vendor is asked from now on.")
            return redirect("connection-fetching", practice=office.practice, connection=connection)
    by_account = plan.subjects == ACCOUNTS
    context = {
        "way": way_named(office, connection), "fetched": fetching(office, connection),
        "fields": shown((NUMBER, SECRET) if by_account else (SECRET,),
                        {"number": typed.get("number", "")}, error),
        "error": error,
        "other_messages": [str(each) for each in error.problems if "settings" in each.field]
        if error else [],
        "by_account": by_account, "back": back_to(request), "tab": "connections",
        "zone": office.home_zone(),
    }  # fmt: skip
    return render(request, "intake/fetching.html", context, status=UNPROCESSABLE if error else 200)


def asked_plan(office: Office, connection: str) -> PullPlan:
    """Return how the vendor of a connection is asked.

    Raises:
        UnknownError: there is no such connection, it has ended, or its vendor only pushes.
    """
    try:
        return plan_of(office, connection)
    except ConflictError as error:
        raise UnknownError("this connection is not asked for anything") from error


@require_GET
@page(permission=MANAGE_PRACTICE)
def connection_authorize(request: HttpRequest, office: Office, connection: str) -> HttpResponse:
    """Send the browser to the vendor's page, where the patient agrees.

    A link leads here and nothing is changed: a form may not lead to another address.
    """
    try:
        address = authorization_address(office, connection, back_to(request))
    except (ConflictError, UnknownError) as error:
        messages.error(request, str(error))
        return redirect("connection-fetching", practice=office.practice, connection=connection)
    return HttpResponseRedirect(address)


@require_GET
@login_required
def connection_callback(request: HttpRequest) -> HttpResponse:
    """Take the code that the browser brings back, and return to the connection."""
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    try:
        practice, connection = practice_in(state), connection_in(state)
    except InputError as error:
        messages.error(request, f"Nobody was added: {error}")
        return redirect("home")
    with scoped(practice):
        office = office_of(request, practice)
        office.caller.require(MANAGE_PRACTICE)
        try:
            name = take_code(office, state, code)
        except (InputError, ConflictError, ExchangeError, UnknownError) as error:
            messages.error(request, f"Nobody was added: {error}")
        else:
            messages.success(request, f"{name} agreed. Register a device of this name next.")
    return redirect("connection-fetching", practice=practice, connection=connection)


def back_to(request: HttpRequest) -> str:
    """Return where a vendor sends the browser back to."""
    place = reverse("connection-callback")
    public: str = getattr(settings, "PUBLIC_URL", "")
    return f"{public}{place}" if public else str(request.build_absolute_uri(place))
