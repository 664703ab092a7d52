"""One's own contact points: where one is told of alerts, tried with a test message."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.errors import InputError
from caretally.practice.contact_points import (
    CHECKS,
    ask_test,
    end_point,
    keep_point,
    my_points,
    staff_of,
)
from caretally.practice.office import Office
from caretally.web.frame.asking import page
from caretally.web.frame.fields import SELECT, Field, shown, typed_in

WRONG = 422
FIELDS = (
    Field(name="channel", label="How", kind=SELECT,
          choices=(("email", "mail"), ("sms", "text message"))),
    Field(name="address", label="Address or number",
          hint="Such as rosa@clinic.example or +15550100000. Only you see it."),
)  # fmt: skip


@page()
def mine(request: HttpRequest, office: Office) -> HttpResponse:
    """Show where the caller is told of alerts, and keep another address."""
    staff_of(office)
    typed, error = {"channel": "email"}, None
    if request.method == "POST":
        typed = typed_in(request)
        try:
            keep_point(office, typed.get("channel", ""), typed.get("address", ""))
        except InputError as found:
            error = found
        else:
            messages.success(request, "The address is kept. Send yourself a test message.")
            return redirect("oncall-me", practice=office.practice)
    context = {"points": my_points(office), "fields": shown(FIELDS, typed, error), "error": error}
    return render(request, "oncall/mine.html", context, status=WRONG if error else 200)


@require_POST
@page()
def changed(request: HttpRequest, office: Office) -> HttpResponse:
    """Send a test message to an address, or forget it."""
    channel = request.POST.get("channel", "")
    if channel in CHECKS and request.POST.get("do") == "test":
        ask_test(office, channel)
        messages.success(request, "A test message is on its way; this page says what became of it.")
    elif channel in CHECKS and request.POST.get("do") == "forget":
        end_point(office, channel)
        messages.success(request, "The address is forgotten.")
    return redirect("oncall-me", practice=office.practice)
