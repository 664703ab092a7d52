"""Pages of audit packets: one month of a patient, and a request list with its progress."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.clock import ServiceMonth
from caretally.errors import InputError, Problem
from caretally.practice.office import Office
from caretally.practice.packet_desk import begin, found, mine, packed, remove, step
from caretally.practice.packet_runs import COLUMNS, MOST_ROWS
from caretally.practice.packets import Asked, Press, issue
from caretally.practice.patient_month import kept_months
from caretally.practice.roles import ISSUE_PACKETS
from caretally.web.charts.printed import printed
from caretally.web.frame.asking import page
from caretally.web.frame.fields import SELECT, Field, demand, refuse, shown, typed_in, worded
from caretally.web.patients.views import month_in

WRONG = 422
MOST_BYTES = 1_000_000
TO = Field(name="to", label="Who gets it", hint="Such as the contractor, with the case number.")
WHY = Field(name="why", label="For what", hint="It stands in the accounting of disclosures.")


@page(permission=ISSUE_PACKETS)
def packet(request: HttpRequest, office: Office, patient: str, month: str = "") -> HttpResponse:
    """Ask for month and purpose, then hand the packet out."""
    card = office.card(patient, permission=ISSUE_PACKETS)
    months = kept_months(office, patient)
    typed = typed_in(request) if request.method == "POST" else {}
    error = None
    if request.method == "POST":
        try:
            return handed_out(office, patient, typed)
        except InputError as found_wrong:
            error = found_wrong
    chosen = month_in(month or request.GET.get("month", ""))
    choices = tuple(
        (str(each), str(each)) for each in dict.fromkeys((*months, *filter(None, [chosen])))
    )
    first = str(chosen or (months[0] if months else ""))
    fields = (
        Field(name="month", label="Month", kind=SELECT, choices=choices, value=first),
        TO,
        WHY,
    )
    context = {"card": card, "fields": shown(fields, typed, error), "error": error,
               "has_months": bool(choices)}  # fmt: skip
    return render(request, "packets/packet.html", context, status=WRONG if error else 200)


def handed_out(office: Office, patient: str, typed: dict[str, str]) -> HttpResponse:
    """Return the packet as a file.

    Raises:
        InputError: something was not filled in, or the month has not begun.
    """
    problems: list[Problem] = []
    demand(typed, ("month", "to", "why"), problems)
    refuse(problems)
    try:
        month = ServiceMonth.parse(typed["month"])
    except ValueError:
        raise InputError([
            Problem(where="form", field="month", found="another text", expected="such as 2026-03")
        ]) from None  # fmt: skip
    asked = Asked(patient=patient, month=month, to=typed["to"], why=typed["why"])
    made = issue(Press(office=office, draw=printed), asked)
    answer = HttpResponse(made.body, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


@page(permission=ISSUE_PACKETS)
def packets(request: HttpRequest, office: Office) -> HttpResponse:
    """Take a request list, and list what was asked for lately."""
    typed = typed_in(request) if request.method == "POST" else {}
    error = None
    if request.method == "POST":
        try:
            told = begin(office, text_of(request), typed.get("to", ""), typed.get("why", ""))
            return redirect("packet-run", practice=office.practice, run=told.run)
        except InputError as found_wrong:
            error = found_wrong
    known = {"to", "why"}
    wrong = [each for each in error.problems if each.field not in known] if error else []
    context = {
        "fields": shown((TO, WHY), typed, error), "error": error,
        "wrong": [(each.where, each.field, worded(each)) for each in wrong],
        "columns": COLUMNS, "most": MOST_ROWS, "runs": mine(office),
    }  # fmt: skip
    return render(request, "packets/packets.html", context, status=WRONG if error else 200)


def text_of(request: HttpRequest) -> str:
    """Return the request list that was sent; empty where none was.

    Raises:
        InputError: it is too large, or no text.
    """
    sent = request.FILES.get("list")
    if sent is None:
        return ""
    if (sent.size or 0) > MOST_BYTES:
        raise InputError([
            Problem(where="the file", found="a file that is too large",
                    expected=f"at most {MOST_ROWS:,} rows")
        ])  # fmt: skip
    try:
        return str(sent.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError([
            Problem(where="the file", found="bytes that are no UTF-8 text",
                    expected="a table saved as CSV in UTF-8")
        ]) from None  # fmt: skip


def run_context(office: Office, name: str) -> dict[str, Any]:
    """Return what the page of a run is rendered from."""
    told = found(office, name)
    return {"told": told, "left": len(told.rows) - told.done}


@page(permission=ISSUE_PACKETS)
def run(request: HttpRequest, office: Office, run: str) -> HttpResponse:
    """Show how far a request list is."""
    return render(request, "packets/run.html", run_context(office, run))


@require_POST
@page(permission=ISSUE_PACKETS)
def run_step(request: HttpRequest, office: Office, run: str) -> HttpResponse:
    """Make the next packets of a list; the page asks on while some are left."""
    step(office, run, printed)
    if request.headers.get("HX-Request"):
        return render(request, "packets/progress.html", run_context(office, run))
    return redirect("packet-run", practice=office.practice, run=run)


@page(permission=ISSUE_PACKETS)
def run_archive(request: HttpRequest, office: Office, run: str) -> HttpResponse:
    """Return all packets of a list with their index."""
    answer = HttpResponse(packed(office, run, printed), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="packets-{run[-8:]}.zip"'
    return answer


@require_POST
@page(permission=ISSUE_PACKETS)
def run_remove(request: HttpRequest, office: Office, run: str) -> HttpResponse:
    """Take a request list and its files away."""
    remove(office, run)
    messages.success(request, "The list and its files were taken away; what was issued stays told.")
    return redirect("packets", practice=office.practice)
