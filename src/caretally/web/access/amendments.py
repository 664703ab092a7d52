"""Pages of requests for changes of a record: the list with its dates, and two forms."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.codes import AMENDMENT_OUTCOMES
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.entries import AmendmentAnswered, AmendmentRequested
from caretally.practice.amendments import (
    DAYS,
    FURTHER_DAYS,
    answer_request,
    record_request,
    requests,
)
from caretally.practice.office import Office
from caretally.practice.roles import KEEP_ACCESS, SEE_ACCESS
from caretally.web.frame.asking import page
from caretally.web.frame.fields import HIDDEN, LONG, SELECT, Field, demand, refuse, shown, typed_in

UNPROCESSABLE = 422
ENTRY = Field(name="entry_id", label="", kind=HIDDEN)
ASKING = (
    ENTRY,
    Field(name="patient", label="Patient id"),
    Field(name="asked_by", label="Asked by", value="patient",
          hint="patient, or caregiver: and the id of a caregiver with authority"),
    Field(name="asks", label="What is to be changed, and why", kind=LONG),
    Field(name="entry", label="Entry said to be wrong", is_optional=True, hint="Its id."),
)  # fmt: skip
WORDS = {
    "accepted": "accepted", "denied": "denied", "extended": f"{FURTHER_DAYS} further days are taken"
}  # fmt: skip
ANSWERING = (
    ENTRY,
    Field(name="outcome", label="Outcome", kind=SELECT,
          choices=tuple((word, WORDS[word]) for word in AMENDMENT_OUTCOMES)),
    Field(name="answered_by", label="Decided by"),
    Field(name="answer", label="What the patient was told", kind=LONG,
          hint="A denial says why, and how to disagree."),
)  # fmt: skip


@page(permission=SEE_ACCESS)
def requests_list(request: HttpRequest, office: Office) -> HttpResponse:
    """List requests: those that wait by due date, then those answered."""
    day = office.today()
    rows = [
        {"request": each, "is_overdue": each.is_overdue(day),
         "is_soon": not each.outcome and each.due_on - day <= timedelta(days=14)}
        for each in requests(office)
    ]  # fmt: skip
    context = {"rows": rows, "may_answer": office.caller.may(KEEP_ACCESS), "days": DAYS}
    return render(request, "access/amendments.html", {**context, "zone": office.home_zone()})


@page(permission=KEEP_ACCESS)
def request_form(request: HttpRequest, office: Office) -> HttpResponse:
    """Record a request."""
    typed, error = (
        {"entry_id": office.new_id("ent"), "patient": request.GET.get("patient", "")},
        None,
    )
    if request.method == "POST":
        typed = typed_in(request)
        try:
            problems: list[Problem] = []
            demand(typed, ("patient", "asked_by", "asks"), problems)
            refuse(problems)
            filing = office.filing(typed["patient"], entry_id=typed.get("entry_id", ""))
            body = AmendmentRequested(asked_by=typed["asked_by"], asks=typed["asks"],
                                      entry=typed.get("entry") or None)  # fmt: skip
            record_request(office, filing, body)
        except UnknownError:
            expected = "the id of a patient who is open to you"
            error = InputError([Problem(where="form", field="patient", expected=expected)])
        except InputError as problem:
            error = problem
        else:
            messages.success(request, "Recorded.")
            return redirect("access-amendments", practice=office.practice)
    return form(request, ("Record a request", ASKING), typed, error)


@page(permission=KEEP_ACCESS)
def answer_form(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Answer a request."""
    office.card(patient, permission=KEEP_ACCESS)
    found = next((each for each in requests(office)
                  if (each.entry.id, each.entry.patient) == (entry, patient)), None)  # fmt: skip
    if found is None:
        raise UnknownError("no such request")
    typed, error = {"entry_id": office.new_id("ent"), "answered_by": office.caller.login}, None
    if request.method == "POST":
        typed = typed_in(request)
        try:
            problems: list[Problem] = []
            demand(typed, ("outcome", "answered_by", "answer"), problems)
            refuse(problems)
            filing = office.filing(patient, entry_id=typed.get("entry_id", ""))
            body = AmendmentAnswered(
                request=entry, outcome=typed["outcome"], answer=typed["answer"],
                answered_by=typed["answered_by"],
            )  # fmt: skip
            answer_request(office, filing, body)
        except InputError as problem:
            error = problem
        else:
            messages.success(request, "Recorded.")
            return redirect("access-amendments", practice=office.practice)
    return form(request, (f"Answer by {found.due_on}", ANSWERING), typed, error, found.body.asks)


def form(
    request: HttpRequest,
    sheet: tuple[str, tuple[Field, ...]],
    typed: dict[str, str],
    error: InputError | None,
    says: str = "",
) -> HttpResponse:
    """Show a form; unprocessable if something is wrong."""
    title, fields = sheet
    context = {"title": title, "says": says, "fields": shown(fields, typed, error), "error": error}
    status = UNPROCESSABLE if error is not None else 200
    return render(request, "access/form.html", context, status=status)
