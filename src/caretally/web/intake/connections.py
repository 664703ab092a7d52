"""Pages of connections: by which way which vendor delivers, how it does, and its secret, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.devices.vendors import registry
from caretally.devices.vendors.slices import Slice
from caretally.errors import ConflictError, InputError, Problem
from caretally.practice.connections import (
    Wanted,
    connect,
    end,
    path_of,
    pause,
    resume,
    rotate,
)
from caretally.practice.intake_pages import Way, way_named, ways
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.store.models import Connection
from caretally.web.frame.asking import page
from caretally.web.frame.fields import NUMBER, SELECT, Field, shown, typed_in

UNPROCESSABLE = 422
SETTING = "setting-"
"""Before the name of a setting of a vendor, in the form of a connection."""
TURNS = {"pause": pause, "resume": resume, "end": end}
TURNED = {
    "pause": "Deliveries are refused for now; the vendor sends them again later.",
    "resume": "Deliveries are taken again.",
    "end": "The connection has ended; its secrets are forgotten.",
}
FILES = ("csv",)
"""Vendors whose readings people bring in as files: no address needs to be entered anywhere."""


@page()
def connections(request: HttpRequest, office: Office) -> HttpResponse:
    """List the connections of the practice with how they do."""
    context = {
        "ways": ways(office), "zone": office.home_zone(), "now": office.now,
        "may_connect": office.caller.may(MANAGE_PRACTICE), "tab": "connections",
    }  # fmt: skip
    return render(request, "intake/connections.html", context)


@page()
def connection(request: HttpRequest, office: Office, connection: str) -> HttpResponse:
    """Show one connection: how it does, and how to set it up at the vendor's."""
    return render(request, "intake/connection.html", about(request, office, connection))


def about(request: HttpRequest, office: Office, name: str) -> dict[str, Any]:
    """Return what the page of a connection shows."""
    way = way_named(office, name)
    return {
        "way": way, "connection": way.connection, "zone": office.home_zone(), "now": office.now,
        "address": request.build_absolute_uri(path_of(way.connection)),
        "steps": steps_of(way), "may_connect": office.caller.may(MANAGE_PRACTICE),
        "tab": "connections",
    }  # fmt: skip


def steps_of(way: Way) -> tuple[str, ...]:
    """Return what to do at the vendor's, in order."""
    known = way.slice
    if known is None:
        return ()
    if known.name in FILES:
        return ("Nothing needs to be set up: bring files in here, with Bring in a table.",)
    steps = [
        "Enter the address below where the vendor asks for a webhook or callback address.",
        f"Enter the secret: {known.secret_words[0].lower()}{known.secret_words[1:]}.",
        f"Let it send {' or '.join(known.content_types)}.",
    ]
    if known.answers_head:
        steps.append("When it checks the address with HEAD, the program answers it.")
    steps.append(f"Register its devices here with the name {known.scheme} that it sends.")
    return tuple(steps)


@page(permission=MANAGE_PRACTICE)
def connection_new(request: HttpRequest, office: Office) -> HttpResponse:
    """Make a connection and show its secret, this once."""
    vendor = (request.POST or request.GET).get("vendor", "")
    known = registry.SLICES.get(vendor)
    error: InputError | None = None
    typed: dict[str, str] = {"vendor": vendor}
    if request.method == "POST":
        typed = typed_in(request)
        try:
            if known is None:
                raise InputError([Problem(where="form", field="vendor", expected="a vendor")])
            made, secret = connect(office, wanted(known, typed))
        except InputError as refusal:
            error = at_fields(refusal)
        else:
            return told_once(request, office, made, secret)
    fields = shown(fields_of(office, known), typed, error)
    found = {message for field in fields for message in field.messages}
    context = {
        "fields": fields, "error": error, "known": known, "tab": "connections",
        "vendors": sorted(registry.SLICES.values(), key=lambda each: each.title.lower()),
        "other_messages": [str(each) for each in error.problems] if error and not found else [],
    }  # fmt: skip
    return render(request, "intake/connection_new.html", context,
                  status=UNPROCESSABLE if error else 200)  # fmt: skip


