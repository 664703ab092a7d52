"""Pages of what is on record about the practice; who may not keep it sees none of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.errors import ForbiddenError, UnknownError
from caretally.journal.entries import (
    Entry,
    LicenseRecorded,
    PolicyAdopted,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.practice.keeping import (
    adopt_policy,
    correcting,
    kept,
    record_license,
    register_practice,
    register_staff,
)
from caretally.practice.office import Office
from caretally.practice.policies import KNOWN, SUBJECTS, adoptions, policies_of
from caretally.practice.roles import MANAGE_PEOPLE, MANAGE_PRACTICE
from caretally.web.frame.asking import page
from caretally.web.frame.held import forget
from caretally.web.frame.sheets import Sheet, filled_in
from caretally.web.settings import forms

SHEETS = (
    ("settings-practice", "Practice and clinics", "Names, identifiers, time zones.",
     MANAGE_PRACTICE),
    ("settings-staff", "Staff and licenses", "Professions with dates, identifiers, supervisors.",
     MANAGE_PEOPLE),
    ("settings-people", "People and roles", "Accounts, roles with dates, help with sign-in.",
     MANAGE_PEOPLE),
    ("settings-payers", "Payers", "What the rulebook holds of each payer in use.",
     MANAGE_PRACTICE),
    ("calling", "Calls", "Rules of calling, agreements with vendors, facts of law behind them.",
     MANAGE_PRACTICE),
    ("settings-policies", "Policies", "What the practice decided for itself, by whom, from when.",
     MANAGE_PRACTICE),
)  # fmt: skip
FORM = "settings/form.html"


@page()
def overview(request: HttpRequest, office: Office) -> HttpResponse:
    """Show what can be kept here."""
    open_sheets = [sheet for sheet in SHEETS if office.caller.may(sheet[3])]
    if not open_sheets:
        raise ForbiddenError("your roles in this practice do not allow you to see settings")
    return render(request, "settings/overview.html", {"sheets": open_sheets})


@page(permission=MANAGE_PRACTICE)
def practices(request: HttpRequest, office: Office) -> HttpResponse:
    """List the practice and its clinics as a tree."""
    return render(request, "settings/practices.html", {"rows": tree(office)})


def tree(office: Office) -> list[tuple[int, Entry]]:
    """Return the practices on record, each with its depth, below the one it is part of."""
    entries = {each.body.practice: each for each in kept(office, PracticeRegistered)
               if isinstance(each.body, PracticeRegistered)}  # fmt: skip
    found: list[tuple[int, Entry]] = []

    def walk(above: str | None, depth: int) -> None:
        for name, entry in entries.items():
            parent = getattr(entry.body, "part_of", None)
            if (parent if parent in entries else None) == above:
                found.append((depth, entry))
                walk(name, depth + 1)

    walk(None, 0)
    return found


def on_record(office: Office, kind: type[PracticeRegistered | StaffRegistered], name: str) -> Entry:
    """Return an entry to be corrected.

    Raises:
        UnknownError: no such entry is in force.
    """
    for entry in kept(office, kind):
        if entry.id == name:
            return entry
    raise UnknownError("no such entry is in force")


@page(permission=MANAGE_PRACTICE)
def practice_form(request: HttpRequest, office: Office, entry: str = "") -> HttpResponse:
    """Register a practice or clinic, or correct what is on record."""
    start: forms.Typed = {"time_zone": office.home_zone()}
    if entry:
        body = on_record(office, PracticeRegistered, entry).body
        assert isinstance(body, PracticeRegistered)
        start = forms.practice_typed(body)

    def save(typed: forms.Typed) -> None:
        body = forms.practice_body(typed)
        filing = correcting(office, entry, typed.get("reason", ""), typed.get("entry", ""))
        register_practice(office, filing, body)

    sheet = Sheet(
        title="Correct what is on record" if entry else "Add a clinic",
        fields=forms.practice_fields(office.register(), is_correction=bool(entry)), save=save,
        back="settings-practice",
        said="The earlier entry stays in the journal; this one takes its place." if entry else "",
    )  # fmt: skip
    return filled_in(request, office, sheet, start, template=FORM)


@page(permission=MANAGE_PEOPLE)
def staff(request: HttpRequest, office: Office) -> HttpResponse:
    """List the staff with professions, dates and licenses."""
    day = office.today()
    licenses: dict[str, list[LicenseRecorded]] = {}
    for entry in kept(office, LicenseRecorded):
        if isinstance(entry.body, LicenseRecorded):
            licenses.setdefault(entry.body.staff, []).append(entry.body)
    rows = [
        {"entry": entry, "licenses": licenses.get(entry.body.staff, ()), "state": state_of(
            entry.body.from_on, entry.body.to_on, day)}
        for entry in kept(office, StaffRegistered) if isinstance(entry.body, StaffRegistered)
    ]  # fmt: skip
    return render(request, "settings/staff.html", {"rows": rows, "day": day})


def state_of(from_on: Any, to_on: Any, day: Any) -> tuple[str, str]:
    """Return hue and word of something with dates."""
    if to_on is not None and to_on < day:
        return "quiet", "ended"
    if from_on is not None and from_on > day:
        return "info", "to come"
    return "met", "in force"


@page(permission=MANAGE_PEOPLE)
def staff_form(request: HttpRequest, office: Office, entry: str = "") -> HttpResponse:
    """Register a member of staff, or correct what is on record."""
    start: forms.Typed = {}
    if entry:
        body = on_record(office, StaffRegistered, entry).body
        assert isinstance(body, StaffRegistered)
        start = forms.staff_typed(body)

    def save(typed: forms.Typed) -> None:
        body = forms.staff_body(typed)
        filing = correcting(office, entry, typed.get("reason", ""), typed.get("entry", ""))
        register_staff(office, filing, body)

    sheet = Sheet(
        title="Correct what is on record" if entry else "Add a member of staff",
        fields=forms.staff_fields(office.register(), is_correction=bool(entry)), save=save,
        back="settings-staff",
        said="Months in which this person worked are worked out again." if entry else "",
    )  # fmt: skip
    return filled_in(request, office, sheet, start, template=FORM)


@page(permission=MANAGE_PEOPLE)
def license_form(request: HttpRequest, office: Office) -> HttpResponse:
    """Record a license."""

    def save(typed: forms.Typed) -> None:
        body = forms.license_body(typed)
        record_license(office, office.filing(None, entry_id=typed.get("entry", "")), body)

    sheet = Sheet(title="Record a license", fields=forms.license_fields(office.register()),
                  save=save, back="settings-staff")  # fmt: skip
    return filled_in(request, office, sheet, {"staff": request.GET.get("staff", "")}, template=FORM)


@page(permission=MANAGE_PRACTICE)
def payers(request: HttpRequest, office: Office) -> HttpResponse:
    """Show what the rulebook holds of the payers, those in use first."""
    book, rulebook = office.book(), office.journal.desk.judge.rulebook
    rows = office.db.rows(
        "SELECT payer, count(*) FROM store_patientcard WHERE practice_id = %s GROUP BY payer",
        book.number,
    )
    counts = {row[0]: row[1] for row in rows}
    day = office.today()
    found = [
        {"sheet": sheet, "patients": counts.get(name, 0), "policy": sheet.policy_on(day),
         "overrides": {key: sheet.override_on(key, day) for key in sheet.overrides}}
        for name, sheet in rulebook.payers.items()
    ]  # fmt: skip
    found.sort(key=lambda each: -int(str(each["patients"])))
    context = {"payers": found, "sources": rulebook.sources, "without": counts.get("", 0)}
    return render(request, "settings/payers.html", context)


@page(permission=MANAGE_PRACTICE)
def policies(request: HttpRequest, office: Office) -> HttpResponse:
    """List all policies with value, owner and date; those to come beside them."""
    day, found = office.today(), adoptions(office)
    held = policies_of(found, day)
    coming = [each for each in found if isinstance(each.body, PolicyAdopted)
              and each.body.from_on > day]  # fmt: skip
    subjects = [
        (subject, [
            {"policy": policy, "value": held.text(policy.name),
             "adopted": held.adopted.get(policy.name),
             "coming": [each for each in coming if getattr(each.body, "policy", "") == policy.name]}
            for policy in KNOWN.values() if policy.subject == subject
        ])
        for subject in SUBJECTS
    ]  # fmt: skip
    return render(request, "settings/policies.html", {"subjects": subjects})


@page(permission=MANAGE_PRACTICE)
def policy_form(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Adopt a policy."""
    policy = KNOWN.get(name)
    if policy is None:
        raise UnknownError("no such policy")
    known = policies_of(adoptions(office), office.today())
    adopted = known.adopted.get(name)
    start = {"value": known.text(name), "owner": getattr(adopted and adopted.body, "owner", "")}

    def save(typed: forms.Typed) -> None:
        body = forms.policy_body(policy, typed)
        adopt_policy(office, office.filing(None, entry_id=typed.get("entry", "")), body)
        forget(office.practice)

    sheet = Sheet(
        title=policy.label, said=policy.says, save=save,
        fields=forms.policy_fields(policy, office.today()), back="settings-policies",
    )  # fmt: skip
    return filled_in(request, office, sheet, start, template=FORM)
