"""What a patient allows: seen by patient and caregivers, changed by the patient alone."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from caretally.enrollment.consents import SHARING
from caretally.errors import InputError
from caretally.practice.portal_consents import Choice, Chosen, choices, choose
from caretally.practice.portal_wording import Wording
from caretally.web.portal.asking import Call, portal_page, shown

UNPROCESSABLE, FORBIDDEN = 422, 403


@portal_page(purpose="choices")
def consents(request: HttpRequest, call: Call) -> HttpResponse:
    """Show what the patient allows, and store a choice."""
    status, error = 200, ""
    if request.method == "POST" and call.visitor.caregiver:
        status, error = FORBIDDEN, "only_patient"
    elif request.method == "POST":
        chosen = Chosen(
            name=request.POST.get("choice", ""), what=request.POST.get("what", ""),
            entry_id=request.POST.get("entry", ""),
        )  # fmt: skip
        try:
            choose(call.office, call.visitor, chosen)
        except InputError:
            status, error = UNPROCESSABLE, "choice_wrong"
        else:
            done = "given" if chosen.what == "give" else "revoked"
            return redirect(f"{reverse('portal-consents')}?done={done}")
    found = [described(each, call) for each in choices(call.office, call.chart)]
    done = request.GET.get("done", "")
    context = {
        "choices": found, "may_change": not call.visitor.caregiver, "error": error,
        "done": f"choice_{done}" if done in ("given", "revoked") else "",
    }  # fmt: skip
    return shown(request, "portal/choices.html", context, status)


def described(choice: Choice, call: Call) -> dict[str, object]:
    """Return a choice in words, with the id of the entry that its form would write."""
    words = call.words
    who = person_words(choice.relationship, words)
    return {
        "choice": choice, "entry": f"ent_{secrets.token_hex(13)}",
        "head": words.say(f"consent_{choice.scope}_head", who=who),
        "text": words.say(f"consent_{choice.scope}_text", who=who),
        "stop": words.say(f"consent_{choice.scope}_stop", who=who),
        "since": words.day(choice.since) if choice.since else "",
        "is_sharing": choice.scope == SHARING,
    }  # fmt: skip


def person_words(relationship: str, words: Wording) -> str:
    """Return what a caregiver is to the patient, in the language of the page where it is known."""
    return words.sentences.get(f"relation_{relationship.lower()}", relationship)
