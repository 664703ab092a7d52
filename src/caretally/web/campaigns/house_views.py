"""Pages of what must be in place before the first call: rules, agreements, a patient's number."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.contacts.wellness_calls.gate import OF_TIME, WORDS
from caretally.contacts.wellness_calls.laws import laws
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.enrollment.consents import consent_at
from caretally.enrollment.episodes import programs_at
from caretally.errors import ForbiddenError, InputError
from caretally.journal.entries import CaregiverAuthorized, TelephoneGiven
from caretally.practice.calling_gate import Asked, asked_now
from caretally.practice.calling_house import (
    agree,
    my_standing,
    set_rules,
    vendors_now,
)
from caretally.practice.office import Chart, Office
from caretally.practice.roles import (
    MANAGE_PRACTICE,
    RECORD_CARE,
    RUN_CALLS,
    SEE_PATIENTS,
    SIGN_RULES,
)
from caretally.practice.staff_names import staff_names
from caretally.practice.telephones import CAREGIVER, PATIENT, hint_of, keep_line, line_at
from caretally.web.campaigns.forms import (
    LANGUAGE_CHOICES,
    PART_WORDS,
    Typed,
    agreement_body,
    agreement_fields,
    rules_body,
    rules_fields,
    rules_typed,
    telephone_body,
    telephone_fields,
)
from caretally.web.frame.asking import page
from caretally.web.frame.fields import Choices, shown, typed_in
from caretally.web.frame.sheets import UNPROCESSABLE, Sheet, filled_in

FORM = "campaigns/form.html"


@page()
def calling(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the calling rules, the agreements, the protocols, and the facts of law behind them."""
    may = [office.caller.may(each) for each in (RUN_CALLS, SIGN_RULES, MANAGE_PRACTICE)]
    if not any(may):
        raise ForbiddenError("your roles in this practice do not allow you to see calling rules")
    standing, law, today = my_standing(office), laws(), office.today()
    house = standing.house(today, vendors_now())
    protocols = [
        {"pack": pack, "signed": standing.signature(pack.name)} for pack in map(installed, NAMES)
    ]
    context = {
        "rules": house.rules, "are_set": house.are_set, "laws": law, "today": today,
        "agreements": standing.agreements, "parts": PART_WORDS, "vendors": house.vendors,
        "protocols": protocols, "names": staff_names(office), "may_set": may[1],
        "may_agree": may[2], "recording": sorted(law.recording.items()), "words": WORDS,
    }  # fmt: skip
    return render(request, "campaigns/calling.html", context)


@page(permission=SIGN_RULES)
def rules_form(request: HttpRequest, office: Office) -> HttpResponse:
    """Set the calling rules."""
    start = rules_typed(my_standing(office).house(office.today(), ()).rules)

    def save(typed: Typed) -> None:
        body = rules_body(typed, office.caller.staff or office.caller.login)
        set_rules(office, office.filing(None, entry_id=typed.get("entry", "")), body)

    sheet = Sheet(
        title="Calling rules", fields=rules_fields(), save=save, back="calling",
        said="They hold from now on. Hours may be narrower than the law's, never wider.",
        button="Set the rules", done="The rules are set.",
    )  # fmt: skip
    return filled_in(request, office, sheet, start, template=FORM)


@page(permission=MANAGE_PRACTICE)
def agreement_form(request: HttpRequest, office: Office) -> HttpResponse:
    """Put an agreement with a business associate on file."""

    def save(typed: Typed) -> None:
        filing = office.filing(None, entry_id=typed.get("entry", ""))
        agree(office, filing, agreement_body(typed))

    sheet = Sheet(
        title="Agreement with a vendor", fields=agreement_fields(office.today()), save=save,
        back="calling", button="Keep it", done="The agreement is on file.",
        said="A business associate agreement, where somebody outside stores more of calls than "
             "it carries. What stays on this machine needs none.",
    )  # fmt: skip
    return filled_in(request, office, sheet, {}, template=FORM)


@page(permission=SEE_PATIENTS)
def telephone(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show and change a patient's number, with what the gate would say now."""
    chart = office.open_chart(patient, purpose="telephone")
    may_change = office.caller.may(RECORD_CARE)
    given = line_at(chart.record, office.now)
    typed, error = line_typed(given.body if given else None), None
    if request.method == "POST":
        typed = typed_in(request)
        try:
            keep_line(office, patient, telephone_body(typed), typed.get("entry", ""))
        except InputError as refused:
            error = refused
        else:
            messages.success(request, "Saved. Consent must be on file for this number.")
            return redirect("telephone", practice=office.practice, patient=patient)
    fields = shown(telephone_fields(whose(chart, office)), {"entry": office.new_id("ent"), **typed},
                   error)  # fmt: skip
    context: dict[str, Any] = {
        "card": chart.card, "fields": fields, "error": error, "may_change": may_change,
        "given": given, "hint": hint_of(given.body.number) if given else None,
        "other_messages": stray(error, fields),
        "consent": consent_at(chart.record, "ai_voice", office.now), "answers": said(office, chart),
        "words": WORDS, "of_time": OF_TIME, "languages": dict(LANGUAGE_CHOICES),
    }  # fmt: skip
    status = UNPROCESSABLE if error is not None else 200
    return render(request, "campaigns/telephone.html", context, status=status)


def stray(error: InputError | None, fields: Any) -> list[str]:
    """Return what is wrong and belongs to no field."""
    if error is None or any(field.messages for field in fields):
        return []
    return [str(each) for each in error.problems]


def line_typed(body: TelephoneGiven | None) -> Typed:
    """Return a number on file as it would be typed."""
    if body is None:
        return {}
    names = ("number", "whose", "from_time", "to_time", "language")
    return {name: getattr(body, name) or "" for name in names}


def whose(chart: Chart, office: Office) -> Choices:
    """Return who may answer: the patient, and caregivers with authority today."""
    record, day = chart.record, chart.day_of(office.now)
    named = {
        each.body.caregiver: each.body.relationship for each in record.all_of(CaregiverAuthorized)
    }
    return ((PATIENT, "the patient"), *(
        (CAREGIVER + name, f"{relation} ({name})") for name, relation in sorted(named.items())
        if record.register.has_authority(record.patient, name, day)
    ))  # fmt: skip


def said(office: Office, chart: Chart) -> list[dict[str, Any]]:
    """Return what the gate would say now, for each program of the patient along each protocol."""
    found = []
    signed = [name for name in NAMES if my_standing(office).signature(name)] or [NAMES[0]]
    for program in programs_at(chart.record, office.now):
        for protocol in signed:
            asked = Asked(patient=chart.patient, program=program, protocol=protocol)
            body = asked_now(office.journal, office.practice, asked, office.now)
            found.append({"body": body, "no": [each for each in body.checks if not each.met]})
    return found
