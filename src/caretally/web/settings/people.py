"""Pages of accounts and roles; whoever opens them gives the password again from time to time."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from caretally.errors import InputError, Problem
from caretally.practice import people
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_PEOPLE, ROLE_WORDS
from caretally.web.frame.asking import page
from caretally.web.frame.fields import DATE, LONG, SELECT, Field, day_of, refuse, shown, typed_in
from caretally.web.settings.forms import Typed, staff_choices

UNPROCESSABLE = 422
ACCOUNT = (
    Field(name="login", label="User name", hint="Letters, digits, dots and hyphens."),
    Field(name="first_name", label="First name", is_optional=True),
    Field(name="last_name", label="Last name", is_optional=True),
)
ENDING = (
    Field(name="to_on", label="Last date", kind=DATE),
    Field(name="reason", label="Why", kind=LONG),
)


def role_fields(office: Office) -> tuple[Field, ...]:
    """Return the fields of a role to be given."""
    register = office.register()
    clinics = tuple((name, body.name) for name, body in register.practices.items())
    return (
        Field(name="role", label="Role", kind=SELECT, choices=tuple(ROLE_WORDS.items())),
        Field(name="clinic", label="Clinic", kind=SELECT, choices=(("", "all"), *clinics),
              hint="A clinic with all that belong to it."),
        Field(name="staff", label="Staff id", kind=SELECT, is_optional=True,
              choices=staff_choices(register, nothing="none: no clinical work"),
              hint="Nurses and practitioners need one."),
        Field(name="from_on", label="From", kind=DATE, value=str(office.today())),
        Field(name="to_on", label="Until", kind=DATE, is_optional=True),
    )  # fmt: skip


def role_typed(typed: Typed) -> people.RoleGiven:
    """Return the role that was typed.

    Raises:
        InputError: a date is none.
    """
    problems: list[Problem] = []
    from_on, to_on = day_of(typed, "from_on", problems), day_of(typed, "to_on", problems)
    refuse(problems)
    return people.RoleGiven(
        role=typed.get("role", ""), clinic=typed.get("clinic", ""), staff=typed.get("staff", ""),
        from_on=from_on, to_on=to_on,
    )  # fmt: skip


@page(permission=MANAGE_PEOPLE)
def everybody(request: HttpRequest, office: Office) -> HttpResponse:
    """List everybody who has or had a role here."""
    day = office.today()
    rows = [{"person": each, "works": each.works_on(day)} for each in people.people(office)]
    rows.sort(key=lambda row: not row["works"])
    return render(request, "settings/people.html", {"rows": rows, "role_names": ROLE_WORDS})


@reauthentication_required
@page(permission=MANAGE_PEOPLE)
def invite(request: HttpRequest, office: Office) -> HttpResponse:
    """Make an account with its first role."""
    fields, error = (*ACCOUNT, *role_fields(office)), None
    typed = typed_in(request)
    if request.method == "POST":
        try:
            invitation = people.Invitation(
                login=typed.get("login", ""), first_name=typed.get("first_name", ""),
                last_name=typed.get("last_name", ""),
            )  # fmt: skip
            found = people.invite(office, invitation, role_typed(typed))
        except InputError as problem:
            error = problem
        else:
            messages.success(request, "The role is given. A new person needs a link from below.")
            return redirect("settings-person", practice=office.practice, number=found.user.pk)
    return form(request, ("Invite a person", "settings-people", {}), (fields, typed, error))


def form(
    request: HttpRequest,
    titled: tuple[str, str, dict[str, Any]],
    filled: tuple[tuple[Field, ...], Typed, InputError | None],
) -> HttpResponse:
    """Show a form with its title and where to go back to; unprocessable if something is wrong."""
    fields, typed, error = filled
    title, back, named = titled
    context = {
        "title": title, "fields": shown(fields, typed, error), "error": error,
        "back": reverse(back, kwargs={"practice": request.office.practice, **named}),
    }  # fmt: skip
    status = UNPROCESSABLE if error is not None else 200
    return render(request, "settings/person_form.html", context, status=status)


@reauthentication_required
@page(permission=MANAGE_PEOPLE)
def person(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Show a person's roles and what can be done for the account."""
    found = people.person_named(office, number)
    day = office.today()
    roles = [
        {"member": each, "in_force": people.is_in_force(each, day),
         "words": ROLE_WORDS.get(each.role, each.role)}
        for each in found.memberships
    ]  # fmt: skip
    context = {"person": found, "roles": roles, "may_help": people.may_help(office, found.user)}
    return render(request, "settings/person.html", context)


@reauthentication_required
@page(permission=MANAGE_PEOPLE)
def give_role(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Give a person a further role."""
    found = people.person_named(office, number)
    fields, typed, error = role_fields(office), typed_in(request), None
    if request.method == "POST":
        try:
            people.give_role(office, found.user, role_typed(typed))
        except InputError as problem:
            error = problem
        else:
            messages.success(request, "The role is given.")
            return redirect("settings-person", practice=office.practice, number=number)
    title = f"A further role for {found.user.get_full_name() or found.user.get_username()}"
    return form(request, (title, "settings-person", {"number": number}), (fields, typed, error))


@reauthentication_required
@page(permission=MANAGE_PEOPLE)
def end_role(request: HttpRequest, office: Office, number: int, member: int) -> HttpResponse:
    """Let a role end."""
    people.person_named(office, number)
    typed, error = typed_in(request), None
    if request.method == "POST":
        problems: list[Problem] = []
        try:
            to_on = day_of(typed, "to_on", problems)
            refuse(problems)
            people.end_role(office, member, to_on, typed.get("reason", ""))
        except InputError as problem:
            error = problem
        else:
            messages.success(request, "The role ends on that date.")
            return redirect("settings-person", practice=office.practice, number=number)
    start = typed or {"to_on": str(office.today())}
    return form(request, ("End a role", "settings-person", {"number": number}),
                (ENDING, start, error))  # fmt: skip


@require_POST
@reauthentication_required
@page(permission=MANAGE_PEOPLE)
def help_in(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Help a person with signing in: a link, unlocking, sessions, the second factor."""
    what = request.POST.get("what", "")
    if what == "link":
        coded, token = people.password_link(office, number)
        link = reverse("welcome", kwargs={"person": coded, "token": token})
        found = people.person_named(office, number)
        context = {"person": found, "link": request.build_absolute_uri(link)}
        answer = render(request, "settings/link.html", context)
        answer["Cache-Control"] = "no-store"
        return answer
    if what == "unlock":
        people.unlock(office, number)
        messages.success(request, "The account is unlocked.")
    elif what == "sessions":
        count = people.end_sessions(office, number)
        messages.success(request, f"{count} sessions were ended.")
    elif what == "factor":
        try:
            people.reset_second_factor(office, number, request.POST.get("reason", ""))
            messages.success(request, "The second factor is gone; all sessions were ended.")
        except InputError:
            messages.error(request, "Say why, and how you made sure who asked.")
    return redirect("settings-person", practice=office.practice, number=number)