def fields_of(office: Office, known: Slice | None) -> tuple[Field, ...]:
    """Return the fields of a new connection; those of a vendor once one is chosen."""
    if known is None:
        return ()
    clinics = sorted(office.register().practices.items())
    settings = [
        Field(name=f"{SETTING}{name}", label=name.replace("_", " ").capitalize(), is_optional=True,
              value=start if " " not in start else "", hint=start if " " in start else "")
        for name, start in known.settings.items() if name != "mapping"
    ]  # fmt: skip
    return (
        Field(name="vendor", label="", kind="hidden"),
        Field(name="title", label="What you call it", value=known.title),
        Field(name="clinic", label="Clinic", kind=SELECT, is_optional=True,
              choices=(("", "all clinics"), *((name, body.name) for name, body in clinics))),
        Field(name="secret", label="Secret", is_optional=True,
              hint=f"{known.secret_words}. Empty to have one made, which you then enter at the "
              "vendor's."),
        *settings,
    )  # fmt: skip


def wanted(known: Slice, typed: dict[str, str]) -> Wanted:
    """Return what was typed of a new connection."""
    settings = {name.removeprefix(SETTING): value for name, value in typed.items()
                if name.startswith(SETTING) and value}  # fmt: skip
    return Wanted(vendor=known.name, title=typed.get("title", ""), clinic=typed.get("clinic", ""),
                  settings=settings, secret=typed.get("secret", ""))  # fmt: skip


def at_fields(error: InputError) -> InputError:
    """Return what is wrong with a connection at the fields of its form."""
    return InputError([
        Problem(where="form", field=f"{SETTING}{each.field}" if each.where == "settings"
                else each.field or each.where, found=each.found, expected=each.expected,
                hint=each.hint)
        for each in error.problems
    ])  # fmt: skip


def told_once(request: HttpRequest, office: Office, made: Connection, secret: str) -> HttpResponse:
    """Show a secret, which is told this once and kept by no browser."""
    context = {**about(request, office, made.name), "secret": secret}
    answer = render(request, "intake/connection.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@page(permission=MANAGE_PRACTICE)
def connection_rotate(request: HttpRequest, office: Office, connection: str) -> HttpResponse:
    """Change the secret of a connection; the one before counts for some days more."""
    way = way_named(office, connection)
    error: InputError | ConflictError | None = None
    typed: dict[str, str] = {"days": "7"}
    if request.method == "POST":
        typed = typed_in(request)
        try:
            made, secret = rotate(office, connection, overlap=days_in(typed),
                                  secret=typed.get("secret", ""))  # fmt: skip
        except (InputError, ConflictError) as refusal:
            error = refusal
        else:
            return told_once(request, office, made, secret)
    fields = shown(ROTATION, typed, at_fields(InputError(error.problems)) if error else None)
    context = {
        "way": way, "connection": way.connection, "fields": fields, "error": error,
        "tab": "connections",
    }  # fmt: skip
    return render(request, "intake/rotate.html", context, status=UNPROCESSABLE if error else 200)


ROTATION = (
    Field(name="days", label="Days for which the old secret still counts", kind=NUMBER,
          also=("overlap",), hint="0 to 90; 0 if it became known to somebody."),
    Field(name="secret", label="New secret", is_optional=True,
          hint="Only where the vendor gives one; empty to have one made."),
)  # fmt: skip


def days_in(typed: dict[str, str]) -> timedelta:
    """Return the days that were typed.

    Raises:
        InputError: no whole number.
    """
    text = typed.get("days", "")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise InputError([Problem(where="overlap", field="days", found="another text",
                                  expected="0 to 90 days")])  # fmt: skip
    return timedelta(days=int(text))


@require_POST
@page(permission=MANAGE_PRACTICE)
def connection_turn(request: HttpRequest, office: Office, connection: str) -> HttpResponse:
    """Pause a connection, take it up again, or end it."""
    what = request.POST.get("what", "")
    try:
        if what not in TURNS:
            raise InputError([Problem(where="form", field="what", expected=", ".join(TURNS))])
        TURNS[what](office, connection)
    except (InputError, ConflictError) as error:
        context = {**about(request, office, connection), "errors": [str(e) for e in error.problems]}
        return render(request, "intake/connection.html", context, status=UNPROCESSABLE)
    messages.success(request, TURNED[what])
    return redirect("connection", practice=office.practice, connection=connection)
