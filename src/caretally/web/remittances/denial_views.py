"""The worklist of denials, the page of one, and the checks that denials speak for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.claims.checks import ORDER
from caretally.claims.reasons import load_reasons
from caretally.codes import DENIAL_ACTIONS
from caretally.errors import InputError, Problem
from caretally.practice.claim_checks import Switch, proposals, switch
from caretally.practice.denial_page import Done, denial_page, undo, work
from caretally.practice.denials import DenialRow, Wanted, denials
from caretally.practice.office import Office
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.practice.staff_names import name_of, staff_names
from caretally.store.billing_tables import OPEN
from caretally.web.frame.asking import page
from caretally.web.frame.fields import LONG, SELECT, Field, shown, typed_in, worded
from caretally.web.remittances.views import UNPROCESSABLE, page_number
from caretally.web.remittances.words import (
    ACTIONS,
    DONE,
    STATES,
    address,
    confidence_words,
    look,
    looks,
)

EVERY = "every"
"""Stands for all states in the address of the list."""


@page(permission=HANDLE_CLAIMS)
def denials_list(request: HttpRequest, office: Office) -> HttpResponse:
    """List denials, what is most worth doing first."""
    asked = request.GET
    state = asked.get("state", OPEN)
    wanted = Wanted(state="" if state == EVERY else state, payer=asked.get("payer", ""),
                    carc=asked.get("carc", ""), number=page_number(request))  # fmt: skip
    kept = asked.copy()
    kept.pop("page", None)
    found = denials(office, wanted)
    context = {
        "found": found, "wanted": wanted, "state": state, "kept": kept.urlencode(),
        "tab": "denials",
        "rows": [(row, ACTIONS.get(row.suggested, ""), *STATES[row.state], DONE.get(row.action, ""))
                 for row in found.rows],
        "states": [(name, words, found.counts.get(name, 0)) for name, (words, _) in STATES.items()],
        "total": sum(found.counts.values()),
    }  # fmt: skip
    return render(request, "remittances/denials.html", context)


@page(permission=HANDLE_CLAIMS)
def denial(request: HttpRequest, office: Office, claim: str, line: str) -> HttpResponse:
    """Show one denial, and write down what was done about it."""
    if request.method != "POST":
        return shown_denial(request, office, (claim, line), None)
    typed = typed_in(request)
    done = Done(action=typed.get("action", ""), note=typed.get("note", ""),
                entry_id=typed.get("entry", ""))  # fmt: skip
    try:
        work(office, claim, line, done)
    except InputError as error:
        return shown_denial(request, office, (claim, line), error)
    messages.success(request, "Written down.")
    return redirect("denial", practice=office.practice, claim=claim, line=line)


def shown_denial(
    request: HttpRequest, office: Office, which: tuple[str, str], error: InputError | None
) -> HttpResponse:
    """Return the page of a denial, with what is wrong with what was typed."""
    found = denial_page(office, *which)
    row = found.row
    typed = typed_in(request) if request.method == "POST" else {"action": row.suggested}
    fields = shown(work_fields(), typed, error)
    told = {message for field in fields for message in field.messages}
    sources = load_reasons().sources
    words, hue = STATES[row.state]
    context: dict[str, Any] = {
        "found": found, "row": row, "state_words": words, "hue": hue, "fields": fields,
        "error": error, "tab": "denials", "zone": office.home_zone(),
        "other_messages": [worded(each) for each in error.problems] if error and not told else [],
        "looks": looks(office.practice, row), "confidence": confidence_words(row.known),
        "sources": [sources[key] for reason in row.known for key in reason.cites],
        "suggested": ACTIONS.get(row.suggested, ""), "names": staff_names(office),
        "history": [
            (said, name_of(staff_names(office), said.actor),
             DONE.get(said.worked.action, "") if said.worked else "")
            for said in found.history
        ],
        "entry": typed.get("entry") or office.new_id("ent"), "void": office.new_id("ent"),
        "packet": packet_address(office, row),
        "claim_page": look(office.practice, row, "claim").href,
    }  # fmt: skip
    return render(request, "remittances/denial.html", context,
                  status=UNPROCESSABLE if error else 200)  # fmt: skip


def packet_address(office: Office, row: DenialRow) -> str:
    """Return where the audit packet of the month is asked for; empty where no page does."""
    found = address("packet", {"practice": office.practice, "patient": row.patient})
    return f"{found}?month={row.month}" if found and row.month else ""


def work_fields() -> tuple[Field, ...]:
    """Return the fields with which somebody says what was done."""
    choices = tuple((name, ACTIONS[name]) for name in DENIAL_ACTIONS)
    return (
        Field(name="action", label="What was done", kind=SELECT,
              choices=(("", "choose"), *choices)),
        Field(name="note", label="Note", kind=LONG, is_optional=True,
              hint="Such as to whom and under which number. Needed where nothing more is done."),
    )  # fmt: skip


@require_POST
@page(permission=HANDLE_CLAIMS)
def denial_undo(request: HttpRequest, office: Office, claim: str, line: str) -> HttpResponse:
    """Take back what was written down last."""
    typed = typed_in(request)
    try:
        undo(office, claim, line, (typed.get("undo", ""), typed.get("void", "")))
    except InputError as error:
        return shown_denial(request, office, (claim, line), error)
    messages.success(request, "Taken back.")
    return redirect("denial", practice=office.practice, claim=claim, line=line)


@page()
def claim_checks(request: HttpRequest, office: Office) -> HttpResponse:
    """Show stricter checks that denials speak for, and switch them."""
    faults: list[str] = []
    if request.method == "POST":
        try:
            switch(office, switch_of(request, office))
        except InputError as error:
            faults = [worded(each) for each in error.problems]
        else:
            is_on = request.POST.get("turn") == "on"
            messages.success(request, "Switched on." if is_on else "Switched off.")
            return redirect("claim-checks", practice=office.practice)
    found = proposals(office)
    context = {
        "proposals": [(each, office.new_id("ent"), each.check.kind == ORDER) for each in found],
        "faults": faults, "tab": "checks", "names": staff_names(office),
        "zone": office.home_zone(), "may_see": office.caller.may(HANDLE_CLAIMS),
    }  # fmt: skip
    return render(request, "remittances/checks.html", context,
                  status=UNPROCESSABLE if faults else 200)  # fmt: skip


def switch_of(request: HttpRequest, office: Office) -> Switch:
    """Return what somebody wants of a check; its evidence is looked up, never sent along.

    Raises:
        InputError: the number of days is none.
    """
    typed = typed_in(request)
    name, payer, days = typed.get("check", ""), typed.get("payer", ""), typed.get("days", "")
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days[:4]) <= 366):
        raise InputError([Problem(where="form", field="days", found="another text",
                                  expected="a number of days from 1 to 366")])  # fmt: skip
    known = next((each for each in proposals(office)
                  if (each.check.name, each.check.payer) == (name, payer)), None)  # fmt: skip
    return Switch(
        name=name, payer=payer, is_on=typed.get("turn") == "on",
        days=int(days) if days else (known.check.days if known else None),
        because=known.claims if known else (), entry_id=typed.get("entry", ""),
    )  # fmt: skip
